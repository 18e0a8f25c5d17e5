"""Looks over a built site: links that lead nowhere, and what a browser would fetch from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

FETCHED = {("script", "src"), ("img", "src"), ("img", "srcset"), ("source", "src"), ("iframe", "src"), ("video", "src")}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest", "preconnect"}
FOREIGN = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
FOREIGN_IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class Page(HTMLParser):
    """What a page links to, what it fetches, and which places in it can be linked to."""

    def __init__(self, path: Path) -> None:
        """Read a page."""
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.places: set[str] = {"", "top"}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the attributes that matter."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.fetched += [value for name, value in given.items() if (tag, name) in FETCHED]
        if tag == "link" and FETCHED_LINKS & set(given.get("rel", "").split()):
            self.fetched.append(given.get("href", ""))
        self.fetched += FOREIGN_IN_STYLES.findall(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Collect what a style in the page fetches."""
        if self.lasttag == "style":
            self.fetched += FOREIGN_IN_STYLES.findall(data)


def problems(site: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a site, a sentence each.

    Args:
        site: the folder of the built site.
    """
    pages = {path: Page(path) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}
    for path, page in pages.items():
        name = path.relative_to(site)
        yield from (f"{name} fetches {source}" for source in page.fetched if FOREIGN.match(source))
        near = [link for link in [*page.links, *page.fetched] if not re.match(r"[a-z]+:|//", link)]
        for link in dict.fromkeys(near):
            target, place = urldefrag(unquote(link))
            there = (path.parent / target.partition("?")[0]).resolve() if target else path
            if not there.is_file():
                yield f"{name} links to {link}, which is not there"
            elif place and there in pages and place not in pages[there].places:
                yield f"{name} links to {link}, and there is no such place on that page"
    for path in sorted(site.rglob("*.css")):
        found = FOREIGN_IN_STYLES.findall(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(site)} fetches {source}" for source in found)

"""Prints notebooks' pages to PDF, with the system's Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FOOTER = (
    '<div style="font: 8px sans-serif; color: #555; width: 100%; padding: 0 16mm; display: flex">'
    '<span style="flex: 1">{title}</span>'
    '<span class="pageNumber"></span>&thinsp;/&thinsp;<span class="totalPages"></span></div>'
)
PREPARE = """async ([site, address]) => {
    document.documentElement.dataset.theme = "light";
    for (const image of document.images) image.loading = "eager";
    // results and findings are opened; hints and folded code stay what they are: something to be asked for
    for (const details of document.querySelectorAll("article details")) {
        const summary = details.querySelector("summary").textContent.trim();
        details.open = /^(What we measured|Made up your mind)/.test(summary);
    }
    // links between pages would lead to this machine
    for (const link of document.querySelectorAll("a[href]")) {
        const elsewhere = link.href.startsWith(site) && link.pathname !== location.pathname;
        if (elsewhere && address) link.href = address + link.href.slice(site.length);
        else if (elsewhere) link.removeAttribute("href");
    }
    await document.fonts.ready;
    if (window.MathJax?.startup) await MathJax.startup.promise;
    await Promise.all([...document.images].map(image => image.decode().catch(() => 0)));
}"""


def program() -> str:
    """Return the browser's path.

    Raises:
        SystemExit: when there is none.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("The PDFs are printed by Chromium: apt-get install chromium, or build with --no-pdf.")
    return found


def print_pages(site: Path, names: Iterable[str], address: str = "") -> None:
    """Print notebooks' pages into the folder of downloads.

    Args:
        site: the folder of the built site.
        names: of the notebooks.
        address: where the site will be read, for links to other pages; without it they are no links.
    """
    # in a thread of its own: Playwright refuses to run where somebody else's event loop runs
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_print, site.resolve(), list(names), address).result()


def _print(site: Path, names: list[str], address: str) -> None:
    from playwright.sync_api import sync_playwright
    from tqdm import tqdm

    with sync_playwright() as playwright:
        # as root (in a container) chromium cannot make its own sandbox, and it looks at nothing but our own pages
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=program(), args=flags, chromium_sandbox=False)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(120_000)
        for name in tqdm(names, "PDFs", disable=None):
            page.emulate_media(media="print")
            page.goto((site / "notebooks" / f"{name}.html").as_uri())
            page.evaluate(PREPARE, [f"{site.as_uri()}/", address])
            title = escape(page.locator("h1").first.inner_text().rstrip("#"))
            page.pdf(
                path=site / "downloads" / f"{name}.pdf",
                format="A4",
                margin={"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"},
                print_background=True,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOTER.format(title=title),
                tagged=True,
                outline=True,
            )
        browser.close()

"""Fetches a published file: from the first mirror that delivers it, resumed where a try broke off, checked, then moved.

A file appears under its name only when it is complete and verified; until then it is `NAME.part`. Not by pooch: it
knows one address for a file, begins anew where a try broke off, and needs a checksum that not every publisher gives.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tqdm.auto import tqdm

from ._errors import DownloadError

BLOCK = 2**16
TIMEOUT = 15.0  # seconds without a byte


@dataclass(frozen=True)
class Remote:
    """A file on the network.

    Attributes:
        name: its upstream file name.
        urls: where it is, best first.
        size: its exact length in bytes. None where we have it from nowhere: then the server's word is taken for it, and
            the server must send a checksum.
        checksum: ``"sha256:..."`` or ``"md5:..."`` as its publisher gives it. None where none is published: then the
            MD5 that Google's storage sends along is checked.
    """

    name: str
    urls: Sequence[str]
    size: int | None
    checksum: str | None


class Response(Protocol):
    """What `urlopen` returns, as far as it is used here."""

    status: int
    headers: http.client.HTTPMessage

    def read(self, amount: int, /) -> bytes:
        """Read up to so many bytes."""
        ...


def fetch(remote: Remote, folder: Path, *, timeout: float = TIMEOUT, progress: bool = True) -> Path:
    """Return the verified file in `folder`, downloading what is missing of it.

    Args:
        remote: what to fetch.
        folder: where it goes; made if need be.
        timeout: seconds to wait for a connection and for each block.
        progress: show a bar.

    Raises:
        DownloadError: no mirror delivered a file that passes the check, or the disk would not take it.
    """
    target = folder / remote.name
    if target.is_file():
        return target
    failures = []
    for url in remote.urls:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _fetch_from(url, remote, target, timeout, progress)
        except (OSError, http.client.HTTPException, _MismatchError) as error:  # URLError and time-outs are OSErrors
            failures.append(f"{url}: {error or type(error).__name__}")
    raise DownloadError(f"{remote.name} could not be downloaded ({'; '.join(failures)})")


def mismatch(path: Path, checksum: str) -> str | None:
    """Compare a file with a checksum such as ``"md5:..."``; return what differs, None if nothing does."""
    method, _, digest = checksum.partition(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, method).hexdigest()
    return None if found == digest else f"the {method} checksum is {found}, but should be {digest}"


class _MismatchError(Exception):
    pass


def _fetch_from(url: str, remote: Remote, target: Path, timeout: float, progress: bool) -> Path:
    part = target.with_name(target.name + ".part")
    while True:
        resumed = part.exists() and part.stat().st_size > 0
        try:
            _verify(part, *_transfer(url, remote, part, timeout, progress))
        except (_MismatchError, urllib.error.HTTPError) as error:
            stale = isinstance(error, _MismatchError) or error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE
            if stale:
                part.unlink(missing_ok=True)
            if not (stale and resumed):  # else the rest was of something else: once more from the beginning
                raise
        else:
            os.replace(part, target)
            return target


def _transfer(url: str, remote: Remote, part: Path, timeout: float, progress: bool) -> tuple[int, str | None]:
    """Bring `part` to its full length; return that length and the checksum to verify it by, if there is one."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310  (http only)
    with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
        if response.status != http.client.PARTIAL_CONTENT:
            have = 0  # the server sends all of it
        size, checksum = _length(response.headers, have, remote), remote.checksum or _server_checksum(response.headers)
        if remote.size is None and checksum is None:
            raise _MismatchError("there is no checksum to know the file by")
        bar = tqdm(desc=remote.name, total=size, initial=have, unit="B", unit_scale=True, disable=not progress)
        with part.open("ab" if have else "wb") as file, bar:
            _copy(response, file.write, size - have, bar)
        return size, checksum


def _length(headers: http.client.HTTPMessage, have: int, remote: Remote) -> int:
    """Return the length of the whole file, of which the server sends what is missing."""
    sent = headers.get("Content-Length")
    if sent is None and remote.size is None:
        raise _MismatchError("the server does not say how long the file is")
    size = have + int(sent) if sent is not None else remote.size
    assert size is not None
    if remote.size is not None and size != remote.size:
        raise _MismatchError(f"the server offers {size - have:,} bytes instead of {remote.size - have:,}")
    return size


def _copy(response: Response, write: Callable[[bytes], object], remaining: int, bar: tqdm) -> None:
    while block := response.read(BLOCK):
        remaining -= len(block)
        if remaining < 0:
            raise _MismatchError("the server sends more than the file should have")
        write(block)
        bar.update(len(block))


def _server_checksum(headers: http.client.HTTPMessage) -> str | None:
    """Read Google storage's `x-goog-hash: crc32c=...,md5=...`, base64-encoded."""
    sent = ",".join(headers.get_all("x-goog-hash") or [])
    md5 = next((item.strip()[4:] for item in sent.split(",") if item.strip().startswith("md5=")), None)
    return f"md5:{base64.b64decode(md5).hex()}" if md5 else None


def _verify(part: Path, size: int, checksum: str | None) -> None:
    if (have := part.stat().st_size) < size:
        raise ConnectionError(f"broke off after {have:,} of {size:,} bytes")  # kept: the next try resumes
    if checksum and (difference := mismatch(part, checksum)):
        raise _MismatchError(difference)

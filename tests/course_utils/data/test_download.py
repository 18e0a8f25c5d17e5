"""Downloads, against a server on this computer: resumed, checked, from the mirror that works, never half a file."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from course_utils import data
from course_utils.data import DownloadError, Origin, Places, _sources
from course_utils.data._download import Remote, fetch

CONTENT = bytes(range(256)) * 1000
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Site:
    """What the server does, and what it was asked."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    send_length: bool = True
    break_after: int | None = None  # bytes, then the connection ends, once
    status: int = 200
    requests: list[str | None] = field(default_factory=list)  # the Range header of each


class Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        site, wanted = self.site, self.headers.get("Range")
        site.requests.append(wanted)
        content = site.files.get(self.path.strip("/"))
        if content is None or site.status != 200:
            self.send_error(404 if content is None else site.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and site.ranges else 0
        if start >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        for name, value in site.headers.items():
            self.send_header(name, value)
        if site.send_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        rest, site.break_after = content[start:][: site.break_after], None
        self.wfile.write(rest)

    def handle(self) -> None:
        with suppress(ConnectionError):  # some tests hang up early; the server would print that as an error of its own
            super().handle()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site(files={"set.bin": CONTENT})
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"site": found}))
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def remote(site: Site) -> Remote:
    return Remote("set.bin", (f"{site.url}/set.bin",), len(CONTENT), SHA256)


def get(remote: Remote, folder: Path) -> Path:
    return fetch(remote, folder, timeout=2, progress=False)


def test_a_file_is_fetched_once(site: Site, remote: Remote, tmp_path: Path) -> None:
    path = get(remote, tmp_path / "new")
    assert path.read_bytes() == CONTENT
    assert get(remote, tmp_path / "new") == path
    assert site.requests == [None]
    assert list(path.parent.iterdir()) == [path]


def test_progress_is_shown(remote: Remote, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fetch(remote, tmp_path, timeout=2)
    assert "set.bin: 100%" in capsys.readouterr().err


def test_a_broken_download_is_resumed(site: Site, remote: Remote, tmp_path: Path) -> None:
    site.break_after = 100_000
    with pytest.raises(DownloadError, match="broke off after 100,000 of 256,000 bytes"):
        get(remote, tmp_path)
    assert not (tmp_path / "set.bin").exists()
    assert get(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests == [None, "bytes=100000-"]


def test_a_server_that_cannot_resume_sends_all_again(site: Site, remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "set.bin.part").write_bytes(CONTENT[:5000])
    site.ranges = False
    assert get(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests == ["bytes=5000-"]


@pytest.mark.parametrize("rest", [b"something else", CONTENT + b"and more", b"x" * len(CONTENT)])
def test_a_rest_of_something_else_is_thrown_away(site: Site, remote: Remote, tmp_path: Path, rest: bytes) -> None:
    (tmp_path / "set.bin.part").write_bytes(rest)
    assert get(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests == [f"bytes={len(rest)}-", None]


def test_a_wrong_checksum_leaves_nothing_behind(site: Site, remote: Remote, tmp_path: Path) -> None:
    site.files["set.bin"] = CONTENT[:-1] + b"?"
    with pytest.raises(DownloadError, match="the sha256 checksum is"):
        get(remote, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert site.requests == [None]  # no second try: it would deliver the same


def test_the_next_mirror_is_tried(site: Site, remote: Remote, tmp_path: Path) -> None:
    site.files["bad.bin"] = bytes(len(CONTENT))
    urls = (f"{site.url}/missing.bin", f"{site.url}/bad.bin", *remote.urls)
    assert get(replace(remote, urls=urls), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("send_length", [True, False])
def test_more_than_the_file_is_never_accepted(site: Site, remote: Remote, tmp_path: Path, send_length: bool) -> None:
    site.files["set.bin"], site.send_length = CONTENT * 3, send_length
    with pytest.raises(DownloadError, match=r"sends more than|offers 768,000 bytes instead of 256,000"):
        get(remote, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_login_page_is_not_taken_for_the_file(site: Site, remote: Remote, tmp_path: Path) -> None:
    site.files["set.bin"] = b"<html>Please log in to the Wi-Fi</html>"
    with pytest.raises(DownloadError, match="offers 39 bytes instead of 256,000"):
        get(remote, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_all_failures_are_told(site: Site, remote: Remote, tmp_path: Path) -> None:
    site.status = 503
    with pytest.raises(DownloadError, match=r"set\.bin could not be downloaded \(http://127.*503.*; http://127.*404"):
        get(replace(remote, urls=(*remote.urls, f"{site.url}/none.bin")), tmp_path)


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        remote = Remote("set.bin", (f"http://127.0.0.1:{silent.getsockname()[1]}/",), 10, None)
        with pytest.raises(DownloadError, match="timed out"):
            fetch(remote, tmp_path, timeout=0.2, progress=False)


def test_a_folder_that_cannot_be_made_is_told(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match=r"exists|directory"):
        get(remote, tmp_path / "file")


@pytest.mark.parametrize(("sent", "passes"), [(CONTENT, True), (b"another file", False)])
def test_where_no_checksum_is_published_the_servers_is_used(
    site: Site, remote: Remote, tmp_path: Path, sent: bytes, passes: bool
) -> None:
    md5 = base64.b64encode(hashlib.md5(sent).digest()).decode()
    site.headers = {"x-goog-hash": f"crc32c=AAAAAA==, md5={md5}"}
    remote = replace(remote, checksum=None)
    if passes:
        assert get(remote, tmp_path).read_bytes() == CONTENT
    else:
        with pytest.raises(DownloadError, match="the md5 checksum is"):
            get(remote, tmp_path)


@pytest.mark.parametrize("broken", [False, True])
def test_where_the_length_is_not_known_either_the_servers_word_is_taken(
    site: Site, remote: Remote, tmp_path: Path, broken: bool
) -> None:
    site.headers = {"x-goog-hash": f"md5={base64.b64encode(hashlib.md5(CONTENT).digest()).decode()}"}
    remote = replace(remote, checksum=None, size=None)
    if broken:
        site.break_after = 1000
        with pytest.raises(DownloadError, match="broke off after 1,000 of 256,000 bytes"):
            get(remote, tmp_path)
    assert get(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests == ([None, "bytes=1000-"] if broken else [None])


@pytest.mark.parametrize(
    ("send_length", "message"), [(True, "no checksum to know the file by"), (False, "does not say how long")]
)
def test_a_file_that_nothing_tells_from_another_is_not_accepted(
    site: Site, remote: Remote, tmp_path: Path, send_length: bool, message: str
) -> None:
    site.send_length = send_length
    with pytest.raises(DownloadError, match=message):
        get(replace(remote, checksum=None, size=None), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_loader_downloads_and_keeps(
    site: Site, places: Places, make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make.mnist(tmp_path).read_bytes()
    site.files["mnist.npz"] = content
    remote = Remote("mnist.npz", (f"{site.url}/mnist.npz",), len(content), None)
    monkeypatch.setattr(_sources, "MNIST", replace(_sources.MNIST, remote=remote))
    found = data.mnist("full", places=replace(places, online=True))
    assert found.origin is Origin.DOWNLOAD
    assert "downloaded and verified" in str(found)
    assert data.mnist("full", places=replace(places, online=True)).origin is Origin.DOWNLOAD
    assert len(site.requests) == 1


def test_a_loader_without_network_says_so_in_one_line(
    site: Site, warm: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = Remote("mnist.npz", (f"{site.url}/gone",), 10, None)
    monkeypatch.setattr(_sources, "MNIST", replace(_sources.MNIST, remote=remote))
    found = data.mnist("full", places=replace(warm, online=True))
    out = capsys.readouterr().out
    assert found.origin is Origin.EMBEDDED
    assert out.count("\n") == 1
    assert "404" in out
    assert "using the embedded data" in out
    assert "fetch mnist.npz yourself and set COURSE_DATA_DIR to its folder" in out


def published() -> list[Remote]:
    sources = [*vars(_sources).values(), *_sources.GLOVE.values()]
    remotes = [source.remote for source in sources if isinstance(source, _sources.Source)]
    return list(dict.fromkeys(remote for remote in remotes if remote))


def test_every_published_file_is_pinned() -> None:
    assert all(url.startswith("https://") for remote in published() for url in remote.urls)
    assert [(remote.name, remote.size) for remote in published() if remote.checksum is None] == [
        ("cats_and_dogs_filtered.zip", 68_606_236),  # this and the next come from Google's storage: it sends an MD5
        ("stack_overflow_16k.tar.gz", None),
        ("glove.6B.zip", 862_182_613),  # the loader checks what is in it
    ]


KERAS_SOURCES = {
    "mnist.npz": "datasets/mnist.py",
    "cifar-10-python.tar.gz": "datasets/cifar10.py",
    "imdb.npz": "datasets/imdb.py",
    "imdb_word_index.json": "datasets/imdb.py",
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5": "applications/vgg16.py",
}


def test_checksums_are_those_that_keras_knows() -> None:
    spec = importlib.util.find_spec("keras")  # found without the seconds that importing it takes
    assert spec
    assert spec.origin
    known = {remote.name: remote.checksum for remote in published() if remote.checksum}
    assert set(known) == set(KERAS_SOURCES)
    for name, file in KERAS_SOURCES.items():
        source = (Path(spec.origin).parent / "src" / file).read_text()
        assert f'"{known[name].partition(":")[2]}"' in source, f"Keras has another checksum for {name}"

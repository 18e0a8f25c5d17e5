"""Folders, tar.gz and zip are read alike; archives that are not what they should be are refused."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from course_utils.data import DataFileError, UnsafeFileError
from course_utils.data._archive import Limits, read_members

Entries = Iterable[tuple[str, bytes]]
TINY = Limits(members=3, member_bytes=1000, total_bytes=1500)


def write_tar(path: Path, entries: Entries, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    return path


def write_zip(path: Path, entries: Entries, mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


WRITERS = pytest.mark.parametrize("write", [write_tar, write_zip])


def read(path: Path, limits: Limits = TINY) -> dict[str, bytes]:
    return {str(name): content for name, content in read_members(path, lambda name: name.suffix == ".txt", limits)}


@WRITERS
def test_only_wanted_files_are_read(tmp_path: Path, write) -> None:
    path = write(tmp_path / "data", [("set/a.txt", b"one"), ("set/b.jpg", b"two"), ("set/c.txt", b"")])
    assert read(path) == {"set/a.txt": b"one", "set/c.txt": b""}


def test_a_folder_reads_like_the_archive_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "set" / "inner").mkdir(parents=True)
    (tmp_path / "set" / "inner" / "a.txt").write_bytes(b"one")
    assert read(tmp_path / "set") == {"set/inner/a.txt": b"one"}


@WRITERS
@pytest.mark.parametrize("name", ["/a.txt", "../a.txt", "set/../../a.txt", "..\\a.txt", "C:\\a.txt", "/etc/x.jpg"])
def test_a_path_that_escapes_is_refused_even_where_it_is_not_wanted(tmp_path: Path, write, name: str) -> None:
    path = write(tmp_path / "data", [(name, b"x")])
    with pytest.raises(UnsafeFileError, match="would be written elsewhere"):
        read(path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = write_tar(tmp_path / "data", [("a.txt", b"")], kind)
    with pytest.raises(UnsafeFileError, match=r"link or device: a\.txt"):
        read(path)


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o010666])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, mode: int) -> None:
    path = write_zip(tmp_path / "data", [("a.txt", b"/etc/passwd")], mode)
    with pytest.raises(UnsafeFileError, match=r"link or device: a\.txt"):
        read(path)


@WRITERS
@pytest.mark.parametrize(
    "entries",
    [[("a.txt", bytes(1001))], [("a.txt", bytes(800)), ("b.jpg", bytes(800))]],
    ids=["one large file", "many small ones"],
)
def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, write, entries) -> None:
    path = write(tmp_path / "data", entries)
    assert path.stat().st_size < 1000  # it looks harmless
    with pytest.raises(UnsafeFileError, match="more than any published set"):
        read(path)


@WRITERS
def test_too_many_files_are_refused(tmp_path: Path, write) -> None:
    path = write(tmp_path / "data", [(f"{i}.txt", b"") for i in range(4)])
    with pytest.raises(UnsafeFileError, match="more than 3 files"):
        read(path)


@WRITERS
@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_an_archive_cut_off_is_an_error(tmp_path: Path, write, share: float) -> None:
    noise = bytes((i * i * 7919 >> 3) % 251 for i in range(900))
    path = write(tmp_path / "data", [("a.txt", noise)])
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataFileError, match=r"damaged, cut off|ends in the middle"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x03\x04 but no more"])
def test_a_file_that_is_no_archive_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").write_bytes(content)
    with pytest.raises(DataFileError, match="another format"):
        read(tmp_path / "data")


def test_an_encrypted_zip_is_an_error(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "data", [("a.txt", b"secret")])
    content = bytearray(path.read_bytes())
    content[6] |= 1  # local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # directory
    path.write_bytes(content)
    with pytest.raises(DataFileError, match="encrypted"):
        read(path)

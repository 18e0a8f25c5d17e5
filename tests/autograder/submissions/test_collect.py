"""submissions.collect: whatever a learning platform or a student packs, each notebook ends up under a name of ours."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import ArchiveError, AssignmentError, NoNotebookError
from autograder.grading.grade import submissions
from autograder.submissions import archive as members
from autograder.submissions import collect as module
from autograder.submissions.archive import Collection, Member, _stamp
from autograder.submissions.collect import PATTERNS, collect
from autograder.submissions.reader import adopt
from tests.autograder.submissions.test_reader import nested


@pytest.fixture
def course(tmp_path) -> Course:
    """A course with an assignment ps1, which collecting only needs the name of."""
    root = tmp_path / "course"
    (root / "solutions" / "ps1").mkdir(parents=True)
    (root / "solutions" / "ps1" / "ps1.py").touch()
    (root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.source_directory = "solutions"\n')
    return Course(root)


@pytest.fixture(params=["folder", "zip"])
def pack(request, tmp_path):
    """Make a folder or a zip of files, given by path and content."""

    def make(files: dict[str, bytes]) -> Path:
        if request.param == "zip":
            return zipped(tmp_path / "class.zip", files)
        folder = tmp_path / "class"
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder

    return make


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Make a zip of files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def kept(course: Course) -> dict[str, bytes]:
    """Return what lies in submitted/, by path in it; it is also checked that nothing else was written."""
    submitted = course.root / "submitted"
    files = {path.relative_to(submitted).as_posix(): path.read_bytes() for path in submitted.rglob("*.ipynb")}
    assert all(re.fullmatch(r"[^/]+/ps1/ps1\.ipynb", name) for name in files)
    return {name.split("/")[0]: content for name, content in files.items()}


def reasons(collection: Collection) -> dict[str, str]:
    """Return why files were not used, by path."""
    return dict(collection.ignored)


# names


NAMES = [
    ("doejane_12345_678901_ps1.ipynb", "Canvas", "doejane_12345"),
    ("doejane_LATE_12345_678901_ps1.ipynb", "Canvas", "doejane_12345"),
    ("doejane_12345_678901_ps1-1.ipynb", "Canvas", "doejane_12345"),
    ("doejane_LATE_12345_678901_my work (2)-3.ipynb", "Canvas", "doejane_12345"),
    ("müllerjörg_12345_678901_ps1_final_v2.ipynb", "Canvas", "müllerjörg_12345"),
    ("submissions/doejane_12345_678901_ps1.ipynb", "Canvas", "doejane_12345"),
    ("doejane_12345_678901_ps1.ipynb.txt", "Canvas", "doejane_12345"),
    ("doejane_12345_678901_ps1-1.ipynb.json", "Canvas", "doejane_12345"),
    ("Jane Doe_2345678_assignsubmission_file_/ps1.ipynb", "Moodle", "Jane_Doe_2345678"),
    ("Jane Doe_2345678_assignsubmission_file_ps1.ipynb", "Moodle", "Jane_Doe_2345678"),
    ("Jane Doe_2345678_assignsubmission_file/ps1.ipynb", "Moodle", "Jane_Doe_2345678"),
    ("Course-PS1-123/Jane O'Neil-Doe_2345678_assignsubmission_file_/x.ipynb", "Moodle", "Jane_O_Neil-Doe_2345678"),
    ("Jane Doe_2345678_assignsubmission_file_/homework/week 1/ps1.ipynb", "Moodle", "Jane_Doe_2345678"),
    ("anon_Ab3dE_678901_ps1.ipynb", "Canvas, names hidden", "anon_Ab3dE"),
    ("LATE_anon_Ab3dE_678901_ps1-2.ipynb", "Canvas, names hidden", "anon_Ab3dE"),
    ("Homework_jane_attempt_2026-05-03-18-00-00_ps1.ipynb", "Blackboard", "jane"),
    ("12345-67890 - Jane Doe - May 3, 2026 600 PM/ps1.ipynb", "Brightspace", "Jane_Doe"),
    ("jane+ps1+2026-05-03 18:00:00.000000 UTC+bm90aGluZw/ps1.ipynb", "nbgrader, inbound", "jane"),
    ("jane/ps1/ps1.ipynb", "nbgrader", "jane"),
    ("submitted/jane/ps1/other name.ipynb", "nbgrader", "jane"),
    ("jane/ps1.ipynb", "folder per student", "jane"),
    ("class/jane.doe@uni.edu/anything.ipynb", "folder per student", "jane.doe@uni.edu"),
    ("jane.ipynb", "file per student", "jane"),
    ("jane_ps1.ipynb", "file per student", "jane"),
    ("jane_ps1.ipynb.txt", "file per student", "jane"),
    ("jane.ipynb.json", "file per student", "jane"),
]


@pytest.mark.parametrize(("name", "form", "student"), NAMES)
def test_student_is_told_from_the_usual_names(course, pack, name, form, student):
    path = pack({name: b"{}"})
    collection = collect(course, "ps1", path)
    assert [(found.student, found.file, found.change) for found in collection.students] == [(student, name, "new")]
    assert kept(course) == {student: b"{}"}
    parts = name.split("/")
    levels = ["/".join(parts[level:]) for level in range(len(parts))]
    forms = [(title, re.compile(text.replace("{assignment}", "ps1"))) for title, text in PATTERNS.items()]
    first = [title for level in levels for title, pattern in forms if pattern.fullmatch(level)]
    assert form in first


def test_every_pattern_has_an_example():
    assert {form for _, form, _ in NAMES} == set(PATTERNS)


def test_folder_around_files_named_after_students_is_seen_through(course, pack):
    collect(course, "ps1", pack({"class 2026/jane.ipynb": b"1", "class 2026/joe_ps1.ipynb": b"2"}))
    assert kept(course) == {"jane": b"1", "joe": b"2"}


def test_folders_with_a_file_of_the_same_name_are_students(course, pack):
    collect(course, "ps1", pack({"class/jane/work.ipynb": b"1", "class/joe/work.ipynb": b"2"}))
    assert kept(course) == {"jane": b"1", "joe": b"2"}


def test_one_student_with_two_files_is_not_taken_for_a_class(course, pack):
    collect(course, "ps1", pack({"jane/ps1.ipynb": b"1", "jane/ps1-old.ipynb": b"2"}))
    assert set(kept(course)) == {"jane"}


@pytest.mark.parametrize("name", ["jane+.ps1", "[a]", "x(1)"])
def test_assignment_with_special_characters_is_taken_literally(tmp_path, name):
    patterns = module._compiled(name, None)
    assert module._student(f"jane/{name}/work.ipynb", patterns)[::2] == ("jane", 0)
    assert module._student(f"joe_{name}.ipynb", patterns)[::2] == ("joe", 0)


@pytest.mark.parametrize(
    "files",
    [
        ["ps1-ada/notebooks/ps1.ipynb", "ps1-bob/notebooks/ps1.ipynb"],
        ["ada/ps1.ipynb", "bob/work/ps1.ipynb"],
        ["class/ada/01/ps1.ipynb", "class/bob/01/ps1.ipynb"],
        ["class/2026/ada/attachments/a/ps1.ipynb", "class/2026/bob/ps1.ipynb"],
        ["ada/ps1/ps1.ipynb", "bob/ps1.ipynb"],
    ],
)
def test_students_are_told_apart_at_the_level_that_differs(course, pack, files):
    collect(course, "ps1", pack({name: name.encode() for name in files}))
    assert set(kept(course)) == {"ada", "bob"}


@pytest.mark.parametrize("folder", [".virtual_documents", ".Trash-0", ".git", ".ipynb_checkpoints", "__MACOSX"])
def test_hidden_folders_are_no_students(course, pack, folder):
    collect(course, "ps1", pack({"ada/ps1.ipynb": b"1", "bob/ps1.ipynb": b"2", f"{folder}/ps1.ipynb": b"3"}))
    assert set(kept(course)) == {"ada", "bob"}


FORMS = ["{}_1_assignsubmission_file_/{{}}", "{}_1_9_{{}}", "{}/ps1/{{}}", "{}/{{}}", "{}+ps1+2026-05-03+x/{{}}"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("around", ["", "submissions/"])
@pytest.mark.parametrize("planted", [form.format("ada").format("ps1.ipynb") for form in FORMS])
def test_nothing_inside_one_students_part_speaks_for_another(course, pack, form, around, planted):
    if "_9_" in form:
        planted = planted.replace("/", "_")  # Canvas has no folders
    own = around + form
    files = {own.format("ada").format("ps1.ipynb"): b"hers", own.format("bob").format("ps1.ipynb"): b"his"}
    files[own.format("eve").format(planted)] = b"planted"
    files[own.format("eve").format("deep/er/" * ("_9_" not in form) + planted)] = b"planted deep"
    collect(course, "ps1", pack(files))
    found = {student.removesuffix("_1"): content for student, content in kept(course).items()}
    assert (found["ada"], found["bob"]) == (b"hers", b"his")
    assert found.keys() <= {"ada", "bob", "eve"}


def test_time_planted_in_one_students_part_is_nobodys(course, pack):
    files = {f"submitted/{name}/ps1/ps1.ipynb": b"{}" for name in ("ada", "bob")}
    files["submitted/bob/ps1/ada/ps1/timestamp.txt"] = b"2030-01-01 00:00:00 UTC"
    files["submitted/ada/ps1/timestamp.txt"] = b"2026-05-03 16:00:00 UTC"
    found = collect(course, "ps1", pack(files)).students
    assert {one.student: str(one.at) for one in found} == {"ada": "2026-05-03 16:00:00", "bob": "None"}


def test_zip_with_backslashes_is_read_as_other_programs_read_it(course, tmp_path):
    names = [f"Student {k}_{k}_assignsubmission_file_|ps1.ipynb" for k in (11, 12)]
    path = zipped(tmp_path / "class.zip", dict.fromkeys(names, b"{}"))
    path.write_bytes(path.read_bytes().replace(b"|", b"\\"))
    assert [found.student for found in collect(course, "ps1", path).students] == ["Student_11_11", "Student_12_12"]


HOSTILE = [
    "..",
    ".",
    "...",
    "../../etc",
    "a/../b",
    "~root",
    "$HOME",
    "-rf",
    "a\\b",
    ".hidden",
    "a\nb",
    "C:",
    "\x00",
    "_",
]


@pytest.mark.parametrize("name", [*HOSTILE, "名前", "a b", "x" * 300, "é" * 150, "con*?<>|"])
def test_student_id_is_a_harmless_file_name_or_none(name):
    student, _, _ = module._student(f"{name}.ipynb", module._compiled("ps1", r"(?s)(?P<student>.*)\.ipynb"))
    if student is not None:
        assert re.fullmatch(r"[\w@-][\w.@-]*", student)
        assert len(student.encode()) <= module.MAX_NAME
    assert (student is None) == (name in {"..", ".", "...", "\x00", "_", "x" * 300, "é" * 150})


def test_name_too_long_for_a_folder_is_reported_and_the_class_goes_on(course, tmp_path):
    path = zipped(tmp_path / "class.zip", {"x" * 400 + "/ps1.ipynb": b"1", "jane/ps1.ipynb": b"2"})
    collection = collect(course, "ps1", path)
    assert kept(course) == {"jane": b"2"}
    assert list(reasons(collection).values()) == ["its name does not tell the student; see --pattern"]


# a pattern of one's own


def test_own_pattern_tells_student_and_attempt(course, pack):
    pattern = r"(?P<file>.*) by (?P<student>\w+) v(?P<try>\d+)\.ipynb"
    collection = collect(
        course, "ps1", pack({"hw by jane v9.ipynb": b"9", "hw by jane v10.ipynb": b"10", "x.ipynb": b""}), pattern
    )
    assert kept(course) == {"jane": b"10"}
    assert reasons(collection) == {
        "hw by jane v9.ipynb": "jane handed in a later one",
        "x.ipynb": "its name does not tell the student; see --pattern",
    }


@pytest.mark.parametrize("attempt", ["final", "²", "9" * 200])
def test_attempt_that_is_not_a_sensible_number_does_no_harm(course, pack, attempt):
    collect(course, "ps1", pack({f"jane-{attempt}.ipynb": b"1"}), r"(?P<student>\w+)-(?P<try>\w+)\.ipynb")
    assert kept(course) == {"jane": b"1"}


def test_canvas_attempt_with_thousands_of_digits_does_no_harm(course, tmp_path):
    name = f"doejane_12345_678_ps1-{'1' * 5000}.ipynb"
    collect(course, "ps1", zipped(tmp_path / "class.zip", {name: b"1"}))
    assert kept(course) == {"doejane_12345": b"1"}


def test_bad_pattern_is_refused(course, pack):
    with pytest.raises(ArchiveError, match=re.escape("--pattern '(' is not a regular expression")):
        collect(course, "ps1", pack({"jane.ipynb": b""}), "(")


def test_pattern_without_student_is_refused(course, pack):
    with pytest.raises(ArchiveError, match=re.escape("has no group (?P<student>...).")):
        collect(course, "ps1", pack({"jane.ipynb": b""}), r"(.*)\.ipynb")


def test_unknown_assignment_is_refused(course, pack):
    with pytest.raises(AssignmentError, match="There is no assignment 'ps9'"):
        collect(course, "ps9", pack({"jane.ipynb": b""}))


# what is used and what is not


def test_files_that_are_not_used_are_reported(course, pack):
    files = {"jane/ps1.ipynb": b"1", "jane/data.csv": b"", "joe/ps1.py": b"", "readme.txt": b""}
    collection = collect(course, "ps1", pack(files))
    assert reasons(collection) == dict.fromkeys(["jane/data.csv", "joe/ps1.py", "readme.txt"], "not a notebook")


@pytest.mark.parametrize(
    "junk",
    [
        "__MACOSX/jane/._ps1.ipynb",
        "jane/.ipynb_checkpoints/ps1-checkpoint.ipynb",
        "jane/._ps1.ipynb",
        ".DS_Store",
        "jane/Thumbs.db",
    ],
)
def test_junk_of_the_operating_system_is_passed_over_in_silence(course, pack, junk):
    collection = collect(course, "ps1", pack({"jane/ps1.ipynb": b"1", junk: b"junk"}))
    assert kept(course) == {"jane": b"1"}
    assert collection.ignored == []


@pytest.mark.parametrize("files", [{}, {"readme.txt": b""}])
def test_nothing_to_collect_is_an_error(course, pack, files):
    with pytest.raises(ArchiveError, match=r"No notebook in .* has a name that tells its student"):
        collect(course, "ps1", pack(files))


def test_error_about_nothing_to_collect_gives_an_example(course, pack):
    with pytest.raises(ArchiveError, match=r"2 files were not used, the first: a.txt \(not a notebook\)\."):
        collect(course, "ps1", pack({"a.txt": b"", "b.txt": b""}))


def test_missing_path_is_an_error(course, tmp_path):
    with pytest.raises(ArchiveError, match=r"nothing\.zip does not exist\."):
        collect(course, "ps1", tmp_path / "nothing.zip")


def test_link_in_a_folder_is_not_followed(course, tmp_path):
    folder = tmp_path / "class"
    (folder / "joe").mkdir(parents=True)
    (folder / "joe" / "ps1.ipynb").write_bytes(b"1")
    (folder / "jane").symlink_to("joe")
    (folder / "jim.ipynb").symlink_to("/etc/passwd")
    collection = collect(course, "ps1", folder)
    assert kept(course) == {"joe": b"1"}
    assert reasons(collection) == {"jane": "a link or special file", "jim.ipynb": "a link or special file"}


def test_fifo_in_a_folder_does_not_block(course, tmp_path):
    (tmp_path / "class").mkdir()
    os.mkfifo(tmp_path / "class" / "jane.ipynb")
    (tmp_path / "class" / "joe.ipynb").write_bytes(b"1")
    assert reasons(collect(course, "ps1", tmp_path / "class")) == {"jane.ipynb": "a link or special file"}


def test_too_large_file_is_reported(course, pack, monkeypatch):
    monkeypatch.setattr(members, "MAX_BYTES", 2**20)
    collection = collect(course, "ps1", pack({"jane.ipynb": b" " * (2**20 + 1), "joe.ipynb": b" " * 2**20}))
    assert set(kept(course)) == {"joe"}
    assert reasons(collection) == {"jane.ipynb": "larger than 1 MiB"}


def test_file_that_grows_while_it_is_read_is_reported(monkeypatch):
    monkeypatch.setattr(members, "MAX_BYTES", 10)
    with pytest.raises(zipfile.BadZipFile, match="larger than the archive says"):
        Member("jane.ipynb", (), lambda: io.BytesIO(b"x" * 11)).read()


# later ones and earlier ones


def test_higher_attempt_wins_whatever_its_date(course, tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for attempt, year in (("-10", 2001), ("-9", 2003), ("", 2002)):
            entry = zipfile.ZipInfo(f"doejane_12345_678_ps1{attempt}.ipynb", date_time=(year, 1, 1, 0, 0, 0))
            archive.writestr(entry, attempt)
    collection = collect(course, "ps1", path)
    assert kept(course) == {"doejane_12345": b"-10"}
    assert list(reasons(collection).values()) == ["doejane_12345 handed in a later one"] * 2


def test_newer_file_of_a_folder_wins(course, tmp_path):
    folder = tmp_path / "class"
    (folder / "jane").mkdir(parents=True)
    (folder / "joe.ipynb").touch()
    for name, when in (("a.ipynb", 2_000), ("b.ipynb", 1_000)):
        (folder / "jane" / name).write_text(name)
        os.utime(folder / "jane" / name, (when, when))
    collection = collect(course, "ps1", folder)
    assert kept(course) == {"jane": b"a.ipynb", "joe": b""}
    assert reasons(collection) == {"jane/b.ipynb": "jane handed in a later one"}


def test_collecting_again_changes_nothing(course, pack):
    path = pack({"jane.ipynb": b"1", "joe.ipynb": b"2"})
    collect(course, "ps1", path)
    again = collect(course, "ps1", path)
    assert [found.change for found in again.students] == ["unchanged", "unchanged"]
    assert not (course.root / "submitted_earlier").exists()


def test_replaced_submissions_are_all_kept(course, pack):
    changes = []
    for content in (b"1", b"2", b"3"):
        changes += [found.change for found in collect(course, "ps1", pack({"jane.ipynb": content})).students]
    assert changes == ["new", "replaced", "replaced"]
    assert kept(course) == {"jane": b"3"}
    earlier = course.root / "submitted_earlier" / "jane" / "ps1"
    assert {path.name: (path / "ps1.ipynb").read_bytes() for path in earlier.iterdir()} == {"1": b"1", "2": b"2"}


def test_files_that_somebody_put_beside_a_submission_are_kept_with_it(course, pack):
    collect(course, "ps1", pack({"jane.ipynb": b"1"}))
    (course.root / "submitted" / "jane" / "ps1" / "timestamp.txt").write_text("yesterday")
    collect(course, "ps1", pack({"jane.ipynb": b"2"}))
    assert (course.root / "submitted_earlier" / "jane" / "ps1" / "1" / "timestamp.txt").read_text() == "yesterday"
    assert [path.name for path in (course.root / "submitted" / "jane" / "ps1").iterdir()] == ["ps1.ipynb"]


# zips that mean harm, or were damaged


def patched(path: Path, name: str, offset: int, value: bytes) -> None:
    """Change a field of a member's entry in a zip's directory."""
    content = bytearray(path.read_bytes())
    entry = content.rindex(name.encode()) - 46
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + offset : entry + offset + len(value)] = value
    path.write_bytes(content)


@pytest.fixture
def archive(tmp_path) -> Path:
    """A zip of two students, of which tests damage the first."""
    return zipped(tmp_path / "class.zip", {"jane.ipynb": b'{"cells": []}', "joe.ipynb": b"{}"})


def only_joe(course: Course, archive: Path) -> str:
    """Check that all is well but Jane's notebook, and return why that is not used."""
    collection = collect(course, "ps1", archive)
    assert kept(course) == {"joe": b"{}"}
    ((name, reason),) = collection.ignored
    assert "jane" in name
    return reason


@pytest.mark.parametrize(
    "name",
    [
        "../jane.ipynb",
        "/tmp/jane.ipynb",
        "a/../../jane.ipynb",
        "..\\jane.ipynb",
        "C:\\jane.ipynb",
        "\\\\host\\jane.ipynb",
    ],
)
def test_path_that_leads_out_of_a_zip_is_not_used(course, tmp_path, name):
    path = zipped(tmp_path / "class.zip", {name: b"1", "joe.ipynb": b"{}"})
    assert only_joe(course, path) == "its path leads out of the archive"


def test_link_in_a_zip_is_not_used(course, tmp_path):
    path = tmp_path / "class.zip"
    link = zipfile.ZipInfo("jane.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("joe.ipynb", b"{}")
    assert only_joe(course, path) == "a link"


def test_encrypted_member_is_not_used(course, archive):
    patched(archive, "jane.ipynb", 8, b"\x01\x00")
    assert only_joe(course, archive) == "encrypted"


def test_member_that_claims_to_be_huge_is_not_used(course, archive):
    patched(archive, "jane.ipynb", 24, (2**31).to_bytes(4, "little"))
    assert only_joe(course, archive) == "larger than 64 MiB"


def test_member_that_is_larger_than_it_claims_is_not_used(course, archive):
    patched(archive, "jane.ipynb", 24, (3).to_bytes(4, "little"))
    assert only_joe(course, archive).startswith("cannot be read: ")


@pytest.mark.parametrize("method", [9, 12, 14, 98], ids=["deflate64", "bzip2", "lzma", "ppmd"])
def test_member_packed_in_an_unknown_or_wrong_way_is_not_used(course, archive, method):
    patched(archive, "jane.ipynb", 10, method.to_bytes(2, "little"))
    assert only_joe(course, archive).startswith("cannot be read: ")


@pytest.mark.parametrize("flag", [0x20, 0x40], ids=["patched data", "strong encryption"])
def test_member_that_needs_what_python_lacks_is_not_used(course, archive, flag):
    patched(archive, "jane.ipynb", 8, flag.to_bytes(2, "little"))
    assert only_joe(course, archive).startswith("cannot be read: ")


def test_damaged_member_is_not_used(course, archive):
    archive.write_bytes(archive.read_bytes().replace(b'{"cells": []}', b'{"cells"; []}'))
    assert only_joe(course, archive).startswith("cannot be read: Bad CRC-32")


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_compressed_member_is_not_used(course, tmp_path, compression):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("jane.ipynb", bytes(range(256)) * 20)
        start = archive.fp.tell()
        archive.writestr("joe.ipynb", b"{}")
    content = bytearray(path.read_bytes())
    content[start // 2 : start // 2 + 20] = bytes(20)
    path.write_bytes(content)
    assert only_joe(course, path).startswith("cannot be read: ")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"Rar!\x1a\x07\x00", b"\x1f\x8b\x08"])
def test_file_that_is_not_a_zip_is_refused(course, tmp_path, content):
    (tmp_path / "class.rar").write_bytes(content)
    with pytest.raises(ArchiveError, match=r"class\.rar is neither a folder nor a zip archive, or is damaged"):
        collect(course, "ps1", tmp_path / "class.rar")


@pytest.mark.parametrize("kept_part", [0.3, 0.7, 0.95])
def test_half_downloaded_zip_is_refused(course, archive, kept_part):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * kept_part)])
    with pytest.raises(ArchiveError, match="or is damaged"):
        collect(course, "ps1", archive)


@pytest.mark.parametrize("offset", range(1, 46, 2))
def test_zip_with_a_damaged_directory_is_refused_or_read_in_part(course, archive, offset):
    patched(archive, "jane.ipynb", offset, b"\xff")
    try:
        collection = collect(course, "ps1", archive)
    except ArchiveError as error:
        assert "class.zip" in str(error)  # noqa: PT017  (either ending is fine)
    else:
        assert set(kept(course)) == {found.student for found in collection.students} != set()


def test_name_that_is_not_utf8_as_the_zip_claims_is_refused(course, archive):
    patched(archive, "jane.ipynb", 8, b"\x00\x08")
    content = archive.read_bytes()
    start = content.rindex(b"jane.ipynb")
    archive.write_bytes(content[:start] + b"j\xffne.ipynb" + content[start + 10 :])
    with pytest.raises(ArchiveError, match="or is damaged"):
        collect(course, "ps1", archive)


def test_zip_of_too_many_files_is_refused(course, archive, monkeypatch):
    monkeypatch.setattr(members, "MAX_MEMBERS", 1)
    with pytest.raises(ArchiveError, match=r"class\.zip holds 2 files, more than 1: this is not a class\."):
        collect(course, "ps1", archive)


def test_nothing_of_a_zip_is_written_outside_submitted(course, tmp_path):
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    files = {"../evil.ipynb": b"1", "/abs.ipynb": b"1", "jane.ipynb": b"1", "x/../../y.ipynb": b"1", "note.txt": b""}
    collect(course, "ps1", zipped(tmp_path / "class.zip", files))
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - before - {tmp_path / "class.zip"}
    assert written == {course.root / "submitted" / "jane" / "ps1" / "ps1.ipynb"}


@pytest.mark.parametrize(("first", "second"), [("Jane Doe", "Jane_Doe"), ("jane", "Jane"), ("काम", "कीम")])
def test_names_that_would_share_an_id_are_never_mixed(course, pack, first, second):
    collection = collect(course, "ps1", pack({f"{first}/ps1.ipynb": b"1", f"{second}/ps1.ipynb": b"2"}))
    assert len(collection.students) == 1
    [(path, reason)] = collection.ignored
    assert "cannot be told from" in reason
    kept = next(course.folder("submitted").rglob("ps1.ipynb")).read_bytes()
    assert kept == (b"2" if path.startswith(first) else b"1")


def test_only_student_of_moodles_is_not_taken_for_a_class(course, pack):
    folder = "Jane Doe_1_assignsubmission_file_"
    collect(course, "ps1", pack({f"{folder}/a.ipynb": b"1", f"{folder}/b.ipynb": b"2"}))
    assert set(kept(course)) == {"Jane_Doe_1"}


def test_accents_taken_apart_are_the_same_student(course, pack):
    names = {f"{unicodedata.normalize(form, 'Zoë')}/{number}.ipynb": b"x" for number, form in enumerate(["NFC", "NFD"])}
    collection = collect(course, "ps1", pack(names))
    assert [found.student for found in collection.students] == ["Zoë"]


# several files of one student


@pytest.mark.parametrize(
    ("files", "taken"),
    [
        (["ps1.ipynb", "scratch.ipynb"], "ps1.ipynb"),
        (["PS1.ipynb", "zzz.ipynb"], "PS1.ipynb"),
        (["ps1.ipynb.txt", "zzz.ipynb"], "ps1.ipynb.txt"),
        (["ps1 (1).ipynb", "zzz.ipynb"], "ps1 (1).ipynb"),
        (["ps1-2.ipynb", "zzz.ipynb"], "ps1-2.ipynb"),
        (["a.ipynb", "b.ipynb"], "b.ipynb"),
    ],
)
@pytest.mark.parametrize("form", ["Jane Doe_1_assignsubmission_file_/{}", "doejane_1_9_{}", "jane/ps1/{}", "jane/{}"])
def test_notebook_named_after_the_assignment_is_taken(course, tmp_path, files, taken, form):
    members = {form.format(name): name.encode() for name in files}
    members[form.format("data.csv")] = b"1,2"
    others = {re.sub("(?i)(doejane|jane doe|jane)", "joe", form).format("ps1.ipynb"): b"joe"}
    collection = collect(course, "ps1", zipped(tmp_path / "class.zip", members | others))
    assert sorted(kept(course).values()) == sorted([taken.encode(), b"joe"])
    told = reasons(collection)
    assert set(told) == set(members) - {form.format(taken)}
    assert told[form.format("data.csv")] == "not a notebook"
    if taken != "b.ipynb":
        assert any("named after the assignment" in reason for reason in told.values())


def test_other_versions_are_kept_once_each(course, tmp_path):
    files = {f"doejane_1_9_ps1{suffix}.ipynb": suffix.encode() for suffix in ("", "-1", "-2")}
    path = zipped(tmp_path / "class.zip", {**files, "doejane_1_9_copy.ipynb": b"-1"})
    for _ in range(2):
        collect(course, "ps1", path)
        earlier = course.root / "submitted_earlier" / "doejane_1" / "ps1"
        assert sorted((one / "ps1.ipynb").read_bytes() for one in earlier.iterdir()) == [b"", b"-1"]
    assert kept(course) == {"doejane_1": b"-2"}


def test_version_that_was_graded_before_is_kept_once(course, tmp_path):
    first, second = {"doejane_1_9_ps1.ipynb": b"1"}, {"doejane_1_9_ps1-1.ipynb": b"2"}
    collect(course, "ps1", zipped(tmp_path / "class.zip", first))
    collect(course, "ps1", zipped(tmp_path / "class.zip", first | second))
    earlier = course.root / "submitted_earlier" / "doejane_1" / "ps1"
    assert [(one / "ps1.ipynb").read_bytes() for one in earlier.iterdir()] == [b"1"]


def test_who_packs_a_thousand_notebooks_fills_no_disk(course, tmp_path):
    files = {f"jane/{number}.ipynb": str(number).encode() for number in range(100)}
    collect(course, "ps1", zipped(tmp_path / "class.zip", files | {"joe/1.ipynb": b""}))
    assert len(list((course.root / "submitted_earlier" / "jane" / "ps1").iterdir())) == module.MAX_EARLIER


def test_students_without_a_notebook_are_told(course, tmp_path):
    files = {
        "Jane Doe_1_assignsubmission_file_/essay.pdf": b"",
        "Joe Doe_2_assignsubmission_file_/ps1.zip": b"",
        "roejim_3_9_ps1.docx": b"",
        "Ann Doe_4_assignsubmission_file_/ps1.ipynb": b"{}",
        "Ann Doe_4_assignsubmission_file_/data.csv": b"",
        "readme.txt": b"",
    }
    collection = collect(course, "ps1", zipped(tmp_path / "class.zip", files))
    assert collection.without == ["Jane_Doe_1", "Joe_Doe_2", "roejim_3"]
    told = reasons(collection)
    assert told["Joe Doe_2_assignsubmission_file_/ps1.zip"].startswith("an archive inside; it is not opened")
    assert reason_for_no_mark(course, "Jane_Doe_1").endswith("in what you handed in, only: essay.pdf.")
    assert reason_for_no_mark(course, "roejim_3").endswith("only: roejim_3_9_ps1.docx.")


def reason_for_no_mark(course: Course, student: str) -> str:
    with pytest.raises(NoNotebookError) as said:
        adopt(course.root / "submitted" / student / "ps1", "ps1")
    return str(said.value)


@pytest.mark.parametrize(
    "files",
    [
        {
            "Jane Doe_1_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
            "Joe_2_assignsubmission_file_/ps1.ipynb": b"",
        },
        {"Jane Doe_1_assignsubmission_onlinetext.html": b"<p>", "Joe_2_assignsubmission_file_/ps1.ipynb": b""},
        {"Jane Doe_1/essay.pdf": b"", "Joe/my work.ipynb": b""},
        {"class/Jane Doe_1/ps1/essay.pdf": b"", "class/Joe/ps1/ps1.ipynb": b"", "class/readme.txt": b""},
    ],
)
def test_nobody_vanishes_who_handed_in_something_else(course, tmp_path, files):
    collection = collect(course, "ps1", zipped(tmp_path / "class.zip", files))
    assert collection.without == ["Jane_Doe_1"]
    assert submissions(course, "ps1")[0] == "Jane_Doe_1"
    [name] = (name for name in files if "Jane" in name)
    assert name.rpartition("/")[2] in reason_for_no_mark(course, "Jane_Doe_1")


def test_a_notebook_takes_the_place_of_what_was_there_before_and_stays(course, tmp_path):
    without, with_one = {"doejane_1_9_ps1.pdf": b"", "roejim_3_9_ps1.ipynb": b""}, {"doejane_1_9_ps1.ipynb": b"1"}
    collect(course, "ps1", zipped(tmp_path / "class.zip", without))
    collect(course, "ps1", zipped(tmp_path / "class.zip", with_one))
    assert kept(course)["doejane_1"] == b"1"
    assert lying(course, "doejane_1") == {}
    collect(course, "ps1", zipped(tmp_path / "class.zip", without))
    assert kept(course)["doejane_1"] == b"1", "nothing that was graded goes"


# when they were handed in


def lying(course: Course, student: str) -> dict[str, str]:
    """Return the files beside a notebook."""
    folder = course.root / "submitted" / student / "ps1"
    return {path.name: path.read_text() for path in folder.iterdir() if path.suffix != ".ipynb"}


def dated(path: Path, name: str, when: tuple[int, ...], extra: bytes = b"") -> Path:
    """Make a zip of one notebook with a time."""
    entry = zipfile.ZipInfo(name, date_time=when)
    entry.extra = extra
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, b"{}")
    return path


SUMMER = (2026, 5, 3, 18, 0, 0)
UNIX_TIME = b"UT\x05\x00\x01" + (1_777_831_200).to_bytes(4, "little")  # 2026-05-03 18:00 in UTC


def test_times_of_files_are_not_taken_for_times_of_submission(course, tmp_path):
    collect(course, "ps1", dated(tmp_path / "class.zip", "doejane_1_9_ps1.ipynb", SUMMER))
    assert lying(course, "doejane_1") == {}


@pytest.mark.parametrize(
    ("zone", "extra", "utc"),
    [
        ("UTC", b"", "18:00:00"),
        ("Europe/Berlin", b"", "16:00:00"),
        ("Europe/Berlin", UNIX_TIME, "18:00:00"),
        ("Europe/Berlin", b"XX\x02\x00ab" + UNIX_TIME, "18:00:00"),
        ("Europe/Berlin", b"UT\x01\x00\x01", "16:00:00"),
        ("Europe/Berlin", b"UT\x05\x00\x02abcd", "16:00:00"),
    ],
)
def test_times_of_files_count_on_request(course, tmp_path, zone, extra, utc):
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write(f'c.LatePenalty.policy = {{"timezone": "{zone}"}}\n')
    path = dated(tmp_path / "class.zip", "jane.ipynb", SUMMER, extra)
    [found] = collect(Course(course.root), "ps1", path, file_times=True).students
    assert lying(course, "jane") == {"timestamp.txt": f"2026-05-03 {utc}.000000 UTC"}
    assert str(found.at) == f"2026-05-03 {utc}"


@pytest.mark.parametrize("when", [(1980, 1, 1, 0, 0, 0), (2026, 13, 45, 0, 0, 0)])
def test_time_that_is_none_is_not_written(course, tmp_path, when):
    entry = zipfile.ZipInfo("jane.ipynb")
    entry.date_time = when
    assert _stamp(entry) is None


def test_time_of_a_file_in_a_folder_counts_on_request(course, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "jane.ipynb").touch()
    os.utime(tmp_path / "class" / "jane.ipynb", (1_777_831_200, 1_777_831_200))
    collect(course, "ps1", tmp_path / "class", file_times=True)
    assert lying(course, "jane") == {"timestamp.txt": "2026-05-03 18:00:00.000000 UTC"}


def test_nbgraders_own_times_are_kept(course, pack):
    files = {"jane/ps1/ps1.ipynb": b"1", "jane/ps1/timestamp.txt": b"2026-05-03 18:00:00 Europe/Berlin\n"}
    files |= {"joe/ps1/ps1.ipynb": b"1", "joe/ps1/timestamp.txt": b"\xff\x00"}
    collection = collect(course, "ps1", pack(files))
    assert lying(course, "jane") == {"timestamp.txt": "2026-05-03 16:00:00.000000 UTC"}
    assert lying(course, "joe") == {}
    [(path, reason)] = collection.ignored
    assert path == "joe/ps1/timestamp.txt"
    assert reason.startswith("holds no time")


def test_time_that_a_student_packs_is_not_believed(course, tmp_path):
    folder = "Jane Doe_1_assignsubmission_file_"
    files = {f"{folder}/ps1.ipynb": b"1", f"{folder}/timestamp.txt": b"2000-01-01 00:00:00 UTC"}
    files |= {f"{folder}/ps1/timestamp.txt": b"2000-01-01 00:00:00 UTC"}
    collect(course, "ps1", zipped(tmp_path / "class.zip", files))
    assert lying(course, "Jane_Doe_1") == {}


def test_late_mark_of_canvas_comes_and_goes(course, tmp_path):
    def hand_in(name: str) -> tuple[list[str], bool | None]:
        [found] = collect(course, "ps1", zipped(tmp_path / "class.zip", {name: b"{}"})).students
        return list(lying(course, "doejane_1")), found.late

    assert hand_in("doejane_1_9_ps1.ipynb") == ([], False)
    assert hand_in("doejane_LATE_1_9_ps1.ipynb") == (["late.txt"], True)
    assert hand_in("doejane_1_9_ps1.ipynb") == ([], False)


def test_replaced_submission_does_not_keep_the_old_time(course, tmp_path):
    collect(course, "ps1", dated(tmp_path / "class.zip", "jane.ipynb", SUMMER), file_times=True)
    collect(course, "ps1", zipped(tmp_path / "class.zip", {"jane.ipynb": b"another"}))
    assert lying(course, "jane") == {}


def test_same_submission_keeps_a_time_that_was_put_there(course, tmp_path):
    path = zipped(tmp_path / "class.zip", {"jane.ipynb": b"{}"})
    collect(course, "ps1", path)
    (course.root / "submitted" / "jane" / "ps1" / "timestamp.txt").write_text("2026-05-03 18:00:00 UTC")
    collect(course, "ps1", path)
    assert lying(course, "jane") == {"timestamp.txt": "2026-05-03 18:00:00 UTC"}


# names of files that mean harm


def test_utf8_names_that_the_zip_does_not_declare_are_read(course, archive):
    content = archive.read_bytes().replace(b"jane.ipynb", "zoë.ipynb".encode())
    archive.write_bytes(content)
    collect(course, "ps1", archive)
    assert set(kept(course)) == {"zoë", "joe"}


def test_names_of_old_windows_programs_are_read(course, archive):
    archive.write_bytes(archive.read_bytes().replace(b"jane.ipynb", "zoëx.ipynb".encode("cp437")))
    collect(course, "ps1", archive)
    assert set(kept(course)) == {"zoëx", "joe"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_the_same_name_are_all_refused(course, tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("jane.ipynb", "joe.ipynb", "jane.ipynb"):
            archive.writestr(name, b"{}")
    assert [reason for _, reason in collect(course, "ps1", path).ignored] == ["there are 2 files of this name"] * 2
    assert set(kept(course)) == {"joe"}


def test_file_that_would_grow_out_of_all_proportion_is_refused(course, tmp_path):
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jane.ipynb", b" " * 2**24)
        archive.writestr("joe.ipynb", b"{}")
    assert only_joe(course, path) == "it would grow to more than 100 times its size: no notebook does"


@pytest.mark.parametrize("name", ["a\x1b[31mb.txt", "a\u202eb.txt", "a\x07b.txt", "a\nb.txt"])
def test_names_do_nothing_to_a_terminal(course, tmp_path, name):
    collection = collect(course, "ps1", zipped(tmp_path / "class.zip", {name: b"", "jane.ipynb": b"{}"}))
    [(shown, _)] = collection.ignored
    assert shown.isprintable()


def test_folders_nested_absurdly_deep_are_left_out_and_the_others_collected(course, tmp_path):
    folder = tmp_path / "class"
    for student in ("ada", "bob"):
        (folder / student).mkdir(parents=True)
        (folder / student / "ps1.ipynb").write_text(student)
    nested(folder / "ada" / "deep", 1100)
    try:
        collection = collect(course, "ps1", folder)
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)
    assert kept(course) == {"ada": b"ada", "bob": b"bob"}
    assert [reason for reason in reasons(collection).values() if "folders in each other" in reason]

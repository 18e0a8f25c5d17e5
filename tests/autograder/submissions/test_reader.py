"""autograder.submissions.reader: whatever the file holds, what comes out is a plain notebook or a SubmissionError."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from autograder.errors import SubmissionError
from autograder.grading import grade, worker
from autograder.grading.records import Outcome
from autograder.grading.store import Store
from autograder.submissions import late, reader
from autograder.submissions.reader import MEND, read, refuse_links
from course_utils.predictions import MADE
from tests.support.marked import DUE

CODE = {"cell_type": "code", "id": "a1", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None}
PICTURE = {"image/png": "iVBORw0KGgo="}


def notebook(*cells, **others) -> dict:
    """Return the content of a notebook file."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **others}


def code(**changes) -> dict:
    """Return a code cell with some keys changed."""
    return {**CODE, **changes}


def markdown(**changes) -> dict:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "id": "m1", "metadata": {}, "source": "text", **changes}


REAL = json.dumps(
    notebook(
        markdown(source=["# Faltung\n", "“größer” 🙂"], attachments={"a.png": PICTURE}),
        code(source=["def double(x):\n", "    return 2 * x\n"], metadata={"nbgrader": {"grade_id": "double"}}),
        code(id="b2", outputs=[{"output_type": "stream", "name": "stdout", "text": ["-1.5e3 true null\n"]}]),
    ),
    indent=1,
    ensure_ascii=False,
).encode()


@pytest.fixture
def path(tmp_path) -> Path:
    """Where the submitted file is."""
    return tmp_path / "ps1.ipynb"


@pytest.fixture
def read_json(path):
    """Write something as JSON and read it as a submission."""

    def write_and_read(content):
        path.write_text(json.dumps(content))
        return read(path)

    return write_and_read


def refusal(path: Path) -> str:
    """Return why a file is refused."""
    with pytest.raises(SubmissionError) as caught:
        read(path)
    assert type(caught.value) is SubmissionError
    return str(caught.value)


def test_real_notebook_is_read(path):
    path.write_bytes(REAL)
    cells = read(path).cells
    assert [cell.cell_type for cell in cells] == ["markdown", "code", "code"]
    assert cells[0].source == "# Faltung\n“größer” 🙂"
    assert cells[1].source == "def double(x):\n    return 2 * x\n"


# files that are refused


def test_link_is_refused(path, tmp_path):
    (tmp_path / "other.ipynb").write_bytes(REAL)
    path.symlink_to(tmp_path / "other.ipynb")
    assert refusal(path) == "ps1.ipynb is a link or a special file. Hand in the notebook itself."


def test_link_to_nowhere_is_refused(path):
    path.symlink_to("nowhere")
    assert "is a link" in refusal(path)


def test_fifo_is_refused_without_waiting_for_a_writer(path):
    os.mkfifo(path)
    assert "is a link or a special file" in refusal(path)


def test_folder_is_refused(path):
    path.mkdir()
    assert "is a link or a special file" in refusal(path)


def test_empty_file_is_refused(path):
    path.touch()
    assert refusal(path) == f"ps1.ipynb is empty. {MEND}"


def test_too_large_file_is_refused_with_a_hint_to_clear_outputs(path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_BYTES", 2**20)
    path.write_bytes(b" " * (3 * 2**20))
    assert refusal(path).startswith("ps1.ipynb has 3 MiB, more than 1. Choose Edit > Clear Outputs of All Cells")


def test_file_of_just_the_allowed_size_is_read(path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_BYTES", len(REAL))
    path.write_bytes(REAL)
    assert len(read(path).cells) == 3


def test_too_many_cells_are_refused(path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_CELLS", 2)
    path.write_bytes(REAL)
    assert refusal(path) == f"ps1.ipynb has 3 cells, more than 2. {MEND}"
    monkeypatch.setattr(reader, "_upgraded", lambda *_: pytest.fail("what takes long is done before the count"))
    path.write_text(json.dumps(old([{"cell_type": "code"}] * 3)))
    assert refusal(path) == f"ps1.ipynb has 3 cells, more than 2. {MEND}"


@pytest.mark.parametrize(
    ("content", "byte"), [(b"\xff\xfe{\x00}\x00", 0), (b'{"cells": "gr\xf6\xdfer"}', 13), (b"\x89PNG\r\n", 0)]
)
def test_file_that_is_not_utf8_is_refused(path, content, byte):
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith(f"ps1.ipynb is not a text file in UTF-8 (byte {byte}).")
    assert message.endswith(MEND)


def test_byte_order_mark_is_accepted(path):
    path.write_bytes(b"\xef\xbb\xbf" + REAL)
    assert len(read(path).cells) == 3


@pytest.mark.parametrize("content", ['{"cells": [', '{"cells": ["abc', "{", '{"cells": []'])
def test_truncated_file_breaks_off(path, content):
    path.write_text(content)
    message = refusal(path)
    assert message.startswith("ps1.ipynb breaks off at line 1 (of 1): it was not saved or uploaded whole.")
    assert message.endswith(MEND)


def test_line_of_the_damage_is_named(path):
    lines = REAL.decode().splitlines()
    lines[4] = "<<<<<<< HEAD"
    path.write_text("\n".join(lines))
    assert refusal(path).startswith(f"ps1.ipynb is damaged at line 5 (of {len(lines)})")


@pytest.mark.parametrize("position", [len(REAL) * i // 20 for i in range(20)])
def test_real_notebook_cut_anywhere_is_refused(path, position):
    path.write_bytes(REAL[:position])
    assert MEND in refusal(path)


@pytest.mark.parametrize("seed", range(40))
def test_damaged_notebook_is_read_or_refused_but_never_crashes(path, seed):
    chance = random.Random(seed)
    content = bytearray(REAL)
    for _ in range(chance.randint(1, 5)):
        content[chance.randrange(len(content))] = chance.choice(b'\x00"{}[],:0e\\\xc3\xff')
    path.write_bytes(content)
    try:
        result = read(path)
    except SubmissionError as error:
        assert "ps1.ipynb" in str(error)  # noqa: PT017  (either ending is fine)
    else:
        nbformat.validate(result)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"cells": ' + "9" * 10_000 + "}",
        '{"cells": [], "x": -' + "1" * 10_000 + "}",
    ],
    ids=["lists", "objects", "closed lists", "huge number", "huge negative number"],
)
def test_absurd_nesting_and_numbers_are_refused(path, content):
    path.write_text(content)
    assert refusal(path) == f"ps1.ipynb is nested too deeply or holds an absurd number: it is no notebook. {MEND}"


@pytest.mark.parametrize("content", [[], [CODE], "text", 1, None, True])
def test_json_that_is_not_an_object_is_refused(path, content):
    path.write_text(json.dumps(content))
    assert refusal(path) == f"ps1.ipynb is not a notebook. {MEND}"


@pytest.mark.parametrize("content", [{}, {"cells": None}, {"cells": {}}, {"cells": "x"}, {"cell": []}])
def test_object_without_a_list_of_cells_is_refused(path, content):
    path.write_text(json.dumps(content))
    assert refusal(path) == f"ps1.ipynb is not a notebook: it has no list of cells. {MEND}"


# nbformat 3


def old(cells) -> dict:
    """Return a notebook of nbformat 3."""
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def test_old_notebook_is_upgraded(read_json):
    heading = {"cell_type": "heading", "level": 2, "source": "Pooling", "metadata": {}}
    program = {"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python", "outputs": [], "metadata": {}}
    cells = read_json(old([heading, program])).cells
    assert [(cell.cell_type, cell.source) for cell in cells] == [("markdown", "## Pooling"), ("code", "x = 1\nx")]


@pytest.mark.parametrize(
    "content",
    [
        old(5),
        old([5]),
        old([{"cell_type": "code"}]),
        {"nbformat": 3, "worksheets": []},
        {"worksheets": [{}]},
        {**old([]), "nbformat": "three"},
        {**old([]), "nbformat": 99},
    ],
)
def test_broken_old_notebook_is_refused(path, content):
    path.write_text(json.dumps(content))
    message = refusal(path)
    assert message.startswith("ps1.ipynb has an old notebook format that cannot be converted")
    assert message.endswith(MEND)


# what is kept of a notebook


@pytest.mark.parametrize(
    "raw", [None, 5, "code", [], {}, {"cell_type": "heading"}, {"cell_type": None}, {"cell_type": ["code"]}]
)
def test_cells_of_wrong_types_are_dropped(read_json, raw):
    assert [cell.id for cell in read_json(notebook(raw, CODE, raw)).cells] == ["a1"]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("x = 1", "x = 1"),
        (["x = 1\n", "x"], "x = 1\nx"),
        (["x", 5, None, "y"], "xy"),
        ([], ""),
        (5, ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_source_is_always_text(read_json, source, kept):
    assert read_json(notebook(code(source=source))).cells[0].source == kept


def test_missing_source_is_empty(read_json):
    assert read_json(notebook({"cell_type": "markdown"})).cells[0].source == ""


def test_half_an_emoji_does_not_keep_the_notebook_from_being_written(read_json, tmp_path):
    result = read_json(notebook(code(source="s = '\ud83d'")))
    nbformat.write(result, tmp_path / "copy.ipynb")
    assert nbformat.read(tmp_path / "copy.ipynb", as_version=4).cells[0].source == "s = '?'"


def test_good_cell_id_is_kept(read_json):
    cell = read_json(notebook(code(id="my-cell_1"))).cells[0]
    assert cell.id == "my-cell_1"
    assert "no_id" not in cell.metadata


@pytest.mark.parametrize("bad", [None, 5, "", "a b", "ü", "x" * 65, "../x", ["a"], "²"])
def test_bad_cell_id_is_replaced_and_marked(read_json, bad):
    result = read_json(notebook(code(id=bad), code(id="b2")))
    nbformat.validate(result)
    assert result.cells[0].id != bad
    assert result.cells[0].metadata["no_id"] is True
    assert "no_id" not in result.cells[1].metadata


def test_missing_cell_id_is_made_up_and_marked(read_json):
    cell = read_json(notebook({"cell_type": "code", "source": "x"})).cells[0]
    assert cell.id
    assert cell.metadata["no_id"] is True


def test_second_cell_of_an_id_gets_another_and_is_marked(read_json):
    result = read_json(notebook(*[code(source=str(number)) for number in range(3)]))
    nbformat.validate(result)
    assert [cell.source for cell in result.cells] == ["0", "1", "2"]
    assert len({cell.id for cell in result.cells}) == 3
    assert result.cells[0].id == "a1"
    assert [cell.metadata.get("no_id") for cell in result.cells] == [None, True, True]


def test_replaced_id_does_not_take_the_name_of_a_later_cell(read_json):
    result = read_json(notebook(code(), code(), code(id="a1-2", source="y")))
    assert result.cells[2].id == "a1-2"


def test_metadata_outputs_and_unknown_keys_are_left_behind(read_json):
    marks = {"grade_id": "double-test", "points": 99, "grade": True, "locked": False, "solution": True}
    output = {"output_type": "stream", "name": "stdout", "text": "<script>"}
    cell = code(metadata={"nbgrader": marks, "tags": ["demo"], "x": 1}, outputs=[output], execution_count=7, evil=1)
    result = read_json(notebook(cell, metadata={"kernelspec": {"name": "evil", "display_name": "x"}}, evil=1))
    assert dict(result.metadata) == {}
    assert set(result) == {"nbformat", "nbformat_minor", "metadata", "cells"}
    (kept,) = result.cells
    assert kept == {
        "cell_type": "code",
        "id": "a1",
        "metadata": {"nbgrader": {"grade_id": "double-test"}},
        "source": "x = 1",
        "outputs": [],
        "execution_count": None,
    }


@pytest.mark.parametrize(
    "metadata", [None, 5, [], {"nbgrader": None}, {"nbgrader": []}, {"nbgrader": {}}, {"nbgrader": {"grade_id": 5}}]
)
def test_metadata_of_wrong_types_is_dropped(read_json, metadata):
    assert read_json(notebook(code(metadata=metadata))).cells[0].metadata == {}


def test_attached_picture_is_kept(read_json):
    cell = read_json(notebook(markdown(attachments={"große Skizze 1.png": PICTURE}))).cells[0]
    assert cell.attachments == {"große Skizze 1.png": PICTURE}


@pytest.mark.parametrize(
    "attachments",
    [
        {"a.html": {"text/html": "<script>"}},
        {"a.svg": {"image/svg+xml": "<svg onload='x'/>"}},
        {"../a.png": PICTURE},
        {"/etc/a.png": PICTURE},
        {"..\\a.png": PICTURE},
        {"a\n.png": PICTURE},
        {"a\ud83d.png": PICTURE},
        {"a.png": {"image/png": 5}},
        {"a.png": {"image/png": "\ud83d"}},
        {"a.png": {}},
        {"a.png": "text"},
        "text",
        [],
        None,
    ],
)
def test_other_attachments_are_dropped(read_json, attachments):
    assert "attachments" not in read_json(notebook(markdown(attachments=attachments))).cells[0]


def test_dropped_attachment_takes_no_other_with_it(read_json):
    mixed = {"a.png": {**PICTURE, "text/html": "<script>"}, "b.html": {"text/html": "<script>"}}
    assert read_json(notebook(markdown(attachments=mixed))).cells[0].attachments == {"a.png": PICTURE}


@pytest.mark.parametrize("kind", ["code", "raw"])
def test_only_markdown_has_attachments(read_json, kind):
    assert "attachments" not in read_json(notebook(code(cell_type=kind, attachments={"a.png": PICTURE}))).cells[0]


def test_result_is_a_valid_notebook_whatever_was_handed_in(read_json):
    result = read_json(
        notebook(
            code(id=None, outputs="x", execution_count="y"),
            markdown(id="a1", metadata=[], attachments={"a.png": PICTURE}),
            {"cell_type": "raw", "source": 5},
            nbformat="x",
            nbformat_minor=-1,
            metadata=[],
        )
    )
    nbformat.validate(result)
    assert len(result.cells) == 3


# links in the folder


def test_folder_without_links_is_accepted(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.csv").touch()
    assert refuse_links(tmp_path) is None


def test_links_anywhere_in_the_folder_are_refused_by_name(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.csv").symlink_to("/etc/passwd")
    (tmp_path / "up").symlink_to("..")
    with pytest.raises(SubmissionError, match=r"holds links \(data/secret.csv, up\)\. Hand in the files themselves\."):
        refuse_links(tmp_path)


def test_predictions_are_read_from_outputs_and_nothing_else_of_them_is(tmp_path):
    made = {"data": {MADE: {"name": "race", "made": True}, "text/plain": "You expected: <script>"}}
    others = [
        {"data": {MADE: {"name": "pooling", "made": False}}},
        {"data": {MADE: {"name": ["x"], "made": True}}},
        {"data": {MADE: "race"}},
        {"data": [MADE]},
        "text",
    ]
    cells = [{"cell_type": "code", "source": "", "outputs": [made, *others]}, {"cell_type": "code", "outputs": 7}, 5]
    path = tmp_path / "ps1.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}))
    notebook = read(path)
    assert notebook.metadata == {"predicted": ["race"]}
    assert [cell.outputs for cell in notebook.cells] == [[], []]


def test_notebook_of_another_assignment_is_named_and_gets_no_mark():
    ours, theirs = (
        nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_markdown_cell(f"# {title}"),
                *(
                    nbformat.v4.new_code_cell("x", metadata={"nbgrader": {"grade_id": name}})
                    for name in ("setup", "findings", *names)
                ),
            ]
        )
        for title, names in [
            ("01 Convolution", ("conv1d", "conv1d-test", "pool", "pool-test")),
            ("02 A CNN", ("table", "table-test", "lead", "lead-test")),
        ]
    )
    with pytest.raises(SubmissionError, match=r"another assignment \(“02 A CNN”\). Hand in 01_convolution.ipynb."):
        reader.require_same(theirs, ours, "01_convolution")
    reader.require_same(ours, ours, "01_convolution")
    del ours.cells[3:]  # only a part of the cells is left
    reader.require_same(ours, theirs, "02_cnn")
    reader.require_same(nbformat.v4.new_notebook(), ours, "01_convolution")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"cells": [' + b"[]," * 2_000_000 + b"[]]}", "values"),  # 50 times its size in memory
        (b'{"cells": [' + b'{"a":0},' * 2_000_000 + b"0]}", "values"),
        (json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}] * 13_000}).encode(), "13000 cells"),
        (json.dumps({"cells": [{"cell_type": "code", "source": "x" * 5_000_000}]}).encode(), "5,000,000 characters"),
        (json.dumps({"cells": [{"cell_type": "code", "source": ["x"] * 300_000}]}).encode(), "300,000 characters"),
        (json.dumps({"cells": [{"cell_type": "raw", "source": "x" * 190_000}] * 20}).encode(), "too much text"),
    ],
)
def test_a_file_that_makes_much_of_little_is_refused_in_no_time(path, content, said):
    path.write_bytes(content)
    tracemalloc.start()
    started = time.process_time()
    reason = refusal(path)
    spent, most = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said in reason
    assert spent < 5
    assert most < 10 * len(content) + 50 * 2**20


def nested(folder: Path, depth: int) -> Path:
    """Make folders in folders, deeper than a path may be long."""
    folder.mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    return folder


def sparse(folder: Path, name: str) -> Path:
    """Make a file of 3 GiB that takes no room."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("wb") as file:
        file.truncate(3 * 2**30)
    return folder


@pytest.fixture(params=["nested", "sparse", "sparse notebook", "many", "closed", "time"])
def absurd(request, tmp_path) -> Iterator[Callable[[Path], None]]:
    """Fill a folder with what no student hands in."""
    filled: list[Path] = []

    def fill(folder: Path) -> None:
        filled.append(folder)
        if request.param == "nested":
            nested(folder / "deep", 1100)
        elif request.param == "many":
            for number in range(reader.MAX_FILES + 1):
                (folder / f"{number}.csv").touch()
        elif request.param == "closed":
            (folder / "data.csv").write_text("1")
            (folder / "data.csv").chmod(0)
        else:
            name = {"sparse": "data.bin", "sparse notebook": "ps1.ipynb", "time": "timestamp.txt"}[request.param]
            sparse(folder, name)

    fill.kind = request.param
    yield fill
    for folder in filled:
        subprocess.run(["rm", "-rf", folder], check=True)  # shutil.rmtree gives up at such depths


def test_absurd_files_are_the_trouble_of_one_student(absurd, marked):
    course = marked.course
    for student in ("ada", "bob"):
        marked.hand_in(student)
    folder = course.folder("submitted", student="ada", assignment="ps1")
    absurd(folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kit = grade.make_kit(course, "ps1")
    jobs = {student: grade.make_job(Store(course, "ps1"), kit, student) for student in ("ada", "bob")}
    assert jobs["bob"].files
    assert not jobs["bob"].problem
    if absurd.kind != "closed" or os.getuid():  # root reads everything
        assert jobs["ada"].problem
        assert not jobs["ada"].files
        done = worker._graded(course, jobs["ada"])
        assert done.record.outcome is Outcome.UNREADABLE
        assert done.record.reason == jobs["ada"].problem
    assert Store(course, "ps1").submission_digest("ada") == jobs["ada"].submission
    assert late.assess(late.LatePolicy(), folder, DUE, None, score=1, maximum=1).days == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024  # KiB

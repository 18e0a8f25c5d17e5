"""submissions.rebuild: answers go into the released notebook; everything that marks depend on stays released."""

from __future__ import annotations

import contextlib
import time
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.grading.grade import make_job, make_kit
from autograder.grading.store import Store
from autograder.grading.worker import _private_course
from autograder.notebooks import releases
from autograder.notebooks.cells import grade_id
from autograder.submissions import reader
from autograder.submissions.preprocessors import RebuildSubmission
from autograder.submissions.rebuild import rebuild
from tests.support.classroom import Classroom, as_bytes, edited

ANSWER = "def double(x):\n    return x + x"
TESTS = ["setup", "double-test", "share-test", "partial-test"]


@pytest.fixture
def filled(ps1: Classroom) -> NotebookNode:
    """A submission with all answers right."""
    return ps1.fill()


def named(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the only cell of a grade_id."""
    (cell,) = (cell for cell in notebook.cells if grade_id(cell) == name)
    return cell


def place(notebook: NotebookNode, name: str) -> int:
    """Return where the cell of a grade_id is."""
    return notebook.cells.index(named(notebook, name))


def plain(notebook: NotebookNode) -> list[tuple]:
    """Return all of a notebook's cells but their ids."""
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def sources(notebook: NotebookNode) -> list[str]:
    """Return the text of all cells."""
    return [cell.source for cell in notebook.cells]


def without(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return a copy that lacks a cell."""
    copy = deepcopy(notebook)
    copy.cells.remove(named(copy, name))
    return copy


def with_copy(notebook: NotebookNode, name: str, source: str) -> NotebookNode:
    """Return a notebook with a second cell of a grade_id, directly after the first."""
    copy = deepcopy(notebook)
    second = deepcopy(named(copy, name))
    second.source, second.id = source, "second"
    copy.cells.insert(place(copy, name) + 1, second)
    return copy


def inserted(notebook: NotebookNode, index: int, *cells: NotebookNode) -> NotebookNode:
    """Return a copy with more cells."""
    copy = deepcopy(notebook)
    copy.cells[index:index] = cells
    return copy


# answers


def test_answers_are_put_in_place(released, ps1):
    rebuilt, notes = rebuild(released, ps1.fill({"double": ANSWER}, written="Because."))
    assert named(rebuilt, "double").source == ANSWER
    assert named(rebuilt, "share").source == ps1.right["share"]
    assert named(rebuilt, "why").source == "Because."
    assert notes == []


def test_untouched_notebook_comes_back_as_released(released):
    rebuilt, notes = rebuild(released, deepcopy(released))
    assert plain(rebuilt) == plain(released)
    assert notes == []


def test_answer_keeps_the_released_metadata(released, filled):
    rebuilt, _ = rebuild(released, filled)
    assert [cell.metadata for cell in rebuilt.cells] == [cell.metadata for cell in released.cells]


def test_order_of_the_released_cells_wins(released, filled):
    filled.cells.reverse()
    rebuilt, notes = rebuild(released, filled)
    assert [grade_id(cell) for cell in rebuilt.cells] == [grade_id(cell) for cell in released.cells]
    assert notes == []


def test_result_is_a_valid_notebook_with_distinct_ids(released, filled):
    messy = inserted(with_copy(filled, "double", ANSWER), 0, new_code_cell("import math"), new_raw_cell("notes"))
    rebuilt, _ = rebuild(released, messy)
    nbformat.validate(rebuilt)
    assert len({cell.id for cell in rebuilt.cells}) == len(rebuilt.cells)


def test_notebooks_that_go_in_are_not_modified(released, filled):
    messy = inserted(with_copy(filled, "double", ANSWER), 1, new_code_cell("own"))
    before = as_bytes(released), as_bytes(messy)
    rebuilt, _ = rebuild(released, messy)
    for cell in rebuilt.cells:
        cell.source = "changed afterwards"
        cell.metadata["changed"] = True
    rebuilt.metadata["changed"] = True
    assert (as_bytes(released), as_bytes(messy)) == before


def test_picture_in_a_written_answer_comes_along(released, filled):
    attachments = {"sketch.png": {"image/png": "iVBORw0KGgo="}}
    named(filled, "why").attachments = attachments
    rebuilt, _ = rebuild(released, filled)
    assert named(rebuilt, "why").attachments == attachments


def test_answer_in_a_cell_of_another_type_goes_into_the_released_type(released, filled):
    index = place(filled, "double")
    filled.cells[index] = new_markdown_cell(ANSWER, metadata=filled.cells[index].metadata)
    rebuilt, _ = rebuild(released, filled)
    assert named(rebuilt, "double").cell_type == "code"
    nbformat.validate(rebuilt)


# test cells


@pytest.mark.parametrize("name", TESTS)
def test_edited_locked_cell_is_replaced_and_noted(released, filled, name):
    rebuilt, notes = rebuild(released, edited(filled, name, lambda cell: cell.update(source="pass")))
    assert named(rebuilt, name) == {**named(released, name), "id": named(rebuilt, name).id}
    assert notes == [f"The cell “{name}” had been changed; the original was used."]


@pytest.mark.parametrize("name", TESTS)
def test_missing_locked_cell_is_put_back_and_noted(released, filled, name):
    rebuilt, notes = rebuild(released, without(filled, name))
    assert place(rebuilt, name) == place(released, name)
    assert notes == [f"The cell “{name}” was missing and has been put back."]


def test_copied_test_cell_counts_once_and_is_noted(released, filled):
    original = named(filled, "double-test").source
    rebuilt, notes = rebuild(released, with_copy(filled, "double-test", original))
    assert sources(rebuilt).count(original) == 1
    assert notes == ["The cell “double-test” was there 2 times; it counts once."]


def test_changed_copy_of_a_test_cell_is_dropped_and_noted(released, filled):
    rebuilt, notes = rebuild(released, with_copy(filled, "double-test", "checks.close = print"))
    assert "checks.close = print" not in sources(rebuilt)
    assert notes == ["The cell “double-test” had been changed; the original was used."]


def test_answer_that_poses_as_a_test_cell_does_not_replace_it(released, filled):
    rebuilt, _ = rebuild(
        released, edited(filled, "double", lambda cell: cell.metadata.nbgrader.update(grade_id="double-test"))
    )
    assert named(rebuilt, "double-test").source == named(released, "double-test").source
    assert named(rebuilt, "double").source == named(released, "double").source


@pytest.mark.parametrize(
    "change",
    [
        {"points": 1000},
        {"locked": False},
        {"grade": False},
        {"solution": True, "locked": False},
        {"task": True},
        {"schema_version": 99},
        {"cell_type": "markdown"},
    ],
)
@pytest.mark.parametrize("name", ["double-test", "double", "why"])
def test_edited_nbgrader_metadata_has_no_effect(released, filled, name, change):
    expected, _ = rebuild(released, filled)
    tampered = edited(filled, name, lambda cell: cell.metadata.nbgrader.update(change))
    rebuilt, notes = rebuild(released, tampered)
    assert rebuilt == expected
    assert notes == []


@pytest.mark.parametrize("name", ["double-test", "double", "why"])
def test_edited_tags_have_no_effect(released, filled, name):
    expected, _ = rebuild(released, filled)
    rebuilt, _ = rebuild(released, edited(filled, name, lambda cell: cell.metadata.update(tags=["demo"])))
    assert rebuilt == expected


def test_metadata_of_the_notebook_is_the_released_one(released, filled):
    filled.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "python"}
    rebuilt, _ = rebuild(released, filled)
    assert rebuilt.metadata == released.metadata


# copies of answers


def test_unchanged_stub_beside_the_answer_is_dropped(released, filled):
    stub = named(released, "double").source
    rebuilt, notes = rebuild(released, with_copy(filled, "double", stub))
    assert stub not in sources(rebuilt)
    assert len(rebuilt.cells) == len(released.cells)
    assert notes == ["The answer cell “double” was there 2 times; what you wrote in any of them was run."]


def test_stub_before_the_answer_is_dropped_too(released, filled, ps1):
    stub = named(released, "double").source
    rebuilt, _ = rebuild(
        released, with_copy(edited(filled, "double", lambda c: c.update(source=stub)), "double", "x=1")
    )
    assert named(rebuilt, "double").source == "x=1"
    assert stub not in sources(rebuilt)


def test_second_version_of_an_answer_follows_the_first(released, filled, ps1):
    rebuilt, notes = rebuild(released, with_copy(filled, "double", ANSWER))
    first = place(rebuilt, "double")
    assert rebuilt.cells[first].source == ps1.right["double"]
    assert rebuilt.cells[first + 1].source == ANSWER
    assert rebuilt.cells[first + 1].metadata == {}
    assert place(rebuilt, "double-test") == first + 3  # behind the line that says how to run it
    assert notes == ["The answer cell “double” was there 2 times; what you wrote in any of them was run."]


def test_two_untouched_copies_of_a_stub_are_not_worth_a_note(released):
    rebuilt, notes = rebuild(released, with_copy(released, "double", named(released, "double").source))
    assert plain(rebuilt) == plain(released)
    assert notes == []


@pytest.mark.parametrize("name", ["double", "why"])
def test_missing_answer_cell_is_put_back_as_it_was_released_and_noted(released, filled, name):
    rebuilt, notes = rebuild(released, without(filled, name))
    assert named(rebuilt, name).source == named(released, name).source
    assert place(rebuilt, name) == place(released, name)
    assert notes == [f"The answer cell “{name}” was missing; an answer in another cell may not have been found."]


def test_answer_retyped_in_a_new_cell_comes_after_the_stub_that_is_put_back(released, filled):
    index = place(filled, "double")
    filled.cells[index] = new_code_cell(ANSWER)
    rebuilt, _ = rebuild(released, filled)
    assert sources(rebuilt)[index : index + 2] == [named(released, "double").source, ANSWER]
    assert place(rebuilt, "double-test") == index + 3


def test_notebook_that_lost_both_ids_and_metadata_keeps_its_answers_before_their_tests(released, filled, ps1):
    right = ps1.right
    for cell in filled.cells:
        del cell["id"]
        cell.metadata.clear()
    rebuilt, _ = rebuild(released, reread(ps1, filled))
    for name in ("double", "share"):
        stub, answer, test = (
            place(rebuilt, name),
            sources(rebuilt).index(right[name]),
            place(rebuilt, f"{name}-test"),
        )
        assert stub < answer < test


def test_missing_cells_in_a_row_are_put_back_in_order(released, filled):
    gone = ["double", "double-test", "share"]
    kept = [cell for cell in filled.cells if grade_id(cell) not in gone]
    rebuilt, _ = rebuild(released, new_notebook(cells=kept))
    assert [grade_id(cell) for cell in rebuilt.cells] == [grade_id(cell) for cell in released.cells]


def test_lecture_cell_that_was_rewritten_in_a_new_cell_does_not_undo_it():
    released = new_notebook(cells=[new_markdown_cell("# A", id="a"), new_code_cell("def helper(): ...", id="b")])
    submitted = new_notebook(cells=[released.cells[0], new_code_cell("def helper(): return 1", id="own")])
    rebuilt, _ = rebuild(released, submitted)
    assert sources(rebuilt) == ["# A", "def helper(): ...", "def helper(): return 1"]


# answers that are not where they should be


def merged(notebook: NotebookNode, above: int, below: int) -> NotebookNode:
    """Return a copy in which two cells are one, as JupyterLab merges them: type and metadata are those of the upper."""
    copy = deepcopy(notebook)
    copy.cells[above].source += "\n\n" + copy.cells[below].source
    del copy.cells[below]
    return copy


def run(notebook: NotebookNode) -> dict:
    """Run answer and lecture cells in order, errors passed over as a notebook's kernel does."""
    values: dict = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
            with contextlib.suppress(NotImplementedError):
                exec(cell.source, values)
    return values


@pytest.mark.parametrize("name", ["double", "share"])
@pytest.mark.parametrize(
    "how", ["merged up", "merged with its test", "merged with another", "retyped above", "at the end"]
)
def test_stub_never_comes_after_the_students_own_definition(released, filled, name, how):
    index = place(filled, name)
    if how == "merged up":
        messy = merged(filled, next(i for i in reversed(range(index)) if filled.cells[i].cell_type == "code"), index)
    elif how == "merged with its test":
        messy = deepcopy(filled)
        test = named(messy, f"{name}-test")
        test.source = messy.cells.pop(index).source + "\n\n" + test.source
    elif how == "merged with another":
        messy = merged(filled, place(filled, "double" if name == "share" else "share"), index)
    elif how == "retyped above":
        messy = inserted(filled, place(filled, "setup") + 1, new_code_cell(filled.cells[index].source))
        named(messy, name).source = named(released, name).source
    else:
        messy = inserted(without(filled, name), len(filled.cells) - 1, new_code_cell(filled.cells[index].source))
    rebuilt, notes = rebuild(released, messy)
    values = run(rebuilt)
    assert (values["double"](3), values["share"](1, 4)) == (6, 0.25)
    assert place(rebuilt, f"{name}-test") > 0
    if how != "retyped above":
        assert f"The answer cell “{name}” was missing; what you wrote in another cell was run." in notes


def test_all_answers_in_one_cell_are_run_and_their_stubs_come_first(released, filled):
    answers = [named(filled, name).source for name in ("share", "double")]
    messy = inserted(
        without(without(filled, "double"), "share"), place(filled, "setup") + 1, new_code_cell("\n\n".join(answers))
    )
    values = run(rebuild(released, messy)[0])
    assert (values["double"](3), values["share"](1, 4)) == (6, 0.25)


@pytest.mark.parametrize(
    "change", [lambda text: text + "\n", lambda text: text.replace("\n", "\r\n"), lambda text: text + "  "]
)
def test_what_an_editor_changes_by_itself_is_no_change(released, filled, ps1, change):
    for cell in filled.cells:
        cell.source = change(cell.source)
        cell.metadata = NotebookNode() if grade_id(cell) is None else cell.metadata
        cell.pop("id")
    rebuilt, notes = rebuild(released, reread(ps1, filled))
    assert [grade_id(cell) for cell in rebuilt.cells] == [grade_id(cell) for cell in released.cells]
    assert notes == []
    assert lecture(rebuilt).metadata.tags == ["demo"]


WORDS = "My reasons, in a cell of my own."


@pytest.mark.parametrize("how", ["below the stub", "instead of it", "merged with the question", "above it"])
def test_words_beside_an_empty_written_answer_are_taken_for_it(released, filled, how):
    index = place(filled, "why")
    named(filled, "why").source = named(released, "why").source
    if how == "below the stub":
        messy = inserted(filled, index + 1, new_markdown_cell(WORDS))
    elif how == "above it":
        messy = inserted(filled, index, new_markdown_cell(WORDS))
    elif how == "instead of it":
        messy = inserted(without(filled, "why"), index, new_markdown_cell(WORDS))
    else:
        filled.cells[index - 1].source += f"\n\n{WORDS}"
        messy = without(filled, "why")
    rebuilt, notes = rebuild(released, messy)
    assert named(rebuilt, "why").source == WORDS
    assert notes == ["The answer cell “why” was empty; your words beside it were taken for the answer."]


def test_words_beside_an_answer_that_is_there_stay_the_students_own(released, filled):
    rebuilt, notes = rebuild(released, inserted(filled, place(filled, "why") + 1, new_markdown_cell(WORDS)))
    assert named(rebuilt, "why").source == named(filled, "why").source
    assert WORDS in sources(rebuilt)
    assert notes == []


def test_code_that_was_added_to_a_test_is_the_students_own_and_the_test_stays(released, filled):
    test = named(filled, "double-test")
    original = test.source
    test.source = f"x = 1\n{original}\ny = 2"
    rebuilt, notes = rebuild(released, filled)
    index = place(rebuilt, "double-test")
    assert sources(rebuilt)[index - 1 : index + 2] == ["x = 1", original, "y = 2"]
    assert rebuilt.cells[index - 1].metadata == rebuilt.cells[index + 1].metadata == {}
    assert notes == ["The cell “double-test” had been changed; the original was used."]


# cells of the student's own


def test_own_cell_stays_behind_the_cell_it_followed(released, filled):
    index = place(filled, "double")
    rebuilt, notes = rebuild(
        released, inserted(filled, index + 1, new_code_cell("y = double(3)"), new_markdown_cell("so"))
    )
    assert sources(rebuilt)[index : index + 3] == [filled.cells[index].source, "y = double(3)", "so"]
    assert notes == []


def test_own_cells_before_all_others_stay_there(released, filled):
    rebuilt, _ = rebuild(released, inserted(filled, 0, new_code_cell("import math"), new_raw_cell("raw")))
    assert sources(rebuilt)[:2] == ["import math", "raw"]
    assert plain(rebuilt)[2:] == plain(rebuild(released, filled)[0])


def test_own_cell_follows_its_cell_when_that_was_moved(released, filled):
    index = place(filled, "double")
    moved = filled.cells.pop(index)
    filled.cells += [moved, new_code_cell("after double")]
    rebuilt, _ = rebuild(released, filled)
    assert rebuilt.cells[place(rebuilt, "double") + 1].source == "after double"


def test_own_cell_stays_behind_a_second_version(released, filled):
    copied = with_copy(filled, "double", ANSWER)
    copied = inserted(copied, sources(copied).index(ANSWER) + 1, new_code_cell("after both"))
    rebuilt, _ = rebuild(released, copied)
    first = place(rebuilt, "double")
    assert sources(rebuilt)[first + 1 : first + 3] == [ANSWER, "after both"]


def test_own_cell_loses_its_metadata(released, filled):
    marks = {"grade_id": "extra-points", "points": 100, "grade": True, "solution": False, "locked": True}
    own = new_code_cell("x", metadata={"tags": ["demo"], "nbgrader": {**marks, "task": False, "schema_version": 3}})
    rebuilt, _ = rebuild(released, inserted(filled, 1, own))
    (kept,) = (cell for cell in rebuilt.cells if cell.source == "x")
    assert kept.metadata == {}


def test_ten_thousand_own_cells_are_rebuilt_quickly(released, filled):
    many = [NotebookNode(new_code_cell(f"x = {number}")) for number in range(20)]
    extra = [NotebookNode({**many[n % 20], "id": f"own-{n}", "metadata": NotebookNode()}) for n in range(10_000)]
    crowded = inserted(filled, 3, *extra)
    start = time.process_time()
    rebuilt, _ = rebuild(released, crowded)
    assert time.process_time() - start < 5
    assert len(rebuilt.cells) == len(released.cells) + 10_000


def test_empty_submission_comes_back_as_released_with_notes(released):
    rebuilt, notes = rebuild(released, new_notebook())
    assert plain(rebuilt) == plain(released)
    assert len(notes) == len([cell for cell in released.cells if grade_id(cell)])


# lecture cells


def lecture(notebook: NotebookNode) -> NotebookNode:
    """Return the lecture cell that the grader does not run."""
    demos = [cell for cell in notebook.cells if "demo" in cell.metadata.get("tags", [])]
    [cell] = [cell for cell in demos if "check.button(" not in cell.source]
    return cell


def test_unchanged_lecture_cell_keeps_its_tags(released, filled):
    assert lecture(rebuild(released, filled)[0]).source == lecture(released).source


def test_changed_lecture_cell_is_the_students_own_and_is_run(released, filled):
    index = filled.cells.index(lecture(filled))
    lecture(filled).source = "helper = 1"
    rebuilt, notes = rebuild(released, filled)
    assert rebuilt.cells[index].source == "helper = 1"
    assert rebuilt.cells[index].metadata == {}
    assert notes == []


def test_missing_lecture_cell_is_put_back_without_a_note(released, filled):
    filled.cells.remove(lecture(filled))
    rebuilt, notes = rebuild(released, filled)
    assert lecture(rebuilt).source == lecture(released).source
    assert notes == []


def test_tags_that_a_student_adds_to_a_lecture_cell_have_no_effect(released, filled):
    expected, _ = rebuild(released, filled)
    filled.cells[0].metadata["tags"] = ["demo"]
    assert rebuild(released, filled)[0] == expected


# how cells are matched


def reread(ps1: Classroom, notebook: NotebookNode) -> NotebookNode:
    """Return a notebook as `submission.read` gives it."""
    return reader.read(ps1.submit("somebody", notebook))


def test_what_the_reader_gives_is_enough(released, filled, ps1):
    assert rebuild(released, reread(ps1, filled)) == rebuild(released, filled)


def test_without_ids_cells_are_matched_by_grade_id_and_text(released, filled, ps1):
    expected = rebuild(released, filled)
    for cell in filled.cells:
        del cell["id"]
    assert rebuild(released, reread(ps1, filled)) == expected


def test_with_other_ids_cells_are_matched_by_grade_id_and_text(released, filled):
    expected = rebuild(released, filled)
    for number, cell in enumerate(filled.cells):
        cell.id = f"colab-{number}"
    assert rebuild(released, filled) == expected


def test_without_metadata_cells_are_matched_by_id(released, filled):
    expected = rebuild(released, filled)
    for cell in filled.cells:
        cell.metadata = NotebookNode()
    assert rebuild(released, filled) == expected


def test_made_up_id_does_not_match_a_released_cell(released):
    chance = new_code_cell("mine", id=released.cells[0].id, metadata={"no_id": True})
    rebuilt, _ = rebuild(released, inserted(released, 0, chance))
    assert rebuilt.cells[0].source == "mine"
    assert plain(rebuilt)[1:] == plain(released)


def test_grade_id_goes_before_id(released, filled):
    named(filled, "double").id, named(filled, "share").id = named(filled, "share").id, named(filled, "double").id
    rebuilt, _ = rebuild(released, filled)
    assert named(rebuilt, "double").source == named(filled, "double").source


def test_cell_with_a_grade_id_that_was_not_released_is_matched_by_id(released, filled):
    answer = named(filled, "double").source
    rebuilt, notes = rebuild(
        released, edited(filled, "double", lambda cell: cell.metadata.nbgrader.update(grade_id="triple"))
    )
    assert named(rebuilt, "double").source == answer
    assert notes == []


@pytest.mark.parametrize(
    "metadata", [{}, {"nbgrader": {}}, {"nbgrader": {"grade_id": None}}, {"nbgrader": {"grade_id": 5}}]
)
def test_cell_without_a_name_has_no_grade_id(metadata):
    assert grade_id(NotebookNode(metadata=nbformat.from_dict(metadata))) is None


def test_empty_own_cells_do_not_match_an_empty_released_cell():
    released = new_notebook(cells=[new_markdown_cell("# A", id="a"), new_code_cell("", id="empty")])
    submitted = new_notebook(cells=[new_code_cell("", id="own"), new_markdown_cell("# A", id="a")])
    rebuilt, _ = rebuild(released, submitted)
    assert sources(rebuilt) == ["", "# A", ""]


# an instructor corrects a cell after students got it


def corrected(released: NotebookNode, *names: str) -> NotebookNode:
    """A release whose cells of these names (or "text", "lecture" and "code") were corrected."""
    copy = deepcopy(released)
    for cell in copy.cells:
        if grade_id(cell) in names or cell.source.partition("\n")[0] in names:
            cell.source = cell.source + "\n\n# corrected"
            cell.id = f"{cell.id}-2"
    return copy


@pytest.fixture
def known(released: NotebookNode, tmp_path: Path) -> releases.Known:
    """What students were given, twice."""
    for _ in range(2):
        releases.remember(tmp_path, "ps1", released)
    assert not list(tmp_path.glob("records/ps1/*.json")), "which are students"
    return releases.load(tmp_path, "ps1")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_who_has_an_older_release_has_changed_nothing(released, filled, known, ending):
    now = corrected(released, "setup", "double-test", "double", "why", "Why?", "raise_if_run = 1")
    for cell in filled.cells:
        cell.source = cell.source.replace("\n", ending)
    rebuilt, notes = rebuild(now, filled, known)
    assert notes == []
    assert len(rebuilt.cells) == len(now.cells), "lecture cells of before are nobody's own"
    assert named(rebuilt, "double-test").source.endswith("# corrected")
    assert named(rebuilt, "double").source.replace("\r", "") == named(filled, "double").source.replace("\r", "")


def test_an_older_stub_is_no_answer(released, known):
    now = corrected(released, "double", "why")
    rebuilt, notes = rebuild(now, released, known)
    assert notes == []
    assert sources(rebuilt) == sources(now)


def test_who_changed_an_older_test_is_still_told(released, filled, known):
    now = corrected(released, "double-test")
    tampered = edited(filled, "double-test", lambda cell: cell.update(source=cell.source + "\npass"))
    _, notes = rebuild(now, tampered, known)
    assert notes == ["The cell “double-test” had been changed; the original was used."]


def test_an_answer_that_repeats_a_lecture_cell_is_an_answer(released, known):
    lecture = next(cell.source for cell in released.cells if cell.source.startswith("raise_if_run"))
    now = corrected(released, "double-test")
    rebuilt, _ = rebuild(now, edited(released, "double", lambda cell: cell.update(source=lecture)), known)
    assert named(rebuilt, "double").source == lecture


def test_what_was_released_is_known_wherever_a_submission_is_rebuilt(ps1: Classroom, tmp_path: Path) -> None:
    older = edited(ps1.fill(), "double-test", lambda cell: cell.update(source="assert double(1) == 2"))
    releases.remember(ps1.course.root, "ps1", older)
    path = ps1.submit("ada", older)
    job = make_job(Store(ps1.course, "ps1"), make_kit(ps1.course, "ps1"), "ada")
    (tmp_path / "worker").mkdir()
    for course in (ps1.course, _private_course(job, tmp_path / "worker")):
        where = {"nbgrader": {"assignment": "ps1", "notebook": "ps1"}, "metadata": {"path": str(path.parent)}}
        rebuilt, _ = RebuildSubmission(config=course.config).preprocess(reader.read(path), where)
        assert rebuilt.metadata.autograder.notes == []
        assert named(rebuilt, "double-test").source == named(ps1.released(), "double-test").source

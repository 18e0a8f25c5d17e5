"""Small faults in reference answers: which are made, and what becomes of those that tests miss, loop, or eat memory."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring import mutation
from autograder.authoring.mutants import Mutant, mutants
from autograder.authoring.mutation import Told, equivalents_of, survey
from autograder.cli import cli
from autograder.course import Course
from autograder.errors import AssignmentError

ROOT = Path(__file__).parents[3]
NOTEBOOK = '''# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% nbgrader={"grade_id": "setup", "locked": true}
import numpy as np
from course_utils import checks

store = [0]

# %% nbgrader={"grade_id": "larger", "solution": true}
def larger(a, b):
    """Return the larger one."""
    ### BEGIN SOLUTION
    return a if a > b else b
    ### END SOLUTION

# %% nbgrader={"grade_id": "larger-test", "points": 1}
checks.close(larger(2, 1), 2, "larger(2, 1)")
### BEGIN HIDDEN TESTS
checks.close(larger(1, 3), 3, "larger(1, 3)")
### END HIDDEN TESTS

# %% nbgrader={"grade_id": "total", "solution": true}
def total(numbers):
    ### BEGIN SOLUTION
    return sum(numbers) + 0
    ### END SOLUTION

# %% nbgrader={"grade_id": "total-test", "points": 2}
checks.close(total([1, 2]), 3, "total([1, 2])")

# %% tags=["demo"]
raise RuntimeError("a lecture cell that grading skips")

# %% nbgrader={"grade_id": "half", "solution": true}
def half(n):
    ### BEGIN SOLUTION
    steps = 0
    while n > 1:
        n = n // 2
        steps += 1
    return steps
    ### END SOLUTION

# %% nbgrader={"grade_id": "half-test", "points": 2}
2 * (half(8) == 3)
'''


def changes(source: str, operator: str | None = None) -> list[str]:
    return [each.change for each in mutants(source) if operator in (None, each.operator)]


@pytest.mark.parametrize(
    ("source", "operator", "made"),
    [
        ("y = a + b", "arithmetic", ["y = a - b"]),
        ("y = a @ b", "arithmetic", ["y = a * b"]),
        ("y = a / b  # a / b", "arithmetic", ["y = a * b  # a / b", "y = a // b  # a / b"]),
        ("y = (a) + (b)", "arithmetic", ["y = (a) - (b)"]),
        ("y = a < b", "comparison", ["y = a <= b", "y = a >= b"]),
        ("y = a not in b", "comparison", ["y = a in b"]),
        ("y = a and b", "logical", ["y = a or b", "y = a", "y = b"]),
        ("y = not a", "logical", ["y = a"]),
        ("y = -a", "sign", ["y = a"]),
        ("y = -1", None, ["y = 1", "y = -2"]),
        ("y = 3", "constant", ["y = 4", "y = 2"]),
        ("y = 0.5", "constant", ["y = 1.0"]),
        ("y = True", "constant", ["y = False"]),
        ("y = x.reshape(-1, 2)", "constant", ["y = x.reshape(-1, 3)", "y = x.reshape(-1, 1)"]),
        ("for i in range(n):\n    y.add(i)", "bounds", ["for i in range(n - 1):"]),
        ("y = x[a:b]", "bounds", ["y = x[a + 1:b]", "y = x[:b]", "y = x[a:b - 1]", "y = x[a:]"]),
        ("y = x[::s]", "bounds", ["y = x[:]"]),
        ("y = x[i]", "bounds", ["y = x[i - 1]"]),
        ("y = f(x, axis=0)", "axis", ["y = f(x, axis=1)"]),
        ("y = f(x, axis=(0, 1))", "axis", ["y = f(x, axis=0)", "y = f(x, axis=1)"]),
        ("y = f(x, keepdims=True)", "keyword", ["y = f(x)"]),
        ("y = f(keepdims=True, x=1)", "keyword", ["y = f(x=1)", "y = f(keepdims=True)"]),
        ("y = f(a, (b))", "arguments", ["y = f(b, (a))"]),
        ("y = max(a, b)", "arguments", []),
        ("y = a, b", "swapped", ["y = b, a"]),
        ("y = np.sum(x)", "function", ["y = np.mean(x)"]),
        ("y = max(x)", "function", ["y = min(x)"]),
        ("max = 3\ny = max", "function", []),
        ("y = np.sqrt(a + b) * 2", "left out", ["y = (a + b) * 2"]),
        ("y = x.lower()", "left out", ["y = x"]),
        ("y = x.T", "left out", ["y = x"]),
        ("y = a if c else b", "condition", ["y = a", "y = b", "y = a if not c else b"]),
        ("if c:\n    y = 1", "condition", ["if True:", "if False:", "if not c:"]),
        ("y = [a for a in b if a]", "condition", ["y = [a for a in b if True]", "y = [a for a in b if not a]"]),
        ("def f(a, b):\n    return a", "variable", ["return b"]),
        ("y = 1\ny += x", "dropped", ["dropped: y += x"]),
        ("y = f(x)\nprint(y)", "dropped", []),
        ("y += x", "arithmetic", ["y -= x", "y = x"]),
        ("while c:\n    break", "loop", ["continue"]),
        ("y = a * b", "operand", ["y = a", "y = b"]),
        ("y = (a + b) / c", "operand", ["y = (a + b)", "y = (a) / c", "y = (b) / c"]),
        ("y = np.maximum(a, b)", "left out", ["y = a", "y = b"]),
        ("y = np.clip(x, 0, 1)", "left out", ["y = x"]),
        ("y = np.where(c, a, b)", "left out", ["y = a", "y = b"]),
        ("for a in b:\n    c.add(a)\nd = c", "indented", ["d = c"]),
        ("y = 0\nfor a in b:\n    c.add(a)", "indented", ["for a in b:\ny = 0"]),
        ("y = 0; z = 1\nfor a in b: c.add(a)", "indented", []),
        ("y = np.zeros(3)", "dtype", ["y = np.zeros(3, dtype=int)"]),
        ("y = np.zeros(3, dtype=float)", "dtype", []),
        ("def f(v, w):\n    v = 2 * v  # first\n\n    w -= v", "order", ["w -= v\n\nv = 2 * v  # first"]),
        ("y = 1\nz = y", "order", []),
        ('y = f("same")', "word", ['y = f("valid")']),
    ],
)
def test_operators_make_what_they_say(source: str, operator: str | None, made: list[str]) -> None:
    assert sorted(changes(source, operator)) == sorted(made)


@pytest.mark.parametrize(
    "source",
    [
        'print(1 + 2, f"{a + b}")',
        'def f():\n    """1 + 2"""',
        'raise ValueError("a" + str(1))',
        "assert a < 1",
        "import numpy as np",
        "%matplotlib inline",
        "f(seed=3, verbose=0, name='a')",
        "x = 1 +",
    ],
)
def test_what_tests_cannot_see_is_left_as_it_is(source: str) -> None:
    assert [each for each in changes(source) if not each.startswith("dropped")] == []


def test_only_the_solution_is_changed() -> None:
    source = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\nc = 3"
    assert {each.line for each in mutants(source)} == {3}


def test_a_statement_that_is_alone_in_its_block_leaves_a_pass() -> None:
    (found,) = [each for each in mutants("y = 0\nfor x in z:\n    y += x") if each.change == "dropped: y += x"]
    assert found.source == "y = 0\nfor x in z:\n    pass\n"
    assert found.diff == "-     y += x\n+     pass"


def test_letters_of_more_than_one_byte_do_not_shift_the_place() -> None:
    assert changes('y = "ü→" + a + b', "arithmetic") == ['y = "ü→" - a + b', 'y = "ü→" + a - b']


def every_reference() -> list[str]:
    from autograder.authoring.build import from_source
    from autograder.notebooks.cells import is_answer

    sources = sorted((ROOT / "solutions").glob("*/*.py"))
    cells = [cell for path in sources for cell in from_source(path).cells]
    return [cell.source for cell in cells if cell.cell_type == "code" and is_answer(cell)]


def test_no_mutant_is_its_source_or_another_one_and_all_are_python() -> None:
    for source in every_reference():
        trees = [ast.dump(ast.parse(each.source)) for each in mutants(source)]
        assert len({ast.dump(ast.parse(source)), *trees}) == len(trees) + 1


def test_all_else_of_the_text_stays() -> None:
    for source in every_reference():
        for each in mutants(source):
            gone, there = source.splitlines(), each.source.splitlines()
            at = each.line - 1
            before, after = len(each.before.splitlines()), len(each.after.splitlines())
            assert gone[at : at + before] == each.before.splitlines()
            assert there[at : at + after] == each.after.splitlines()
            assert gone[:at] + gone[at + before :] == there[:at] + there[at + after :]


# ---- what becomes of them


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mutation, "SECONDS", 1)
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    write(tmp_path, NOTEBOOK)
    return tmp_path


def write(root: Path, text: str, name: str = "ps") -> None:
    path = root / "solutions" / name / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def name_equivalents(root: Path, text: str) -> None:
    path = root / "tests" / "exercises" / "nbps.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(root: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--course-dir", str(root), "validate-source", "ps", "--mutants", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def verdicts(root: Path, *exercises: str) -> dict[str, tuple[Told, str]]:
    work = survey(Course(root), "ps", list(exercises) or None)
    return {each.mutant.change: (each.told, each.said) for each in work.run()}


def test_each_is_told_by_the_part_of_the_test_that_tells_it(root: Path) -> None:
    found = verdicts(root, "larger")
    assert found["return a if a <= b else b"][0] is Told.VISIBLE
    assert found["return a if a <= b else b"][1].startswith("CheckFailed: larger(2, 1) is wrong")
    assert found["return a"] == (Told.HIDDEN, found["return a"][1])
    assert found["return a"][1].startswith("CheckFailed: larger(1, 3) is wrong")
    assert found["return a if a >= b else b"] == (Told.NOBODY, "")


def test_a_survivor_is_shown_with_its_line_and_ends_in_1(root: Path) -> None:
    code, shown = run(root, "--exercise", "larger")
    assert code == 1
    assert (
        "survives: larger (comparison), ps.py:19\n-     return a if a > b else b\n+     return a if a >= b else b"
        in shown
    )


def test_named_equivalents_are_no_holes_and_end_in_0(root: Path) -> None:
    name_equivalents(
        root, 'EQUIVALENT = {"larger": {"return a if a >= b else b": "equal numbers are the same number"}}'
    )
    code, shown = run(root, "--exercise", "larger")
    assert (code, "survives:" in shown) == (0, False)


@pytest.mark.parametrize("line", ["return a if a > b else b", "*"])
def test_an_equivalent_may_be_named_by_the_line_that_has_the_fault(root: Path, line: str) -> None:
    name_equivalents(root, f'EQUIVALENT = {{"larger": {{"{line}": "any change will do"}}}}')
    assert run(root, "--exercise", "larger")[0] == 0


@pytest.mark.parametrize("line", ["return b", "return a if a == b else b"], ids=["told", "not made"])
def test_an_equivalent_that_is_none_is_an_error(root: Path, line: str) -> None:
    reasons = {"return a if a >= b else b": "the same", line: "wrong"}
    name_equivalents(root, f"EQUIVALENT = {{'larger': {reasons!r}}}")
    code, shown = run(root, "--exercise", "larger")
    assert code == 1
    assert f"named as equivalent, and is told or not made: larger: {line}" in shown


def test_equivalents_that_are_not_written_out_are_refused(root: Path) -> None:
    name_equivalents(root, "EQUIVALENT = dict(a=1)")
    with pytest.raises(AssignmentError, match=r"nbps\.py: EQUIVALENT should be written out"):
        equivalents_of(Course(root), "ps")


@pytest.mark.slow
def test_one_that_never_ends_is_killed_and_the_next_is_tried(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ("dropped: n = n // 2", "n = n // 1", "steps += 2")
    monkeypatch.setattr(mutation, "mutants", lambda source: [m for m in mutants(source) if m.change in wanted])
    found = verdicts(root, "half")
    assert found["dropped: n = n // 2"] == (Told.VISIBLE, "it does not end")
    assert found["n = n // 1"] == (Told.VISIBLE, "it does not end")
    assert found["steps += 2"] == (Told.VISIBLE, "gives 0 of 2 points")


def exercise(root: Path, name: str) -> mutation.Exercise:
    return next(each for each in survey(Course(root), "ps").exercises if each.name == name)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("row = [0]\n    while True:\n        row = row + row", "MemoryError"),
        ("import time\n    time.sleep(1000)", "it does not end"),
        ("import os\n    os._exit(3)", "Python ended (exit code 3)"),
        ("raise SystemExit(1)", "SystemExit: 1"),
        ("while True:\n        print(1)", "it does not end"),
    ],
)
def test_no_fault_takes_the_machine(root: Path, monkeypatch: pytest.MonkeyPatch, fault: str, said: str) -> None:
    monkeypatch.setattr(mutation, "PATIENCE", 1)
    monkeypatch.setattr(mutation, "MEMORY", 200 << 20)
    worse = [
        Mutant("bad", 1, "x", "y", f"def total(numbers):\n    {fault}"),
        Mutant("good", 1, "x", "z", "total = sum"),
    ]
    monkeypatch.setattr(mutation, "mutants", lambda source: worse if "total" in source else [])
    (one, first), (other, second) = ((each.told, each.said) for each in survey(Course(root), "ps").run())
    assert (one, said in first) == (Told.VISIBLE, True), first
    assert (other, second) == (Told.NOBODY, "")


def test_one_that_changes_what_others_see_is_tried_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoils = "def total(numbers):\n    store.append(1)\n    return sum(numbers)"
    sees = "def total(numbers):\n    return sum(numbers) + len(store) - 1"
    write(root, NOTEBOOK.replace("sum(numbers) + 0", "sum(numbers) + store[-1]"))
    worse = [Mutant("a", 1, "x", "y", spoils), Mutant("b", 1, "x", "z", sees)]
    monkeypatch.setattr(mutation, "mutants", lambda source: worse if "total" in source else [])
    assert [each.told for each in survey(Course(root), "ps").run()] == [Told.NOBODY, Told.NOBODY]


def test_what_is_known_is_not_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = verdicts(root, "larger", "total")
    monkeypatch.setattr(mutation, "_tried", lambda work: pytest.fail("tried again"))
    assert verdicts(root, "larger", "total") == first


def test_a_run_that_was_stopped_goes_on(root: Path) -> None:
    work = survey(Course(root), "ps", ["larger"])
    running = work.run()
    stopped = next(running).mutant
    running.close()
    kept = work.kept.read_text()
    assert len(kept.splitlines()) == 1
    work.kept.write_text(kept + '["half a li')
    found = verdicts(root, "larger")
    assert stopped.change in found
    assert len(work.kept.read_text().splitlines()) == len(found) + (0 if len(found) else 1)


def test_a_changed_test_is_asked_again_and_no_other(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts(root, "larger", "total")
    write(root, NOTEBOOK.replace("larger(1, 3), 3", "larger(3, 3), 3"))
    work = survey(Course(root), "ps", ["larger", "total"])
    before = work.known
    missing = {
        each.name for each in work.exercises for number in each.todo if each.key(each.mutants[number]) not in before
    }
    assert missing == {"larger"}


def test_a_reference_that_fails_its_own_test_is_told(root: Path) -> None:
    write(root, NOTEBOOK.replace("larger(1, 3), 3", "larger(1, 3), 4"))
    with pytest.raises(AssignmentError, match="the reference answer larger does not pass its tests: CheckFailed"):
        verdicts(root)


def test_a_cell_that_fails_is_told(root: Path) -> None:
    write(root, NOTEBOOK.replace("store = [0]", "store = 1 / 0"))
    with pytest.raises(AssignmentError, match="the cell 'setup' fails: ZeroDivisionError"):
        verdicts(root)


def test_an_exercise_that_is_not_there_is_told(root: Path) -> None:
    with pytest.raises(
        AssignmentError, match="ps has no tested answer called 'smaller'; there are: larger, total, half"
    ):
        verdicts(root, "smaller")


def test_json_holds_every_mutant(root: Path) -> None:
    code, shown = run(root, "--exercise", "larger", "--json")
    (told,) = json.loads(shown)
    assert (code, told["assignment"], told["stale"]) == (1, "ps", [])
    assert len(told["mutants"]) == len(exercise(root, "larger").mutants)
    (survivor,) = [each for each in told["mutants"] if each["told"] == "survives"]
    assert survivor["line"] == 19
    assert survivor["after"].strip() == "return a if a >= b else b"


def test_a_sample_is_the_same_each_time_and_keeps_nothing(root: Path) -> None:
    first, second = (survey(Course(root), "ps", sample=5) for _ in range(2))
    assert [each.todo for each in first.exercises] == [each.todo for each in second.exercises]
    assert len(list(first.run())) == 5
    assert not (root / "build").exists()


def test_options_of_mutants_alone_are_wrong_usage(root: Path) -> None:
    done = CliRunner().invoke(cli, ["--course-dir", str(root), "validate-source", "ps", "--sample", "3"])
    assert done.exit_code == 2


def test_this_process_stays_as_it_was(root: Path) -> None:
    here = os.getcwd()
    verdicts(root, "total")
    assert os.getcwd() == here


def test_a_long_series_is_kept_piece_by_piece(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference is tried in between: what was found before a mutant that spoils something stays."""
    monkeypatch.setattr(mutation, "CHECKED", -1)
    write(root, NOTEBOOK.replace("sum(numbers) + 0", "sum(numbers) + store[-1]"))
    texts = ["return sum(numbers)", "store.append(1)\n    return sum(numbers)", "return sum(numbers) + len(store) - 1"]
    faults = [Mutant("bad", 1, "x", "y", f"def total(numbers):\n    {text}") for text in texts]
    monkeypatch.setattr(mutation, "mutants", lambda source: faults if "total" in source else [])
    found = [(each.mutant.source, each.told) for each in survey(Course(root), "ps").run()]
    assert found == [(each.source, Told.NOBODY) for each in faults]


def test_a_sample_says_nothing_of_equivalents_that_are_not_in_it(root: Path) -> None:
    name_equivalents(root, 'EQUIVALENT = {"larger": {"return a if a > b else b": "any change will do"}}')
    work = survey(Course(root), "ps", ["larger"])
    told = [each for each in work.run() if each.told is not Told.NOBODY]
    assert list(work.stale(told)) == []

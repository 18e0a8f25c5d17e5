"""What the command prints: tables, progress, and what others wrote, with nothing in it that a terminal would obey."""

from __future__ import annotations

import codecs
import time
from collections import Counter
from typing import TYPE_CHECKING

from rich import markup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.grading.cluster import State
from autograder.grading.records import Item, Outcome, Record, Status

if TYPE_CHECKING:
    from autograder.authoring.mutation import Verdict
    from autograder.grading.regrade import Change
    from autograder.results.receipts import Comparison


console = Console()
errors = Console(stderr=True)
STEPS = 5  # from what to what points change: so many kinds are shown
MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "problem": "[red]✗[/]"}


def escape(text: str) -> str:
    """Keep what others wrote from being taken for markup, or for commands to the terminal."""
    return markup.escape("".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text))


ASCII = {"→": "->", "–": "-", "…": "...", "✓": "ok", "✗": "x", "×": "x", "“": '"', "”": '"', "’": "'"}


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """Replace letters that the terminal, or a file, cannot take."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(ASCII.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


codecs.register_error("in-ascii", _in_ascii)


def name_strangers(strangers: list[tuple[str, str]]) -> None:
    """Name students who are not in the list of the class, and say why they were not found there."""
    for student, reason in strangers:
        console.print(f"[yellow]not in the list of the class:[/] {escape(student)} {escape(reason)}", soft_wrap=True)


def counted(number: int, what: str) -> str:
    """Return a number with its noun: 1 student, 3 students."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def progress_bar() -> Progress:
    """Make a bar for work that has so many parts."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=console)


def still_bar(*, disable: bool = False) -> Progress:
    """Make a bar that moves when it is told to, without a thread of its own."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, auto_refresh=False, transient=True, disable=disable)


def mutants_table(assignment: str, verdicts: list[Verdict]) -> Table:
    """Make the table of mutants: for each exercise how many there are, and by what they are told."""
    table = Table(title=f"{assignment}: small faults in the reference answers")
    table.add_column("Exercise", no_wrap=True, overflow="fold")
    for heading in ("Mutants", "Told by visible checks", "by hidden tests only", "No fault", "Survive", "Score"):
        table.add_column(heading, justify="right")
    rows: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        row = rows.setdefault(escape(verdict.exercise), Counter())
        row["equivalent" if verdict.equivalent else str(verdict.told)] += 1
    rows["[bold]all together[/]"] = sum(rows.values(), Counter())
    for name, row in rows.items():
        counts = [row[kind] for kind in ("visible", "hidden", "equivalent", "survives")]
        apart = row.total() - row["equivalent"]
        score = f"{100 * (row['visible'] + row['hidden']) / apart:.0f} %" if apart else "–"
        table.add_row(name, str(row.total()), *map(str, counts), f"[red]{score}[/]" if row["survives"] else score)
    return table


class GradingProgress:
    """Shows how far grading has come."""

    def __init__(self, total: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[more]}"),
        )
        self._progress = Progress(*columns, TextColumn("left"), TimeRemainingColumn(), console=console)
        self._task = self._progress.add_task("grading", total=total, more="")
        self._state = State(0, 0)
        self._failed = self._fresh = 0
        self._since = time.monotonic()

    def __enter__(self) -> GradingProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def state(self, state: State) -> None:
        """Take in how many are running."""
        if state.dashboard and not self._state.dashboard:
            self._progress.console.print(
                f"{counted(state.workers, 'worker')}; dashboard: {state.dashboard}", soft_wrap=True
            )
        self._state = state
        self._show()

    def record(self, record: Record, fresh: bool) -> None:
        """Count one that is done."""
        self._failed += record.outcome is not Outcome.GRADED
        self._fresh += fresh
        self._progress.advance(self._task)
        self._show()

    def _show(self) -> None:
        rate = 60 * self._fresh / max(time.monotonic() - self._since, 1.0)
        more = f"{self._state.running} running, [{'red' if self._failed else 'dim'}]{self._failed} failed[/], "
        self._progress.update(self._task, more=f"{more}{rate:.0f} a minute")


def changes_table(changes: list[Change]) -> Table:
    """Make the table of what would change, by exercise and all together: how many go up, how many down, by how much."""
    table = Table(
        "Exercise", "Up", "Down", "Points", title=f"What would change for {counted(len(changes), 'submission')}"
    )
    found: dict[str, list[tuple[Item | Record | None, Item | Record | None]]] = {}
    for change in changes:
        for name, pair in change.items.items():
            found.setdefault(escape(name), []).append(pair)
    found["[bold]all together[/]"] = [(change.before, change.after) for change in changes if change.matters]
    for name, pairs in found.items():
        ways = Counter(direction(*pair) for pair in pairs)
        steps = Counter(step(*pair) for pair in pairs).most_common()
        shown = [f"{step} ({number})" for step, number in steps[:STEPS]]
        table.add_row(name, str(ways[1]), str(ways[-1]), "\n".join([*shown, *(["…"] if len(steps) > STEPS else [])]))
    return table


def direction(before: Item | Record | None, after: Item | Record | None) -> int:
    """Tell whether points go up (1) or down (-1); to have none is less than zero."""
    old, new = (-1.0 if one is None or one.score is None else one.score for one in (before, after))
    return (new > old) - (new < old)


def step(before: Item | Record | None, after: Item | Record | None) -> str:
    """Say from what to what points change."""
    both = (before, after)
    return " → ".join(
        "–" if one is None or one.score is None else f"{one.score:g} of {one.max_score:g}" for one in both
    )


def summary(graded: list[Record], unchanged: int, seconds: float) -> str:
    """Say how many submissions came to which outcome, and how long it took."""
    counts = Counter(record.outcome for record in graded)
    parts = [f"{number} {outcome}" for outcome, number in counts.items()]
    if unchanged:
        parts.append(f"{unchanged} of them were not run again, as nothing has changed since (--force runs them)")
    return f"{', '.join(parts)}; {seconds:.0f} s."


def results_table(records: list[Record], *, verbose: bool = False) -> Table:
    """Make the table of results: one line a student; if `verbose`, as many as it takes to say all that stands out."""
    table = Table(title=counted(len(records), "submission"))
    for heading in ("Student", "Outcome", "Points"):
        table.add_column(heading, no_wrap=True, overflow="fold")
    table.add_column("What stands out", overflow="fold")  # the only one that gives way to a narrow terminal
    for record in sorted(records, key=lambda record: record.student):
        points = "–" if record.score is None else f"{record.score:g} of {record.max_score:g}"
        color = "green" if record.outcome is Outcome.GRADED else "red"
        table.add_row(
            escape(record.student),
            f"[{color}]{record.outcome}[/]",
            points,
            escape(_remark(record)) if verbose else Text(_brief(record), no_wrap=True, overflow="ellipsis"),
        )
    return table


def receipts_table(compared: list[Comparison]) -> Table:
    """Make the table of receipts that are not as they should be: when was checked, what it came to, what differs."""
    table = Table(title="Receipts, which are what students say")
    for heading in ("Student", "Checked", "Passes"):
        table.add_column(heading, no_wrap=True)
    table.add_column("What differs", overflow="fold")
    for one in compared:
        checked = f"{one.receipt.checked:%Y-%m-%d %H:%M}" if one.receipt else "–"
        claims = one.receipt.exercises if one.receipt else []
        passes = f"{sum(claim.state == 'passes' for claim in claims)} of {len(claims)}" if one.receipt else "–"
        said = [f"[red]{escape(text)}[/]" for text in one.differences] + [escape(text) for text in one.remarks]
        table.add_row(escape(one.student), checked, passes, "\n".join(said))
    return table


def _brief(record: Record) -> str:
    """Say what stands out about a submission, counted."""
    open_door = [] if record.sandboxed else ["no sandbox"]
    flags = [f"{counted(len(record.flags), 'flag')}: worth a look"] if record.flags else []
    counts = Counter(item.status for item in record.items if item.status is not Status.PASSED)
    statuses = [f"{number} {status.removesuffix(' by hand')}" for status, number in counts.items()]
    notes = [counted(len(record.notes), "note")] if record.notes else []
    if helped := sum(bool(item.references) for item in record.items):
        statuses.append(f"{helped} with references")
    said = record.reason.partition("\n")[0]
    return "; ".join([*open_door, *([said] if said else []), *flags, *statuses, *notes])


def _remark(record: Record) -> str:
    """Say all that stands out about a submission."""
    open_door = [] if record.sandboxed else ["run without sandbox"]
    if record.reason:
        return "; ".join([record.reason, *open_door])
    groups: dict[Status, list[str]] = {}
    for item in record.items:
        if item.status is not Status.PASSED:
            groups.setdefault(item.status, []).append(item.grade_id.removesuffix("-test"))
    remarks = [f"{status}: {', '.join(names)}" for status, names in groups.items()]
    if helped := [item.grade_id.removesuffix("-test") for item in record.items if item.references]:
        remarks.append(f"marked with earlier references: {', '.join(helped)}")
    flags = [f"worth a look: {flag}" for flag in record.flags]
    return "; ".join([*open_door, *flags, *remarks, *record.notes])

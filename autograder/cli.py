"""The `autograder` command. Each command is a few lines: it calls one module and prints what came out."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.console import (
    MARKS,
    GradingProgress,
    changes_table,
    console,
    counted,
    direction,
    errors,
    escape,
    mutants_table,
    name_strangers,
    progress_bar,
    receipts_table,
    results_table,
    step,
    still_bar,
    summary,
)
from autograder.course import Course
from autograder.errors import ArchiveError, AutograderError, FolderError
from autograder.grading.records import Outcome, Record
from autograder.results.export import Form

if TYPE_CHECKING:
    from autograder.grading.regrade import Change
    from autograder.submissions.archive import Collection

cli = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)

Name = Annotated[str, typer.Argument(help="The assignment's name, as in solutions/.", show_default=False)]
Students = Annotated[list[str] | None, typer.Option(help="Only this one; may be repeated.", show_default=False)]
ClassList = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        help="The list of the class, to tell who handed in nothing: Canvas' gradebook, Moodle's worksheet, or a CSV "
        "file with the columns id, first_name, last_name, email.",
        show_default=False,
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="The gradebook's database, for this once; for always, see docs/instructors.md.",
        show_default=False,
    ),
]
STOPPED = "Stopped. What was finished is kept; the same command goes on from there."
INTERRUPTED = 130  # what shells expect of a program that Ctrl-C ended


def app() -> None:
    """Run the command line; errors that we can explain become one message and an exit code (see errors.py)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="in-ascii")  # whatever letters the terminal, or a file, can take
    try:
        cli()
    except AutograderError as error:
        errors.print(f"[red]Error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        mend = "Is there such a folder, may you write there, and is there space left? Then run the command again."
        errors.print(f"[red]Error:[/] {escape(f'{where}{error.strerror or error}.')} {mend}", soft_wrap=True)
        sys.exit(FolderError.exit_code)
    except KeyboardInterrupt:
        errors.print(STOPPED)
        sys.exit(INTERRUPTED)


@cli.callback()
def main(
    context: typer.Context,
    course_dir: Annotated[Path, typer.Option(help="The course's root folder, with its nbgrader_config.py.")] = Path(),
) -> None:
    """Release, collect, grade, feedback, export: the instructor's side of the course.

    Run it in the course's root folder, in that order. Exit codes: 0 done; 1 done, but not for everybody, not written
    without your yes, or a problem was found; 2 wrong usage; 3 not a course; 4 an assignment cannot be used; 5 nothing
    was collected; 6 submissions cannot be confined here; 7 a CSV file cannot be used; 8 another grader is at work;
    9 scheduler or workers cannot be used; 10 the gradebook's database cannot be used; 11 a folder or file cannot be
    written; 130 interrupted.
    """
    context.obj = course_dir.resolve()


@cli.command()
def new(context: typer.Context, assignment: Name) -> None:
    """Begin an assignment: a small one that is complete and passes, to be turned into yours.

    Example: autograder new 11_optimisers
    """
    from autograder.authoring.new import new as run

    for path in run(Course(context.obj), assignment):
        console.print(f"wrote {path}", soft_wrap=True)
    console.print(f"Next: autograder build {assignment}; autograder validate-source {assignment}", soft_wrap=True)


@cli.command()
def build(
    context: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(help="All by default.", show_default=False)] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run notebooks anew even where their code is the same.")
    ] = False,
    db: Database = None,
) -> None:
    """Run changed solution notebooks and generate their student versions.

    Example: autograder build 01_convolution_by_hand
    """
    from autograder.authoring import build as module

    course = Course(context.obj, db)
    names = assignments or course.assignments()
    with progress_bar() as progress:
        for name, executed in progress.track(module.build(course, names, force=force), total=len(names)):
            progress.console.print(f"{name}: {'run and released' if executed else 'no code has changed, released'}")


@cli.command("validate-source")
def validate_source(
    context: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(help="All by default.", show_default=False)] = None,
    *,
    mutants: Annotated[
        bool,
        typer.Option(
            "--mutants", help="Instead: put small faults into the reference answers; which do the tests miss?"
        ),
    ] = False,
    exercise: Annotated[
        list[str] | None,
        typer.Option(help="With --mutants: only this answer, by its grade_id; may be repeated.", show_default=False),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="With --mutants: forget what was found out before.")] = False,
    sample: Annotated[
        int | None,
        typer.Option(help="With --mutants: only so many of an assignment, the same ones each time.", min=1),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --mutants: write all mutants and what was said to them as JSON.")
    ] = False,
) -> None:
    """Tell an author, before release, what would keep an assignment from being graded fairly.

    Runs it as the grader does: reference answers must get all points, untouched stubs none. With --mutants: shows which
    small faults in the reference answers the tests miss; it can be stopped, and goes on with what is still to be done
    or has changed. Exit code 1: a problem.

    Example: autograder validate-source 01_convolution_by_hand

    Faults in two answers: autograder validate-source 01_convolution_by_hand --mutants --exercise conv1d
    """
    course = Course(context.obj)
    if not mutants and (exercise or fresh or sample or as_json):
        raise typer.BadParameter("--exercise, --fresh, --sample and --json need --mutants.")
    names = assignments or course.assignments()
    if mutants:
        raise typer.Exit(_mutants(course, names, exercise, fresh=fresh, sample=sample, as_json=as_json))
    from autograder.authoring.validate import validate

    found = 0
    for name in names:
        with console.status(f"{name}: rehearsing"):
            problems = list(validate(course, name))
        console.print(f"{MARKS['problem' if problems else 'ok']} [bold]{name}[/]")
        for problem in problems:
            console.print(f"    {escape(problem.cell)}: {escape(problem.what)}", soft_wrap=True)
        found += len(problems)
    raise typer.Exit(bool(found))


def _mutants(
    course: Course, names: list[str], exercises: list[str] | None, *, fresh: bool, sample: int | None, as_json: bool
) -> bool:
    """Try mutants and show what became of them; tell whether tests are to be mended."""
    from autograder.authoring import mutation

    if exercises and len(names) > 1:
        raise typer.BadParameter("--exercise needs the name of one assignment.")
    holes = False
    told: list[dict[str, Any]] = []
    for name in names:
        work = mutation.survey(course, name, exercises, fresh=fresh, sample=sample)
        verdicts = []
        with still_bar(disable=as_json) as bar:  # no threads: this process is going to be forked
            task = bar.add_task(name, total=len(work))
            for verdict in work.run():
                verdicts.append(verdict)
                bar.update(task, advance=1, refresh=True)
        stale = list(work.stale(verdicts))
        holes = holes or bool(stale) or any(verdict.is_hole for verdict in verdicts)
        if as_json:
            told.append(mutation.as_json(name, verdicts, stale))
            continue
        console.print(mutants_table(name, verdicts))
        for verdict in verdicts:
            if verdict.is_hole:
                where = f"{name}.py:{verdict.file_line}" if verdict.file_line else f"line {verdict.mutant.line}"
                console.print(
                    f"[red]survives:[/] {verdict.exercise} ({verdict.mutant.operator}), {where}", soft_wrap=True
                )
                console.print(escape(verdict.mutant.diff), soft_wrap=True, highlight=False)
        for where, line in stale:
            console.print(
                f"[red]named as equivalent or free, and is told or not made:[/] {where}: {escape(line)}", soft_wrap=True
            )
    if as_json:
        sys.stdout.write(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return holes


@cli.command()
def measure(
    context: typer.Context,
    assignment: Name,
    profile: Annotated[str, typer.Option(help="quick or full.")] = "full",
    seed: Annotated[int, typer.Option(help="The notebook's seed.")] = 0,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the runs that were done before.")] = False,
) -> None:
    """Run a solution notebook in a profile and write down its measurements (the claims in its prose are held to them).

    It can be stopped: the next time it goes on with the runs of its studies that are still to be done. Runs whose code,
    settings or data have changed since are done again.

    Example: COURSE_DATA_DIR=~/data autograder measure 02_cnn_on_mnist --profile full
    """
    from autograder.authoring.build import kept_runs
    from autograder.authoring.build import measure as run

    course = Course(context.obj)
    kept = kept_runs(course, course.require(assignment), profile, seed)
    if fresh:
        kept.unlink(missing_ok=True)
    if kept.exists():
        console.print(f"runs of before: {len(kept.read_text().splitlines())} in {kept}", soft_wrap=True)
    with console.status(f"{assignment}, {profile}: this may take a while"):
        path = run(course, assignment, profile, seed)
    console.print(f"measurements → {path}", soft_wrap=True)


@cli.command()
def release(
    context: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(help="All by default.", show_default=False)] = None,
    db: Database = None,
) -> None:
    """Generate student versions in notebooks/ and register them in the gradebook.

    Example: autograder release 01_convolution_by_hand
    """
    from autograder.authoring.release import release as run

    course = Course(context.obj, db)
    for name in assignments or course.assignments():
        console.print(f"{name} → {run(course, name)}", soft_wrap=True)


@cli.command()
def collect(
    context: typer.Context,
    assignment: Name,
    path: Annotated[Path, typer.Argument(help="A folder or zip of submissions.", show_default=False)],
    *,
    pattern: Annotated[
        str | None, typer.Option(help="Regular expression for file paths, with a group (?P<student>…).")
    ] = None,
    times: Annotated[
        Path | None,
        typer.Option(help="When they handed in: Moodle's grading worksheet, or a CSV file with student,time."),
    ] = None,
    file_times: Annotated[
        bool,
        typer.Option("--file-times", help="Take the files' own times for it (not for archives of Canvas or Moodle)."),
    ] = False,
    roster: ClassList = None,
    receipts: Annotated[
        bool, typer.Option("--receipts", help="Compare what students' own checks said with what arrived.")
    ] = False,
) -> None:
    """Copy submissions from a folder or zip to submitted/.

    Knows the names that Canvas and Moodle give, a folder per student, and a file per student. Of several notebooks of
    a student the one named after the assignment is taken, and of those the last; the others go to submitted_earlier/.
    Exit code 1: somebody handed in files, but no notebook that can be used; with --receipts also: a receipt is missing
    or tells of something else than what arrived.

    Example: autograder collect 01_convolution_by_hand ~/Downloads/submissions.zip

    With times: autograder collect 01_convolution_by_hand ~/moodle.zip --times ~/Grades-Course-Convolution-42.csv
    """
    from autograder.lms.roster import read as read_roster
    from autograder.submissions.collect import collect as run
    from autograder.submissions.collect import compiled

    if pattern:
        try:
            compiled(pattern)
        except ArchiveError as error:
            raise typer.BadParameter(str(error)) from None
    collection = run(Course(context.obj), assignment, path, pattern, times=times, file_times=file_times)
    for name, reason in collection.ignored:
        console.print(f"[yellow]not used[/] {escape(name)}: {escape(reason)}", soft_wrap=True)
    counts = Counter(found.change for found in collection.students)
    changes = ", ".join(f"{number} {change}" for change, number in counts.items()) or "nothing collected"
    console.print(f"{counted(len(collection.students), 'student')}: {changes}")
    if (times or file_times) and (unknown := [found.student for found in collection.students if found.at is None]):
        console.print(f"[yellow]time not known:[/] {escape(', '.join(unknown))}", soft_wrap=True)
    if marked := [found.student for found in collection.students if found.late]:
        console.print(f"called late by the platform: {escape(', '.join(marked))}", soft_wrap=True)
    course = Course(context.obj)
    if roster:
        people = read_roster(roster, course.students("submitted", assignment))
        if nothing := sorted({*people.students} - {*course.students("submitted", assignment)}):
            console.print(f"[yellow]nothing from {len(nothing)}:[/] {escape(', '.join(nothing))}", soft_wrap=True)
        name_strangers(sorted(people.strangers.items()))
    if collection.without:
        shown = [f"{name} ({', '.join(collection.others.get(name, []))})" for name in collection.without]
        console.print(f"[red]no notebook from:[/] {escape(', '.join(shown))}", soft_wrap=True)
    if not collection.students:
        raise typer.Exit(ArchiveError.exit_code)
    differ = _compare_receipts(course, assignment, collection) if receipts else False
    if collection.without or differ:
        raise typer.Exit(1)


@cli.command()
def grade(
    context: typer.Context,
    assignment: Name,
    *,
    student: Students = None,
    force: Annotated[bool, typer.Option("--force", help="Run everything anew, even what has not changed.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking when marks change.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions at a time; by default what cores and memory allow.", show_default=False),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Run them on the workers of this Dask scheduler.", show_default=False),
    ] = None,
    db: Database = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show in the table all that stands out, in as many lines as it takes.")
    ] = False,
    no_sandbox: Annotated[
        bool,
        typer.Option("--no-sandbox", help="Let submissions do all that you can do here; results say so."),
    ] = False,
) -> None:
    """Run and mark submissions, each in a sandbox. Those that have not changed since are not run again.

    When you have changed tests or points, and released the assignment again, only the changed tests are run. If that
    changes marks that students have already, a table shows how, and nothing of it is written until you say yes.
    Without a terminal to ask at, the exit code is 1; run it again with --yes.

    Ctrl-C, or even a crash, loses nothing that was finished: the same command goes on from there. What each submission
    made the grader say is in records/ASSIGNMENT/STUDENT.log.

    Example: autograder grade 01_convolution_by_hand

    On a cluster: autograder grade 01_convolution_by_hand --scheduler tcp://host:8786

    Into PostgreSQL: autograder grade 01_convolution_by_hand --db postgresql+psycopg://user@host/gradebook
    """
    from autograder.grading import grade as module
    from autograder.grading import gradebook

    course = Course(context.obj, db)
    if no_sandbox:
        errors.print(
            "[yellow]Warning:[/] without the sandbox each submission can read, change and send away all that you can: "
            "solutions, grades, your files. The results are marked."
        )
        course.config.ExecuteSubmission.sandbox = False
    students = module.submissions(course, assignment, student)
    graded: dict[str, Record] = {}
    unchanged = 0
    show = GradingProgress(len(students))
    with module.GradingRun(
        course, assignment, students, force=force, workers=workers, scheduler=scheduler, watch=show.state
    ) as run:
        if causes := run.causes:
            console.print(f"Changed since submissions were graded: {escape(', '.join(causes))}.", soft_wrap=True)
        started = time.monotonic()
        with show:
            try:
                with closing(iter(run)) as found:
                    for record, fresh in found:
                        graded[record.student] = record
                        unchanged += not fresh
                        show.record(record, fresh)
            except KeyboardInterrupt:  # which typer would end in silence
                errors.print(STOPPED)
                raise typer.Exit(INTERRUPTED) from None
        seconds = time.monotonic() - started
        changes = run.changes
        written = not changes or _agreed(changes, yes=yes)
        if changes and written:
            run.accept()
    graded |= {change.student: change.after if written else change.before for change in changes}
    graded = {record.student: record for record in gradebook.marked_by_hand(course, list(graded.values()))}
    if written:  # else what there was before would stand below what it would be
        console.print(results_table(list(graded.values()), verbose=verbose))
        console.print(summary(list(graded.values()), unchanged, seconds), soft_wrap=True)
        if absent := module.absent(course, assignment):
            console.print(f"nothing handed in: {len(absent)} of the class; the table of export names them")
    else:
        errors.print(
            f"[red]Not written:[/] new results of {counted(len(changes), 'submission')}, waiting in "
            f"{run.store.pending.folder}. "
            f"To write them: autograder grade {assignment} --yes. To drop them, delete that folder.",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    same = " (both with the same --db)" if db else ""
    console.print(f"Next: autograder feedback {assignment}; autograder export {assignment} --out grades.csv{same}")
    if any(record.outcome is not Outcome.GRADED for record in graded.values()):
        raise typer.Exit(1)


@cli.command()
def feedback(
    context: typer.Context,
    assignment: Name,
    student: Students = None,
    db: Database = None,
) -> None:
    """Write a page for each student: points, what the checks said, comments. Hidden tests are not in it.

    Example: autograder feedback 01_convolution_by_hand
    """
    from autograder.results import feedback as module

    course = Course(context.obj, db)
    students = module.students(course, assignment, student)
    with progress_bar() as progress:
        pages = list(progress.track(module.feedback(course, assignment, students), total=len(students)))
    console.print(f"{counted(len(pages), 'page')}, the first: {pages[0].path}", soft_wrap=True)
    if unmarked := sum(page.unmarked for page in pages):
        console.print(f"[yellow]{unmarked} with written answers that nobody has marked yet[/]; these pages say so")
    failed = [page for page in pages if page.problem]
    for page in failed:
        errors.print(f"[red]No full feedback in {page.path}:[/]\n{escape(page.problem)}", soft_wrap=True)
    if failed:
        raise typer.Exit(1)


@cli.command()
def export(
    context: typer.Context,
    assignment: Name,
    *,
    out: Annotated[Path, typer.Option(help="The CSV file to write.")] = Path("grades.csv"),
    form: Annotated[Form, typer.Option("--format", help="For people, or what Canvas or Moodle imports.")] = Form.CSV,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The gradebook from Canvas or the grading worksheet from Moodle, to be filled in. Without --format: "
            "the list of the class, to name all and tell who handed in nothing; a CSV file with a column id will do."
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The assignment's name or number in Canvas, if it is called otherwise there.")
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert marks where the platform has another maximum.")
    ] = False,
    provisional: Annotated[
        bool,
        typer.Option(
            "--provisional", help="For Canvas and Moodle: also marks to which points by hand may be added yet."
        ),
    ] = False,
    db: Database = None,
) -> None:
    """Write the grades as CSV: one row per student, with the reason where there is no mark, or for Canvas or Moodle.

    Penalties for lateness are worked out anew each time. Exit code 1: a mark is not in the file; the output says why.

    Example: autograder export 01_convolution_by_hand --out grades.csv

    Canvas: autograder export 01_convolution_by_hand --format canvas --roster ~/Gradebook.csv --out grades-canvas.csv

    Moodle: autograder export 01_convolution_by_hand --format moodle --roster ~/Grades-42.csv --out grades-moodle.csv
    """
    from autograder.results import export as module

    course = Course(context.obj, db)
    if form is Form.CSV:
        if column or scale:
            raise typer.BadParameter("--column and --scale need --format canvas or --format moodle.")
        done = module.export(course, assignment, out, roster)
        name_strangers(done.strangers)
    else:
        done = module.export_for(
            form, course, assignment, out, roster, column=column, scale=scale, provisional=provisional
        )
    for student, reason in done.without:
        console.print(f"no mark: {escape(student)}: {escape(reason)}", soft_wrap=True)
    if done.to_be_marked:
        console.print(f"[yellow]{done.to_be_marked} with written answers that nobody has marked yet[/]")
    console.print(f"{counted(done.students, 'student')} → {out}", soft_wrap=True)
    for student, reason in done.left_out:
        errors.print(f"[red]mark not in the file:[/] {escape(student)} {escape(reason)}", soft_wrap=True)
    if done.left_out:
        raise typer.Exit(1)


@cli.command()
def report(
    context: typer.Context,
    assignment: Name,
    out: Annotated[Path | None, typer.Option(help="The HTML file; report-ASSIGNMENT.html by default.")] = None,
    roster: ClassList = None,
    db: Database = None,
) -> None:
    """Write a page about the class: scores, exercises, typical errors, times, flags, who is missing, similar answers.

    Example: autograder report 01_convolution_by_hand
    """
    from autograder.results.report import report as run

    out = out or Path(f"report-{assignment}.html")
    with console.status("reading and comparing submissions"):
        number = run(Course(context.obj, db), assignment, out, roster)
    console.print(f"{counted(number, 'student')} → {out}", soft_wrap=True)


@cli.command()
def handout(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="The folder to make, or a .zip.")],
    assignments: Annotated[list[str] | None, typer.Argument(help="All by default.", show_default=False)] = None,
    branch: Annotated[
        str | None, typer.Option(help="Commit it to this branch too, which then holds nothing else: for nbgitpuller.")
    ] = None,
    repository: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Where students find it, as https://github.com/OWNER/NAME: its README then has links to Colab, Kaggle "
            "and Binder.",
        ),
    ] = "",
) -> None:
    """Make what students get: notebooks without answers, course_utils, how to set up; nothing else.

    Example: autograder handout build/deep-learning.zip
    """
    from autograder.authoring.handout import handout as run
    from autograder.authoring.handout import publish

    if branch and out.suffix == ".zip":
        raise typer.BadParameter("A branch is made of a folder, not of a .zip: give a folder as OUT.")
    if repository and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/?", repository):
        raise typer.BadParameter(f"--repository {repository!r} is not of the form https://github.com/OWNER/NAME.")
    console.print(f"{run(Course(context.obj), out, assignments, repository)}", soft_wrap=True)
    if branch:
        console.print(f"branch {branch}: {publish(out, context.obj, branch)}", soft_wrap=True)


@cli.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="The .ipynb file that is going to be handed in.")],
    receipt: Annotated[bool, typer.Option(help="Write NOTEBOOK.receipt.json beside it.")] = True,
) -> None:
    """Check a notebook before it is handed in, as students do: python -m course_utils.check NOTEBOOK.

    Exit codes: 0 everything passes; 1 something fails or is still to do; 2 the file cannot be used.

    Example: autograder check notebooks/01_convolution_by_hand/01_convolution_by_hand.ipynb
    """
    from course_utils.check import main as run

    raise typer.Exit(run([str(notebook), *([] if receipt else ["--no-receipt"])]))


@cli.command()
def doctor(context: typer.Context) -> None:
    """Check environment, kernel, data, disk and course; say what to do about each finding.

    Example: autograder doctor
    """
    from autograder.doctor import Level, examine

    worst = 0
    for finding in examine(context.obj):
        console.print(
            f"{MARKS[finding.level]} [bold]{escape(finding.topic)}[/]: {escape(finding.what)}", soft_wrap=True
        )
        if finding.mend:
            console.print(f"    → {escape(finding.mend)}", soft_wrap=True)
        worst = max(worst, finding.level is Level.PROBLEM)
    raise typer.Exit(worst)


def _compare_receipts(course: Course, assignment: str, collection: Collection) -> bool:
    """Show whose receipt is missing or tells of something else; tell whether there is one."""
    from autograder.results.receipts import compare, folder

    compared = compare(course, assignment, collection)
    odd = [one for one in compared if one.differences or one.remarks]
    if odd:
        console.print(receipts_table(odd))
    agree = sum(not one.differences for one in compared)
    console.print(f"{agree} of {counted(len(compared), 'receipt')} agree with what arrived")
    console.print(f"all that they say: {folder(course, assignment)}", soft_wrap=True)
    return agree < len(compared)


def _agreed(changes: list[Change], *, yes: bool) -> bool:
    """Show what would change for students who have a mark, and ask whether it shall."""
    console.print(changes_table(changes))
    for one in sorted(changes, key=lambda one: one.student):
        if direction(one.before, one.after) < 0:
            console.print(f"[red]down:[/] {escape(one.student)}: {step(one.before, one.after)}", soft_wrap=True)
    return yes or (_can_ask() and typer.confirm("Write these marks?"))


def _can_ask() -> bool:
    return sys.stdin.isatty()

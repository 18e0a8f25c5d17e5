"""The `autograder` command. Each command is a few lines: it calls one module and prints what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.course import Course

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False)
console = Console()
errors = Console(stderr=True)


@app.callback()
def main(
    context: typer.Context,
    course_dir: Annotated[Path, typer.Option(help="The course's root folder, with its nbgrader_config.py.")] = Path(),
) -> None:
    """Release, collect, grade, feedback, export: the instructor's side of the course."""
    context.obj = course_dir.resolve()


@app.command()
def build(
    context: typer.Context,
    assignments: Annotated[list[str] | None, typer.Argument(help="All by default.")] = None,
    force: Annotated[bool, typer.Option(help="Run notebooks anew even where the source has not changed.")] = False,
) -> None:
    """Run changed solution notebooks and generate their student versions."""
    from autograder.build import build as run

    for name, executed in run(Course(context.obj), assignments, force=force):
        console.print(f"{name}: {'run and released' if executed else 'up to date, released'}")

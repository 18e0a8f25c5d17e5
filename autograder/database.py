"""The database of the gradebook: its address, in plain words what is wrong with it, and one grader at a time.

nbgrader opens it by itself in many places, so all that it should know stands in the URL.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import BusyError, GradebookError

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMS = "postgresql+psycopg://USER@HOST/DATABASE or sqlite:////FOLDER/FILE"
PATIENCE = "10"  # seconds until a server has answered
LOCK = 0x6E626772  # the number of our advisory lock in a PostgreSQL database
HOLDER = """
SELECT pid, application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objid = :lock AND granted AND datname = current_database()
"""
MENDS = {  # by what the driver says; the first that fits
    r"no such (table|column)|(column|relation) .* does not exist": (
        "Did an older nbgrader make it? Then run: nbgrader db upgrade"
    ),
    r"database .* does not exist": "Create it (createdb DATABASE), or correct its name.",
    r"password|authentication|pg_hba|role .* does not exist": (
        "Check the user, and the password in ~/.pgpass or in the variable PGPASSWORD."
    ),
    r"permission denied|read-?only": "That user needs the right to write: make it the database's owner.",
    r"refused|resolve|no such file|time(d )?out|unreachable|shutting down|terminat|closed|lost": (
        "Is the server running, are host and port right, and can it be reached from here?"
    ),
    r"unable to open": "Is there such a folder, and may you write there?",
    r"not a database": "Name another file; a new one is made.",
    r"value too long": "A name is longer than nbgrader allows (128 letters for students): rename that folder.",
    r"locked|deadlock|serializ": "Something else is writing to it. Run the command again.",
}


def resolve_url(url: str, folder: Path) -> str:
    """Check a URL as far as that goes without opening the database, and say all in it that nbgrader does not.

    Args:
        url: for SQLAlchemy.
        folder: where the relative path of a SQLite file begins; nbgrader changes the working directory.

    Returns:
        The URL, with password if it has one.

    Raises:
        GradebookError: it is none, or for a database or driver that is not to be had here.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        parsed = make_url(url)
    except (SQLAlchemyError, ValueError):  # of which the text may hold the password
        raise GradebookError(f"The gradebook's URL cannot be read. Write it so: {FORMS}") from None
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise GradebookError(f"A gradebook cannot be in {kind!r}, only in SQLite or PostgreSQL. Write: {FORMS}")
    if "@" in (parsed.host or ""):
        raise GradebookError("The gradebook's URL has an @ in user or password. Write it as %40.")
    try:
        parsed.get_dialect().import_dbapi()
    except (ImportError, SQLAlchemyError):
        raise GradebookError(
            f"The driver for {parsed.drivername}:// is not installed. "
            'Run: pip install "psycopg[binary]>=3.2,<4", and write: postgresql+psycopg://USER@HOST/DATABASE'
        ) from None
    if kind == "sqlite":
        if not parsed.database:
            raise GradebookError(f"The gradebook's URL names no file. Write it so: {FORMS}")
        parsed = parsed.set(database=str(folder / parsed.database))
    elif "connect_timeout" not in parsed.query and parsed.get_driver_name().startswith("psycopg"):
        parsed = parsed.update_query_dict({"connect_timeout": PATIENCE})
    return parsed.render_as_string(hide_password=False)


def redacted(url: str) -> str:
    """Give a URL as it may be printed: no password, nor options, of which one may be the password."""
    from sqlalchemy.engine import make_url

    return make_url(url).set(query={}).render_as_string(hide_password=True)


@contextmanager
def explain_errors(url: str) -> Iterator[None]:
    """Turn what a database complains of into an error that says what may help.

    Args:
        url: of the database, as from `resolve_url`.

    Raises:
        GradebookError: in place of the driver's and nbgrader's errors.
    """
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, InvalidEntry) as error:  # nbgrader makes the second out of the first
        cause = getattr(error if isinstance(error, DBAPIError) else error.__context__, "orig", error)
        said = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
        fitting = (mend for pattern, mend in MENDS.items() if re.search(pattern, said, re.IGNORECASE))
        mend = next(fitting, "Results that wait to be entered are kept; run the command again when this is mended.")
        raise GradebookError(f"The gradebook {redacted(url)} cannot be used: {said}. {mend}") from error


@contextmanager
def advisory_lock(url: str) -> Iterator[None]:
    """Keep graders of other course folders off a gradebook in PostgreSQL; its server lifts the lock when we end.

    Args:
        url: of the database, as from `resolve_url`.

    Raises:
        BusyError: another grader is at work.
        GradebookError: the database cannot be used.
    """
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    if engine.dialect.name != "postgresql":
        yield
        return
    with explain_errors(url):
        connection = engine.connect()
    with closing(connection):
        with explain_errors(url):
            _lock(connection, url)
        yield


def _lock(connection: Connection, url: str) -> None:
    from sqlalchemy import text

    me = {"me": f"process {os.getpid()} on {os.uname().nodename}"}
    connection.execute(text("SELECT set_config('application_name', left(:me, 63), false)"), me)
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        pid, who = connection.execute(text(HOLDER), {"lock": LOCK}).first() or ("PID", None)
        raise BusyError(
            f"Another grader is at work on the gradebook {redacted(url)} ({who or 'who, is not known'}). "
            "Wait until it has finished, or stop it with Ctrl-C; what it has done is kept. "
            f"If its machine is gone, this lifts its lock: SELECT pg_terminate_backend({pid})"
        )

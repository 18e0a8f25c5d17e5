"""What an embedded set is made by, as a short text: the generator's code, all of ours that it imports, and versions."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module, metadata
from pathlib import Path

DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow"}  # where the name to import is another one


@cache
def code_digest(*modules: str) -> str:
    """Return 16 hexadecimal digits that change with the source of a module, or of any that it imports.

    Modules of the same package are followed, wherever in the code they are imported; of others (NumPy, scikit-learn)
    the version counts. Line ends do not. Nothing is imported that has not been: this takes milliseconds.

    Args:
        modules: names of modules that have been imported.
    """
    digest = hashlib.sha256()
    ours: dict[str, bytes] = {}
    others: set[str] = set()
    for module in modules:
        package, *deeper = module.split(".")
        path = Path(str(sys.modules[module].__file__)).resolve()
        root = path.parents[len(deeper) + (path.name == "__init__.py")]
        _follow(module, package, root, ours, others)
    for name in sorted(ours):
        digest.update(f"{name}\0".encode() + ours[name] + b"\0")
    for name in sorted(others - sys.stdlib_module_names):
        digest.update(f"{name} {_version(name)}\0".encode())
    return digest.hexdigest()[:16]


def _follow(module: str, package: str, root: Path, ours: dict[str, bytes], others: set[str]) -> None:
    path = _path(module, root)
    if path is None or module in ours:
        return
    ours[module] = path.read_bytes().replace(b"\r\n", b"\n")
    here = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for name in _imported(ours[module], here):
        if name.partition(".")[0] != package:
            others.add(name.partition(".")[0])
            continue
        # "a.b.c" may be a module or a name in the module a.b
        found = name if _path(name, root) else name.rpartition(".")[0]
        _follow(found, package, root, ours, others)


def _path(module: str, root: Path) -> Path | None:
    place = root.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def _imported(source: bytes, here: str) -> Iterator[str]:
    """Yield the full names that a source imports; `here` is the package that it lies in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here.split(".")[: len(here.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _version(package: str) -> str:
    try:
        return metadata.version(DISTRIBUTIONS.get(package, package))
    except metadata.PackageNotFoundError:  # its distribution has another name: rare enough to look the long way
        return str(getattr(import_module(package), "__version__", ""))

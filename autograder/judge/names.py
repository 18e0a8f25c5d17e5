"""What a cell reads and what it defines, from its text alone."""

from __future__ import annotations

import symtable
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager

TRANSPARENT = (["%%time"], ["%%capture"])  # cell magics that run the cell in the notebook


def read(source: str) -> set[str]:
    """Names that a cell looks up in the notebook (or among the builtins), also from within its functions.

    Args:
        source: the cell's text; magics are fine.

    Returns:
        The names; none when the text is not Python.
    """
    return {
        symbol.get_name()
        for table, symbol in _symbols(source)
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())
    }


def defined(source: str) -> set[str]:
    """Names that a cell binds in the notebook: by assignment, import, def, class, for, with.

    Args:
        source: the cell's text; magics are fine.

    Returns:
        The names; none when the text is not Python.
    """
    return {
        symbol.get_name()
        for table, symbol in _symbols(source)
        if (symbol.is_assigned() or symbol.is_imported())
        and (table.get_type() == "module" or symbol.is_declared_global())
    }


def _symbols(source: str) -> Iterator[tuple[symtable.SymbolTable, symtable.Symbol]]:
    first, _, rest = source.lstrip().partition("\n")
    source = rest if first.split()[:1] in TRANSPARENT else source
    try:
        tables = [symtable.symtable(TransformerManager().transform_cell(source), "cell", "exec")]
    except (SyntaxError, ValueError):  # ValueError: a NUL in the text
        return
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            yield table, symbol

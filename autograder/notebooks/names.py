"""What a cell reads and what it defines, from its text alone."""

from __future__ import annotations

import ast
import symtable
from functools import lru_cache
from typing import Any

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


def needed(source: str) -> set[str]:
    """Names that a cell may look up before it has bound them itself: cells before it must have defined them.

    Args:
        source: the cell's text; magics are fine.

    Returns:
        The names, rather too many than too few; none when the text is not Python.
    """
    return _needed(_tree(source).body, set())


def _needed(steps: list[ast.stmt], bound: set[str]) -> set[str]:
    """Go through statements in order; what they surely bind is added to `bound`."""
    found = set[str]()
    for step in steps:
        text = ast.unparse(step)
        match step:
            case ast.For():
                targets = {node.id for node in ast.walk(step.target) if isinstance(node, ast.Name)}
                found |= read(ast.unparse(step.iter)) - bound
                found |= _needed([*step.body, *step.orelse], bound | targets)
            case ast.If():
                found |= read(ast.unparse(step.test)) - bound
                found |= _needed(step.body, set(bound)) | _needed(step.orelse, set(bound))
            case ast.With():
                head = ast.unparse(ast.With(step.items, [ast.Pass()], lineno=0))
                found |= read(head) - bound
                bound |= defined(head)
                found |= _needed(step.body, bound)
            case ast.While() | ast.Try() | ast.TryStar() | ast.Match():
                found |= read(text) - bound
            case ast.Delete():
                found |= (read(text) | defined(text)) - bound
            case _:
                found |= read(text) - bound
                bound |= defined(text)
    return found


@lru_cache(maxsize=1000)  # a class has the same tests
def _symbols(source: str) -> list[tuple[symtable.SymbolTable, symtable.Symbol]]:
    tree = ast.fix_missing_locations(_Plainer().visit(_tree(source)))
    try:
        tables = [symtable.symtable(ast.unparse(tree), "cell", "exec")]
    except SyntaxError:  # what parses need not make sense: a return outside of functions
        return []
    found = []
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found += [(table, symbol) for symbol in table.get_symbols()]
    return found


class _Plainer(ast.NodeTransformer):
    """Rewrites what symbol tables do not tell, or tell otherwise from one Python to the next.

    From 3.12 on the targets of comprehensions are listed as names of the notebook; those of generators are not. What
    `+=` changes is not listed as read. Strings with expressions in them become tuples, since older Pythons cannot
    write them all.
    """

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> Any:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp  # noqa: N815

    def visit_DictComp(self, node: ast.DictComp) -> Any:
        return self.generic_visit(ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators))

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        before = ast.Name(node.target.id, ast.Load())
        return ast.Assign([node.target], ast.BinOp(before, node.op, node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        return self.generic_visit(ast.Tuple(node.values, ast.Load()))

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        spec = [] if node.format_spec is None else [node.format_spec]
        return self.generic_visit(ast.Tuple([node.value, *spec], ast.Load()))


def classes(source: str) -> set[str]:
    """Names of the classes that a cell defines, wherever in it.

    Args:
        source: the cell's text; magics are fine.

    Returns:
        The names; none when the text is not Python.
    """
    return {node.name for node in ast.walk(_tree(source)) if isinstance(node, ast.ClassDef)}


def _tree(source: str) -> ast.Module:
    first, _, rest = source.lstrip().partition("\n")
    source = rest if first.split()[:1] in TRANSPARENT else source
    try:
        return ast.parse(str(TransformerManager().transform_cell(source)))
    except (SyntaxError, ValueError):  # ValueError: a NUL in the text
        return ast.Module([], [])

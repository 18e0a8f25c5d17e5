"""Small faults put into a reference answer, one at a time: what tests that are any good tell from the right answer.

Each change is one of the source's text, at the place that `ast` names, so what an author is shown is a line of the
answer with something else in it. Only what stands between the solution's markers is changed, and of that nothing that
tests cannot see: prints, messages of errors, docstrings.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

DROPPED = "dropped:"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

SIGNS: dict[type[ast.AST], list[str]] = {
    ast.Add: ["-"],
    ast.Sub: ["+"],
    ast.Mult: ["/"],
    ast.Div: ["*", "//"],
    ast.FloorDiv: ["/"],
    ast.Mod: ["*"],
    ast.Pow: ["*"],
    ast.MatMult: ["*"],
    ast.BitAnd: ["|"],
    ast.BitOr: ["&"],
    ast.Lt: ["<=", ">="],
    ast.LtE: ["<", ">"],
    ast.Gt: [">=", "<="],
    ast.GtE: [">", "<"],
    ast.Eq: ["!="],
    ast.NotEq: ["=="],
    ast.In: ["not in"],
    ast.NotIn: ["in"],
    ast.Is: ["is not"],
    ast.IsNot: ["is"],
    ast.And: ["or"],
    ast.Or: ["and"],
}
"""What an operator becomes."""
WRITTEN: dict[type[ast.AST], str] = {
    **{ast.Add: r"\+", ast.Sub: "-", ast.Mult: r"\*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: r"\*\*"},
    **{ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: r"\|", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="},
    **{ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: r"not\s+in", ast.Is: "is", ast.IsNot: r"is\s+not"},
    **{ast.And: "and", ast.Or: "or"},
}
OTHERS = {
    **{"sum": "mean", "mean": "sum", "max": "min", "min": "max", "amax": "amin", "amin": "amax"},
    **{"argmax": "argmin", "argmin": "argmax", "maximum": "minimum", "minimum": "maximum", "any": "all", "all": "any"},
    **{
        "std": "var",
        "var": "std",
        "median": "mean",
        "floor": "ceil",
        "ceil": "floor",
        "zeros": "ones",
        "ones": "zeros",
    },
    **{"zeros_like": "ones_like", "ones_like": "zeros_like", "cumsum": "cumprod", "prod": "sum", "dot": "multiply"},
    **{"reduce_sum": "reduce_mean", "reduce_mean": "reduce_sum", "reduce_max": "reduce_min", "append": "extend"},
    **{"hstack": "vstack", "vstack": "hstack", "log": "log2", "log2": "log", "sin": "cos", "cos": "sin"},
    **{"MaxPooling1D": "AveragePooling1D", "MaxPooling2D": "AveragePooling2D", "AveragePooling2D": "MaxPooling2D"},
    **{"GlobalMaxPooling1D": "GlobalAveragePooling1D", "GlobalAveragePooling1D": "GlobalMaxPooling1D"},
    **{"GlobalMaxPooling2D": "GlobalAveragePooling2D", "GlobalAveragePooling2D": "GlobalMaxPooling2D"},
    **{"LSTM": "GRU", "GRU": "LSTM", "SimpleRNN": "GRU", "most_common": "elements", "lower": "upper"},
    **{"intersection": "union", "union": "intersection", "add": "discard", "keys": "values", "values": "keys"},
}
"""The functions and layers that are mistaken for each other."""
INNER = {
    "abs",
    "sorted",
    "reversed",
    "round",
    "int",
    "sqrt",
    "exp",
    "log",
    "square",
    "absolute",
    "flip",
    "unique",
    "set",
}
"""Functions that are left out: f(x) becomes x."""
CHOSEN = {"max", "min", "maximum", "minimum", "clip", "pad", "roll", "where"}
"""Functions that give one of their arguments, or the first one changed: f(x, y) becomes x or y."""
STEPS = {"lower", "strip", "lstrip", "rstrip", "astype", "transpose", "flatten", "ravel", "reshape", "squeeze", "items"}
"""Methods that are left out: x.f(...) becomes x; the attribute T too."""
WORDS = {
    **{"same": "valid", "valid": "same", "relu": "linear", "sigmoid": "tanh", "tanh": "sigmoid", "softmax": "sigmoid"},
    **{"constant": "edge", "": "x", " ": ""},
}
WHOLE = {"zeros", "zeros_like", "ones", "ones_like", "empty", "full"}
"""Functions that make an array, which may be one of whole numbers."""
SILENT = {"name", "verbose", "seed", "random_state", "strict"}
"""Keywords whose values no test should have to tell apart."""
COMMUTE = {"max", "min", "maximum", "minimum", "add", "multiply", "isclose", "allclose", "array_equal", "gcd"}
"""Functions that do not mind in which order their arguments come."""


@dataclass(frozen=True)
class Mutant:
    """A cell's text with one small fault."""

    operator: str
    line: int
    """Of the cell, from 1."""
    before: str
    """The changed lines as they were."""
    after: str
    """The same lines with the fault; empty where they are dropped."""
    source: str

    @property
    def change(self) -> str:
        """The changed line without its indentation, or what was dropped: its name in a list of equivalent ones."""
        if self.operator == "dropped":
            return f"{DROPPED} {self.before.strip().splitlines()[0]}"
        return "\n".join(map(str.strip, self.after.splitlines()))

    @property
    def diff(self) -> str:
        """The change as a small diff."""
        lines = [
            *(f"- {line}" for line in self.before.splitlines()),
            *(f"+ {line}" for line in self.after.splitlines()),
        ]
        return "\n".join(lines)

    @property
    def digest(self) -> str:
        """A number in hexadecimals that is the same in each run."""
        return hashlib.sha256(self.source.encode()).hexdigest()


Edit = tuple[str, int, int, str]
"""An operator, from where to where, and the new text."""


def mutants(source: str) -> list[Mutant]:
    """Make all small faults of a cell that its text has room for.

    Args:
        source: the text of an answer's cell, with the solution's markers; without any, all of it is the solution.

    Returns:
        The mutants, in the order of their lines, each of another text; none where the text is not plain Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics
        return []
    text = _Text(source)
    seen, found = {ast.dump(tree)}, []
    for operator, start, end, new in sorted(_Faults(text, tree).edits(), key=lambda edit: edit[1]):
        changed = source[:start] + new + source[end:]
        try:
            same = ast.dump(ast.parse(changed))
            compile(changed, "<mutant>", "exec")
        except SyntaxError:
            continue
        if same not in seen:
            seen.add(same)
            found.append(_mutant(operator, source, changed))
    return found


def _mutant(operator: str, source: str, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    steps = [
        step for step in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if step[0] != "equal"
    ]
    first, last = steps[0], steps[-1]
    before, after = "\n".join(old[first[1] : last[2]]), "\n".join(new[first[3] : last[4]])
    return Mutant(operator, first[1] + 1, before, after, changed)


class _Text:
    """Turns the positions of `ast` (lines, and bytes within them) into those of the text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        start, end = self.span(node)
        return self.source[start:end]

    def whole_lines(self, first: int, last: int) -> tuple[int, int]:
        return self._starts[first - 1], self._starts[last]

    def solution(self) -> set[int]:
        """Return the lines of the solution."""
        marks = [line.strip() for line in self.lines]
        if not any(BEGIN in mark for mark in marks):
            return set(range(1, len(marks) + 1))
        inside, found = False, set[int]()
        for number, mark in enumerate(marks, 1):
            inside = (inside or BEGIN in mark) and END not in mark
            if inside:
                found.add(number)
        return found


class _Faults:
    """Goes through a cell and proposes changes; whoever asks sees which of them are Python, and new."""

    def __init__(self, text: _Text, tree: ast.Module) -> None:
        self.text, self.tree = text, tree
        self.lines = text.solution()
        self.parameters: list[list[str]] = []
        self.new = set[int]()  # lines of steps that give a name its first value
        self.bound = {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    def edits(self) -> Iterator[Edit]:
        yield from self._block(self.tree.body, set())

    # ---- statements

    def _block(self, body: list[ast.stmt], known: set[str]) -> Iterator[Edit]:
        """Propose changes to statements in order; `known` holds the names that have a value by then."""
        for before, step in zip([None, *body], body, strict=False):
            if before is not None:
                yield from self._moved(before, step)
                yield from self._order(before, step)
            if step.lineno in self.lines and self._is_worth_dropping(step, known):
                yield self._dropped(step, alone=len(body) == 1)
            match step:
                case ast.FunctionDef():
                    parameters = {argument.arg for argument in ast.walk(step.args) if isinstance(argument, ast.arg)}
                    for default in [*step.args.defaults, *(each for each in step.args.kw_defaults if each)]:
                        yield from self._expression(default)
                    self.parameters.append([each.arg for each in step.args.args])
                    yield from self._block(step.body, known | parameters)
                    self.parameters.pop()
                case ast.ClassDef():
                    yield from self._block(step.body, set(known))
                case ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom():
                    pass
                case ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    yield from self._statement(step, known)
            found = {
                node.id for node in ast.walk(step) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
            if found - known:
                self.new.add(step.lineno)
            known |= found

    def _statement(self, step: ast.stmt, known: set[str]) -> Iterator[Edit]:
        if isinstance(step, ast.If) and self._ours(step.test):
            yield ("condition", *self.text.span(step.test), "True")
        if isinstance(step, ast.If | ast.While) and self._ours(step.test):
            yield ("condition", *self.text.span(step.test), "False")
            yield from self._negated(step.test)
        if isinstance(step, ast.Break) and self._ours(step):
            yield ("loop", *self.text.span(step), "continue")
        if isinstance(step, ast.Continue) and self._ours(step):
            yield ("loop", *self.text.span(step), "break")
        if isinstance(step, ast.AugAssign) and self._ours(step):
            yield from self._sign(step.target, step.value, step.op, "=")
            start, end = self.text.span(step.target)[1], self.text.span(step.value)[0]
            yield ("arithmetic", start, end, re.sub(r"\S+=", "=", self.text.source[start:end]))
        for _, value in ast.iter_fields(step):
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, ast.expr):
                    yield from self._expression(part)
                elif isinstance(part, ast.withitem):
                    yield from self._expression(part.context_expr)
                elif isinstance(part, ast.ExceptHandler | ast.match_case):
                    yield from self._block(part.body, set(known))
        for name in ("body", "orelse", "finalbody"):
            yield from self._block(getattr(step, name, []), set(known))

    def _is_worth_dropping(self, step: ast.stmt, known: set[str]) -> bool:
        """Tell whether a cell without a statement could still run: a name that is never bound is no small fault."""
        alone = not self.text.source[: self.text.span(step)[0]].rpartition("\n")[2].strip()
        rest = self.text.source[self.text.span(step)[1] :].partition("\n")[0].strip()
        if not alone or (rest and not rest.startswith("#")):
            return False
        match step:
            case ast.Expr(value=ast.Call() as call):
                return not _is_print(call)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                targets = step.targets if isinstance(step, ast.Assign) else [step.target]
                named = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
                return named <= known
            case ast.For() | ast.While() | ast.With() | ast.Delete() | ast.Try() | ast.If():
                return True
        return False

    def _moved(self, first: ast.stmt, second: ast.stmt) -> Iterator[Edit]:
        """Propose to take a statement into the loop behind or before it, as a wrong indentation does."""
        lines, more = self.text.lines, "    "
        if second.lineno not in self.lines or first.lineno not in self.lines or self._shares_lines(first, second):
            return
        if isinstance(first, ast.For | ast.While) and not first.orelse and not isinstance(second, ast.FunctionDef):
            start, end = self.text.whole_lines(second.lineno, second.end_lineno or second.lineno)
            inner = " " * first.body[0].col_offset
            moved = [inner + line[second.col_offset :] for line in lines[second.lineno - 1 : second.end_lineno]]
            yield "indented", start, end, "".join(moved)
        if isinstance(second, ast.For | ast.While) and isinstance(first, ast.Assign):
            start, end = self.text.whole_lines(first.lineno, second.body[0].lineno - 1)
            between = lines[(first.end_lineno or first.lineno) : second.body[0].lineno - 1]
            moved = [more + line for line in lines[first.lineno - 1 : first.end_lineno]]
            yield "indented", start, end, "".join([*between, *moved])

    def _order(self, first: ast.stmt, second: ast.stmt) -> Iterator[Edit]:
        """Propose two steps the other way round, where both can run then and one sees what the other does."""
        simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)
        if not isinstance(first, simple) or not isinstance(second, simple) or self._shares_lines(first, second):
            return
        if second.lineno not in self.lines or first.lineno not in self.lines or first.lineno in self.new:
            return
        if not _depends(first, second):
            return
        start, middle = self.text.whole_lines(first.lineno, second.lineno - 1)
        _, end = self.text.whole_lines(second.lineno, second.end_lineno or second.lineno)
        source, stop = self.text.source, self.text.whole_lines(first.lineno, first.end_lineno or first.lineno)[1]
        last = source[middle:end] if source[:end].endswith("\n") else f"{source[middle:end]}\n"
        yield "order", start, end, last + source[stop:middle] + source[start:stop]

    def _shares_lines(self, first: ast.stmt, second: ast.stmt) -> bool:
        body = getattr(second, "body", None)
        return first.end_lineno == second.lineno or (isinstance(body, list) and body[0].lineno == second.lineno)

    def _dropped(self, step: ast.stmt, *, alone: bool) -> Edit:
        assert step.end_lineno is not None
        start, end = self.text.whole_lines(step.lineno, step.end_lineno)
        indent = " " * step.col_offset
        return "dropped", start, end, f"{indent}pass\n" if alone else ""

    # ---- expressions

    def _expression(self, node: ast.expr) -> Iterator[Edit]:
        if isinstance(node, ast.JoinedStr) or _is_print(node):
            return
        if self._ours(node):
            proposals: dict[type[ast.expr], Callable[..., Iterator[Edit]]] = {
                ast.BinOp: self._binary,
                ast.BoolOp: self._logical,
                ast.Compare: self._comparison,
                ast.UnaryOp: self._unary,
                ast.Constant: self._constant,
                ast.IfExp: self._choice,
                ast.Call: self._call,
                ast.Subscript: self._subscript,
                ast.Attribute: self._attribute,
                ast.Name: self._name,
                ast.Tuple: lambda each: self._swaps("swapped", each.elts),
                ast.List: lambda each: self._swaps("swapped", each.elts),
                ast.Dict: lambda each: self._swaps("swapped", each.values),
            }
            if not isinstance(getattr(node, "ctx", None), ast.Store) or isinstance(node, ast.Subscript):
                yield from proposals.get(type(node), _nothing)(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return  # a number with its sign is one thing
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                yield from self._expression(part)
            elif isinstance(part, ast.keyword) and part.arg not in {*SILENT, "axis"}:
                yield from self._expression(part.value)
            elif isinstance(part, ast.comprehension):
                yield from self._expression(part.iter)
                for test in part.ifs:
                    yield ("condition", *self.text.span(test), "True")
                    yield from self._negated(test)
                    yield from self._expression(test)

    def _ours(self, node: ast.expr | ast.stmt) -> bool:
        return node.lineno in self.lines

    def _binary(self, node: ast.BinOp) -> Iterator[Edit]:
        yield from self._sign(node.left, node.right, node.op)
        yield ("operand", *self.text.span(node), self._held(node.left))
        if not isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow):
            yield ("operand", *self.text.span(node), self._held(node.right))

    def _logical(self, node: ast.BoolOp) -> Iterator[Edit]:
        for left, right in pairwise(node.values):
            yield from self._sign(left, right, node.op)
        if len(node.values) == 2:
            for value in node.values:
                yield ("logical", *self.text.span(node), self._held(value))

    def _comparison(self, node: ast.Compare) -> Iterator[Edit]:
        for (left, right), sign in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            yield from self._sign(left, right, sign)

    def _sign(self, left: ast.expr, right: ast.expr, sign: ast.AST, after: str = "") -> Iterator[Edit]:
        """Propose other signs in place of one between two expressions."""
        kind = (
            "logical"
            if isinstance(sign, ast.boolop | ast.BitAnd | ast.BitOr)
            else "comparison"
            if isinstance(sign, ast.cmpop)
            else "arithmetic"
        )
        start, end = self.text.span(left)[1], self.text.span(right)[0]
        between = re.sub(r"#.*", lambda comment: " " * len(comment[0]), self.text.source[start:end])
        found = re.search(WRITTEN.get(type(sign), "(?!)") + re.escape(after), between)
        if found:
            for new in SIGNS[type(sign)]:
                yield kind, start + found.start(), start + found.end(), new + after

    def _unary(self, node: ast.UnaryOp) -> Iterator[Edit]:
        span = self.text.span(node)
        yield ("logical" if isinstance(node.op, ast.Not) else "sign", *span, self._held(node.operand))
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            news = [new for new in _numbers(node.operand.value) if new != "0" and not self._is_size(node)]
            yield from (("constant", *span, f"-{new}") for new in news)

    def _is_size(self, node: ast.UnaryOp) -> bool:
        """Tell whether a negative number is the size of an axis that is to be worked out: any other is as good."""
        return bool(re.search(r"(reshape|Reshape)\(([^()]|\([^()]*\))*$", self.text.source[: self.text.span(node)[0]]))

    def _constant(self, node: ast.Constant) -> Iterator[Edit]:
        new = [WORDS[node.value]] if isinstance(node.value, str) and node.value in WORDS else []
        span = self.text.span(node)
        yield from (("word", *span, f'"{word}"') for word in new)
        yield from (("constant", *span, number) for number in _numbers(node.value))

    def _choice(self, node: ast.IfExp) -> Iterator[Edit]:
        for value in (node.body, node.orelse):
            yield ("condition", *self.text.span(node), self._held(value))
        yield from self._negated(node.test)

    def _negated(self, test: ast.expr) -> Iterator[Edit]:
        if not isinstance(test, ast.Compare | ast.UnaryOp):  # these have opposites of their own
            yield ("condition", *self.text.span(test), f"not {self._held(test)}")

    def _call(self, node: ast.Call) -> Iterator[Edit]:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in COMMUTE:
            yield from self._swaps("arguments", node.args)
        if called in INNER and len(node.args) == 1 and not node.keywords:
            yield ("left out", *self.text.span(node), self._held(node.args[0]))
        if called in CHOSEN and len(node.args) > 1 and not any(isinstance(each, ast.Starred) for each in node.args):
            chosen = node.args[1:] if called == "where" else node.args[:2] if called in COMMUTE else node.args[:1]
            yield from (("left out", *self.text.span(node), self._held(each)) for each in chosen)
        if called in STEPS and isinstance(node.func, ast.Attribute):
            yield ("left out", *self.text.span(node), self._held(node.func.value))
        if called in ("range", "arange"):
            for argument, more in zip(node.args, ["- 1"] if len(node.args) == 1 else ["+ 1", "- 1"], strict=False):
                yield from self._off_by_one(argument, more)
        if called in WHOLE and node.args and all(keyword.arg != "dtype" for keyword in node.keywords):
            end = self.text.span(node)[1]
            yield "dtype", end - 1, end, ", dtype=int)"
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg in SILENT or keyword.value.lineno not in self.lines:
                continue
            yield self._without(node, keyword)
            if keyword.arg == "axis":
                yield from self._axis(keyword.value)

    def _without(self, node: ast.Call, keyword: ast.keyword) -> Edit:
        """Propose a call without one of its keywords, and the comma before or after it."""
        start, end = self.text.span(keyword)
        opened = self.text.span(node.func)[1]
        before = self.text.source[opened:start]
        if "," in before:
            return "keyword", opened + before.rindex(","), end, ""
        rest = re.match(r"\s*,\s*", self.text.source[end:])
        return "keyword", start, end + (rest.end() if rest else 0), ""

    def _axis(self, value: ast.expr) -> Iterator[Edit]:
        span = self.text.span(value)
        if isinstance(value, ast.Tuple):
            kept = [self.text.of(each) for each in value.elts]
            yield from (("axis", *span, one) for one in kept)
        else:
            yield "axis", *span, "1" if self.text.of(value) == "0" else "0"  # the last one is often 1 as well as -1

    def _subscript(self, node: ast.Subscript) -> Iterator[Edit]:
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            if isinstance(part, ast.Name):
                yield from self._off_by_one(part, "- 1")
            if isinstance(part, ast.Slice):
                yield from self._bounds(part)

    def _bounds(self, part: ast.Slice) -> Iterator[Edit]:
        start, end = self.text.span(part)
        if part.step and part.upper is None and part.lower is None:
            yield "bounds", start, end, ":"
        elif part.step:
            text = self.text.source[start : self.text.span(part.step)[0]]
            yield "bounds", start, end, text.rstrip().removesuffix(":").rstrip()
        for bound, more in ((part.lower, "+ 1"), (part.upper, "- 1")):
            if bound is not None:
                yield from self._off_by_one(bound, more)
                yield ("bounds", *self.text.span(bound), "")

    def _off_by_one(self, node: ast.expr, more: str) -> Iterator[Edit]:
        """Propose a bound that is one off, where no number in it is changed anyway."""
        if self._ours(node) and not any(
            isinstance(each, ast.Constant) and type(each.value) is int for each in ast.walk(node)
        ):
            sums = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
            yield ("bounds", *self.text.span(node), f"{self.text.of(node) if sums else self._held(node)} {more}")

    def _attribute(self, node: ast.Attribute) -> Iterator[Edit]:
        start, end = self.text.span(node)
        if node.attr == "T":
            yield "left out", start, end, self._held(node.value)
        if node.attr in OTHERS:
            yield "function", end - len(node.attr), end, OTHERS[node.attr]

    def _name(self, node: ast.Name) -> Iterator[Edit]:
        if node.id in OTHERS and node.id not in self.bound:
            yield ("function", *self.text.span(node), OTHERS[node.id])
        others = self.parameters[-1] if self.parameters else []
        if node.id in others and len(others) > 1:
            yield from (("variable", *self.text.span(node), other) for other in others if other != node.id)

    def _swaps(self, operator: str, nodes: Iterable[ast.expr]) -> Iterator[Edit]:
        for left, right in pairwise(nodes):
            starred = isinstance(left, ast.Starred) or isinstance(right, ast.Starred)
            if starred or not self._ours(left) or not self._ours(right):
                continue
            (start, middle), (other, end) = self.text.span(left), self.text.span(right)
            source = self.text.source
            yield operator, start, end, source[other:end] + source[middle:other] + source[start:middle]

    def _held(self, node: ast.expr) -> str:
        """Return the text of an expression, in parentheses if it could fall apart in another place."""
        text = self.text.of(node)
        whole = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.Constant)
        alone = isinstance(node, whole) or (isinstance(node, ast.Tuple) and text.startswith("("))
        return text if alone else f"({text})"


def _numbers(value: object) -> list[str]:
    """Other numbers in place of one."""
    if isinstance(value, bool):
        return [str(not value)]
    if isinstance(value, int):
        return [str(value + 1), *([str(value - 1)] if value > 0 else [])]
    if isinstance(value, float):
        return [repr(2 * value) if value else "1.0"]
    return []


def _depends(first: ast.stmt, second: ast.stmt) -> bool:
    """Tell whether one of two steps may change what the other reads, or both the same thing."""
    read, changed = [], []
    for step in (first, second):
        found = [node for node in ast.walk(step) if isinstance(node, ast.Name)]
        inner = [node.value for node in ast.walk(step) if isinstance(node, ast.Attribute | ast.Subscript)]
        targets = step.targets if isinstance(step, ast.Assign) else [getattr(step, "target", step)]
        parts = [node for target in targets for node in ast.walk(target) if node in inner or target is step]
        read.append({node.id for node in found})
        changed.append(
            {node.id for node in [*found, *parts] if isinstance(node, ast.Name) and _is_changed(node, parts)}
        )
    return bool(changed[0] & read[1] or changed[1] & read[0])


def _is_changed(node: ast.Name, parts: list[ast.AST]) -> bool:
    return isinstance(node.ctx, ast.Store) or node in parts


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def _nothing(_: ast.expr) -> Iterator[Edit]:
    yield from ()

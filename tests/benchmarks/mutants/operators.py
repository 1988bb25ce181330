"""Small changes that make a module wrong, each as a piece of its text and what replaces it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
}
_SWAPPED = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
    "maximum": "minimum", "argmin": "argmax", "argmax": "argmin",
}  # fmt: skip
_WORDS = {"EXTRA": "FULL", "= ON": "= OFF", "= OFF": "= ON", "IMMEDIATE": "DEFERRED"}


@dataclass(frozen=True)
class Mutant:
    """One change of one module.

    Attributes:
        path: of the module, relative to the tree.
        line: where the piece begins, from 1.
        kind: what is changed.
        start: place of the piece in the text, characters.
        before: the piece.
        after: what replaces it.
    """

    path: str
    line: int
    kind: str
    start: int
    before: str
    after: str

    @property
    def name(self) -> str:
        """What tells it from all others, for people and for the file of results."""
        before, after = (" ".join(text.split())[:70] for text in (self.before, self.after))
        return f"{self.path}:{self.line} {self.kind}: {before} → {after}"

    def applied(self, text: str) -> str:
        """The text of the module with the change."""
        end = self.start + len(self.before)
        assert text[self.start : end] == self.before
        return text[: self.start] + self.after + text[end:]


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """All small changes of a module that still is Python.

    Args:
        path: for the names.
        text: the module.
    """
    places = [0]
    for line in text.splitlines(keepends=True):
        places.append(places[-1] + len(line))
    lines = text.splitlines()

    def place(line: int, column: int) -> int:
        before = lines[line - 1].encode()[:column].decode()
        return places[line - 1] + len(before)

    for node in _looked_at(ast.parse(text)):
        if not isinstance(node, (ast.expr, ast.stmt)) or node.end_lineno is None:
            continue
        first = place(node.lineno, node.col_offset)
        piece = text[first : place(node.end_lineno, node.end_col_offset or 0)]
        for kind, after in _changes(node):
            if after != piece:
                yield Mutant(path, node.lineno, kind, first, piece, after)


def _looked_at(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose change is one of behaviour: no words for people, types, imports, decorators."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_comment"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Raise)):
                continue
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if isinstance(child, ast.AST):
                yield child
                yield from _looked_at(child)


def _changes(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield "arithmetic", _with(node, op=_ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "boolean", _with(node, op=other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "boolean", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.IfExp):
        yield "boolean", _with(node, body=node.orelse, orelse=node.body)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.stmt):
        yield from _statements(node)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for k, op in enumerate(node.ops):
        for other in _COMPARE[type(op)]:
            yield "comparison", _with(node, ops=[*node.ops[:k], other(), *node.ops[k + 1 :]])
    for k, right in enumerate(node.comparators):
        if isinstance(right, ast.Constant) and isinstance(right.value, str):
            longer = ast.Constant(right.value + "x")
            changed = [*node.comparators[:k], longer, *node.comparators[k + 1 :]]
            yield "text", _with(node, comparators=changed)


def _constants(node: ast.Constant) -> Iterator[tuple[str, str]]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", repr(not value)
    elif isinstance(value, (int, float)):
        yield "constant", repr(value * 100 if value else 1)
        yield "constant", repr(value + 1 if isinstance(value, int) else value / 100)
    elif isinstance(value, str):
        for word, other in _WORDS.items():
            if word in value:
                yield "text", repr(value.replace(word, other))


def _calls(node: ast.Call) -> Iterator[tuple[str, str]]:
    called = node.func
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    if name in _SWAPPED:
        swapped: ast.expr = ast.Name(_SWAPPED[name])
        if isinstance(called, ast.Attribute):
            swapped = ast.Attribute(called.value, _SWAPPED[name])
        yield "min and max", _with(node, func=swapped)
    if name in {"sorted", "reversed"} and node.args:
        yield "order", f"list({ast.unparse(node.args[0])})"
    if name == "sorted":
        yield "order", f"list(reversed({ast.unparse(node)}))"


def _statements(node: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.If):
        negated = copy.copy(node)
        negated.test = ast.UnaryOp(ast.Not(), node.test)
        yield "negated", _indented(negated, node.col_offset)
        if not node.orelse:
            yield "dropped", "pass"
    elif isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Expr) and not isinstance(node.value, (ast.Constant, ast.Yield))
    ):
        yield "dropped", "pass"
    elif isinstance(node, ast.For):
        yield "dropped", "pass"
        yield "early end", _indented(_ending(node), node.col_offset)
    elif isinstance(node, ast.Return) and node.value is not None:
        yield "early return", "return None"


def _ending(node: ast.For) -> ast.For:
    """A loop that ends after its first turn."""
    once = copy.copy(node)
    once.body = [*node.body, ast.Break()]
    return once


def _with(node: ast.expr, **fields: object) -> str:
    """The text of an expression with other fields, in brackets."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return f"({ast.unparse(other)})"


def _indented(node: ast.stmt, column: int) -> str:
    """The text of a statement whose first line is in place already."""
    return ("\n" + " " * column).join(ast.unparse(ast.fix_missing_locations(node)).splitlines())

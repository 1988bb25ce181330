"""The small language of constraints: ``solid_content * coating_gap <= 15000``.

Factors and givens, decimal numbers, ``+ - * / **``, brackets, ``min max abs`` and exactly one of
``<= < >= >``. Every word and its place are checked here, so that every mistake gets a sentence;
Python's own parser then only finds out what binds closer, and of its tree a few kinds of node are
taken over. No code of a file is ever run. What a parsed expression means is in ``expression_tree``.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
from dataclasses import dataclass
from typing import Final

from designer.campaigns.space.expression_tree import Comparator, Comparison, Node

MOST_CHARACTERS: Final = 500
"""Longest expression (assumption: longer ones are accidents or attacks)."""
MOST_DEPTH: Final = 50
"""Deepest nesting, so that recursion stays far below Python's limit."""

_WORD: Final = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<function>(?:min|max|abs)(?![A-Za-z0-9_]))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<wrong>==|!=|<>|=<|=>|=|//|&&|\|\||[\^%&|!≤≥≠·×÷−²³\"'\[\]{}:;])"
    r"|(?P<compare><=|>=|<|>)"
    r"|(?P<infix>\*\*|[*/,)])"
    r"|(?P<sign>[-+])"
    r"|(?P<bracket>\()"
)
_EQUALITY: Final = (
    "has an equality, which no measured setting ever meets exactly",
    "For fractions that sum to a total use [[mixture]]; to fix a factor leave it out or use --fix;"
    " for a narrow band write two constraints with <= and >=",
)
_WRITE: Final = {
    "≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "^": "**", "·": "*", "×": "*", "÷": "/",
    "−": "-", "²": "**2", "³": "**3",
}  # fmt: skip
_CATEGORY: Final = (
    "compares text",
    'For a constraint on some categories only use when = { binder = ["PVDF-B"] }',
)
_COMPARATORS: Final[dict[type[ast.cmpop], Comparator]] = {
    ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">",
}  # fmt: skip
_OPERATORS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
}  # fmt: skip


class ExpressionError(ValueError):
    """What is wrong with an expression.

    Attributes:
        what: one clause.
        hint: what to write instead, or None.
    """

    def __init__(self, what: str, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def parse(text: str) -> Comparison:
    """Parses one constraint.

    Args:
        text: the expression as written.

    Returns:
        Its tree. Names are not looked up here.

    Raises:
        ExpressionError: a sentence saying what is wrong and, where one helps, a hint.
    """
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"has {len(text)} characters; at most {MOST_CHARACTERS} are allowed")
    words = _words(text)
    _check_order(words)
    _check_nesting(words)
    tree = ast.parse(" ".join(word.python for word in words), mode="eval").body
    if not isinstance(tree, ast.Compare):
        raise ExpressionError("has no comparison: write one of <= < >= >")
    if len(tree.ops) > 1:
        raise ExpressionError("has two comparisons", "Write two constraints, one comparison each")
    left, right = _node(tree.left), _node(tree.comparators[0])
    if max(left.depth(), right.depth()) > 2 * MOST_DEPTH:
        raise ExpressionError(f"is nested too deeply; at most {2 * MOST_DEPTH} operations in a row")
    return Comparison(left, _COMPARATORS[type(tree.ops[0])], right)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of an expression: a number, function, name, compare, infix, sign or bracket."""

    kind: str
    text: str
    position: int

    @property
    def place(self) -> str:
        """The word and where it stands, for messages."""
        return f"'{self.text}' at character {self.position + 1}"

    @property
    def ends_value(self) -> bool:
        """Whether a value ends with it."""
        return self.kind in ("number", "name") or self.text == ")"

    @property
    def python(self) -> str:
        """As Python shall read it: any name is a name (``in``), any number a float (``007``)."""
        if self.kind == "number":
            return repr(float(self.text))
        return f"_{self.text}" if self.kind == "name" else self.text


_START: Final = _Word("start", "", 0)
_END: Final = _Word("end", "", 0)


def _words(text: str) -> list[_Word]:
    """Splits an expression into words, refusing everything that is not part of the language."""
    words: list[_Word] = []
    position = 0
    while position < len(text):
        match = _WORD.match(text, position)
        kind, word = (match.lastgroup or "", match.group()) if match else ("wrong", text[position])
        if kind == "wrong":
            raise _unknown(word, position)
        if kind == "name" and word in ("and", "or", "not", "if", "else"):
            raise ExpressionError(f"'{word}' is not part of the language", "Write two constraints")
        if kind == "number" and not math.isfinite(float(word)):
            raise ExpressionError(f"the number {word} is too large")
        if kind != "space":
            words.append(_Word(kind, word, position))
        position += len(word)
    return words


def _unknown(word: str, position: int) -> ExpressionError:
    if word in ("==", "=", "!=", "<>", "≠"):
        return ExpressionError(*_EQUALITY)
    if word in ('"', "'"):
        return ExpressionError(*_CATEGORY)
    hint = f"Write {_WRITE[word]}" if word in _WRITE else None
    what = f"{word!r} at character {position + 1} is not part of the language"
    return ExpressionError(what, hint)


def _check_order(words: list[_Word]) -> None:
    """Values and operators must take turns; a sign may stand before a value too."""
    for last, word in itertools.pairwise([_START, *words, _END]):
        if last.kind == "function" and word.kind != "bracket":
            raise ExpressionError(f"{last.text} needs brackets: {last.text}(…)")
        starts_value = word.kind in ("number", "name", "function", "bracket")
        if last.ends_value and starts_value:
            if last.text == ")" or word.kind == "bracket":
                raise ExpressionError(f"{word.place} is not expected there")
            raise ExpressionError(
                f"an operator is missing between '{last.text}' and '{word.text}'",
                f"Write {last.text} * {word.text} for a product",
            )
        if not last.ends_value and not starts_value and word.kind != "sign":
            if word is _END:
                raise ExpressionError("ends too early: a number, name or bracket is missing")
            raise ExpressionError(
                f"{word.place} is not expected there: a number, name or bracket is"
            )


def _check_nesting(words: list[_Word]) -> None:
    """Brackets must close, hold no comparison, and not be nested too deeply.

    What stands after a sign or ``**`` is one level deeper too, until the next other operator.
    """
    calls, levels = [False], [0]  # of every open bracket: is it a call's; signs and powers in it
    for last, word in itertools.pairwise([_START, *words]):
        if word.kind == "bracket":
            calls.append(last.kind == "function")
            levels.append(0)
        elif word.text == ")":
            calls.pop()
            levels.pop()
            if not levels:
                raise ExpressionError(f"{word.place} is not expected there")
        elif word.kind == "compare" and len(levels) > 1:
            raise ExpressionError(f"a bracket is not closed before {word.place}")
        elif word.text == "," and not calls[-1]:
            hint = "Write decimals with a point: 1.5"
            raise ExpressionError(f"{word.place} is not expected there", hint)
        elif word.text == "**" or (word.kind == "sign" and not last.ends_value):
            levels[-1] += 1
        elif word.kind in ("compare", "infix", "sign"):
            levels[-1] = 0
        if len(levels) - 1 + sum(levels) > MOST_DEPTH:
            raise ExpressionError(f"is nested too deeply; at most {MOST_DEPTH} levels are allowed")
    if len(levels) > 1:
        raise ExpressionError("a bracket is not closed before the end")


def _node(tree: ast.expr) -> Node:
    """Takes over the kinds of node that the language has, and no other."""
    match tree:
        case ast.Constant(value=float(number)):
            return Node("number", value=number)
        case ast.Name(id=name):
            return Node("name", name=name[1:])
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _node(inner)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return Node("neg", (_node(inner),))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return Node(_OPERATORS[type(operator)], (_node(left), _node(right)))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            if function == "abs" and len(arguments) != 1:
                raise ExpressionError("abs takes one value")
            if function != "abs" and len(arguments) < 2:
                raise ExpressionError(f"{function} takes two or more values, separated by commas")
            return Node(function, tuple(map(_node, arguments)))
    raise ExpressionError("is not part of the language")

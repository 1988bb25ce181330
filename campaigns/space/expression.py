"""The small language of constraints: ``solid_content * coating_gap <= 15000``.

Factors and givens, decimal numbers, ``+ - * / **``, brackets, ``min max abs`` and exactly one of
``<= < >= >``. Our own tokeniser and parser: no code of a file is ever run, and every mistake gets
a sentence. What a parsed expression means is in ``expression_tree``.
"""

from __future__ import annotations

from typing import Final

from designer.campaigns.space.expression_tree import Comparator, Comparison, Node
from designer.campaigns.space.expression_words import ExpressionError, Token, tokens

MOST_CHARACTERS: Final = 500
"""Longest expression (assumption: longer ones are accidents or attacks)."""
MOST_DEPTH: Final = 50
"""Deepest nesting, so that recursion stays far below Python's limit."""

_COMPARATORS: Final[dict[str, Comparator]] = {"<=": "<=", "<": "<", ">=": ">=", ">": ">"}


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
    parser = _Parser(tokens(text))
    left = parser.sum()
    comparator = parser.next_token()
    if comparator is None:
        raise ExpressionError("has no comparison: write one of <= < >= >")
    if comparator.kind != "compare":
        raise ExpressionError(f"'{comparator.text}' {comparator.place} is not expected there")
    right = parser.sum()
    rest = parser.next_token()
    if rest is not None and rest.kind == "compare":
        raise ExpressionError("has two comparisons", "Write two constraints, one comparison each")
    if rest is not None:
        hint = "Write decimals with a point: 1.5" if rest.text == "," else None
        raise ExpressionError(f"'{rest.text}' {rest.place} is not expected there", hint)
    comparison = Comparison(left, _COMPARATORS[comparator.text], right)
    if max(left.depth(), right.depth()) > 2 * MOST_DEPTH:
        raise ExpressionError(f"is nested too deeply; at most {2 * MOST_DEPTH} operations in a row")
    return comparison


class _Parser:
    """Recursive descent: sum → product → sign → power → atom."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._open = 0

    def next_token(self) -> Token | None:
        """Takes the next token."""
        token = self._peek()
        self._at += 1
        return token

    def sum(self) -> Node:
        """A sum: product (('+' | '-') product)*."""
        node = self._product()
        while (operator := self._accept("+", "-")) is not None:
            node = Node(operator, (node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._sign()
        while (operator := self._accept("*", "/")) is not None:
            node = Node(operator, (node, self._sign()))
        return node

    def _sign(self) -> Node:
        """As in Python, -x**2 is -(x**2) and 2**-1 is allowed."""
        operator = self._accept("+", "-")
        if operator is None:
            return self._power()
        self._deeper()
        inner = self._sign()
        self._open -= 1
        return Node("neg", (inner,)) if operator == "-" else inner

    def _power(self) -> Node:
        base = self._atom()
        if self._accept("**") is None:
            return base
        self._deeper()
        exponent = self._sign()
        self._open -= 1
        return Node("**", (base, exponent))

    def _atom(self) -> Node:
        token = self.next_token()
        if token is None:
            raise ExpressionError("ends too early: a number, name or bracket is missing")
        if token.kind == "number":
            return Node("number", value=float(token.text))
        if token.kind == "name" and token.text in ("min", "max", "abs"):
            return self._call(token.text)
        if token.kind == "name":
            return Node("name", name=token.text)
        if token.text == "(":
            self._deeper()
            node = self.sum()
            self._close()
            return node
        raise ExpressionError(
            f"'{token.text}' {token.place} is not expected there: a number, name or bracket is"
        )

    def _call(self, function: str) -> Node:
        if self._accept("(") is None:
            raise ExpressionError(f"{function} needs brackets: {function}(…)")
        self._deeper()
        arguments = [self.sum()]
        while self._accept(",") is not None:
            arguments.append(self.sum())
        self._close()
        if function == "abs" and len(arguments) != 1:
            raise ExpressionError("abs takes one value")
        if function != "abs" and len(arguments) < 2:
            raise ExpressionError(f"{function} takes two or more values, separated by commas")
        return Node(function, tuple(arguments))

    def _peek(self) -> Token | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _accept(self, *texts: str) -> str | None:
        token = self._peek()
        if token is None or token.kind != "sign" or token.text not in texts:
            return None
        self._at += 1
        return token.text

    def _deeper(self) -> None:
        self._open += 1
        if self._open > MOST_DEPTH:
            raise ExpressionError(f"is nested too deeply; at most {MOST_DEPTH} levels are allowed")

    def _close(self) -> None:
        if self._accept(")") is None:
            token = self._peek()
            before = "the end" if token is None else f"'{token.text}' {token.place}"
            raise ExpressionError(f"a bracket is not closed before {before}")
        self._open -= 1

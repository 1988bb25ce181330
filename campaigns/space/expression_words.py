"""Splits a constraint into words, and explains what is not part of the language."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<wrong>==|!=|<>|=<|=>|=|//|&&|\|\||[\^%&|!≤≥≠·×÷−²³\"'\[\]{}:;])"
    r"|(?P<compare><=|>=|<|>)"
    r"|(?P<sign>\*\*|[-+*/(),])"
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


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression."""

    kind: str  # number, name, compare or sign
    text: str
    position: int

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"at character {self.position + 1}"


def tokens(text: str) -> list[Token]:
    """Splits an expression into words.

    Raises:
        ExpressionError: for anything that is not part of the language.
    """
    words: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(
                f"{text[position]!r} at character {position + 1} is not part of the language"
            )
        kind, word = match.lastgroup, match.group()
        if kind == "wrong":
            raise _wrong(word, position)
        if kind == "name" and word in ("and", "or", "not", "if", "else"):
            raise ExpressionError(f"'{word}' is not part of the language", "Write two constraints")
        if kind == "number" and not math.isfinite(float(word)):
            raise ExpressionError(f"the number {word} is too large")
        if kind is not None and kind != "space":
            words.append(Token(kind, word, position))
        position = match.end()
    _check_neighbours(words)
    return words


def _wrong(word: str, position: int) -> ExpressionError:
    if word in ("==", "=", "!=", "<>", "≠"):
        return ExpressionError(*_EQUALITY)
    if word in ('"', "'"):
        return ExpressionError(*_CATEGORY)
    hint = f"Write {_WRITE[word]}" if word in _WRITE else None
    return ExpressionError(
        f"'{word}' at character {position + 1} is not part of the language", hint
    )


def _check_neighbours(words: list[Token]) -> None:
    """Two values side by side: a forgotten operator."""
    for first, second in itertools.pairwise(words):
        if first.kind in ("number", "name") and second.kind in ("number", "name"):
            raise ExpressionError(
                f"an operator is missing between '{first.text}' and '{second.text}'",
                f"Write {first.text} * {second.text} for a product",
            )

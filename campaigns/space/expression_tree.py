"""A parsed constraint: its tree, and what it says about one recipe.

One traversal (:meth:`Comparison.signed_terms`) serves three algebras: plain floats here, numpy
columns in ``constraints``, intervals in ``intervals``.

A value that does not exist (division by zero, root of a negative number, overflow) makes the
constraint not satisfied, without a warning. A difference within 1e-9 of the size of the terms
counts as equality, so ``0.1 + 0.2 <= 0.3`` holds as on paper.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypeVar

BORDER: Final = 1e-9
"""Relative width of the border (assumption: float noise is smaller, machine steps are larger)."""

OPERATORS: Final[Mapping[str, Callable[..., Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "**": operator.pow, "neg": operator.neg, "abs": abs, "min": min, "max": max,
}  # fmt: skip
"""What the operators and functions do with floats; all but ``**``, min, max with columns too."""

Comparator = Literal["<=", "<", ">=", ">"]
_V = TypeVar("_V")


@dataclass(frozen=True)
class Algebra(Generic[_V]):
    """What an expression can be evaluated over.

    Attributes:
        number: a number as a value.
        apply: one of + - * / ** on two values, neg or abs of one, min or max of two or more.
    """

    number: Callable[[float], _V]
    apply: Callable[[str, list[_V]], _V]


@dataclass(frozen=True, slots=True)
class Node:
    """One node: a number, a name, or an operator (``neg + - * / ** min max abs``) on parts."""

    operator: str
    parts: tuple[Node, ...] = ()
    value: float = 0.0
    name: str = ""

    def evaluate(self, algebra: Algebra[_V], lookup: Callable[[str], _V]) -> _V:
        """The value of this node in the given algebra."""
        if self.operator == "number":
            return algebra.number(self.value)
        if self.operator == "name":
            return lookup(self.name)
        return algebra.apply(self.operator, [p.evaluate(algebra, lookup) for p in self.parts])

    def names(self) -> Iterator[str]:
        """The names in it, in order of appearance, with repetitions."""
        if self.operator == "name":
            yield self.name
        for part in self.parts:
            yield from part.names()

    def depth(self) -> int:
        """Longest way down to a leaf."""
        return 1 + max((part.depth() for part in self.parts), default=0)


@dataclass(frozen=True)
class Comparison:
    """A parsed constraint ``left comparator right``."""

    left: Node
    comparator: Comparator
    right: Node

    @property
    def names(self) -> tuple[str, ...]:
        """Names used, each once, in order of appearance."""
        return tuple(dict.fromkeys([*self.left.names(), *self.right.names()]))

    @property
    def upper(self) -> bool:
        """True for ``<`` and ``<=``: the left side is bounded from above."""
        return self.comparator in ("<", "<=")

    @property
    def strict(self) -> bool:
        """True for ``<`` and ``>``: the border itself is outside."""
        return self.comparator in ("<", ">")

    def signed_terms(
        self, algebra: Algebra[_V], lookup: Callable[[str], _V]
    ) -> Iterator[tuple[bool, _V]]:
        """The summands of ``left - right``: whether it is subtracted, and its value.

        Their sizes give the scale of the border.
        """
        for subtracted, side in ((False, self.left), (True, self.right)):
            for node in summands(side):
                yield subtracted, node.evaluate(algebra, lookup)

    def excess(self, lookup: Callable[[str], float]) -> tuple[float, float]:
        """How far one recipe is beyond the border (negative: within), and the size of the terms."""
        total = scale = 0.0
        for subtracted, value in self.signed_terms(PLAIN, lookup):
            total += -value if subtracted else value
            scale += abs(value)
        return total if self.upper else -total, scale

    def holds_for(self, lookup: Callable[[str], float]) -> bool:
        """Whether it holds for one recipe, in plain floats."""
        excess, scale = self.excess(lookup)
        if not math.isfinite(excess):
            return False
        return excess < -BORDER * scale if self.strict else excess <= BORDER * scale


def _plain(sign: str, values: list[float]) -> float:
    """One of the operators and functions on floats; nan stays nan."""
    if any(map(math.isnan, values)):
        return math.nan  # also for nan ** 0, which Python calls 1
    try:
        result = OPERATORS[sign](*values)
    except (ArithmeticError, ValueError):
        return math.nan
    return result if isinstance(result, float) and math.isfinite(result) else math.nan


PLAIN: Final = Algebra[float](float, _plain)
"""Plain floats; a value that does not exist is nan."""


def summands(node: Node, negative: bool = False) -> list[Node]:
    """Splits ``a + b - c`` into a, b, -c so that the border can be scaled by their sizes."""
    if node.operator in ("+", "-"):
        a, b = node.parts
        return [*summands(a, negative), *summands(b, negative ^ (node.operator == "-"))]
    if node.operator == "neg":
        return summands(node.parts[0], not negative)
    return [Node("neg", (node,)) if negative else node]

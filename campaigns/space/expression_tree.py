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
from typing import Any, Final, Generic, Literal, Protocol, TypeVar

BORDER: Final = 1e-9
"""Relative width of the border (assumption: float noise is smaller, machine steps are larger)."""

OPERATORS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "**": operator.pow,
}  # fmt: skip
"""What the operators do with floats and with columns."""

Comparator = Literal["<=", "<", ">=", ">"]
_V = TypeVar("_V")


class Algebra(Protocol[_V]):
    """What an expression can be evaluated over."""

    def number(self, value: float) -> _V:
        """A number as a value."""
        ...

    def negative(self, a: _V) -> _V:
        """-a."""
        ...

    def binary(self, sign: str, a: _V, b: _V) -> _V:
        """One of + - * / **."""
        ...

    def call(self, function: str, arguments: list[_V]) -> _V:
        """Min or max of two or more values, abs of one."""
        ...


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
        values = [part.evaluate(algebra, lookup) for part in self.parts]
        if self.operator == "neg":
            return algebra.negative(values[0])
        if self.operator in ("min", "max", "abs"):
            return algebra.call(self.operator, values)
        return algebra.binary(self.operator, values[0], values[1])

    def names(self) -> Iterator[str]:
        """The names in it, in order of appearance, with repetitions."""
        if self.operator == "name":
            yield self.name
        for part in self.parts:
            yield from part.names()

    def depth(self) -> int:
        """Longest way down to a leaf."""
        return 1 + max((part.depth() for part in self.parts), default=0)


@dataclass(frozen=True, slots=True)
class SignedTerm(Generic[_V]):
    """One summand of ``left - right``, evaluated, and whether it is subtracted."""

    negative: bool
    value: _V


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
    ) -> list[SignedTerm[_V]]:
        """The summands of ``left - right``; their sizes give the scale of the border."""
        terms = [(False, node) for node in summands(self.left)]
        terms += [(True, node) for node in summands(self.right)]
        return [SignedTerm(sign, node.evaluate(algebra, lookup)) for sign, node in terms]

    def holds_for(self, lookup: Callable[[str], float]) -> bool:
        """Whether it holds for one recipe, in plain floats."""
        total = scale = 0.0
        for term in self.signed_terms(PLAIN, lookup):
            total += -term.value if term.negative else term.value
            scale += abs(term.value)
        if not math.isfinite(total):
            return False
        excess = total if self.upper else -total
        return excess < -BORDER * scale if self.strict else excess <= BORDER * scale


class PlainAlgebra:
    """Plain floats; a value that does not exist is nan, and nan stays nan."""

    def number(self, value: float) -> float:
        """The number itself."""
        return value

    def negative(self, a: float) -> float:
        """-a."""
        return -a

    def binary(self, sign: str, a: float, b: float) -> float:
        """One of + - * / ** on two floats."""
        if math.isnan(a) or math.isnan(b):
            return math.nan  # also for nan ** 0, which Python calls 1
        try:
            result = OPERATORS[sign](a, b)
        except (ArithmeticError, ValueError):
            return math.nan
        return result if isinstance(result, float) and math.isfinite(result) else math.nan

    def call(self, function: str, arguments: list[float]) -> float:
        """Min, max or abs."""
        if any(math.isnan(argument) for argument in arguments):
            return math.nan
        if function == "abs":
            return abs(arguments[0])
        return min(arguments) if function == "min" else max(arguments)


PLAIN: Final = PlainAlgebra()


def summands(node: Node, negative: bool = False) -> list[Node]:
    """Splits ``a + b - c`` into a, b, -c so that the border can be scaled by their sizes."""
    if node.operator in ("+", "-"):
        a, b = node.parts
        return [*summands(a, negative), *summands(b, negative ^ (node.operator == "-"))]
    if node.operator == "neg":
        return summands(node.parts[0], not negative)
    return [Node("neg", (node,)) if negative else node]

"""One constraint of a specification: an expression, its reason, the categories it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from designer.campaigns.space.expression import parse
from designer.campaigns.space.expression_tree import BORDER, OPERATORS, Comparison

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Constraint:
    """What every proposed recipe must satisfy.

    Attributes:
        expression: as written, e.g. ``solid_content * coating_gap <= 15000``.
        reason: why, for people.
        when: categorical factor → categories the constraint is for; empty: always.
    """

    expression: str
    reason: str | None = None
    when: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        when = " and ".join(f"{name} is {' or '.join(those)}" for name, those in self.when.items())
        return f"{self.expression} when {when}" if when else self.expression

    @cached_property
    def comparison(self) -> Comparison:
        """The parsed expression."""
        return parse(self.expression)

    @property
    def names(self) -> tuple[str, ...]:
        """Factors and givens in the expression (not those of ``when``)."""
        return self.comparison.names

    @property
    def inputs(self) -> tuple[str, ...]:
        """All it is about, each once: factors of ``when``, then names of the expression."""
        return tuple(dict.fromkeys([*self.when, *self.names]))

    def holds_for(self, recipe: Mapping[str, float | str]) -> bool:
        """Whether one recipe satisfies it, in plain Python.

        Args:
            recipe: values of all factors and givens named in it; others are ignored.

        Raises:
            KeyError: a factor or given it names is missing.
        """
        if any(recipe[name] not in categories for name, categories in self.when.items()):
            return True
        return self.comparison.holds_for(lambda name: float(recipe[name]))

    def holds(self, columns: Mapping[str, ArrayLike]) -> NDArray[np.bool_]:
        """Whether each of n recipes satisfies it.

        Args:
            columns: name → n values (categories as text); others are ignored.

        Returns:
            n booleans, True where ``when`` does not apply.

        Raises:
            KeyError: a factor or given it names is missing.
        """
        import numpy as np

        def column(name: str) -> NDArray[np.float64]:
            return np.asarray(columns[name], dtype=np.float64)

        with np.errstate(all="ignore"):
            total: NDArray[np.float64] = np.zeros(())
            scale: NDArray[np.float64] = np.zeros(())
            for term in self.comparison.signed_terms(_Columns(np), column):
                total = total - term.value if term.negative else total + term.value
                scale = scale + np.abs(term.value)
            excess = total if self.comparison.upper else -total
            border = BORDER * scale
            kept = excess < -border if self.comparison.strict else excess <= border
            kept &= np.isfinite(total)
        for name, categories in self.when.items():
            kept = kept | ~np.isin(np.asarray(columns[name]), categories)
        return np.asarray(kept, dtype=np.bool_)


class _Columns:
    """Numpy columns; what does not exist becomes nan and stays nan, as in plain floats."""

    def __init__(self, numpy: Any) -> None:  # noqa: ANN401 - the module, imported lazily
        self._np = numpy

    def number(self, value: float) -> NDArray[np.float64]:
        return self._array(value)

    def negative(self, a: NDArray[np.float64]) -> NDArray[np.float64]:
        return -a

    def binary(
        self, sign: str, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if sign != "**":
            result = OPERATORS[sign](a, b)
        else:
            result = self._np.power(a, b)
            result = self._np.where(self._np.isnan(a) | self._np.isnan(b), self._np.nan, result)
        return self._array(self._np.where(self._np.isfinite(result), result, self._np.nan))

    def call(self, function: str, arguments: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        if function == "abs":
            return self._array(self._np.abs(arguments[0]))
        choose = self._np.minimum if function == "min" else self._np.maximum
        result = arguments[0]
        for argument in arguments[1:]:
            result = choose(result, argument)
        return self._array(result)

    def _array(self, value: object) -> NDArray[np.float64]:
        array: NDArray[np.float64] = self._np.asarray(value, dtype=self._np.float64)
        return array

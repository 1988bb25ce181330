"""One constraint of a specification: an expression, its reason, the categories it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from designer.campaigns.space.expression import parse
from designer.campaigns.space.expression_tree import BORDER, OPERATORS, Algebra, Comparison

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

        def floats(values: ArrayLike) -> NDArray[np.float64]:
            return np.asarray(values, dtype=np.float64)

        algebra: Algebra[NDArray[np.float64]] = Algebra(floats, _columnwise)
        terms = self.comparison.signed_terms(algebra, lambda name: floats(columns[name]))
        with np.errstate(all="ignore"):
            total: NDArray[np.float64] = np.zeros(())
            scale: NDArray[np.float64] = np.zeros(())
            for subtracted, value in terms:
                total = total - value if subtracted else total + value
                scale = scale + np.abs(value)
            excess = total if self.comparison.upper else -total
            border = BORDER * scale
            kept = excess < -border if self.comparison.strict else excess <= border
            kept &= np.isfinite(total)
        for name, categories in self.when.items():
            kept = kept | ~np.isin(np.asarray(columns[name]), categories)
        return np.asarray(kept, dtype=np.bool_)


def _columnwise(sign: str, values: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """An operator on numpy columns; what does not exist is nan and stays nan, as in floats."""
    import numpy as np

    if sign in ("min", "max"):
        result = reduce(np.minimum if sign == "min" else np.maximum, values)
    elif sign == "**":
        result = np.where(np.isnan(values[0]) | np.isnan(values[1]), np.nan, np.power(*values))
    else:
        result = OPERATORS[sign](*values)
    return np.where(np.isfinite(result), result, np.nan)

"""The terms of a linear, interaction or quadratic model, and its matrix for any recipes.

Coded factors: numbers from -1 to 1 over their range (on the logarithm, where the factor is on a
logarithmic scale), categories by effects (1 for their own
column, -1 for the last category, which has none; columns sum to 0 over the categories). The first
mixture enters by Scheffé's terms (1958, J. R. Stat. Soc. B 20, 344) in pseudocomponents, together
with other factors by those of Kowalski, Cornell & Vining (2000, Commun. Stat. Theory Methods 29,
2255, eq. 5): there is no intercept, and the effect of another factor is one per component. Further
mixtures enter by all components but their last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from designer.campaigns.space.grids import SettingScale
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting
    from designer.campaigns.specification.specification import Specification

ModelOrder = Literal["linear", "interaction", "quadratic"]

MODEL_ORDERS: Final[tuple[ModelOrder, ...]] = get_args(ModelOrder)

INTERCEPT: Final = "intercept"

_Role = Literal["process", "blend", "slack"]
"""A factor of its own, a component of the first mixture, one of a further mixture."""


@dataclass(frozen=True)
class CodedFactor:
    """A factor that varies, and how its settings become numbers.

    Attributes:
        name: of the factor.
        low: setting coded as -1 (component: as 0) [unit].
        high: setting coded as 1 [unit].
        categories: names, for a categorical factor.
        log: whether it is coded on the logarithm.
        squared: whether it has three settings or more, so that a square can be told.
        role: what it is in the model.
    """

    name: str
    low: float = -1.0
    high: float = 1.0
    categories: tuple[str, ...] = ()
    log: bool = False
    squared: bool = True
    role: _Role = "process"

    @property
    def labels(self) -> tuple[str, ...]:
        """A name per coded column."""
        if len(self.categories) > 2:
            return tuple(f"{self.name} ({category})" for category in self.categories[:-1])
        return (self.name,)

    def code(self, values: np.ndarray[Any, Any]) -> FloatArray:
        """Coded columns ``[n, width]`` of n settings; of unknown categories nan."""
        if self.categories:
            effects = np.vstack([np.eye(len(self.categories) - 1), -np.ones(len(self.labels))])
            coded = np.full((len(values), len(self.labels)), np.nan)
            for category, effect in zip(self.categories, effects, strict=True):
                coded[values == category] = effect
            return coded
        scale = SettingScale(self.low, self.high, self.log)
        share = scale.position(np.asarray(values, dtype=np.float64))
        return np.asarray(share if self.role == "blend" else 2.0 * share - 1.0)[:, None]


@dataclass(frozen=True)
class Term:
    """One term of a model.

    Attributes:
        name: in words: ``gap × pressure``, ``solid_content²``.
        factors: names of its factors, each once; none for the intercept.
        columns: the two coded columns it is the product of; 0 is the column of ones.
    """

    name: str
    factors: tuple[str, ...]
    columns: tuple[int, int]


@dataclass(frozen=True)
class ModelTerms:
    """The terms of one model over the factors that vary.

    Attributes:
        order: linear, interaction or quadratic.
        factors: the factors that vary, in the specification's order.
        terms: intercept (no mixture), single factors, products, squares.
        notes: sentences about terms that cannot be told apart whatever is run.
    """

    order: ModelOrder
    factors: tuple[CodedFactor, ...]
    terms: tuple[Term, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        spec: Specification,
        order: ModelOrder = "quadratic",
        fixed: Mapping[str, Setting] | None = None,
    ) -> ModelTerms:
        """The model of a campaign's factors.

        Args:
            spec: the campaign's specification.
            order: linear: every factor; interaction: and products of two; quadratic: and squares
                of numbers with three settings or more.
            fixed: settings that every run has; such factors have no term.
        """
        factors = _coded_factors(spec, fixed or {})
        flat = [c.name for c in factors if c.role == "process" and not (c.squared or c.categories)]
        notes = [f"{name} has two settings: no {name}²" for name in flat]
        terms = tuple(_terms(order, factors))
        return cls(order, factors, terms, tuple(notes) if order == "quadratic" else ())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the terms, ``p`` of them."""
        return tuple(term.name for term in self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def coded(self, columns: Mapping[str, np.ndarray[Any, Any]]) -> FloatArray:
        """The column of ones and the coded columns, ``[n, 1 + m]``.

        Args:
            columns: n settings of every factor that varies; others are ignored.

        Raises:
            KeyError: a factor is missing.
        """
        blocks = [factor.code(np.asarray(columns[factor.name])) for factor in self.factors]
        count = len(blocks[0]) if blocks else max(map(len, columns.values()), default=0)
        return np.hstack([np.ones((count, 1)), *blocks])

    def expand(self, coded: FloatArray) -> FloatArray:
        """The model matrix ``[…, p]`` of coded columns ``[…, 1 + m]``."""
        left, right = np.array([term.columns for term in self.terms], dtype=np.int64).T
        return np.asarray(coded[..., left] * coded[..., right])

    def matrix(self, columns: Mapping[str, np.ndarray[Any, Any]]) -> FloatArray:
        """The model matrix ``[n, p]`` of recipes; arguments as of `coded`."""
        return self.expand(self.coded(columns))


# ---- factors -------------------------------------------------------------------------------------


def _coded_factors(spec: Specification, fixed: Mapping[str, Setting]) -> tuple[CodedFactor, ...]:
    free = [f for f in spec.factors if f.name not in fixed]
    coded = {factor.name: _own_factor(factor) for factor in free}
    role: _Role = "blend"
    for mixture in spec.mixtures:
        members = [name for name in mixture.factors if name in coded]
        lowest = [fixed.get(name, spec.factor(name).bounds[0]) for name in mixture.factors]
        room = float(mixture.total) - sum(map(float, lowest))
        last = members[-1:] if role == "slack" else []
        if len(members) < 2 or room <= 0:  # nothing is left to choose
            last = members
        for name in members:
            low, high = spec.factor(name).bounds
            top = low + room if role == "blend" else min(high, low + room)
            coded[name] = CodedFactor(name, low, top, role=role)
        for name in last:
            del coded[name]
        if last != members:
            role = "slack"
    return tuple(coded.values())


def _own_factor(factor: Factor) -> CodedFactor:
    """A factor as coded where it is in no mixture."""
    if factor.categories is not None:
        return CodedFactor(factor.name, categories=factor.categories, squared=False)
    squared = factor.count is None or factor.count > 2
    return CodedFactor(factor.name, *factor.bounds, log=factor.log_scale, squared=squared)


# ---- terms ---------------------------------------------------------------------------------------

_Column = tuple[str, CodedFactor, int]
"""Label, factor and place of a coded column."""


def _terms(order: ModelOrder, factors: tuple[CodedFactor, ...]) -> Iterator[Term]:
    """All terms in order."""
    labels = [(label, factor) for factor in factors for label in factor.labels]
    columns: list[_Column] = [(*named, place) for place, named in enumerate(labels, start=1)]
    mixed = any(factor.role == "blend" for factor in factors)
    if not mixed:
        yield Term(INTERCEPT, (), (0, 0))
    for label, factor, place in columns:
        # beyond the linear model the effect of another factor is one per component
        if order == "linear" or not mixed or factor.role == "blend":
            yield Term(label, (factor.name,), (0, place))
    if order == "linear":
        return
    for (label, factor, place), (other, second, further) in combinations(columns, 2):
        if factor is not second:
            names = (factor.name, second.name)
            yield Term(f"{label} × {other}", names, (place, further))
    for label, factor, place in columns:
        if factor.role == "slack" or (
            order == "quadratic" and factor.role == "process" and factor.squared
        ):
            yield Term(f"{label}²", (factor.name,), (place, place))

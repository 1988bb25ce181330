"""The effects of a plan: main effects, interactions, squares, and which models it can estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from designer.acquisition.designs.model_terms import (
    INTERCEPT,
    MODEL_ORDERS,
    CodedFactor,
    ModelOrder,
    ModelTerms,
    Term,
)
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

EffectKind = Literal["main", "interaction", "square"]
EFFECT_KINDS: tuple[EffectKind, ...] = ("main", "interaction", "square")
NOTHING = 1e-9
"""Share of a length below which it is rounding."""


@dataclass(frozen=True, eq=False)
class Effect:
    """One effect: all terms of the same factors, as a category of several names has.

    Attributes:
        name: in words: ``gap × pressure``, ``solid_content²``.
        factors: names of its factors, each once.
        kind: what it is.
        columns: places of its terms in the model.
    """

    name: str
    factors: tuple[str, ...]
    kind: EffectKind
    columns: IntArray


def effects_of(terms: Sequence[Term]) -> list[Effect]:
    """The effects of a model's terms, in their order; the intercept is none."""
    found: dict[tuple[tuple[str, ...], bool], list[int]] = {}
    for place, term in enumerate(terms):
        if term.name != INTERCEPT:
            squared = len({*term.columns}) == 1
            found.setdefault((term.factors, squared), []).append(place)
    effects = []
    for (factors, squared), places in found.items():
        name = " × ".join(factors) + "²" * squared
        kind: EffectKind = "square" if squared else "interaction" if len(factors) > 1 else "main"
        effects.append(Effect(name, factors, kind, np.array(places, dtype=np.int64)))
    return effects


@dataclass(frozen=True, eq=False)
class PlanModel:
    """One model at the recipes of a plan.

    Attributes:
        terms: the model.
        F: its matrix at the runs, ``[n, p]``.
    """

    terms: ModelTerms
    F: FloatArray

    @cached_property
    def effects(self) -> list[Effect]:
        """Its effects."""
        return effects_of(self.terms.terms)

    @cached_property
    def _decomposed(self) -> tuple[int, FloatArray]:
        """Rank, and the directions of parameters the runs say nothing about, ``[p - rank, p]``."""
        _, sizes, right = np.linalg.svd(self.F, full_matrices=True)
        rank = int(np.sum(sizes > NOTHING * max(float(sizes.max(initial=0.0)), NOTHING)))
        return rank, right[rank:]

    @property
    def rank(self) -> int:
        """How many parameters the runs can tell."""
        return self._decomposed[0]

    @property
    def estimable(self) -> bool:
        """Whether they can tell all."""
        return self.rank == len(self.terms)

    @property
    def lacking(self) -> list[str]:
        """Effects that cannot be estimated beside all others of the model."""
        blind = self._decomposed[1]
        return [e.name for e in self.effects if np.abs(blind[:, e.columns]).max(initial=0) > 1e-7]

    @cached_property
    def inverse(self) -> FloatArray:
        """``(F'F)⁻¹``, ``[p, p]``; of a model that is not estimable the pseudoinverse."""
        return np.asarray(np.linalg.pinv(self.F.T @ self.F, hermitian=True), dtype=np.float64)

    @property
    def leverage(self) -> FloatArray:
        """How far every run's own result decides what is fitted there, 0 to 1, ``[n]``."""
        own = np.einsum("ij,jk,ik->i", self.F, self.inverse, self.F)
        return np.asarray(np.clip(own, 0.0, 1.0))


def plan_models(
    spec: Specification, settings: Sequence[Mapping[str, Setting]], *, own_ranges: bool = False
) -> dict[ModelOrder, PlanModel]:
    """Every model at the recipes of a plan, the smallest first.

    Args:
        spec: the campaign's specification.
        settings: of every run, known categories only.
        own_ranges: code numbers from -1 to 1 over what the plan has, not over what can be set: its
            own low and high ends are what effects are told apart by.
    """
    columns = {f.name: np.array([run[f.name] for run in settings]) for f in spec.factors}
    models = {}
    for order in MODEL_ORDERS:
        terms = ModelTerms.of(spec, order)
        if own_ranges:
            coded = tuple(_over_own_range(f, columns[f.name]) for f in terms.factors)
            terms = replace(terms, factors=coded)
        if terms.terms:
            models[order] = PlanModel(terms, terms.matrix(columns))
    return models


def _over_own_range(factor: CodedFactor, values: np.ndarray[Any, Any]) -> CodedFactor:
    if factor.categories or factor.role != "process":
        return factor
    low, high = float(values.min()), float(values.max())
    return replace(factor, low=low, high=high) if high > low else factor


def largest_estimable(models: Mapping[ModelOrder, PlanModel]) -> ModelOrder | None:
    """The largest model that can be estimated; None: not even the linear one."""
    found: list[ModelOrder] = [order for order, model in models.items() if model.estimable]
    return found[-1] if found else None

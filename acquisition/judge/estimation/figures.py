"""What a plan can estimate, as classical designs are judged: models, efficiency, aliases, power.

Aliases, and which effects a model lacks, are told with numbers coded over what the plan itself has;
efficiency and power with numbers coded over what can be set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.designs.model_terms import ModelOrder
from designer.acquisition.designs.moments import box_moments, is_box, listed_moments
from designer.acquisition.judge.answers import (
    AliasedEffects,
    AliasFigures,
    CorrelatedKinds,
    Efficiencies,
    EfficiencyBasis,
    EstimableModel,
    ResponsePower,
)
from designer.acquisition.judge.estimation.aliases import (
    Alias,
    AliasStructure,
    alias_matrix,
    alias_structure,
)
from designer.acquisition.judge.estimation.effects import (
    EFFECT_KINDS,
    Effect,
    EffectKind,
    PlanModel,
    largest_estimable,
    plan_models,
)
from designer.acquisition.judge.estimation.efficiency import Criteria, best_found
from designer.acquisition.judge.estimation.noise import Noise
from designer.acquisition.judge.estimation.power import Strata, powers
from designer.acquisition.judge.estimation.words import (
    alias_text,
    constant_text,
    correlated_text,
    power_text,
)
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

DEFAULT_EFFECT = 2.0
"""Size of an effect in standard deviations of the noise: JMP's coefficient of 1 (assumption)."""
BEST_FOUND = "the best design of as many runs found for each"
DIVIDED = "the best there can be for each (a bound that so many runs come near to)"
ORTHOGONAL = "an orthogonal plan of as many runs at the ends of all ranges, which may not exist"
_REGION = 2048  # points that stand for the region
_MOST_PARTIAL = 60  # pairs that are told
_MOST_COEFFICIENTS = 5000  # of an alias matrix that is told


@dataclass(frozen=True)
class EffectSizes:
    """How large the effects are that a plan should find.

    Attributes:
        sd: in standard deviations of the noise.
        own: of some responses in their unit.
    """

    sd: float = DEFAULT_EFFECT
    own: Mapping[str, float] | None = None


@dataclass(frozen=True, eq=False)
class ClassicalFigures:
    """A plan as classical designs are judged.

    Attributes:
        spec: the campaign's specification.
        settings: of every run.
        candidates: recipes of the whole region.
    """

    spec: Specification
    settings: Sequence[Mapping[str, Setting]]
    candidates: Candidates

    @cached_property
    def models(self) -> dict[ModelOrder, PlanModel]:
        """Every model at the runs, the smallest first; empty: no factor varies."""
        return plan_models(self.spec, self.settings)

    @cached_property
    def _own(self) -> dict[ModelOrder, PlanModel]:
        return plan_models(self.spec, self.settings, own_ranges=True)

    @cached_property
    def order(self) -> ModelOrder | None:
        """The largest model that can be estimated; None: not even the linear one."""
        return largest_estimable(self.models)

    def estimable(self) -> list[EstimableModel]:
        """Which models can be estimated."""
        return [
            {
                "model": name,
                "terms": len(model.terms),
                "rank": model.rank,
                "estimable": model.estimable,
                "error_df": len(model.F) - model.rank,
                "lacking": [] if model.estimable else model.lacking,
            }
            for name, model in self._own.items()
        ]

    def leverage(self) -> list[float] | None:
        """Of every run, for the largest model that can be estimated, else for the linear one."""
        if not self.models:
            return None
        return [float(own) for own in self.models[self.order or "linear"].leverage]

    # ---- efficiency --------------------------------------------------------------------------

    def moments(self, model: PlanModel) -> FloatArray:
        """Mean of ``f f'`` over the region for a model, ``[p, p]``."""
        if is_box(self.spec):
            return box_moments(self.spec, model.terms)
        rows = np.unique(self.candidates.spread(_REGION, np.random.default_rng(0)))
        return listed_moments(self.candidates.subset(rows), model.terms)

    def efficiency(self, search: int | None = None) -> tuple[Efficiencies, EfficiencyBasis]:
        """Relative to the best design found of as many runs, to a bound of many runs.

        The bound is the best if runs could be divided; where recipes are no box, orthogonal.

        Args:
            search: seed of the search for that design; None: do not search.
        """
        if self.order is None:
            nothing: Efficiencies = {"D": None, "A": None, "I": None}
            return nothing, {"model": None, "relative_to": ORTHOGONAL, "orthogonal": nothing}
        model = self.models[self.order]
        moments = self.moments(model)
        bound = Criteria.orthogonal(len(model.F), moments)
        own = Criteria.of(model.F, moments)
        by_bound = own.relative_to(bound)
        basis: EfficiencyBasis = {
            "model": self.order,
            "relative_to": ORTHOGONAL,
            "orthogonal": by_bound,
        }
        if search is None:
            return by_bound, basis
        best = best_found(
            self.spec,
            self.order,
            len(model.F),
            moments,
            given=self.candidates.given,
            seed=search,
        )
        if best is not None:
            return own.relative_to(best.or_better(own)), {**basis, "relative_to": BEST_FOUND}
        if not is_box(self.spec):
            return by_bound, basis
        best = Criteria.divided(model.terms, len(model.F), moments)
        return own.relative_to(best.or_better(own)), {**basis, "relative_to": DIVIDED}

    # ---- aliases -----------------------------------------------------------------------------

    def aliases(self) -> list[AliasedEffects]:
        """Effects that cannot be told from each other, then pairs that hardly can."""
        if not self._own:
            return []
        structure = self._structure
        still = [e for e in structure.constant if e.kind == "main"]
        squares = [e for e in structure.constant if e.kind == "square"]
        others = [[e] for e in structure.constant if e.kind == "interaction"]
        mains = [alias for alias in structure.complete if "main" in alias.kinds]
        without = [alias for alias in structure.complete if "main" not in alias.kinds]
        return [
            *(self._constant([effect]) for effect in still),
            *map(_aliased, mains),
            *(self._constant(group) for group in (squares, *others) if group),
            *map(_aliased, (*without, *structure.partial[:_MOST_PARTIAL])),
        ]

    def correlated(self) -> list[CorrelatedKinds]:
        """All pairs that hardly can be told from each other, by kinds of effects."""
        if not self._own:
            return []
        found: dict[tuple[EffectKind, EffectKind], list[Alias]] = {}
        for alias in self._structure.partial:
            one, other = sorted(alias.kinds, key=EFFECT_KINDS.index)
            found.setdefault((one, other), []).append(alias)
        return [
            {
                "kinds": [*kinds],
                "pairs": len(pairs),
                "correlation": max(abs(alias.correlation) for alias in pairs),
                "text": correlated_text(kinds, pairs),
            }
            for kinds, pairs in sorted(
                found.items(), key=lambda item: [EFFECT_KINDS.index(kind) for kind in item[0]]
            )
        ]

    @cached_property
    def _structure(self) -> AliasStructure:
        return alias_structure(self._own[self._largest_own])

    def _constant(self, effects: Sequence[Effect]) -> AliasedEffects:
        """Effects that do not vary: nothing tells them from the mean."""
        setting = self.settings[0].get(effects[0].factors[0])
        return {
            "effects": [effect.name for effect in effects],
            "correlation": 1.0,
            "complete": True,
            "text": constant_text(effects, setting),
        }

    @property
    def _largest_own(self) -> ModelOrder:
        largest: list[ModelOrder] = [*self._own]
        return largest[-1]

    def alias_figures(self) -> AliasFigures | None:
        """The alias matrix of the largest estimable model; None where it leaves nothing out."""
        if self.order is None or self.order == self._largest_own:
            return None
        found = alias_matrix(self._own[self.order], self._own[self._largest_own])
        if not found.left_out or found.coefficients.size > _MOST_COEFFICIENTS:
            return None
        return {
            "model": self.order,
            "terms": [*found.terms],
            "left_out": [*found.left_out],
            "coefficients": found.coefficients.tolist(),
        }

    # ---- power -------------------------------------------------------------------------------

    def power(
        self, batches: Sequence[Mapping[str, str]], noise: Sequence[Noise], sizes: EffectSizes
    ) -> list[ResponsePower]:
        """Power of the largest model with runs to spare for the error.

        Args:
            batches: of every run, by stage.
            noise: what effects are found against.
            sizes: how large they are.
        """
        fitting: list[ModelOrder] = [name for name, each in self.models.items() if each.estimable]
        spare: list[ModelOrder] = [
            k for k in fitting if len(self.models[k].F) > self.models[k].rank
        ]
        if not fitting:
            return []
        strata = Strata.of(self.spec, batches)
        return [self._power_of((spare or fitting)[-1], strata, each, sizes) for each in noise]

    def _power_of(
        self, name: ModelOrder, strata: Strata, noise: Noise, sizes: EffectSizes
    ) -> ResponsePower:
        own = (sizes.own or {}).get(noise.response or "")
        size_sd = sizes.sd if own is None or noise.sd is None else own / noise.sd
        found = powers(self.models[name], strata, noise.ratios, size_sd)
        told: ResponsePower = {
            "response": noise.response,
            "size": None if noise.sd is None else size_sd * noise.sd,
            "unit": None if noise.response is None else self.spec.response(noise.response).unit,
            "size_sd": size_sd,
            "noise_sd": noise.sd,
            "noise_from": noise.source,
            "batch_sd": {
                stage.name: float(np.sqrt(ratio))
                for stage, ratio in zip(self.spec.stages, noise.ratios, strict=True)
            },
            "batch_from": noise.batches,
            "model": name,
            "effects": [
                {
                    "effect": each.effect,
                    "power": each.power,
                    "error_df": each.error_df,
                    "stage": each.stage,
                }
                for each in found
            ],
            "text": "",
        }
        return {**told, "text": power_text(told)}


def _aliased(alias: Alias) -> AliasedEffects:
    return {
        "effects": [*alias.effects],
        "correlation": alias.correlation,
        "complete": alias.complete,
        "text": alias_text(alias),
    }

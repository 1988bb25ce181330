"""How far to follow the earlier lines at all: with history, or without, or both, weighed.

From 8 different own recipes on that cover the region (more for more than three inputs), the two
models are mixed by their marginal evidence (`history_evidence`). Lines tell noise, amplitude and
lengthscales, too: where their surfaces are unrelated a quarter of the evidence speaks for them by
more than 6 : 1, so they have to do better than 7 : 1. With all lines misleading (12 campaigns of
five families, 8 / 16 runs) 12 / 10 of 60 end more than 10 % worse than without history; mixed with
neither preferred 7 / 8, so 5 / 4; with related lines or one bad line of three nothing changes
(errors × 1.00, at worst 1.02). With fewer recipes, or own runs in a corner, mixing hurts (graphite
at 3 and 5 recipes: errors × 1.4 and 1.2): there the evidence is only told. Weights from
leave-one-out odds were no better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import expit

from designer.models.arrays import FloatArray, IntArray, input_count
from designer.models.data.dataset import ResponseData
from designer.models.data.line_scales import coverage
from designer.models.diagnostics.history_evidence import FEWEST_RUNS, history_evidence
from designer.models.encoding import cube_points
from designer.models.fitting.all_responses import Link, fit_without_history
from designer.models.gp.fitted import HistoryOdds
from designer.models.posterior.averaging import average
from designer.models.posterior.mixture import MixedPosterior
from designer.models.posterior.posterior import ResponsePosterior

Belief = ResponsePosterior | MixedPosterior

_RECIPES = 8  # different own recipes that decide, for up to three inputs …
_RECIPES_PER_INPUT = 5  # … and more for each further one (assumption)
_PRIOR = -2.0  # log odds for history beforehand, about 1 : 7
_COVERED = 0.5  # share of a full design's coverage that the own runs reach
_CERTAIN = 0.99  # a weight from which the model with history stands alone
_CUBE = 64  # points that stand for a full design


@dataclass(frozen=True)
class Undecided:
    """What the own recipes lack to weigh the two models by.

    Attributes:
        recipes: how many more different ones are wanted; 0: they are enough.
        narrow: indices of inputs that they vary too little; empty: they cover the region.
    """

    recipes: int
    narrow: tuple[int, ...]


@dataclass(frozen=True)
class HistoryWeight:
    """What the own results of one response say about using its earlier lines.

    Attributes:
        evidence: for history, marginal.
        decided: enough own recipes cover the region to weigh the two models.
        weight: of the model with history, 0…1; 1 where it stands alone.
        undecided: what they lack for that; None where they lack nothing.
    """

    evidence: HistoryOdds
    decided: bool
    weight: float
    undecided: Undecided | None = None


def recipes_to_decide(groups: IntArray) -> int:
    """Number of different own recipes from which on the two models are weighed.

    Eight recipes say little about six inputs: weighed there, related lines lost a fifth.

    Args:
        groups: input index of every encoded column, ``[D]``.
    """
    return _RECIPES + _RECIPES_PER_INPUT * max(0, input_count(groups) - 3)


def can_decide(data: ResponseData, groups: IntArray) -> bool:
    """Whether own recipes are many enough, and spread enough, to weigh the models by."""
    return what_is_missing(data, groups) is None


def what_is_missing(data: ResponseData, groups: IntArray) -> Undecided | None:
    """What own recipes lack in number and spread to weigh the models by; None: nothing.

    Args:
        data: of all lines.
        groups: input index of every encoded column, ``[D]``.
    """
    more = max(0, recipes_to_decide(groups) - data.own_recipes)
    inputs, own = input_count(groups), data.X[data.target]
    design = cube_points(groups, _CUBE, seed=0)
    narrow: tuple[int, ...] = ()
    if len(own) and coverage(own, inputs) < _COVERED * coverage(design, inputs):
        narrow = _narrow(own, design, groups)
    return Undecided(more, narrow) if more or narrow else None


def _narrow(own: FloatArray, design: FloatArray, groups: IntArray) -> tuple[int, ...]:
    """Inputs whose variance among own recipes ``[n, D]`` falls short, at least the least one's."""
    shares = {
        int(index): float(
            np.var(own[:, groups == index], axis=0).sum()
            / np.var(design[:, groups == index], axis=0).sum()
        )
        for index in np.unique(groups)
    }
    least = min(shares.values())
    return tuple(index for index, found in shares.items() if found <= max(least, _COVERED))


def weigh_history(
    history: ResponsePosterior, alone: ResponsePosterior, groups: IntArray
) -> HistoryWeight | None:
    """Judge the earlier lines of one response; None without history or below 3 runs.

    Args:
        history: fit of all lines.
        alone: fit of the target's rows alone.
        groups: input index of every encoded column, ``[D]``.
    """
    evidence = history_evidence(history, alone)
    if evidence is None:
        return None
    missing = what_is_missing(history.fitted.data, groups)
    if missing is not None or alone.scaling.log != history.scaling.log:
        return HistoryWeight(evidence, decided=False, weight=1.0, undecided=missing)
    weight = float(expit(_PRIOR + evidence.log_odds))
    return HistoryWeight(evidence, decided=True, weight=1.0 if weight > _CERTAIN else weight)


@dataclass(frozen=True)
class WeighedFits:
    """Fits of all responses, and what follows from weighing them against no history.

    Attributes:
        posteriors: fits of all lines at the most probable hyperparameters, by response.
        responses: what they were learned from.
        groups: input index of every encoded column, ``[D]``.
        links: what each model may use besides its data.
    """

    posteriors: Mapping[str, ResponsePosterior]
    responses: Mapping[str, ResponseData]
    groups: IntArray
    links: Mapping[str, Link]

    @cached_property
    def averaged(self) -> dict[str, Belief]:
        """Averages over hyperparameters, mixed with those without history where that is open."""
        beliefs: dict[str, Belief] = {}
        for name, posterior in self.posteriors.items():
            beliefs[name] = history = average(posterior)
            data = posterior.fitted.data
            judged = self.judged[name] if can_decide(data, self.groups) else None
            if judged is not None and judged.weight < 1.0:
                alone = average(self.without_history[name])
                beliefs[name] = MixedPosterior(history, alone, judged.weight)
        return beliefs

    @cached_property
    def judged(self) -> dict[str, HistoryWeight | None]:
        """What the own results say about using the earlier lines; None: nothing yet."""
        alone = self.without_history
        return {
            name: weigh_history(posterior, alone[name], self.groups) if name in alone else None
            for name, posterior in self.posteriors.items()
        }

    @cached_property
    def without_history(self) -> dict[str, ResponsePosterior]:
        """Fits to the own results alone, of the responses that have lines and runs to judge by.

        Which results are errors is what all data say: a peak that lines know is none, and both
        models have to explain the same results.
        """
        asked = [
            name
            for name, posterior in self.posteriors.items()
            if posterior.fitted.layout.transfer
            and posterior.fitted.data.measured_runs >= FEWEST_RUNS
        ]
        if not asked:
            return {}
        upstream = [self.links[name].upstream for name in asked if name in self.links]
        needed = {
            name: replace(
                data,
                log_scale=self.posteriors[name].scaling.log,
                errors=self.posteriors[name].fitted.errors,
            )
            for name, data in self.responses.items()
            if name in asked or name in upstream
        }
        return fit_without_history(needed, self.groups, self.links)

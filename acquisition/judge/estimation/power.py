"""How probably an effect of a given size is found at the 5 % level.

The test of an effect is the F test of its terms; its noncentrality is
``β_c' [(M⁻¹)_cc]⁻¹ β_c / σ²`` with the information matrix ``M = F'V⁻¹F`` (Searle 1971, Linear
Models, §3.6). Runs of one batch share its effect: ``V = I + Σ_s ρ_s Z_s Z_s'`` with ρ the variance
of a batch in units of the noise. The degrees of freedom of the error are those of the stratum in
which the effect varies: batches less the parameters estimated between them (containment;
Goos & Jones 2011, Optimal Design of Experiments, ch. 10). A factor of the slurry is tested against
slurries, not runs; where every slurry is one run, so is everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.judge.estimation.effects import Effect, PlanModel
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

LEVEL = 0.05


@dataclass(frozen=True)
class EffectPower:
    """The power to find one effect.

    Attributes:
        effect: its name.
        power: probability to find it; None: nothing is left to estimate the error from.
        error_df: degrees of freedom of its error.
        stage: stage whose batches it is tested against; None: the runs.
    """

    effect: str
    power: float | None
    error_df: int
    stage: str | None


@dataclass(frozen=True, eq=False)
class Strata:
    """Which runs share batches of which stage.

    Attributes:
        stages: in process order.
        members: number of the batch of every run, per stage, ``[S, n]``.
        of_factor: stage of every factor; None: it changes with the run.
    """

    stages: tuple[str, ...]
    members: IntArray

    @classmethod
    def of(cls, spec: Specification, batches: Sequence[Mapping[str, str]]) -> Strata:
        """The strata of runs with these batches."""
        stages = tuple(stage.name for stage in spec.stages)
        members = np.zeros((len(stages), len(batches)), dtype=np.int64)
        for s in range(len(stages)):
            ids: dict[tuple[str | None, ...], int] = {}
            for k, batch in enumerate(batches):
                path = tuple(batch.get(name) for name in stages[: s + 1])
                members[s, k] = ids.setdefault(path, len(ids))
        return cls(stages, members)

    def indicator(self, stage: int) -> FloatArray:
        """Which batch every run is of, ``[n, b]``."""
        return np.asarray(np.eye(int(self.members[stage].max()) + 1)[self.members[stage]])

    def shared(self, stage: int) -> bool:
        """Whether any two runs share a batch of it."""
        return bool(int(self.members[stage].max()) + 1 < self.members.shape[1])

    def varies_until(self, columns: FloatArray, stage: int) -> bool:
        """Whether columns are the same for all runs of a batch of a stage."""
        first = np.array([np.argmax(self.members[stage] == b) for b in self.members[stage]])
        return bool(np.allclose(columns, columns[first], atol=1e-9))


def powers(model: PlanModel, strata: Strata, ratios: FloatArray, size: float) -> list[EffectPower]:
    """Power of every effect of an estimable model that can be tested alone.

    Args:
        model: the model.
        strata: batches of the runs.
        ratios: variance of a batch of every stage, in units of the noise variance, ``[S]``.
        size: change of the response from the low to the high end of a factor (of an interaction:
            half the difference of such changes; of a square: from the middle to the ends; of
            categories: between two of them) in standard deviations of the noise.
    """
    n = len(model.F)
    V = np.eye(n)
    for stage, ratio in enumerate(ratios):
        Z = strata.indicator(stage)
        V += ratio * (Z @ Z.T)
    inverse = np.linalg.inv(model.F.T @ np.linalg.solve(V, model.F))
    correlated = [s for s, ratio in enumerate(ratios) if ratio > 0 and strata.shared(s)]
    blends = {f.name for f in model.terms.factors if f.role != "process"}
    found = []
    for effect in model.effects:
        if blends & {*effect.factors}:
            continue  # shares of a mixture cannot change alone
        # the first stage whose batches it is constant in: there is nothing within them to compare
        columns = model.F[:, effect.columns]
        stratum = next((s for s in correlated if strata.varies_until(columns, s)), None)
        df = _error_df(model, strata, correlated, stratum)
        block = np.asarray(
            np.linalg.inv(inverse[np.ix_(effect.columns, effect.columns)]), dtype=np.float64
        )
        found.append(
            EffectPower(
                effect.name,
                _power(_least(effect, model, block, size), len(effect.columns), df),
                df,
                None if stratum is None else strata.stages[stratum],
            )
        )
    return found


def _least(effect: Effect, model: PlanModel, block: FloatArray, size: float) -> float:
    """The smallest noncentrality of an effect of a size: over the pairs of its categories."""
    if effect.kind == "square":
        return float(size * size * block[0, 0])
    if len(effect.columns) == 1:
        return float((size / 2) ** 2 * block[0, 0])
    codings = [_coding(model, name) for name in effect.factors]
    least = np.inf
    for vector in _vectors(codings):
        beta = size / 2 * vector
        least = min(least, float(beta @ block @ beta))
    return least


def _coding(model: PlanModel, name: str) -> int:
    """How many names a category has; 1 of a number."""
    found = next(f for f in model.terms.factors if f.name == name)
    return max(1, len(found.categories))


def _vectors(codings: Sequence[int]) -> list[FloatArray]:
    """Parameters of effects of size 1 between two categories, the others in the middle."""
    out: list[FloatArray] = [np.ones(1)]
    for names in codings:
        if names <= 2:
            continue
        several = list[FloatArray]()
        for one, other in combinations(range(names), 2):
            means = np.zeros(names)
            means[one], means[other] = 1.0, -1.0
            several.append(means[:-1])  # effects sum to 0: the last has none of its own
        out = [
            np.asarray(np.kron(first, second), dtype=np.float64)
            for first in out
            for second in several
        ]
    return out


def _error_df(
    model: PlanModel, strata: Strata, correlated: Sequence[int], stratum: int | None
) -> int:
    """Degrees of freedom of the error in a stratum."""
    n = len(model.F)
    above = [s for s in correlated if stratum is None or s < stratum]
    outer = [strata.indicator(s) for s in above]
    every = [model.F[:, e.columns] for e in model.effects]
    inside = [c for c in every if stratum is None or strata.varies_until(c, stratum)]
    known = np.hstack([np.ones((n, 1)), *outer, *inside])
    units = n if stratum is None else int(strata.members[stratum].max()) + 1
    return max(0, units - int(np.linalg.matrix_rank(known)))


def _power(noncentrality: float, df: int, error_df: int) -> float | None:
    from scipy.special import ncfdtr
    from scipy.stats import f

    if error_df < 1:
        return None
    limit = float(f.ppf(1.0 - LEVEL, df, error_df))
    found = 1.0 - float(ncfdtr(df, error_df, noncentrality, limit))
    if not np.isfinite(found):  # far beyond what is ever missed
        return 1.0
    return min(1.0, max(0.0, found))

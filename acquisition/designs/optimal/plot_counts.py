"""How many whole plots each stage gets: as asked for, else by what the model needs and one more.

Settings of a stage change with its batches only, so what the model says of them is told by its
batches: as many are needed as there are terms of that and earlier stages, less what earlier runs
tell of them already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.optimal.whole_plots import WholePlots, functions_of_plots
from designer.campaigns.errors import Findings
from designer.campaigns.values.names import suggestion
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import priced

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

SPARE_RUNS = 4
"""Runs beyond the terms where nobody says how many (assumption: a repeatability can be told)."""

_SPARE_PLOTS = 1  # likewise of whole plots
_DEPENDENT = 1e-7  # singular value of coded terms below which a function is not told
_MORE = "Ask for more batches, or fewer runs"


@dataclass(frozen=True)
class PlotCounts:
    """Finds the numbers of whole plots.

    Attributes:
        grid: recipes in whole numbers.
        pool: feasible recipes spread over the region, ``[P, F]``.
        terms: the model.
        wanted: stage → number asked for.
        alone: every run is set up anew, and there are none.
        earlier: the model's terms at runs that there are already, ``[m, p]``; None: there are none.
    """

    grid: RecipeGrid
    pool: IntArray
    terms: ModelTerms
    wanted: Mapping[str, int]
    _: KW_ONLY
    alone: bool = False
    earlier: FloatArray | None = None
    _needed: dict[str, int] = field(default_factory=dict, init=False)

    @property
    def spec(self) -> Specification:
        """The campaign's specification."""
        return self.grid.region.spec

    @property
    def _varied(self) -> set[str | None]:
        """Stages with factors that vary; None: some are of none, set for every run."""
        factors, free = self.spec.factors, self.grid.high > self.grid.low
        return {factor.stage for factor, varies in zip(factors, free, strict=True) if varies}

    @property
    def _staged(self) -> list[str]:
        """Stages with factors that vary, in order."""
        return [stage.name for stage in self.spec.stages if stage.name in self._varied]

    @property
    def stages(self) -> list[str]:
        """Stages with whole plots: all but the one set for every run, and those asked for."""
        if self.alone:
            return []
        staged = self._staged
        hard = {*(staged if None in self._varied else staged[:-1]), *self.wanted}
        return [stage.name for stage in self.spec.stages if stage.name in hard]

    def level_of(self, stages: Sequence[str]) -> tuple[int, ...]:
        """Place in some stages at which each factor of the specification is set."""
        order = [stage.name for stage in self.spec.stages]
        places = [order.index(stage) for stage in stages]
        levels = []
        for factor in self.spec.factors:
            own = len(order) if factor.stage is None else order.index(factor.stage)
            levels.append(sum(place < own for place in places))
        return tuple(levels)

    def needed(self, stage: str) -> int:
        """Functions of the model that change with batches of a stage and of earlier ones only.

        Those that the earlier runs tell count for none.
        """
        if stage not in self._needed:
            own = len(self.terms) + 10
            plots = WholePlots(4 * own, (stage,), (own,), self.level_of([stage]))
            rng = np.random.default_rng(0)
            functions = functions_of_plots(self.grid, self.terms, plots, self.pool, rng)
            self._needed[stage] = max(functions.shape[1] - self._told(functions), 1)
        return self._needed[stage]

    def _told(self, functions: FloatArray) -> int:
        """How many of some functions, ``[p, k]``, the earlier runs tell apart."""
        if self.earlier is None:
            return 0
        return int(np.linalg.matrix_rank(self.earlier @ functions, tol=_DEPENDENT))

    def missing(self) -> int:
        """Terms of the model that the earlier runs do not tell: so many runs are needed."""
        return len(self.terms) - self._told(np.eye(len(self.terms)))

    def check(self, runs: int | None, findings: Findings) -> None:
        """Note what is wrong with the numbers asked for."""
        known = [stage.name for stage in self.spec.stages]
        before, most = ("", 1), runs
        for stage in self.wanted:
            if stage not in known:
                hint = suggestion(stage, known)
                allowed = ", ".join(known) or "none: the campaign has no stages"
                findings.report(f"option whole_plots:{stage}", "is no stage", None, allowed, hint)
        for stage in [name for name in known if name in self.wanted]:
            count, where = self.wanted[stage], f"option whole_plots:{stage}"
            if count < before[1]:
                what = f"fewer than of {before[0]}" if before[0] else "not a whole number above 0"
                allowed = f"at least {before[1]}"
                findings.report(where, what, str(count), allowed)
            elif most is not None and count > most:
                findings.report(where, "more than there are runs", str(count), f"at most {most}")
            elif count < self.needed(stage):
                what = "cannot tell the terms of factors that change with its batches only"
                findings.report(where, what, str(count), f"at least {self.needed(stage)}")
            before = stage, max(count, before[1])

    def default_runs(self) -> int:
        """Runs where nobody says how many."""
        plots = [self.wanted.get(stage, self.needed(stage) + _SPARE_PLOTS) for stage in self.stages]
        return max([self.missing() + SPARE_RUNS, *plots])

    def plots(self, runs: int, ratios: Mapping[str, float], findings: Findings) -> WholePlots:
        """The whole plots of a design; problems of pot lives are noted.

        Args:
            runs: number of runs.
            ratios: variance ratio per stage.
            findings: takes what is wrong with the numbers asked for.
        """
        least = {stage: self.needed(stage) + _SPARE_PLOTS for stage in self.stages}
        while True:
            counts = self._counts(runs, least)
            long = self._too_long(runs, counts)
            short = [s for s in long if s not in self.wanted and counts[s] < runs]
            if not short:
                break
            least |= {stage: counts[stage] + 1 for stage in short}
        for stage in [stage for stage in long if stage in self.wanted]:
            findings.report(
                f"option whole_plots:{stage}", long[stage], str(counts[stage]), None, _MORE
            )
        return self._plots(runs, counts, ratios)

    def _counts(self, runs: int, least: Mapping[str, int]) -> dict[str, int]:
        """Numbers asked for, else the least possible, never fewer than of the stage before."""
        counts: dict[str, int] = {}
        before = 1
        for place, stage in enumerate(self.stages):
            later = [self.wanted[s] for s in self.stages[place:] if s in self.wanted]
            even = -(-least[stage] // before) * before  # as many in every batch of the stage before
            own = min(max(even if even <= runs else least[stage], before), runs, *later)
            before = counts[stage] = self.wanted.get(stage, own)
        return counts

    def _plots(
        self, runs: int, counts: Mapping[str, int], ratios: Mapping[str, float] | None = None
    ) -> WholePlots:
        # where every run has a batch of its own, the batch is a part of the run's error
        shared = tuple(stage for stage in counts if counts[stage] < runs)
        numbers = tuple(counts[stage] for stage in shared)
        return WholePlots(runs, shared, numbers, self.level_of(shared), ratios or {})

    def _too_long(self, runs: int, counts: Mapping[str, int]) -> dict[str, str]:
        """Stages of which a batch would be in use for too long, or for too many runs, and why."""
        plots, costs = self._plots(runs, counts), self.spec.costs
        row, index = np.zeros(runs, dtype=np.int64), {}
        for stage in self.spec.stages:  # a stage without factors changes with the one before
            if stage.name in plots.stages:
                row = plots.index[plots.stages.index(stage.name)]
            elif stage.name in self._staged:
                row = np.arange(runs)
            index[stage.name] = row
        found = {}
        for place, stage in enumerate(self.spec.stages):
            size = np.bincount(index[stage.name])
            time = size * costs.run
            for later in self.spec.stages[place + 1 :]:
                inside = np.unique(np.column_stack([index[stage.name], index[later.name]]), axis=0)
                time = time + later.change_cost * np.bincount(inside[:, 0])
            worst, most = float(time.max()), int(size.max())
            if stage.name not in counts:
                continue
            if stage.most_runs is not None and most > stage.most_runs:
                found[stage.name] = (
                    f"{counted(most, 'run')} of one batch, {stage.most_runs} at most"
                )
            elif stage.usable_for is not None and costs.is_time and worst > stage.usable_for:
                usable = priced(stage.usable_for, costs.unit)
                used = priced(worst, costs.unit)
                found[stage.name] = f"a batch would be in use for {used}, it is usable for {usable}"
        return found

"""One proposal before its runs are chosen: points, beliefs, batches, what is open or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.candidates.stratified import draw
from designer.acquisition.conditioning.batch_pool import Pools
from designer.acquisition.conditioning.points import SharedPoints
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.information import Information, SuccessProbabilities
from designer.acquisition.functions.probability_in_spec import Limits, log_inside
from designer.acquisition.functions.reference_points import (
    REFERENCES,
    Beliefs,
    ReferencePoints,
    make_target,
)
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.greedy import Stop
from designer.acquisition.selection.space_filling import NEUTRAL, NeutralPosterior
from designer.campaigns.errors import InputError, Problem
from designer.models.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.specification.parts import Response
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space

DEFAULT_RUNS = 4
MOST_RUNS = 1000
_STORED = 50_000_000  # covariances with reference points, over all responses (200 MB in float32)
_TAKEN = 60_000_000  # numbers kept about the runs of a plan (240 MB in float32)
_STAND_INS = 4096  # candidates looked at to find out where the goal's points should be
_SMALL = 2_000_000  # covariances that stay float64


class PlanningProblem:
    """Fields, batches and limits of one proposal, open runs taken.

    Args:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response.
        candidates: recipes of the whole region: what the goal is about.
        situation: what is set up, open, known and refused.
        wanted: candidates a run may be, ``[n]`` (fixed settings restrict the runs, not the goal);
            None: all.
    """

    def __init__(
        self,
        spec: Specification,
        space: Space,
        posteriors: Mapping[str, Posterior],
        candidates: Candidates,
        situation: PlanningContext,
        *,
        wanted: BoolArray | None = None,
    ) -> None:
        self._wanted = wanted
        self.spec, self.candidates, self.situation = spec, candidates, situation
        self._space = space
        names = [r.name for r in spec.responses if r.name in posteriors]
        self.posteriors = {name: posteriors[name] for name in names}
        self.blind = not self.posteriors
        self.X = candidates.encode(space)
        pending = situation.pending
        if pending:
            given = candidates.given
            open_recipes = [{**given, **run.given, **run.settings} for run in pending]
            self.X = np.vstack([self.X, space.encode_recipes(open_recipes)])
        beliefs: Mapping[str, Posterior] = self.posteriors or {
            NEUTRAL: NeutralPosterior(space.groups, len(spec.stages))
        }
        succeeds = situation.success
        self.success = None if succeeds is None else SuccessProbabilities(succeeds, self.X)
        self.limits = self._limits()
        self.tree = BatchTree(spec, candidates, len(pending), situation.made)
        self.references = self._references(len(beliefs))
        stored = len(self.X) * self.references * len(beliefs)
        dtype: Any = np.float64 if stored <= _SMALL else np.float32
        region = SharedPoints(self.X)
        self.fields = [ResponseConditioning(name, b, region, dtype) for name, b in beliefs.items()]
        self._pools: dict[int, Pools] = {}
        self._take_open()

    def _limits(self) -> dict[str, Limits]:
        """Windows on the model scale of the responses with a belief that have one."""
        limits = {}
        for name, posterior in self.posteriors.items():
            window = self.spec.response(name).window
            if window is not None and np.isfinite(window).any():
                limits[name] = posterior.limits(*window)
        return limits

    def _references(self, responses: int) -> int:
        """Points per part of the goal: fewer where the candidates would fill the memory."""
        stage, together = self.tree.hard_stage, len(self.X)
        if stage is not None and not self.blind:  # one batch of it at a time is looked at closely
            together = int(np.bincount(self.tree.keys(stage)[: len(self.candidates)]).max())
        fitting = _STORED // (2 * together * responses)
        return max(REFERENCES // 4, min(REFERENCES, fitting))

    def _take_open(self) -> None:
        tree, setup = self.tree, self.situation.setup
        if setup is not None:
            tree.add_known(setup.settings, setup.batch, setup.left)
        chains = [tree.add_known(run.settings, run.batch) for run in self.situation.pending]
        effects = {}
        for number, batch in enumerate(tree.batches):
            code = self.situation.codes.get((tree.stages[batch.stage], batch.label or ""))
            if code is not None:
                effects[number] = (batch.stage, code)
        for field in self.fields:
            field.set_effects(effects)
        for place, (chain, existing) in enumerate(chains):
            full = tree.take_open(chain, existing)
            awaited = self.situation.pending[place].awaited
            for field in self.fields:
                if self.blind or awaited is None or field.name in awaited:
                    field.take(len(self.candidates) + place, full, tree)

    @cached_property
    def stand_ins(self) -> IntArray:
        """Candidates that stand for all of them where beliefs everywhere are asked for, ``[m]``."""
        n = len(self.candidates)
        if n <= _STAND_INS:
            return np.arange(n)
        rng = np.random.default_rng(0)
        return draw(self.candidates.morton, np.ones(n), _STAND_INS, rng)

    @cached_property
    def _order(self) -> IntArray:
        """Places among the stand-ins in an order in which neighbours are alike, ``[m]``."""
        if len(self.candidates) == len(self.stand_ins):
            return self.candidates.morton
        return np.arange(len(self.stand_ins))  # they were drawn along it

    def target(self, goal: str, rng: np.random.Generator) -> ReferencePoints:
        """Reference points and weights, given the open runs."""
        rows = self.stand_ins
        names = [field.name for field in self.fields]
        weights = {name: self._weight(name) for name in names}
        beliefs = Beliefs(
            means={field.name: field.surface.moments(rows)[0] for field in self.fields},
            variances={field.name: field.variance_at(rows) for field in self.fields},
            limits=self.limits,
            weights=weights,
            order=self._order,
        )
        found = make_target("learn" if self.blind else goal, beliefs, rng, self.references)
        return replace(found, rows=rows[found.rows])

    def information(self, target: ReferencePoints) -> Information:
        """The worth of runs about a goal, which becomes the one of the fields."""
        return Information(self.fields, target, self.tree, self.success, self._pools)

    def _weight(self, name: str) -> float:
        return 1.0 if self.blind else self.spec.response(name).weight

    @property
    def goals(self) -> list[Response]:
        """Responses with a belief that are to be improved."""
        known = [self.spec.response(name) for name in self.posteriors]
        return [r for r in known if r.goal != "none" and r.weight > 0]

    def made_recipes(self) -> FloatArray:
        """Encoded recipes of the runs with results, each once, ``[k, D]``."""
        given = self.candidates.given
        recipes = [{**given, **run.given, **run.settings} for run in self.situation.known]
        return np.unique(self._space.encode_recipes(recipes), axis=0)

    def repeated(self) -> BoolArray:
        """Candidates that are the recipe of an open run or of one with results, ``[n]``."""
        same = np.zeros(len(self.candidates), dtype=np.bool_)
        runs = [run.settings for run in self.situation.known]
        for settings in (*runs, *(run.settings for run in self.situation.pending)):
            same |= self.candidates.matching(settings)
        return same

    def log_in_spec(self, rows: IntArray) -> FloatArray:
        """Logarithm of the probability of some points to be in spec, results so far, ``[m]``."""
        log_p: FloatArray = np.zeros(len(rows))
        for field in self.fields:
            if field.name in self.limits:
                log_p += log_inside(*field.surface.moments(rows), self.limits[field.name])
        return log_p

    def success_of(self, rows: IntArray) -> FloatArray:
        """Probability that runs at some points succeed, ``[m]``; 1 while nothing failed."""
        return np.ones(len(rows)) if self.success is None else self.success[rows]

    def allowed(self, *, any_settings: bool = False) -> BoolArray:
        """Points that may be proposed: candidates that are wanted and that nobody abandoned.

        Args:
            any_settings: those that are not wanted as well.
        """
        allowed = np.zeros(len(self.X), dtype=np.bool_)
        wanted = None if any_settings else self._wanted
        allowed[: len(self.candidates)] = True if wanted is None else wanted
        for settings in self.situation.excluded:
            allowed[: len(self.candidates)] &= ~self.candidates.matching(settings)
        if self.blind:  # without a model nothing says that a repetition is worth more
            for settings in (
                *(run.settings for run in self.situation.pending),
                *(run.settings for run in self.situation.failed),
            ):
                allowed[: len(self.candidates)] &= ~self.candidates.matching(settings)
        if not allowed.any():
            raise InputError(
                Problem(
                    "propose",
                    "every recipe that is left is open already, failed or was abandoned",
                    hint="Record results, reopen an abandoned run, or fix fewer settings",
                )
            )
        return allowed

    def stop(self, runs: int | None, budget: float | None) -> Stop:
        """When the plan is complete."""
        most = max(50, min(MOST_RUNS, _TAKEN // (len(self.X) * len(self.fields))))
        return Stop(most if runs is None else min(runs, most), budget, repeat=not self.blind)

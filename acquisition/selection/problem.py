"""One proposal before its runs are chosen: points, beliefs, batches, what is open or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.candidates.local_search import COARSE
from designer.acquisition.conditioning.batch_pool import BatchPools
from designer.acquisition.conditioning.points import SharedPoints
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.information import Information, SuccessProbabilities
from designer.acquisition.functions.probability_in_spec import log_inside, windows_on_scale
from designer.acquisition.functions.reference_points import (
    REFERENCES,
    Beliefs,
    ReferencePoints,
    make_reference_points,
)
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import KnownRun, OpenRun, PlanningContext
from designer.acquisition.selection.greedy import StoppingRule
from designer.acquisition.selection.likeness import near, same_results
from designer.acquisition.selection.space_filling import NEUTRAL, NeutralPosterior
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.specification.parts import MOST_RUNS
from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.parts import Response
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space

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
        context: what is set up, open, known and refused.
        wanted: candidates a run may be, ``[n]`` (fixed settings restrict the runs, not the goal);
            None: all.
        apart: those are things of their own, so a recipe that is open or failed may come again.
        trial: runs somebody thinks of; their points and batches are there, their results are not.

    Attributes:
        trial_runs: point and batches, one per stage, of each of them.
    """

    def __init__(
        self,
        spec: Specification,
        space: Space,
        posteriors: Mapping[str, Posterior],
        candidates: Candidates,
        context: PlanningContext,
        *,
        wanted: BoolArray | None = None,
        apart: bool = False,
        trial: Sequence[OpenRun] = (),
    ) -> None:
        self._wanted, self._space, self._apart = wanted, space, apart
        self.spec, self.candidates, self.context = spec, candidates, context
        names = [r.name for r in spec.responses if r.name in posteriors]
        self.posteriors = {name: posteriors[name] for name in names}
        self.uninformed = not self.posteriors
        self.X = candidates.encode(space)
        others = [*context.pending, *trial]
        if others:
            self.X = np.vstack([self.X, self._encode(others)])
        beliefs: Mapping[str, Posterior] = self.posteriors or {
            NEUTRAL: NeutralPosterior(space.groups, len(spec.stages))
        }
        self.success = SuccessProbabilities(context.success, self.X)
        self.limits = windows_on_scale(spec, self.posteriors)
        self.tree = BatchTree(spec, candidates, len(others), context.made)
        self.references = self._references(len(beliefs))
        stored = len(self.X) * self.references * len(beliefs)
        dtype: Any = np.float64 if stored <= _SMALL else np.float32
        region = SharedPoints(self.X)
        self.conditionings = [
            ResponseConditioning(name, b, region, dtype) for name, b in beliefs.items()
        ]
        self._pools: dict[int, BatchPools] = {}
        self.trial_runs = self._take_open(trial)

    def _references(self, responses: int) -> int:
        """Points per part of the goal: fewer where the candidates would fill the memory."""
        stage, together = self.tree.hard_stage, min(len(self.X), 2 * COARSE)  # `by_gain`
        if stage is not None and not self.uninformed:
            # one batch of it at a time is looked at closely
            together = int(np.bincount(self.tree.keys(stage)[: len(self.candidates)]).max())
        fitting = _STORED // (2 * together * responses)
        return max(REFERENCES // 4, min(REFERENCES, fitting))

    def _take_open(self, trial: Sequence[OpenRun]) -> list[tuple[int, list[int]]]:
        tree, setup = self.tree, self.context.setup
        if setup is not None:
            tree.add_known(setup.settings, setup.batch, setup.left)
        pending, first = len(self.context.pending), len(self.candidates)
        others = [*self.context.pending, *trial]
        chains = [tree.add_known(run.settings, run.batch) for run in others]
        effects = {}
        for number, batch in enumerate(tree.batches):
            code = self.context.codes.get((tree.stages[batch.stage], batch.label or ""))
            if code is not None:
                effects[number] = (batch.stage, code)
        for conditioning in self.conditionings:
            conditioning.set_effects(effects)
        full_chains = [tree.add_open_run(*chain) for chain in chains]
        for place, full in enumerate(full_chains[:pending]):
            awaited = self.context.pending[place].awaited
            for conditioning in self.conditionings:
                if self.uninformed or awaited is None or conditioning.name in awaited:
                    conditioning.condition(first + place, full, tree)
        return [(first + place, full_chains[place]) for place in range(pending, len(others))]

    @cached_property
    def representatives(self) -> IntArray:
        """Candidates that stand for the region where beliefs everywhere are asked for, ``[m]``."""
        region, rows = self.candidates.region
        if len(region) <= _STAND_INS:
            return rows
        return np.asarray(rows[region.spread(_STAND_INS, np.random.default_rng(0))])

    def reference_points(
        self, goal: str, rng: np.random.Generator, *, results_only: bool = False
    ) -> ReferencePoints:
        """Reference points and weights, given the open runs.

        Args:
            goal: ``learn`` or ``window``.
            rng: source of the reference points.
            results_only: as if no run were open.
        """
        rows, every, (region, _) = self.representatives, self.conditionings, self.candidates.region
        weights = {name: self.spec.response(name).weight for name in self.posteriors}
        beliefs = Beliefs(
            means={
                conditioning.name: conditioning.surface.moments(rows)[0] for conditioning in every
            },
            variances={
                conditioning.name: conditioning.surface.moments(rows)[1]
                if results_only
                else conditioning.variance_at(rows)
                for conditioning in every
            },
            limits=self.limits,
            weights=weights or {NEUTRAL: 1.0},
            # a part of the region was drawn along an order in which neighbours are alike
            order=region.morton if len(region) <= _STAND_INS else np.arange(len(rows)),
        )
        goal = "learn" if self.uninformed else goal
        found = make_reference_points(goal, beliefs, rng, self.references)
        return replace(found, rows=rows[found.rows])

    def information(self, reference: ReferencePoints, expected: Sequence[int] = ()) -> Information:
        """The worth of runs about a goal, which becomes the one of the fields.

        Args:
            reference: the goal.
            expected: points of runs that will be taken.
        """
        fields, tree = self.conditionings, self.tree
        return Information(fields, reference, tree, self.success, self._pools, expected=expected)

    @property
    def goals(self) -> list[Response]:
        """Responses with a belief that are to be improved."""
        known = [self.spec.response(name) for name in self.posteriors]
        return [r for r in known if r.goal != "none" and r.weight > 0]

    def made_recipes(self) -> FloatArray:
        """Encoded recipes of the runs with results, each once, ``[k, D]``."""
        return np.unique(self._encode(self.context.known), axis=0)

    def _encode(self, runs: Sequence[OpenRun | KnownRun]) -> FloatArray:
        given = self.candidates.given
        return self._space.encode_recipes([{**given, **r.given, **r.settings} for r in runs])

    def repeated(self) -> BoolArray:
        """Candidates that are the recipe of an open run or of one with results, ``[n]``."""
        known = [run.settings for run in self.context.known]
        return self._with_settings([*known, *(run.settings for run in self.context.pending)])

    def _with_settings(self, several: Sequence[Mapping[str, Setting]]) -> BoolArray:
        """Candidates that have any of some settings, ``[n]``."""
        same = np.zeros(len(self.candidates), dtype=np.bool_)
        for settings in several:
            same |= self.candidates.matching(settings)
        return same

    def log_in_spec(self, rows: IntArray) -> FloatArray:
        """Logarithm of the probability of some points to be in spec, results so far, ``[m]``."""
        log_p: FloatArray = np.zeros(len(rows))
        for conditioning in self.conditionings:
            if conditioning.name in self.limits:
                log_p += log_inside(
                    *conditioning.surface.moments(rows), self.limits[conditioning.name]
                )
        return log_p

    def allowed(self, *, any_settings: bool = False) -> BoolArray:
        """Points that may be proposed: candidates that are wanted and that nobody abandoned.

        Args:
            any_settings: those that are not wanted as well.
        """
        refused = [*self.context.excluded]
        if (
            self.uninformed and not self._apart
        ):  # without a model nothing says that a repetition is worth more
            refused += [run.settings for run in self.context.pending]
            refused += [run.settings for run in self.context.failed]
        allowed = np.zeros(len(self.X), dtype=np.bool_)
        allowed[: len(self.candidates)] = ~self._with_settings(refused)
        if self._wanted is not None and not any_settings:
            allowed[: len(self.candidates)] &= self._wanted
        if self.context.unlike:
            allowed &= self._unlike[self._unlikeness(allowed)]
            if not allowed.any():
                raise InputError(self._nothing_unlike())
        if not allowed.any():
            raise InputError(
                Problem(
                    "propose",
                    "every recipe that is left is open already, failed or was abandoned",
                    hint="Record results, reopen an abandoned run, or fix fewer settings",
                )
            )
        return allowed

    def _unlikeness(self, allowed: BoolArray) -> int:
        """The best kind of points in the place of runs nobody wants that some of these are of."""
        kinds = range(len(self._unlike))
        return next((kind for kind in kinds if (allowed & self._unlike[kind]).any()), kinds[-1])

    def exchange_note(self, allowed: BoolArray) -> str | None:
        """What is told where no recipe differs in all that matters from runs nobody wants.

        Args:
            allowed: what may be proposed, ``[n]``.
        """
        if not self.context.unlike:
            return None
        runs = listed([run.run for run in self.context.unlike])
        told = (
            None,
            f"every other recipe that is expected to give other results than {runs} is open"
            " already: one of those is repeated",
            f"no recipe is expected to give other results than {runs}, by more than the noise of a"
            " measurement: what is proposed differs in its settings alone",
        )
        return told[self._unlikeness(allowed)]

    def _nothing_unlike(self) -> Problem:
        runs = listed([run.run for run in self.context.unlike])
        what = f"no recipe that may be proposed differs in what matters from {runs}"
        allowed = "another category, or a factor moved by more than a twentieth of its range"
        hint = "Fix fewer settings, offer other recipes, or abandon the run and propose anew"
        return Problem("--instead-of", what, allowed=allowed, hint=hint)

    @cached_property
    def _unlike(self) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Points that are not nearly the same as what nobody wants, ``[n]``.

        Those that are expected to give other results and repeat no open run; those that may repeat
        one; and all that differ in their settings.
        """
        others = self._encode(self.context.unlike)
        factors = [factor.name for factor in self.spec.factors]
        close = np.zeros(len(self.X), dtype=np.bool_)
        for other in others:
            close |= near(self.X, other, self._space, factors)
        other = ~(close | same_results(self.posteriors, self.X, others))
        repeats = np.zeros(len(self.X), dtype=np.bool_)
        if not self._apart:  # another coil of an open recipe is another thing
            repeats[: len(self.candidates)] = self._with_settings(
                [run.settings for run in self.context.pending]
            )
        return other & ~repeats, other, ~close

    def stop(self, runs: int | None, budget: float | None) -> StoppingRule:
        """When the plan is complete."""
        most = max(50, min(MOST_RUNS, _TAKEN // (len(self.X) * len(self.conditionings))))
        return StoppingRule(
            most if runs is None else min(runs, most), budget, repeat=not self.uninformed
        )

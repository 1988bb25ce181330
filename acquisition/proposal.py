"""One proposal before its runs are chosen: points, beliefs, batches, what is open or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.candidates import Candidates
from designer.acquisition.fields import Field
from designer.acquisition.goals import REFERENCES, Beliefs, Target, make_target
from designer.acquisition.greedy import Stop
from designer.acquisition.openings import hard_stage
from designer.acquisition.posterior import Posterior
from designer.acquisition.reference import draw
from designer.acquisition.situation import Situation
from designer.acquisition.space_filling import NEUTRAL, NeutralPosterior
from designer.acquisition.surface import Region
from designer.campaigns.errors import InputError, Problem
from designer.models.arrays import BoolArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.specification import Specification
    from designer.models.space import Space

DEFAULT_RUNS = 4
MOST_RUNS = 1000
_STORED = 50_000_000  # covariances with reference points, over all responses (200 MB in float32)
_TAKEN = 60_000_000  # numbers kept about the runs of a plan (240 MB in float32)
_STAND_INS = 4096  # candidates looked at to find out where the goal's points should be
_SMALL = 2_000_000  # covariances that stay float64


class Proposal:
    """Fields, batches and limits of one proposal, open runs taken."""

    def __init__(
        self,
        spec: Specification,
        space: Space,
        posteriors: Mapping[str, Posterior],
        candidates: Candidates,
        situation: Situation,
    ) -> None:
        self.spec, self.candidates, self.situation = spec, candidates, situation
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
        self.tree = BatchTree(spec, candidates, len(pending))
        self.references = self._references(len(beliefs))
        stored = len(self.X) * self.references * len(beliefs)
        dtype: Any = np.float64 if stored <= _SMALL else np.float32
        region = Region(self.X)
        self.fields = [Field(name, b, region, dtype) for name, b in beliefs.items()]
        self._take_open()

    def _references(self, responses: int) -> int:
        """Points per part of the goal: fewer where the candidates would fill the memory."""
        stage, together = hard_stage(self.tree), len(self.X)
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

    def target(self, goal: str, rng: np.random.Generator) -> Target:
        """Reference points and weights, given the open runs."""
        rows = self.stand_ins
        names = [field.name for field in self.fields]
        limits, weights = {}, dict.fromkeys(names, 1.0)
        for name, posterior in self.posteriors.items():
            response = self.spec.response(name)
            weights[name] = response.weight
            if response.window is not None and np.isfinite(response.window).any():
                limits[name] = posterior.limits(*response.window)
        beliefs = Beliefs(
            means={field.name: field.surface.moments(rows)[0] for field in self.fields},
            variances={field.name: field.variance_at(rows) for field in self.fields},
            limits=limits,
            weights=weights,
            order=self._order,
        )
        found = make_target("learn" if self.blind else goal, beliefs, rng, self.references)
        return replace(found, rows=rows[found.rows])

    def allowed(self) -> BoolArray:
        """Points that may be proposed: candidates nobody abandoned."""
        allowed = np.ones(len(self.X), dtype=np.bool_)
        allowed[len(self.candidates) :] = False
        for settings in self.situation.excluded:
            allowed[: len(self.candidates)] &= ~self.candidates.matching(settings)
        if self.blind:  # without a model nothing says that a repetition is worth more
            for settings in (
                *(run.settings for run in self.situation.pending),
                *self.situation.failed,
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

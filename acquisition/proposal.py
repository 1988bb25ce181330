"""One proposal before its runs are chosen: points, beliefs, batches, what is open or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.batches import BatchTree
from designer.acquisition.candidates import Candidates
from designer.acquisition.fields import Field
from designer.acquisition.goals import REFERENCES, Beliefs, Target, make_target
from designer.acquisition.greedy import Stop
from designer.acquisition.posterior import Posterior
from designer.acquisition.situation import Situation
from designer.acquisition.space_filling import NEUTRAL, NeutralPosterior
from designer.campaigns.errors import InputError, Problem
from designer.models.arrays import BoolArray

if TYPE_CHECKING:
    from designer.campaigns.specification import Specification
    from designer.models.space import Space

DEFAULT_RUNS = 4
MOST_RUNS = 1000
_STORED = 80_000_000  # covariances with reference points, over all responses (320 MB in float32)
_KEPT = 400_000_000  # bytes of covariances with measured rows, over all responses
_TAKEN = 60_000_000  # numbers kept about the runs of a plan (240 MB in float32)
_SMALL = 2_000_000  # covariances that stay float64


class Proposal:
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
        situation: Situation,
        *,
        wanted: BoolArray | None = None,
    ) -> None:
        self._wanted = wanted
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
        self.references = self._references(len(beliefs))
        stored = len(self.X) * self.references * len(beliefs)
        dtype: Any = np.float64 if stored <= _SMALL else np.float32
        keep = _KEPT / len(beliefs)
        self.fields = [Field(name, b, self.X, dtype, keep) for name, b in beliefs.items()]
        self.tree = BatchTree(spec, candidates, len(pending), situation.made)
        self._take_open()

    def _references(self, responses: int) -> int:
        """Points per part of the goal: fewer where the candidates would fill the memory."""
        fitting = _STORED // (2 * len(self.X) * responses)
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

    def target(self, goal: str, rng: np.random.Generator) -> Target:
        """Reference points and weights, given the open runs."""
        n = len(self.candidates)
        names = [field.name for field in self.fields]
        limits, weights = {}, dict.fromkeys(names, 1.0)
        for name, posterior in self.posteriors.items():
            response = self.spec.response(name)
            weights[name] = response.weight
            if response.window is not None and np.isfinite(response.window).any():
                limits[name] = posterior.limits(*response.window)
        beliefs = Beliefs(
            means={field.name: field.surface.mean[:n] for field in self.fields},
            variances={field.name: field.variance[:n] for field in self.fields},
            limits=limits,
            weights=weights,
            order=self.candidates.morton,
        )
        return make_target("learn" if self.blind else goal, beliefs, rng, self.references)

    def allowed(self) -> BoolArray:
        """Points that may be proposed: candidates that are wanted and that nobody abandoned."""
        allowed = np.zeros(len(self.X), dtype=np.bool_)
        allowed[: len(self.candidates)] = True if self._wanted is None else self._wanted
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

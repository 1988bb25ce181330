"""From the runs chosen to the runs of a plan: order, labels, costs, predictions, reasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.acquisition.batches.tree import in_order
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.expected_hits import HITS
from designer.acquisition.plan.order import Planned, make_order
from designer.acquisition.plan.reasons import Facts, reason, where_words
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.selection.context import Disagreement, KnownRun
from designer.acquisition.selection.greedy import Pick
from designer.acquisition.selection.space_filling import NOTHING_KNOWN
from designer.acquisition.selection.strategy import Selection
from designer.campaigns.commands.entries import PlannedRun
from designer.models.arrays import FloatArray, IntArray


class PlanAssembly:
    """The runs of a plan, told.

    Args:
        selection: the runs chosen, and what they were chosen from.
        rng: source of all chance.
    """

    def __init__(self, selection: Selection, rng: np.random.Generator) -> None:
        self.problem, self.selection, self.picks = selection.problem, selection, selection.picks
        self._rng = rng
        self._rows: IntArray = np.array([pick.row for pick in self.picks], dtype=np.int64)
        self.settings = [self.problem.candidates.recipe(pick.row) for pick in self.picks]

    def runs(self) -> tuple[PlannedRun, ...]:
        """The runs in the order to make them."""
        spec, tree, setup = self.problem.spec, self.problem.tree, self.problem.context.setup
        planned = [Planned(s, p.chain) for s, p in zip(self.settings, self.picks, strict=True)]
        order = make_order(spec, planned, tree, setup.settings if setup else None, self._rng)
        made = in_order([self.picks[place].chain for place in order], tree)
        predictions = predict(
            spec, self.problem.posteriors, self.problem.X[self._rows], self.problem.context.at
        )
        success: list[float | None] = [None] * len(self.picks)
        if self.problem.context.success is not None:
            success = [float(p) for p in self.problem.success[self._rows]]
        reasons = self._reasons(predictions, success)
        uninformed = self.problem.uninformed
        return tuple(
            PlannedRun(
                order=k + 1,
                rank=place + 1,
                settings=self.settings[place],
                batch=made[k][0],
                predicted=predictions[place].responses,
                bits=None if uninformed else self.picks[place].bits,
                cost=made[k][1],
                in_spec=predictions[place].in_spec,
                reason=reasons[place],
                given=self.problem.candidates.given_at(self.picks[place].row),
                value=self.picks[place].value,
                success=success[place],
                in_spec_measured=predictions[place].in_spec_measured,
            )
            for k, place in enumerate(order)
        )

    def notes(self) -> tuple[str, ...]:
        """Sentences for the user."""
        notes = [*self.selection.notes]
        if self.problem.uninformed:
            notes.append(NOTHING_KNOWN)
        for stage, name in enumerate(self.problem.tree.stages):
            count = len(self._new_batches(stage) - set(self._references(stage)))
            if self.problem.spec.stages[stage].reference and count:
                new = "the new batch" if count == 1 else f"{count} new batches"
                notes.append(f"no reference run in {new} of {name}: it is not possible there")
        return tuple(notes)

    def _gain(self, pick: Pick) -> str | None:
        """How a reason begins when the plan maximises something besides information."""
        if pick.value is None:
            return None
        word = "Search" if self.selection.value_name == HITS else "Improve"
        return f"{word}, adds {pick.value:.2g} {self.selection.value_name}"

    def _new_batches(self, stage: int) -> set[int]:
        batches = self.problem.tree.batches
        return {p.chain[stage] for p in self.picks if batches[p.chain[stage]].planned}

    def _references(self, stage: int) -> dict[int, int]:
        """Place of the reference run per new batch of a stage that has one."""
        recipe = self.problem.spec.stages[stage].reference
        new = self._new_batches(stage)
        found: dict[int, int] = {}
        for place, (pick, settings) in enumerate(zip(self.picks, self.settings, strict=True)):
            same = all(settings[name] == value for name, value in recipe.items())
            if recipe and same and pick.chain[stage] in new:
                found.setdefault(pick.chain[stage], place)
        return found

    def _reasons(
        self, predictions: Sequence[Prediction], success: Sequence[float | None]
    ) -> list[str]:
        problem = self.problem
        known = [*problem.context.known]
        known += [KnownRun(run.run, run.settings) for run in problem.context.pending]
        region = problem.representatives
        spread = {f.name: _spread(f, self._rows, region) for f in problem.conditionings}
        references = {
            place: name
            for stage, name in reversed(list(enumerate(problem.tree.stages)))
            for place in self._references(stage).values()
        }
        judge = problem.context.disagreements
        differ: Sequence[Disagreement | None] = [None] * len(self.picks)
        if judge is not None and self.picks:
            differ = judge(problem.X[self._rows])
        total = sum(pick.bits for pick in self.picks)
        reasons = []
        for rank, pick in enumerate(self.picks):
            facts = Facts(
                settings=self.settings[rank],
                bits=None if problem.uninformed else pick.bits,
                share=pick.bits / total if total > 0 else 1.0,
                shares=pick.shares,
                spread={name: float(own[rank]) for name, own in spread.items()},
                where=self._where(pick),
                in_spec=predictions[rank].in_spec,
                success=success[rank],
                gain=self._gain(pick),
                reference=references.get(rank),
                disagreement=differ[rank],
                earlier=self.settings[:rank],
            )
            reasons.append(reason(problem.spec, facts, known, problem.context.failed))
        return reasons

    def _where(self, pick: Pick) -> str:
        """Where it teaches about the response it teaches most about."""
        if self.problem.uninformed or not any(pick.shares.values()):
            return ""
        most = max(
            self.problem.conditionings, key=lambda conditioning: pick.shares[conditioning.name]
        )
        rows, effect = most.effect_on_goal(pick.row)
        return where_words(self.problem.spec, self.problem.candidates, rows, effect)


def _spread(conditioning: ResponseConditioning, rows: IntArray, region: IntArray) -> FloatArray:
    """Standard deviation at some points relative to the region's (root mean variance), ``[m]``."""
    mean = float(conditioning.surface.moments(region)[1].mean())
    return np.sqrt(conditioning.surface.moments(rows)[1] / max(mean, np.finfo(float).tiny))

"""A plan: which runs to make next, in which order, what they teach and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates import make_candidates
from designer.acquisition.costs import costs_in_order, labels_in_order
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.acquisition.greedy import Pick, Stop, greedy
from designer.acquisition.ordering import Planned, make_order
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.proposal import DEFAULT_RUNS, Proposal
from designer.acquisition.reasons import Facts, reason
from designer.acquisition.situation import KnownRun, Situation
from designer.acquisition.space_filling import NEUTRAL
from designer.acquisition.staged import staged
from designer.campaigns.entries import PlannedRun
from designer.campaigns.numbers import number_text
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.specification import Setting, Specification
    from designer.models.space import Space


@dataclass(frozen=True)
class Plan:
    """A computed plan.

    Attributes:
        goal: ``learn`` or ``window``.
        value_name: ``space-filling`` when nothing is known yet and no information was maximised.
        runs: the runs in the order to make them.
        bits: information it is expected to bring; None for space-filling.
        cost: of all its runs and new batches, in ``costs.unit``.
        nested: the first k by rank are the plan of k runs.
        given: value assumed for every given.
        notes: sentences for the user.
    """

    goal: str
    value_name: str | None
    runs: tuple[PlannedRun, ...]
    bits: float | None
    cost: float
    nested: bool
    given: Mapping[str, float]
    notes: tuple[str, ...]


def make_plan(
    spec: Specification,
    space: Space,
    posteriors: Mapping[str, Posterior],
    *,
    runs: int | None = None,
    budget: float | None = None,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    situation: Situation | None = None,
    goal: str | None = None,
    seed: int = 0,
) -> Plan:
    """Choose the next runs.

    Args:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response, of responses something is known about; empty: the plan is
            space-filling.
        runs: most runs; default 4, with a budget alone as many as fit.
        budget: most cost, in ``costs.unit``.
        fixed: settings every run shall have, checked by the caller.
        given: values of the givens; the middle of the range for those left out.
        situation: what is set up, open, known and refused.
        goal: default: the specification's.
        seed: seed of all chance.

    Raises:
        InputError: nothing satisfies the fixed values and constraints, or all of it was abandoned.
    """
    situation = situation or Situation()
    if runs is None and budget is None:
        runs = DEFAULT_RUNS
    assumed, notes = _given(spec, given or {})
    candidates = make_candidates(spec, fixed=fixed, given=assumed, seed=seed)
    if not candidates.exact:
        notes.append(f"{len(candidates)} recipes spread over the region were compared, not all")
    proposal = Proposal(spec, space, posteriors, candidates, situation)
    rng = np.random.default_rng(seed)
    target = proposal.target(goal or spec.goal, rng)
    stop = proposal.stop(runs, budget)
    choose = greedy if proposal.blind else staged  # knowing nothing, runs spread over the region
    picks = choose(proposal.fields, target, proposal.tree, proposal.allowed(), stop)
    notes += [*target.notes, *_shortfall(proposal, len(picks), runs, budget, stop)]
    return _Finish(proposal, target, picks).plan(rng, notes)


def _given(spec: Specification, given: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
    assumed = {name: float(value) for name, value in given.items()}
    notes = []
    for item in spec.givens:
        if item.name not in assumed:
            assumed[item.name] = 0.5 * (item.low + item.high)
            text = number_text(assumed[item.name]) + (f" {item.unit}" if item.unit else "")
            notes.append(f"{item.name} was not given: planned for {text}, the middle of its range")
    return assumed, notes


def _shortfall(
    proposal: Proposal, made: int, runs: int | None, budget: float | None, stop: Stop
) -> list[str]:
    """Why there are fewer runs than asked for, if so."""
    if made == runs:
        return []
    if made == stop.runs:
        return [f"a plan over so many recipes holds at most {made} runs"]
    if not stop.repeat and made == np.count_nonzero(proposal.allowed()):
        return [f"there are only {made} feasible recipes, and none is repeated yet"]
    limit = f"{budget or 0.0:g} {proposal.spec.costs.unit}"
    if not made:
        cheapest = float(proposal.tree.costs()[proposal.allowed()].min())
        return [f"no run fits into {limit}: the cheapest costs {cheapest:g}"]
    return [] if runs is None else [f"only {made} of {runs} runs fit into {limit}"]


class _Finish:
    """From picks to a plan: order, labels, costs, predictions, reasons."""

    def __init__(self, proposal: Proposal, target: Target, picks: Sequence[Pick]) -> None:
        self.proposal, self.target, self.picks = proposal, target, picks
        self.settings = [proposal.candidates.recipe(pick.row) for pick in picks]

    def plan(self, rng: np.random.Generator, notes: list[str]) -> Plan:
        """The finished plan."""
        spec, tree, setup = self.proposal.spec, self.proposal.tree, self.proposal.situation.setup
        planned = [Planned(s, p.chain) for s, p in zip(self.settings, self.picks, strict=True)]
        order = make_order(spec, planned, tree, setup.settings if setup else None, rng)
        chains = [self.picks[place].chain for place in order]
        costs = costs_in_order(chains, tree)
        labels = labels_in_order(chains, tree)
        predictions = self._predictions()
        reasons = self._reasons(predictions)
        blind = self.proposal.blind
        runs = tuple(
            PlannedRun(
                order=k + 1,
                rank=place + 1,
                settings=self.settings[place],
                batch=labels[k],
                predicted=predictions[place].responses,
                bits=None if blind else self.picks[place].bits,
                cost=costs[k],
                in_spec=predictions[place].in_spec,
                reason=reasons[place],
                given=self.proposal.candidates.given,
            )
            for k, place in enumerate(order)
        )
        return Plan(
            goal=spec.goal if blind else self.target.name,
            value_name=NEUTRAL if blind else None,
            runs=runs,
            bits=None if blind else float(sum(pick.bits for pick in self.picks)),
            cost=float(sum(costs)),
            nested=True,
            given=self.proposal.candidates.given,
            notes=(*notes, "space-filling: nothing is known yet") if blind else tuple(notes),
        )

    def _predictions(self) -> list[Prediction]:
        rows = np.array([pick.row for pick in self.picks], dtype=np.int64)
        return predict(self.proposal.spec, self.proposal.posteriors, self.proposal.X[rows])

    def _reasons(self, predictions: Sequence[Prediction]) -> list[str]:
        proposal = self.proposal
        known = [*proposal.situation.known]
        known += [KnownRun(run.run, run.settings) for run in proposal.situation.pending]
        rows = np.array([pick.row for pick in self.picks], dtype=np.int64)
        spread = {f.name: _spread(f, rows, proposal.stand_ins) for f in proposal.fields}
        reasons = []
        for rank, pick in enumerate(self.picks):
            facts = Facts(
                settings=self.settings[rank],
                bits=None if proposal.blind else pick.bits,
                shares=pick.shares,
                spread={name: float(own[rank]) for name, own in spread.items()},
                in_spec=predictions[rank].in_spec,
                earlier=self.settings[:rank],
            )
            reasons.append(reason(proposal.spec, facts, known))
        return reasons


def _spread(field: Field, rows: IntArray, region: IntArray) -> FloatArray:
    """Standard deviation at some points relative to the region's (root mean variance), ``[m]``."""
    mean = float(field.surface.moments(region)[1].mean())
    return np.sqrt(field.surface.moments(rows)[1] / max(mean, np.finfo(float).tiny))

"""A plan: which runs to make next, in which order, what they teach and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates import Candidates, make_candidates, merged, with_fixed
from designer.acquisition.costs import costs_in_order, labels_in_order
from designer.acquisition.deviation import Deviation
from designer.acquisition.fields import Field
from designer.acquisition.goals import Target
from designer.acquisition.greedy import Pick, Stop, greedy
from designer.acquisition.ordering import Planned, make_order
from designer.acquisition.outlook import Outlook, outlook
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.proposal import DEFAULT_RUNS, Proposal
from designer.acquisition.reasons import Facts, reason
from designer.acquisition.situation import Disagreement, KnownRun, OpenRun, Situation
from designer.acquisition.space_filling import NEUTRAL
from designer.acquisition.staged import staged
from designer.acquisition.where import where_words
from designer.campaigns.entries import PlannedRun
from designer.campaigns.numbers import number_text
from designer.models.arrays import BoolArray, FloatArray

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
        deviation: what the fixed settings cost; None: none is fixed, or nothing is known yet.
        outlook: what will be known after it; None: nothing is known yet.
    """

    goal: str
    value_name: str | None
    runs: tuple[PlannedRun, ...]
    bits: float | None
    cost: float
    nested: bool
    given: Mapping[str, float]
    notes: tuple[str, ...]
    deviation: Deviation | None = None
    outlook: Outlook | None = None


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
        runs: most runs; default 4, with a budget alone as many as fit; 0: only look ahead.
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
    candidates, wanted = _candidates(spec, fixed or {}, assumed, seed)
    if not candidates.exact:
        notes.append(f"{len(candidates)} recipes spread over the region were compared, not all")

    def chosen(only: BoolArray | None) -> _Finish:
        proposal = Proposal(spec, space, posteriors, candidates, situation, wanted=only)
        rng = np.random.default_rng(seed)
        target = proposal.target(goal or spec.goal, rng)
        stop = proposal.stop(runs, budget)
        choose = greedy if proposal.blind else staged  # knowing nothing, spread over the region
        picks = choose(proposal.fields, target, proposal.tree, proposal.allowed(), stop)
        short = _shortfall(proposal, len(picks), runs, budget, stop)
        return _Finish(proposal, target, picks, (*notes, *target.notes, *short), rng)

    made = chosen(wanted if fixed else None)
    plan = made.plan()
    plan = replace(
        plan, outlook=outlook(made.proposal, space, goal or spec.goal, _as_open(plan.runs))
    )
    if not fixed or made.proposal.blind:
        return plan
    found = Deviation.between(fixed, made.picks, chosen(None).picks)
    return replace(plan, deviation=found)


def _as_open(runs: Sequence[PlannedRun]) -> list[OpenRun]:
    ranked = sorted(runs, key=lambda run: run.rank)
    return [OpenRun(f"rank {r.rank}", r.settings, r.batch, r.given) for r in ranked]


def _candidates(
    spec: Specification, fixed: Mapping[str, Setting], given: Mapping[str, float], seed: int
) -> tuple[Candidates, BoolArray]:
    """Recipes of the whole region and which of them runs may have.

    Where not all can be listed, those at the stages' reference recipes are added.
    """
    candidates, wanted = with_fixed(spec, fixed, given, seed)
    references = [stage.reference for stage in spec.stages if stage.reference]
    if candidates.exact or not references:
        return candidates, wanted
    more = [make_candidates(spec, fixed=r, given=given, seed=seed) for r in references]
    together = merged([candidates, *more])
    return together, together.matching(fixed)


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

    def __init__(
        self,
        proposal: Proposal,
        target: Target,
        picks: Sequence[Pick],
        notes: tuple[str, ...],
        rng: np.random.Generator,
    ) -> None:
        self.proposal, self.target, self.picks = proposal, target, picks
        self.notes, self.rng = notes, rng
        self.settings = [proposal.candidates.recipe(pick.row) for pick in picks]

    def plan(self) -> Plan:
        """The finished plan."""
        spec, tree, setup = self.proposal.spec, self.proposal.tree, self.proposal.situation.setup
        planned = [Planned(s, p.chain) for s, p in zip(self.settings, self.picks, strict=True)]
        order = make_order(spec, planned, tree, setup.settings if setup else None, self.rng)
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
            notes=(*self.notes, *self._more_notes()),
        )

    def _more_notes(self) -> list[str]:
        notes = ["space-filling: nothing is known yet"] if self.proposal.blind else []
        for stage, name in enumerate(self.proposal.tree.stages):
            count = len(self._new_batches(stage) - set(self._references(stage)))
            if self.proposal.spec.stages[stage].reference and count:
                new = "the new batch" if count == 1 else f"{count} new batches"
                notes.append(f"no reference run in {new} of {name}: it is not possible there")
        return notes

    def _new_batches(self, stage: int) -> set[int]:
        batches = self.proposal.tree.batches
        return {p.chain[stage] for p in self.picks if batches[p.chain[stage]].planned}

    def _references(self, stage: int) -> dict[int, int]:
        """Place of the reference run per new batch of a stage that has one."""
        recipe = self.proposal.spec.stages[stage].reference
        new = self._new_batches(stage)
        found: dict[int, int] = {}
        for place, (pick, settings) in enumerate(zip(self.picks, self.settings, strict=True)):
            same = all(settings[name] == value for name, value in recipe.items())
            if recipe and same and pick.chain[stage] in new:
                found.setdefault(pick.chain[stage], place)
        return found

    def _predictions(self) -> list[Prediction]:
        rows = np.array([pick.row for pick in self.picks], dtype=np.int64)
        return predict(self.proposal.spec, self.proposal.posteriors, self.proposal.X[rows])

    def _reasons(self, predictions: Sequence[Prediction]) -> list[str]:
        proposal = self.proposal
        known = [*proposal.situation.known]
        known += [KnownRun(run.run, run.settings) for run in proposal.situation.pending]
        means = {f.name: _mean_sd(f, len(proposal.candidates)) for f in proposal.fields}
        references = {
            place: name
            for stage, name in reversed(list(enumerate(proposal.tree.stages)))
            for place in self._references(stage).values()
        }
        differ = self._disagreements()
        total = sum(pick.bits for pick in self.picks)
        reasons = []
        for rank, pick in enumerate(self.picks):
            facts = Facts(
                settings=self.settings[rank],
                bits=None if proposal.blind else pick.bits,
                share=pick.bits / total if total > 0 else 1.0,
                shares=pick.shares,
                spread={
                    f.name: float(np.sqrt(f.surface.variance[pick.row])) / means[f.name]
                    for f in proposal.fields
                },
                where=self._where(pick),
                in_spec=predictions[rank].in_spec,
                gain=None,
                reference=references.get(rank),
                disagreement=differ[rank],
                earlier=self.settings[:rank],
            )
            reasons.append(reason(proposal.spec, facts, known))
        return reasons

    def _where(self, pick: Pick) -> str:
        """Where it teaches about the response it teaches most about."""
        if self.proposal.blind or not any(pick.shares.values()):
            return ""
        most = max(self.proposal.fields, key=lambda field: pick.shares[field.name])
        rows, effect = most.reach(pick.row)
        return where_words(self.proposal.spec, self.proposal.candidates, rows, effect)

    def _disagreements(self) -> Sequence[Disagreement | None]:
        judge = self.proposal.situation.disagreements
        if judge is None or not self.picks:
            return [None] * len(self.picks)
        return judge(self.proposal.X[[pick.row for pick in self.picks]])


def _mean_sd(field: Field, n: int) -> float:
    """Root mean variance over the region, never 0."""
    variance: FloatArray = field.surface.variance[:n]
    return float(np.sqrt(max(variance.mean(), np.finfo(float).tiny)))

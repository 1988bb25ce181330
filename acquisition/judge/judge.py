"""One plan judged by itself: cost, bits, models, aliases, power, leverage, duplicates, rows.

What it is compared with is added by who makes other plans (`designer.engine.judging`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.judge.answers import (
    BrokenRow,
    Judged,
    JudgedRun,
    KnownAfter,
    RepeatedRecipe,
    RunLeverage,
)
from designer.acquisition.judge.duplicates import duplicates
from designer.acquisition.judge.estimation.figures import ClassicalFigures, EffectSizes
from designer.acquisition.judge.estimation.noise import Noise
from designer.acquisition.judge.making import Making, as_listed, in_best_order
from designer.acquisition.judge.words import repeated_text, run_ids
from designer.acquisition.judge.worth import Worth, Yardstick
from designer.acquisition.selection.context import KnownRun, PlanningContext

if TYPE_CHECKING:
    from designer.campaigns.sheets.brought_plan import BroughtPlan, BroughtRun, RowFault
    from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True)
class PlanMeasures:
    """A judged plan before it is told: how it is made, and what that is worth.

    Attributes:
        listed: made in the order of its rows.
        best: made in the best order.
        worth: of the order of the rows; None: nothing is known yet.
        worth_best: of the best order.
    """

    listed: Making
    best: Making
    worth: Worth | None
    worth_best: Worth | None


@dataclass(frozen=True, eq=False)
class PlanJudge:
    """Judges plans of a campaign.

    Attributes:
        spec: the campaign's specification.
        candidates: recipes of the whole region.
        context: what is set up, open, known; without the runs that are judged.
        yardstick: what bits are measured with; None: nothing is known yet.
        noise: what effects are found against.
        effect: how large they are.
        seed: of all chance.
        search: look for the best designs of as many runs, to compare efficiencies with.
    """

    spec: Specification
    candidates: Candidates
    context: PlanningContext
    yardstick: Yardstick | None
    noise: Sequence[Noise]
    effect: EffectSizes
    seed: int
    search: bool = True

    def measures(self, runs: Sequence[BroughtRun]) -> PlanMeasures:
        """How runs are made and what that is worth."""
        listed = as_listed(self.spec, runs, self.context)
        best = in_best_order(self.spec, runs, self.context, self.seed)
        if self.yardstick is None:
            return PlanMeasures(listed, best, None, None)
        worth = self.yardstick.worth(listed.open_runs(runs))
        same = listed.batches == best.batches and listed.order == best.order
        by_best = worth if same else self.yardstick.worth(best.open_runs(runs))
        return PlanMeasures(listed, best, worth, by_best)

    def judge(self, plan: BroughtPlan) -> Judged:
        """Everything about a plan but what it is compared with."""
        runs, measures = plan.runs, self.measures(plan.runs)
        figures = ClassicalFigures(self.spec, [run.settings for run in runs], self.candidates)
        worth, worth_best, best = measures.worth, measures.worth_best, measures.best
        leverage = figures.leverage()
        told_runs = self._runs(runs, measures, leverage)
        efficiency, basis = figures.efficiency(self.seed if self.search else None)
        return {
            "plan": plan.name,
            "runs": told_runs,
            "cost": measures.listed.cost,
            "cost_unit": self.spec.costs.unit,
            "information_bits": None if worth is None else worth.bits,
            "expected_in_spec": None if worth is None else worth.hits,
            "best_order": {
                "cost": best.cost,
                "information_bits": None if worth_best is None else worth_best.bits,
                "rows": [runs[place].row for place in best.order],
                "new_batches": dict(best.new),
            },
            "ours": None,
            "ours_same_runs": None,
            "comparisons": [],
            "unknown": {} if worth_best is None else known_after(self.spec, worth_best),
            "models": figures.estimable(),
            "efficiency": efficiency,
            "efficiency_basis": basis,
            "aliases": figures.aliases(),
            "correlated": figures.correlated(),
            "alias_matrix": figures.alias_figures(),
            "power": figures.power(best.by_place, self.noise, self.effect),
            "leverage": _leverage(runs, leverage),
            "duplicates": self._duplicates(runs, run_ids(told_runs)),
            "infeasible": [_broken(fault) for fault in plan.faults],
            "summary": [],
            "notes": [*plan.notes],
        }

    def _runs(
        self, runs: Sequence[BroughtRun], measures: PlanMeasures, leverage: Sequence[float] | None
    ) -> list[JudgedRun]:
        places = {place: k for k, place in enumerate(measures.best.order)}
        worth = measures.worth
        return [
            {
                "row": run.row,
                "run": run.run,
                "order": places[k] + 1,
                "settings": dict(run.settings),
                "batch": dict(measures.listed.batches[k]),
                "information_bits": None if worth is None else worth.each[k],
                "cost": measures.listed.costs[k],
                "leverage": None if leverage is None else leverage[k],
                "in_spec": None if worth is None or worth.inside is None else worth.inside[k],
            }
            for k, run in enumerate(runs)
        ]

    def _duplicates(
        self, runs: Sequence[BroughtRun], ids: Mapping[int, str]
    ) -> list[RepeatedRecipe]:
        known = [*self.context.known]
        known += [KnownRun(run.run, run.settings) for run in self.context.pending]
        found: list[RepeatedRecipe] = []
        for each in duplicates(self.spec, [run.settings for run in runs], known):
            rows = [runs[place].row for place in each.places]
            told: RepeatedRecipe = {
                "rows": rows, "exact": each.exact, "made": each.made, "text": "",
            }  # fmt: skip
            found.append({**told, "text": repeated_text(told, ids)})
        return found


def known_after(spec: Specification, worth: Worth) -> dict[str, KnownAfter]:
    """What stays unknown of every response after some runs."""
    return {
        name: {
            "unit": spec.response(name).unit,
            "sd_now": worth.sd_now[name],
            "sd_open": worth.sd_before[name],
            "sd_after": after,
        }
        for name, after in worth.sd_after.items()
    }


def _leverage(runs: Sequence[BroughtRun], leverage: Sequence[float] | None) -> list[RunLeverage]:
    return [
        {"row": run.row, "run": run.run, "leverage": own}
        for run, own in zip(runs, leverage or (), strict=leverage is not None)
    ]


def _broken(fault: RowFault) -> BrokenRow:
    problem = fault.problem
    return {
        "row": fault.row,
        "where": problem.where,
        "what": problem.what,
        "found": problem.found,
        "allowed": problem.allowed,
        "hint": problem.hint,
        "left_out": fault.left_out,
        "text": str(problem),
    }

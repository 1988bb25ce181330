"""The plans a judged one is compared with: ours, a D-optimal one, some runs of what is set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.acquisition.designs.design import Design
from designer.acquisition.designs.model_terms import ModelOrder
from designer.acquisition.designs.optimal.optimal import OptimalRequest, optimal_design
from designer.acquisition.judge.answers import ComparedPlan
from designer.acquisition.judge.making import in_best_order
from designer.acquisition.judge.worth import Worth, Yardstick
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.errors import InputError
from designer.campaigns.sheets.brought_plan import BroughtRun
from designer.campaigns.specification.parts import DEFAULT_RUNS, MOST_RUNS
from designer.render.words import count, priced

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space

_LARGEST = 40_000  # runs × terms² of a D-optimal design that is made in a second or two (measured)


@dataclass(frozen=True, eq=False)
class PlansBeside:
    """Makes the plans a plan is compared with, measured as it is.

    Attributes:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response; empty: nothing is known yet.
        yardstick: what bits are measured with; None: nothing is known yet.
        context: what is set up, open, known; without the runs that are judged.
        given: a value for every given.
        seed: of all chance.
    """

    spec: Specification
    space: Space
    posteriors: Mapping[str, Posterior]
    yardstick: Yardstick | None
    context: PlanningContext
    given: Mapping[str, float]
    seed: int

    def ours(
        self,
        *,
        runs: int | None = None,
        budget: float | None = None,
        fixed: Mapping[str, Setting] | None = None,
        thorough: bool = True,
    ) -> tuple[PlannedRun, ...]:
        """The runs of a plan of ours (`make_plan`); none where none can be made."""
        try:
            found = make_plan(
                self.spec,
                self.space,
                self.posteriors,
                runs=None if runs is None else min(runs, MOST_RUNS),
                budget=budget,
                fixed=fixed,
                given=self.given,
                context=self.context,
                goal=_information_goal(self.spec),
                seed=self.seed,
                thorough=thorough,
            )
        except InputError:  # nothing is left to propose
            return ()
        return found.runs

    def told(
        self, name: str, runs: Sequence[PlannedRun], first: int | None = None
    ) -> ComparedPlan | None:
        """A plan of ours, or its first runs by value, which are the plan of so many.

        Args:
            name: of the plan.
            runs: its runs; none where none can be made.
            first: how many of them; None: all.
        """
        some = [run for run in runs if first is None or run.rank <= first]
        if not some:
            return None
        cost = float(sum(run.cost for run in some))
        if len(some) < len(runs):  # who pays for a batch may be left out
            brought = [BroughtRun(r.order, "", r.settings, r.given, r.batch) for r in some]
            cost = in_best_order(self.spec, brought, self.context, self.seed).cost
        return self._told(name, cost, [OpenRun("", r.settings, r.batch, r.given) for r in some])

    def staying(self) -> ComparedPlan | None:
        """Some runs with what is set up now: as cheap as it gets; None where nothing is."""
        setup, stages = self.context.setup, [stage.name for stage in self.spec.stages]
        dear = next((stage.name for stage in self.spec.stages if stage.change_cost > 0), None)
        if setup is None or dear is None or dear not in setup.batch:
            return None
        before = stages[: stages.index(dear) + 1]
        fixed = {f.name: setup.settings[f.name] for f in self.spec.factors if f.stage in before}
        name = f"{DEFAULT_RUNS} of {setup.batch[dear]}"
        return self.told(name, self.ours(runs=DEFAULT_RUNS, fixed=fixed))

    def d_optimal(
        self, sizes: Mapping[ModelOrder, int], runs: int, batches: Mapping[str, int]
    ) -> ComparedPlan | None:
        """The D-optimal design of as many runs, for as large a model as so many batches can tell.

        Where they can tell none, for the largest model, with the batches it needs.

        Args:
            sizes: number of terms of the models that may be meant, the smallest first.
            runs: how many.
            batches: how many of each stage.
        """
        fitting = [k for k, p in sizes.items() if p <= runs and runs * p**2 <= _LARGEST]
        plots = {stage: number for stage, number in batches.items() if number}
        asked = [(order, plots) for order in fitting[::-1]]
        for order, wanted in [*asked, *((order, None) for order in fitting[-1:])]:
            request = OptimalRequest("D", order, runs, wanted)
            try:
                design = optimal_design(self.spec, request, given=self.given, seed=self.seed)
            except InputError:  # too few batches for the model, or no such design at all
                continue
            return self._designed(f"D-optimal, {order}", design)
        return None

    def _designed(self, name: str, design: Design) -> ComparedPlan:
        """A design, made in its best order with the batches it asks for."""
        brought = [
            BroughtRun(
                run.point.std_order,
                "",
                run.settings,
                self.given,
                {stage: f"plot-{number}" for stage, number in run.point.whole_plots.items()},
            )
            for run in design.runs
        ]
        making = in_best_order(self.spec, brought, self.context, self.seed)
        return self._told(name, making.cost, making.open_runs(brought))

    def _told(self, name: str, cost: float, runs: Sequence[OpenRun]) -> ComparedPlan:
        worth: Worth | None = None if self.yardstick is None else self.yardstick.worth(runs)
        bits = None if worth is None else worth.bits
        return {
            "name": name,
            "runs": len(runs),
            "cost": cost,
            "information_bits": bits,
            "bits_per_cost": None if bits is None else bits / cost,
            "expected_in_spec": None if worth is None else worth.hits,
            "sd_after": {} if worth is None else dict(worth.sd_after),
            "text": f"{count(len(runs), 'run')} for {priced(cost, self.spec.costs.unit)}",
        }


def _information_goal(spec: Specification) -> str:
    """What plans are compared by: bits, also where the campaign looks for the best recipe."""
    return "window" if spec.goal == "optimum" else spec.goal

"""Plans judged side by side, with plans of ours, a D-optimal one and what is set up as measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, with_fixed
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder
from designer.acquisition.judge.answers import ComparedPlan, Judged, PlanWorth
from designer.acquisition.judge.beside import PlansBeside
from designer.acquisition.judge.estimation.figures import EffectSizes
from designer.acquisition.judge.estimation.noise import noises
from designer.acquisition.judge.judge import PlanJudge
from designer.acquisition.judge.words import summary
from designer.acquisition.judge.worth import Yardstick
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.refinement import ONE_BY_ONE
from designer.campaigns.commands.by_hand import planned_at
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.brought_plan import BroughtPlan, BroughtRun
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.proposing import default_seed
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory
from designer.render.words import listed

_MOST_OURS = 60  # runs of ours, if the plan has fewer: more take longer than anybody waits
_ROUGH = (
    f"our plan beside so many rows is searched for run by run up to run {ONE_BY_ONE} only, the rest"
    " taken among recipes spread over the region: proposed, it brings somewhat more for its cost"
)
_REGION = 256  # points the typical noise is taken from


@dataclass(frozen=True)
class JudgeRequest:
    """What somebody asks about plans.

    Attributes:
        given: values of givens, checked.
        effect: sizes of the effects they should find.
        seed: of all chance; None: from campaign id and log position, as for a plan.
        compare: put other plans beside them.
        now: present moment, for pot lives; None: the clock.
    """

    given: Mapping[str, float] = field(default_factory=dict)
    effect: EffectSizes = field(default_factory=EffectSizes)
    seed: int | None = None
    compare: bool = True
    now: datetime | None = None


@dataclass(frozen=True)
class JudgedPlans:
    """Judged plans.

    Attributes:
        plans: in the order they were asked about.
        fitted: the models they were judged with.
        notes: sentences about what was assumed.
    """

    plans: list[Judged]
    fitted: FittedCampaign
    notes: list[str]


def judge_plans(
    state: CampaignState,
    plans: Sequence[BroughtPlan],
    request: JudgeRequest,
    progress: Progress,
    *,
    fitted: FittedCampaign | None = None,
    memory: Memory | None = None,
) -> JudgedPlans:
    """Judge plans; nothing is written.

    Args:
        state: the campaign.
        plans: what is judged.
        request: what is asked.
        progress: told what is being done.
        fitted: models of exactly this log, where there are any.
        memory: of what long histories said before; changes the time, never the result.
    """
    with one_thread():
        if fitted is None:
            fitted = fit_campaign(state, progress, memory)
        runs = [run for plan in plans for run in plan.runs]
        given, notes = fitted.givens({**shared_givens(runs), **request.given})
        seed = told_seed(state, runs) if request.seed is None else request.seed
        around = planning_context(fitted, request.now or datetime.now(UTC))
        measures = Measures.of(fitted, given, seed, around).without(runs)
        judging = _Judging(measures, request, progress)
        return JudgedPlans([judging.judged(plan) for plan in plans], fitted, notes)


def shared_givens(runs: Sequence[BroughtRun]) -> dict[str, float]:
    """Givens all runs have the same value of: what is judged is made for these."""
    return {
        name: value
        for name, value in (runs[0].given if runs else {}).items()
        if all(run.given.get(name) == value for run in runs)
    }


def told_seed(state: CampaignState, runs: Sequence[BroughtRun]) -> int:
    """The seed of what the first run of ours was told to be worth; of none, the next plan's.

    Bits are measured at points that are drawn: with the same seed they are the same bits.
    """
    run = next((state.runs[run.run] for run in runs if run.run is not None), None)
    if run is not None and run.plan is not None:
        return state.plans[run.plan].seed
    return default_seed(state, None if run is None else planned_at(state, run))


@dataclass(frozen=True, eq=False)
class Measures:
    """What runs are measured with, whoever chose them.

    Attributes:
        fitted: the models.
        given: a value for every given.
        seed: of all chance.
        candidates: recipes of the whole region.
        around: what is set up, open and known.
    """

    fitted: FittedCampaign
    given: Mapping[str, float]
    seed: int
    candidates: Candidates
    around: PlanningContext

    @classmethod
    def of(
        cls,
        fitted: FittedCampaign,
        given: Mapping[str, float],
        seed: int,
        around: PlanningContext,
    ) -> Measures:
        """As plans of ours are measured that are computed with this seed.

        Args:
            fitted: the models.
            given: a value for every given.
            seed: of all chance.
            around: what is set up, open and known.

        Raises:
            InputError: no recipe is feasible.
        """
        candidates, _ = with_fixed(fitted.state.spec, None, given, seed)
        return cls(fitted, given, seed, candidates, around)

    def without(self, runs: Sequence[BroughtRun]) -> Measures:
        """The same for these runs, which are pending no more."""
        own = {run.run for run in runs}
        pending = tuple(run for run in self.around.pending if run.run not in own)
        return replace(self, around=replace(self.around, pending=pending))

    @property
    def yardstick(self) -> Yardstick | None:
        """What bits are measured with; None: nothing is known yet."""
        if not self.fitted.averaged:
            return None
        return Yardstick(
            spec=self.fitted.state.spec,
            space=self.fitted.training.space,
            posteriors=self.fitted.averaged,
            candidates=self.candidates,
            context=self.around,
            seed=self.seed,
        )

    @property
    def beside(self) -> PlansBeside:
        """Makes plans to compare with."""
        return PlansBeside(
            spec=self.fitted.state.spec,
            space=self.fitted.training.space,
            posteriors=self.fitted.averaged,
            yardstick=self.yardstick,
            context=self.around,
            given=self.given,
            seed=self.seed,
        )


class _Judging:
    """What is the same for all plans that are judged together."""

    def __init__(self, measures: Measures, request: JudgeRequest, progress: Progress) -> None:
        self._measures, self._request, self._progress = measures, request, progress
        fitted, candidates = measures.fitted, measures.candidates
        some = candidates.spread(_REGION, np.random.default_rng(0))
        region = candidates.subset(np.unique(some)).encode(fitted.training.space)
        self._noise = noises(fitted.state.spec, fitted.averaged, region)

    def judged(self, plan: BroughtPlan) -> Judged:
        """One plan, with what it is compared with."""
        self._progress(f"judging {plan.name}", None)
        measures = self._measures
        judge = PlanJudge(
            spec=measures.fitted.state.spec,
            candidates=measures.candidates,
            context=measures.around,
            yardstick=measures.yardstick,
            noise=self._noise,
            effect=self._request.effect,
            seed=measures.seed,
            search=self._request.compare,
        )
        filled = replace(
            plan,
            runs=tuple(replace(run, given={**measures.given, **run.given}) for run in plan.runs),
        )
        told = judge.judge(filled)
        if self._request.compare:
            told = self._compared(told, measures.beside)
        waiting = [run.run for run in measures.around.pending]
        if waiting and told["information_bits"] is not None:
            verb = "is" if len(waiting) == 1 else "are"
            open_runs = f"{listed(waiting)} {verb} open and not judged here"
            told["notes"].append(f"{open_runs}: bits are what comes on top of them")
        return {**told, "summary": summary(told)}

    def _compared(self, told: Judged, beside: PlansBeside) -> Judged:
        cost, runs = told["best_order"]["cost"], len(told["runs"])
        self._progress("a plan of ours of the same cost", None)
        most = max(runs, _MOST_OURS)
        thorough = runs <= _MOST_OURS
        plan = beside.ours(runs=most, budget=cost, thorough=thorough)
        full = len(plan) == most > runs
        ours = beside.told(f"ours, {most} runs at most" if full else "ours, same cost", plan)
        as_many = ours
        if len(plan) > runs:
            as_many = beside.told("ours, as many runs", plan, first=runs)
        elif len(plan) < runs:
            self._progress("a plan of ours of as many runs", None)
            alike = beside.ours(runs=runs, thorough=thorough)
            as_many = beside.told("ours, as many runs", alike)
        sizes: dict[ModelOrder, int] = {
            order: model["terms"]
            for order in MODEL_ORDERS
            for model in told["models"]
            if model["model"] == order
        }
        self._progress("a D-optimal design of as many runs", None)
        batches = told["best_order"]["new_batches"]
        others = [] if as_many is ours else [as_many]
        found = [ours, *others, beside.d_optimal(sizes, runs, batches), beside.staying()]
        rough = not thorough and not self._measures.candidates.exact
        return {
            **told,
            "notes": [*told["notes"], *([_ROUGH] if rough else [])],
            "ours": _worth(ours),
            "ours_same_runs": _worth(as_many),
            "comparisons": [each for each in found if each is not None],
        }


def _worth(plan: ComparedPlan | None) -> PlanWorth | None:
    if plan is None:
        return None
    return {"cost": plan["cost"], "information_bits": plan["information_bits"]}

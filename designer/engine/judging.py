"""Plans judged side by side, with plans of ours, a D-optimal one and what is set up as measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from designer.acquisition.candidates.candidates import with_fixed
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder
from designer.acquisition.judge.answers import ComparedPlan, Judged, PlanWorth
from designer.acquisition.judge.beside import PlansBeside
from designer.acquisition.judge.estimation.figures import EffectSizes
from designer.acquisition.judge.estimation.noise import noises
from designer.acquisition.judge.judge import PlanJudge
from designer.acquisition.judge.words import summary
from designer.acquisition.judge.worth import Yardstick
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.brought_plan import BroughtPlan
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.proposing import default_seed
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory

_MOST_OURS = 100  # runs of ours, if the plan has fewer: more take longer than anybody waits
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
        given, notes = fitted.givens(request.given)
        judging = _Judging(fitted, request, given, progress)
        return JudgedPlans([judging.judged(plan) for plan in plans], fitted, notes)


class _Judging:
    """What is the same for all plans that are judged together."""

    def __init__(
        self,
        fitted: FittedCampaign,
        request: JudgeRequest,
        given: Mapping[str, float],
        progress: Progress,
    ) -> None:
        self._fitted, self._request, self._given = fitted, request, given
        self._progress, self._state = progress, fitted.state
        self._seed = default_seed(fitted.state) if request.seed is None else request.seed
        now = request.now or datetime.now(UTC)
        self._around = planning_context(fitted, now)
        self._candidates, _ = with_fixed(fitted.state.spec, None, given, self._seed)
        some = self._candidates.spread(_REGION, np.random.default_rng(0))
        region = self._candidates.subset(np.unique(some)).encode(fitted.training.space)
        self._noise = noises(fitted.state.spec, fitted.averaged, region)

    def judged(self, plan: BroughtPlan) -> Judged:
        """One plan, with what it is compared with."""
        self._progress(f"judging {plan.name}", None)
        spec, own = self._state.spec, {run.run for run in plan.runs}
        pending = tuple(run for run in self._around.pending if run.run not in own)
        context = replace(self._around, pending=pending)
        yardstick = None
        if self._fitted.averaged:
            yardstick = Yardstick(
                spec=spec,
                space=self._fitted.training.space,
                posteriors=self._fitted.averaged,
                candidates=self._candidates,
                context=context,
                seed=self._seed,
            )
        judge = PlanJudge(
            spec=spec,
            candidates=self._candidates,
            context=context,
            yardstick=yardstick,
            noise=self._noise,
            effect=self._request.effect,
            seed=self._seed,
            search=self._request.compare,
        )
        filled = replace(
            plan,
            runs=tuple(replace(run, given={**self._given, **run.given}) for run in plan.runs),
        )
        told = judge.judge(filled)
        if self._request.compare:
            beside = PlansBeside(
                spec=spec,
                space=self._fitted.training.space,
                posteriors=self._fitted.averaged,
                yardstick=yardstick,
                context=context,
                given=self._given,
                seed=self._seed,
            )
            told = self._compared(told, beside)
        return {**told, "summary": summary(told)}

    def _compared(self, told: Judged, beside: PlansBeside) -> Judged:
        cost, runs = told["best_order"]["cost"], len(told["runs"])
        self._progress("a plan of ours of the same cost", None)
        most = max(runs, _MOST_OURS)
        ours = beside.ours("ours, same cost", runs=most, budget=cost)
        if ours is not None and ours["runs"] == most > runs:
            ours = _named(ours, f"ours, {most} runs at most")
        as_many = ours
        if ours is None or ours["runs"] != runs:
            self._progress("a plan of ours of as many runs", None)
            as_many = beside.ours("ours, as many runs", runs=runs)
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
        return {
            **told,
            "ours": _worth(ours),
            "ours_same_runs": _worth(as_many),
            "comparisons": [each for each in found if each is not None],
        }


def _named(plan: ComparedPlan, name: str) -> ComparedPlan:
    return {**plan, "name": name}


def _worth(plan: ComparedPlan | None) -> PlanWorth | None:
    if plan is None:
        return None
    return {"cost": plan["cost"], "information_bits": plan["information_bits"]}

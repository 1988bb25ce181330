"""Plans judged side by side, with plans of ours, a D-optimal one and what is set up as measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from designer.acquisition.candidates.candidates import with_fixed
from designer.acquisition.judge.answers import ComparedPlan, Judged, PlanWorth
from designer.acquisition.judge.classical import EffectSizes
from designer.acquisition.judge.judge import PlanJudge
from designer.acquisition.judge.noise import noises
from designer.acquisition.judge.words import summary
from designer.acquisition.judge.worth import Worth, Yardstick
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.campaigns.errors import InputError
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.brought_plan import BroughtPlan
from designer.campaigns.specification.parts import DEFAULT_RUNS, MOST_RUNS
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.proposing import default_seed
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory
from designer.render.words import count, priced

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
        self._around = planning_context(fitted, now, replace=False)
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
        )
        filled = replace(
            plan,
            runs=tuple(replace(run, given={**self._given, **run.given}) for run in plan.runs),
        )
        told = judge.judge(filled)
        if self._request.compare:
            beside = _Beside(self._fitted, yardstick, context, self._given, self._seed)
            told = self._compared(told, beside)
        return {**told, "summary": summary(told)}

    def _compared(self, told: Judged, beside: _Beside) -> Judged:
        cost, runs = told["best_order"]["cost"], len(told["runs"])
        self._progress("a plan of ours of the same cost", None)
        ours = beside.plan("ours, same cost", budget=cost)
        self._progress("a plan of ours of as many runs", None)
        as_many = beside.plan("ours, as many runs", runs=runs)
        staying = beside.staying()
        found = [each for each in (ours, as_many, staying) if each is not None]
        return {
            **told,
            "ours": _worth(ours),
            "ours_same_runs": _worth(as_many),
            "comparisons": found,
        }


def _worth(plan: ComparedPlan | None) -> PlanWorth | None:
    if plan is None:
        return None
    return {"cost": plan["cost"], "information_bits": plan["information_bits"]}


@dataclass(frozen=True, eq=False)
class _Beside:
    """Makes the plans a plan is compared with, measured as it is."""

    fitted: FittedCampaign
    yardstick: Yardstick | None
    context: PlanningContext
    given: Mapping[str, float]
    seed: int

    def plan(
        self,
        name: str,
        *,
        runs: int | None = None,
        budget: float | None = None,
        fixed: Mapping[str, str | float] | None = None,
        text: str = "",
    ) -> ComparedPlan | None:
        """A plan of ours; None where none can be made."""
        try:
            found = make_plan(
                self.fitted.state.spec,
                self.fitted.training.space,
                self.fitted.averaged,
                runs=None if runs is None else min(runs, MOST_RUNS),
                budget=budget,
                fixed=fixed,
                given=self.given,
                context=self.context,
                seed=self.seed,
            )
        except InputError:  # nothing is left to propose
            return None
        return self._told(name, found, text) if found.runs else None

    def staying(self) -> ComparedPlan | None:
        """Some runs with what is set up now: as cheap as it gets; None where nothing is."""
        spec, setup = self.fitted.state.spec, self.context.setup
        dear = [stage.name for stage in spec.stages if stage.change_cost > 0]
        if setup is None or not dear or dear[0] not in setup.batch:
            return None
        before = [s.name for s in spec.stages][: [s.name for s in spec.stages].index(dear[0]) + 1]
        fixed = {f.name: setup.settings[f.name] for f in spec.factors if f.stage in before}
        batch = setup.batch[dear[0]]
        name = f"{DEFAULT_RUNS} runs of {batch}"
        text = f"{count(DEFAULT_RUNS, 'run')} with the {dear[0]} on the line ({batch})"
        return self.plan(name, runs=DEFAULT_RUNS, fixed=fixed, text=text)

    def _told(self, name: str, plan: SelectedPlan, text: str) -> ComparedPlan:
        worth: Worth | None = None
        if self.yardstick is not None:
            worth = self.yardstick.worth(
                [OpenRun("", run.settings, run.batch, run.given) for run in plan.runs]
            )
        unit = self.fitted.state.spec.costs.unit
        words = text or f"{count(len(plan.runs), 'run')} for {priced(plan.cost, unit)}"
        bits = None if worth is None else worth.bits
        return {
            "name": name,
            "runs": len(plan.runs),
            "cost": plan.cost,
            "information_bits": bits,
            "bits_per_cost": None if bits is None else bits / plan.cost,
            "expected_in_spec": None if worth is None else worth.hits,
            "sd_after": {} if worth is None else dict(worth.sd_after),
            "text": words,
        }

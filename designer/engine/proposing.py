"""The next plan: learn from the log, choose, describe what each run is expected to give."""

from __future__ import annotations

import hashlib
import logging
import platform
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from designer.acquisition.functions.improvement import Improver
from designer.acquisition.plan.order import change
from designer.acquisition.plan.plan import SelectedPlan, make_plan
from designer.acquisition.plan.wishes import Offer
from designer.acquisition.selection.space_filling import NOTHING_KNOWN
from designer.campaigns.commands.entries import PlanDraft, PlannedRun
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting
from designer.campaigns.version import program_version
from designer.engine.answers import Evaluation
from designer.engine.context import current_setup, planning_context
from designer.engine.evaluation import evaluate
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.report import model_notes
from designer.engine.threads import one_thread
from designer.engine.training_rows.left_out import has_training_data
from designer.models.arrays import FloatArray
from designer.models.compression.fit_cache import Memory

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """What somebody asks for.

    Attributes:
        runs: number of runs; None: 4, with a budget as many as fit.
        budget: most the plan may cost, in ``costs.unit``.
        fixed: settings of every run, checked.
        given: values of givens, checked.
        gone: open runs that are abandoned first.
        instead_of: those of them in whose place others are asked for.
        offer: recipes to choose from; None: all of the region.
        notes: sentences about them for the user.
        seed: of all chance; None: from campaign id and log position.
        now: present moment, for pot lives; None: the clock.
    """

    runs: int | None = None
    budget: float | None = None
    fixed: Mapping[str, Setting] = field(default_factory=dict)
    given: Mapping[str, float] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    instead_of: tuple[str, ...] = ()
    offer: Offer | None = None
    notes: Sequence[str] = ()
    seed: int | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class ComputedPlan:
    """A computed plan and the figures that were computed with it.

    Attributes:
        draft: the plan, ready to be entered into the log.
        evaluation: figures for `status`; None when nothing is known yet.
        fitted: the fitted models; None when nothing is known yet.
    """

    draft: PlanDraft
    evaluation: Evaluation | None
    fitted: FittedCampaign | None = None


def default_seed(state: CampaignState, position: int | None = None) -> int:
    """Seed that follows from campaign and log position, so that everybody gets the same plan.

    Args:
        state: the campaign.
        position: log position; None: the last.
    """
    text = f"{state.campaign_id}:{state.seq if position is None else position}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big")


def versions() -> dict[str, str]:
    """Versions a plan depends on."""
    libraries = {name: version(name) for name in ("numpy", "scipy")}
    return {"pilot-designer": program_version(), "python": platform.python_version(), **libraries}


def _warnings(state: CampaignState) -> list[str]:
    counts = state.status_counts
    if counts["failed"] and not counts["completed"] + counts["partial"]:
        return [
            f"every run made so far failed ({counts['failed']}): while nothing else is known, their"
            " recipes are not repeated, and where the process works is a guess"
        ]
    return []


def _with_design(state: CampaignState, notes: Sequence[str]) -> list[str]:
    """Where nothing is known: how to ask for a classical design instead.

    The spread is taken all the same: it is of any number of runs and can be stopped after any. In
    the same line-hours designs of two levels teach the models half as much, those of three or for a
    quadratic model as much (tests/benchmarks/README.md, "First plans").
    """
    command = f"designer propose {shlex.quote(state.spec.name)} --design i-optimal"
    told = f"{NOTHING_KNOWN}; for a classical design instead: {command}"
    return [told if note == NOTHING_KNOWN else note for note in notes]


def _as_wished(state: CampaignState, request: Request, plan: SelectedPlan) -> list[PlannedRun]:
    """The runs, with what their table says of them and what they are made instead of."""
    runs = list(plan.runs)
    if request.offer is not None:
        recipes = [request.offer.recipes[place] for place in plan.taken]
        runs = [replace(r, extra=o.extra or {}) for r, o in zip(runs, recipes, strict=True)]
    refused = [state.runs[run] for run in request.instead_of]
    if refused:
        runs = [
            replace(run, reason=f"{run.reason.rstrip('.')}; {_instead(state, run, refused)}")
            for run in runs
        ]
    return runs


def _instead(state: CampaignState, run: PlannedRun, refused: Sequence[Run]) -> str:
    """``instead of R012: coating_gap 150 um, not 200 um``: by the nearest one refused."""
    factors = state.spec.factors
    old = min(refused, key=lambda each: change(each.used, run.settings, factors))
    told = [
        f"{factor.name} {factor.with_unit(run.settings[factor.name])}, not"
        f" {factor.with_unit(old.used[factor.name])}"
        for factor in factors
        if run.settings[factor.name] != old.used[factor.name]
    ]
    return f"instead of {old.id}: {', '.join(told)}"


def make_improver(fitted: FittedCampaign, made: FloatArray, region: FloatArray) -> Improver:
    """The judge of improvement on the responses' goals; torch is loaded when a plan asks for it."""
    from designer.engine.improver import BoTorchImprover

    responses = [r for r in fitted.state.spec.responses if r.name in fitted.averaged]
    return BoTorchImprover(responses, fitted.averaged, fitted.training.space, made, region)


def propose(
    state: CampaignState,
    request: Request,
    progress: Progress,
    *,
    fitted: FittedCampaign | None = None,
    memory: Memory | None = None,
) -> ComputedPlan:
    """Compute the next plan.

    Args:
        state: the campaign.
        request: what is wanted.
        progress: told what is being done.
        fitted: models of exactly this log, where there are any.
        memory: of what long histories said before; changes the time, never the result.

    Raises:
        InputError: nothing satisfies constraints and fixed values, or nothing fits the budget.
    """
    began = time.perf_counter()
    with one_thread():
        if fitted is None:
            fitted = fit_campaign(state, progress, memory)
        progress("choosing recipes", None)
        seed = default_seed(state) if request.seed is None else request.seed
        now = request.now or datetime.now(UTC)
        given, notes = fitted.givens(request.given)
        if request.offer is not None and all(r.given for r in request.offer.recipes):
            notes = []  # every row of the table says it
        plan = make_plan(
            state.spec,
            fitted.training.space,
            fitted.averaged,
            runs=request.runs,
            budget=request.budget,
            fixed=request.fixed,
            given=given,
            context=planning_context(
                fitted,
                now,
                gone=request.gone,
                unlike=request.instead_of,
                apart=request.offer is not None and request.offer.apart,
            ),
            make_improver=partial(make_improver, fitted),
            seed=seed,
            offer=request.offer,
        )
        computed = computed_plan(fitted, plan, seed, now, progress)
    draft = replace(
        computed.draft,
        runs=_as_wished(state, request, plan),
        fixed=request.fixed,
        notes=[
            *request.notes,
            *notes,
            *_warnings(state),
            *model_notes(fitted),
            *_with_design(state, plan.notes),
        ],
    )
    _LOGGER.info(
        "campaign %s: a plan of %d runs computed in %.2f s, seed %d",
        state.spec.name,
        len(plan.runs),
        time.perf_counter() - began,
        seed,
    )
    return replace(computed, draft=draft)


def computed_plan(
    fitted: FittedCampaign, plan: SelectedPlan, seed: int, now: datetime, progress: Progress
) -> ComputedPlan:
    """A plan with what it was computed from, and the figures of the models behind it.

    Args:
        fitted: the fitted models.
        plan: the chosen runs.
        seed: of all chance.
        now: present moment, for pot lives.
        progress: told what is being done.
    """
    state = fitted.state
    evaluation = None
    if has_training_data(state):
        progress("judging the models", None)
        evaluation = evaluate(fitted, plan)
    draft = PlanDraft(
        goal=plan.goal,
        seed=seed,
        runs=plan.runs,
        position=state.seq,
        cost=plan.cost,
        value=plan.value,
        value_name=plan.value_name,
        information_bits=plan.bits,
        versions=versions(),
        hyperparameters=fitted.hyperparameters,
        setup=state.setup.id if current_setup(state, now) and state.setup else None,
        nested=plan.nested,
        deviation=None if plan.deviation is None else plan.deviation.to_dict(state.spec),
    )
    return ComputedPlan(draft, evaluation, fitted if evaluation else None)

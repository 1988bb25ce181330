"""A classical design as the next plan: made, ordered, and told what our models expect of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np

from designer.acquisition.designs.design import Design
from designer.acquisition.designs.make import DesignRequest, make_design
from designer.acquisition.designs.optimal.optimal import EarlierRuns
from designer.acquisition.plan.design_plan import plan_of_design
from designer.campaigns.log.runs import MEASURED, WAITING
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting
from designer.engine.context import planning_context
from designer.engine.fitted_campaign import FittedCampaign, Progress, fit_campaign
from designer.engine.proposing import ComputedPlan, computed_plan, default_seed
from designer.engine.report import model_notes
from designer.engine.threads import one_thread
from designer.models.compression.fit_cache import Memory

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class DesignPlanRequest:
    """What somebody asks for.

    Attributes:
        design: the design.
        fixed: settings of every run, checked.
        given: values of givens, checked.
        gone: open runs that are abandoned first.
        seed: of all chance; None: from campaign id and log position.
        now: present moment, for pot lives; None: the clock.
    """

    design: DesignRequest
    fixed: Mapping[str, Setting] = field(default_factory=dict)
    given: Mapping[str, float] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    seed: int | None = None
    now: datetime | None = None


def plan_design(
    state: CampaignState,
    request: DesignPlanRequest,
    progress: Progress,
    *,
    fitted: FittedCampaign | None = None,
    memory: Memory | None = None,
) -> ComputedPlan:
    """Compute the plan of a classical design.

    Args:
        state: the campaign.
        request: what is wanted.
        progress: told what is being done.
        fitted: models of exactly this log, where there are any.
        memory: of what long histories said before; changes the time, never the result.

    Raises:
        InputError: there is no such design, or it cannot be made of these factors; nothing
            satisfies constraints and fixed values.
    """
    began = time.perf_counter()
    seed = default_seed(state) if request.seed is None else request.seed
    now = request.now or datetime.now(UTC)
    with one_thread():
        fitted = fitted or fit_campaign(state, progress, memory)
        given, notes = fitted.givens(request.given)
        made = make_design(
            state.spec,
            replace(request.design, earlier=_earlier(state, request.gone)),
            fixed=request.fixed,
            given=given,
            seed=seed,
            progress=partial(progress, "searching the design"),
        )
        plan, design = plan_of_design(
            state.spec,
            fitted.training.space,
            fitted.averaged,
            made,
            given=given,
            context=planning_context(fitted, now, gone=request.gone),
            seed=seed,
        )
        computed = computed_plan(fitted, plan, seed, now, progress)
    draft = replace(
        computed.draft,
        fixed=request.fixed,
        notes=[*notes, *model_notes(fitted), *plan.notes, *_again(state, design)],
        design=design.told,
    )
    _LOGGER.info(
        "campaign %s: design %s of %d runs made in %.2f s, seed %d",
        state.spec.name,
        design.name,
        len(design),
        time.perf_counter() - began,
        seed,
    )
    return replace(computed, draft=draft)


def _earlier(state: CampaignState, gone: frozenset[str]) -> EarlierRuns:
    """Runs that are made or open, of which every setting is known and has a place in a model."""
    spec = state.spec

    def is_known(used: Mapping[str, Setting]) -> bool:
        return all(
            f.name in used and not f.problems_with(used[f.name], f.name, on_grid=False)
            for f in spec.factors
        )

    runs = [
        run
        for run in state.runs.values()
        if run.status in {*WAITING, *MEASURED} and run.id not in gone and is_known(run.used)
    ]
    columns = {f.name: np.array([run.used[f.name] for run in runs]) for f in spec.factors}
    # of a batch nobody knows a run is taken as set up by itself
    batches = {
        stage.name: np.array([run.batch.get(stage.name, f"run {run.id}") for run in runs])
        for stage in spec.stages
    }
    return EarlierRuns(columns, batches)


def _again(state: CampaignState, design: Design) -> list[str]:
    """A sentence about recipes that somebody abandoned and the design has again."""
    recipes = [run.settings for run in design.runs]
    known = [
        run.id
        for run in state.runs.values()
        if run.status == "abandoned" and (run.planned or run.used) in recipes
    ]
    if not known:
        return []
    return [f"the design has recipes again that were abandoned: {', '.join(known)}"]

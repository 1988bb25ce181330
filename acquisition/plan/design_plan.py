"""A classical design as a plan: ordered, with batches, costs, and what our model expects of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.designs.design import AXIAL, CENTRE, CORNER, EDGE, FACE, Design
from designer.acquisition.plan.design_order import (
    RANDOM,
    WHOLE_PLOTS,
    OrderedRun,
    OrderMode,
    order_mode,
    ordered_runs,
)
from designer.acquisition.plan.outlook import Outlook, outlook
from designer.acquisition.plan.plan import SelectedPlan
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.acquisition.selection.problem import PlanningProblem
from designer.campaigns.commands.entries import PlannedRun
from designer.models.arrays import FloatArray
from designer.render.words import count as counted
from designer.render.words import listed, priced

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space

_KINDS: Final = {
    CORNER: "point", CENTRE: "centre point", AXIAL: "axial point", EDGE: "edge point",
    FACE: "face point",
}  # fmt: skip


# as of `make_plan`: OpenBLAS raises flags for what lies behind the ends of its arrays
@np.errstate(invalid="ignore")
def plan_of_design(
    spec: Specification,
    space: Space,
    posteriors: Mapping[str, Posterior],
    design: Design,
    *,
    given: Mapping[str, float],
    context: PlanningContext,
    seed: int = 0,
) -> tuple[SelectedPlan, Design]:
    """Order the runs of a design and say what they cost and teach.

    Args:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response, of those something is known about.
        design: the design; its option ``order`` says how runs are ordered, and is whole plots by
            default where batches cost something.
        given: value of every given.
        context: what is set up, open and known.
        seed: of all chance.

    Returns:
        The plan, and the design with further facts: its whole plots and what they save.
    """
    mode = order_mode(spec, design)
    ordered = ordered_runs(spec, design, mode, context, np.random.default_rng(seed))
    problem = None
    if posteriors:
        trial = [OpenRun("", each.run.settings, each.batch, given) for each in ordered]
        candidates = make_candidates(spec, given=given, seed=seed)
        problem = PlanningProblem(spec, space, posteriors, candidates, context, trial=trial)
    known = _Known(problem, len(ordered), seed)
    runs = tuple(
        PlannedRun(
            order=k + 1,
            rank=k + 1,
            settings=each.run.settings,
            batch=each.batch,
            predicted=known.predictions[k].responses,
            bits=known.bits[k],
            cost=each.cost,
            in_spec=known.predictions[k].in_spec,
            reason=_reason(design, each),
            given=given,
            success=known.success[k],
            in_spec_measured=known.predictions[k].in_spec_measured,
            design=each.run.point,
        )
        for k, each in enumerate(ordered)
    )
    bits = None if problem is None else float(sum(b for b in known.bits if b is not None))
    plan = SelectedPlan(
        goal=spec.goal,
        value_name=None,
        value=None,
        runs=runs,
        bits=bits,
        cost=float(sum(run.cost for run in runs)),
        nested=False,
        given=given,
        notes=_notes(spec, runs),
        outlook=known.outlook,
    )
    facts = _order_facts(spec, design, ordered, mode, plan.cost)
    options = {**design.options, "order": mode}
    return plan, replace(design, options=options, facts=(*design.facts, *facts))


class _Known:
    """What our model says of runs nobody chose by it.

    Args:
        problem: with the runs on trial; None: nothing is known.
        count: number of runs.
        seed: of the points the goal looks at.
    """

    def __init__(self, problem: PlanningProblem | None, count: int, seed: int) -> None:
        self.outlook: Outlook | None = None
        self.bits: list[float | None] = [None] * count
        self.success: list[float | None] = [None] * count
        self.predictions = [Prediction({}, None, None)] * count
        if problem is None:
            return
        spec, context = problem.spec, problem.context
        goal = "window" if spec.goal == "optimum" else spec.goal
        reference = problem.reference_points(goal, np.random.default_rng(seed))
        information = problem.information(reference)
        self.bits = [information.condition(row, chain) for row, chain in problem.trial_runs]
        rows = np.array([row for row, _ in problem.trial_runs], dtype=np.int64)
        self.predictions = predict(spec, problem.posteriors, problem.X[rows], context.at)
        if context.success is not None:
            self.success = [float(p) for p in problem.success[rows]]
        self.outlook = outlook(problem, spec.goal, count)


def _reason(design: Design, each: OrderedRun) -> str:
    point = each.run.point
    kind = _KINDS.get(point.point_type, "point")
    return f"{kind[0].upper()}{kind[1:]} of the {design.name} design, no. {point.std_order}"


def _notes(spec: Specification, runs: Sequence[PlannedRun]) -> tuple[str, ...]:
    """Sentences about what plans of ours have and a design does not."""
    notes = []
    for stage in spec.stages:
        new = {run.batch[stage.name] for run in runs if run.batch[stage.name].startswith("new-")}
        if stage.reference and new:
            batches = "the new batch" if len(new) == 1 else f"{len(new)} new batches"
            notes.append(
                f"no reference run in {batches} of {stage.name}: a design has its own runs"
            )
    return tuple(notes)


def _order_facts(
    spec: Specification,
    design: Design,
    ordered: Sequence[OrderedRun],
    mode: OrderMode,
    cost: float,
) -> tuple[str, ...]:
    """How the runs are ordered, in which whole plots, and what that saves."""
    if mode == "standard":
        return ("in the design's own order, not by chance: drift is mixed up with the settings",)
    shared = list(ordered[0].run.point.whole_plots) if ordered else []
    unit = spec.costs.unit
    if not shared:
        set_up = ", every run set up anew" if spec.stages else ""
        return (f"in random order{set_up}",)
    counts = {
        stage: Counter(each.run.point.whole_plots[stage] for each in ordered) for stage in shared
    }
    told = ", ".join(
        counted(len(own), "whole plot") + f" of {stage}" for stage, own in counts.items()
    )
    facts = [f"in random order within {told}: their runs share a batch"]
    change = sum(stage.change_cost for stage in spec.stages)
    anew = len(ordered) * (spec.costs.run + change)
    if mode == WHOLE_PLOTS and anew > cost + 1e-9:
        facts.append(
            f"wholly random (order={RANDOM}), with every run set up anew, it would cost"
            f" {priced(anew, unit)} instead of {priced(cost, unit)}"
        )
    facts += _judged_by_batches(
        spec,
        ordered,
        shared[0],
        len(counts[shared[0]]),
        more=design.options.get("augment") == "yes",
    )
    return (*facts, *_more_plots(design, counts), *_centres_told(ordered, shared))


def _judged_by_batches(
    spec: Specification, ordered: Sequence[OrderedRun], stage: str, batches: int, *, more: bool
) -> list[str]:
    """By how many batches effects of a stage's factors are judged, and whether any are left over.

    Args:
        spec: the campaign's specification.
        ordered: the runs.
        stage: the stage.
        batches: how many there are of it.
        more: whether those of earlier runs count, too.
    """
    varied: list[str] = []
    columns: list[FloatArray] = []
    for factor in spec.stage_factors(stage):
        found = np.array([each.run.settings[factor.name] for each in ordered])
        known = np.unique(found)
        if len(known) > 1:
            varied.append(factor.name)
            categories = [np.where(found == one, 1.0, 0.0) for one in known[1:]]
            columns += categories if factor.is_categorical else [found / np.abs(known).max()]
    if not varied:
        return []
    X = np.column_stack(columns)
    needed = 2 + int(np.linalg.matrix_rank(X - X.mean(axis=0)))
    of_stage = counted(batches, f"batch of {stage}", f"batches of {stage}")
    runs = counted(len(ordered), "run")
    told = f"effects of {listed(varied)} are judged by {of_stage}, not by {runs}"
    if more:
        return [f"{told}, and by those of the earlier runs"]
    if batches < needed:
        told += f"; none is left over to test them against, which takes {needed}"
    return [told]


def _more_plots(design: Design, counts: Mapping[str, Counter[int]]) -> list[str]:
    """Stages whose batches do not last as long as the design's own whole plots."""
    facts = []
    for stage, own in counts.items():
        planned = {run.point.whole_plots.get(stage) for run in design.runs}
        if None not in planned and len(planned) < len(own):
            facts.append(
                f"{len(own)} batches of {stage} in place of the design's {len(planned)}: one does"
                " not last as long"
            )
    return facts


def _centres_told(ordered: Sequence[OrderedRun], shared: Sequence[str]) -> list[str]:
    """What centre points that share batches show, and what not."""
    points = [each.run.point for each in ordered if each.run.point.point_type == CENTRE]
    for stage in shared:
        batches = len({point.whole_plots[stage] for point in points})
        if batches < len(points):
            told = counted(batches, "batch", "batches")
            return [
                f"{len(points)} centre points are of {told} of {stage}: they show how runs of one"
                f" batch differ, hardly how batches do (--replicates or order={RANDOM} shows that)"
            ]
    return []

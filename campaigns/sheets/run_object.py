"""The one JSON of a run: what ``propose``, ``show``, exports and the Python API tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from designer.campaigns.log.runs import BREACH, DesignPoint, Run
from designer.campaigns.log.state import PlanDesign
from designer.campaigns.space.factors import Setting
from designer.campaigns.values.names import ENDINGS


class Predicted(TypedDict):
    """What a recipe is expected to give of one response, in its declared unit.

    ``mean`` is the median, ``sd`` the standard deviation of the noise-free response,
    ``sd_result`` that of one more result: a new batch made and measured. One more result lies
    between ``low`` and ``high`` with 68 % (one standard deviation on the model's scale), between
    ``low95`` and ``high95`` with 95 % probability; all are inside ``possible``. ``at`` is the log
    position of the model. What the program that made a plan did not tell yet is null.
    """

    mean: float
    sd: float
    sd_result: float
    low: float | None
    high: float | None
    low95: float | None
    high95: float | None
    at: int | None


def predicted_object(told: Mapping[str, Any]) -> Predicted:
    """A prediction as the log keeps it, with every key."""
    return {
        "mean": told["mean"],
        "sd": told["sd"],
        "sd_result": told["sd_result"],
        "low": told.get("low"),
        "high": told.get("high"),
        "low95": told.get("low95"),
        "high95": told.get("high95"),
        "at": told.get("at"),
    }


def predicted_columns(predicted: Mapping[str, Predicted]) -> dict[str, float | None]:
    """Predictions as columns ``<response>_mean`` and the other `ENDINGS`, in declared units."""
    return {
        f"{name}{ending}": value
        for name, figures in predicted.items()
        for ending, value in zip(
            ENDINGS,
            (
                figures["mean"], figures["sd"], figures["sd_result"],
                figures["low"], figures["high"], figures["low95"], figures["high95"],
            ),
            strict=True,
        )
    }  # fmt: skip


class MeasurementObject(TypedDict):
    """One measured value; ``corrected`` holds the values it replaced, oldest first."""

    replicate: int
    number: float
    text: str
    unit: str | None
    actor: str
    at: str
    corrected: list[float]


class Remark(TypedDict):
    """A note on a run; ``recorded_at`` is ``at`` under the former name of data exports."""

    text: str
    actor: str
    at: str
    recorded_at: str


class Flag(TypedDict):
    """Something odd about a run (null: about the campaign), as a sentence and its kind.

    ``breaks_specification``: settings out of range or against a constraint, or a plan that a change
    of the specification has overtaken; ``off_plan``: really used settings that differ from those
    planned; ``slip``: a result that looks like another unit or a slip of
    the point; ``set_aside``: one that hardly counts in the models, or not at all; ``outlier``: one
    that counts although the models find it odd; ``older_copy``: this computer has seen another log
    than the one that is there. ``since``: when it was recorded; ``hint``: commands that end it.
    """

    kind: str
    run: str | None
    response: str | None
    message: str
    since: str | None
    hint: str | None


class PointObject(TypedDict):
    """The place of a run in a classical design; see `DesignPoint`."""

    std_order: int
    point_type: int
    block: int
    whole_plots: Mapping[str, int]


class DesignObject(TypedDict):
    """The classical design a plan is; see `PlanDesign`."""

    name: str
    options: Mapping[str, str]
    facts: Sequence[str]


class RunObject(TypedDict):
    """Everything about one run; null where there is nothing to tell.

    ``reason`` is why it was proposed (``why`` is the same under its former name), ``failure`` why
    it failed or was abandoned; ``settings`` were proposed, ``used`` are those really set.
    ``in_spec`` is the probability that the recipe itself lies in every window,
    ``in_spec_measured`` that one more batch made and measured does. ``extra`` is what else the
    table it was chosen from said of it, ``design`` its place in a classical design.
    """

    run: str
    status: str
    plan: str | None
    order: int | None
    rank: int | None
    settings: Mapping[str, Setting] | None
    used: Mapping[str, Setting]
    batch: Mapping[str, str]
    information_bits: float | None
    cost: float | None
    predicted: Mapping[str, Predicted] | None
    in_spec: float | None
    in_spec_measured: float | None
    reason: str | None
    failure: str | None
    results: dict[str, list[float]]
    measurements: dict[str, list[MeasurementObject]]
    given: Mapping[str, float]
    success: float | None
    value: float | None
    attached: bool
    extra: Mapping[str, Setting] | None
    design: PointObject | None
    notes: Sequence[Remark]
    flags: Sequence[Flag]
    made_at: str | None
    never: list[str]
    why: str | None


class Change(TypedDict):
    """What was planned or known of a setting, batch or time, and what a sheet says instead."""

    before: Setting
    after: Setting


class SheetRun(TypedDict):
    """What a filled sheet says of one run.

    ``new`` values by name, those of them that were planned or known otherwise in ``changed``, names
    of those passed over in ``skipped``; ``status`` with all of it, and before.
    """

    run: str
    new: Mapping[str, object]
    changed: Mapping[str, Change]
    skipped: Sequence[str]
    status: str
    status_before: str


class AddedRun(TypedDict):
    """A run that a table of runs nobody proposed brought; a dry run only tells it."""

    run: str
    status: str
    settings: Mapping[str, Setting]
    given: Mapping[str, float]
    batch: Mapping[str, str]
    results: Mapping[str, Sequence[float]]
    made_at: str | None


class SheetCounts(TypedDict):
    """How much of a sheet is new.

    ``runs`` of which anything is new, measured ``values``, settings, batches and times ``changed``;
    runs that become ``completed``, ``failed``, ``abandoned``; ``attached`` ones that nobody
    proposed; ``known`` values, which were passed over.
    """

    runs: int
    values: int
    changed: int
    completed: int
    failed: int
    abandoned: int
    attached: int
    known: int


Flags = Mapping[str, Sequence[Flag]]
"""What the models found odd about runs, by run id."""


def run_objects(runs: Iterable[Run], found: Flags) -> list[RunObject]:
    """Everything about some runs, with what the models found odd about them."""
    return [run_object(run, found.get(run.id, ())) for run in runs]


def run_flags(run: Run, found: Sequence[Flag] = ()) -> list[Flag]:
    """What is odd about one run: what the log tells, then what the models found."""
    told = [
        Flag(kind=BREACH, run=run.id, response=None, message=text, since=None, hint=None)
        for text in run.flags
        if not run.confirmed_seq(BREACH)
    ]
    return [*told, *found]


def run_object(run: Run, found: Sequence[Flag] = ()) -> RunObject:
    """Everything about one run.

    Args:
        run: the run.
        found: what the models found odd about it; the log tells the rest.
    """
    return {
        "run": run.id,
        "status": run.status,
        "plan": run.plan,
        "order": run.order,
        "rank": run.rank,
        "settings": None if run.planned is None else dict(run.planned),
        "used": dict(run.used),
        "batch": dict(run.batch),
        "information_bits": run.information_bits,
        "cost": run.cost,
        "predicted": None
        if run.predicted is None
        else {name: predicted_object(told) for name, told in run.predicted.items()},
        "in_spec": run.in_spec,
        "in_spec_measured": run.in_spec_measured,
        "reason": run.reason,
        "failure": run.failure,
        "results": {name: list(run.values(name)) for name in run.measurements},
        "measurements": {
            name: [
                {
                    "replicate": value.replicate,
                    "number": value.number,
                    "text": value.text,
                    "unit": value.unit,
                    "actor": value.actor,
                    "at": value.at,
                    "corrected": [old.number for old in value.history],
                }
                for value in values
            ]
            for name, values in run.measurements.items()
        },
        "given": dict(run.given),
        "success": run.success,
        "value": run.value,
        "attached": run.attached,
        "extra": dict(run.extra) or None,
        "design": None if run.design is None else _point_object(run.design),
        "notes": [
            {"text": note.text, "actor": note.actor, "at": note.at, "recorded_at": note.at}
            for note in run.notes
        ],
        "flags": run_flags(run, found),
        "made_at": run.made_at,
        "never": sorted(run.never),
        "why": run.reason,
    }


def _point_object(point: DesignPoint) -> PointObject:
    return {
        "std_order": point.std_order,
        "point_type": point.point_type,
        "block": point.block,
        "whole_plots": dict(point.whole_plots),
    }


def design_object(design: PlanDesign) -> DesignObject:
    """The classical design a plan is."""
    return {"name": design.name, "options": dict(design.options), "facts": [*design.facts]}

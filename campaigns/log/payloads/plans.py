"""Payloads about plans."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from designer.campaigns.log.payloads.typed import (
    MaybeNumber,
    MaybeText,
    Plain,
    StoredSettings,
)


def _is_positive(number: float) -> bool:
    return number > 0


class StoredPrediction(TypedDict):
    """What a run was expected to give; see `sheets.run_object.Predicted`."""

    mean: float
    sd: float
    sd_result: float
    low: NotRequired[MaybeNumber]
    high: NotRequired[MaybeNumber]
    low95: NotRequired[MaybeNumber]
    high95: NotRequired[MaybeNumber]
    at: NotRequired[int | None]


class StoredPoint(TypedDict):
    """The place of a run in a classical design; see `log.runs.DesignPoint`."""

    std_order: int
    point_type: int
    block: int
    whole_plots: dict[str, int]


class StoredDesign(TypedDict):
    """The classical design a plan is; see `log.state.PlanDesign`."""

    name: str
    options: dict[str, str]
    facts: list[str]


class StoredProposal(TypedDict):
    """One run of a plan; see `commands.entries.PlannedRun`."""

    run: str
    order: int | None
    rank: int | None
    settings: StoredSettings
    batch: dict[str, str]
    predicted: dict[str, StoredPrediction]
    bits: MaybeNumber
    reason: MaybeText
    extra: StoredSettings | None
    design: StoredPoint | None
    given: NotRequired[dict[str, float] | None]
    value: NotRequired[MaybeNumber]
    cost: NotRequired[MaybeNumber]
    in_spec: NotRequired[MaybeNumber]
    in_spec_measured: NotRequired[MaybeNumber]
    success: NotRequired[MaybeNumber]


class StoredDeviation(TypedDict):
    """What fixed values cost; its sentence is shown, its figures are handed on."""

    text: str
    bits: NotRequired[MaybeNumber]
    bits_free: NotRequired[MaybeNumber]
    cost: NotRequired[MaybeNumber]
    cost_free: NotRequired[MaybeNumber]
    runs: NotRequired[int]
    runs_free: NotRequired[int]
    value: NotRequired[MaybeNumber]
    value_free: NotRequired[MaybeNumber]
    value_name: NotRequired[MaybeText]
    lost_percent: NotRequired[MaybeNumber]
    fixed: NotRequired[StoredSettings]


class StoredKnown(TypedDict):
    """The ± of a response now, and after the open runs."""

    sd_now: float
    sd_after: float


class StoredStep(TypedDict):
    """What comes after the open runs."""

    stage: MaybeText
    runs: int
    bits: float
    cost: Annotated[float, _is_positive]


class StoredOutlook(TypedDict):
    """What to expect once all open runs are made."""

    runs: int
    best_rate: float
    responses: dict[str, StoredKnown]
    next: StoredStep | None


class PlanProposed(TypedDict):
    """A plan; see `commands.entries.PlanDraft`."""

    plan: str
    goal: str
    seed: int
    runs: list[StoredProposal]
    versions: dict[str, Plain]
    hyperparameters: dict[str, dict[str, Plain]]
    position: int
    cost: MaybeNumber
    setup: MaybeText
    design: StoredDesign | None
    information_bits: NotRequired[MaybeNumber]
    nested: NotRequired[bool | None]
    fixed: NotRequired[StoredSettings | None]
    notes: NotRequired[list[str]]
    value: NotRequired[MaybeNumber]
    value_name: NotRequired[MaybeText]
    deviation: NotRequired[StoredDeviation | None]
    outlook: NotRequired[StoredOutlook | None]

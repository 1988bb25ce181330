"""Payloads about runs: what was made, measured, corrected."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from designer.campaigns.log.payloads.plans import StoredPrediction
from designer.campaigns.log.payloads.typed import (
    MaybeNumber,
    MaybeText,
    Moment,
    TypedCategory,
    TypedNumber,
)


class RunPlanned(TypedDict):
    """A run that somebody planned by hand, with what it was judged to be worth.

    ``assumed`` are givens nobody told, ``position`` the log position it was judged at.
    """

    run: str
    settings: dict[str, TypedNumber | TypedCategory]
    given: dict[str, TypedNumber]
    assumed: dict[str, float]
    batch: dict[str, str]
    order: int | None
    rank: int | None
    predicted: dict[str, StoredPrediction]
    bits: MaybeNumber
    cost: MaybeNumber
    in_spec: MaybeNumber
    in_spec_measured: MaybeNumber
    success: MaybeNumber
    reason: MaybeText
    note: MaybeText
    position: int | None


class RunStarted(TypedDict):
    """Somebody makes a run, perhaps with other settings."""

    run: str
    settings: dict[str, TypedNumber | TypedCategory]


class ResultRecorded(TypedDict):
    """What is known of a run now; no values: the response will never be measured."""

    run: str
    replicate: int | None
    responses: dict[str, list[TypedNumber] | None]
    used: dict[str, TypedNumber | TypedCategory]
    given: dict[str, TypedNumber]
    batch: dict[str, str]
    made_at: Moment | None
    note: NotRequired[MaybeText]
    attached: NotRequired[bool | None]


class ValueCorrected(TypedDict):
    """One value of a response; none: it was withdrawn."""

    replicate: int
    old: TypedNumber
    new: TypedNumber | None


class SettingCorrected(TypedDict):
    """A setting really used, or a given."""

    old: str | float | None
    new: TypedNumber | TypedCategory


class TextCorrected(TypedDict):
    """A batch."""

    old: MaybeText
    new: str


class MomentCorrected(TypedDict):
    """When the run was made."""

    old: Moment | None
    new: Moment


class Corrections(TypedDict):
    """What is corrected; what is not, is missing."""

    responses: NotRequired[dict[str, ValueCorrected]]
    used: NotRequired[dict[str, SettingCorrected]]
    given: NotRequired[dict[str, SettingCorrected]]
    batch: NotRequired[dict[str, TextCorrected]]
    made_at: NotRequired[MomentCorrected]


class ResultCorrected(TypedDict):
    """Old and new values of a run."""

    run: str
    what: Corrections
    reason: MaybeText


class OfRun(TypedDict):
    """A run failed, was abandoned or reopened."""

    run: str
    reason: MaybeText

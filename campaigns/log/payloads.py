"""What the payload of every kind of event holds, down to its leaves.

A store may come from a stranger, and right hashes say nothing about what was sealed. So payloads
are held against these types when they are read (`designer.campaigns.log.stored`), and before they
are written: what the fold and every verb behind it meet is what it says here, and a text where a
number belongs is damage of the store and no fault of the program.

Further keys may stand beside those named: a newer version may have told more. Names of things that
do not exist, and settings of the wrong kind, are contradictions that the fold finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NotRequired, TypedDict

from designer.campaigns.values.shape import is_plain
from designer.campaigns.values.times import is_moment


def _is_positive(number: float) -> bool:
    return number > 0


_Text = str | None
_Number = float | None
_Moment = Annotated[str, is_moment]
_Setting = str | float
_Settings = dict[str, _Setting]
_Plain = Annotated[object, is_plain]


class TypedNumber(TypedDict):
    """A number in the declared unit, and how it was typed."""

    number: float
    text: str
    unit: NotRequired[_Text]


class TypedCategory(TypedDict):
    """The name of a category, and how it was typed."""

    category: str
    text: str


class CampaignCreated(TypedDict):
    """The specification: as typed, and as read."""

    text: str
    parsed: dict[str, _Plain]  # its own reader checks it


class SpecAmended(CampaignCreated):
    """Another specification, and what changes, in words."""

    difference: list[str]
    reason: _Text


class StoredLineRow(TypedDict):
    """One row of an earlier line; see `earlier_lines.mapping.LineTable`."""

    settings: _Settings
    given: NotRequired[dict[str, float]]
    responses: dict[str, list[TypedNumber]]
    batch: NotRequired[dict[str, str]]
    made_at: NotRequired[_Moment | None]
    extra: NotRequired[dict[str, float]]
    typed: NotRequired[dict[str, dict[str, _Text]]]


class StoredMapping(TypedDict):
    """How the columns of a line were read."""

    columns: NotRequired[dict[str, str]]
    constants: NotRequired[dict[str, str]]
    units: NotRequired[dict[str, str]]
    where: NotRequired[dict[str, str]]
    others: NotRequired[list[str]]
    extras: NotRequired[list[str]]
    sheet: NotRequired[_Text]
    header: NotRequired[int | None]
    decimal: NotRequired[_Text]
    campaign: NotRequired[_Text]
    campaign_id: NotRequired[_Text]
    head: NotRequired[_Text]


class LineAdded(TypedDict):
    """An earlier line with its data."""

    name: str
    rows: list[StoredLineRow]
    mapping: StoredMapping
    sha256: str
    batches: bool
    source: NotRequired[_Text]


class LineSwitched(TypedDict):
    """A line is left out, or used again."""

    name: str
    reason: _Text


class StoredPrediction(TypedDict):
    """What a run was expected to give; see `sheets.run_object.Predicted`."""

    mean: float
    sd: float
    sd_result: float
    low: NotRequired[_Number]
    high: NotRequired[_Number]
    low95: NotRequired[_Number]
    high95: NotRequired[_Number]
    at: NotRequired[int | None]


class StoredProposal(TypedDict):
    """One run of a plan; see `commands.entries.PlannedRun`."""

    run: str
    order: int | None
    rank: int | None
    settings: _Settings
    batch: dict[str, str]
    predicted: dict[str, StoredPrediction]
    bits: _Number
    reason: _Text
    given: NotRequired[dict[str, float] | None]
    value: NotRequired[_Number]
    cost: NotRequired[_Number]
    in_spec: NotRequired[_Number]
    in_spec_measured: NotRequired[_Number]
    success: NotRequired[_Number]


class StoredDeviation(TypedDict):
    """What fixed values cost; its sentence is shown, its figures are handed on."""

    text: str
    bits: NotRequired[_Number]
    bits_free: NotRequired[_Number]
    cost: NotRequired[_Number]
    cost_free: NotRequired[_Number]
    runs: NotRequired[int]
    runs_free: NotRequired[int]
    value: NotRequired[_Number]
    value_free: NotRequired[_Number]
    value_name: NotRequired[_Text]
    lost_percent: NotRequired[_Number]
    fixed: NotRequired[_Settings]


class StoredKnown(TypedDict):
    """The ± of a response now, and after the open runs."""

    sd_now: float
    sd_after: float


class StoredStep(TypedDict):
    """What comes after the open runs."""

    stage: _Text
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
    versions: dict[str, _Plain]
    hyperparameters: dict[str, dict[str, _Plain]]
    position: int
    cost: _Number
    setup: _Text
    information_bits: NotRequired[_Number]
    nested: NotRequired[bool | None]
    fixed: NotRequired[_Settings | None]
    notes: NotRequired[list[str]]
    value: NotRequired[_Number]
    value_name: NotRequired[_Text]
    deviation: NotRequired[StoredDeviation | None]
    outlook: NotRequired[StoredOutlook | None]


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
    made_at: _Moment | None
    note: NotRequired[_Text]
    attached: NotRequired[bool | None]


class ValueCorrected(TypedDict):
    """One value of a response; none: it was withdrawn."""

    replicate: int
    old: TypedNumber
    new: TypedNumber | None


class SettingCorrected(TypedDict):
    """A setting really used, or a given."""

    old: _Setting | None
    new: TypedNumber | TypedCategory


class TextCorrected(TypedDict):
    """A batch."""

    old: _Text
    new: str


class MomentCorrected(TypedDict):
    """When the run was made."""

    old: _Moment | None
    new: _Moment


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
    reason: _Text


class OfRun(TypedDict):
    """A run failed, was abandoned or reopened."""

    run: str
    reason: _Text


class NoteAdded(TypedDict):
    """A remark, which may confirm a flag of some responses, or of all."""

    run: _Text
    text: Annotated[str, str.strip]  # something is left of it
    confirms: _Text
    responses: list[str] | None


class CampaignClosed(TypedDict):
    """The end."""

    reason: _Text


class EventReversed(CampaignClosed):
    """Another event does not count any more."""

    event: int


PAYLOADS: Mapping[str, type] = {
    "campaign_created": CampaignCreated,
    "spec_amended": SpecAmended,
    "line_added": LineAdded,
    "line_excluded": LineSwitched,
    "line_included": LineSwitched,
    "plan_proposed": PlanProposed,
    "run_started": RunStarted,
    "result_recorded": ResultRecorded,
    "result_corrected": ResultCorrected,
    "run_failed": OfRun,
    "run_abandoned": OfRun,
    "run_reopened": OfRun,
    "note_added": NoteAdded,
    "event_reversed": EventReversed,
    "campaign_closed": CampaignClosed,
}
"""Kind of event to what its payload holds, in the newest version."""

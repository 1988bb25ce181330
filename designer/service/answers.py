"""The JSON of the verbs' answers: all keys always there, null where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, final

from designer.campaigns.sheets.run_object import (
    AddedRun,
    DesignObject,
    RunObject,
    SheetCounts,
    SheetRun,
)
from designer.campaigns.space.factors import Setting
from designer.engine.answers import BestRecipe
from designer.service.figures import ComparedLine, JudgedLine, LineAnswer, OutlookAnswer

Cell = float | int | str | None


class OfCampaign(TypedDict):
    """What every answer about one campaign tells: name, and log position as ``seq:hash``."""

    campaign: str
    head: str


# ---- campaigns ----------------------------------------------------------------------------------


@final
class CreatedAnswer(OfCampaign):
    """A campaign was created; ``scales`` says of each response how it is modelled, and why."""

    line: str
    goal: str
    store: str
    seq: int
    scales: dict[str, str]


class ListedCampaign(TypedDict):
    """A campaign in the list; ``runs`` is their number."""

    name: str
    line: str
    goal: str
    runs: int
    changed_at: str


class ListAnswer(TypedDict):
    """All campaigns of a store, newest first; ``warnings``: of an older copy that came back."""

    campaigns: list[ListedCampaign]
    warnings: list[str]


class PlanSummary(TypedDict):
    """A plan of a campaign."""

    plan: str
    runs: list[str]
    goal: str
    seed: int
    cost: float | None
    information_bits: float | None
    deviation: Mapping[str, Any] | None
    proposed_at: str
    actor: str


class NoteObject(TypedDict):
    """A note on a run, or on the campaign when ``run`` is null."""

    run: str | None
    text: str
    actor: str
    at: str


@final
class CampaignAnswer(OfCampaign):
    """Details of a campaign: ``spec`` with all defaults, and how and why responses are scaled."""

    line: str
    goal: str
    closed: bool
    created_at: str
    changed_at: str
    spec: dict[str, Any]
    scales: dict[str, str]
    runs: list[RunObject]
    lines: list[LineAnswer]
    plans: list[PlanSummary]
    notes: list[NoteObject]
    warnings: list[str]


@final
class RunAnswer(RunObject, OfCampaign):
    """Details of a run; ``warnings`` say where what the models make of it is not known."""

    warnings: list[str]


class DoneAnswer(OfCampaign):
    """Something was carried out; ``messages`` are what the user should know of it."""

    messages: list[str]


class AmendAnswer(DoneAnswer):
    """What a new specification changes, in sentences, and whether it was taken."""

    difference: list[str]
    applied: bool


class UndoAnswer(DoneAnswer):
    """Events were reversed."""

    events: list[int]


class NoteAnswer(DoneAnswer):
    """A remark was kept."""

    run: str | None


class EventObject(TypedDict):
    """One event of the history."""

    seq: int
    at: str
    actor: str
    kind: str
    run: str | None
    summary: str
    reversed: bool
    reason: str | None


class HistoryAnswer(OfCampaign):
    """Events, oldest first."""

    events: list[EventObject]


class DataAnswer(OfCampaign):
    """Every measurement as a table."""

    columns: list[str]
    rows: list[list[Cell]]


class ExportAnswer(DoneAnswer):
    """A file was written."""

    file: str
    what: str
    rows: int


# ---- earlier lines ------------------------------------------------------------------------------


class LineAddedAnswer(OfCampaign, ComparedLine):
    """An earlier line was added; ``batches`` tells whether its rows name batches.

    ``columns`` tells what each column of the file was read as (``-``: left out), ``units`` what was
    converted from; not ``applied``: a dry run. The ``warnings`` of the comparison stand among the
    ``notes``, too.
    """

    line: str
    rows: int
    batches: bool
    columns: dict[str, str]
    units: dict[str, str]
    applied: bool
    notes: list[str]


class LinesAnswer(OfCampaign):
    """All earlier lines."""

    lines: list[JudgedLine]
    notes: list[str]


class LineSwitchedAnswer(DoneAnswer):
    """A line was excluded or included."""

    line: str
    included: bool


# ---- runs ---------------------------------------------------------------------------------------


@final
class RecordAnswer(DoneAnswer):
    """A run changed; ``recorded`` holds new values by response, null: will never be measured."""

    run: str
    status: str
    recorded: dict[str, list[float] | None]


class RunsAnswer(OfCampaign):
    """Runs were added."""

    runs: list[str]


class BroughtAnswer(DoneAnswer):
    """A table came in; new runs are ``attached``, ``added`` tells them; ``applied``: recorded."""

    attached: list[str]
    added: list[AddedRun]
    applied: bool


@final
class AttachedAnswer(RunsAnswer, BroughtAnswer):
    """Runs nobody proposed: of each row, and ``known``: what rows say of those there were."""

    known: list[SheetRun]


class AbandonAnswer(RunsAnswer, DoneAnswer):
    """Runs will not be made."""

    status: str


class ImportAnswer(BroughtAnswer):
    """A filled sheet was read."""

    runs: list[SheetRun]
    counts: SheetCounts


# ---- plans and models ---------------------------------------------------------------------------


class PlanAnswer(OfCampaign):
    """A plan, its runs in the order of making.

    ``value`` is what was maximised where that is no information, ``value_name`` its name;
    ``deviation`` what ``fixed`` settings and other wishes cost, ``outlook`` what will be known
    then; ``abandoned`` runs went before it. Without ``plan``, ``--top-up`` found enough open runs.
    """

    plan: str | None
    seed: int | None
    goal: str
    information_bits: float | None
    cost: float
    nested: bool
    value: float | None
    value_name: str | None
    deviation: Mapping[str, Any] | None
    fixed: Mapping[str, Setting]
    design: DesignObject | None
    runs: list[RunObject]
    abandoned: list[str]
    outlook: OutlookAnswer | None
    notes: list[str]
    dry_run: bool


class PredictAnswer(OfCampaign):
    """Predictions at recipes, one row each; ``file`` is where they were written."""

    columns: list[str]
    rows: list[dict[str, Cell]]
    file: str | None
    notes: list[str]


class BestAnswer(OfCampaign):
    """Recommended set-points, the best first."""

    best: list[BestRecipe]
    notes: list[str]


# ---- the store ----------------------------------------------------------------------------------


class VerifyAnswer(TypedDict):
    """Sentences about what was checked."""

    ok: bool
    checks: list[str]


class InitAnswer(TypedDict):
    """Where the store is, and whether it was made just now."""

    store: str
    created: bool

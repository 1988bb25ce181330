"""The JSON of what `status` makes of an evaluation of the models."""

from __future__ import annotations

from typing import TypedDict

from designer.campaigns.sheets.run_object import Flag
from designer.engine.answers import (
    Ahead,
    BestRecipe,
    ErrorFigures,
    Evaluation,
    InferredBatches,
    OddsFigures,
    ResponseTrust,
    SetAside,
)
from designer.models.diagnostics.figures import ResponseReport


class LineAnswer(TypedDict):
    """An earlier line, as the log tells it.

    ``reason`` is why it was excluded or included, ``unknown`` the factors and givens of which no
    row has a value, ``not_used_for`` the responses that do not learn from history. ``batches``:
    whether any are told; ``inferred_batches`` are those that rows are taken to share where none is.
    """

    name: str
    rows: int
    included: bool
    reason: str | None
    source: str | None
    batches: bool
    inferred_batches: list[InferredBatches]
    not_used_for: list[str]
    unknown: list[str]


class ScaleDoubtAnswer(TypedDict):
    """A response of a line that looks like another unit.

    ``ratio`` is its typical size over that of ``beside``, ``factor`` what it would have to be
    multiplied by, ``unit`` what it would then be in (null: no usual unit explains it).
    """

    response: str
    ratio: float
    factor: float
    unit: str | None
    beside: str
    message: str


class FactorOverlapAnswer(TypedDict):
    """A line's settings of one factor or given beside the campaign's range.

    ``low`` and ``high`` are its least and greatest setting (null for categories), ``covered`` the
    share of the range between them, ``inside`` the share of its rows in the range.
    """

    factor: str
    low: float | None
    high: float | None
    covered: float
    inside: float


class ComparedLine(TypedDict):
    """A line beside the campaign, without computing.

    ``overlap`` is the share of its rows whose settings all lie in the campaign's ranges.
    """

    scale_doubts: list[ScaleDoubtAnswer]
    overlap: float
    factors: list[FactorOverlapAnswer]
    warnings: list[str]


class JudgedLine(LineAnswer, ComparedLine):
    """A line with what the last evaluation found about it; null before the first."""

    trust: float | None
    trust_low: float | None
    trust_high: float | None
    worth_runs: float | None
    responses: dict[str, ResponseTrust]


class OutlookAnswer(Ahead):
    """The same with its sentence."""

    text: str


class Figures(Evaluation):
    """One evaluation; ``seq`` is its log position, null before the first."""

    seq: int | None


class ModelPosition(TypedDict):
    """Log position of the last evaluation, and whether the models would learn more by now."""

    seq: int | None
    stale: bool


class StatusAnswer(TypedDict):
    """Where a campaign stands; ``flags`` are those of all runs, then of the campaign."""

    campaign: str
    line: str
    goal: str
    closed: bool
    runs: dict[str, int]
    information_bits: float | None
    expected_next_bits: float | None
    responses: dict[str, ErrorFigures]
    lines: list[JudgedLine]
    best: BestRecipe | None
    outlook: OutlookAnswer | None
    advice: str
    model: ModelPosition
    report: dict[str, ResponseReport | None]
    history_odds: dict[str, OddsFigures | None]
    set_aside: list[SetAside] | None
    warnings: list[str]
    notes: list[str]
    flags: list[Flag]
    head: str

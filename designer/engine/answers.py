"""The JSON of what the models say: best recipes and the figures of an evaluation."""

from __future__ import annotations

from typing import TypedDict

from designer.campaigns.sheets.run_object import Predicted
from designer.campaigns.space.factors import Setting
from designer.models.diagnostics.figures import ResponseReport


class InferredBatches(TypedDict):
    """How many runs (rows) are taken as how many batches of a stage."""

    stage: str
    rows: int
    batches: int


class TrustFigures(TypedDict):
    """Trust in a line with its 80 % interval, and how many runs of the target it is worth."""

    trust: float
    trust_low: float
    trust_high: float
    worth_runs: float


class LineTrustFigures(TrustFigures):
    """Trust in a line, overall and per response."""

    responses: dict[str, TrustFigures]


class ResponseTrust(TrustFigures):
    """Trust in a line about one response; ``determined`` is a share of the region's variation."""

    determined: float
    flat: bool


class LineFigures(TrustFigures):
    """What an evaluation finds about one line."""

    responses: dict[str, ResponseTrust]
    warnings: list[str]


class BestRecipe(TypedDict):
    """A recommended set-point; its figures are those of a run (`run_object.RunObject`)."""

    settings: dict[str, Setting]
    given: dict[str, float]
    in_spec: float | None
    in_spec_measured: float | None
    success: float | None
    predicted: dict[str, Predicted]


class OddResult(TypedDict):
    """A result that looks like a slip, whether it counts or not.

    ``run`` is null for a row of an earlier line, ``line`` for an own run.
    """

    run: str | None
    line: str | None
    response: str
    value: float
    message: str


class SetAside(OddResult):
    """A result that hardly counts in a model, or not at all."""


class ErrorFigures(TypedDict):
    """Leave-one-run-out error in the response's unit, coverage of 95 % intervals (0–1)."""

    error_sd: float | None
    coverage: float | None


class OddsFigures(TypedDict):
    """Odds for learning one response from earlier lines: a Bayes factor (marginal evidence).

    ``weight``: share of what is shown that follows them, 1 where the own runs cannot decide yet;
    ``standard_error``: not estimated, null.
    """

    odds: float
    log_odds: float
    standard_error: float | None
    runs: int
    weight: float


class KnownTo(TypedDict):
    """Typical ± of a response over the region (root mean square of half the 68 % interval).

    Of the noise-free response, in its unit and within ``possible``: now, and after the runs ahead.
    """

    sd_now: float
    sd_after: float


class NextStep(TypedDict):
    """What one more batch of a stage (null: one more run) brings, in bits, and costs."""

    stage: str | None
    runs: int
    bits: float
    cost: float


class Ahead(TypedDict):
    """What to expect of the runs ahead and of the step after them."""

    runs: int
    best_rate: float
    responses: dict[str, KnownTo]
    next: NextStep | None


class Evaluation(TypedDict):
    """Everything `status` shows that takes a model.

    Bits are ``½ log2(T before / T after)`` with T the uncertainty about the campaign's goal, at the
    same points, weights and hyperparameters: ``information_bits`` of all results so far,
    ``expected_next_bits`` of the next run. One bit halves the typical ±. ``line_events`` are the
    events that added the lines there were: another line may get the same name later. ``doubtful``
    are own results that count although they look like slips.
    """

    information_bits: float | None
    expected_next_bits: float | None
    outlook: Ahead | None
    responses: dict[str, ErrorFigures]
    lines: dict[str, LineFigures]
    line_events: dict[str, int]
    best: BestRecipe | None
    report: dict[str, ResponseReport]
    history_odds: dict[str, OddsFigures | None]
    set_aside: list[SetAside] | None
    doubtful: list[OddResult]
    warnings: list[str]
    notes: list[str]

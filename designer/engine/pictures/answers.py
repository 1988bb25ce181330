"""The JSON that pictures are drawn from, in a terminal, a figure or a report.

Every number is in the unit of its factor or response; null where there is nothing to tell. A
grid is ``[ny][nx]``: one list per value of the axis upwards, in the order of both axes' values.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from designer.campaigns.sheets.run_object import Predicted
from designer.campaigns.space.factors import Setting
from designer.engine.answers import TrustFigures

Grid = list[list[float | None]]
Interval = tuple[float | None, float | None]

ReadingKind = Literal["made", "failed", "open", "line"]


class PictureAxis(TypedDict):
    """A factor as an axis: settings of the machine in order, thinned where they are many.

    The setting of the recipe the picture is about is always among ``values``.
    """

    factor: str
    unit: str | None
    log: bool
    values: list[Setting]


class ResponseFacts(TypedDict):
    """What a picture of a response has to know: the window's ends are null where it has none."""

    unit: str | None
    low: float | None
    high: float | None
    log: bool
    goal: str | float


class Bands(TypedDict):
    """What the noise-free response is believed to be, ``[n]`` each: median, 50 and 95 % bands."""

    median: list[float | None]
    low_50: list[float | None]
    high_50: list[float | None]
    low_95: list[float | None]
    high_95: list[float | None]


class PictureReading(TypedDict):
    """A recipe with results that stands near a picture: of an own run, or of an earlier line.

    ``values`` are means over the replicates. ``near`` is how alike its settings are to those of
    the picture's recipe, apart from the factors drawn: 1 the same, 0 at the other end.
    """

    run: str | None
    line: str | None
    kind: ReadingKind
    settings: dict[str, Setting]
    values: dict[str, float]
    near: float


class Slice(TypedDict):
    """All responses along one factor; where a recipe cannot be made ``feasible`` is false.

    ``near``: per reading of the picture, how alike it is in all factors but this one.
    """

    axis: PictureAxis
    feasible: list[bool]
    near: list[float]
    in_spec: list[float | None] | None
    responses: dict[str, Bands]


class RecipeFigures(TypedDict):
    """What is expected of one recipe; ``problems`` say why it cannot be made as it is."""

    recipe: dict[str, Setting]
    given: dict[str, float]
    predicted: dict[str, Predicted]
    in_spec: float | None
    in_spec_measured: float | None
    success: float | None
    problems: list[str]


class Slices(RecipeFigures):
    """Every response along every factor through one recipe."""

    seq: int
    responses: dict[str, ResponseFacts]
    slices: list[Slice]
    readings: list[PictureReading]
    notes: list[str]


class RecipeMap(TypedDict):
    """All responses over two factors, the others as in the recipe.

    ``width`` is half the width of the 95 % interval of the noise-free response.
    """

    seq: int
    recipe: dict[str, Setting]
    given: dict[str, float]
    x: PictureAxis
    y: PictureAxis
    feasible: list[list[bool]]
    mean: dict[str, Grid]
    width: dict[str, Grid]
    in_spec: Grid | None
    in_spec_by: dict[str, Grid]
    responses: dict[str, ResponseFacts]
    readings: list[PictureReading]


class InformationMap(TypedDict):
    """What one more run brings about the campaign's goal [bit], and what it costs [cost_unit].

    Of a run made next, after what is set up now and beside the open runs.
    """

    seq: int
    recipe: dict[str, Setting]
    given: dict[str, float]
    x: PictureAxis
    y: PictureAxis
    bits: Grid
    cost: Grid
    cost_unit: str


class RunFigures(RecipeFigures):
    """The same with what a run of it brings [bit] and costs; ``new_batches`` are made for it."""

    bits: float | None
    cost: float
    new_batches: list[str]


class WhatIf(RunFigures):
    """What a run of a recipe would bring; ``before`` is the open run it would replace, as it is.

    ``open_bits`` is what all open runs bring together, that one included.
    """

    seq: int
    cost_unit: str
    run: str | None
    before: RunFigures | None
    open_bits: float | None


class ParityPoint(TypedDict):
    """A result beside what the model said of it without its run; intervals of a new result.

    ``standardised`` is the difference in standard deviations of a new result, on the model's
    scale; null, as the intervals, for a result that no model can use.
    """

    run: str
    event: int
    measured: float
    predicted: float
    low_50: float | None
    high_50: float | None
    low_95: float | None
    high_95: float | None
    standardised: float | None


class Coverage(TypedDict):
    """How many of ``n`` results lie inside their intervals, and what that says, in words.

    ``ratio`` is how many times as wide the intervals should be; null with too few results.
    """

    n: int
    inside_50: int
    inside_80: int
    inside_95: int
    ratio: float | None
    verdict: str


class ProgressPoint(TypedDict):
    """Where the campaign stood after a run: cost and information so far, typical ± left."""

    run: str
    event: int
    cost: float
    bits: float
    sd: dict[str, float]


class PromisedPoint(TypedDict):
    """What the open runs promise, in the order they are made in, on top of today."""

    run: str
    cost: float
    bits: float


class ControlPoint(TypedDict):
    """The results of a run in the order of making, with what was to be expected without them."""

    run: str
    event: int
    made_at: str | None
    status: str
    value: float | None
    values: list[float]
    predicted: float | None
    low_95: float | None
    high_95: float | None
    odd: bool


class Replicates(TypedDict):
    """Results of one recipe measured more than once: a run per value.

    ``odd`` is the place of the value that lies far from the others, if one does.
    """

    runs: list[str]
    settings: dict[str, Setting]
    values: list[float]
    mean: float
    sd: float
    odd: int | None


class LinePoint(TypedDict):
    """An own result beside what an earlier line's own surface says of its recipe."""

    run: str
    measured: float
    predicted: float


class LineResponse(TrustFigures):
    """What one line does for one response.

    ``error_line`` is the root mean square difference of the line's surface from the own results,
    ``error_with`` the leave-one-run-out error of the model that uses the lines, ``error_without``
    the same without the rows of this line (at the same hyperparameters), ``error_own`` that of a
    model of the own results alone, all of the same results. The verdict compares the first two of
    these three run by run.
    """

    verdict: str
    error_line: float | None
    error_with: float | None
    error_without: float | None
    error_own: float | None
    parity: list[LinePoint]


class LineEvidence(TrustFigures):
    """What one line does for the campaign."""

    included: bool
    rows: int
    verdict: str
    responses: dict[str, LineResponse]


class ParetoPoint(TypedDict):
    """A recipe by the two responses that have goals; ``run`` is null where nobody made it."""

    run: str | None
    settings: dict[str, Setting]
    values: dict[str, float]
    low_95: dict[str, float]
    high_95: dict[str, float]
    in_spec: float | None
    on_front: bool


class Pareto(TypedDict):
    """What can be had of two responses that both have a goal (``maximise``, ``minimise``, …)."""

    responses: list[str]
    goals: dict[str, str]
    points: list[ParetoPoint]


class Evidence(TypedDict):
    """What results say of the models, the lines and the campaign, up to one log position."""

    seq: int
    cost_unit: str
    responses: dict[str, ResponseFacts]
    parity: dict[str, list[ParityPoint]]
    coverage: dict[str, Coverage]
    control: dict[str, list[ControlPoint]]
    replicates: dict[str, list[Replicates]]
    noise_sd: dict[str, float]
    progress: list[ProgressPoint]
    promised: list[PromisedPoint]
    lines: dict[str, LineEvidence]
    pareto: Pareto | None

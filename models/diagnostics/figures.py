"""The figures of a model report: their names and types alone, so that a status loads no model."""

from __future__ import annotations

from typing import Literal, TypedDict

Verdict = Literal["independent", "cautious", "collinear", "constant", "too few runs"]


class Collinearity(TypedDict):
    """How far one input can be told apart from the others.

    ``vif``: variance inflation factor, at least 1 (categories: root of the generalised one); None
    where it is infinite or there is none. ``verdict``: ``collinear`` above 10, ``cautious`` above
    5, else ``independent``; ``constant``: the input never varied; ``too few runs``: not more than
    there are effects.
    """

    vif: float | None
    verdict: Verdict


class ResultErrors(TypedDict):
    """Errors of predictions of results the model did not know.

    ``rmse`` and ``mae`` in raw units; ``r2``: 1 - SSE / SST about the mean of the results, None
    where they do not vary; ``log_density``: mean per result, in 1 / raw unit (natural logarithm),
    of those the scale of the model has a place for; ``coverage``: share of results inside the 50,
    80 and 95 % interval for a new result.
    """

    rmse: float
    mae: float
    r2: float | None
    log_density: float
    coverage: dict[str, float]


class DataCounts(TypedDict):
    """What a response was learned from: measured values, and runs with at least one of them.

    ``unique_recipes``: different settings of the factors, as really used; ``replicates``:
    measurements of a recipe beyond its first; ``earlier_measurements``: of the earlier lines.
    """

    measurements: int
    runs: int
    unique_recipes: int
    replicates: int
    earlier_measurements: int


class FoldErrors(ResultErrors):
    """Errors where ``folds`` parts of the runs were left out in turn."""

    folds: int


class LearningPoint(TypedDict):
    """Root mean square error of ``predicted`` later results, predicted from the first ``runs``.

    ``leave_one_run_out``: the last point, every run predicted from all the others.
    """

    runs: int
    predicted: int
    rmse: float
    leave_one_run_out: bool


class ResponseReport(TypedDict):
    """How good the model of one response is; below 5 runs there are no errors and no curve.

    ``effective_samples``: how many equally weighted draws of the hyperparameters (of 32) decide
    what is shown; None where nothing is averaged.
    """

    counts: DataCounts
    leave_one_run_out: ResultErrors | None
    k_fold: FoldErrors | None
    learning_curve: list[LearningPoint]
    collinearity: dict[str, Collinearity]
    effective_samples: float | None

"""Model report of one response: what the data are, how well the model predicts, how honestly.

It holds what Haghi et al. (2023, Batteries & Supercaps 6, e202300046) ask of a model of cell
production: replicates told from unique recipes, several error metrics, k-fold and leave-one-out
validation, a learning curve, collinearity. All errors are those of results of runs the prediction
did not know, in closed form at the fitted hyperparameters (``cross_validation``), which have seen
all runs: a fit to the remaining runs alone would err a little more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.collinearity import Collinearity, collinearity
from designer.models.diagnostics.cross_validation import HeldOut, held_out
from designer.models.gp.fitted import FittedResponse
from designer.models.gp.likelihood import factorise

TOO_EARLY = 5  # runs with results below which errors say nothing (contract)
FOLDS = 5  # Haghi et al. 2023: 5 to 10
QUANTILES = {0.5: 0.6744897501960817, 0.8: 1.2815515655446004, 0.95: 1.959963984540054}
"""Share of a normal distribution inside ± that many standard deviations."""
_SAME_SETTING = 9  # decimals on the unit cube
_NO_VARIATION = 1e-12  # relative variance of the results below which R² has no meaning


@dataclass(frozen=True)
class Counts:
    """What the target's data are.

    Attributes:
        measurements: measured values.
        runs: runs with at least one of them.
        unique_recipes: different settings of the factors among them, as really used.
        replicates: measurements of a recipe beyond its first.
        earlier: measured values of the earlier lines in use.
    """

    measurements: int
    runs: int
    unique_recipes: int
    replicates: int
    earlier: int


@dataclass(frozen=True)
class PredictionErrors:
    """Errors of predictions of results the model did not know.

    Attributes:
        rmse: root mean square error, raw units.
        mae: mean absolute error, raw units.
        r2: 1 - SSE / SST about the mean of the results; None where the results do not vary.
        log_density: mean log predictive density per result, in 1 / raw unit (natural logarithm).
        coverage: share of results inside the 50, 80 and 95 % interval for a new result, by level.
    """

    rmse: float
    mae: float
    r2: float | None
    log_density: float
    coverage: dict[float, float]


@dataclass(frozen=True)
class CurvePoint:
    """One point of a learning curve.

    Attributes:
        runs: number k of first runs that were known.
        predicted: number of later results predicted from them.
        rmse: root mean square error, raw units.
        leave_one_out: the last point: every run predicted from all the others.
    """

    runs: int
    predicted: int
    rmse: float
    leave_one_out: bool = False


@dataclass(frozen=True)
class ModelReport:
    """Everything about the model of one response.

    Attributes:
        counts: of measurements, runs, recipes.
        leave_one_run_out: errors, each run predicted from all others; None below 5 runs.
        k_fold: errors, a fifth of the runs predicted from the others; None below 5 runs.
        learning_curve: error from the first 2, 4, 8, … runs, and leave-one-run-out from all;
            nothing below 5 runs.
        collinearity: per input of the space.
    """

    counts: Counts
    leave_one_run_out: PredictionErrors | None
    k_fold: PredictionErrors | None
    learning_curve: tuple[CurvePoint, ...]
    collinearity: tuple[Collinearity, ...]


def model_report(fitted: FittedResponse, groups: IntArray, recipe: IntArray) -> ModelReport:
    """Report of one response; outliers that hardly count in the fit are left out of errors.

    Args:
        fitted: the response at its fitted hyperparameters.
        groups: input index of every encoded column, ``[D]``.
        recipe: encoded columns that belong to factors (the others are givens).
    """
    counts = count(fitted.data, recipe)
    own = np.flatnonzero(fitted.data.target)
    first_of_run = own[np.unique(fitted.data.runs[own], return_index=True)[1]]
    design = tuple(collinearity(fitted.data.X[first_of_run], groups))
    rows = fitted.rows
    runs = rows.run[rows.earlier :]
    if counts.runs < TOO_EARLY:
        return ModelReport(counts, None, None, (), design)
    loo = prediction_errors(fitted, held_out(fitted, runs))
    curve = learning_curve(fitted)
    if loo is not None and curve:
        kept = int(np.count_nonzero(rows.extra[rows.earlier :] == 0))
        curve = [*curve, CurvePoint(counts.runs, kept, loo.rmse, leave_one_out=True)]
    folds = prediction_errors(fitted, held_out(fitted, run_folds(runs)))
    return ModelReport(counts, loo, folds, tuple(curve), design)


def count(data: ResponseData, recipe: IntArray) -> Counts:
    """Replicates and unique recipes of the target's data."""
    own = data.target
    settings = np.round(data.X[own][:, recipe], _SAME_SETTING)
    measurements = len(settings)
    unique = len(np.unique(settings, axis=0)) if settings.size else min(measurements, 1)
    return Counts(
        measurements=measurements,
        runs=len(np.unique(data.runs[own])),
        unique_recipes=unique,
        replicates=measurements - unique,
        earlier=len(data.y) - measurements,
    )


def run_folds(runs: IntArray, folds: int = FOLDS) -> IntArray:
    """Fold of every row, ``[n]``: the i-th run, in the order of run numbers, is in fold i mod k."""
    return np.unique(runs, return_inverse=True)[1].reshape(-1) % folds


def prediction_errors(fitted: FittedResponse, blocks: list[HeldOut]) -> PredictionErrors | None:
    """Errors over the rows of all blocks but outliers; None without rows or beyond numbers."""
    if not blocks:
        return None
    rows = np.concatenate([block.rows for block in blocks])
    residual = np.concatenate([block.residual for block in blocks])
    variance = np.concatenate([np.diagonal(block.covariance) for block in blocks])
    kept = fitted.rows.extra[rows] == 0
    rows, residual, variance = rows[kept], residual[kept], variance[kept]
    raw = raw_residuals(fitted, rows, residual)
    if len(rows) == 0 or not np.isfinite(raw).all():
        return None
    density = -0.5 * (np.square(residual) / variance + np.log(2.0 * np.pi * variance))
    density -= fitted.log_jacobian(rows)
    size = np.abs(residual) / np.sqrt(variance)
    y = fitted.data.y[fitted.rows.order[rows]]
    return PredictionErrors(
        rmse=_root_mean_square(raw),
        mae=_mean(np.abs(raw)),
        r2=_r2(raw, y),
        log_density=float(density.mean()),
        coverage={level: float(np.mean(size <= q)) for level, q in QUANTILES.items()},
    )


def raw_residuals(fitted: FittedResponse, rows: IntArray, residual: FloatArray) -> FloatArray:
    """Measured minus predicted (log scale: median) in raw units, ``[k]``, of training rows."""
    y = fitted.data.y[fitted.rows.order[rows]]
    return np.asarray(y - fitted.scaling.median(fitted.rows.z[rows] - residual))


def learning_curve(fitted: FittedResponse) -> list[CurvePoint]:
    """Error of predicting the later runs from the first k = 2, 4, 8, … and all earlier lines.

    With the rows in the order they came, ``K = L L'`` and ``e = L⁻¹ z``, the mean of later rows
    given the first m is ``L_21 e_1``: one factorisation serves every k.
    """
    rows = fitted.rows
    order = np.argsort(rows.run, kind="stable")  # earlier lines carry -1
    factor = factorise(fitted.likelihood.covariance(fitted.parameters)[np.ix_(order, order)])
    if factor is None:
        return []
    chol = np.tril(factor)
    white = solve_triangular(chol, rows.z[order], lower=True)
    first = rows.earlier
    runs, starts = np.unique(rows.run[order[first:]], return_index=True)
    out, k = [], 2
    while k < len(runs):
        m = first + int(starts[k])
        kept = rows.extra[order[m:]] == 0
        later = order[m:][kept]
        residual = rows.z[later] - (chol[m:, :m] @ white[:m])[kept]
        raw = raw_residuals(fitted, later, residual)
        if len(raw) and np.isfinite(raw).all():
            out.append(CurvePoint(k, len(raw), _root_mean_square(raw)))
        k *= 2
    return out


def _root_mean_square(values: FloatArray) -> float:
    largest = float(np.abs(values).max())
    if largest == 0:
        return 0.0
    return largest * float(np.sqrt(np.mean(np.square(values / largest))))


def _mean(sizes: FloatArray) -> float:
    largest = float(sizes.max())  # sums of the largest numbers would overflow
    return largest * float(np.mean(sizes / largest)) if largest > 0 else 0.0


def _r2(raw: FloatArray, y: FloatArray) -> float | None:
    largest = float(np.abs(y).max())
    if largest == 0:
        return None
    scaled = y / largest
    total = float(np.mean(np.square(scaled - scaled.mean())))
    if total <= _NO_VARIATION:
        return None
    share = _root_mean_square(raw) / largest / np.sqrt(total)
    return float(1.0 - share * share) if share < 1e6 else None

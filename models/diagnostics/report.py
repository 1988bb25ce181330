"""Model report of one response: what the data are, how well the model predicts, how honestly.

It holds what Haghi et al. (2023, Batteries & Supercaps 6, e202300046) ask of a model of cell
production: replicates told from unique recipes, several error metrics, k-fold and leave-one-out
validation, a learning curve, collinearity. All errors are those of results of runs the prediction
did not know, in closed form at the fitted hyperparameters (``cross_validation``), which have seen
all runs: a fit to the remaining runs alone would err a little more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import solve_triangular

from designer.models.arrays import IntArray
from designer.models.cholesky import factorise
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.collinearity import collinearity
from designer.models.diagnostics.cross_validation import (
    leave_one_run_out,
    predicted_results,
    result_errors,
    root_mean_square,
    with_left_out,
)
from designer.models.diagnostics.figures import DataCounts, LearningPoint, ResponseReport
from designer.models.gp.fitted import FittedResponse

TOO_EARLY = 5  # runs with results below which errors say nothing (contract)
FOLDS = 5  # Haghi et al. 2023: 5 to 10
_SAME_SETTING = 9  # decimals on the unit cube


def model_report(
    fitted: FittedResponse, groups: IntArray, recipe: IntArray, names: Sequence[str]
) -> ResponseReport:
    """Report of one response; errors include results set aside in the fit or left out of it.

    Args:
        fitted: the response at its fitted hyperparameters.
        groups: input index of every encoded column, ``[D]``.
        recipe: encoded columns that belong to factors (the others are givens).
        names: of the inputs.
    """
    data, rows = fitted.data, fitted.rows
    own = np.flatnonzero(data.target)
    first_of_run = own[np.unique(data.runs[own], return_index=True)[1]]
    report = ResponseReport(
        counts=count(data, recipe),
        leave_one_run_out=None,
        k_fold=None,
        learning_curve=[],
        collinearity=dict(zip(names, collinearity(data.X[first_of_run], groups), strict=True)),
        effective_samples=None,
    )
    runs = report["counts"]["runs"]
    if runs < TOO_EARLY:
        return report
    found = with_left_out(leave_one_run_out(fitted), fitted)
    errors = report["leave_one_run_out"] = result_errors(found)
    curve = report["learning_curve"] = learning_curve(fitted)
    if errors is not None and curve:
        rmse, predicted = errors["rmse"], len(found.row)
        curve.append(
            LearningPoint(runs=runs, predicted=predicted, rmse=rmse, leave_one_run_out=True)
        )
    in_folds = predicted_results(fitted, run_folds(rows.run[rows.earlier :]))
    folds = result_errors(with_left_out(in_folds, fitted))
    if folds is not None:
        report["k_fold"] = {"folds": FOLDS, **folds}
    return report


def count(data: ResponseData, recipe: IntArray) -> DataCounts:
    """Replicates and unique recipes of the target's data."""
    own = data.target
    settings = np.round(data.X[own][:, recipe], _SAME_SETTING)
    measurements = len(settings)
    unique = len(np.unique(settings, axis=0)) if settings.size else min(measurements, 1)
    return {
        "measurements": measurements,
        "runs": data.measured_runs,
        "unique_recipes": unique,
        "replicates": measurements - unique,
        "earlier_measurements": len(data.y) - measurements,
    }


def run_folds(runs: IntArray, folds: int = FOLDS) -> IntArray:
    """Fold of every row, ``[n]``: the i-th run, in the order of run numbers, is in fold i mod k."""
    return np.unique(runs, return_inverse=True)[1].reshape(-1) % folds


def learning_curve(fitted: FittedResponse) -> list[LearningPoint]:
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
    y = fitted.data.y[rows.order[order]]
    first = rows.earlier
    runs, starts = np.unique(rows.run[order[first:]], return_index=True)
    out, k = [], 2
    while k < len(runs):
        m = first + int(starts[k])
        residual = y[m:] - fitted.scaling.median(chol[m:, :m] @ white[:m])
        if len(residual) and np.isfinite(residual).all():
            rmse, predicted = root_mean_square(residual), len(residual)
            out.append(
                LearningPoint(runs=k, predicted=predicted, rmse=rmse, leave_one_run_out=False)
            )
        k *= 2
    return out

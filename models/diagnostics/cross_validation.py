"""Leave-one-run-out: how well would each run have been predicted without it?

Closed form at fixed hyperparameters. For the rows I of one run, with ``α = K⁻¹z``, the residual is
``z_I - μ_{-I} = (K⁻¹_II)⁻¹ α_I`` with covariance ``(K⁻¹_II)⁻¹``
(Sundararajan & Keerthi 2001 for one row; Ginsbourger & Schärer 2021, eq. 10, for blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.outliers import (
    LARGEST_SHARE,
    SURPRISE,
    beyond_the_rest,
    in_company,
    ordinary_size,
    supported,
)
from designer.models.diagnostics.figures import ResultErrors
from designer.models.gp.fitted import FittedResponse
from designer.models.posterior.posterior import ResponsePosterior

QUANTILES = {"50": 0.6744897501960817, "80": 1.2815515655446004, "95": 1.959963984540054}
"""Share of a normal distribution (%) inside ± that many standard deviations."""
_NO_VARIATION = 1e-6  # relative sd of the results below which R² has no meaning
_AGREES = 0.5  # share as far to the same side that a neighbour lies which supports a result
_SUSPICION = 0.5  # beyond √(2 ln n), the largest of n standard normals: worth a second fit
_SUSPICION_OWN = 3.0  # the same for own results: they are few, and hide more easily
_FEW_ROWS = 12  # with fewer rows a lonely peak looks like an error (seen on Forrester, 8 runs)


@dataclass(frozen=True)
class HeldOut:
    """Some target rows, predicted jointly from all rows that are not among them.

    Attributes:
        rows: positions in ``TrainingRows``, ``[b]``.
        residual: measured minus predicted mean, model scale, ``[b]``.
        covariance: of the residual, ``[b, b]``: surface, batch effects and noise.
    """

    rows: IntArray
    residual: FloatArray
    covariance: FloatArray


def held_out(fitted: FittedResponse, folds: IntArray) -> list[HeldOut]:
    """Every fold of the target's rows predicted without it, at the fitted hyperparameters.

    Args:
        fitted: the response.
        folds: label of the fold of each target row, ``[n_0]``.

    Returns:
        One block per fold, ascending; nothing where the covariance cannot be factorised.
    """
    rows, inverse = fitted.rows, fitted.precision
    if rows.target_rows == 0 or inverse is None:
        return []
    alpha = inverse @ rows.z
    diagonal = np.diagonal(inverse)
    order = rows.earlier + np.argsort(folds, kind="stable")
    ends = np.cumsum(np.unique(folds, return_counts=True)[1])
    blocks = []
    for inside in np.split(order, ends[:-1]):
        if len(inside) == 1:  # a run without replicates: most of them
            covariance = 1.0 / diagonal[inside][:, None]
        else:
            own = np.linalg.inv(inverse[np.ix_(inside, inside)])
            covariance = np.asarray(own, dtype=np.float64)
        blocks.append(HeldOut(inside, covariance @ alpha[inside], covariance))
    return blocks


@dataclass(frozen=True)
class PredictedResults:
    """The target's results, each predicted without its own fold; those set aside among them.

    Attributes:
        row: index of the measurement in ``ResponseData``, ``[k]``; -1: it is left out there.
        run: its run number, ``[k]``.
        measured: raw units, ``[k]``.
        predicted: prediction in raw units (log scale: median), ``[k]``.
        standardised: measured minus predicted / sd of a new result, model scale, ``[k]``.
        centre: prediction on the model scale, ``[k]``.
        sd: of a new result around it, ``[k]``; NaN where no model can say.
        log_density: log predictive density of the result, in 1 / raw unit, ``[k]``; NaN where
            the scale of the model has no place for it.
    """

    row: IntArray
    run: IntArray
    measured: FloatArray
    predicted: FloatArray
    standardised: FloatArray
    centre: FloatArray
    sd: FloatArray
    log_density: FloatArray

    @property
    def residual(self) -> FloatArray:
        """Measured minus predicted, raw units, ``[k]``."""
        return self.measured - self.predicted


def predicted_results(fitted: FittedResponse, folds: IntArray) -> PredictedResults:
    """Every result predicted without its fold; see `held_out`.

    One that is set aside is judged like any other: without the noise that made it count little.
    """
    rows, first = fitted.rows, fitted.rows.earlier
    residual, variance = np.zeros(len(rows)), np.zeros(len(rows))
    for block in held_out(fitted, folds):
        residual[block.rows] = block.residual
        variance[block.rows] = np.diagonal(block.covariance)
    kept = first + np.flatnonzero(variance[first:] > 0)
    residual = residual[kept]
    variance = _as_if_usual(fitted, variance)[kept]
    density = -0.5 * (np.square(residual) / variance + np.log(2.0 * np.pi * variance))
    return PredictedResults(
        row=rows.order[kept],
        run=rows.run[kept],
        measured=fitted.data.y[rows.order[kept]],
        predicted=fitted.scaling.median(rows.z[kept] - residual),
        standardised=residual / np.sqrt(variance),
        centre=rows.z[kept] - residual,
        sd=np.sqrt(variance),
        log_density=density - fitted.log_jacobian(kept),
    )


def leave_one_run_out(fitted: FittedResponse) -> PredictedResults:
    """Every result predicted without its own run."""
    return predicted_results(fitted, fitted.rows.run[fitted.rows.earlier :])


def with_left_out(found: PredictedResults, fitted: FittedResponse) -> PredictedResults:
    """The same, and the own results no model can use: outside of every interval.

    Args:
        found: results the fit knows, each predicted without its own run.
        fitted: the fit, which never knew the others.
    """
    others = fitted.data.left_out
    if others is None or len(others.y) == 0:
        return found
    posterior = ResponsePosterior(fitted)
    centre = posterior.mean(others.X)
    predicted = posterior.scaling.median(centre)
    nowhere = np.full(len(others.y), np.nan)
    return PredictedResults(
        row=np.append(found.row, np.full(len(others.y), -1)),
        run=np.append(found.run, others.runs),
        measured=np.append(found.measured, others.y),
        predicted=np.append(found.predicted, predicted),
        standardised=np.append(found.standardised, np.copysign(np.inf, others.y - predicted)),
        centre=np.append(found.centre, centre),
        sd=np.append(found.sd, nowhere),
        log_density=np.append(found.log_density, nowhere),
    )


def result_errors(found: PredictedResults) -> ResultErrors | None:
    """Errors over all results; None without any or beyond numbers."""
    residual, count = found.residual, len(found.row)
    if count == 0 or not np.isfinite(residual).all():
        return None
    rmse, size = root_mean_square(residual), np.abs(found.standardised)
    varies = root_mean_square(found.measured - np.sum(found.measured / count))
    constant = varies <= _NO_VARIATION * np.abs(found.measured).max() or rmse >= 1e6 * varies
    return {
        "rmse": rmse,
        "mae": float(np.sum(np.abs(residual) / count)),  # sums of the largest would overflow
        "r2": None if constant else 1.0 - (rmse / varies) ** 2,
        "log_density": float(np.nanmean(found.log_density)),
        "coverage": {level: float(np.mean(size <= q)) for level, q in QUANTILES.items()},
    }


def root_mean_square(values: FloatArray) -> float:
    """``√(mean of the squares)``, for the largest numbers, too."""
    largest = float(np.abs(values).max()) or 1.0
    return largest * float(np.sqrt(np.mean(np.square(values / largest))))


def suspected_outliers(fitted: FittedResponse) -> IntArray:
    """Rows of the data, ``[k]``, that the others may make unbelievable: worth a second fit.

    Rows of long lines were looked at when their line was summarised.

    One gross error widens the learned noise until it hides in it, or lets the own line look
    different from all others, hence the low threshold; lower still for an own result that lies far
    from all own ones. Too many of one line's are not outliers but another line: then none of them.
    """
    size = np.abs(_one_by_one(fitted)[0])
    found = size > np.sqrt(2.0 * np.log(max(len(fitted.rows), 1))) + _SUSPICION
    own = slice(fitted.rows.earlier, None)
    if fitted.rows.target_rows:
        z = fitted.rows.z[own]
        found[own] |= (size[own] > _SUSPICION_OWN) & ~in_company(z - np.median(z))
    found &= (fitted.rows.extra == 0) & ~fitted.rows.pseudo
    for _, rows in fitted.rows.blocks():
        if np.count_nonzero(found[rows]) > max(1, int(LARGEST_SHARE * (rows.stop - rows.start))):
            found[rows] = False
    return np.sort(fitted.rows.order[found])


def confirmed_outliers(fitted: FittedResponse, doubted: IntArray) -> IntArray:
    """The doubted rows, ``[k]``, that a fit in which they hardly count still contradicts.

    Own results in the company of others like them (`in_company`) are none, nor are those of a size
    that others have: near a jump of the response right ones, too, may look impossible; nor what
    neighbours of any line support (`supported`). Without
    earlier lines those of ordinary size are none: a lonely peak looks the same.
    """
    standardised, residual = _one_by_one(fitted)
    found = np.abs(standardised) > SURPRISE
    own = slice(fitted.rows.earlier, None)
    found[own] &= ~in_company(residual[own]) & beyond_the_rest(fitted.rows.z[own])
    rows = fitted.rows.order[found]
    if len(rows):
        values = fitted.scaling.forward(fitted.data.y)
        rows = rows[~supported(rows, values, fitted.data, _AGREES)]
    if fitted.rows.earlier == 0:
        rows = rows[~ordinary_size(fitted.data)[rows]]
    return np.intersect1d(rows, doubted)


def _one_by_one(fitted: FittedResponse) -> tuple[FloatArray, FloatArray]:
    """Leave-one-out residuals ``[n]``, marks set aside; 0 with too few rows.

    Returns:
        Standardised by what a result usually varies, and on the model scale.
    """
    rows = fitted.rows
    inverse = fitted.precision if len(rows) >= _FEW_ROWS else None
    if inverse is None:
        return np.zeros(len(rows)), np.zeros(len(rows))
    variance = 1.0 / np.diagonal(inverse)
    residual = np.asarray(variance * (inverse @ rows.z))
    return residual / np.sqrt(_as_if_usual(fitted, variance)), residual


def _as_if_usual(fitted: FittedResponse, variance: FloatArray) -> FloatArray:
    """Variances of residuals ``[n]`` without what was added to rows set aside."""
    return np.maximum(variance - fitted.rows.extra, fitted.noise)

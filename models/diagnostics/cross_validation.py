"""Leave-one-run-out: how well would each run have been predicted without it?

Closed form at fixed hyperparameters. For the rows I of one run, with ``α = K⁻¹z``, the residual is
``z_I - μ_{-I} = (K⁻¹_II)⁻¹ α_I`` with covariance ``(K⁻¹_II)⁻¹``
(Sundararajan & Keerthi 2001 for one row; Ginsbourger & Schärer 2021, eq. 10, for blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.outliers import LARGEST_SHARE, SURPRISE
from designer.models.gp.fitted import FittedResponse

_TWO_SIDED_95 = 1.96
_SUSPICION = 0.5  # beyond √(2 ln n), the largest of n standard normals: worth a second fit
_FEW_ROWS = 12  # with fewer rows a lonely peak looks like an error (seen on Forrester, 8 runs)


@dataclass(frozen=True)
class LeaveOneRunOut:
    """Residuals of the target's measurements, each predicted without its own run.

    Attributes:
        row: index of the measurement in ``ResponseData``, ``[k]``.
        run: its run number, ``[k]``.
        predicted: prediction in raw units (log scale: median), ``[k]``.
        residual: measured minus predicted, raw units, ``[k]``.
        standardised: residual / sd of a new result, model scale, ``[k]``.
        error_sd: root mean square of the residuals (raw units); None without runs.
        coverage: share of measurements inside the 95 % interval for a new result; None likewise.
    """

    row: IntArray
    run: IntArray
    predicted: FloatArray
    residual: FloatArray
    standardised: FloatArray
    error_sd: float | None
    coverage: float | None


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


def leave_one_run_out(fitted: FittedResponse) -> LeaveOneRunOut:
    """Leave-one-run-out figures; outliers that hardly count in the fit are left out of them."""
    rows = fitted.rows
    first = rows.earlier
    residual = np.zeros(rows.target_rows)
    sd = np.ones(rows.target_rows)
    for block in held_out(fitted, rows.run[first:]):
        residual[block.rows - first] = block.residual
        sd[block.rows - first] = np.sqrt(np.diagonal(block.covariance))
    kept = np.flatnonzero(rows.extra[first:] == 0) + first
    z = rows.z[kept]
    standardised = residual[kept - first] / sd[kept - first]
    predicted = fitted.scaling.median(z - residual[kept - first])
    order = rows.order[kept]
    raw = fitted.data.y[order] - predicted
    some = len(kept) > 0
    spread = fitted.scaling.spread  # squares of raw residuals might overflow
    return LeaveOneRunOut(
        row=order,
        run=rows.run[kept],
        predicted=predicted,
        residual=raw,
        standardised=standardised,
        error_sd=spread * float(np.sqrt(np.mean(np.square(raw / spread)))) if some else None,
        coverage=float(np.mean(np.abs(standardised) <= _TWO_SIDED_95)) if some else None,
    )


def suspected_outliers(fitted: FittedResponse) -> IntArray:
    """Rows of the data, ``[k]``, that the others may make unbelievable: worth a second fit.

    Rows of long lines were looked at when their line was summarised.

    One gross error widens the learned noise until it hides in it, hence the low threshold.
    Too many are not outliers: then none.
    """
    usual = np.sqrt(2.0 * np.log(max(len(fitted.rows), 1)))
    found = np.abs(_one_by_one(fitted)) > usual + _SUSPICION
    found &= (fitted.rows.extra == 0) & ~fitted.rows.pseudo
    if not 0 < np.count_nonzero(found) <= max(1, int(LARGEST_SHARE * len(found))):
        return np.zeros(0, dtype=np.int64)
    return np.sort(fitted.rows.order[found])


def confirmed_outliers(fitted: FittedResponse, doubted: IntArray) -> IntArray:
    """The doubted rows, ``[k]``, that a fit in which they hardly count still contradicts."""
    found = fitted.rows.order[np.abs(_one_by_one(fitted)) > SURPRISE]
    return np.intersect1d(found, doubted)


def _one_by_one(fitted: FittedResponse) -> FloatArray:
    """Standardised leave-one-out residuals ``[n]``, marks set aside; 0 with too few rows."""
    rows = fitted.rows
    inverse = fitted.precision if len(rows) >= _FEW_ROWS else None
    if inverse is None:
        return np.zeros(len(rows))
    variance = 1.0 / np.diagonal(inverse)
    residual = variance * (inverse @ rows.z)
    noise = rows.base * fitted.parameters.noise[rows.position]
    return np.asarray(residual / np.sqrt(np.maximum(variance - rows.extra, noise)))

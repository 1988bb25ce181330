"""Leave-one-run-out: how well would each run have been predicted without it?

Closed form at fixed hyperparameters. For the rows I of one run, with ``α = K⁻¹z``, the residual is
``z_I - μ_{-I} = (K⁻¹_II)⁻¹ α_I`` with covariance ``(K⁻¹_II)⁻¹``
(Sundararajan & Keerthi 2001 for one row; Ginsbourger & Schärer 2021, eq. 10, for blocks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from designer.models.arrays import FloatArray, IntArray
from designer.models.fitted import FittedResponse
from designer.models.likelihood import factorise

_TWO_SIDED_95 = 1.96


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


def leave_one_run_out(fitted: FittedResponse) -> LeaveOneRunOut:
    """Leave-one-run-out figures; outliers that hardly count in the fit are left out of them."""
    rows = fitted.rows
    first = len(rows) - rows.target_rows
    residual = np.zeros(rows.target_rows)
    sd = np.ones(rows.target_rows)
    factor = factorise(fitted.likelihood().covariance(fitted.parameters))
    if rows.target_rows and factor is not None:
        inverse = cho_solve((factor[0], True), np.eye(len(rows)))
        alpha = inverse @ rows.z
        runs = rows.run[first:]
        for run in np.unique(runs):
            inside = np.flatnonzero(runs == run)
            block = np.linalg.inv(inverse[np.ix_(inside + first, inside + first)])
            residual[inside] = block @ alpha[inside + first]
            sd[inside] = np.sqrt(np.diagonal(block))
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

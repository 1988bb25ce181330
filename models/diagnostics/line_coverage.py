"""Earlier lines that say nothing over the region the target asks about.

A line that never varied what matters (all rows at one gap) or has a handful of rows gives a surface
that is flat, or unknown, over the feasible region: the shared model then learns nothing from it,
which must not be mistaken for agreement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from designer.models.arrays import FloatArray
from designer.models.cholesky import factorise
from designer.models.gp.covariance import LineCovariance
from designer.models.posterior.posterior import ResponsePosterior

FLAT = 0.5
"""Share of a line's surface its rows must determine. Measured over the unit cube: lines of 40 rows
of the twin, misleading or not, 0.95 to 1.00, of 12 rows 0.82 to 0.99; the graphite series AS (real
data) 0.66 to 0.87 over speed, gap and temperature, where it helps; its rows at one gap 0.00 to
0.35, and on the raw scale with the composition it never varied 0.03 to 0.34, where it does not;
three rows as the only line 0.01 to 0.49 before the first run; a constant line 0.00."""
_POINTS = 128  # of the region; a share needs no more


@dataclass(frozen=True)
class LineShare:
    """How much one earlier line knows of the response over the region.

    Attributes:
        line: code of the line, 1…L.
        rows: number of its rows.
        determined: share of the line's own surface that its rows determine, 0…1: variance over
            the region of the posterior mean, relative to that plus the mean posterior variance,
            the line's level left aside.
        constant: its results are all equal (the surface is known to be flat rather than unknown).
    """

    line: int
    rows: int
    determined: float
    constant: bool

    @property
    def flat(self) -> bool:
        """Whether the user should know."""
        return self.determined < FLAT


def line_shares(posterior: ResponsePosterior, X: FloatArray) -> list[LineShare]:
    """What each earlier line says by itself, at the hyperparameters of the common fit.

    Args:
        posterior: the response.
        X: encoded points that stand for the feasible region, ``[n, D]``.
    """
    fitted = posterior.fitted
    if not fitted.layout.transfer:
        return []
    p, rows, transform = fitted.parameters, fitted.rows, fitted.input_transform
    K = fitted.likelihood.covariance(p)
    X = X[:: max(1, len(X) // _POINTS)]
    out = []
    for place, code in enumerate(fitted.layout.positions[:-1]):
        own = np.flatnonzero(rows.position == place)
        V = transform.on_line(X, code)
        kernel = LineCovariance(p, transform, place, float(p.trust[place]))
        mean, covariance = np.zeros(len(X)), np.asarray(kernel.to_points(V)(V))
        chol = factorise(K[np.ix_(own, own)])
        if chol is not None:
            cross = np.asarray(kernel.to_rows(rows.X, rows.position)(V))[:, own]
            half = solve_triangular(chol, cross.T, lower=True)
            mean = cross @ cho_solve((chol, True), rows.z[own])
            covariance = covariance - half.T @ half
        known = float(np.var(mean))
        # of the surface minus its mean over the region: what is not known of the level is no matter
        unknown = float(np.mean(np.diagonal(covariance)) - covariance.mean())
        share = known / (known + max(unknown, 1e-12))
        constant = len(own) > 1 and bool(np.ptp(fitted.data.y[rows.order[own]]) == 0)
        out.append(LineShare(code, len(own), share, constant))
    return out

"""Search for the hyperparameters with the highest posterior density (MAP)."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from designer.models.arrays import FloatArray
from designer.models.gp.fitted import FitReport
from designer.models.gp.likelihood import Likelihood

_MAX_ITERATIONS = 120


def search(likelihood: Likelihood, starts: list[FloatArray]) -> tuple[FloatArray, FitReport]:
    """Best θ over several starts.

    The search runs in units of the prior standard deviations, where the prior's curvature is 1
    in every direction.

    Args:
        likelihood: negative log posterior with gradient.
        starts: starting points; the same starts always give the same result.
    """
    layout = likelihood.layout

    def unit(theta: FloatArray) -> FloatArray:
        return (theta - layout.mean) / layout.sd

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = likelihood(layout.mean + layout.sd * at)
        return value, gradient * layout.sd

    bounds = list(zip(unit(layout.low), unit(layout.high), strict=True))
    best: tuple[float, FloatArray, bool] | None = None
    for start in starts:
        result = minimize(
            objective,
            unit(start),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": _MAX_ITERATIONS, "ftol": 1e-6, "gtol": 1e-2, "maxcor": 30},
        )
        value = float(result.fun)
        if best is None or value < best[0] - 1e-6:
            theta = np.clip(layout.mean + layout.sd * result.x, layout.low, layout.high)
            best = (value, theta, bool(result.success))
    if best is None:
        raise ValueError("search needs at least one start")
    value, theta, converged = best
    return theta, FitReport(converged, likelihood.evaluations, value)

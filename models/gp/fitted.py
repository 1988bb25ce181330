"""One fitted response: the hyperparameters with the highest posterior density, and their search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import cho_solve
from scipy.optimize import OptimizeResult, minimize

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.scaling import Scaling
from designer.models.gp.hyperparameters import Layout, Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood, Solved
from designer.models.gp.training_rows import TrainingRows

_MAX_ITERATIONS = 120
_PRECISE = (1e-6, 1e-2)  # relative change and largest slope at which a search ends
_ROUGH = (1e-5, 3e-2)
_NEAR = 1.0  # of a minimum, in value and in prior standard deviations: the way leads there


@dataclass(frozen=True)
class HistoryOdds:
    """Evidence for using history.

    Attributes:
        log_odds: natural logarithm of the odds for history; not bounded.
        runs: number of runs that were judged by.
    """

    log_odds: float
    runs: int


@dataclass(frozen=True)
class FitReport:
    """How a fit went.

    Attributes:
        converged: the search ended at a minimum.
        evaluations: of value and gradient, over all starts.
        objective: negative log posterior at the result.
        messages: what a user should know.
    """

    converged: bool
    evaluations: int
    objective: float
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FittedResponse:
    """One response with its hyperparameters: everything a posterior is computed from.

    Attributes:
        data: the measurements.
        scaling: raw units ↔ model scale.
        likelihood: the negative log posterior of the hyperparameters.
        theta: hyperparameters.
        report: how the fit went.
        odds: for using the earlier lines, where they spoke so much against it that none is used.
    """

    data: ResponseData
    scaling: Scaling
    likelihood: Likelihood
    theta: FloatArray
    report: FitReport
    odds: HistoryOdds | None = None

    @property
    def rows(self) -> TrainingRows:
        """The measurements, sorted and scaled."""
        return self.likelihood.rows

    @property
    def input_transform(self) -> InputTransform:
        """How points are seen."""
        return self.likelihood.input_transform

    @property
    def layout(self) -> Layout:
        """Meaning of θ."""
        return self.likelihood.layout

    @property
    def hyperparameters(self) -> dict[str, float]:
        """θ by name, JSON-able; accepted again as ``start`` of a fit."""
        return self.layout.to_dict(self.theta)

    @cached_property
    def parameters(self) -> Parameters:
        """Hyperparameters in natural units, at θ."""
        return self.layout.unpack(self.theta)

    @property
    def noise(self) -> FloatArray:
        """Noise variance of every row, ``[n]``, without what is added to those set aside."""
        return np.asarray(self.rows.base * self.parameters.noise[self.rows.position])

    @property
    def errors(self) -> BoolArray:
        """Rows of the data that are set aside, ``[n]`` (`ResponseData.errors`)."""
        found = np.zeros(len(self.data.y), dtype=np.bool_)
        found[self.rows.order[self.rows.extra > 0]] = True
        return found

    @cached_property
    def solved(self) -> Solved | None:
        """The factorised covariance of all rows; None where that cannot be."""
        return self.likelihood.solve(self.theta)

    @cached_property
    def precision(self) -> FloatArray | None:
        """``K⁻¹ [n, n]`` of all rows; None where the covariance cannot be factorised."""
        if self.solved is None:
            return None
        return np.asarray(cho_solve((self.solved.chol, True), np.eye(len(self.rows))))

    def with_message(self, message: str) -> FittedResponse:
        """The same with one more message in its report."""
        report = replace(self.report, messages=(*self.report.messages, message))
        return replace(self, report=report)

    def log_jacobian(self, rows: IntArray) -> FloatArray:
        """``ln |dy/dz|`` of training rows, ``[k]``: from densities of z to densities of y."""
        out = np.full(len(rows), np.log(self.scaling.spread))
        if self.scaling.log:
            out += np.log(self.data.y[self.rows.order[rows]])
        return out


def search(
    likelihood: Likelihood, starts: list[FloatArray], *, rough: bool = False
) -> tuple[FloatArray, FitReport]:
    """Best θ over several starts.

    The search runs in units of the prior standard deviations, where the prior's curvature is 1
    in every direction. Starts nearly always lead to one minimum: a later one is left as soon as it
    is on its way there.

    Args:
        likelihood: negative log posterior with gradient.
        starts: starting points; the same starts always give the same result.
        rough: to about .01, for what is refined later on.
    """
    layout = likelihood.layout
    ftol, gtol = _ROUGH if rough else _PRECISE
    best: OptimizeResult | None = None

    def unit(theta: FloatArray) -> FloatArray:
        return (theta - layout.mean) / layout.sd

    def objective(at: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = likelihood(layout.mean + layout.sd * at)
        return value, gradient * layout.sd

    def watch(intermediate_result: OptimizeResult) -> None:
        now = intermediate_result
        if best is None or not 0.0 <= now.fun - best.fun < _NEAR:
            return
        if float(np.linalg.norm(now.x - best.x)) < _NEAR:
            raise StopIteration

    bounds = list(zip(unit(layout.low), unit(layout.high), strict=True))
    for start in starts:
        result = minimize(
            objective,
            unit(start),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": _MAX_ITERATIONS, "ftol": ftol, "gtol": gtol, "maxcor": 30},
            callback=watch,
        )
        if best is None or result.fun < best.fun - 1e-6:
            best = result
    if best is None:
        raise ValueError("search needs at least one start")
    theta = np.clip(layout.mean + layout.sd * best.x, layout.low, layout.high)
    return theta, FitReport(bool(best.success), likelihood.evaluations, float(best.fun))

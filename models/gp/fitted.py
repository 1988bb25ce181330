"""One fitted response: data, hyperparameters, and how the fit went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import cho_solve

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.scaling import Scaling
from designer.models.gp.hyperparameters import Layout, Parameters
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood, factorise
from designer.models.gp.training_rows import TrainingRows


@dataclass(frozen=True)
class HistoryOdds:
    """Evidence for using history.

    Attributes:
        log_odds: natural logarithm of the odds for history; not bounded.
        standard_error: of ``log_odds``, from its spread over the runs.
        runs: number of runs both models predicted.
    """

    log_odds: float
    standard_error: float
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
        rows: the same, sorted and scaled.
        input_transform: how points are seen.
        scaling: raw units ↔ model scale.
        layout: meaning of θ.
        theta: hyperparameters.
        report: how the fit went.
        odds: for using the earlier lines, where they spoke so much against it that none is used.
    """

    data: ResponseData
    rows: TrainingRows
    input_transform: InputTransform
    scaling: Scaling
    layout: Layout
    theta: FloatArray
    report: FitReport
    odds: HistoryOdds | None = None

    @cached_property
    def parameters(self) -> Parameters:
        """Hyperparameters in natural units, at θ."""
        return self.layout.unpack(self.theta)

    @cached_property
    def likelihood(self) -> Likelihood:
        """The negative log posterior of the hyperparameters, for curvature."""
        return Likelihood(self.rows, self.input_transform, self.layout)

    @cached_property
    def precision(self) -> FloatArray | None:
        """``K⁻¹ [n, n]`` of all rows; None where the covariance cannot be factorised."""
        chol = factorise(self.likelihood.covariance(self.parameters))
        if chol is None:
            return None
        return np.asarray(cho_solve((chol, True), np.eye(len(self.rows))))

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

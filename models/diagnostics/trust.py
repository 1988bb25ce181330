"""How far each earlier line is trusted, and how many runs it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from designer.models.arrays import FloatArray
from designer.models.cholesky import factorise
from designer.models.encoding import cube_points
from designer.models.gp.hyperparameters import sigmoid
from designer.models.posterior.laplace import standard_normals
from designer.models.posterior.posterior import ResponsePosterior

_POINTS = 256  # reference points of the integrated variance
_MOST_RUNS = 64  # cap on worth_runs
_DRAWS = 1024  # for the interval of the trust


@dataclass(frozen=True)
class TrustEstimate:
    """Trust in one earlier line for one response.

    Attributes:
        line: code of the line, 1…L.
        trust: ``√(t_l t_0)``, 0…1: correlation of the shared parts of its surface and ours.
        low: lower end of the 80 % interval.
        high: upper end of the 80 % interval.
        worth_runs: runs that this line alone saves, once there is a first run; at most 64.
    """

    line: int
    trust: float
    low: float
    high: float
    worth_runs: float


def estimate_trust(posterior: ResponsePosterior) -> list[TrustEstimate]:
    """Trust in every earlier line that has rows of this response which are used.

    Intervals come from the Laplace approximation on the logits: 10 % and 90 % quantiles of
    ``√(t_l t_0)`` over 1024 quasi-random draws.
    """
    layout = posterior.fitted.layout
    if not layout.transfer:
        return []
    places = layout.where("logit_t")
    logits = posterior.fitted.theta[places]
    factor = np.linalg.cholesky(posterior.laplace.covariance(places))
    u = standard_normals(_DRAWS, len(places), seed=0)
    t = sigmoid(logits + u @ factor.T)
    mode = sigmoid(logits)
    worth = worth_runs(posterior)
    rows = posterior.fitted.rows
    used = set(rows.position[rows.extra == 0].tolist())
    estimates = []
    for k, line in enumerate(layout.positions[:-1]):
        if k not in used:
            continue
        value = float(np.sqrt(mode[k] * mode[-1]))
        low, high = np.quantile(np.sqrt(t[:, k] * t[:, -1]), [0.1, 0.9])
        low, high = min(float(low), value), max(float(high), value)
        estimates.append(TrustEstimate(line, value, low, high, worth[k]))
    return estimates


def worth_runs(posterior: ResponsePosterior) -> list[float]:
    """Runs without history that each earlier line alone saves, once there is a first run.

    The first run shows the level, which no line knows. From then on: how many more runs reach the
    integrated variance that the line's rows and this one run leave, at the same hyperparameters,
    over points spread over the unit cube? Between whole runs linearly.
    """
    fitted, kernel = posterior.fitted, posterior.kernel
    groups = fitted.input_transform.groups
    points = posterior.transformed(cube_points(groups, _POINTS, seed=1))
    X = posterior.transformed(cube_points(groups, _MOST_RUNS + 1, seed=2))
    K_runs = kernel.to_points(X)(X)
    noise = posterior.noise_given(posterior.moments_at(X)[0])
    K_runs[np.diag_indices_from(K_runs)] += noise + posterior.batch_variance.sum()
    gains = _gains(K_runs, kernel.to_points(X)(points))
    left = -np.cumsum(gains)  # after 1, 2, … 65 runs, relative to the prior
    K = fitted.likelihood.covariance(posterior.parameters)
    cross = kernel.to_rows(fitted.rows.X, fitted.rows.position)
    to_points, to_first = cross(points), cross(X[:1])
    first = kernel.to_points(X[:1])(points)
    out = []
    for k in range(len(fitted.layout.positions) - 1):
        rows = np.flatnonzero(fitted.rows.position == k)
        joint = np.block(
            [[K[np.ix_(rows, rows)], to_first[:, rows].T], [to_first[:, rows], K_runs[:1, :1]]]
        )
        gained = _gains(joint, np.hstack([to_points[:, rows], first]))
        out.append(_crossing(left, -float(gained.sum())))
    return out


def _gains(K: FloatArray, cross: FloatArray) -> FloatArray:
    """What each row takes off the integrated variance, ``[n]``.

    Args:
        K: covariance of the rows, ``[n, n]``.
        cross: covariance of the surface at the reference points with the rows, ``[R, n]``.
    """
    chol = factorise(K)
    if chol is None:
        return np.zeros(len(K))
    half = solve_triangular(chol, cross.T, lower=True)
    return np.asarray(np.square(half).mean(axis=1))


def _crossing(left: FloatArray, level: float) -> float:
    """Where the decreasing sequence ``left`` reaches ``level``; its last index at most."""
    below = np.flatnonzero(left <= level)
    if len(below) == 0:
        return float(len(left) - 1)
    k = int(below[0])
    if k == 0:
        return 0.0
    step = float(left[k - 1] - left[k])
    return k - 1 + (float(left[k - 1]) - level) / step if step > 0 else float(k)


@dataclass(frozen=True)
class LineTrust(TrustEstimate):
    """Trust in one earlier line over all responses that it has: plain means of the estimates.

    Attributes:
        by_response: the estimate per response.
    """

    by_response: dict[str, TrustEstimate]


def overall_trust(posteriors: Sequence[ResponsePosterior], lines: int) -> list[LineTrust]:
    """Trust per line over all responses; lines without any usable row are left out."""
    every = [(posterior.name, estimate_trust(posterior)) for posterior in posteriors]
    out = []
    for line in range(1, lines + 1):
        found = {name: e for name, estimates in every for e in estimates if e.line == line}
        if found:
            each = list(found.values())
            figures = [(e.trust, e.low, e.high, e.worth_runs) for e in each]
            trust, low, high, worth = np.mean(figures, axis=0).tolist()
            out.append(LineTrust(line, trust, low, high, worth, found))
    return out

"""Leave-one-out odds for using the earlier lines of a response.

Two models predict each of the target's runs without it: the one with history, and a plain GP
fitted to the target's results alone, as if history were switched off. The product over runs of the
ratio of the two predictive densities is a pseudo-Bayes factor (Geisser & Eddy 1979, JASA 74, 153).
Both densities are in raw units, since the two models may have different scales, even a linear and a
logarithmic one. Hyperparameters of both have seen all results, which flatters the model that bends
more; unlike the marginal evidence (`history_evidence`) the odds still see what a model says where
runs lie alone, so the smaller of the two decides how far history is followed.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from designer.models.arrays import IntArray
from designer.models.diagnostics.cross_validation import held_out
from designer.models.diagnostics.history_evidence import FEWEST_RUNS
from designer.models.gp.fitted import FittedResponse, HistoryOdds


def history_odds(history: FittedResponse, plain: FittedResponse) -> HistoryOdds | None:
    """Odds for the model with history; None below 3 runs or without history.

    Args:
        history: the fit to all lines.
        plain: the fit to the target's rows alone, in the order they have in the other's data.
    """
    if not history.layout.transfer:
        return None
    own = np.flatnonzero(history.data.target)
    rows = np.intersect1d(_usual(history), own[_usual(plain)])
    with_lines = _run_densities(history, rows)
    alone = _run_densities(plain, np.searchsorted(own, rows))
    both = sorted(with_lines.keys() & alone.keys())
    if len(both) < FEWEST_RUNS:
        return None
    gain = np.array([with_lines[run] - alone[run] for run in both])
    if not np.isfinite(gain).all():
        return None
    return HistoryOdds(float(gain.sum()), len(gain))


def _usual(fitted: FittedResponse) -> IntArray:
    """Rows of the data, ``[k]``, that are no outliers and were fitted."""
    return np.asarray(fitted.rows.order[fitted.rows.extra == 0])


def _run_densities(fitted: FittedResponse, usual: IntArray) -> dict[int, float]:
    """Log predictive density of each run's results, raw units, without that run.

    Args:
        fitted: the response.
        usual: rows of its data that count.
    """
    rows = fitted.rows
    found = {}
    for block in held_out(fitted, rows.run[rows.earlier :]):
        kept = np.isin(rows.order[block.rows], usual)
        if kept.any():
            residual = block.residual[kept]
            factor = cho_factor(block.covariance[np.ix_(kept, kept)], lower=True)
            half = float(np.log(np.diagonal(factor[0])).sum())
            square = float(residual @ cho_solve(factor, residual))
            density = -0.5 * (square + len(residual) * float(np.log(2.0 * np.pi))) - half
            density -= float(fitted.log_jacobian(block.rows[kept]).sum())
            found[int(rows.run[block.rows[0]])] = density
    return found

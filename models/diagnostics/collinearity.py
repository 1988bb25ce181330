"""Collinearity of a design: can the runs tell the factors apart?

The variance inflation factor ``VIF_j = 1 / (1 - R_j²)``, with ``R_j²`` of the regression of factor
j on all others, says how many times less precise a linear effect of j is than in an orthogonal
design (Marquardt 1970, Technometrics 12, 591). A categorical factor is a set of m dummies; its
generalised VIF ``det(S_jj) / det(S_jj|others)``, with S the scatter about the mean, does not
depend on the level left out; the m-th root is comparable with a VIF (Fox & Monette 1992, JASA 87,
178: they show the 2m-th root, which compares standard errors).
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import FloatArray, IntArray, input_count
from designer.models.diagnostics.figures import Collinearity, Verdict

COLLINEAR = 10.0  # Haghi et al. 2023
CAUTIOUS = 5.0  # the same
_SAME = 1e-9  # variation below this, on the unit cube or relative, is none


def collinearity(X: FloatArray, groups: IntArray) -> list[Collinearity]:
    """Collinearity of every input.

    Args:
        X: encoded settings of the runs, one row per run, ``[n, D]``.
        groups: input index of every column, ``[D]``.
    """
    inputs = input_count(groups)
    if len(X) == 0:
        return [Collinearity(vif=None, verdict="too few runs") for _ in range(inputs)]
    columns = [_varying(X[:, groups == i]) for i in range(inputs)]
    effects = sum(part.shape[1] for part in columns)
    out = []
    for i, own in enumerate(columns):
        if own.shape[1] == 0:
            verdict: Verdict = "constant" if len(X) > 1 else "too few runs"
            out.append(Collinearity(vif=None, verdict=verdict))
        elif len(X) <= effects + 1:  # with as many effects as runs every R² is 1
            out.append(Collinearity(vif=None, verdict="too few runs"))
        else:
            others = np.hstack([np.zeros((len(X), 0)), *columns[:i], *columns[i + 1 :]])
            out.append(_judged(_inflation(own, others)))
    return out


def _varying(X: FloatArray) -> FloatArray:
    """Centred, scaled columns of one input; of its categories all that occur but the first."""
    if X.shape[1] > 1:
        X = X[:, X.max(axis=0) > 0][:, 1:]
    X = X[:, np.ptp(X, axis=0) > _SAME]
    centred = X - X.mean(axis=0)
    return np.asarray(centred / np.sqrt(np.square(centred).mean(axis=0)))


def _inflation(own: FloatArray, others: FloatArray) -> float:
    """Generalised VIF to the power 1/m of m columns given the others; infinite if they are lost."""
    left = own
    if others.shape[1]:
        left = own - others @ np.linalg.lstsq(others, own, rcond=_SAME)[0]
    total = np.square(np.linalg.svd(own, compute_uv=False))
    unexplained = np.square(np.linalg.svd(left, compute_uv=False))
    if unexplained[-1] <= _SAME * total[0]:
        return float("inf")
    return max(1.0, float(np.exp(np.mean(np.log(total) - np.log(unexplained)))))


def _judged(vif: float) -> Collinearity:
    if vif > COLLINEAR:
        return Collinearity(vif=vif if np.isfinite(vif) else None, verdict="collinear")
    return Collinearity(vif=vif, verdict="cautious" if vif > CAUTIOUS else "independent")

"""Information of designs and what replacing some of their rows is worth, for many starts at once.

With errors of covariance ``V = A⁻¹`` (1 on the diagonal for runs, variance ratios within whole
plots) the information is ``M = X' A X``. Rows R of X moved by ``Δ [r, p]`` give
``M + Δ'Q + Q'Δ + Δ' A_RR Δ``, ``Q = (A X)_R``: a change of rank 2r, so determinant and inverse
follow from 2r × 2r matrices (Woodbury 1950; for one run and V = I this is the exchange formula of
Fedorov 1972, eq. 3.3.3). D-optimal designs have the largest ``det M``, A- and I-optimal ones the
least ``tr(M⁻¹ W)`` with W the unit matrix and the moments of the region (Atkinson, Donev & Tobias
2007, ch. 10).
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray

RIDGE = 1e-8  # per run: lets a singular start find its way; taken off before designs are compared
_SINGULAR = 1e-10  # ratio of determinants from which an inverse is not trusted
_MOST_CONDITION = 1e12  # beyond, terms are told apart by rounding


class FisherInformation:
    """The state of S designs of n runs.

    Args:
        matrices: model matrices, ``[S, n, p]``; changed in place.
        weight: ``A``, the inverse covariance of the runs, ``[n, n]``.
        moments: ``W [p, p]``; None: the determinant counts.
        known: information of earlier runs, ``[p, p]``.
    """

    def __init__(
        self,
        matrices: FloatArray,
        weight: FloatArray,
        moments: FloatArray | None,
        known: FloatArray,
    ) -> None:
        self.matrices, self.weight, self.known = matrices, weight, known
        self.moments = moments
        self._alone = np.array_equal(weight, np.eye(len(weight)))  # no runs share an error
        self._root = np.zeros((len(known), 0)) if moments is None else _root(moments)
        self.refresh()

    def refresh(self) -> None:
        """Everything anew from the model matrices: updates gather rounding."""
        n, p = self.matrices.shape[1:]
        M = self.total() + RIDGE * n * np.eye(p)
        self._inverse = np.linalg.inv(M)
        self._half = self._inverse @ self._root

    def total(self) -> FloatArray:
        """Information ``[S, p, p]``."""
        return np.asarray(
            self.known + self.matrices.transpose(0, 2, 1) @ (self.weight @ self.matrices)
        )

    def values(self) -> FloatArray:
        """What is minimised, ``[S]``: ``-log det M`` or ``log tr(M⁻¹ W)``; infinite if singular."""
        return criterion(self.total(), self.moments)

    def subset(self, starts: IntArray) -> FisherInformation:
        """Some of the designs."""
        return FisherInformation(self.matrices[starts], self.weight, self.moments, self.known)

    def improve(
        self, rows: IntArray, candidates: FloatArray, allowed: BoolArray, least: float
    ) -> tuple[IntArray, FloatArray]:
        """Replace rows of every design by the best candidates, where that is an improvement.

        Args:
            rows: which, ``[r]``.
            candidates: model rows ``[S, c, r, p]``.
            allowed: which candidates are feasible, ``[S, c]``.
            least: least improvement of the criterion's logarithm.

        Returns:
            The candidate taken, ``[S]``, -1 where the rows stay, and the improvement.
        """
        delta = candidates - self.matrices[:, None, rows]
        Q = self.matrices[:, rows] if self._alone else self.weight[rows] @ self.matrices
        K = _gram(delta, Q, _times(delta, self._inverse), Q @ self._inverse)
        self._border(K, rows)
        H = None
        if self.moments is not None:
            left = _times(delta, self._half), Q @ self._half
            H = _gram(*left, *left)
        gain = self._gain(K, H)
        gain = np.where(allowed & np.isfinite(gain), gain, -np.inf)
        best = gain.argmax(axis=1)
        starts = np.arange(len(best))
        found = gain[starts, best]
        moved = np.flatnonzero(found > least)
        taken = np.where(found > least, best, -1)
        if len(moved):
            at = best[moved]
            U = np.concatenate([delta[moved, at], Q[moved]], axis=1)
            self._update(moved, U, K[moved, at])
            self.matrices[moved[:, None], rows] = candidates[moved, at]
        return taken, np.where(taken >= 0, found, 0.0)

    def _border(self, K: FloatArray, rows: IntArray) -> None:
        """Add ``C⁻¹`` to ``U D U'``."""
        r = len(rows)
        if r == 1:
            K[..., 0, 1] += 1.0
            K[..., 1, 0] += 1.0
            K[..., 1, 1] -= self.weight[rows[0], rows[0]]
        else:
            K[..., :r, r:] += np.eye(r)
            K[..., r:, :r] += np.eye(r)
            K[..., r:, r:] -= self.weight[np.ix_(rows, rows)]

    def _gain(self, K: FloatArray, H: FloatArray | None) -> FloatArray:
        """Improvement of the criterion's logarithm, ``[S, c]``; -inf where nearly singular."""
        r = K.shape[-1] // 2
        if r == 1:
            ratio = K[..., 0, 1] ** 2 - K[..., 0, 0] * K[..., 1, 1]
        else:
            ratio = (-1.0) ** r * np.linalg.det(K)
        fine = ratio > _SINGULAR
        if H is None:
            return np.where(fine, np.log(np.where(fine, ratio, 1.0)), -np.inf)
        if r == 1:
            cross = K[..., 1, 1] * H[..., 0, 0] + K[..., 0, 0] * H[..., 1, 1]
            less = (cross - 2.0 * K[..., 0, 1] * H[..., 0, 1]) / -np.where(fine, ratio, 1.0)
        else:
            safe = np.where(fine[..., None, None], K, np.eye(2 * r))
            less = np.trace(np.linalg.solve(safe, H), axis1=-2, axis2=-1)
        now = self._trace()[:, None]
        left = now - less
        fine &= left > 0
        return np.where(fine, np.log(now / np.where(fine, left, 1.0)), -np.inf)

    def _trace(self) -> FloatArray:
        """``tr(M⁻¹ W)``, ``[S]``."""
        return np.asarray(np.einsum("spq,pq->s", self._half, self._root))

    def _update(self, starts: IntArray, U: FloatArray, K: FloatArray) -> None:
        """Inverses of the designs that changed, by ``D - D U' K⁻¹ U D``."""
        UD = U @ self._inverse[starts]
        less = UD.transpose(0, 2, 1) @ np.linalg.solve(K, UD)
        self._inverse[starts] -= less
        self._half[starts] -= less @ self._root


def criterion(total: FloatArray, moments: FloatArray | None) -> FloatArray:
    """``-log det M`` or ``log tr(M⁻¹ W)`` of information ``[S, p, p]``; infinite if singular."""
    sign, log = np.linalg.slogdet(total)
    scale = np.sqrt(np.maximum(np.diagonal(total, axis1=1, axis2=2), np.finfo(float).tiny))
    correlation = total / (scale[:, :, None] * scale[:, None])
    fine = (sign > 0) & (np.linalg.cond(correlation) < _MOST_CONDITION)
    values = np.full(len(total), np.inf)
    if moments is None:
        values[fine] = -log[fine]
    elif fine.any():
        values[fine] = np.log(np.trace(np.linalg.solve(total[fine], moments), axis1=1, axis2=2))
    return values


def _root(W: FloatArray) -> FloatArray:
    """``R`` with ``R R' = W``."""
    values, vectors = np.linalg.eigh(W)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _times(rows: FloatArray, square: FloatArray) -> FloatArray:
    """Candidate rows ``[S, c, r, p]`` times a matrix per start."""
    return np.asarray((rows.reshape(len(rows), -1, rows.shape[-1]) @ square).reshape(rows.shape))


def _gram(delta: FloatArray, Q: FloatArray, other: FloatArray, fixed: FloatArray) -> FloatArray:
    """``U B U'`` of changes U = (Δ, Q), ``[S, c, 2r, 2r]``, from their rows times B."""
    r = Q.shape[1]
    G = np.empty((*delta.shape[:2], 2 * r, 2 * r))
    if r == 1:
        G[..., 0, 0] = (other * delta).sum(axis=(-1, -2))
        G[..., 0, 1] = G[..., 1, 0] = (other[:, :, 0] @ Q.swapaxes(-1, -2))[..., 0]
    else:
        G[..., :r, :r] = other @ delta.swapaxes(-1, -2)
        G[..., :r, r:] = other @ Q.swapaxes(-1, -2)[:, None]
        G[..., r:, :r] = G[..., :r, r:].swapaxes(-1, -2)
    G[..., r:, r:] = (fixed @ Q.swapaxes(-1, -2))[:, None]
    return G

"""Rank-1 conditioning of one response on the runs of a plan, batch effects included.

A run observes ``o_i = f(x_i) + Σ_s w_s + noise`` where w_s is the effect of its batch of stage s,
shared with every run of that batch. With ``u_k`` the covariance of the surface with the k-th run
given all earlier ones, divided by that run's standard deviation, and ``g_k`` the same for a batch
effect, every conditional covariance is the initial one minus ``Σ_k``: nothing else needs to be
stored. A candidate that would continue open batches with effects ``w`` observes ``f + w``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.batches import BatchTree
from designer.acquisition.posterior import Posterior
from designer.acquisition.squares import Part, WeightedSquares, as_part
from designer.acquisition.surface import Effect, make_surface
from designer.models.arrays import FloatArray, IntArray, RealArray

_MIN_VARIANCE = 1e-12  # rounding must not make an observation's variance vanish


class Field:
    """One response at all points (candidates, then open runs), given the runs taken so far.

    Args:
        name: name of the response.
        posterior: belief about it.
        X: points, ``[n, D]``.
        dtype: of stored covariances.
        keep: bytes of covariances with measured rows that may be kept.
    """

    def __init__(
        self,
        name: str,
        posterior: Posterior,
        X: FloatArray,
        dtype: DTypeLike = np.float64,
        keep: float = np.inf,
    ) -> None:
        self.name = name
        self.surface = make_surface(posterior, X, dtype, keep)
        self.noise = self.surface.noise
        self.batch_variance = np.asarray(posterior.batch_variance, dtype=np.float64)
        self._u = _Rows(len(X), dtype)  # one row per run taken, [k, n]
        self._g = np.zeros((0, 0))  # batches × runs taken
        self._column: dict[int, int] = {}  # of batches with measured rows
        self._cross = np.zeros((len(X), 0))
        self._joint = np.zeros((0, 0))
        self._reduced = np.zeros(len(X))  # Σ_k u_k²
        self._squares: WeightedSquares | None = None

    def set_effects(self, effects: Mapping[int, Effect]) -> None:
        """Say which batches have measured rows: their effects are partly known.

        Args:
            effects: batch of the tree → (stage, code in the posterior's rows).
        """
        self._column = {batch: e for e, batch in enumerate(effects)}
        if effects:
            self._cross, self._joint = self.surface.effects(list(effects.values()))

    def set_references(self, rows: IntArray, weights: FloatArray) -> None:
        """Set the points the goal looks at, once the open runs are taken.

        Args:
            rows: points, ``[R]``.
            weights: weight of the variance at each, ``[R]``.
        """
        used = np.flatnonzero(weights)  # a response without a window has no weight on the border
        covariance = self.surface.covariance(rows[used])
        self._squares = WeightedSquares(rows[used], weights[used], covariance, self._u.view)

    def to_references(self, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Covariances ``[m, R]`` of some points with the reference points now, and weights."""
        if self._squares is None:
            raise RuntimeError("set_references comes first")
        return self._squares.covariances(rows, self._u.view)

    def reach(self, row: int) -> tuple[IntArray, FloatArray]:
        """Where a run would teach before the plan: reference points and its effect on the goal.

        Returns:
            Reference points ``[R]`` and ``W C(x, r)²`` at each.
        """
        if self._squares is None:
            raise RuntimeError("set_references comes first")
        covariance, weights = self._squares.before(row)
        return self._squares.rows, weights * np.square(covariance)

    def among(self, rows: IntArray) -> FloatArray:
        """Covariances ``[m, m]`` of the surface between some points, given the runs taken."""
        taken = self._u.view[:, rows].astype(np.float64)
        return np.asarray(self.surface.among(rows) - taken.T @ taken)

    @property
    def variance(self) -> FloatArray:
        """Variance of the surface given the runs taken, ``[n]``."""
        return np.maximum(self.surface.variance - self._reduced, 0.0)

    # ---- conditioning ------------------------------------------------------------------------

    def take(self, row: int, chain: Sequence[int], tree: BatchTree) -> float:
        """Condition on a run.

        Args:
            row: its point.
            chain: its batches, one per stage.
            tree: all batches.

        Returns:
            By how much the goal falls (0 while no reference points are set).
        """
        self._know_batches(len(tree.batches))
        at = np.array([row])
        seen = self._u.view[:, row].astype(np.float64) + self._along(chain)
        column = self.surface.covariance(at)[:, 0].astype(np.float64)
        column += self._effect_cross(chain, slice(None)) - self._u.dot(seen)
        with_effects = np.array([self._with_chain(b, chain, tree) for b in range(len(self._g))])
        variance = float(self.surface.variance[row] + self.noise[row] - seen @ seen)
        variance += float(with_effects[list(chain)].sum())
        variance += 2.0 * float(np.sum(self._effect_cross(chain, at)))
        sd = float(np.sqrt(max(variance, _MIN_VARIANCE)))
        for b, e in self._column.items():
            with_effects[b] += self._cross[row, e]
        numbers = (with_effects - self._g @ seen) / sd
        u = column / sd
        drop = 0.0 if self._squares is None else self._squares.take(u, self._u.view)
        self._u.append(u)
        self._g = np.hstack([self._g, numbers[:, None]])
        self._reduced += np.square(u)
        return drop

    def _know_batches(self, count: int) -> None:
        new = np.zeros((count - self._g.shape[0], self._g.shape[1]))
        self._g = np.vstack([self._g, new])

    def _along(self, chain: Sequence[int]) -> FloatArray:
        """Σ of g over the batches of a chain, per run taken ``[k]``."""
        return np.asarray(self._g[list(chain)].sum(axis=0))

    def _with_chain(self, batch: int, chain: Sequence[int], tree: BatchTree) -> float:
        """Covariance of a batch effect with the sum of the effects of a chain, before the plan."""
        if batch in self._column:
            known = [self._column[b] for b in chain if b in self._column]
            return float(self._joint[self._column[batch], known].sum())
        return float(self.batch_variance[tree.batches[batch].stage]) if batch in chain else 0.0

    def _effect_cross(self, chain: Sequence[int], part: Part) -> FloatArray:
        """Covariance of the surface with the sum of the effects of a chain, before the plan."""
        columns = [self._column[b] for b in chain if b in self._column]
        return np.asarray(self._cross[part][:, columns].sum(axis=1))

    # ---- gain --------------------------------------------------------------------------------

    def gains(self, tree: BatchTree) -> FloatArray:
        """By how much the goal would fall if a point were the next run, ``[n]``."""
        if self._squares is None:
            raise RuntimeError("set_references comes first")
        self._know_batches(len(tree.batches))
        squares = self._squares.values.copy()
        variance = self.surface.variance + self.noise + self.batch_variance.sum() - self._reduced
        for leaf, rows in tree.members().items():
            chain, part = tree.chain(leaf), as_part(rows)
            along = self._along(chain)
            own = sum(self._with_chain(b, chain, tree) for b in chain)
            replaced = sum(float(self.batch_variance[tree.batches[b].stage]) for b in chain)
            variance[part] += own - replaced - float(along @ along)
            variance[part] += 2.0 * (self._effect_cross(chain, part) - self._u.dot(along, part))
            shift = self._effect_cross(chain, self._squares.rows) - along @ self._squares.w
            squares[part] += self._squares.shifted(part, shift, self._u.view)
        return np.asarray(np.maximum(squares, 0.0) / np.maximum(variance, _MIN_VARIANCE))


class _Rows:
    """A growing list of rows ``[k, n]`` in one array."""

    def __init__(self, n: int, dtype: DTypeLike) -> None:
        self._array = np.empty((4, n), dtype=dtype)
        self._count = 0

    @property
    def view(self) -> RealArray:
        """The rows so far."""
        return self._array[: self._count]

    def append(self, row: FloatArray) -> None:
        if self._count == len(self._array):
            more = np.empty_like(self._array)
            self._array = np.vstack([self._array, more])
        self._array[self._count] = row
        self._count += 1

    def dot(self, factors: FloatArray, part: Part = slice(None)) -> FloatArray:
        """``Σ_k factors_k row_k`` at some points."""
        rows = self.view[:, part]
        return np.asarray(factors.astype(rows.dtype) @ rows, dtype=np.float64)

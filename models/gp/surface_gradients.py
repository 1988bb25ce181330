"""Slopes of the shared surface: the directions in which lines usually differ.

Another line's surface is often the same one a little to the side: a gauge that reads 5 µm more,
a material that needs 10 MPa more. To first order ``G(x + s) = G(x) + s'∇G(x)``: with the slopes
∇G of a first fit as known functions and ``s_i ~ N(0, κ_i²)`` per line, integrated out, such a
shift costs a line one coefficient instead of a free deviation (regression on derivatives of a
template, as in functional data registration; Ramsay & Silverman 2005, ch. 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from designer.models.arrays import (
    Array,
    ArrayT,
    BoolArray,
    FloatArray,
    IntArray,
    in_place,
    namespace,
)
from designer.models.gp.kernels import unsigned

_BLOCK = 30_000  # numbers per block, which stay in the processor's cache
_FIVE_THIRDS = 5.0 / 3.0


@dataclass(frozen=True, eq=False)
class SurfaceGradients:
    """``∇Ĝ`` of a fit's shared surface ``Ĝ(x) = Σ_n w_n (k_g(x, x_n) + 1)``.

    Attributes:
        centres: coordinates of the fit's rows x_n, ``[n, D]``.
        weights: w_n, ``[n]``.
        lengthscale: per coordinate, ``[D]``.
        columns: coordinates with a slope (numeric inputs), ``[p]``.
        untried: which of them no line varied, ``[p]``: Ĝ knows no slope there, so a line's own
            trend ``x_i - 0.5`` stands in its place.
    """

    centres: FloatArray
    weights: FloatArray
    lengthscale: FloatArray
    columns: IntArray
    untried: BoolArray

    def __call__(self, U: ArrayT) -> ArrayT:
        """Slopes ``[..., m, p]`` at coordinates ``U [..., m, D]``, numpy or torch.

        ``∂k/∂x_i = -(5/3) (1 + q) exp(-q) (x_i - x_ni) / ℓ_i²`` with ``q = √5 r``.
        """
        xp = namespace(U)
        size = max(32, _BLOCK // max(1, len(self.centres)))
        starts = range(0, max(U.shape[-2], 1), size)
        out = xp.concat([self._block(U[..., k : k + size, :]) for k in starts], -2)
        out *= xp.asarray(-_FIVE_THIRDS / np.square(self.lengthscale[self.columns]))
        trend = U[..., self.columns] - 0.5
        found: ArrayT = xp.where(xp.asarray(self.untried), trend, out)
        return found

    def _block(self, U: Array) -> Array:
        """The same for some points, before scaling."""
        xp = namespace(U)
        scaled = (U - 0.5) * xp.asarray(self._factor)
        one = xp.ones_like(scaled[..., :1])
        q = xp.concat([scaled, one], -1) @ xp.asarray(self._right)
        q += xp.square(scaled).sum(-1)[..., None]
        q = unsigned(q)
        q = xp.sqrt(q, out=in_place(q))
        slope = xp.negative(q)
        slope = xp.exp(slope, out=in_place(slope))
        q = xp.add(q, 1.0, out=in_place(q))
        slope = xp.multiply(slope, q, out=in_place(slope))
        sums = slope @ xp.asarray(self._moments)
        return U[..., self.columns] * sums[..., :1] - sums[..., 1:]

    @cached_property
    def _factor(self) -> FloatArray:
        return np.asarray(np.sqrt(5.0) / self.lengthscale)

    @cached_property
    def _right(self) -> FloatArray:
        """What distances are a product with, ``[D + 1, n]``."""
        centres = (self.centres - 0.5) * self._factor
        return np.vstack([-2.0 * centres.T, np.square(centres).sum(axis=1)[None]])

    @cached_property
    def _moments(self) -> FloatArray:
        """``w_n`` and ``w_n x_ni``, ``[n, 1 + p]``."""
        moved = self.weights[:, None] * self.centres[:, self.columns]
        return np.column_stack([self.weights, moved])

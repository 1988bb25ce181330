"""Slopes of the shared surface: the directions in which lines usually differ.

Another line's surface is often the same one a little to the side: a gauge that reads 5 µm more,
a material that needs 10 MPa more. To first order ``G(x + s) = G(x) + s'∇G(x)``: with the slopes
∇G of a first fit as known functions and ``s_i ~ N(0, κ_i²)`` per line, integrated out, such a
shift costs a line one coefficient instead of a free deviation (regression on derivatives of a
template, as in functional data registration; Ramsay & Silverman 2005, ch. 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray

_BLOCK = 1024  # points per block
_FIVE_THIRDS = 5.0 / 3.0


@dataclass(frozen=True, eq=False)
class Slopes:
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

    def __call__(self, U: FloatArray) -> FloatArray:
        """Slopes ``[m, p]`` at coordinates ``U [m, D]``.

        ``∂k/∂x_i = -(5/3) (1 + q) exp(-q) (x_i - x_ni) / ℓ_i²`` with ``q = √5 r``.
        """
        factor = np.sqrt(5.0) / self.lengthscale
        centres = (self.centres - 0.5) * factor
        right = np.vstack([-2.0 * centres.T, np.square(centres).sum(axis=1)[None]])
        moments = np.column_stack(
            [self.weights, self.weights[:, None] * self.centres[:, self.columns]]
        )
        out = np.empty((len(U), len(self.columns)))
        for start in range(0, len(U), _BLOCK):
            part = U[start : start + _BLOCK]
            scaled = (part - 0.5) * factor
            q = np.hstack([scaled, np.ones((len(part), 1))]) @ right
            q += np.square(scaled).sum(axis=1)[:, None]
            np.sqrt(np.maximum(q, 0.0, out=q), out=q)
            slope = np.exp(-q)
            q += 1.0
            slope *= q
            sums = slope @ moments
            out[start : start + _BLOCK] = part[:, self.columns] * sums[:, :1] - sums[:, 1:]
        out *= -_FIVE_THIRDS / np.square(self.lengthscale[self.columns])
        out[:, self.untried] = U[:, self.columns[self.untried]] - 0.5
        return out

"""What acquisition needs to know about a model, and nothing else.

`designer.models` provides it; tests use small exact processes of their own.
"""

from __future__ import annotations

from typing import Protocol

from numpy.typing import DTypeLike

from designer.models.arrays import FloatArray, RealArray


class Posterior(Protocol):
    """Belief about one response on the target line, on the model scale z.

    The surface is noise-free and without batch effects.
    """

    @property
    def batch_variance(self) -> FloatArray:
        """Variance of the shared effect of a new batch, per stage ``[S]`` (0: no such effect)."""
        ...

    def moments(self, X: FloatArray, /) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of the surface, ``[n]`` each."""
        ...

    def covariance(self, X: FloatArray, Z: FloatArray, /, dtype: DTypeLike = ...) -> RealArray:
        """Covariance of the surface between two sets of points, ``[n, m]``."""
        ...

    def noise_given(self, mean: FloatArray, /) -> FloatArray:
        """Noise variance of one more measurement at points with these means, ``[n]``."""
        ...

    def limits(self, low: float, high: float, /) -> tuple[float, float]:
        """A raw window on the model scale; infinite ends stay infinite."""
        ...

    def to_raw(self, mean: FloatArray, variance: FloatArray, /) -> tuple[FloatArray, FloatArray]:
        """Point prediction and standard deviation in raw units."""
        ...

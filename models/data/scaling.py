"""From raw units to the model's scale ``z = (T(y) - c) / s`` and back; c and s: see ``spread``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import Array, ArrayT, FloatArray, namespace

# Assumptions:
_LOWEST_SHARE = 0.1  # floor of y (share of its median) in the delta method
_MIN_BASE = 1e-6  # smallest relative noise variance a stated repeatability can give
_MAX_LOG = 300.0  # exponents beyond this are cut: exp stays finite in float64


@dataclass(frozen=True)
class Scaling:
    """The map between raw values and the model scale.

    Attributes:
        center: c.
        spread: s.
        log: whether T is the natural logarithm.
        noise_sd: known repeatability (raw units), or None.
        typical: median raw value (for the floor of the delta method).
    """

    center: float
    spread: float
    log: bool
    noise_sd: float | None = None
    typical: float = 0.0

    def forward(self, y: FloatArray) -> FloatArray:
        """Raw values ``[n]`` on the model scale (log of values ≤ 0: -inf)."""
        y = np.asarray(y, dtype=np.float64)
        if self.log:
            positive = y > 0
            safe = np.log(np.where(positive, y, 1.0))
            y = np.where(positive, safe, -np.inf)
        return (y - self.center) / self.spread

    def median(self, z: ArrayT) -> ArrayT:
        """Raw values ``[...]`` of points on the model scale, numpy or torch."""
        xp, value = namespace(z), z * self.spread + self.center
        raw: ArrayT = xp.exp(xp.clip(value, -_MAX_LOG, _MAX_LOG)) if self.log else value
        return raw

    def to_raw(self, mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Point prediction and standard deviation in raw units.

        On the log scale the point prediction is the median ``exp(m)`` and the standard deviation
        that of the log-normal distribution, ``exp(m + v/2) √(exp(v) - 1)``
        (Johnson, Kotz & Balakrishnan 1994, eq. 14.8).

        Args:
            mean: ``[n]`` on the model scale.
            variance: ``[n]`` on the model scale.
        """
        point = self.median(mean)
        variance = np.maximum(variance, 0.0)
        if not self.log:
            return point, self.spread * np.sqrt(variance)
        v = np.minimum(np.square(self.spread) * variance, _MAX_LOG)
        exponent = self.center + self.spread * np.asarray(mean, dtype=np.float64) + 0.5 * v
        sd = np.exp(np.clip(exponent, -_MAX_LOG, _MAX_LOG)) * np.sqrt(np.expm1(v))
        return point, sd

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """A raw window on the model scale; infinite ends stay infinite."""
        ends = self.forward(np.array([low, high], dtype=np.float64))
        return float(ends[0]), float(ends[1])

    def noise_base(self, z: ArrayT) -> ArrayT:
        """Noise variance ``[...]`` by which the learned noise factor is multiplied.

        Ones when the noise is learned. With a known repeatability ``(noise_sd/s)²``; on the log
        scale ``(noise_sd/y)²/s²`` by the delta method, ``y`` floored at a tenth of its median and
        the relative noise capped at 1 (assumptions).
        """
        xp = namespace(z)
        base: ArrayT = xp.ones_like(z)
        if self.noise_sd is not None:
            relative = base * self.noise_sd
            if self.log:
                y = xp.clip(self.median(z), _LOWEST_SHARE * self.typical, None)
                relative = xp.clip(relative / y, None, 1.0)
            base = xp.clip(xp.square(relative / self.spread), _MIN_BASE, None)
        return base

    def noise(self, z: ArrayT, factor: Array, hidden: Array) -> ArrayT:
        """Noise variance ``[...]`` of a result whose expectation is z, without batch effects.

        Args:
            z: model scale, numpy or torch.
            factor: learned noise variance (factor).
            hidden: variance of batch effects that is part of it; at most half is taken off.
        """
        total = self.noise_base(z) * factor
        left: ArrayT = namespace(z).maximum(total - hidden, 0.5 * total)
        return left

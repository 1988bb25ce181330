"""How lines differ, and what gauges and batches do to a response.

Sizes of all variations are the project's choice (no source): constants differ between lines
log-normally by 10 % (viscosity, compaction resistance, adhesion 30 %), gauges by a gain of 1–6 %
and an offset; noise 2–4 %, slurry effect 3–6 %, strip effect 1–3 % of a response's spread on that
line. Adhesion is multiplicative: the same shares count of its level, noise twice (4–8 %; the WMG
tensile tests scatter by 7.7 % of their mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from designer.models.arrays import FloatArray
from designer.twin.factors import TwinResponse
from designer.twin.physics import REFERENCE, Constants

WIDE_SD = 0.30
USUAL_SD = 0.10
WIDE: frozenset[str] = frozenset({"viscosity", "resistance", "adhesion"})
# the same on every line of a material: chemistry and physics, not machines
MATERIAL: frozenset[str] = frozenset(
    {
        "solid_density",
        "solvent_density",
        "binder_share",
        "active_share",
        "crowding",
        "packing_limit",
        "capacity",
    }
)
TRUNCATION = 2.5  # sd; keeps every line physically sane, lowers the sd by 4.5 %
OFFSET_SD = 0.03  # of the spread
ADHESION_NOISE = 2.0


def _draw_normal(rng: np.random.Generator, n: int) -> FloatArray:
    """Standard normal values, drawn again while beyond the truncation."""
    z = rng.standard_normal(n)
    while (far := np.abs(z) > TRUNCATION).any():
        z[far] = rng.standard_normal(int(far.sum()))
    return z


def draw_constants(
    rng: np.random.Generator, material: Constants = REFERENCE, variation: float = 1.0
) -> Constants:
    """Constants of one line: log-normal around the material's, median = the material's value.

    ``variation`` multiplies the sd between lines.
    """
    names = [f.name for f in fields(Constants) if f.name not in MATERIAL]
    sd = np.array([WIDE_SD if name in WIDE else USUAL_SD for name in names])
    factors = np.exp(variation * sd * _draw_normal(rng, len(names)))
    values = {
        name: float(getattr(material, name) * factor)
        for name, factor in zip(names, factors, strict=True)
    }
    values["shear_index"] = min(values["shear_index"], 1.0)  # above 1 it would thicken
    return replace(material, **values)


@dataclass(frozen=True)
class Gauge:
    """What the line's gauge and batches do to one response.

    Attributes:
        gain: reading per true value.
        offset: reading at zero, in the response's unit.
        spread: sd of the reading over the factor ranges, in the unit.
        noise: sd of one measurement: in the unit, or relative when multiplicative.
        batch: sd of the effect of a batch by stage, as ``noise``.
        multiplicative: noise and batch effects multiply the reading.
    """

    gain: float
    offset: float
    spread: float
    noise: float
    batch: Mapping[str, float]
    multiplicative: bool

    @classmethod
    def draw(cls, rng: np.random.Generator, response: TwinResponse, true_spread: float) -> Gauge:
        """Draw gain, offset and noise for a response with this sd over the factor ranges."""
        gain = 1.0 + rng.choice([-1.0, 1.0]) * rng.uniform(0.01, 0.06)
        offset = float(OFFSET_SD * true_spread * _draw_normal(rng, 1)[0])
        spread = float(gain * true_spread)
        noise, slurry, strip = rng.uniform((0.02, 0.03, 0.01), (0.04, 0.06, 0.03))
        if response.multiplicative:
            # a peel rig adds friction, never takes force away: readings stay above zero
            offset, unit = abs(offset), 1.0
            noise *= ADHESION_NOISE
        else:
            unit = spread
        batch = {"slurry": float(slurry * unit), "coating": float(strip * unit)}
        return cls(float(gain), offset, spread, float(noise * unit), batch, response.multiplicative)

    def read(self, truth: FloatArray) -> FloatArray:
        """The noise-free reading of true values."""
        return np.asarray(self.gain * truth + self.offset)

    def disturb(self, reading: FloatArray, disturbance: FloatArray) -> FloatArray:
        """Add batch effects and noise (in the unit, or relative when multiplicative)."""
        return np.asarray(
            reading * np.exp(disturbance) if self.multiplicative else reading + disturbance
        )

"""Process knowledge as features whose coefficients are integrated out.

A feature φ enters the shared surface and every line's own part with coefficients ``N(0, 1)``, and
a line's drift with ``N(0, κ²)``: knowledge shapes the prior, data overrule it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from designer.campaigns.space.grids import SettingScale
from designer.models.arrays import Array, ArrayT, FloatArray, namespace
from designer.models.data.scaling import Scaling

ShapePrior = tuple[str, float, float, float, float]  # name, mean, sd, low, high

_MOST_EXPONENT = 50.0
_LOAD_SHARE = 0.4  # prior median of γ, as a share of the highest load
_USUAL_SHARE = 0.3  # of the typical value: range of other responses
_REMAINING = 0.4  # centre of exp(-q/γ), so that the feature has both signs


class Feature(Protocol):
    """Process knowledge about one response."""

    @property
    def shape(self) -> tuple[ShapePrior, ...]:
        """Priors of the hyperparameters h that shape φ, ``(name, mean, sd, low, high)``."""
        ...

    def scaled(self, scaling: Scaling) -> Feature:
        """The same on a response's model scale."""
        ...

    def inputs(self, X: ArrayT, log_ratio: ArrayT) -> ArrayT:
        """What φ is computed from, ``[..., n, e]``, numpy or torch.

        Args:
            X: encoded points, ``[..., n, D]``.
            log_ratio: ln of the predicted loading over its typical value, ``[..., n]``.
        """
        ...

    def at(self, E: ArrayT, h: ArrayT) -> ArrayT:
        """φ ``[..., n, s]`` from ``inputs`` and h ``[k]``; from h ``[S, 1, k]`` S of them."""
        ...

    def shape_gradients(self, E: FloatArray, h: FloatArray) -> FloatArray:
        """``∂φ/∂h``, ``[k, n, s]``."""
        ...


@dataclass(frozen=True)
class Compaction:
    """Calendering: ``exp(-q/γ)`` of a load q, with a resistance γ that depends on the loading.

    Heckel-type law ``ρ(q) = ρ_max - (ρ_max - ρ_0) exp(-q/γ)`` (Meyer et al. 2017, J. Mater.
    Process. Technol. 249, 172, in Zanotto et al. 2022, Batteries & Supercaps), γ rising with the
    loading: ``γ = e^{h1} (M/M_ref)^{h2}``, in units of the highest load. Features
    ``a [(u - 0.4), 0.1 u ln(M/M_ref)]`` with ``u = exp(-q/γ)``; a = 30 %-points for a porosity
    (assumption: usual range between uncalendered and fully compacted).

    Attributes:
        column: encoded column of the load.
        load: its range, in units of the highest load.
        amplitude: a in raw units; None: 30 % of the typical value, as always on a logarithmic
            scale (assumption). On the model scale after ``scaled``.
    """

    column: int
    load: SettingScale
    amplitude: float | None = None
    shape: tuple[ShapePrior, ...] = (
        ("ln_gamma", float(np.log(_LOAD_SHARE)), 0.6, -4.0, 3.0),
        ("gamma_slope", 0.5, 0.5, -2.0, 3.0),
    )

    def scaled(self, scaling: Scaling) -> Compaction:
        """See `Feature`."""
        usual = _USUAL_SHARE * (1.0 if scaling.log else scaling.typical)
        raw = usual if self.amplitude is None or scaling.log else self.amplitude
        return replace(self, amplitude=raw / scaling.spread)

    def inputs(self, X: ArrayT, log_ratio: ArrayT) -> ArrayT:
        """See `Feature`: load and ln ratio."""
        xp, load = namespace(X), self.load.at(X[..., self.column])
        out: ArrayT = xp.stack([xp.clip(load, 0.0, None), log_ratio], -1)
        return out

    def at(self, E: ArrayT, h: ArrayT) -> ArrayT:
        """See `Feature`: ``a [u - 0.4, 0.1 u ln(M/M_ref)]``."""
        u, _ = self._remaining(E, h)
        out: ArrayT = namespace(E).stack([u - _REMAINING, u * 0.1 * E[..., 1]], -1) * self._a
        return out

    def shape_gradients(self, E: FloatArray, h: FloatArray) -> FloatArray:
        """See `Feature`; ``∂u/∂ln γ = u q/γ``."""
        u, exponent = self._remaining(E, h)
        by_gamma = self._a * (u * exponent)[:, None]
        by_gamma = by_gamma * np.column_stack([np.ones(len(E)), 0.1 * E[:, 1]])
        return np.stack([by_gamma, by_gamma * E[:, 1:]])

    @property
    def _a(self) -> float:
        return 1.0 if self.amplitude is None else self.amplitude

    def _remaining(self, E: ArrayT, h: ArrayT) -> tuple[ArrayT, ArrayT]:
        """``u = exp(-q/γ)`` and ``q/γ``, each ``[..., n]``."""
        xp = namespace(E)
        ln_gamma = h[..., 0] + h[..., 1] * E[..., 1]
        ln_gamma = xp.clip(ln_gamma, -_MOST_EXPONENT, _MOST_EXPONENT)
        exponent = xp.clip(E[..., 0] * xp.exp(-ln_gamma), None, _MOST_EXPONENT)
        return xp.exp(-exponent), exponent


@dataclass(frozen=True)
class Loading:
    """Coating: mass loading ∝ gap × mass share of solids × slurry density (mass balance).

    ``φ = (ln(gap · w · ρ(w)) - c)/s`` on a logarithmic scale, the same relative to its centre on a
    linear one; ``1/ρ = w/ρ_s + (1 - w)/ρ_l`` (volumes add up). ρ_s = 4.3 and ρ_l = 1.0 g/cm³ are
    assumptions; only their ratio matters, and w moves ρ little.

    Attributes:
        gap: encoded column of the coating gap.
        gaps: its range.
        solids: encoded column of the solid content; None: not a factor.
        shares: its range, as mass shares.
        amplitude: of φ on the model scale, once ``scaled``.
        log: T is the logarithm, once ``scaled``.
    """

    gap: int
    gaps: SettingScale
    solids: int | None
    shares: SettingScale
    amplitude: float = 1.0
    log: bool = True
    shape: tuple[ShapePrior, ...] = ()

    def scaled(self, scaling: Scaling) -> Loading:
        """See `Feature`."""
        raw = 1.0 if scaling.log else scaling.typical
        return replace(self, amplitude=raw / scaling.spread, log=scaling.log)

    def inputs(self, X: ArrayT, log_ratio: ArrayT) -> ArrayT:
        """See `Feature`: ln of the mass balance, relative to the middle of the ranges."""
        del log_ratio  # it is this response's own
        xp = namespace(X)
        gap = xp.clip(self.gaps.at(X[..., self.gap]), 1e-9, None)
        balance: ArrayT = xp.log(gap / self.gaps.at(0.5))
        if self.solids is not None:
            share = self.shares.at(X[..., self.solids])
            middle = np.array(self.shares.at(0.5))
            balance = balance + _ln_solids(share) - float(_ln_solids(middle))
        out: ArrayT = balance[..., None]
        return out

    def at(self, E: ArrayT, h: ArrayT) -> ArrayT:
        """See `Feature`."""
        del h  # nothing shapes it
        out: ArrayT = (E if self.log else namespace(E).expm1(E)) * self.amplitude
        return out

    def shape_gradients(self, E: FloatArray, h: FloatArray) -> FloatArray:
        """See `Feature`: there are no hyperparameters."""
        del h
        return np.zeros((0, len(E), 1))


_SOLID_DENSITY, _LIQUID_DENSITY = 4.3, 1.0  # g/cm³ (assumptions, see Loading)


def _ln_solids(share: Array) -> Array:
    """``ln(w ρ(w))`` up to a constant."""
    xp = namespace(share)
    w = xp.clip(share, 1e-3, 1.0)
    return xp.log(w) - xp.log(w / _SOLID_DENSITY + (1.0 - w) / _LIQUID_DENSITY)

"""Normal approximation of the hyperparameters' posterior around its mode.

Hessian by forward differences of the hand-written gradient (half the evaluations of central ones;
with this step the third derivative costs about 1e-3 of an eigenvalue); eigenvalues floored at 0.15
so that a flat direction is not taken for an infinitely uncertain one (chosen on simulated pilot
lines).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from designer.models.arrays import FloatArray, IntArray
from designer.models.gp.likelihood import Likelihood
from designer.models.sobol import scrambled_sobol

_STEP = 1e-3  # of the differences, in prior standard deviations
_FLOOR = 0.15


@dataclass(frozen=True)
class Laplace:
    """``θ ~ N(mode, V diag(1/λ) V')``.

    Attributes:
        mode: ``[k]``.
        eigenvalues: λ, floored, ``[k]``.
        eigenvectors: V, ``[k, k]``.
        log_evidence: ``ln p(z)``, the marginal likelihood of the rows on the model scale: how well
            the model predicted them before it had seen any (Kass & Raftery 1995, eq. 4; equal to
            importance sampling to about .5 on simulated campaigns).
    """

    mode: FloatArray
    eigenvalues: FloatArray
    eigenvectors: FloatArray
    log_evidence: float

    @classmethod
    def around(cls, likelihood: Likelihood, mode: FloatArray) -> Laplace:
        """The approximation at a mode of the likelihood's posterior."""
        steps = _STEP * likelihood.layout.sd
        hessian = np.empty((len(mode), len(mode)))
        value, here = likelihood(mode)
        for i, step in enumerate(steps):
            shift = np.zeros_like(mode)
            shift[i] = step
            hessian[i] = (likelihood(mode + shift)[1] - here) / step
        eigenvalues, eigenvectors = np.linalg.eigh(0.5 * (hessian + hessian.T))
        eigenvalues = np.maximum(eigenvalues, _FLOOR)
        # the prior's and the approximation's (2π)^(k/2) cancel
        volume = 0.5 * np.log(eigenvalues).sum() + np.log(likelihood.layout.sd).sum()
        return cls(mode, eigenvalues, eigenvectors, -value - float(volume))

    def covariance(self, entries: IntArray) -> FloatArray:
        """Covariance ``[j, j]`` of some entries of θ."""
        V = self.eigenvectors[entries]
        return (V / self.eigenvalues) @ V.T

    def draws(self, count: int, seed: int) -> tuple[FloatArray, FloatArray]:
        """Scrambled-Sobol draws ``[count, k]`` and ``½‖u‖²`` of their standard normals."""
        u = standard_normals(count, len(self.mode), seed)
        theta = self.mode + (u / np.sqrt(self.eigenvalues)) @ self.eigenvectors.T
        return theta, 0.5 * np.square(u).sum(axis=1)


def standard_normals(count: int, dimension: int, seed: int) -> FloatArray:
    """Quasi-random standard normals ``[count, dimension]``, from scrambled Sobol points."""
    uniform = scrambled_sobol(count, dimension, seed)
    return ndtri(np.clip(uniform, 1e-6, 1.0 - 1e-6))

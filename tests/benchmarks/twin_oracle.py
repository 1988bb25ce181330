"""What could be known at best on the twin: fits of its true equations to the same data.

``oracle`` knows the population the hidden constants are drawn from: all that is unknown are the
target's own constants and gauges, so earlier lines tell it nothing. ``oracle_from_lines`` has to
learn the population's centre (prior: the reference times exp N(0, 0.5²)) from the good earlier
lines, which it is told. Both know how much lines differ and how large noise and batch effects
usually are; MAP by least squares, Laplace draws around it for the sd.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from designer.twin.designs import sobol
from designer.twin.factors import TwinOptions, settings_of
from designer.twin.physics import REFERENCE, Constants, make_electrode
from designer.twin.scenario import Scenario
from designer.twin.variation import (
    ADHESION_NOISE,
    MATERIAL,
    OFFSET_SD,
    TRUNCATION,
    USUAL_SD,
    WIDE,
    WIDE_SD,
)

FREE = [f.name for f in fields(Constants) if f.name not in MATERIAL]
MEDIAN = np.array([getattr(REFERENCE, name) for name in FREE])
SD = np.array([WIDE_SD if name in WIDE else USUAL_SD for name in FREE])
CENTRE_SD = 0.5  # of the population's centre, where it has to be learned (ln)
GAIN_SD = np.sqrt((0.06**3 - 0.01**3) / (3 * 0.05))  # ± U(1 %, 6 %)
HALF_NORMAL = (np.sqrt(2 / np.pi), np.sqrt(1 - 2 / np.pi))  # offset of adhesion is never negative
USUAL = np.array([0.03, 0.045, 0.02])  # noise, slurry, strip: middle of what gauges are drawn from
DRAWS = 128


class Oracle:
    """One fit.

    Args:
        options: of the twin.
        lines: (columns of factors, measured by response) per line, the target last.
        learn_centre: the population's centre is not known.
    """

    def __init__(
        self,
        options: TwinOptions,
        lines: list[tuple[dict[str, np.ndarray], dict[str, np.ndarray]]],
        *,
        learn_centre: bool,
    ) -> None:
        self.options = options
        self.names = [r.name for r in options.responses]
        self.multiplicative = [r.multiplicative for r in options.responses]
        self.learn_centre = learn_centre
        self.lines = [self._usable(columns, measured) for columns, measured in lines]
        self.spread = self._usual_spread()
        self.own = len(FREE) + 2 * len(self.names)  # parameters of one line
        self.shared = len(FREE) if learn_centre else 0
        result = least_squares(
            self._residuals, np.zeros(self.shared + self.own * len(lines)), method="lm"
        )
        self.theta = result.x
        # every parameter has a prior row, so this is positive definite even without runs
        jac = np.asarray(result.jac)
        self.root = np.linalg.inv(np.linalg.cholesky(jac.T @ jac)).T

    def predict(self, columns: dict[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """MAP and sd per response of the target's noise-free readings, each ``[n]``."""
        settings = settings_of(columns, self.options)
        target = len(self.lines) - 1
        best = self._readings(self.theta, settings, target)
        rng = np.random.default_rng(0)
        z = rng.standard_normal((DRAWS // 2, len(self.theta)))
        draws = self.theta + np.vstack([z, -z]) @ self.root.T
        draws = np.clip(draws, -TRUNCATION - 0.5, TRUNCATION + 0.5)
        found = np.array([self._readings(t, settings, target) for t in draws])
        return {name: (best[j], found[:, j].std(axis=0)) for j, name in enumerate(self.names)}

    def _usable(
        self, columns: dict[str, np.ndarray], measured: dict[str, np.ndarray]
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]] | None:
        if len(next(iter(measured.values()))) == 0:
            return None
        return settings_of(columns, self.options), measured

    def _usual_spread(self) -> np.ndarray:
        factors = self.options.factors
        points = sobol(256, len(factors))
        columns = {f.name: f.low + points[:, k] * (f.high - f.low) for k, f in enumerate(factors)}
        electrode = make_electrode(settings_of(columns, self.options), REFERENCE)
        return np.array([electrode.response(name).std() for name in self.names])

    def _readings(
        self, theta: np.ndarray, settings: dict[str, np.ndarray], line: int
    ) -> list[np.ndarray]:
        start = self.shared + line * self.own
        z = theta[start : start + len(FREE)]
        gain, offset = theta[start + len(FREE) : start + self.own].reshape(2, -1)
        shift = self.options.variation * SD * z
        if self.learn_centre:
            shift = shift + CENTRE_SD * theta[: self.shared]
        values = dict(zip(FREE, map(float, MEDIAN * np.exp(shift)), strict=True))
        values["shear_index"] = min(values["shear_index"], 1.0)
        electrode = make_electrode(settings, replace(REFERENCE, **values))
        readings = []
        for j, name in enumerate(self.names):
            mean, sd = HALF_NORMAL if self.multiplicative[j] else (0.0, 1.0)
            zero = OFFSET_SD * self.spread[j] * (mean + sd * offset[j])
            readings.append((1 + GAIN_SD * gain[j]) * electrode.response(name) + zero)
        return readings

    def _residuals(self, theta: np.ndarray) -> np.ndarray:
        parts = [theta]  # the priors
        for line, data in enumerate(self.lines):
            if data is None:
                continue
            settings, measured = data
            readings = self._readings(theta, settings, line)
            for j, name in enumerate(self.names):
                y = np.asarray(measured[name])
                if self.multiplicative[j]:
                    sd = np.linalg.norm(USUAL * [ADHESION_NOISE, 1, 1])
                    parts.append(np.log(y / np.maximum(readings[j], 1e-6)) / sd)
                else:
                    parts.append((y - readings[j]) / (np.linalg.norm(USUAL) * self.spread[j]))
        return np.concatenate(parts)


def oracle(
    twin: Scenario,
    columns: dict[str, np.ndarray],
    measured: dict[str, np.ndarray],
    points: dict[str, np.ndarray],
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Prediction per response at ``points``, knowing the population of the constants."""
    options = twin.target.options
    return Oracle(options, [(columns, measured)], learn_centre=False).predict(points)


def oracle_from_lines(
    twin: Scenario,
    columns: dict[str, np.ndarray],
    measured: dict[str, np.ndarray],
    points: dict[str, np.ndarray],
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The same, the population's centre learned from the good earlier lines."""
    good: list[Any] = [(old.data, old.data) for old in twin.earlier if not old.misleading]
    lines = [*good, (columns, measured)]
    return Oracle(twin.target.options, lines, learn_centre=True).predict(points)

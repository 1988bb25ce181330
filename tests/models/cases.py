"""Data for the tests of models, and the model's covariance written anew with plain loops."""

import dataclasses
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from designer.campaigns.space.grids import SettingScale
from designer.models.data.dataset import ResponseData
from designer.models.fitting.fit import fit
from designer.models.gp.process_features import Compaction, Feature, Loading
from designer.models.gp.upstream import Upstream
from designer.models.posterior.averaging import AveragedPosterior
from designer.models.posterior.posterior import ResponsePosterior


@dataclasses.dataclass(frozen=True)
class Variant:
    """One kind of data a posterior must cope with."""

    name: str
    lines: int
    runs: int
    stages: int = 0
    categorical: bool = False
    log: bool = False
    noise_sd: float | None = None
    missing: frozenset[tuple[int, int]] = frozenset()  # (line, input) nobody recorded
    nuisance: bool = False  # line 2 varied an input of its own
    process: str = ""  # process knowledge: a feature, and an upstream response


VARIANTS = [
    Variant("nothing", 0, 0),
    Variant("one run", 0, 1),
    Variant("target only", 0, 16),
    Variant("one line, no run", 1, 0),
    Variant("three lines, no run", 3, 0),
    Variant("one line, one run", 1, 1),
    Variant("three lines", 3, 16),
    Variant("batches", 3, 16, stages=2),
    Variant("batches without history", 0, 16, stages=2),
    Variant("categories", 3, 16, categorical=True),
    Variant("log scale", 3, 16, log=True),
    Variant("log scale, known noise, batches", 1, 16, stages=1, log=True, noise_sd=0.2),
    Variant("known noise", 3, 1, noise_sd=0.1),
    Variant("an input unknown on two lines", 3, 16, missing=frozenset({(1, 0), (3, 1)})),
    Variant("an input no line varied", 3, 16, missing=frozenset({(1, 0), (2, 0), (3, 0)})),
    Variant("an input of another line", 3, 16, nuisance=True),
    Variant("an input of another line, no run", 2, 0, nuisance=True),
    Variant("upstream", 3, 16, process="upstream"),
    Variant("upstream, input unknown", 3, 16, process="upstream", missing=frozenset({(2, 0)})),
    Variant("compaction", 3, 16, process="compaction"),
    Variant("compaction, no run", 3, 0, process="compaction"),
    Variant("compaction without history", 0, 16, process="compaction"),
    Variant("loading without history, log scale", 0, 4, log=True, process="loading"),
]
each = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


def groups_of(variant: Variant) -> np.ndarray:
    return np.array([0, 1, 2, 2, 2]) if variant.categorical else np.arange(3)


def points(variant: Variant, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    X = rng.random((count, 3))
    if not variant.categorical:
        return X
    return np.hstack([X[:, :2], np.sqrt(0.5) * np.eye(3)[rng.integers(0, 3, count)]])


@cache
def make_data(variant: Variant) -> ResponseData:
    rng = np.random.default_rng(7)
    rows = 12
    line = np.concatenate(
        [np.repeat(np.arange(1, variant.lines + 1), rows), np.zeros(variant.runs)]
    )
    line = line.astype(int)
    X = points(variant, len(line), seed=1)
    y = np.sin(4 * X[:, 0] + 0.1 * line) + X[:, 1] * X[:, 2] + 0.2 * line
    y = 3 + y + 0.05 * rng.standard_normal(len(line))
    batch = np.full((len(line), variant.stages), -1)
    own = np.flatnonzero(line == 0)
    for stage in range(variant.stages):  # 4 runs share the first batch, 2 the second; some alone
        batch[own, stage] = np.arange(len(own)) // (4 - 2 * stage)
        batch[own[-2:], stage] = [90, 91]
        y += np.where(batch[:, stage] >= 0, 0.2 * np.cos(batch[:, stage]), 0.0)
    run = np.where(line == 0, np.cumsum(line == 0) // 2, -1)
    if variant.log:
        y = np.exp(y - 2)
    for code, column in variant.missing:
        X[line == code, column] = 0.5
    nuisance = np.zeros((len(line), 2 * variant.nuisance))
    if variant.nuisance:
        u = rng.uniform(-1, 1, rows)
        nuisance[line == 2] = np.column_stack([u, u**2 - 0.5])
        y = y + nuisance @ np.array([0.4, 0.2])
    told: dict[str, Any] = {"missing": variant.missing, "nuisance": nuisance}
    return ResponseData("y", variant.log, variant.noise_sd, X, y, line, batch, run, **told)


@cache
def upstream_of(variant: Variant) -> Upstream | None:
    """A loading that grows with x1, differently on every line."""
    if variant.process not in ("upstream", "compaction"):
        return None
    data = make_data(variant)
    y = np.exp(1 + (1 + 0.1 * data.line) * data.X[:, 1] + 0.3 * data.X[:, 0])
    loading = dataclasses.replace(data, name="loading", log_scale=True, y=y)
    return Upstream(fit(loading, groups_of(variant), variant.lines), column=1)


FEATURES: dict[str, Feature | None] = {
    "compaction": Compaction(column=2, load=SettingScale(0.1, 1.0), amplitude=2.0),
    "loading": Loading(1, SettingScale(50.0, 250.0), 0, SettingScale(0.5, 0.7)),
}


def fit_variant(variant: Variant, data: ResponseData) -> ResponsePosterior:
    return fit(
        data,
        groups_of(variant),
        variant.lines,
        upstream=upstream_of(variant),
        feature=FEATURES.get(variant.process),
    )


@cache
def posterior_of(variant: Variant) -> ResponsePosterior:
    return fit_variant(variant, make_data(variant))


# ---- dense algebra, written from the equations with plain loops ----------------------------------


def matern(x: np.ndarray, z: np.ndarray, ln_l: list[float], groups: np.ndarray) -> float:
    r = np.sqrt(
        sum((a - b) ** 2 / np.exp(2 * ln_l[g]) for a, b, g in zip(x, z, groups, strict=True))
    )
    return float((1 + np.sqrt(5) * r + 5 * r**2 / 3) * np.exp(-np.sqrt(5) * r))


class Dense:
    """The model's covariance, entry by entry, from the hyperparameters' names.

    It takes encoded points and asks the posterior's input transform only for the predicted upstream
    level and for the slopes, which have tests of their own.
    """

    def __init__(self, posterior: ResponsePosterior, variant: Variant) -> None:
        self.h = posterior.fitted.hyperparameters
        self.input_transform = posterior.fitted.input_transform
        self.spread = posterior.scaling.spread
        self.groups = groups_of(variant)
        self.missing = variant.missing
        self.inputs = int(self.groups.max()) + 1
        self.transfer = "mu_t" in self.h

    def lengths(self, kind: str) -> list[float]:
        return [self.h[f"{kind}[{i}]"] for i in range(self.inputs)]

    def trust(self, line: int, t0: float | None) -> float:
        if not self.transfer:
            return 1.0
        if line == 0 and t0 is not None:
            return t0
        return float(1 / (1 + np.exp(-self.h[f"logit_t[{line}]"])))

    def surface(
        self, x: np.ndarray, lx: int, z: np.ndarray, lz: int, t0: float | None = None
    ) -> float:
        """Covariance of the noise-free values on two lines."""
        (x, gx, fx), (z, gz, fz) = self.seen(x, lx), self.seen(z, lz)
        A2, kg = np.exp(self.h["ln_A2"]), matern(x, z, self.lengths("ln_l_g"), self.groups)
        tx, tz = self.trust(lx, t0), self.trust(lz, t0)
        value = np.sqrt(tx * tz) * (A2 * (kg + 1) + fx @ fz)
        if self.transfer and lx == lz:
            lengths = np.array(self.lengths("ln_l_d"))
            if lx == 0:
                lengths = lengths + self.lengths("u")
            kd = matern(x, z, lengths.tolist(), self.groups)
            value += (1 - tx) * (A2 * (kd + 1) + fx @ fz)
            value += np.exp(2 * self.h["ln_tau"]) + np.exp(self.h["ln_Ad2"]) * kd
            value += np.exp(2 * self.h.get("ln_kappa_f", -np.inf)) * (fx @ fz)
            value += sum(
                (np.exp(2 * self.h[f"ln_kappa[{column}]"]) + self.unknown(lx, column))
                * (gx[k] * gz[k])
                for k, column in enumerate(self.slope_columns if len(gx) else ())
            )
        return float(value)

    @property
    def slope_columns(self) -> list[int]:
        slopes = self.input_transform.slopes
        return [] if slopes is None else slopes.columns.tolist()

    def unknown(self, line: int, column: int) -> float:
        """Variance of a setting that nobody recorded, in unit cubes."""
        slopes = self.input_transform.slopes
        assert slopes is not None
        untried = slopes.untried[list(slopes.columns).index(column)]
        unknown = (line, self.groups[column]) in self.missing
        return 0.3**2 if unknown and not untried else 0.0

    def seen(self, x: np.ndarray, line: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Coordinates, slopes and features of one encoded point."""
        code = np.array([line])
        coordinates, ratio = np.array(x, dtype=float), 0.0
        if self.input_transform.upstream is not None:
            level = self.input_transform.upstream.level(x[None], code)[0]
            ratio = self.input_transform.upstream.posterior.scaling.spread * level
            if self.input_transform.upstream.column is not None:
                coordinates[self.input_transform.upstream.column] = 0.5 + level / 4
        slopes = np.zeros(0)
        if self.input_transform.slopes is not None:
            slopes = self.input_transform.slopes(coordinates[None])[0]
        return coordinates, slopes, self.feature(x, ratio)

    def feature(self, x: np.ndarray, ratio: float) -> np.ndarray:
        """The features of models_cases.FEATURES, by their formulas."""
        if isinstance(self.input_transform.feature, Compaction):
            gamma = np.exp(self.h["shape[ln_gamma]"] + self.h["shape[gamma_slope]"] * ratio)
            u = np.exp(-(0.1 + 0.9 * x[2]) / gamma)
            return 2.0 / self.spread * np.array([u - 0.4, 0.1 * u * ratio])
        if isinstance(self.input_transform.feature, Loading):
            w, middle = 0.5 + 0.2 * x[0], 0.6
            density, usual = 1 / (w / 4.3 + 1 - w), 1 / (middle / 4.3 + 1 - middle)
            balance = (50 + 200 * x[1]) * w * density / (150 * middle * usual)
            return np.array([np.log(balance)]) / self.spread
        return np.zeros(0)

    def noise(self, line: int) -> float:
        return float(np.exp(self.h["mu_s"] + self.h.get(f"eta[{line}]", 0.0)))

    def rows(self, data: ResponseData, base: np.ndarray, t0: float | None = None) -> np.ndarray:
        n = len(data.y)
        K = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                K[i, j] = self.surface(data.X[i], data.line[i], data.X[j], data.line[j], t0)
                K[i, j] += np.exp(2 * self.h.get("ln_aside", -np.inf)) * (
                    data.nuisance[i] @ data.nuisance[j]
                )
                for stage in range(data.stages):
                    a, b = data.batch[i, stage], data.batch[j, stage]
                    if a == b >= 0 and (data.batch[:, stage] == a).sum() > 1:
                        K[i, j] += np.exp(2 * self.h[f"ln_sigma_w[{stage}]"])
            K[i, i] += base[i] * self.noise(data.line[i])
        return K

    def predict(
        self,
        data: ResponseData,
        base: np.ndarray,
        z: np.ndarray,
        X: np.ndarray,
        t0: float | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean ``[m]`` and covariance ``[m, m]`` of the target's surface."""
        prior = np.array([[self.surface(x, 0, w, 0, t0) for w in X] for x in X])
        cross = np.array(
            [[self.surface(x, 0, data.X[j], data.line[j], t0) for j in range(len(z))] for x in X]
        ).reshape(len(X), len(z))
        solved = np.linalg.solve(self.rows(data, base, t0), np.column_stack([z, cross.T]))
        return cross @ solved[:, 0], prior - cross @ solved[:, 1:]


def model_scale(posterior: ResponsePosterior, data: ResponseData) -> tuple[np.ndarray, np.ndarray]:
    """z and the noise base of every row, from the scaling's two numbers alone.

    On a log scale a stated noise is that where a result is expected, which takes the fit itself
    (tested in `test_noise`).
    """
    s = posterior.scaling
    z = (np.log(data.y) - s.center if s.log else data.y - s.center) / s.spread
    base = np.ones(len(z))
    if data.noise_sd is not None and s.log:
        base[posterior.fitted.rows.order] = posterior.fitted.rows.base
    elif data.noise_sd is not None:
        base *= data.noise_sd**2 / s.spread**2
    return z, base


class Told(NamedTuple):
    """Predictions in raw units."""

    mean: np.ndarray
    sd: np.ndarray
    sd_result: np.ndarray


def predict(posterior: AveragedPosterior | ResponsePosterior, X: np.ndarray) -> Told:
    """Predictions of one response at encoded points."""
    mean, variance = posterior.mean(X), posterior.variance(X)
    point, sd = posterior.to_raw(mean, variance)
    result = variance + posterior.batch_variance.sum() + posterior.noise(X)
    return Told(point, sd, posterior.to_raw(mean, result)[1])

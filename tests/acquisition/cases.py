"""Small exact Gaussian processes and specifications for the tests of acquisition (plain numpy)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import DTypeLike

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.functions.information import Information
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection.greedy import (
    GreedyPlan,
    Pick,
    StoppingRule,
    by_gain,
    by_gain_per_cost,
)
from designer.campaigns.space.grids import LogGrid
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.models.encoding import Space


def matern(X: np.ndarray, Z: np.ndarray, lengthscale: float) -> np.ndarray:
    difference = (X[:, None, :] - Z[None, :, :]) / lengthscale
    r = np.sqrt(5.0 * np.square(difference).sum(axis=2))
    return np.asarray((1 + r + r**2 / 3) * np.exp(-r))


class ExactPosterior:
    """Dense posterior of one response; what the protocol asks for, nothing else."""

    def __init__(
        self,
        X: np.ndarray,
        z: np.ndarray,
        *,
        lengthscale: float = 0.4,
        noise: float = 0.05,
        batch: Sequence[float] | np.ndarray = (),
        scale: float = 1.0,
        shift: float = 0.0,
    ) -> None:
        self.X, self.noise_variance = X, noise
        self.lengthscale = lengthscale
        self.batch_variance = np.asarray(batch, dtype=float)
        self.scale, self.shift = scale, shift
        K = matern(X, X, lengthscale) + (noise + self.batch_variance.sum()) * np.eye(len(X))
        self.inverse = np.linalg.inv(K) if len(X) else np.zeros((0, 0))
        self.alpha_ = self.inverse @ z

    def mean(self, X: np.ndarray) -> np.ndarray:
        return np.asarray(matern(X, self.X, self.lengthscale) @ self.alpha_)

    def variance(self, X: np.ndarray) -> np.ndarray:
        left = matern(X, self.X, self.lengthscale)
        return np.asarray(1.0 - np.einsum("ij,jk,ik->i", left, self.inverse, left))

    def moments(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.mean(X), self.variance(X)

    def covariance(self, X: np.ndarray, Z: np.ndarray, dtype: DTypeLike = np.float64) -> np.ndarray:
        left, right = (matern(A, self.X, self.lengthscale) for A in (X, Z))
        full = matern(X, Z, self.lengthscale) - left @ self.inverse @ right.T
        return np.asarray(full.astype(dtype))

    def noise(self, X: np.ndarray) -> np.ndarray:
        return np.full(len(X), self.noise_variance)

    def noise_given(self, mean: np.ndarray) -> np.ndarray:
        return np.full(len(mean), self.noise_variance)

    def limits(self, low: float, high: float) -> tuple[float, float]:
        return (low - self.shift) / self.scale, (high - self.shift) / self.scale

    def to_raw(self, mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.shift + self.scale * mean, self.scale * np.sqrt(variance)


def make_spec(
    factors: list[dict[str, Any]],
    *,
    stages: Sequence[tuple[str, float]] = (),
    responses: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Specification:
    """A specification from short pieces; stages as (name, change_cost[, usable_for])."""
    tables: dict[str, Any] = {
        "campaign": {"version": 1, "name": "test", "line": "line4", **more.pop("campaign", {})},
        "stage": [
            {"name": s[0], "change_cost": s[1], **({"usable_for": s[2]} if len(s) > 2 else {})}
            for s in stages
        ],
        "factor": factors,
        "response": responses or [{"name": "y", "scale": "linear"}],
        **more,
    }
    return load.from_dict({k: v for k, v in tables.items() if v}, trusted=True)


def line_spec(**more: Any) -> Specification:
    """Slurry → coating → calendering with 5 × 4 × 6 recipes."""
    factors: list[dict[str, Any]] = [
        {"name": "solid", "unit": "%", "low": 50, "high": 58, "step": 2, "stage": "slurry"},
        {"name": "gap", "unit": "um", "levels": [80, 100, 150, 200], "stage": "coating"},
        {"name": "pressure", "unit": "MPa", "low": 20, "high": 70, "step": 10, "stage": "cal"},
    ]
    defaults: dict[str, Any] = {
        "stages": (("slurry", 3.0), ("coating", 0.5), ("cal", 0.1)),
        "responses": [
            {"name": "loading", "unit": "mg/cm^2", "window": [-0.5, 0.4], "scale": "linear"},
            {"name": "porosity", "unit": "%", "window": [0.0, None], "scale": "linear"},
            {"name": "adhesion", "unit": "N/m", "scale": "linear"},
        ],
        "costs": {"unit": "h", "run": 0.05},
    }
    return make_spec(factors, **{**defaults, **more})


def posteriors_of(
    spec: Specification, seed: int = 0, rows: int = 12, batch: np.ndarray | None = None
) -> tuple[Space, dict[str, ExactPosterior]]:
    """Exact posteriors of all responses from random rows in the cube."""
    rng = np.random.default_rng(seed)
    space = Space.from_specification(spec)
    X = rng.random((rows, space.dimension))
    batch = np.full(len(spec.stages), 0.03) if batch is None else batch
    return space, {
        r.name: ExactPosterior(
            X, rng.normal(size=rows), lengthscale=0.3 + 0.2 * k, noise=0.02 + 0.03 * k, batch=batch
        )
        for k, r in enumerate(spec.responses)
    }


def staged(
    conditionings: Sequence[ResponseConditioning],
    reference: ReferencePoints,
    tree: BatchTree,
    allowed: np.ndarray,
    stop: StoppingRule,
    *,
    whatever_they_cost: bool = False,
) -> list[Pick]:
    """Runs chosen one by one by their information per cost, as plans are, or by it alone."""
    information = Information(conditionings, reference, tree)
    plan = GreedyPlan(information, tree, allowed, stop)
    choose = (
        by_gain(plan, information) if whatever_they_cost else by_gain_per_cost(plan, information)
    )
    plan.extend(information, choose)
    return plan.picks


greedy = partial(staged, whatever_they_cost=True)
"""Runs chosen one by one by their information, whatever they cost."""


# ---- random specifications -----------------------------------------------------------------------

STEPS = ["0.1", "0.25", "0.5", "1", "2", "3"]


@st.composite
def stepped(draw: st.DrawFn, name: str, stage: str | None = None) -> dict[str, Any]:
    step = draw(st.sampled_from(STEPS))
    low = draw(st.integers(-20, 40)) / 10
    count = draw(st.integers(1, 7))
    high = float(f"{low + count * float(step):.6f}")
    return {"name": name, "low": low, "high": high, "step": step_value(step), "stage": stage}


def step_value(text: str) -> float:
    return float(text) if "." in text else int(text)


@st.composite
def any_factor(
    draw: st.DrawFn, name: str, stage: str | None = None, continuous: bool = True
) -> dict[str, Any]:
    kinds = ["stepped", "levels", "categories", "decades"]
    kind = draw(st.sampled_from([*kinds, *(["continuous", "log"] if continuous else [])]))
    if kind == "stepped":
        return draw(stepped(name, stage))
    if kind == "levels":
        levels = draw(st.lists(st.integers(-50, 300), min_size=2, max_size=5, unique=True))
        return {"name": name, "levels": sorted(levels), "stage": stage}
    if kind == "categories":
        return {"name": name, "categories": ["A", "B", "C-3"][: draw(st.integers(2, 3))],
                "stage": stage}  # fmt: skip
    if kind in ("decades", "log"):
        grid = LogGrid(10.0 ** draw(st.integers(-6, 1)), draw(st.integers(1, 5)), 0)
        own = {"per_decade": grid.per_decade} if kind == "decades" else {}
        high = grid.value(draw(st.integers(1, 12)))
        return {"name": name, "low": grid.low, "high": high, "scale": "log", "stage": stage, **own}
    low = draw(st.integers(-5, 5))
    return {"name": name, "low": low, "high": low + draw(st.sampled_from([0.5, 1, 7, 230])),
            "stage": stage}  # fmt: skip


@st.composite
def specs(draw: st.DrawFn, continuous: bool = True, mixtures: bool = True) -> Specification:
    """Specifications of up to five factors, stages, a mixture, a linear constraint."""
    stages = [(f"s{k}", draw(st.sampled_from([0.0, 0.1, 0.5, 3.0]))) for k in
              range(draw(st.integers(0, 3)))]  # fmt: skip
    names = [s[0] for s in stages]

    def stage() -> str | None:
        return draw(st.sampled_from([*names, None])) if names else None

    factors = [
        draw(any_factor(f"x{k}", stage(), continuous)) for k in range(draw(st.integers(1, 3)))
    ]
    more: dict[str, Any] = {}
    mixed: bool = mixtures and draw(st.booleans())
    if mixed:
        parts = draw(st.integers(2, 3))
        steps = draw(st.lists(st.sampled_from(["0.1", "0.2", "0.5"]), min_size=parts,
                              max_size=parts))  # fmt: skip
        free = continuous and draw(st.booleans())
        for k, step in enumerate(steps):
            own = {} if free and k == 0 else {"step": float(step)}
            factors.append({"name": f"m{k}", "low": 0, "high": 2, "stage": stage(), **own})
        more["mixture"] = [{"factors": [f"m{k}" for k in range(parts)], "total": 2}]
    numeric: list[str] = [f["name"] for f in factors if "categories" not in f]
    if len(numeric) > 0 and draw(st.booleans()):
        a, b = draw(st.sampled_from(numeric)), draw(st.sampled_from(numeric))
        bound = draw(st.integers(-3, 60)) / 2
        more["constraint"] = [{"expression": f"{a} + 2 * {b} <= {bound}"}]
    factors = [{k: v for k, v in f.items() if v is not None} for f in factors]
    return make_spec(factors, stages=stages, costs={"unit": "h", "run": 0.05}, **more)

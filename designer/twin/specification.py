"""The campaign specification of the twin, as the contract's TOML reads when parsed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np

from designer.models.arrays import BoolArray, FloatArray
from designer.twin.designs import sobol
from designer.twin.factors import STAGE_COSTS, TwinFactor, TwinOptions, TwinResponse
from designer.twin.lines import Seed, TwinLine, entropy_of

GoalKind: TypeAlias = Literal["learn", "window", "optimum"]

WINDOW_SHARES = (0.001, 0.03)  # of all recipes that may be in spec
_AIM = (0.002, 0.02)  # aimed at, log-uniformly, before rounding
# quantiles of the responses with windows, between which the drawn recipe lies
_USUAL = {"mass_loading": (0.1, 0.9), "porosity": (0.1, 0.9), "adhesion": (0.5, 0.95)}
_LARGEST_GRID = 200_000
_SAMPLE = 1 << 15
_ATTEMPTS = 50
_FACTOR_KEYS = ("name", "unit", "low", "high", "step", "stage")


def recipe_sample(factors: tuple[TwinFactor, ...]) -> dict[str, FloatArray]:
    """Every set-point recipe, or 32 768 of a Sobol sequence on the grid when there are too many."""
    grids = [factor.grid() for factor in factors]
    if math.prod(len(grid) for grid in grids) <= _LARGEST_GRID:
        mesh = np.meshgrid(*grids, indexing="ij")
        return {f.name: values.ravel() for f, values in zip(factors, mesh, strict=True)}
    points = sobol(_SAMPLE, len(factors))
    picks = [
        np.minimum((points[:, d] * len(g)).astype(np.int64), len(g) - 1)
        for d, g in enumerate(grids)
    ]
    return {f.name: grids[d][picks[d]] for d, f in enumerate(factors)}


def inside(
    truth: Mapping[str, FloatArray], windows: Mapping[str, tuple[float, float]]
) -> BoolArray:
    """Which recipes are in spec without batch effects and noise, ``[n]``."""
    found = np.ones(len(next(iter(truth.values()))), dtype=np.bool_)
    for name, (low, high) in windows.items():
        found &= (truth[name] >= low) & (truth[name] <= high)
    return found


def _windows_around(
    truth: Mapping[str, FloatArray], centre: int, width: float
) -> dict[str, tuple[float, float]]:
    """Windows around one recipe, ``width`` in sd of each response; adhesion is open above."""
    windows = {}
    for name in _USUAL:
        value, half = float(truth[name][centre]), width * float(truth[name].std())
        low = math.floor((value - half) * 10.0) / 10.0
        high = math.ceil((value + half) * 10.0) / 10.0
        windows[name] = (low, math.inf if name == "adhesion" else high)
    return windows


def draw_windows(
    line: TwinLine,
    seed: Seed,
    *,
    shares: tuple[float, float] = WINDOW_SHARES,
    aim: tuple[float, float] = _AIM,
) -> dict[str, tuple[float, float]]:
    """Acceptance windows so that 0.1–3 % of the recipes are in spec on this line.

    A recipe is drawn whose loading and porosity lie between the 10 % and 90 % points and whose
    adhesion is above the median; the windows around it are widened until the share drawn is met.

    Args:
        line: the target line.
        seed: of recipe and share.
        shares: least and most of all recipes that may be in spec.
        aim: the share is drawn log-uniformly from this range.

    Raises:
        RuntimeError: no window was found (never seen).
    """
    rng = np.random.default_rng([entropy_of(seed), 0])
    truth = line.truth(recipe_sample(line.options.factors))
    ends = {name: np.quantile(truth[name], quantiles) for name, quantiles in _USUAL.items()}
    usual = inside(truth, {name: (float(low), float(high)) for name, (low, high) in ends.items()})
    for _ in range(_ATTEMPTS):
        centre = int(rng.choice(np.flatnonzero(usual)))
        wanted = math.exp(rng.uniform(*np.log(aim)))
        narrow, wide = 0.0, 2.0
        for _ in range(20):
            middle = 0.5 * (narrow + wide)
            share = inside(truth, _windows_around(truth, centre, middle)).mean()
            narrow, wide = (middle, wide) if share < wanted else (narrow, middle)
        windows = _windows_around(truth, centre, wide)
        if shares[0] <= inside(truth, windows).mean() <= shares[1]:
            return windows
    raise RuntimeError("no acceptance window found")


def twin_specification(
    kind: GoalKind = "window",
    *,
    line: TwinLine | None = None,
    seed: Seed = 0,
    name: str = "twin",
    line_name: str = "line4",
    budget: float | None = 40.0,
) -> dict[str, Any]:
    """The specification of a campaign on a twin line.

    Args:
        kind: goal of the campaign. ``learn`` has no windows; ``optimum`` also maximises adhesion.
        line: the target line that the windows must fit; a line drawn from ``seed`` when left out.
        seed: of the windows.
        name: of the campaign.
        line_name: of the target line.
        budget: in hours, or None.

    Returns:
        A dict as ``tomllib`` would read it: campaign, stage, factor, response, costs. Open window
        ends are ``inf``.
    """
    entropy = entropy_of(seed)
    if line is None:
        line = TwinLine.draw(entropy, options=TwinOptions())
    windows = {} if kind == "learn" else draw_windows(line, entropy)
    costs: dict[str, Any] = {"unit": "h", "run": 0.05}
    if budget is not None:
        costs["budget"] = budget
    return {
        "campaign": {"version": 1, "name": name, "line": line_name, "goal": kind},
        "stage": [{"name": n, "change_cost": cost} for n, cost in STAGE_COSTS.items()],
        "factor": [{key: getattr(f, key) for key in _FACTOR_KEYS} for f in line.options.factors],
        "response": [
            _response_table(response, windows.get(response.name), kind)
            for response in line.options.responses
        ],
        "costs": costs,
    }


def _response_table(
    response: TwinResponse, window: tuple[float, float] | None, kind: GoalKind
) -> dict[str, Any]:
    maximized = kind == "optimum" and response.name == "adhesion"
    return {
        "name": response.name,
        "unit": response.unit,
        "possible": list(response.possible),
        "stage": response.stage,
        **({} if window is None else {"window": list(window)}),
        **({"goal": "maximize"} if maximized else {}),
    }

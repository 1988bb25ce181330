"""Campaigns whose factors are plain letters, and designs made of them in coded numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from designer.acquisition.designs.design import Design
from designer.acquisition.designs.make import DesignRequest, make_design
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.models.arrays import FloatArray

LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"


def letters(
    count: int, *, categories: Mapping[str, int] | None = None, **more: Any
) -> Specification:
    """Continuous factors from -1 to 1, then factors of categories 0, 1, …"""
    factors: list[dict[str, Any]] = [
        {"name": name, "low": -1, "high": 1} for name in LETTERS[:count]
    ]
    for name, size in (categories or {}).items():
        factors.append({"name": name, "categories": [str(place) for place in range(size)]})
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "letters", "line": "l"},
            "factor": factors,
            "response": [{"name": "y", "unit": "1"}],
            **more,
        }
    )


def mixture(*limits: tuple[float, float], total: float = 1.0, **more: Any) -> Specification:
    """Components x1, x2, … that sum to a total."""
    names = [f"x{k + 1}" for k in range(len(limits))]
    components = [
        {"name": name, "low": low, "high": high}
        for name, (low, high) in zip(names, limits, strict=True)
    ]
    more = {**more, "factor": [*components, *more.get("factor", [])]}
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "blends", "line": "l"},
            "mixture": [{"factors": names, "total": total}],
            "response": [{"name": "y", "unit": "1"}],
            **more,
        }
    )


def made(spec: Specification, name: str, n: int | None = None, **asked: Any) -> Design:
    """A design; what is no part of every design is an option."""
    own = {key: asked.pop(key) for key in ("replicates", "center_points", "blocks") if key in asked}
    fixed, seed = asked.pop("fixed", {}), asked.pop("seed", 0)
    options: dict[str, str] = asked.pop("options", {})
    options |= {key.replace("__", ":"): str(value) for key, value in asked.items()}
    request = DesignRequest(name, options, n, **own)
    given = {each.name: 0.5 * (each.low + each.high) for each in spec.givens}
    return make_design(spec, request, fixed=fixed, given=given, seed=seed)


def points(design: Design) -> FloatArray:
    """Settings in standard order, ``[n, factors]``; categories as their numbers."""
    return np.array([[float(value) for value in run.settings.values()] for run in design.runs])


def signs(design: Design) -> FloatArray:
    """The points with two categories as signs, ``[n, factors]``."""
    found = points(design)
    pairs = [isinstance(value, str) for value in design.runs[0].settings.values()]
    return np.where(pairs, 2 * found - 1, found)


def rows(values: FloatArray, decimals: int = 6) -> list[tuple[float, ...]]:
    """The rows in a fixed order, for comparing sets of points with repetitions."""
    return sorted(tuple((np.round(row, decimals) + 0.0).tolist()) for row in values)

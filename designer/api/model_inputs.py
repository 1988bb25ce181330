"""Recipes to and from the inputs of ``campaign.model()``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from designer.api.arguments import shown
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.sheets.recipes import recipes_of
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.recipes import recipe_flags
from designer.campaigns.tables.read import table_of_columns
from designer.models.arrays import FloatArray
from designer.models.encoding import Space

if TYPE_CHECKING:
    from torch import Tensor

    from designer.campaigns.specification.specification import Specification

_DIGITS = 12  # of a decoded number: beyond is the rounding of the way to the unit cube and back


def encoded(spec: Specification, columns: Mapping[str, Sequence[object]]) -> Tensor:
    """Model inputs ``[n, d]``, float64: a column per factor and given, categories as codes.

    Args:
        spec: the specification.
        columns: cells of every factor and given.

    Raises:
        InputError: a column is missing, or a cell cannot be read.
    """
    import torch

    recipes = recipes_of(table_of_columns(columns, "frame"), spec)
    findings = Findings()
    for given in spec.givens:
        if not all(given.name in recipe for recipe in recipes):
            findings.report(given.name, "a value is missing", allowed=given.allowed)
    findings.raise_if_any()
    space = Space.from_specification(spec)
    return torch.from_numpy(space.as_codes(space.encode_recipes(recipes)))


def decoded(
    spec: Specification, points: object, *, snap: bool
) -> tuple[list[dict[str, Setting]], list[str]]:
    """The recipes of model inputs ``[n, d]`` or ``[d]``, and what is odd about them.

    Args:
        spec: the specification.
        points: a tensor or array.
        snap: take the nearest set-point of the machine, and the nearest category.

    Raises:
        InputError: no numbers, not finite, or another number of columns.
    """
    rows = _points(points, len(spec.inputs), [item.name for item in spec.inputs])
    columns: dict[str, Sequence[Setting]] = {}
    for item, column in zip(spec.inputs, rows.T, strict=True):
        columns[item.name] = _values(item, column, snap=snap)
    recipes = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    told = [
        f"recipe {number}: {flag}"
        for number, recipe in enumerate(recipes)
        for flag in recipe_flags(spec, recipe)
    ]
    return recipes, told


def _points(points: object, d: int, names: Sequence[str]) -> FloatArray:
    detach = getattr(points, "detach", None)
    allowed = f"n × {d}: {', '.join(names)}"
    try:
        array = np.asarray(points if detach is None else detach().cpu(), dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise InputError.at("X", "is no array of numbers", shown(points), allowed) from None
    rows = array[None] if array.ndim == 1 else array
    if rows.ndim != 2 or rows.shape[1] != d:
        found = " × ".join(map(str, array.shape)) or shown(points)
        hint = f"Of batches of points take X.reshape(-1, {d})" if rows.ndim > 2 else None
        raise InputError.at("X", "has the wrong shape", found, allowed, hint)
    if not np.isfinite(rows).all():
        raise InputError.at("X", "holds what is no finite number", allowed="finite numbers")
    return rows


def _values(item: Factor | Given, column: FloatArray, *, snap: bool) -> Sequence[Setting]:
    if isinstance(item, Factor) and item.categories is not None:
        codes = np.clip(np.rint(column), 0, len(item.categories) - 1).astype(np.int64)
        return [item.categories[code] for code in codes.tolist()]
    numbers = [float(f"{number:.{_DIGITS}g}") for number in item.scale.at(column).tolist()]
    if not snap or isinstance(item, Given):
        return numbers
    return [_nearest(item, number) for number in numbers]


def _nearest(factor: Factor, number: float) -> float:
    """The set-point nearest to a number; a continuous factor has all of its range."""
    low, high = factor.bounds
    inside = min(max(number, low), high)
    near = factor.levels or (inside, inside)
    if factor.grid is not None:
        near = factor.grid.around(inside)
    return min(near, key=lambda value: factor.scale.apart(value, inside))

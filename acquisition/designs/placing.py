"""A design on the machine: every point on the grid and feasible, and what that costs told.

A point goes to the nearest settings; where that breaks a constraint or a mixture, to the nearest
feasible recipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.acquisition.designs.nearest import (
    RecipeScale,
    holds,
    mixed_codes,
    nearest_feasible,
)
from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed, share

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor

_FELT: Final = 0.002  # share of a range below which a move is not told


@dataclass(frozen=True, eq=False)
class Placed:
    """Points of a design where the machine can make them.

    Attributes:
        codes: on the grid, ``[n, F]``.
        columns: settings per factor, each ``[n]``.
        facts: sentences about what that cost.
        moved: whether points were not feasible.
    """

    codes: IntArray
    columns: Columns
    facts: tuple[str, ...]
    moved: bool


def place(region: ProposalRegion, wanted: Columns, seed: int) -> Placed:
    """Put the points of a design on the machine.

    Args:
        region: where recipes may lie.
        wanted: settings per factor, each ``[n]``, as the design has them.
        seed: of the recipes tried where not all can be listed.

    Raises:
        InputError: nothing satisfies the fixed values and constraints.
    """
    grid, scale = RecipeGrid(region), RecipeScale(region)
    codes = mixed_codes(grid, wanted, grid.nearest(wanted))
    outside = ~grid.feasible(codes) | _beyond(region, wanted)
    if outside.any():
        rows = np.flatnonzero(outside)
        some = {name: values[rows] for name, values in wanted.items()}
        codes[rows] = nearest_feasible(grid, scale, some, seed)
    columns = grid.columns(codes)
    apart = scale.apart(wanted, columns)
    facts = [*_snapped(region, apart[~outside])]
    if outside.any():
        facts.append(_moved(region, apart[outside], len(codes), _broken(region, wanted)))
    return Placed(codes, columns, (*facts, *_together(wanted, codes)), bool(outside.any()))


def _beyond(region: ProposalRegion, wanted: Columns) -> BoolArray:
    """Points of which a number lies outside its limits, ``[n]``."""
    beyond = np.zeros(len(next(iter(wanted.values()))), dtype=np.bool_)
    for factor in region.spec.factors:
        if not factor.is_categorical:
            beyond |= _off_limits(factor, wanted[factor.name])
    return beyond


def _off_limits(factor: Factor, values: np.ndarray[Any, Any]) -> BoolArray:
    place = factor.scale.position(np.asarray(values, dtype=np.float64))
    return np.asarray((place < -_FELT) | (place > 1.0 + _FELT))


# ---- what is told --------------------------------------------------------------------------------


def _snapped(region: ProposalRegion, apart: FloatArray) -> list[str]:
    """What the machine's steps cost the points that are feasible there."""
    most = apart.max(axis=0, initial=0.0)
    place = int(np.argmax(most))
    far, name = float(most[place]), region.names[place]
    if far < _FELT:
        return []
    return [f"set to the machine's steps: off by {share(far)} of the range of {name} at most"]


def _broken(region: ProposalRegion, wanted: Columns) -> str:
    """What the points as published break, in words."""
    rules = [c for c in region.constraints if not holds(region, c, wanted).all()]
    told = [f"{c} ({c.reason})" if c.reason else str(c) for c in rules]
    short = [
        factor.name
        for factor in region.spec.factors
        if not factor.is_categorical and _off_limits(factor, wanted[factor.name]).any()
    ]
    if short:
        told.append(f"limits of {listed(short)}")
    return "; ".join(told) or "steps of the mixture"


def _moved(region: ProposalRegion, apart: FloatArray, count: int, why: str) -> str:
    most = apart.max(axis=0)
    place = int(np.argmax(most))
    name = region.names[place]
    if region.spec.factor(name).is_categorical:
        far = f"another {name}"
    else:
        far = f"by {share(float(most[place]))} of the range of {name} at most"
    verb = "is" if len(apart) == 1 else "are"
    return (
        f"{len(apart)} of {counted(count, 'point')} {verb} not feasible ({why}) and went to the"
        f" nearest recipe, {far}"
    )


def different_recipes(columns: Columns) -> int:
    """How many different recipes there are among some."""
    apart = np.stack([np.unique(v, return_inverse=True)[1] for v in columns.values()], axis=1)
    return len(np.unique(apart, axis=0))


def _together(wanted: Columns, codes: IntArray) -> list[str]:
    """Points that were different and now are the same recipe."""
    lost = different_recipes(wanted) - len(np.unique(codes, axis=0))
    if lost <= 0:
        return []
    return [f"{counted(lost, 'point')} fell together with others there: made again as replicates"]

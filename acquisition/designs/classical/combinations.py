"""Full factorials: every combination of levels that the machine has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.designs.classical.factorials import in_blocks
from designer.acquisition.designs.classical.fractions import Fraction
from designer.acquisition.designs.classical.published import Asked, Published, corners
from designer.acquisition.designs.classical.room import DesignRoom, uncoded
from designer.acquisition.designs.model_terms import ModelOrder
from designer.acquisition.designs.quality import cost_of_moving
from designer.acquisition.designs.refusals import refuse_many, refused
from designer.campaigns.space.factors import MOST_CHOICES
from designer.campaigns.values.numbers import number_text
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed, share

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor

_FELT: Final = 0.005  # of a range: levels that far from even ones are told (assumption)


def full_factorial(room: DesignRoom, asked: Asked) -> Published:
    """Every combination of the factors' levels."""
    from pydoe import fullfact

    levels = [_levels(factor, asked) for factor in room.process]
    total = math.prod(map(len, levels))
    refuse_many(total, f"every combination of {counted(len(levels), 'factor')}")
    index = np.asarray(fullfact(np.array([*map(len, levels)])), dtype=np.int64)
    coded = np.column_stack([own[index[:, k]] for k, own in enumerate(levels)])
    curved = any(len(factor_levels) > 2 for factor_levels in _of_numbers(room, levels))
    words = f"{' × '.join(str(len(own)) for own in levels)} = " if len(levels) > 1 else ""
    order: ModelOrder = "quadratic" if curved else "interaction"
    facts = [f"every combination: {words}{counted(total, 'run')}", *_fewer(room, levels, asked)]
    uneven = _uneven(room, levels)
    facts += uneven
    if uneven:
        even = np.column_stack([_even(own)[index[:, k]] for k, own in enumerate(levels)])
        numbers = [not factor.is_categorical for factor in room.process]
        columns = (room.columns(each) for each in (np.where(numbers, even, coded), coded))
        facts += cost_of_moving(room.spec, room.region.fixed, order, *columns)
    published = corners(coded, order, *facts)
    if asked.blocks > 1 and all(len(own) == 2 for own in levels):
        return in_blocks(published, room, asked, Fraction.full(len(levels)))
    return published


def _fewer(room: DesignRoom, levels: Sequence[FloatArray], asked: Asked) -> list[str]:
    """Numbers that have fewer settings than the levels asked for of all."""
    own = asked.options.get("levels", {})
    told = own if isinstance(own, Mapping) else {"": own}
    wanted = told.get("", 2)
    if wanted == "all":
        return []
    return [
        f"{factor.name} has {counted(len(there), 'setting')}, not {wanted}"
        for factor, there in zip(room.process, levels, strict=True)
        if not factor.is_categorical
        and factor.name not in told
        and len(there) < int(float(str(wanted)))
    ]


def _levels(factor: Factor, asked: Asked) -> FloatArray:
    """Levels of a factor that are combined, coded: places of categories, else from -1 to 1."""
    if factor.categories is not None:
        return np.arange(len(factor.categories), dtype=np.float64)
    own = asked.options.get("levels", {})
    told = own if isinstance(own, Mapping) else {"": own}
    wanted, most = told.get(factor.name, told.get("", 2)), factor.count
    if wanted == "all":
        if most is None:
            raise refused(
                f"{factor.name} is continuous: it has no number of settings to take all of",
                hint=f"Say how many: levels:{factor.name}=3",
                where="option levels",
            )
        refuse_many(most, f"every setting of {factor.name}")
        wanted = most
    number = int(float(str(wanted)))
    if most is not None and factor.name not in told:
        number = min(number, most)
    if most is not None and number > most:
        raise refused(
            f"{factor.name} has fewer settings",
            str(number),
            f"at most {most}, or all",
            f"Say levels:{factor.name}={most}",
            where="option levels",
        )
    settings = factor.values() if most is not None and most <= MOST_CHOICES else None
    if settings is None:
        return np.linspace(-1.0, 1.0, number)
    there = factor.scale.position(np.array(settings, dtype=np.float64))
    return 2.0 * there[evenly_spread(there, number)] - 1.0


def evenly_spread(there: FloatArray, number: int) -> IntArray:
    """Places of so many different ones of some ascending positions, as even as they can be.

    The least sum of squares from even positions, from the first to the last (dynamic programming).

    Args:
        there: positions from 0 to 1, ``[m]``.
        number: how many, at most m.
    """
    aimed = np.linspace(0.0, 1.0, number)
    # of two equally near ones that nearer to the middle: what is symmetric stays so
    cost = (there[None, :] - aimed[:, None]) ** 2 + 1e-9 * np.abs(there - 0.5)
    total, before = cost[0], []
    for own in cost[1:]:
        least = np.minimum.accumulate(total)
        at = np.maximum.accumulate(np.where(total <= least, np.arange(len(there)), 0))
        before.append(at)
        total = np.concatenate([[np.inf], least[:-1]]) + own
    found = [int(np.argmin(total))]
    for at in reversed(before):
        found.append(int(at[found[-1] - 1]))
    return np.array(found[::-1], dtype=np.int64)


def _of_numbers(room: DesignRoom, levels: Sequence[FloatArray]) -> list[FloatArray]:
    pairs = zip(room.process, levels, strict=True)
    return [own for factor, own in pairs if not factor.is_categorical]


def _even(levels: FloatArray) -> FloatArray:
    return np.linspace(-1.0, 1.0, len(levels))


def _uneven(room: DesignRoom, levels: Sequence[FloatArray]) -> list[str]:
    """Settings of numbers that have none as evenly apart as they are asked for."""
    told = []
    for factor, own in zip(room.process, levels, strict=True):
        off = 0.5 * float(np.abs(own - _even(own)).max())
        if not factor.is_categorical and off > _FELT:
            settings = [number_text(float(f"{at:.9g}")) for at in uncoded(factor, own).tolist()]
            told.append(
                f"not evenly apart are {listed(settings, 12)}: off by {share(off)} of the range of"
                f" {factor.name} at most"
            )
    return told

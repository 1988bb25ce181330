"""Exact sums on grids: which totals a mixture can reach, and every recipe of a small grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.specification.parts import Mixture
from designer.campaigns.values.numbers import exact

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from designer.campaigns.space.solver import Region

MOST_SUMS: Final = 2_000_000
"""Most different sums to keep track of (one bit each)."""
CHUNK: Final = 100_000
"""Recipes looked at together: some megabytes."""


def reachable(members: Sequence[Factor], total: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """The reachable sums next to a wanted total.

    Args:
        members: numeric factors; every one takes any of its set-points.
        total: wanted sum.

    Returns:
        The nearest reachable sums at or below and at or above the total (both are the total when
        it can be reached; None when there is none on that side).

    Raises:
        OverflowError: the grids are too fine to keep track of all sums.
    """
    grids = [member for member in members if member.kind != "continuous"]
    free = [member.bounds for member in members if member.kind == "continuous"]
    spare = sum((exact(high) - exact(low) for low, high in free), Decimal(0))
    low = sum((exact(member.bounds[0]) for member in members), Decimal(0))
    places = max(_places([total, low, spare]), *(_member_places(member) for member in members))
    bits = 1
    for member in grids:
        bits = _shifted(bits, _offsets(member, places))
    wanted, room = _whole(total - low, places), _whole(spare, places)
    # A sum s of set-points reaches every total from s to s + room.
    below = _highest(bits, wanted)
    under = None if below is None else min(below + room, wanted)
    over = wanted if under == wanted else _lowest(bits, wanted + 1)
    unit = Decimal(1).scaleb(-places)
    return (
        None if under is None else low + under * unit,
        None if over is None else low + over * unit,
    )


def _places(numbers: Sequence[Decimal]) -> int:
    """Decimal places that all of the numbers fit in."""
    return max(0, *(-int(number.as_tuple().exponent) for number in numbers))


def _member_places(member: Factor) -> int:
    numbers = [*member.bounds, *(member.levels or ())]
    return _places([exact(number) for number in numbers] + [member.step or Decimal(0)])


def _whole(number: Decimal, places: int) -> int:
    return int(number.scaleb(places))


def _offsets(member: Factor, places: int) -> Sequence[int]:
    """Distances of a member's set-points from its lowest one, in units of the last place."""
    if member.step is not None and member.grid is not None:
        step = _whole(member.step, places)
        return range(0, step * member.grid.count, step)
    levels = [_whole(exact(level), places) for level in member.levels or ()]
    return [level - levels[0] for level in levels]


def _shifted(bits: int, offsets: Sequence[int]) -> int:
    """All sums of a known one (bit set) and an offset."""
    if offsets[-1] + bits.bit_length() > MOST_SUMS:
        raise OverflowError
    if not isinstance(offsets, range):
        result = 0
        for offset in offsets:
            result |= bits << offset
        return result
    count = 1
    while count < len(offsets):  # doubling: count set-points, then twice as many
        more = min(count, len(offsets) - count)
        bits |= bits << (offsets.step * more)
        count += more
    return bits


def _highest(bits: int, limit: int) -> int | None:
    """Highest bit set at or below a limit."""
    if limit < 0:
        return None
    below = bits & ((1 << (min(limit, bits.bit_length()) + 1)) - 1)
    return below.bit_length() - 1 if below else None


def _lowest(bits: int, limit: int) -> int | None:
    """Lowest bit set at or above a limit."""
    rest = bits >> max(limit, 0)
    return max(limit, 0) + (rest & -rest).bit_length() - 1 if rest else None


def points(region: Region, *, most: float = math.inf) -> int | None:
    """How many recipes an enumeration looks at; None when endless or more than ``most``."""
    number = 1
    dependent = {_dependent(region, mixture) for mixture in region.mixtures}
    for part in region.inputs:
        count = _count(part)
        if count is None:
            return None
        number *= 1 if part.name in dependent else count
    return number if number <= most else None


def first_recipe(region: Region) -> dict[str, Setting] | None:
    """The first recipe of a grid that satisfies everything, or None.

    The grid is walked in chunks; one member of each mixture follows from the others.
    """
    import numpy as np

    dependent = {_dependent(region, mixture): mixture for mixture in region.mixtures}
    values = {part.name: _values(part) for part in region.inputs}
    walked = [part.name for part in region.inputs if part.name not in dependent]
    shape = tuple(len(values[name]) for name in walked)
    size = math.prod(shape)
    for start in range(0, size, CHUNK):
        index = np.unravel_index(np.arange(start, min(start + CHUNK, size)), shape)
        columns = {name: np.asarray(values[name])[i] for name, i in zip(walked, index, strict=True)}
        kept = np.ones(len(index[0]) if index else 1, dtype=np.bool_)
        for name, mixture in dependent.items():
            columns[name], fits = _rest(mixture, name, columns, values[name])
            kept &= fits
        for constraint in region.constraints:
            kept &= constraint.holds(columns)
        if kept.any():
            k = int(np.argmax(kept))
            return {name: columns[name][k].item() for name in values}
    return None


def _rest(
    mixture: Mixture, name: str, columns: dict[str, NDArray[np.generic]], values: Sequence[Setting]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What is left for one member of a mixture, and where that is one of its set-points."""
    import numpy as np

    others = [other for other in mixture.factors if other != name]
    left = float(mixture.total) - sum(columns[other].astype(np.float64) for other in others)
    grid = np.asarray(values, dtype=np.float64)
    near = np.clip(np.searchsorted(grid, left), 1, len(grid) - 1)
    near -= np.abs(grid[near - 1] - left) < np.abs(grid[near] - left)
    scale = abs(float(mixture.total)) + sum(np.abs(columns[o].astype(np.float64)) for o in others)
    return grid[near], np.abs(grid[near] - left) <= 1e-9 * scale


def _values(part: Factor | Given) -> Sequence[Setting]:
    return () if isinstance(part, Given) else part.values() or ()


def _count(part: Factor | Given) -> int | None:
    if isinstance(part, Given) or part.kind == "continuous":
        return None
    return part.grid.count if part.grid is not None else len(part.values() or ())


def _dependent(region: Region, mixture: Mixture) -> str:
    """The member with the most set-points: it is computed instead of walked."""
    counts = {part.name: _count(part) or 0 for part in region.inputs}
    return max(mixture.factors, key=lambda name: counts[name])

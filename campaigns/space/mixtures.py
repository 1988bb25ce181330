"""Mixtures: fractions that sum to a total, and which totals set-points can reach, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.values.numbers import exact

MOST_SUMS: Final = 2_000_000
"""Most different sums to keep track of (one bit each)."""


@dataclass(frozen=True)
class Mixture:
    """Fractions that sum to a total.

    Attributes:
        factors: names of the numeric factors.
        total: what they sum to, in their common unit.
    """

    factors: tuple[str, ...]
    total: Decimal

    def holds_for(self, recipe: Mapping[str, Setting]) -> bool:
        """Whether the fractions of a recipe sum to the total.

        Exact in decimals as typed; a difference below 1e-9 of it is float noise of a
        continuous member (assumption) and accepted too.
        """
        parts = [exact(float(recipe[name])) for name in self.factors]
        scale = max(abs(self.total), sum(map(abs, parts), Decimal(0)))
        return abs(sum(parts, Decimal(0)) - self.total) <= scale * Decimal("1e-9")


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

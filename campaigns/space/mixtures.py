"""Mixtures: fractions that sum to a total, and which totals set-points can reach, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.values.numbers import decimals_of, exact, number_text, whole

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

    @property
    def inputs(self) -> tuple[str, ...]:
        """All it is about, as of a constraint."""
        return self.factors

    def __str__(self) -> str:
        return f"{' + '.join(self.factors)} = {number_text(float(self.total))}"

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
    free = [member.bounds for member in members if member.kind == "continuous"]
    spare = sum((exact(high) - exact(low) for low, high in free), Decimal(0))
    low = sum((exact(member.bounds[0]) for member in members), Decimal(0))
    places = decimals_of(total, low, spare, *(n for member in members for n in _numbers(member)))
    bits = 1
    for member in members:
        if member.kind != "continuous":
            bits = _shifted(bits, _offsets(member, places))
    wanted, room = whole(total - low, places), whole(spare, places)
    # A sum s of set-points reaches every total from s to s + room.
    below = _highest(bits, wanted)
    under = None if below is None else min(below + room, wanted)
    over = wanted if under == wanted else _lowest(bits, wanted + 1)
    unit = Decimal(1).scaleb(-places)
    return (
        None if under is None else low + under * unit,
        None if over is None else low + over * unit,
    )


def offsets(members: Sequence[Factor], total: Decimal) -> tuple[list[Sequence[int]], int]:
    """Set-points and a total as whole numbers.

    Args:
        members: numeric factors, none of them continuous.
        total: wanted sum.

    Returns:
        For every member the distances of its set-points from its lowest one, ascending, and the
        sum of such distances that makes the total.
    """
    places = decimals_of(total, *(number for member in members for number in _numbers(member)))
    lowest = sum(whole(member.bounds[0], places) for member in members)
    return [_offsets(member, places) for member in members], whole(total, places) - lowest


def _numbers(member: Factor) -> list[float | Decimal]:
    """The numbers that a member's set-points are made of."""
    return [*member.bounds, *(member.levels or ()), member.step or 0.0]


def _offsets(member: Factor, places: int) -> Sequence[int]:
    """Distances of a member's set-points from its lowest one, in units of the last place."""
    if member.step is not None and member.grid is not None:
        step = whole(member.step, places)
        return range(0, step * member.grid.count, step)
    levels = [whole(level, places) for level in member.levels or ()]
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

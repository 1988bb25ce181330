"""How far an earlier line was made where the campaign asks: what lies beside is extrapolation."""

from __future__ import annotations

from dataclasses import dataclass

from designer.campaigns.log.state import Line, LineRow
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.numbers import number_text

HARDLY = 0.1
"""A smaller share of the rows inside the ranges is said (assumption)."""
_EDGE = 0.05
"""Rows this far off a range, as a share of it, still tell about its edge (assumption)."""


@dataclass(frozen=True, slots=True)
class FactorOverlap:
    """One factor or given: the settings of a line beside the range of the campaign.

    Attributes:
        name: of the factor or given.
        low: least setting of the line [unit]; None for categories.
        high: greatest setting of the line [unit]; None for categories.
        covered: share of the campaign's range (or of its levels, categories) between the least and
            the greatest setting of the line.
        inside: share of the line's rows in the campaign's range.
    """

    name: str
    low: float | None
    high: float | None
    covered: float
    inside: float


@dataclass(frozen=True, slots=True)
class LineOverlap:
    """The settings of a line beside the ranges of the campaign.

    Attributes:
        inside: share of the rows whose settings, as far as recorded, all lie in the ranges.
        factors: every factor and given the line recorded.
        notes: sentences where the line hardly overlaps.
    """

    inside: float
    factors: tuple[FactorOverlap, ...]
    notes: tuple[str, ...]


def line_overlap(spec: Specification, line: Line) -> LineOverlap:
    """Compare the settings of an earlier line with the ranges of a campaign.

    Args:
        spec: of the campaign.
        line: its rows; inputs it never recorded say nothing.
    """
    all_inside = [True] * len(line.rows)
    factors, notes = [], []
    for item in spec.inputs:
        told = [_setting(row, item) for row in line.rows]
        known = [value for value in told if value is not None]
        if not known:
            continue
        inside = [value is None or _is_inside(item, value) for value in told]
        all_inside = [both and here for both, here in zip(all_inside, inside, strict=True)]
        count = sum(_is_inside(item, value) for value in known)
        factor = _factor_overlap(item, known, count / len(known))
        factors.append(factor)
        if factor.inside < HARDLY:
            notes.append(_outside_note(item, line, known, factor))
    share = sum(all_inside) / len(line.rows) if line.rows else 0.0
    if share < HARDLY and not notes and factors:
        notes.append(
            f"only {sum(all_inside)} of {len(line.rows)} rows of {line.name} lie inside all ranges"
            " of this campaign: what it says there is mostly extrapolation"
        )
    return LineOverlap(share, tuple(factors), tuple(notes))


def _setting(row: LineRow, item: Factor | Given) -> float | str | None:
    return (row.settings if isinstance(item, Factor) else row.given).get(item.name)


def _is_inside(item: Factor | Given, value: float | str) -> bool:
    if isinstance(item, Factor) and item.categories is not None:
        return value in item.categories
    return not isinstance(value, str) and -_EDGE <= item.scale.position(value) <= 1.0 + _EDGE


def _factor_overlap(item: Factor | Given, known: list[float | str], inside: float) -> FactorOverlap:
    """One factor; `known` are the settings of the line."""
    if isinstance(item, Factor) and item.categories is not None:
        there = sum(category in known for category in item.categories)
        return FactorOverlap(item.name, None, None, there / len(item.categories), inside)
    numbers = [value for value in known if not isinstance(value, str)]
    least, most = min(numbers), max(numbers)
    if isinstance(item, Factor) and item.levels is not None:
        there = sum(least <= level <= most for level in item.levels)
        return FactorOverlap(item.name, least, most, there / len(item.levels), inside)
    first, last = item.scale.position(least), item.scale.position(most)
    covered = max(0.0, min(1.0, last) - max(0.0, first))
    return FactorOverlap(item.name, least, most, covered, inside)


def _outside_note(
    item: Factor | Given, line: Line, known: list[float | str], found: FactorOverlap
) -> str:
    """``gap 446 to 495 um of cal2 lies outside 380 to 420 um of this campaign: …``."""
    if found.low is None or found.high is None:
        shown = ", ".join(sorted({str(value) for value in known})[:5])
        return (
            f"{item.name} of {line.name} ({shown}) is none of {item.allowed} of this campaign: what"
            " it says there is extrapolation"
        )
    own = f"{number_text(item.bounds[0])} to {quantity_text(item.bounds[1], item.unit)}"
    theirs = quantity_text(found.high, item.unit)
    if found.low != found.high:
        theirs = f"{number_text(found.low)} to {theirs}"
    where = "lies outside" if found.inside == 0 else "lies mostly outside"
    return (
        f"{item.name} {theirs} of {line.name} {where} {own} of this campaign: what it says there"
        " is extrapolation"
    )

"""Guesses what went wrong with a number outside its range: another unit, a slipped decimal."""

from __future__ import annotations

from typing import Final

from designer.campaigns.earlier_lines.table import likely_unit

_POWERS: Final = (1, -1, 2, -2, 3, -3)


def slip_hint(value: float, low: float, high: float, unit: str | None) -> str | None:
    """Say which slip would bring a value into its range.

    Args:
        value: the number found, taken in `unit`.
        low: least acceptable number [unit].
        high: greatest acceptable number [unit].
        unit: declared unit.

    Returns:
        ``looks like mm`` or ``looks 100× too small``; None when no such slip explains it.
    """
    if low <= value <= high or value == 0:
        return None
    meant = likely_unit([value], unit, low, high)
    if meant is not None and meant != "1":
        return f"looks like {meant}"
    if meant == "1":
        return "looks like a share of 1"
    for power in _POWERS:
        if low <= value * 10.0**power <= high:
            size = "small" if power > 0 else "large"
            return f"looks {10 ** abs(power)}× too {size}"
    return None

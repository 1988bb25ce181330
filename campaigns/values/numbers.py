"""Numbers as people type them: strict reading, exact decimals, text without float noise.

Every stored number is a finite float64. The decimal a person typed is recovered exactly as the
shortest decimal that rounds to that float (``repr``), so grids and mixture sums can be exact
without keeping a second number beside the first.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_number(text: str) -> float | None:
    """Reads one number strictly.

    Args:
        text: what was typed; spaces and tabs around it are ignored.

    Returns:
        The finite float64, or None when the text is not a plain ASCII decimal number. What Python's
        ``float`` takes beyond that (``nan``, ``inf``, ``1_000``, full-width digits) is refused, and
        so is a number too large for a float64.
    """
    text = text.strip(" \t")
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def number_text(value: float) -> str:
    """Writes a number as a person would: ``56.5``, ``12``, ``1e-07``, ``inf``.

    The text reads back as exactly the same float64 (except that -0.0 becomes 0), so computed
    figures should be rounded by the caller first.
    """
    if value == 0:
        return "0"
    text = float.__repr__(float(value))
    return text.removesuffix(".0")


def exact(value: float) -> Decimal:
    """The decimal a person meant by this finite float: the shortest one that rounds to it."""
    return Decimal(float.__repr__(float(value)))


def plain(value: float) -> int | float:
    """The same number for JSON and TOML: whole numbers of moderate size without ``.0``."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        return int(number)
    return number

"""How predictions are written for people: where one more result will lie, and whether in spec."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

from designer.render.figures import figure_text
from designer.render.words import NOTHING, in_unit, number, rounded, share, with_error

EXPLAINED = (
    "Predicted is where one more measured result lies with 68 % probability: a range, or ± where"
    " that says the same."
)
EXPLAINED_IN_SPEC = "In spec: the recipe itself / one more batch made and measured."

_EVEN = 0.9  # the smaller half of an interval, as a share of the larger, from which on ± is told
_PRECISE = 0.5  # most of ±, as a share of the value: "14 ± 14" hides where a result can lie


def expected(told: Mapping[str, object]) -> str:
    """``31.4 ± 0.8`` or ``12.1 … 15.3``: where one more result lies with 68 % probability.

    Args:
        told: figures of one response (`run_object.Predicted`); of plans made before there were
            intervals ± is told where it is small.
    """
    mean, low, high = told.get("mean"), told.get("low"), told.get("high")
    if not isinstance(mean, int | float) or not math.isfinite(mean):
        return NOTHING
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        sd = told.get("sd_result")
        small = isinstance(sd, int | float) and sd <= _PRECISE * abs(mean)
        return with_error(mean, sd if small else None)
    below, above, half = mean - low, high - mean, (high - low) / 2
    if min(below, above) >= _EVEN * max(below, above) and half <= _PRECISE * abs(mean):
        return with_error(mean, half)
    return interval(low, high)


def expected_95(told: Mapping[str, object]) -> str:
    """``11.2 … 16.9``: where one more result lies with 95 % probability; a dash for old plans."""
    low, high = told.get("low95"), told.get("high95")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return NOTHING
    return interval(low, high)


def interval(low: float, high: float) -> str:
    """``12.1 … 15.3``: two digits of its half; ends of one sign have two digits of their own."""
    if low == high:
        return figure_text(low)
    half = _digits((high - low) / 2)
    own = low > 0 or high < 0
    return " … ".join(_end(x, max(half, _digits(x)) if own else half) for x in (low, high))


def two_digits(value: float) -> str:
    """``0.91``, ``1.0``, ``14``: two digits of an error are enough."""
    return _end(value, _digits(value))


def _digits(value: float) -> int:
    """Decimals at which a number has two significant digits (at least 0)."""
    return max(0, 1 - Decimal(f"{value:.1e}").adjusted())


def _end(value: float, digits: int) -> str:
    if value == 0:
        return number(value)
    plain = digits <= 9 and abs(value) < 1e9
    return rounded(value, digits) if plain else figure_text(value, 2)


def predicted_items(
    predicted: Mapping[str, Mapping[str, object]], units: Mapping[str, str | None]
) -> list[str]:
    """``porosity 31.4 ± 0.8 %`` for each response."""
    return [
        f"{name} {expected(told)}{in_unit(units.get(name))}" for name, told in predicted.items()
    ]


def bits_words(bits: float) -> str:
    """``0.40 bit (± 24 % smaller)``: bits are the logarithm of how much smaller the ± becomes."""
    return f"{rounded(bits)} bit (± {100 * (1 - 2**-bits):.0f} % smaller)"


def in_spec_words(itself: float | None, measured: float | None, *, brief: bool = False) -> str:
    """``in spec 65 %, one more batch measured 51 %``; empty where there are no windows.

    Args:
        itself: probability that the recipe itself is in spec.
        measured: probability that one more batch made and measured is; None: plans made before
            that was told.
        brief: ``in spec 65 %, measured 51 %``.
    """
    if itself is None:
        return ""
    again = "" if brief else "one more batch "
    return f"in spec {share(itself)}" + (
        "" if measured is None else f", {again}measured {share(measured)}"
    )

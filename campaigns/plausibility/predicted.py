"""A result beside what was predicted when its run was planned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from designer.campaigns.specification.parts import Response


def deviations(
    response: Response, predicted: Mapping[str, Any] | None, values: Sequence[float]
) -> float | None:
    """By how many standard deviations the mean of some results is off its prediction.

    On the logarithm where the response has that scale: its standard deviation there follows from
    the one told, ``sd² = median² e^v (e^v - 1)``.

    Args:
        response: what was measured.
        predicted: what was expected (`run_object.Predicted`); None: nothing was.
        values: results; none: there is nothing to compare.
    """
    if not values or not predicted or not predicted.get("sd_result"):
        return None
    mean, sd = float(predicted["mean"]), float(predicted["sd_result"])
    value = sum(values) / len(values)
    if not response.log_scale or min(value, mean) <= 0:
        return (value - mean) / sd
    # (1 + √(1 + 4 r²)) / 2 = e^v, without the square of a large ratio
    spread = math.log((1 + math.hypot(1, 2 * sd / mean)) / 2)
    return math.log(value / mean) / math.sqrt(spread)

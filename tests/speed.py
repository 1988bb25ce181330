"""Limits of computing time that mean the same on fast, slow and busy machines."""

from __future__ import annotations

import json
import time
from typing import Final

_ROUNDS: Final = 10_000
_REFERENCE: Final = 0.042
"""CPU seconds of `_work` on the machine the limits were written on (Python 3.11, idle)."""


def _work() -> float:
    """CPU seconds of a fixed piece of Python: texts, dictionaries, small numbers."""
    began = time.process_time()
    texts: dict[str, str] = {}
    for number in range(_ROUNDS):
        texts[f"k{number % 997}"] = json.dumps({"a": number, "b": [number, number + 1]})
    assert len(texts) == 997
    return time.process_time() - began


def allowed(seconds: float) -> float:
    """CPU seconds that `seconds` of the reference machine take here and now.

    Other programs take caches and clock away, by half from one second to the next, so a limit is
    held against the slowest of some pieces of fixed work done right after. A faster machine gets no
    less than was written.
    """
    return seconds * max(1.0, max(_work() for _ in range(5)) / _REFERENCE)

"""Colour maps whose brightness rises with the value, so that they read in grey, too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from designer.tui.drawing.canvas import Rgb, mixed

# Nodes of viridis and magma (van der Walt and Smith 2015, CC0), evenly spaced.
_VIRIDIS: Final[Sequence[Rgb]] = (
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141),
    (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37),
)  # fmt: skip
_MAGMA: Final[Sequence[Rgb]] = (
    (4, 4, 12), (28, 16, 68), (79, 18, 123), (129, 37, 129), (181, 54, 122),
    (229, 80, 100), (251, 135, 97), (254, 194, 135), (252, 253, 191),
)  # fmt: skip
_CIVIDIS: Final[Sequence[Rgb]] = (
    (0, 34, 78), (18, 53, 112), (59, 73, 108), (87, 93, 109), (112, 113, 115),
    (138, 134, 120), (165, 156, 116), (195, 179, 105), (254, 232, 56),
)  # fmt: skip
MAPS: Final = {"mean": _VIRIDIS, "width": _MAGMA, "chance": _CIVIDIS, "bits": _MAGMA}
"""Colour map by what is shown."""

RAMP: Final = " .:-=*#%@"
"""Characters from little to much, where there are no colours."""

_STEPS: Final = 128  # finer ones are not seen in half blocks, and make more to send (assumption)


@lru_cache(maxsize=8)
def colours(name: str) -> tuple[Rgb, ...]:
    """The colours of a map, from low to high values."""
    nodes = MAPS[name]
    last = len(nodes) - 1
    found = []
    for step in range(_STEPS):
        at = step / (_STEPS - 1) * last
        left = min(int(at), last - 1)
        found.append(mixed(nodes[left], nodes[left + 1], at - left))
    return tuple(found)


def colour(name: str, share: float) -> Rgb:
    """The colour of a share from 0 to 1."""
    return colours(name)[max(0, min(_STEPS - 1, round(share * (_STEPS - 1))))]


def ramp(share: float) -> str:
    """The character of a share from 0 to 1."""
    return RAMP[max(0, min(len(RAMP) - 1, int(share * len(RAMP))))]

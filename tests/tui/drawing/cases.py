"""What the tests of pictures in characters share."""

import math
from collections.abc import Callable

from designer.tui.drawing.canvas import Palette
from designer.tui.drawing.field import Field, GridAxis

DARK = Palette(
    ink=(216, 222, 233), quiet=(131, 145, 165), paper=(15, 19, 25), accent=(255, 180, 84),
    own=(255, 255, 255), bad=(242, 119, 122), good=(127, 183, 126), inner=(54, 104, 150),
    outer=(30, 56, 82),
)  # fmt: skip
LIGHT = Palette(
    ink=(31, 39, 51), quiet=(93, 104, 120), paper=(250, 251, 252), accent=(168, 91, 0),
    own=(31, 39, 51), bad=(179, 38, 30), good=(47, 125, 50), inner=(120, 170, 214),
    outer=(200, 221, 240),
)  # fmt: skip
ASCII = Palette(
    ink=DARK.ink, quiet=DARK.quiet, paper=DARK.paper, accent=DARK.accent, own=DARK.own,
    bad=DARK.bad, good=DARK.good, inner=DARK.inner, outer=DARK.outer, ascii=True,
)  # fmt: skip

GAP = GridAxis("coating_gap", "um", [float(60 + 5 * k) for k in range(33)])
PRESSURE = GridAxis("pressure", "MPa", [20 * 1.12**k for k in range(21)], log=True)
BINDER = GridAxis("binder", None, ["PVDF-A", "PVDF-B", "CMC/SBR"])
ONE = GridAxis("speed", "m/min", [2.0])


def hill(x: float, y: float) -> float:
    return 3 + math.sin(x / 30) * math.cos(y / 40)


def surface(
    x: GridAxis = GAP, y: GridAxis = PRESSURE, value: Callable[[float, float], float] = hill
) -> Field:
    return Field(x, y, [[value(a, b) for a in x.numbers] for b in y.numbers])

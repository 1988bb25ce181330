"""Does an earlier line react on another scale than the own line: damped, amplified, another unit?

A line whose values vary a third or three times as much as the own results do at comparable settings
would otherwise set the scale of the response, and with it how sure every prediction is. Two ratios
say how strongly a line l reacts compared with the own one, each in its own way blind:

- ``r₁ = [sd_l / √(c_l + .02)] / [sd_own / √(c_own + .02)]``, where c says how much of the region
  settings span: the mean over pairs of ``1 - exp(-d² / 2ℓ²)``, ``ℓ² = max(p/3, 1)`` for p inputs;
- ``r₂``: the same of the line's rows nearest to the own runs and of those runs alone.

The one nearer to 1 counts, and neither when they point in different directions. It must be far from
1 beyond chance: ``|ln r| > max(ln 3, k / √(2(m - 1)))`` for m own settings, k = 4 where the line
varies less and 7 where it varies more (an own typing error looks like a damped line, so a line that
varies less must also do so without the own result farthest from the others). Thresholds were chosen
on 70 simulated campaigns a cell; the rule never spoke against a related line (4,068 fits).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.models.arrays import FloatArray, IntArray, input_count
from designer.models.data.dataset import ResponseData
from designer.models.encoding import cube_points

_LEAST = np.log(3.0)
_LESS, _MORE = 4.0, 7.0  # k where the line varies less, more
_UNSEEN = np.log(5.0)  # asked for beyond that where no row of the line is near the own runs
OWN_SETTINGS = 3  # own settings asked for …
_SETTINGS_LESS = 4  # … where the line varies less
LINE_ROWS = 5
_NEAR = 0.0625  # squared distance per input within which a row is near an own run
_OFFSET = 0.02  # of c: one setting alone still varies by its noise
_PAIRS = 400  # settings of a long line whose pairs are looked at
FAR_LEVEL = 5.0  # larger standard deviations between the medians of a line and of the own results
_NARROW = 0.25  # all lines together cover less than this share of what the own runs cover
_CUBE = 64  # points that stand for a full design
_LARGEST_DESIGN = 3.0  # cap of `design_factor`


@dataclass(frozen=True)
class Reaction:
    """Values of one line on T's scale and where they were measured.

    Attributes:
        X: encoded settings, ``[n, D]``.
        values: ``[n]``.
    """

    X: FloatArray
    values: FloatArray

    @property
    def settings(self) -> int:
        """Number of distinct settings."""
        return len(np.unique(self.X, axis=0))

    def without(self, row: int) -> Reaction:
        """The same without one row."""
        return Reaction(np.delete(self.X, row, axis=0), np.delete(self.values, row))


def coverage(X: FloatArray, inputs: int) -> float:
    """How much of the region settings span, c of the module's formula: 0 for one, below 1.

    Args:
        X: encoded settings, ``[n, D]``; of more than 400 an even sample is looked at.
        inputs: number p of inputs.
    """
    points = np.unique(X, axis=0)
    if len(points) > _PAIRS:
        points = points[np.linspace(0, len(points) - 1, _PAIRS).astype(np.int64)]
    if len(points) < 2:
        return 0.0
    square = _square_distances(points, points)
    spanned = 1.0 - np.exp(-square / (2.0 * max(inputs / 3.0, 1.0)))
    return float(spanned.sum() / (len(points) * (len(points) - 1)))


def line_ratio(line: Reaction, own: Reaction, inputs: int) -> float | None:
    """How strongly a line reacts compared with the own one; None: as far as one can tell, alike.

    Args:
        line: an earlier line's rows.
        own: the own results.
        inputs: number p of inputs.
    """
    found = _far(line, own, inputs)
    if found is None or found >= 1.0:
        return found
    if own.settings < _SETTINGS_LESS:
        return None
    odd = int(np.argmax(np.abs(own.values - np.median(own.values))))
    rest = _far(line, own.without(odd), inputs)
    return found if rest is not None and rest < 1.0 else None


def other_scales(
    X: FloatArray, values: FloatArray, line: IntArray, inputs: int
) -> dict[int, float]:
    """Lines that react on another scale than the own one, with their ratios to it.

    Args:
        X: encoded settings of all rows, ``[n, D]``.
        values: on T's scale, ``[n]``.
        line: line code of every row, 0 is the own line, ``[n]``.
        inputs: number p of inputs.
    """
    own = Reaction(X[line == 0], values[line == 0])
    if own.settings < OWN_SETTINGS:
        return {}
    ratios = {
        int(code): line_ratio(Reaction(X[line == code], values[line == code]), own, inputs)
        for code in np.unique(line[line > 0])
    }
    return {code: ratio for code, ratio in ratios.items() if ratio is not None}


def other_levels(values: FloatArray, line: IntArray) -> dict[int, float]:
    """Lines that lie far from the own results, with what takes them there, on T's scale.

    Their level says nothing here (another unit on a logarithmic scale, kelvin instead of °C), while
    what they say of the surface may be right: left where they are, the prior of a line's offset
    would make good lines look incredible.

    Args:
        values: on T's scale, ``[n]``.
        line: line code of every row, 0 is the own line, ``[n]``.
    """
    own = values[line == 0]
    if len(own) < OWN_SETTINGS:
        return {}
    found = {}
    for code in np.unique(line[line > 0]).tolist():
        rows = values[line == code]
        if len(rows) < LINE_ROWS:
            continue
        away = float(np.median(own) - np.median(rows))
        if abs(away) > FAR_LEVEL * max(deviation(own), deviation(rows)):
            found[code] = away
    return found


def design_factor(own: FloatArray, groups: IntArray) -> float:
    """Factor on the spread of own results alone: they may cover a corner of the region only.

    ``min(3, √((c_cube + .02) / (c_own + .02)))``, at least 1; c_cube is that of a full design.

    Args:
        own: their encoded settings, ``[n, D]``.
        groups: input index of every encoded column, ``[D]``.
    """
    inputs = input_count(groups)
    cube = cube_points(groups, _CUBE, seed=0)
    whole, here = coverage(cube, inputs) + _OFFSET, coverage(own, inputs) + _OFFSET
    return float(np.clip(np.sqrt(whole / here), 1.0, _LARGEST_DESIGN))


def narrow(lines: FloatArray, own: FloatArray, inputs: int) -> bool:
    """Whether all lines together cover less than a quarter of what the own runs cover."""
    return coverage(lines, inputs) < _NARROW * coverage(own, inputs)


def level_message(data: ResponseData, code: int, level: float, *, log: bool) -> str:
    """What the user should know about a line on another level."""
    if log:
        factor = f"{float(f'{np.exp(abs(level)):.2g}'):g}"
        how = f"about {factor} times {'smaller' if level > 0 else 'larger'}"
    else:
        how = f"about {float(f'{abs(level):.2g}'):g} {'lower' if level > 0 else 'higher'}"
    return (
        f"{data.name}: the results of {data.line_name(code)} are {how} than the own ones; only the"
        " shape of its surface is used. Another unit?"
    )


def scale_message(data: ResponseData, code: int, ratio: float) -> str:
    """What the user should know about a line of another scale."""
    how = f"{1.0 / ratio:.3g} times less" if ratio < 1.0 else f"{ratio:.3g} times more"
    return (
        f"{data.name}: {data.line_name(code)} varies {how} than the own results at comparable"
        " settings; only the shape of its surface is used. Another unit, gauge or material?"
    )


def _far(line: Reaction, own: Reaction, inputs: int) -> float | None:
    """The ratio where it is far from 1 beyond chance, else None."""
    m = own.settings
    if m < OWN_SETTINGS or len(line.values) < LINE_ROWS:
        return None
    whole, near = _whole_ratio(line, own, inputs), _near_ratio(line, own, inputs)
    if whole is None:
        return None
    logs = [float(np.log(ratio)) for ratio in (whole, near) if ratio is not None]
    if min(logs) < 0.0 < max(logs):
        return None
    log = min(logs, key=abs)
    k = _LESS if log < 0.0 else _MORE
    least = max(_LEAST, k / np.sqrt(2.0 * (m - 1))) + (_UNSEEN if near is None else 0.0)
    return float(np.exp(log)) if abs(log) > least else None


def _whole_ratio(line: Reaction, own: Reaction, inputs: int) -> float | None:
    return _ratio(
        deviation(line.values) / np.sqrt(coverage(line.X, inputs) + _OFFSET),
        deviation(own.values) / np.sqrt(coverage(own.X, inputs) + _OFFSET),
    )


def _near_ratio(line: Reaction, own: Reaction, inputs: int) -> float | None:
    """r₂; None: fewer than three settings, or half of the own runs, have a row of the line near."""
    square = _square_distances(own.X, line.X)
    nearest = np.argmin(square, axis=1)
    near = square[np.arange(len(own.X)), nearest] <= _NEAR * inputs
    if 2 * near.sum() < len(own.X) or len(np.unique(line.X[nearest[near]], axis=0)) < OWN_SETTINGS:
        return None
    return _ratio(deviation(line.values[nearest[near]]), deviation(own.values[near]))


def _ratio(line: float, own: float) -> float | None:
    """None where either does not vary at all: nothing can be compared."""
    return line / own if line > 0.0 and own > 0.0 and np.isfinite(line / own) else None


def deviation(values: FloatArray) -> float:
    """Their standard deviation; of the largest numbers, too."""
    largest = float(np.abs(values).max())  # squares of the largest numbers would overflow
    return largest * float((values / largest).std(ddof=1)) if largest > 0.0 else 0.0


def _square_distances(X: FloatArray, Z: FloatArray) -> FloatArray:
    return np.asarray(np.square(X[:, None, :] - Z[None, :, :]).sum(axis=-1))

"""The cascade: a response decided later in the process sees what an earlier one came out as.

Lines differ in how a coating gap becomes a mass loading; what a loading then does to porosity and
adhesion differs less. So for a downstream response one coordinate of the upstream step is replaced
by the upstream response that the row's own line is predicted to have there (transfer-model study:
error × 0.92–0.95 from 4 runs on). The uncertainty of that prediction is not propagated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.encoding import cube_points
from designer.models.gp.kept import Kept

if TYPE_CHECKING:
    from designer.models.posterior.posterior import ResponsePosterior

COORDINATE_PER_SD = 0.25  # coordinate per standard deviation: ± 2 sd fill the unit interval
_POINTS = 128  # where a column's effect is looked at
_STEP = 0.1  # … between neighbours this far apart
_ONE_WAY = 0.95  # share of the points where the effect has one sign: else the map loses something
SMALLEST_RATIO = 0.05


@dataclass(frozen=True, eq=False)
class Upstream:
    """Predictions of an upstream response, line by line.

    Attributes:
        posterior: belief about the upstream response, not conditioned on pending runs.
        alone: belief about it on the target line, where that does without the earlier lines.
        column: coordinate it stands for; None: none is replaced.
        kept: the last target levels, shared by all copies.
    """

    posterior: ResponsePosterior
    column: int | None = None
    alone: ResponsePosterior | None = None
    kept: Kept = field(default_factory=Kept, repr=False)

    @property
    def target(self) -> ResponsePosterior:
        """Belief about the target line."""
        return self.posterior if self.alone is None else self.alone

    @property
    def to_level(self) -> tuple[float, float]:
        """Offset and factor from the target's model scale to that of all lines."""
        own, common = self.target.scaling, self.posterior.scaling
        return (own.center - common.center) / common.spread, own.spread / common.spread

    def target_level(self, X: FloatArray) -> FloatArray:
        """`level` on the target line."""
        kept = self.kept.get(X)
        if kept is not None:
            return kept
        return self.kept.put(X, self.level(X, np.zeros(len(X), dtype=np.int64)))

    def level(self, X: FloatArray, line: IntArray) -> FloatArray:
        """Predicted upstream response ``[n]`` on its model scale.

        Args:
            X: encoded points, ``[n, D]``.
            line: code of the line each point is made on, ``[n]``.
        """
        out = np.empty(len(X))
        for code in np.unique(line):
            here = line == code
            posterior = self.posterior if code else self.target
            V = posterior.fitted.chart.rows(X[here], line[here])
            out[here] = posterior.line_mean(V, int(code))
        offset, factor = self.to_level
        on_target = line == 0
        out[on_target] = offset + factor * out[on_target]
        return out

    def replaced(self, X: FloatArray, level: FloatArray) -> FloatArray:
        """X with the column that the level stands for replaced by it."""
        if self.column is None:
            return X
        out = X.copy()
        out[:, self.column] = 0.5 + COORDINATE_PER_SD * level
        return out

    def log_ratio(self, level: FloatArray) -> FloatArray:
        """``ln`` of the predicted response over its typical value, ``[n]``."""
        scaling = self.posterior.scaling
        if scaling.log:
            return scaling.spread * level
        typical = abs(scaling.center) or scaling.spread
        return np.log(np.maximum(1.0 + scaling.spread * level / typical, SMALLEST_RATIO))


def upstream_column(posterior: ResponsePosterior, candidates: list[int]) -> int | None:
    """The coordinate that the upstream response can stand for.

    It has the largest effect on the target's prediction among the candidates, and that effect has
    one sign (nearly) everywhere, so that nothing is lost by looking at the response instead.

    Args:
        posterior: belief about the upstream response.
        candidates: numeric columns of its stage's factors.

    Returns:
        The column, or None when there is none.
    """
    fitted = posterior.fitted
    if not candidates or len(fitted.rows) == 0:
        return None
    upstream = Upstream(posterior)
    low = cube_points(fitted.chart.groups, _POINTS, seed=3)
    target = np.zeros(len(low), dtype=np.int64)
    best: tuple[float, int] | None = None
    for column in candidates:
        high = low.copy()
        low_here = low.copy()
        low_here[:, column] *= 1.0 - _STEP
        high[:, column] = low_here[:, column] + _STEP
        effect = upstream.level(high, target) - upstream.level(low_here, target)
        one_way = max(np.mean(effect > 0), np.mean(effect < 0))
        size = float(np.abs(effect).mean())
        if one_way >= _ONE_WAY and (best is None or size > best[0]):
            best = (size, column)
    return best[1] if best is not None else None

"""The cascade: a response decided later in the process sees what an earlier one came out as.

Lines differ in how a coating gap becomes a mass loading; what a loading then does to porosity and
adhesion differs less. So for a downstream response one coordinate of the upstream step is replaced
by the upstream response that the row's own line is predicted to have there (transfer-model study:
error × 0.92–0.95 from 4 runs on). The uncertainty of that prediction is not propagated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from designer.models.arrays import FloatArray, IntArray
from designer.models.data.scaling import Scaling

COORDINATE_PER_SD = 0.25  # coordinate per standard deviation: ± 2 sd fill the unit interval
SMALLEST_RATIO = 0.05
_LARGE = 128  # points from which the last result is kept


class UpstreamPosterior(Protocol):
    """Belief about the upstream response (`designer.models.posterior.posterior`)."""

    @property
    def scaling(self) -> Scaling:
        """Raw units ↔ model scale."""
        ...

    def line_mean(self, X: FloatArray, line: int) -> FloatArray:
        """Posterior mean ``[n]`` of a line's own surface at ``X [n, D]``, model scale."""
        ...


@dataclass(eq=False)
class LastResult:
    """The last large result of a function of points: a plan asks for the same ones often.

    Attributes:
        X: the array it belongs to (arrays are not changed in place).
        found: the result.
    """

    X: FloatArray | None = None
    found: FloatArray | None = None

    def get(self, X: FloatArray) -> FloatArray | None:
        """The result for exactly this array, if it is the last one."""
        return self.found if X is self.X else None

    def put(self, X: FloatArray, found: FloatArray) -> FloatArray:
        """Keep a result if it is large."""
        if len(X) >= _LARGE:
            self.X, self.found = X, found
        return found


@dataclass(frozen=True, eq=False)
class Upstream:
    """Predictions of an upstream response, line by line.

    Attributes:
        posterior: belief about the upstream response, not conditioned on pending runs.
        alone: belief about it on the target line, where that does without the earlier lines.
        column: coordinate it stands for; None: none is replaced.
        last: the last target levels, shared by all copies.
    """

    posterior: UpstreamPosterior
    column: int | None = None
    alone: UpstreamPosterior | None = None
    last: LastResult = field(default_factory=LastResult, repr=False)

    @property
    def target(self) -> UpstreamPosterior:
        """Belief about the target line."""
        return self.posterior if self.alone is None else self.alone

    @property
    def to_level(self) -> tuple[float, float]:
        """Offset and factor from the target's model scale to that of all lines."""
        own, common = self.target.scaling, self.posterior.scaling
        return (own.center - common.center) / common.spread, own.spread / common.spread

    def target_level(self, X: FloatArray) -> FloatArray:
        """`level` on the target line."""
        known = self.last.get(X)
        if known is not None:
            return known
        return self.last.put(X, self.level(X, np.zeros(len(X), dtype=np.int64)))

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
            out[here] = posterior.line_mean(X[here], int(code))
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

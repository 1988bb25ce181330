"""Upstream responses: one decided later in the process sees what an earlier one came out as.

Lines differ in how a coating gap becomes a mass loading; what a loading then does to porosity and
adhesion differs less. So for a downstream response one coordinate of the upstream step is replaced
by the upstream response that the row's own line is predicted to have there (transfer-model study:
error × 0.92–0.95 from 4 runs on). The uncertainty of that prediction is not propagated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from designer.models.arrays import Array, ArrayT, IntArray, namespace
from designer.models.data.scaling import Scaling

COORDINATE_PER_SD = 0.25  # coordinate per standard deviation: ± 2 sd fill the unit interval
_SMALLEST_RATIO = 0.05
_LARGE = 128  # points from which the last result is kept


class UpstreamPosterior(Protocol):
    """Belief about the upstream response (`designer.models.posterior.posterior`)."""

    @property
    def scaling(self) -> Scaling:
        """Raw units ↔ model scale."""
        ...

    def line_mean(self, X: ArrayT, line: int) -> ArrayT:
        """Posterior mean ``[...]`` of a line's own surface at ``X [..., D]``, model scale."""
        ...


@dataclass(eq=False)
class LastResult:
    """The last large result of a function of points: a plan asks for the same ones often.

    Attributes:
        X: the array it belongs to (arrays are not changed in place; tensors are not kept).
        found: the result.
    """

    X: Array = None
    found: Array = None

    def of(self, X: ArrayT, function: Callable[[ArrayT], ArrayT]) -> ArrayT:
        """The function at X, which is kept if it is large."""
        found: ArrayT = self.found if X is self.X else function(X)
        if isinstance(X, np.ndarray) and len(X) >= _LARGE:
            self.X, self.found = X, found
        return found


@dataclass(frozen=True, eq=False)
class Upstream:
    """Predictions of an upstream response, line by line.

    Attributes:
        posterior: belief about the upstream response, not conditioned on pending runs.
        target_only: belief about it on the target line, where that does without earlier lines.
        column: coordinate it stands for; None: none is replaced.
        last: the last target levels, shared by all copies.
    """

    posterior: UpstreamPosterior
    column: int | None = None
    target_only: UpstreamPosterior | None = None
    last: LastResult = field(default_factory=LastResult, repr=False)

    @property
    def target(self) -> UpstreamPosterior:
        """Belief about the target line."""
        return self.posterior if self.target_only is None else self.target_only

    def level(self, X: ArrayT, line: int | IntArray) -> ArrayT:
        """Predicted upstream response ``[...]`` on its model scale.

        Args:
            X: encoded points, ``[..., D]``, numpy or torch.
            line: code of the line they are made on, or of each point's, ``[n]`` (numpy only).
        """
        level: Array
        if isinstance(line, np.ndarray):
            level = np.empty(len(X))
            for code in np.unique(line):
                level[line == code] = self.level(X[line == code], int(code))
        elif line:
            level = self.posterior.line_mean(X, line)
        else:
            level = self.last.of(X, self._target_level)
        found: ArrayT = level
        return found

    def _target_level(self, X: ArrayT) -> ArrayT:
        own, common = self.target.scaling, self.posterior.scaling
        offset = (own.center - common.center) / common.spread
        level: ArrayT = self.target.line_mean(X, 0) * (own.spread / common.spread) + offset
        return level

    def replaced(self, X: ArrayT, level: ArrayT) -> ArrayT:
        """X with the column that the level stands for replaced by it."""
        k = self.column
        if k is None:
            return X
        parts = [X[..., :k], (level * COORDINATE_PER_SD + 0.5)[..., None], X[..., k + 1 :]]
        out: ArrayT = namespace(X).concat(parts, -1)
        return out

    def log_ratio(self, level: ArrayT) -> ArrayT:
        """``ln`` of the predicted response over its typical value, ``[...]``."""
        xp, scaling = namespace(level), self.posterior.scaling
        ratio: ArrayT = level * scaling.spread
        if not scaling.log:
            typical = abs(scaling.center) or scaling.spread
            ratio = xp.log(xp.clip(ratio / typical + 1.0, _SMALLEST_RATIO, None))
        return ratio

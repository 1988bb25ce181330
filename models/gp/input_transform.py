"""What the covariance sees of a point.

The transform turns encoded points X ``[n, D]`` into inputs V ``[n, C]``: the coordinates that the
kernels compare (``[:, :D]``; one of them replaced by a predicted upstream response, see
``upstream``), the slopes of the shared surface (``surface_gradients``), and what a process feature
is computed from (``process_features``). Training rows are seen by their own line, everything else
by the target.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from designer.models.arrays import ArrayT, FloatArray, IntArray, namespace
from designer.models.gp.process_features import Feature
from designer.models.gp.surface_gradients import SurfaceGradients
from designer.models.gp.upstream import LastResult, Upstream


@dataclass(frozen=True, eq=False)
class InputTransform:
    """How the points of one response are seen.

    Attributes:
        groups: input index of every coordinate, ``[D]``.
        upstream: the response decided earlier in the process, if its prediction is used.
        slopes: slopes of the shared surface, once a first fit knows it.
        feature: process knowledge switched on for this response, if any.
        move: by how much coordinates of the target are moved to lie upon the lines', ``[D]``
            (`designer.models.data.alignment`); None: not at all.
    """

    groups: IntArray
    upstream: Upstream | None = None
    slopes: SurfaceGradients | None = None
    feature: Feature | None = None
    move: FloatArray | None = None
    _last: LastResult = field(default_factory=LastResult, init=False, repr=False)

    @property
    def dimension(self) -> int:
        """Number of coordinates D."""
        return len(self.groups)

    @cached_property
    def slope_columns(self) -> slice:
        """Columns of V that hold slopes."""
        count = len(self.slopes.columns) if self.slopes is not None else 0
        return slice(self.dimension, self.dimension + count)

    @property
    def feature_columns(self) -> slice:
        """Columns of V that the process feature is computed from."""
        return slice(self.slope_columns.stop, None)

    def points(self, X: ArrayT) -> ArrayT:
        """Points of the target line ``[..., n, C]``, numpy or torch."""
        return self._last.of(X, lambda X: self.on_line(X, 0))

    def on_line(self, X: ArrayT, line: int | IntArray) -> ArrayT:
        """Points as their lines see them, ``[..., n, C]``.

        Args:
            X: encoded points, ``[..., n, D]``, numpy or torch.
            line: code of the line, 0 is the target; or of each point's, ``[n]`` (numpy only).
        """
        changed = (self.upstream, self.slopes, self.feature, self.move)
        if all(change is None for change in changed):
            return X
        xp = namespace(X)
        coordinates, ratio = self._moved(X, line), xp.zeros_like(X[..., 0])
        if self.upstream is not None:
            level = self.upstream.level(X, line)
            coordinates = self.upstream.replaced(coordinates, level)
            ratio = self.upstream.log_ratio(level)
        parts = [coordinates]
        if self.slopes is not None:
            parts.append(self.slopes(coordinates))
        if self.feature is not None:
            parts.append(self.feature.inputs(X, ratio))
        out: ArrayT = xp.concat(parts, -1)
        return out

    def _moved(self, X: ArrayT, line: int | IntArray) -> ArrayT:
        """The points with those of the target moved, ``[..., n, D]``."""
        if self.move is None:
            return X
        of_target = np.equal(line, 0).astype(np.float64)
        moved: ArrayT = X + namespace(X).asarray(np.multiply.outer(of_target, self.move))
        return moved

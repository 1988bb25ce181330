"""The last large result of a function of points: a plan asks for the same ones often."""

from __future__ import annotations

from dataclasses import dataclass

from designer.models.arrays import FloatArray

_LARGE = 128  # points from which the last view is kept: a plan asks for the same ones often


@dataclass(eq=False)
class Kept:
    """The last large result and the array it belongs to (arrays are not changed in place)."""

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

"""Probabilities that runs succeed, computed for the points asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from designer.models.arrays import FloatArray, IntArray


class Chances:
    """Probabilities of success, each computed once.

    Args:
        success: probability that encoded recipes ``[m, D]`` are made successfully, ``[m]``.
        X: points, ``[n, D]``.
    """

    def __init__(self, success: Callable[[FloatArray], FloatArray], X: FloatArray) -> None:
        self._success, self._X = success, X
        self._known = np.full(len(X), np.nan)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        """At some points, ``[m]``."""
        missing = np.unique(rows[np.isnan(self._known[rows])])
        if len(missing):
            self._known[missing] = self._success(self._X[missing])
        return self._known[rows]

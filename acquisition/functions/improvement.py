"""Goals of responses, and improvement on them as the worth of runs; it is judged elsewhere.

The engine judges (BoTorch's acquisition functions on the campaign's models); this package only
knows the values. The next run of a batch is judged, not a whole inner plan of a new one: every
further value needs the models again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from designer.acquisition.posterior import Posterior
from designer.models.arrays import ArrayT, BoolArray, FloatArray, IntArray


def utility(goal: str | float, y: ArrayT) -> ArrayT:
    """How well values of a response serve its goal, on their scale: higher is better.

    Args:
        goal: ``maximize``, ``minimize`` or a number to hit.
        y: values, numpy or torch.
    """
    if goal == "maximize":
        return y
    served: ArrayT = -y if goal == "minimize" else -abs(y - float(goal))
    return served


def goal_on_scale(goal: str | float, posterior: Posterior) -> str | float:
    """A goal for values on the model scale; there a logarithm of 0 is hit by the lowest values."""
    if isinstance(goal, str):
        return goal
    hit = posterior.limits(float(goal), np.inf)[0]
    return hit if np.isfinite(hit) else "minimize"


class Improver(Protocol):
    """Judge of improvement."""

    @property
    def name(self) -> str:
        """Name of the value, for people."""
        ...

    @property
    def threshold(self) -> float:
        """Improvement below which there is nothing to gain."""
        ...

    def told(self, value: float, /) -> str:
        """An improvement in words."""
        ...

    def __call__(
        self, X: FloatArray, pending: FloatArray, /
    ) -> Callable[[Sequence[int]], FloatArray]:
        """Look at candidates.

        Args:
            X: candidates, ``[m, D]``.
            pending: points of open runs, ``[q, D]``.

        Returns:
            From the places of candidates taken to the expected improvement ``[m]`` by one further
            run at each candidate.
        """
        ...


MakeImprover = Callable[[FloatArray, FloatArray], Improver | None]
"""From recipes made ``[k, D]`` and points of the region ``[r, D]`` to a judge; None: no goals."""


class Improvement:
    """Expected improvement (an `AcquisitionFunction`).

    Args:
        improver: the judge.
        X: points, ``[n, D]``.
        rows: the candidates looked at, ``[m]``; no other point counts.
        pending: points of open runs, ``[q, D]``.
        success: probability that a run at a candidate succeeds, ``[m]``.
    """

    def __init__(
        self,
        improver: Improver,
        X: FloatArray,
        rows: IntArray,
        pending: FloatArray,
        success: FloatArray,
    ) -> None:
        self.name, self.threshold = improver.name, improver.threshold
        self._n, self._rows, self._success = len(X), rows, success
        self._judge = improver(X[rows], pending)
        self._taken: list[int] = []
        self._gains: FloatArray | None = None

    sparse = True

    def gains(self, _of_interest: BoolArray | None = None, /) -> FloatArray:
        """What every point would add, ``[n]``."""
        if self._gains is None:
            gains = self._judge(self._taken) * self._success
            gains[self._taken] = 0.0
            self._gains = np.zeros(self._n)
            self._gains[self._rows] = gains
        return self._gains

    def each(self) -> FloatArray:
        """What every candidate looked at would add, ``[m]``."""
        return self.gains()[self._rows]

    def condition(self, row: int, _chain: Sequence[int], /) -> float:
        """Account for a run and say what it added."""
        gained = float(self.gains()[row])
        at = np.flatnonzero(self._rows == row)
        if len(at):  # a reference run need not be among the candidates looked at
            self._taken.append(int(at[0]))
            self._gains = None
        return gained

    def within_new_batch(self, groups: Mapping[int, IntArray], _stage: int, /) -> dict[int, _First]:
        """The same for the first run of a new batch, per group."""
        return {key: _First(self.gains()[rows]) for key, rows in groups.items()}


class _First:
    """Improvement by the first run of a batch; by further ones nothing is counted."""

    def __init__(self, each: FloatArray) -> None:
        self._gains = each

    def gains(self) -> FloatArray:
        """What every candidate would add as the next run, ``[m]``."""
        return self._gains

    def condition(self, _i: int, /) -> None:
        """Account for a run."""
        self._gains = np.zeros(len(self._gains))

"""Runs in spec as the worth of runs: how many more are expected, up to the number wanted.

The value of a set of runs is ``E[min(wanted, number in spec)]`` under joint samples of the
noise-free responses (line-hours study): monotone and submodular, so taking runs one by one reaches
at least 63 % of the best set (Nemhauser, Wolsey & Fisher 1978). A run that may fail counts with
its probability of success in every sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray

HITS = "expected runs in spec"  # name of the value


class HitCount:
    """Further runs in spec among some candidates (an `InnerAcquisition`).

    Args:
        inside: whether each candidate is in spec, per joint sample, ``[S, m]``.
        missing: how many are still wanted, per sample ``[S]``; expectations may be fractions.
        success: probability that a run at a candidate succeeds, ``[m]``.
        untaken: candidates that may still count, ``[m]``; left out: all.
    """

    def __init__(
        self,
        inside: BoolArray,
        missing: FloatArray,
        success: FloatArray,
        untaken: BoolArray | None = None,
    ) -> None:
        self._inside, self.missing, self._success = inside, missing, success
        everything = np.ones(len(success), dtype=np.bool_)
        self._untaken = everything if untaken is None else untaken.copy()

    def gains(self) -> FloatArray:
        """How many each candidate would add, ``[m]``; the same recipe again is no further hit."""
        added = np.minimum(self._success[None, :], self.missing[:, None])
        return np.where(self._untaken, (added * self._inside).mean(axis=0), 0.0)

    def condition(self, i: int) -> None:
        """Account for a run."""
        self._untaken[i] = False
        added = self._inside[:, i] * self._success[i]
        self.missing = np.maximum(self.missing - added, 0.0)

    def padded(self) -> HitCount:
        """The same with one candidate more that is never in spec."""
        return HitCount(
            np.column_stack([self._inside, np.zeros(len(self._inside), dtype=np.bool_)]),
            self.missing,
            np.append(self._success, 0.0),
            np.append(self._untaken, False),
        )

    def part(self, places: IntArray) -> HitCount:
        """The same for some of the candidates, to go on by itself."""
        part = self._untaken[places]
        return HitCount(self._inside[:, places], self.missing, self._success[places], part)

    def probability_of_any(self, places: IntArray) -> float:
        """Probability that at least one of some candidates is in spec."""
        none = 1.0 - self._inside[:, places] * self._success[places]
        return float(1.0 - none.prod(axis=1).mean())


class ExpectedHits:
    """Expected number of further runs in spec (an `AcquisitionFunction`).

    Args:
        n: number of points.
        rows: the candidates looked at, ``[m]``; no other point counts.
        count: of runs in spec among them.
    """

    name = HITS
    sparse = True
    threshold = 0.02  # a run in fifty: less is noise of the samples (assumption)

    def __init__(self, n: int, rows: IntArray, count: HitCount) -> None:
        self._rows, self._count = rows, count.padded()
        self._place = np.full(n, len(rows), dtype=np.int64)  # not looked at: never in spec
        self._place[rows] = np.arange(len(rows))

    def gains(self, _of_interest: BoolArray | None = None, /) -> FloatArray:
        """What every point would add, ``[n]``."""
        out = np.zeros(len(self._place))
        out[self._rows] = self._count.gains()[:-1]
        return out

    def condition(self, row: int, _chain: Sequence[int], /) -> float:
        """Account for a run and say what it added."""
        at = int(self._place[row])
        gained = float(self._count.gains()[at])
        self._count.condition(at)
        return gained

    def among(self, mask: BoolArray) -> ExpectedHits:
        """The same for some of the points ``[n]``, to go on by itself."""
        rows = self._rows[mask[self._rows]]
        return ExpectedHits(len(self._place), rows, self._count.part(self._place[rows]))

    def probability_of_any(self, rows: IntArray) -> float:
        """Probability that at least one of some candidates is in spec."""
        return self._count.probability_of_any(self._place[rows])

    def within_new_batch(
        self, groups: Mapping[int, IntArray], _stage: int, /
    ) -> dict[int, HitCount]:
        """The same for runs of one new batch, per group; others than those looked at add none."""
        return {key: self._count.part(self._place[rows]) for key, rows in groups.items()}

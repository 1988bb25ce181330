"""What a set of runs is worth: the one interface between goals and the planners that take runs.

`information` measures it in bits, `hits` in runs expected in spec, `improvement` in the unit of a
response. The planners (`greedy`, `staged`) only ask what every point would add as the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from designer.models.arrays import BoolArray, FloatArray, IntArray


class InnerAcquisition(Protocol):
    """What runs of one new batch are worth, on the few candidates ``[m]`` that could share it."""

    def gains(self) -> FloatArray:
        """What every candidate would add as the next run, ``[m]``."""
        ...

    def condition(self, i: int, /) -> None:
        """Account for a run."""
        ...


class AcquisitionFunction(Protocol):
    """What a plan maximises. Gains are expected ones: times the probability of success."""

    @property
    def name(self) -> str | None:
        """Name of the value in a plan; None: bits."""
        ...

    @property
    def threshold(self) -> float:
        """What a run must add at least to be worth taking."""
        ...

    @property
    def sparse(self) -> bool:
        """Whether only few points add anything, and what each adds costs little to know."""
        ...

    def gains(self, of_interest: BoolArray | None = None, /) -> FloatArray:
        """What every point would add as the next run, ``[n]``.

        Args:
            of_interest: points that are asked about, ``[n]``; others may be 0. Left out: all.
        """
        ...

    def condition(self, row: int, chain: Sequence[int], /) -> float:
        """Account for a run and say what it added.

        Args:
            row: its point.
            chain: its batches, one per stage.
        """
        ...

    def within_new_batch(
        self, groups: Mapping[int, IntArray], stage: int, /
    ) -> Mapping[int, InnerAcquisition]:
        """The same for runs of one new batch, per group of candidates that could share it.

        Args:
            groups: key of a group → its candidates, ``[m]``.
            stage: the stage of the batch.
        """
        ...

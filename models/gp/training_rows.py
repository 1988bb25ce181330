"""Training rows in the order the likelihood wants them: one block per line, the target last.

The target comes last because pending runs are appended to it. Rows are sorted by all their
contents, so the order in which data arrive changes nothing, not even the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.data.dataset import ResponseData
from designer.models.data.spread import Scaled, scale_response
from designer.models.gp.pseudo_rows import Summary

_COLUMNS = ("X", "z", "position", "batch", "base", "extra", "run", "order", "nuisance")


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Rows of one response, sorted by line.

    Attributes:
        X: points: encoded ``[n, D]``, or transformed by their own lines ``[n, C]``.
        z: values on the model scale, ``[n]``.
        position: position of the row's line in ``positions``, ``[n]``, ascending.
        positions: line codes by position; the last is the target, with or without rows.
        batch: batch code per stage, ``[n, S]``, -1 = its own.
        base: factor on the learned noise variance, ``[n]``.
        extra: noise variance added to outliers, ``[n]``.
        run: run number, ``[n]``, -1 on earlier lines.
        order: index of each row in the data it came from, ``[n]``.
        nuisance: functions of inputs that only their own line has, ``[n, k]``.
        summaries: by line position, long lines that stand here as pseudo-rows (``compression``).
    """

    X: FloatArray
    z: FloatArray
    position: IntArray
    positions: tuple[int, ...]
    batch: IntArray
    base: FloatArray
    extra: FloatArray
    run: IntArray
    order: IntArray
    nuisance: FloatArray
    summaries: Mapping[int, Summary] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.z)

    @property
    def target_rows(self) -> int:
        """Number of target rows n_0; they come last."""
        return int(np.count_nonzero(self.position == len(self.positions) - 1))

    @property
    def earlier(self) -> int:
        """Number of rows of earlier lines: the target's begin there."""
        return len(self) - self.target_rows

    @property
    def of_earlier_lines(self) -> TrainingRows:
        """The rows without the target's."""
        return self.subset(np.arange(self.earlier))

    def blocks(self) -> list[tuple[int, slice]]:
        """Line position and rows of every line that has rows."""
        present, first, counts = np.unique(self.position, return_index=True, return_counts=True)
        return [
            (int(p), slice(int(a), int(a + n)))
            for p, a, n in zip(present, first, counts, strict=True)
        ]

    def subset(self, rows: IntArray) -> TrainingRows:
        """Some of the rows, in that order; summaries stay."""
        return self._filled([getattr(self, name)[rows] for name in _COLUMNS])

    def joined(self, parts: Sequence[TrainingRows]) -> TrainingRows:
        """The rows of some parts of it, one part after the other."""
        return self._filled(
            [np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS]
        )

    def _filled(self, columns: list[Any]) -> TrainingRows:
        filled: dict[str, Any] = dict(zip(_COLUMNS, columns, strict=True))
        return replace(self, **filled)

    @property
    def pseudo(self) -> BoolArray:
        """Which rows stand for a long line's many, ``[n]``."""
        return np.isin(self.position, list(self.summaries))

    def shared(self, stage: int) -> BoolArray:
        """Rows whose batch of a stage holds at least two rows, ``[n]``."""
        return self._shared[stage]

    @cached_property
    def _shared(self) -> list[BoolArray]:
        found = []
        for codes in self.batch.T:
            _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
            found.append((counts[inverse] > 1) & (codes >= 0))
        return found


def arrange(
    data: ResponseData, groups: IntArray, doubted: IntArray | None = None
) -> tuple[TrainingRows, Scaled]:
    """Sort the rows of a response into blocks per line and bring them to the model scale.

    Args:
        data: the measurements.
        groups: input index of every encoded column, ``[D]``.
        doubted: indices of rows in the data that should hardly count.

    Returns:
        All rows, their points as they are encoded, and the scale.
    """
    target_last = np.where(data.line == 0, np.iinfo(np.int64).max, data.line)
    order = np.lexsort(
        [*data.nuisance.T, data.runs, *data.batch.T, data.y, *data.X.T[::-1], target_last]
    )
    ordered = data.subset(order)
    marked = None if doubted is None else np.isin(order, doubted)
    # in this order, too: sums depend on it in the last bit
    scaled = scale_response(ordered, groups, marked)
    positions = (*(int(code) for code in np.unique(data.line) if code > 0), 0)
    lookup = {code: k for k, code in enumerate(positions)}
    rows = TrainingRows(
        X=ordered.X,
        z=scaled.z,
        position=np.array([lookup[int(code)] for code in ordered.line], dtype=np.int64),
        positions=positions,
        batch=ordered.batch,
        base=scaled.scaling.noise_base(scaled.z),
        extra=scaled.extra,
        run=ordered.runs,
        order=order.astype(np.int64),
        nuisance=ordered.nuisance,
    )
    return rows, scaled


def modelled_stages(data: ResponseData, rows: TrainingRows) -> tuple[int, ...]:
    """Stages whose batches are really shared by some rows of this response."""
    summarised = {stage for summary in rows.summaries.values() for stage in summary.stages}
    return tuple(
        s
        for s in range(data.stages)
        if data.effects[s] and (s in summarised or rows.shared(s).any())
    )

"""Pairs of training rows, each once: what a symmetric matrix over the rows is made of.

A covariance and its gradient are the same on both sides of the diagonal, so the likelihood computes
them on the packed triangle: half of the square roots and exponentials. Pairs stand in groups by
their two lines, pairs of one line first: there every weight is one number per group.
"""

from __future__ import annotations

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray, input_count
from designer.models.gp.training_rows import TrainingRows


class RowPairs:
    """All pairs i ≥ j of n rows that are sorted by line, P of them.

    Args:
        rows: the rows.

    Attributes:
        first: i, ``[P]``.
        second: j, ``[P]``.
        own: pairs inside each line that has rows, in the order of ``rows.blocks()``; they come
            first, one after the other.
        within: how many those are.
        diagonal: place of the pair (i, i), ``[n]``.
        fold: how often an entry stands in the whole matrix: 1 on the diagonal, else 2, ``[P]``.
        lines: the two lines of every group, places in ``rows.blocks()``, ``[2, groups]``.
    """

    def __init__(self, rows: TrainingRows) -> None:
        blocks = rows.blocks()
        self._size, count = len(rows), len(blocks)
        lengths = np.array([s.stop - s.start for _, s in blocks], dtype=np.int64)
        line = np.repeat(np.arange(count), lengths)
        i, j = np.tril_indices(self._size)
        group = np.where(line[i] == line[j], line[i], count * (1 + line[i]) + line[j])
        order = np.argsort(group, kind="stable")
        self.first, self.second = i[order], j[order]
        _, self._sizes = np.unique(group, return_counts=True)
        ends = np.cumsum(self._sizes)
        self._starts = ends - self._sizes
        self.own = [
            slice(int(a), int(b)) for a, b in zip(self._starts[:count], ends[:count], strict=True)
        ]
        self.within = self.own[-1].stop if blocks else 0
        self.diagonal = np.flatnonzero(self.first == self.second)
        self.fold = np.where(self.first == self.second, 1.0, 2.0)
        self.lines = line[np.stack([self.first[self._starts], self.second[self._starts]])]
        self._places = self.first + self._size * self.second  # below the diagonal, Fortran order

    def each(self, of_group: FloatArray) -> FloatArray:
        """A number per group, or per line for its own pairs alone, for every pair of it."""
        return np.asarray(np.repeat(of_group, self._sizes[: len(of_group)]), dtype=np.float64)

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums per group of values per pair; of the pairs within lines per line."""
        starts = self._starts if len(values) > self.within else self._starts[: len(self.own)]
        return np.add.reduceat(values, starts)

    def by_line(self, of_group: FloatArray) -> FloatArray:
        """A number per group counted for both of its lines, ``[lines]``."""
        counted: FloatArray = np.zeros(len(self.own))
        for lines in self.lines:
            counted += np.bincount(lines, of_group, len(counted))
        return counted

    def products(self, F: FloatArray, count: int | None = None) -> FloatArray:
        """``F_ik F_jk`` of all pairs, or the first, ``[k, P]``, for columns of rows ``[n, k]``."""
        columns = np.ascontiguousarray(F.T)
        return np.asarray(columns[:, self.first[:count]] * columns[:, self.second[:count]])

    def squared_differences(self, X: FloatArray, groups: IntArray) -> FloatArray:
        """Squared distance per input, ``[p, P]``.

        Args:
            X: encoded points, ``[n, D]``.
            groups: input index of every column, ``[D]``.
        """
        out = np.zeros((input_count(groups), len(self.first)))
        for column, group in zip(X.T, groups, strict=True):
            difference = column[self.first] - column[self.second]
            out[group] += difference * difference
        return out

    def common(self, codes: IntArray, shared: BoolArray) -> IntArray:
        """Places of the pairs of rows with one code, the rows themselves included.

        Args:
            codes: ``[n]``.
            shared: rows whose code counts, ``[n]``.
        """
        return np.flatnonzero((codes[self.first] == codes[self.second]) & shared[self.first])

    def lower(self, values: FloatArray) -> FloatArray:
        """The lower triangle ``[n, n]``, in Fortran order; 0 above the diagonal."""
        flat = np.zeros(self._size * self._size)
        flat[self._places] = values
        return flat.reshape((self._size, self._size), order="F")

    def of(self, lower: FloatArray) -> FloatArray:
        """Values per pair ``[P]`` of a matrix in Fortran order, whatever is above the diagonal."""
        values: FloatArray = lower.reshape(-1, order="F")[self._places]
        return values

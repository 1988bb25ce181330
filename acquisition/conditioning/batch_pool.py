"""Responses on the candidates of several possible new batches at once, and within one of them.

A *group* are candidates that could share one new batch. What is known about several groups is
computed together; the runs of an inner plan are accounted for on a group's small dense blocks::

    S_j(x, x') = cov_j(x, x') + Σ_s σ_ws² [same batch of stage s] + δ σ_j²,   C_j(x, r) unchanged
    gain_i = Σ_j Σ_r W_j C_j(i, r)² / S_j(i, i)
    after taking i: u = S[:, i]/√S_ii,  w = C[i, :]/√S_ii,  S −= u u',  C −= u w'

(kept as u and w, so that a run costs one product of C with a vector).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from designer.acquisition.batches.tree import BatchTree
from designer.acquisition.conditioning.blocks import LEAST, GrowingRows
from designer.acquisition.conditioning.points import Points
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.conditioning.squared_covariances import SquaredCovariances
from designer.models.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class _Response:
    """One response on one group's candidates, whatever runs were taken before.

    Attributes:
        conditioning: the response.
        pool: the candidates of several groups.
        part: which of them are this group's.
        joint: covariance of what they would observe in one new batch, without noise, ``[m, m]``.
    """

    conditioning: ResponseConditioning
    pool: SquaredCovariances
    part: slice
    joint: FloatArray


class BatchPools:
    """What all responses know about groups, kept up to date with runs and reference points.

    Args:
        conditionings: responses, with reference points.
        tree: batches.
        stage: the stage whose batch a group would share.
    """

    def __init__(
        self, conditionings: Sequence[ResponseConditioning], tree: BatchTree, stage: int
    ) -> None:
        self._conditionings, self._tree, self._stage = conditionings, tree, stage
        # candidates of a group and how all responses see them
        self._groups: dict[int, tuple[IntArray, list[_Response]]] = {}

    def within_new_batch(
        self, groups: Mapping[int, IntArray]
    ) -> dict[int, list[InnerConditioning]]:
        """Every response within each group, given the runs taken.

        Args:
            groups: key of a group → its candidates, ``[m]``.
        """
        new = {
            key: rows
            for key, rows in groups.items()
            if key not in self._groups or not np.array_equal(self._groups[key][0], rows)
        }
        if new:
            self._learn(new)
        wanted = {key: self._groups[key][1] for key in groups}
        for one in (one for own in wanted.values() for one in own):
            one.conditioning.update(one.pool)
        return {key: [InnerConditioning(one) for one in own] for key, own in wanted.items()}

    def _learn(self, new: Mapping[int, IntArray]) -> None:
        every = np.concatenate(list(new.values()))
        pools = [conditioning.squares(every) for conditioning in self._conditionings]
        end = np.cumsum([len(rows) for rows in new.values()])
        for (key, rows), stop in zip(new.items(), end.tolist(), strict=True):
            part = slice(stop - len(rows), stop)
            joints = self._joints(rows, [pool.block.points.subset(part) for pool in pools])
            each = zip(self._conditionings, pools, joints, strict=True)
            self._groups[key] = rows, [_Response(c, p, part, j) for c, p, j in each]

    def _joints(self, rows: IntArray, points: Sequence[Points]) -> list[FloatArray]:
        """Covariance of what runs of one new batch would observe, without noise, ``[m, m]``."""
        stages = range(self._stage + 1, len(self._tree.change))
        keys = [self._tree.keys(stage)[rows] for stage in stages]
        alike = [own[:, None] == own[None, :] for own in keys]
        joints = []
        for conditioning, own in zip(self._conditionings, points, strict=True):
            joint = np.asarray(conditioning.surface.covariance(own, own), dtype=np.float64)
            joint += conditioning.batch_variance[: self._stage + 1].sum()
            for stage, same in zip(stages, alike, strict=True):
                joint += conditioning.batch_variance[stage] * same
            joints.append(joint)
        return joints


class InnerConditioning:
    """One response in the inner plan of a group, given the inner plan's runs."""

    def __init__(self, response: _Response) -> None:
        pool, part = response.pool, response.part
        self._weights = response.conditioning.references.weights
        self._C = pool.now(part).astype(np.float64)
        self._squares = pool.values[part].copy()
        self._joint = response.joint
        self._before = pool.block.u.view[:, part].astype(np.float64)
        own = np.diagonal(response.joint) + pool.block.points.noise[part]
        self._variance = np.maximum(own - pool.block.reduced[part], LEAST)
        runs = 8
        self._u = GrowingRows(len(own), np.float64, runs)
        self._w = GrowingRows(len(self._weights), np.float64, runs)

    def gains(self) -> FloatArray:
        """By how much the goal would fall, ``[m]``."""
        return np.asarray(np.maximum(self._squares, 0.0) / self._variance)

    def condition(self, i: int) -> None:
        """Condition on a run."""
        sd = float(np.sqrt(self._variance[i]))
        seen = self._u.view[:, i]
        u = (self._joint[:, i] - self._before[:, i] @ self._before - seen @ self._u.view) / sd
        w = (self._C[i] - seen @ self._w.view) / sd
        weighted = self._weights * w
        along = self._C @ weighted - (self._w.view @ weighted) @ self._u.view
        self._squares += u * (u * float(weighted @ w) - 2.0 * along)
        self._variance = np.maximum(self._variance - np.square(u), LEAST)
        self._u.append(u)
        self._w.append(w)

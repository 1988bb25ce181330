"""Rank-1 conditioning of one response on the runs of a plan, batch effects included.

A run observes ``o_i = f(x_i) + Σ_s w_s + noise`` where w_s is the effect of its batch of stage s,
shared with every run of that batch. With ``u_k`` as in `blocks` and ``g_k`` the same for a batch
effect, every conditional covariance is the initial one minus ``Σ_k``: nothing else needs to be
stored. A candidate that would continue open batches with effects ``w`` observes ``f + w``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike

from designer.acquisition.batches.tree import ROOT, BatchTree
from designer.acquisition.conditioning.blocks import LEAST, Block, ConditionedRun
from designer.acquisition.conditioning.points import SharedPoints
from designer.acquisition.conditioning.squared_covariances import (
    ResponseReferences,
    SquaredCovariances,
    as_part,
)
from designer.acquisition.conditioning.surface import Effect
from designer.acquisition.conditioning.surfaces import make_surface
from designer.acquisition.posterior import Posterior
from designer.models.arrays import FloatArray, IntArray

_PART = 4096  # points whose variance is computed at a time


class ResponseConditioning:
    """One response over all points (candidates, then open runs), given the runs taken so far.

    Args:
        name: name of the response.
        posterior: belief about it.
        X: points, ``[n, D]``; a region where several responses share them.
        dtype: of covariances.
    """

    def __init__(
        self,
        name: str,
        posterior: Posterior,
        X: FloatArray | SharedPoints,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.name = name
        self.surface = make_surface(posterior, X, dtype)
        self.batch_variance = np.asarray(posterior.batch_variance, dtype=np.float64)
        self._taken: list[ConditionedRun] = []
        self._g = np.zeros((0, 0))  # batches × runs taken
        self._column: dict[int, int] = {}  # of batches with measured rows
        self._effects, self._joint = self.surface.effects([])
        self._references: ResponseReferences | None = None
        self._pieces: list[SquaredCovariances] = []  # points whose gains were asked for
        self._piece_of = np.full(len(self.surface.region.X), -1, dtype=np.int64)

    def set_effects(self, effects: Mapping[int, Effect]) -> None:
        """Say which batches have measured rows: their effects are partly known.

        Args:
            effects: batch of the tree → (stage, code in the posterior's rows).
        """
        self._column = {batch: e for e, batch in enumerate(effects)}
        self._effects, self._joint = self.surface.effects(list(effects.values()))

    def set_references(
        self, rows: IntArray, weights: FloatArray, expected: Sequence[int] = ()
    ) -> None:
        """Set the points the goal looks at, once the open runs are taken.

        Args:
            rows: points, ``[R]``.
            weights: weight of the variance at each, ``[R]``.
            expected: points of runs that will be taken: kept with them, without a weight.
        """
        used = np.flatnonzero(weights)  # a response without a window has no weight on the border
        block = self.block(np.array([*rows[used], *expected], dtype=np.int64))
        self._references = ResponseReferences(
            block, np.append(weights[used], [0.0] * len(expected))
        )
        self._pieces, self._piece_of[:] = [], -1

    # ---- points ------------------------------------------------------------------------------

    def block(self, rows: IntArray) -> Block:
        """Some points, given the runs taken."""
        block = Block(self.surface, rows, self._effects)
        block.update(self._taken)
        return block

    def squares(self, rows: IntArray) -> SquaredCovariances:
        """Weighted squares of some points' covariances with the reference points."""
        return SquaredCovariances(self.block(rows), self.references)

    def update(self, squares: SquaredCovariances) -> None:
        """Bring some points up to date, with the runs taken and the reference points."""
        squares.update(self._taken, self.references)

    @property
    def references(self) -> ResponseReferences:
        """The reference points that count for this response."""
        if self._references is None:
            raise RuntimeError("set_references comes first")
        return self._references

    def effect_on_goal(self, row: int) -> tuple[IntArray, FloatArray]:
        """Where a run would teach before the plan: reference points and its effect on the goal.

        Returns:
            Reference points ``[R]`` and ``W C(x, r)²`` at each.
        """
        references = self.references
        block, place = self._find(row)
        covariance = self.surface.covariance(block.point(place), references.block.points)[0]
        u = block.u.view[: references.open, place].astype(np.float64)
        covariance = covariance - u @ references.w[: references.open]
        return references.block.rows, references.weights * np.square(covariance)

    def variance_at(self, rows: IntArray) -> FloatArray:
        """Variance of the surface at some points given the runs taken, ``[m]``."""
        if not self._taken:
            return self.surface.moments(rows)[1]
        parts = [rows[k : k + _PART] for k in range(0, len(rows), _PART)]
        return np.concatenate([self.block(part).variance for part in parts])

    # ---- conditioning ------------------------------------------------------------------------

    def condition(self, row: int, chain: Sequence[int], tree: BatchTree) -> float:
        """Condition on a run.

        Args:
            row: its point.
            chain: its batches, one per stage.
            tree: all batches.

        Returns:
            By how much the goal falls (0 while no reference points are set).
        """
        new_batches = np.zeros((len(tree.batches) - len(self._g), len(self._taken)))
        self._g = np.vstack([self._g, new_batches])
        block, place = self._find(row)
        columns = self._columns(chain)
        seen = block.u.view[:, place].astype(np.float64) + self._along(chain)
        with_effects = np.array([self._with_chain(b, chain, tree) for b in range(len(self._g))])
        points = block.point(place)
        variance = float(points.variance[0] + points.noise[0] - seen @ seen)
        variance += float(with_effects[list(chain)].sum())
        variance += 2.0 * float(block.cross[place, columns].sum())
        sd = float(np.sqrt(max(variance, LEAST)))
        for b, e in self._column.items():
            with_effects[b] += block.cross[place, e]
        numbers = (with_effects - self._g @ seen) / sd
        self._g = np.hstack([self._g, numbers[:, None]])
        self._taken.append(ConditionedRun(points, columns, seen, sd))
        if self._references is None:
            return 0.0
        self._references.block.update(self._taken)
        w = self._references.w[-1]
        return float((self._references.weights * w) @ w)

    def _find(self, row: int) -> tuple[Block, int]:
        """A block that holds a point, up to date, and its place there."""
        if self._references is not None:
            block = self._references.block
            places = np.flatnonzero(block.rows == row)
            if len(places):
                return block, int(places[0])
        if (number := int(self._piece_of[row])) >= 0:
            block = self._pieces[number].block
            block.update(self._taken)
            return block, int(np.searchsorted(block.rows, row))
        return self.block(np.array([row])), 0

    def _columns(self, chain: Sequence[int]) -> list[int]:
        return [self._column[b] for b in chain if b in self._column]

    def _along(self, chain: Sequence[int]) -> FloatArray:
        """Σ of g over the batches of a chain that some run is in, per run taken ``[k]``."""
        return np.asarray(self._g[[b for b in chain if b < len(self._g)]].sum(axis=0))

    def _with_chain(self, batch: int, chain: Sequence[int], tree: BatchTree) -> float:
        """Covariance of a batch effect with the sum of the effects of a chain, before the plan."""
        if batch in self._column:
            return float(self._joint[self._column[batch], self._columns(chain)].sum())
        return float(self.batch_variance[tree.batches[batch].stage]) if batch in chain else 0.0

    # ---- gain --------------------------------------------------------------------------------

    def gains(self, tree: BatchTree, rows: IntArray | None = None) -> FloatArray:
        """By how much the goal would fall if a point were the next run, ``[n]``.

        Args:
            tree: all batches.
            rows: points that are of interest, ascending; others may be 0. Left out: all.
        """
        rows = np.arange(len(self._piece_of)) if rows is None else rows
        missing = rows[self._piece_of[rows] < 0]
        if len(missing):
            self._piece_of[missing] = len(self._pieces)
            self._pieces.append(self.squares(missing))
        out = np.zeros(len(self._piece_of))
        wanted = np.bincount(self._piece_of[rows], minlength=len(self._pieces))
        for number in np.flatnonzero(wanted):
            piece = self._pieces[number]
            self.update(piece)
            out[piece.block.rows] = self._gains(piece, tree)
        return out

    def _gains(self, piece: SquaredCovariances, tree: BatchTree) -> FloatArray:
        """Gains at some points, up to date."""
        block, squares = piece.block, piece.values.copy()
        variance = block.points.variance + block.points.noise + self.batch_variance.sum()
        variance -= block.reduced
        leaves = tree.leaf[block.rows]
        references = self.references
        for leaf in np.unique(leaves):
            if leaf == ROOT:
                continue
            chain, part = tree.chain(int(leaf)), as_part(np.flatnonzero(leaves == leaf))
            columns, along = self._columns(chain), self._along(chain)
            own = sum(self._with_chain(b, chain, tree) for b in chain)
            replaced = sum(float(self.batch_variance[tree.batches[b].stage]) for b in chain)
            variance[part] += own - replaced - float(along @ along)
            common = block.cross[part][:, columns].sum(axis=1)
            variance[part] += 2.0 * (common - block.u.dot(along, part))
            shift = references.block.cross[:, columns].sum(axis=1) - along @ references.w
            squares[part] += piece.shifted(part, shift)
        return np.asarray(np.maximum(squares, 0.0) / np.maximum(variance, LEAST))

"""Coordinate exchange (Meyer & Nachtsheim 1995, Technometrics 37, 60) from many starts at once.

One factor of one run, or of all runs of a whole plot (Jones & Goos 2007, Appl. Stat. 56, 347), is
changed to the best of its settings, over and over until nothing improves. Starts are worked on
together: what takes time is numpy's calls, not their arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.optimal.directions import (
    Direction,
    directions,
    feasible,
    pairs_along_constraints,
)
from designer.acquisition.designs.optimal.information import FisherInformation
from designer.acquisition.designs.optimal.whole_plots import WholePlots
from designer.models.arrays import FloatArray, IntArray

_LEAST = 1e-7  # improvement of the criterion's logarithm that counts
_TABLE = 100_000  # settings of a factor up to which codes are looked up

Progress = Callable[[float], None]
"""Takes the share that is done; may raise to stop."""


@dataclass(frozen=True, eq=False)
class ExchangeProblem:
    """What is to be optimised.

    Attributes:
        grid: feasible recipes in whole numbers.
        terms: the model.
        plots: which runs share settings and errors.
        moments: what is averaged over; None: D-optimality.
        known: information of earlier runs, ``[p, p]``.
    """

    grid: RecipeGrid
    terms: ModelTerms
    plots: WholePlots
    moments: FloatArray | None
    known: FloatArray

    @cached_property
    def spread(self) -> int:
        """Settings of a range that are compared first: determinants like ends and middles.

        Where no term is curved, the determinant is convex in every factor: largest at an end.
        """
        if self.moments is not None:
            return 5
        blends = {factor.name for factor in self.terms.factors if factor.role == "blend"}
        squares = any(0 < left == right for left, right in (t.columns for t in self.terms.terms))
        blended = any(len({*term.factors} & blends) == 2 for term in self.terms.terms)
        return 3 if squares or blended else 2

    @cached_property
    def _columns(self) -> dict[int, tuple[int, slice]]:
        """Place of a factor → its coded factor and columns."""
        found, start = {}, 1
        for c, coded in enumerate(self.terms.factors):
            end = start + len(coded.labels)
            found[self.grid.region.names.index(coded.name)] = c, slice(start, end)
            start = end
        return found

    @cached_property
    def _tables(self) -> dict[int, FloatArray]:
        """Coded columns of every code from the lowest on, where there are not too many."""
        tables = {}
        for k, (c, _) in self._columns.items():
            low, high = int(self.grid.low[k]), int(self.grid.high[k])
            if high - low < _TABLE:
                settings = self.grid.settings(k, np.arange(low, high + 1))
                tables[k] = self.terms.factors[c].code(settings)
        return tables

    def coded(self, codes: IntArray) -> FloatArray:
        """Coded columns ``[…, 1 + m]`` of codes ``[…, F]``."""
        width = 1 + sum(len(coded.labels) for coded in self.terms.factors)
        out = np.ones((*codes.shape[:-1], width))
        self.code_into(out, codes, self._columns)
        return out

    def code_into(self, coded: FloatArray, codes: IntArray, places: Iterable[int]) -> None:
        """Write the coded columns of some factors."""
        for k in places:
            if k in self._tables:
                coded[..., self._columns[k][1]] = self._tables[k][codes[..., k] - self.grid.low[k]]
            elif k in self._columns:
                c, columns = self._columns[k]
                settings = self.grid.settings(k, codes[..., k].reshape(-1))
                code = self.terms.factors[c].code(settings)
                coded[..., columns] = code.reshape(*codes.shape[:-1], -1)

    def information(self, codes: IntArray) -> FisherInformation:
        """The state of designs ``[S, n, F]``."""
        matrices = self.terms.expand(self.coded(codes))
        return FisherInformation(matrices, self.plots.weight, self.moments, self.known)


class Exchange:
    """Designs that are improved together.

    Args:
        problem: what is to be optimised.
        codes: starts, feasible, ``[S, n, F]``; changed in place.
    """

    def __init__(self, problem: ExchangeProblem, codes: IntArray) -> None:
        self.problem, self.codes = problem, codes
        self._constrained = bool(problem.grid.region.constraints or problem.grid.mixtures)

    def run(
        self, *, fine: bool, settled: float, sweeps: int, progress: Progress | None = None
    ) -> FloatArray:
        """Improve until nothing improves; returns the criterion per design, ``[S]``.

        Args:
            fine: compare small steps, and pairs along constraints, too.
            settled: improvement of the efficiency in a sweep below which a design is finished.
            sweeps: at most so many.
            progress: called after every sweep with the share of designs that are finished.
        """
        grid, level_of = self.problem.grid, self.problem.plots.level_of
        moves = directions(grid, level_of)
        if fine:
            moves += pairs_along_constraints(grid, level_of)
        open_ = np.arange(len(self.codes))
        # a determinant's efficiency is its p-th root
        least = settled * (len(self.problem.terms) if self.problem.moments is None else 1)
        for _ in range(sweeps):
            codes = self.codes[open_]
            gained = self._sweep(codes, moves, fine=fine)
            self.codes[open_] = codes
            open_ = open_[gained > least]
            if progress is not None:
                progress(1.0 - len(open_) / len(self.codes))
            if not len(open_):
                break
        return self.problem.information(self.codes).values()

    def _sweep(self, codes: IntArray, moves: Sequence[Direction], *, fine: bool) -> FloatArray:
        """Every direction of every run or whole plot once; the improvement, ``[S]``."""
        state = self.problem.information(codes)
        coded = self.problem.coded(codes)
        gained = np.zeros(len(codes))
        for level, plot in self.problem.plots.visits:
            for move in moves:
                if move.level == level:
                    gained += self._step(state, codes, coded, plot, move, fine=fine)
        return gained

    def _step(
        self,
        state: FisherInformation,
        codes: IntArray,
        coded: FloatArray,
        rows: IntArray,
        move: Direction,
        *,
        fine: bool,
    ) -> FloatArray:
        """One direction of some rows."""
        grid, places = self.problem.grid, list(move.places)
        own = codes[:, rows]
        change = move.changes(grid, own, self.problem.spread, fine=fine)
        tried = np.repeat(own[:, None], change.shape[1], axis=1)
        tried[..., places] += change[:, :, None]
        allowed = np.ones(tried.shape[:2], dtype=np.bool_)
        if self._constrained:
            allowed = feasible(grid, tried)
        fresh = np.repeat(coded[:, None, rows], change.shape[1], axis=1)
        self.problem.code_into(fresh, np.clip(tried, grid.low, grid.high), places)
        taken, gain = state.improve(rows, self.problem.terms.expand(fresh), allowed, _LEAST)
        moved = np.flatnonzero(taken >= 0)
        codes[moved[:, None], rows] = tried[moved, taken[moved]]
        coded[moved[:, None], rows] = fresh[moved, taken[moved]]
        return gain

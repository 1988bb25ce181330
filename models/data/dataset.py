"""The measurements of one response, as the model wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from designer.campaigns.errors import InputError, Problem
from designer.models.arrays import BoolArray, FloatArray, IntArray

OWN_BATCH = -1  # batch code of a row that shares its batch with nobody


def same_batch(codes: IntArray, others: IntArray) -> BoolArray:
    """Which rows share a batch of one stage with which others, ``[n, m]``.

    Args:
        codes: batch codes, ``[n]``; one below 0 is shared with nobody.
        others: batch codes, ``[m]``.
    """
    codes = codes[:, None]
    return np.asarray((codes == others) & (codes >= 0))


@dataclass(frozen=True, eq=False)
class ResponseData:
    """Every measurement of one response on all lines; one row per measurement.

    Attributes:
        name: name of the response.
        log_scale: model the logarithm (falls back to linear when a value is not positive).
        noise_sd: known repeatability (1 sd, raw units), or None: learned.
        X: encoded inputs, ``[n, D]``.
        y: measured values, ``[n]``, raw units.
        line: 0 for the target line, 1…L for earlier lines, ``[n]``.
        batch: batch code per stage, ``[n, S]``; ``OWN_BATCH`` = a batch of its own.
        run: run number of the target's rows (replicates share it), -1 on earlier lines, ``[n]``;
            left out: every row is a run.
        possible: smallest and largest possible value (raw units), if known.
        window: acceptance window (raw units, ends may be infinite), if any.
        stage_effect: per stage, can its batches change this response? (False for stages after
            the one that decides it); left out: all can.
        missing: (line code, input) of numeric inputs an earlier line never recorded: constant
            there, nobody knows at which value; its rows of X hold the middle of the range.
        nuisance: what else was varied on earlier lines, ``[n, k]``: functions of inputs the target
            does not have, of unit size, 0 on all other lines.
        lines: names of the earlier lines for messages, line k is ``lines[k - 1]``; left out:
            they are numbered.
        run_ids: ids of the target's runs for messages, by run number; left out: numbered from 1.
        left_out: own results that no model can use; they count in the errors told all the same.
        errors: rows known to be errors, ``[n]``; left out: a fit looks for them.
    """

    name: str
    log_scale: bool
    noise_sd: float | None
    X: FloatArray
    y: FloatArray
    line: IntArray
    batch: IntArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    run: IntArray | None = None
    possible: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    stage_effect: tuple[bool, ...] = ()
    missing: frozenset[tuple[int, int]] = frozenset()
    nuisance: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    lines: tuple[str, ...] = ()
    run_ids: tuple[str, ...] = ()
    left_out: ResponseData | None = None
    errors: BoolArray | None = None

    def __post_init__(self) -> None:
        n = len(self.y)
        as_is = object.__setattr__
        as_is(self, "X", np.ascontiguousarray(self.X, dtype=np.float64))
        as_is(self, "y", np.ascontiguousarray(self.y, dtype=np.float64))
        as_is(self, "line", np.ascontiguousarray(self.line, dtype=np.int64))
        batch = np.asarray(self.batch, dtype=np.int64)
        if batch.ndim != 2 or (batch.shape[0] != n and batch.size == 0):
            batch = np.full((n, batch.shape[-1] if batch.ndim == 2 else 0), OWN_BATCH)
        as_is(self, "batch", batch)
        if self.nuisance.shape[0] != n and self.nuisance.size == 0:
            as_is(self, "nuisance", np.zeros((n, self.nuisance.shape[1])))
        if self.run is None:
            as_is(self, "run", np.where(self.line == 0, np.arange(len(self.line)), -1))
        else:
            as_is(self, "run", np.ascontiguousarray(self.run, dtype=np.int64))
        self._check()

    def _check(self) -> None:
        n = len(self.y)
        problems = []
        counted = (self.X, self.line, self.runs, self.batch, self.nuisance)
        shapes = [values.shape[:1] for values in counted]
        if self.X.ndim != 2 or self.y.ndim != 1 or any(shape != (n,) for shape in shapes):
            problems.append(Problem(self.name, "the columns have different numbers of rows"))
        if not np.isfinite(self.y).all():
            problems.append(Problem(self.name, "a measured value is not finite"))
        if not (np.isfinite(self.X).all() and np.isfinite(self.nuisance).all()):
            problems.append(Problem(self.name, "a setting is not finite"))
        if self.noise_sd is not None and not 0 < self.noise_sd < np.inf:
            problems.append(
                Problem(self.name, "the noise is not positive", found=str(self.noise_sd))
            )
        if len(self.effects) != self.batch.shape[1]:
            problems.append(Problem(self.name, "stage_effect needs one entry per stage"))
        if problems:
            raise InputError(problems)

    @property
    def runs(self) -> IntArray:
        """Run number of every row, ``[n]``; -1 on earlier lines."""
        if self.run is None:  # unreachable after __post_init__; tells the type checker
            raise ValueError(self.name)
        return self.run

    @property
    def measured_runs(self) -> int:
        """Number of the target's runs with a value."""
        return len(np.unique(self.runs[self.target]))

    @property
    def own_recipes(self) -> int:
        """Number of different settings among the target's rows."""
        return len(np.unique(self.X[self.target], axis=0))

    def line_name(self, code: int) -> str:
        """What an earlier line is called in messages."""
        return self.lines[code - 1] if self.lines else f"earlier line {code}"

    def place(self, row: int) -> str:
        """Where a row was measured, for messages: a run by its id, an earlier line by its name."""
        code, run = int(self.line[row]), int(self.runs[row])
        if code:
            return f"on {self.line_name(code)}"
        return f"in {self.run_ids[run]}" if self.run_ids else f"in measured run {run + 1}"

    def subset(self, rows: IntArray) -> ResponseData:
        """The same response with some rows, in that order."""
        columns = ("X", "y", "line", "batch", "run", "nuisance")
        picked: dict[str, Any] = {name: getattr(self, name)[rows] for name in columns}
        return replace(self, **picked, errors=None if self.errors is None else self.errors[rows])

    @property
    def of_target(self) -> ResponseData:
        """The target's rows alone."""
        return self.subset(np.flatnonzero(self.target))

    def unknown(self, inputs: IntArray, lines: Sequence[int]) -> BoolArray:
        """Which of these inputs each of these lines never recorded, ``[lines, inputs]``."""
        found = [[(line, int(i)) in self.missing for i in inputs] for line in lines]
        return np.array(found, dtype=np.bool_).reshape(len(lines), len(inputs))

    @property
    def effects(self) -> tuple[bool, ...]:
        """Per stage: can its batches change this response?"""
        return self.stage_effect or (True,) * self.stages

    @property
    def stages(self) -> int:
        """Number of stages S."""
        return int(self.batch.shape[1])

    @property
    def target(self) -> BoolArray:
        """Which rows belong to the target line, ``[n]``."""
        return np.equal(self.line, 0)

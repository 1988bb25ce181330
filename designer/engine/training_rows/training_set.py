"""From a campaign's state to what the models learn from: one table of measurements a response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from designer.campaigns.earlier_lines.off_scale import off_scale_notes
from designer.campaigns.log.runs import LEARNED_FROM, MEASURED, Run
from designer.campaigns.log.state import CampaignState, Line
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.engine.answers import SetAside
from designer.engine.process_links import deciding_stage
from designer.engine.training_rows.inferred_batches import (
    batches_of_line,
    batches_of_runs,
    inferred_notes,
)
from designer.engine.training_rows.left_out import left_out, left_out_notes
from designer.models.arrays import FloatArray
from designer.models.data.dataset import OWN_BATCH, ResponseData
from designer.models.data.nuisance_inputs import nuisance_inputs
from designer.models.encoding import Space
from designer.models.success_gp import SuccessModel


@dataclass(frozen=True)
class TrainingSet:
    """What is known, response by response.

    Attributes:
        space: encoding of factors and givens.
        responses: data of each response with at least one measurement, by name.
        lines: names of the earlier lines in use; line k of the data is ``lines[k - 1]``.
        runs: ids of the target's runs; run k of the data is ``runs[k]``.
        batches: their codes.
        notes: sentences for the user.
        left_out: results no model can use.
    """

    space: Space
    responses: dict[str, ResponseData]
    lines: tuple[str, ...]
    runs: tuple[str, ...]
    batches: BatchCodes
    notes: tuple[str, ...] = ()
    left_out: tuple[SetAside, ...] = ()


@dataclass
class BatchCodes:
    """Numbers for batches: a batch is named by its stage, its line and all earlier stages' ids.

    Ids of a later stage may start anew in each batch of an earlier one (strip 1 of every slurry).
    """

    stages: tuple[str, ...]
    codes: dict[tuple[object, ...], int] = field(default_factory=dict)

    def row(
        self, line: int, batch: Mapping[str, str], inferred: Mapping[str, int] | None = None
    ) -> list[int]:
        """Codes of one row, one per stage; ``OWN_BATCH`` where none is told or inferred."""
        row: list[int] = []
        path: tuple[object, ...] = (line,)
        for index, stage in enumerate(self.stages):
            told = batch.get(stage)
            path = (*path, told)
            key = None if told is None else (index, *path)
            if key is None and inferred is not None and stage in inferred:
                key = (index, line, "inferred", inferred[stage])
            row.append(OWN_BATCH if key is None else self.codes.setdefault(key, len(self.codes)))
        return row


class _Row(NamedTuple):
    """One measurement of a response."""

    inputs: Mapping[str, Setting]
    y: float
    line: int
    batch: list[int]
    run: int
    nuisance: FloatArray


def training_runs(state: CampaignState) -> list[Run]:
    """Runs with measurements to learn from, in the order they came."""
    return [
        run
        for run in state.runs.values()
        if run.status in LEARNED_FROM and any(run.measurements.values())
    ]


def fill_givens(
    spec: Specification, inputs: Mapping[str, Setting], defaults: Mapping[str, float]
) -> dict[str, Setting]:
    """One value for every input; a given nobody told takes its default."""
    filled: dict[str, Setting] = dict(inputs)
    for given in spec.givens:
        if filled.get(given.name) is None:
            filled[given.name] = defaults[given.name]
    return filled


def default_givens(state: CampaignState) -> dict[str, float]:
    """What a given is taken to be when nobody told: as in the last run made, else mid-range."""
    defaults: dict[str, float] = {}
    last = state.setup
    for given in state.spec.givens:
        low, high = given.bounds
        told = last.given.get(given.name) if last is not None else None
        defaults[given.name] = told if told is not None else (low + high) / 2
    return defaults


def training_set(state: CampaignState) -> TrainingSet:
    """Collect the measurements of the campaign and its included earlier lines.

    Lines that a response is told not to use (``history = false``) have no rows of it.
    """
    spec = state.spec
    runs = training_runs(state)
    lines = state.used_lines
    batches = BatchCodes(tuple(stage.name for stage in spec.stages))
    used = [response.name for response in spec.responses if spec.uses_history(response)]
    own, assumed = _rows_of_runs(state, runs, batches)
    earlier, more = _rows_of_lines(spec, lines, batches)
    rows = {name: found + (earlier[name] if name in used else []) for name, found in own.items()}
    names, ids = tuple(line.name for line in lines), tuple(run.id for run in runs)
    rows, unused, aside = _without_left_out(spec, rows, names, ids)
    space = Space.from_specification(spec)
    missing = _never_recorded(space, lines)
    silent = [name for name, found in rows.items() if not found]
    told = {each["response"] for each in aside}
    notes = [
        f"{name}: all its results are set aside, so there is none to learn from: it is left out"
        if name in told
        else f"{name} was never measured{_where_looked(name in used)}: it is left out"
        for name in silent
        if len(silent) < len(rows)
    ]
    if lines:
        notes += [*spec.unused_history, *off_scale_notes(state)]
    notes += [*_missing_notes(space, lines, missing), *assumed, *more, *left_out_notes(aside)]
    return TrainingSet(
        space=space,
        responses={
            response.name: replace(
                _response_data(spec, response, space, rows[response.name], missing),
                lines=names,
                run_ids=ids,
                left_out=_response_data(spec, response, space, unused[response.name], missing),
            )
            for response in spec.responses
            if rows[response.name]
        },
        lines=names,
        runs=ids,
        batches=batches,
        notes=tuple(notes),
        left_out=tuple(aside),
    )


def _rows_of_runs(
    state: CampaignState, runs: Sequence[Run], batches: BatchCodes
) -> tuple[dict[str, list[_Row]], list[str]]:
    """Measurements of the own runs by response, and what was assumed about their batches."""
    spec, defaults = state.spec, default_givens(state)
    shared = batches_of_runs(state)
    rows: dict[str, list[_Row]] = {response.name: [] for response in spec.responses}
    nothing: FloatArray = np.zeros(0)
    for index, run in enumerate(runs):
        inputs = fill_givens(spec, {**run.used, **run.given}, defaults)
        codes = batches.row(0, run.batch, shared.get(run.id))
        for name, found in rows.items():
            found += [_Row(inputs, y, 0, codes, index, nothing) for y in run.values(name)]
    return rows, inferred_notes("own runs", spec, shared.values())


def _rows_of_lines(
    spec: Specification, lines: Sequence[Line], batches: BatchCodes
) -> tuple[dict[str, list[_Row]], list[str]]:
    """Measurements of the earlier lines by response, and what was assumed about their batches."""
    rows: dict[str, list[_Row]] = {response.name: [] for response in spec.responses}
    notes: list[str] = []
    nuisance = nuisance_inputs([[row.extra for row in line.rows] for line in lines])
    for number, line in enumerate(lines, start=1):
        shared = batches_of_line(spec, line)
        notes += inferred_notes(line.name, spec, shared)
        for row, extra, common in zip(line.rows, nuisance[number - 1], shared, strict=True):
            inputs = {**row.settings, **row.given}
            codes = batches.row(number, row.batch, common)
            for name, found in rows.items():
                values = row.responses.get(name, ())
                found += [_Row(inputs, y, number, codes, -1, extra) for y in values]
    return rows, notes


def _without_left_out(
    spec: Specification,
    rows: Mapping[str, Sequence[_Row]],
    lines: Sequence[str],
    runs: Sequence[str],
) -> tuple[dict[str, list[_Row]], dict[str, list[_Row]], list[SetAside]]:
    """The rows models can use, the other own ones, by response, and all others by name."""
    kept, unused, aside = {}, {}, []
    for response in spec.responses:
        found = rows[response.name]
        places = [(None, lines[r.line - 1]) if r.line else (runs[r.run], None) for r in found]
        odd, told = left_out(response, [row.y for row in found], places)
        kept[response.name] = [row for row, out in zip(found, odd, strict=True) if not out]
        out_of = [row for row, out in zip(found, odd, strict=True) if out and not row.line]
        unused[response.name] = out_of
        aside += told
    return kept, unused, aside


def _where_looked(history: bool) -> str:
    return ", here or on an earlier line" if history else " here, and earlier lines are not used"


def _missing_notes(
    space: Space, lines: Sequence[Line], missing: frozenset[tuple[int, int]]
) -> list[str]:
    """What is assumed about inputs that lines never recorded, one sentence per line."""
    notes = []
    for number, line in enumerate(lines, start=1):
        names = [name for k, name in enumerate(space.names) if (number, k) in missing]
        if names:
            notes.append(
                f"{line.name} has no {', '.join(names)}: taken as unknown but constant there"
            )
    return notes


def _response_data(
    spec: Specification,
    response: Response,
    space: Space,
    rows: Sequence[_Row],
    missing: frozenset[tuple[int, int]],
) -> ResponseData:
    stages = [stage.name for stage in spec.stages]
    decided = deciding_stage(response, stages)
    return ResponseData(
        name=response.name,
        log_scale=response.log_scale,
        noise_sd=response.noise_sd,
        X=space.encode_known([row.inputs for row in rows]),
        y=np.array([row.y for row in rows], dtype=np.float64),
        line=np.array([row.line for row in rows], dtype=np.int64),
        batch=np.array([row.batch for row in rows], dtype=np.int64).reshape(len(rows), len(stages)),
        run=np.array([row.run for row in rows], dtype=np.int64),
        possible=response.possible,
        window=response.window,
        stage_effect=tuple(index <= decided for index in range(len(stages))),
        missing=missing,
        nuisance=_padded([row.nuisance for row in rows]),
    )


def _padded(rows: Sequence[FloatArray]) -> FloatArray:
    """Rows ``[n, k]`` of which some have no column."""
    out = np.zeros((len(rows), max((len(row) for row in rows), default=0)))
    for place, row in enumerate(rows):
        out[place, : len(row)] = row
    return out


def _never_recorded(space: Space, lines: Sequence[Line]) -> frozenset[tuple[int, int]]:
    """(line, input) of the inputs that no row of a line has."""
    found = set()
    for number, line in enumerate(lines, start=1):
        known = {name for row in line.rows for name in (*row.settings, *row.given)}
        found |= {(number, k) for k, name in enumerate(space.names) if name not in known}
    return frozenset(found)


def fit_success(state: CampaignState, training: TrainingSet) -> SuccessModel | None:
    """Where runs can be made, learned from those made on this line; None while nothing failed.

    Args:
        state: the campaign.
        training: what the models learned from.
    """
    runs = [run for run in state.runs.values() if run.status in (*MEASURED, "failed")]
    made = np.array([run.status != "failed" for run in runs], dtype=np.bool_)
    if made.all():
        return None
    defaults = default_givens(state)
    inputs = [fill_givens(state.spec, {**run.used, **run.given}, defaults) for run in runs]
    return SuccessModel(training.space.encode_known(inputs), made, training.space.groups)

"""A response's data in, the figures of one model out: ours with and without earlier lines."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from designer.models.data.dataset import ResponseData
from designer.models.fitting.all_responses import fit_responses
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior
from tests.benchmarks.families import Problem
from tests.benchmarks.history.records import LEFT_OUT, Record
from tests.benchmarks.plants import Plant
from tests.benchmarks.rivals import (
    OURS,
    Prediction,
    figures,
    ours_fitted,
    predictions_of,
    stacked,
)


def data_of(problem: Problem, runs: int, *, history: bool) -> ResponseData:
    """The first runs and, where asked for, the rows of the earlier lines; nothing shares batches.

    Args:
        problem: the target is line 0.
        runs: how many of the target's runs are known.
        history: with the earlier lines.
    """
    X, y, line = stacked(problem, runs, history=history)
    batch = np.full((len(y), 0), -1)
    return ResponseData(problem.name, problem.log_scale, problem.noise_sd, X, y, line, batch)


def shown(problem: Problem, posterior: ResponsePosterior) -> Prediction:
    """Mean and sd at the problem's points, as shown to people."""
    averaged = average(posterior)
    return averaged.to_raw(*averaged.moments_at(averaged.transformed(problem.points)))


def set_aside(posterior: ResponsePosterior) -> int:
    """Own results that the model takes for errors."""
    rows = posterior.fitted.rows
    return int(np.count_nonzero(rows.extra[rows.earlier :] > 0))


def judge_plant(plant: Plant, case: str, seed: int, runs: int, *, history: bool = True) -> Record:
    """Fit all responses of a plant, as the program does; means over them.

    Args:
        plant: what is measured, with what its specification tells.
        case: of the record.
        seed: of the record.
        runs: own runs known; 0 needs history.
        history: with the earlier lines; else the record's model is ``LEFT_OUT``.
    """
    started = time.process_time()
    posteriors = ours_fitted(plant, runs, history=history)
    predictions = predictions_of(plant, posteriors)
    seconds = time.process_time() - started
    found = [figures(p, q)[:2] for p, q in zip(plant.problems, predictions, strict=True)]
    error, coverage = np.mean(found, axis=0).tolist()
    return Record(
        case,
        plant.name,
        seed,
        runs,
        OURS if history else LEFT_OUT,
        error,
        coverage,
        sum(set_aside(posterior) for posterior in posteriors.values()),
        round(seconds, 4),
    )


def judge(problem: Problem, case: str, seed: int, runs: int, *, history: bool = True) -> Record:
    """Fit one response and compare with its truth.

    Args:
        problem: what is measured.
        case: of the record.
        seed: of the record.
        runs: own runs known.
        history: with the earlier lines; else the record's model is ``LEFT_OUT``.
    """
    started = time.process_time()
    data = data_of(problem, runs, history=history)
    lines = len(problem.lines) if history else 0
    fitted = fit_responses({problem.name: data}, np.arange(problem.dimension), lines)
    posterior = fitted[problem.name]
    prediction = shown(problem, posterior)
    seconds = time.process_time() - started
    error, coverage, _ = figures(problem, prediction)
    aside = set_aside(posterior)
    model = OURS if history else LEFT_OUT
    return Record(case, problem.name, seed, runs, model, error, coverage, aside, round(seconds, 4))


def as_case(record: Record, case: str) -> Record:
    """The same figures under another case: no history is the same whatever the lines are."""
    return replace(record, case=case)

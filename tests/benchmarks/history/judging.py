"""A campaign in, the figures of our model out: with and without earlier lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from designer.models.posterior.posterior import ResponsePosterior
from tests.benchmarks.families import FAMILIES, Problem
from tests.benchmarks.history.command import Settings
from tests.benchmarks.history.records import LEFT_OUT, Record
from tests.benchmarks.plants import TWINS, Plant
from tests.benchmarks.rivals import OURS, figures, ours_fitted, predictions_of

_QUICK = ("branin", "hartmann3", "twin")


def seeds_and_families(told: Settings) -> Iterator[tuple[int, str]]:
    """Which campaigns a study of the model's families is about, seed by seed."""
    for seed in told.seeds:
        for family in _QUICK if told.quick else (*FAMILIES, *TWINS):
            if not told.only or family in told.only:
                yield seed, family


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
    """The same for one response of which nothing but its data is known."""
    return judge_plant(Plant(problem.name, (problem,)), case, seed, runs, history=history)


def as_case(record: Record, case: str) -> Record:
    """The same figures under another case: no history is the same whatever the lines are."""
    return replace(record, case=case)

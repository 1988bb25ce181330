"""What can be had of two responses that both have a goal."""

from __future__ import annotations

from typing import Final

import numpy as np

from designer.acquisition.functions.improvement import utility
from designer.campaigns.specification.parts import Response
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import Pareto, ParetoPoint
from designer.engine.pictures.surfaces import Surfaces
from designer.engine.training_rows.training_set import training_runs
from designer.models.arrays import BoolArray, FloatArray

_LOOKED_AT: Final = 4096  # recipes among which the front is looked for
_SHOWN: Final = 40  # recipes of the front


def pareto(fitted: FittedCampaign) -> Pareto | None:
    """Runs and predicted recipes by the two weightiest goals; None where there are no two."""
    wanted = [
        response
        for response in fitted.state.spec.responses
        if response.goal != "none" and response.name in fitted.averaged
    ]
    wanted = sorted(wanted, key=lambda response: -response.weight)[:2]
    if len(wanted) < 2:
        return None
    rows = fitted.candidates.spread(
        min(_LOOKED_AT, len(fitted.candidates)), np.random.default_rng(0)
    )
    some = fitted.candidates.subset(np.unique(rows))
    surfaces = Surfaces(fitted, some.encode(fitted.training.space))
    bands = {response.name: surfaces.quantiles(response.name) for response in wanted}
    medians = np.column_stack([bands[response.name][2] for response in wanted])
    front = np.flatnonzero(on_front(_served(wanted, medians)))
    keep = np.linspace(0, len(front) - 1, min(_SHOWN, len(front))).round().astype(np.int64)
    front = front[np.argsort(medians[front, 0])][keep]
    predicted: list[ParetoPoint] = [
        {
            "run": None,
            "settings": some.recipe(int(row)),
            "values": {name: float(band[2, row]) for name, band in bands.items()},
            "low_95": {name: float(band[0, row]) for name, band in bands.items()},
            "high_95": {name: float(band[4, row]) for name, band in bands.items()},
            "in_spec": None if surfaces.in_spec is None else float(surfaces.in_spec[row]),
            "on_front": True,
        }
        for row in front.tolist()
    ]
    return {
        "responses": [response.name for response in wanted],
        "goals": {response.name: _words(response) for response in wanted},
        "points": [*_runs(fitted, wanted), *predicted],
    }


def _runs(fitted: FittedCampaign, wanted: list[Response]) -> list[ParetoPoint]:
    """Runs with results of both; their own values, whatever the models say."""
    names = [response.name for response in wanted]
    runs = [run for run in training_runs(fitted.state) if all(run.values(name) for name in names)]
    if not runs:
        return []
    means = [[float(np.mean(run.values(name))) for name in names] for run in runs]
    values = np.array(means, dtype=np.float64)
    best = on_front(_served(wanted, values))
    return [
        {
            "run": run.id,
            "settings": dict(run.used),
            "values": dict(zip(names, row.tolist(), strict=True)),
            "low_95": {name: min(run.values(name)) for name in names},
            "high_95": {name: max(run.values(name)) for name in names},
            "in_spec": None,
            "on_front": bool(here),
        }
        for run, row, here in zip(runs, values, best, strict=True)
    ]


def _served(wanted: list[Response], values: FloatArray) -> FloatArray:
    """How well values ``[n, 2]`` serve the goals: higher is better."""
    return np.column_stack(
        [utility(response.goal, values[:, k]) for k, response in enumerate(wanted)]
    )


def on_front(served: FloatArray) -> BoolArray:
    """Which of some points ``[n, 2]`` no other is better than in one and as good in the other."""
    different, place = np.unique(served, axis=0, return_inverse=True)  # ascending
    best, found = -np.inf, np.zeros(len(different), dtype=np.bool_)
    for row in range(len(different) - 1, -1, -1):
        if different[row, 1] > best:
            best, found[row] = float(different[row, 1]), True
    return found[place.reshape(-1)]


def _words(response: Response) -> str:
    return response.goal if isinstance(response.goal, str) else f"hit {response.goal:g}"

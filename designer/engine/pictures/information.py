"""What one more run would bring and cost: over two factors, and of one recipe that is thought of.

Bits are a plan's and a judge's (`designer.engine.judging.Measures`): those of a run made next,
after what is set up now and beside the runs that are open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from designer.acquisition.judge.making import costs_alone, in_best_order
from designer.acquisition.selection.context import OpenRun
from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import Run
from designer.campaigns.sheets.brought_plan import BroughtRun
from designer.campaigns.space.factors import Setting
from designer.engine.context import planning_context
from designer.engine.judging import Measures, told_seed
from designer.engine.pictures.answers import InformationMap, RunFigures, WhatIf
from designer.engine.pictures.maps import PictureGrid
from designer.engine.pictures.recipe import PictureRecipe
from designer.engine.pictures.results.progress import promised
from designer.engine.pictures.surfaces import recipe_figures
from designer.engine.proposing import default_seed
from designer.engine.threads import one_thread
from designer.models.arrays import FloatArray

_IT = "the run"


def information_map(recipe: PictureRecipe, x: str, y: str, size: tuple[int, int]) -> InformationMap:
    """Bits and cost of one more run over two factors.

    Args:
        recipe: what the other factors are held at.
        x: factor across.
        y: factor upwards.
        size: settings of each, at most.
    """
    fitted = recipe.fitted
    with one_thread():
        grid = PictureGrid.of(recipe, x, y, size)
        columns, rows = grid.x["values"], grid.y["values"]
        recipes = [{**recipe.settings, x: a, y: b} for b in rows for a in columns]
        places = np.flatnonzero(grid.beside.feasible).tolist()
        runs = [_thought_of(recipes[k], recipe.given, number) for number, k in enumerate(places, 1)]
        bits, cost = np.full((2, len(recipes)), np.nan)
        if runs:
            bits[places], cost[places] = _alone(recipe, runs)
        return {
            "seq": fitted.state.seq,
            "recipe": dict(recipe.settings),
            "given": dict(recipe.given),
            "x": grid.x,
            "y": grid.y,
            "bits": grid.grid(bits),
            "cost": grid.grid(cost),
            "cost_unit": recipe.spec.costs.unit,
        }


def _alone(recipe: PictureRecipe, runs: Sequence[BroughtRun]) -> tuple[FloatArray, FloatArray]:
    """Bits and cost of every run as the next one, ``[n]`` each."""
    fitted = recipe.fitted
    around = planning_context(fitted, datetime.now(UTC))
    seed = default_seed(fitted.state)
    found = costs_alone(recipe.spec, runs, around)
    cost = np.array([each for _, each in found])
    measures = _measures(recipe, seed, around_run=None)
    if measures is None or measures.yardstick is None:
        return np.full(len(runs), np.nan), cost
    trial = [
        OpenRun("", run.settings, labels, run.given)
        for run, (labels, _) in zip(runs, found, strict=True)
    ]
    return measures.yardstick.each_alone(trial), cost


def what_if(recipe: PictureRecipe, run: Run | None) -> WhatIf:
    """What a run of a recipe would bring; of an open run, beside what it brings as it is.

    Args:
        recipe: what somebody thinks of.
        run: open run it would be made instead of; None: one more.
    """
    fitted = recipe.fitted
    with one_thread():
        as_it_is = [] if run is None else [_thought_of(run.used, {}, 1, run=run.id)]
        seed = told_seed(fitted.state, as_it_is)
        measures = _measures(recipe, seed, around_run=run)
        before = None
        if run is not None:
            told = replace(recipe, settings=run.used, given={**recipe.given, **run.given})
            before = _run_figures(told, measures, seed, run, run.batch)
        kept = {} if run is None else _kept_batches(recipe, run)
        together = [] if run is None else promised(fitted)
        return {
            **_run_figures(recipe, measures, seed, run, kept),
            "seq": fitted.state.seq,
            "cost_unit": recipe.spec.costs.unit,
            "run": None if run is None else run.id,
            "before": before,
            "open_bits": together[-1]["bits"] if together else None,
        }


def _measures(recipe: PictureRecipe, seed: int, *, around_run: Run | None) -> Measures | None:
    """What bits are measured with; None: no recipe is feasible."""
    fitted = recipe.fitted
    around = planning_context(fitted, datetime.now(UTC))
    try:
        measures = Measures.of(fitted, recipe.given, seed, around)
    except InputError:
        return None
    if around_run is None:
        return measures
    return measures.without([_thought_of(around_run.used, {}, 1, run=around_run.id)])


def _run_figures(
    recipe: PictureRecipe,
    measures: Measures | None,
    seed: int,
    run: Run | None,
    batch: Mapping[str, str],
) -> RunFigures:
    around = planning_context(recipe.fitted, datetime.now(UTC))
    if run is not None:
        around = replace(around, pending=tuple(p for p in around.pending if p.run != run.id))
    runs = [_thought_of(recipe.settings, recipe.given, 1, batch=batch)]
    making = in_best_order(recipe.spec, runs, around, seed)
    bits = None
    if measures is not None and measures.yardstick is not None:
        bits = measures.yardstick.worth(making.open_runs(runs)).bits
    return {
        **recipe_figures(recipe),
        "bits": bits,
        "cost": making.cost,
        "new_batches": [stage for stage, count in making.new.items() if count],
    }


def _kept_batches(recipe: PictureRecipe, run: Run) -> dict[str, str]:
    """Batches an open run keeps with other settings: up to the first stage that changes."""
    kept: dict[str, str] = {}
    for stage in recipe.spec.stages:
        changed = any(
            recipe.settings[factor.name] != run.used.get(factor.name)
            for factor in recipe.spec.stage_factors(stage.name)
        )
        if changed or stage.name not in run.batch:
            break
        kept[stage.name] = run.batch[stage.name]
    return kept


def _thought_of(
    settings: Mapping[str, Setting],
    given: Mapping[str, float],
    row: int,
    *,
    batch: Mapping[str, str] | None = None,
    run: str | None = None,
) -> BroughtRun:
    return BroughtRun(row, _IT, settings, given, batch or {}, run)

"""Every response along every factor through one recipe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from designer.engine.pictures.answers import PictureReading, Slice, Slices
from designer.engine.pictures.readings import likeness, readings
from designer.engine.pictures.recipe import PictureRecipe
from designer.engine.pictures.surfaces import Surfaces, bands, facts_of, numbers, recipe_figures
from designer.engine.report import model_notes
from designer.engine.threads import one_thread


def slices(recipe: PictureRecipe, points: int) -> Slices:
    """Slices through a recipe.

    Args:
        recipe: with its surroundings.
        points: settings along each factor, at most (numbers; all categories).
    """
    fitted = recipe.fitted
    with one_thread():
        axes = [recipe.axis(factor.name, points) for factor in recipe.spec.factors]
        along = [recipe.beside({axis["factor"]: np.array(axis["values"])}) for axis in axes]
        # all at once: one look at the models instead of one per factor
        surfaces = Surfaces(fitted, np.vstack([each.X for each in along]))
        believed = {name: surfaces.quantiles(name) for name in fitted.averaged}
        beside = readings(fitted.state, recipe.settings)
        told, start = list[Slice](), 0
        for axis, each in zip(axes, along, strict=True):
            part = slice(start, start := start + len(each.X))
            told.append(
                {
                    "axis": axis,
                    "feasible": each.feasible.tolist(),
                    "near": _near(recipe, axis["factor"], beside),
                    "in_spec": None
                    if surfaces.in_spec is None
                    else numbers(surfaces.in_spec[part], each.exists),
                    "responses": {
                        name: bands(found[:, part], each.exists) for name, found in believed.items()
                    },
                }
            )
        return {
            **recipe_figures(recipe),
            "seq": fitted.state.seq,
            "responses": facts_of(fitted),
            "slices": told,
            "readings": beside,
            "notes": model_notes(fitted),
        }


def _near(recipe: PictureRecipe, drawn: str, beside: Sequence[PictureReading]) -> list[float]:
    held = [factor for factor in recipe.spec.factors if factor.name != drawn]
    return [likeness(held, each["settings"], recipe.settings) for each in beside]

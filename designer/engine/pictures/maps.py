"""All responses over two factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from designer.engine.pictures.answers import Grid, PictureAxis, RecipeMap
from designer.engine.pictures.readings import readings
from designer.engine.pictures.recipe import BesideRecipe, PictureRecipe
from designer.engine.pictures.surfaces import Surfaces, facts_of, numbers
from designer.engine.threads import one_thread
from designer.models.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class PictureGrid:
    """Recipes over two factors.

    Attributes:
        x: axis across.
        y: axis upwards.
        beside: the recipes, x fastest.
    """

    x: PictureAxis
    y: PictureAxis
    beside: BesideRecipe

    @classmethod
    def of(cls, recipe: PictureRecipe, x: str, y: str, size: tuple[int, int]) -> PictureGrid:
        """Recipes over two different factors.

        Args:
            recipe: what the other factors are held at.
            x: factor across.
            y: factor upwards.
            size: settings of each, at most.
        """
        across, up = recipe.axis(x, size[0]), recipe.axis(y, size[1])
        columns, rows = np.array(across["values"]), np.array(up["values"])
        varied = {x: np.tile(columns, len(rows)), y: np.repeat(rows, len(columns))}
        return cls(across, up, recipe.beside(varied))

    def grid(self, values: FloatArray, known: BoolArray | None = None) -> Grid:
        """Values ``[ny · nx]`` row by row; nothing where there is no recipe."""
        there = self.beside.exists if known is None else known
        flat, width = numbers(values, there), len(self.x["values"])
        return [flat[start : start + width] for start in range(0, len(flat), width)]


def recipe_map(recipe: PictureRecipe, x: str, y: str, size: tuple[int, int]) -> RecipeMap:
    """A map of every response.

    Args:
        recipe: what the other factors are held at.
        x: factor across.
        y: factor upwards.
        size: settings of each, at most.
    """
    fitted = recipe.fitted
    with one_thread():
        grid = PictureGrid.of(recipe, x, y, size)
        surfaces = Surfaces(fitted, grid.beside.X)
        mean, width = dict[str, Grid](), dict[str, Grid]()
        for name in fitted.averaged:
            low, _, median, _, high = surfaces.quantiles(name)
            mean[name], width[name] = grid.grid(median), grid.grid(0.5 * (high - low))
        columns = len(grid.x["values"])
        feasible = grid.beside.feasible.tolist()
        in_spec = surfaces.in_spec
        return {
            "seq": fitted.state.seq,
            "recipe": dict(recipe.settings),
            "given": dict(recipe.given),
            "x": grid.x,
            "y": grid.y,
            "feasible": [feasible[k : k + columns] for k in range(0, len(feasible), columns)],
            "mean": mean,
            "width": width,
            "in_spec": None if in_spec is None else grid.grid(in_spec),
            "in_spec_by": {name: grid.grid(each) for name, each in surfaces.in_spec_by.items()},
            "responses": facts_of(fitted),
            "readings": readings(fitted.state, recipe.settings, {x, y}),
        }

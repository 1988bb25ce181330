"""What is believed of every response at many recipes: bands, widths, chances of being in spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from designer.acquisition.functions.probability_in_spec import (
    log_inside,
    probability,
    windows_on_scale,
)
from designer.acquisition.predictions import SD_95, predict, quantiles
from designer.campaigns.specification.recipes import recipe_problems
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import Bands, RecipeFigures, ResponseFacts
from designer.engine.pictures.recipe import PictureRecipe
from designer.models.arrays import BoolArray, FloatArray

SD_50 = 0.674490  # half-width of a normal distribution's 50 % interval in standard deviations
_AROUND = (-SD_95, -SD_50, 0.0, SD_50, SD_95)


def numbers(values: FloatArray, known: BoolArray | None = None) -> list[float | None]:
    """Plain numbers; None where nothing is known or a value is beyond numbers."""
    fine = np.isfinite(values) if known is None else np.isfinite(values) & known
    return [float(value) if there else None for value, there in zip(values, fine, strict=True)]


def facts_of(fitted: FittedCampaign) -> dict[str, ResponseFacts]:
    """What pictures have to know of the responses with a belief."""
    told: dict[str, ResponseFacts] = {}
    for name, posterior in fitted.averaged.items():
        response = fitted.state.spec.response(name)
        low, high = response.window or (-np.inf, np.inf)
        told[name] = {
            "unit": response.unit,
            "low": float(low) if np.isfinite(low) else None,
            "high": float(high) if np.isfinite(high) else None,
            "log": posterior.scaling.log,
            "goal": response.goal,
        }
    return told


def bands(quantiles: FloatArray, known: BoolArray) -> Bands:
    """Bands from `Surfaces.quantiles` ``[5, n]``; nothing where there is no recipe."""
    low_95, low_50, median, high_50, high_95 = quantiles
    return {
        "median": numbers(median, known),
        "low_50": numbers(low_50, known),
        "high_50": numbers(high_50, known),
        "low_95": numbers(low_95, known),
        "high_95": numbers(high_95, known),
    }


@dataclass(frozen=True)
class Surfaces:
    """Beliefs at some recipes.

    Attributes:
        fitted: the campaign and what was learned.
        X: encoded recipes, ``[n, D]``.
    """

    fitted: FittedCampaign
    X: FloatArray

    @cached_property
    def moments(self) -> Mapping[str, tuple[FloatArray, FloatArray]]:
        """Mean and variance on the model's scale per response, ``[n]`` each."""
        return {name: known.moments(self.X) for name, known in self.fitted.averaged.items()}

    @cached_property
    def _limits(self) -> dict[str, tuple[float, float]]:
        return windows_on_scale(self.fitted.state.spec, self.fitted.averaged)

    def quantiles(self, name: str) -> FloatArray:
        """2.5, 25, 50, 75 and 97.5 % quantiles of the noise-free response, ``[5, n]``."""
        possible = self.fitted.state.spec.response(name).possible
        return quantiles(self.fitted.averaged[name], *self.moments[name], _AROUND, possible)

    @cached_property
    def in_spec(self) -> FloatArray | None:
        """Probability that the recipe itself is in all windows, ``[n]``; None without a window."""
        if not self._limits:
            return None
        means = [self.moments[name][0] for name in self._limits]
        variances = [self.moments[name][1] for name in self._limits]
        return probability(means, variances, [*self._limits.values()])

    @cached_property
    def in_spec_by(self) -> dict[str, FloatArray]:
        """The same of every response with a window."""
        return {
            name: np.exp(log_inside(*self.moments[name], limits))
            for name, limits in self._limits.items()
        }


def recipe_figures(recipe: PictureRecipe) -> RecipeFigures:
    """What `predict` tells of the recipe, and why it cannot be made as it is."""
    fitted, spec = recipe.fitted, recipe.spec
    filled = {**recipe.settings, **recipe.given}
    X = fitted.training.space.encode_recipes([filled])
    (told,) = predict(spec, fitted.averaged, X, fitted.state.seq)
    success = None if fitted.success is None else float(fitted.success(X)[0])
    return {
        "recipe": dict(recipe.settings),
        "given": dict(recipe.given),
        "predicted": told.responses,
        "in_spec": told.in_spec,
        "in_spec_measured": told.in_spec_measured,
        "success": success,
        "problems": [str(problem) for problem in recipe_problems(spec, filled, "")],
    }

"""The recipe a picture is about, and recipes beside it: along one of its factors, or over two.

Along a component of a mixture the other components share the rest in the proportions they have
(the direction of Cox 1971, Biometrika 58, 155); they need not be settings of the machine there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.levels import Continuum, floats, levels_of
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.specification.specification import Specification
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import PictureAxis
from designer.models.arrays import BoolArray, FloatArray

_ROUNDING = 1e-9  # of the total of a mixture


@dataclass(frozen=True)
class BesideRecipe:
    """Recipes beside one.

    Attributes:
        X: encoded, ``[n, D]``; where there is no such recipe, of the nearest there is.
        exists: whether there is such a recipe at all: no component of a mixture below nothing.
        feasible: whether it may be proposed, ``[n]``.
    """

    X: FloatArray
    exists: BoolArray
    feasible: BoolArray


@dataclass(frozen=True)
class PictureRecipe:
    """A recipe with its surroundings.

    Attributes:
        fitted: the campaign and what was learned.
        settings: a machine setting for every factor.
        given: a value for every given.
    """

    fitted: FittedCampaign
    settings: Mapping[str, Setting]
    given: Mapping[str, float]

    @property
    def spec(self) -> Specification:
        """The campaign's specification."""
        return self.fitted.state.spec

    @cached_property
    def _region(self) -> ProposalRegion:
        return ProposalRegion.of(self.spec, {}, self.given)

    def axis(self, name: str, most: int) -> PictureAxis:
        """Settings along a factor, the recipe's own among them.

        Args:
            name: of the factor.
            most: how many settings, where they are numbers (one more for the own).
        """
        factor = self.spec.factor(name)
        values = _settings_along(factor, most)
        own = self.settings[name]
        if own not in values:
            values = sorted([*values, own], key=lambda value: value)  # numbers: categories are all
        return {
            "factor": name,
            "unit": factor.unit,
            "log": factor.log_scale,
            "values": values,
        }

    def beside(self, varied: Mapping[str, np.ndarray]) -> BesideRecipe:
        """Recipes that differ in some factors.

        Args:
            varied: n settings each.
        """
        count = len(next(iter(varied.values())))
        columns: Columns = {name: np.full(count, value) for name, value in self.settings.items()}
        columns |= varied
        exists = np.ones(count, dtype=np.bool_)
        possible = np.ones(count, dtype=np.bool_)
        for mixture in self.spec.mixtures:
            members = [*mixture.factors]
            moved = [name for name in members if name in varied]
            if not moved:
                possible &= bool(mixture.holds_for(self.settings))
                continue
            others = [name for name in members if name not in varied]
            total = float(mixture.total)
            rest = total - np.sum([columns[name] for name in moved], axis=0)
            if not others:
                exists &= np.abs(rest) <= _ROUNDING * abs(total)
                continue
            exists &= rest >= -_ROUNDING * abs(total)
            shares = np.array([float(self.settings[name]) for name in others])
            shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(others), 1.0)
            shares = shares / shares.sum()
            for name, share in zip(others, shares, strict=True):
                low, high = self.spec.factor(name).bounds
                wanted = share * rest
                room = _ROUNDING * (abs(total) or 1.0)
                possible &= (wanted >= low - room) & (wanted <= high + room)
                columns[name] = np.clip(wanted, low, high)
        possible &= exists & self._region.feasible(columns, count)
        givens = {name: np.full(count, value) for name, value in self.given.items()}
        return BesideRecipe(self.fitted.training.space.encode(columns | givens), exists, possible)


def _settings_along(factor: Factor, most: int) -> list[Setting]:
    """Settings of the machine in order, at most so many where they are numbers."""
    levels = levels_of(factor)
    if isinstance(levels, Continuum):
        chosen = np.unique(np.rint(np.linspace(levels.low, levels.high, most)).astype(np.int64))
        values: list[Setting] = floats(chosen, levels.decimals).tolist()
        return values
    if levels.values.dtype.kind == "U" or len(levels) <= most:
        return [value.item() for value in levels.values]
    if levels.endless or factor.levels is None:
        chosen = np.unique(np.rint(np.linspace(0, len(levels) - 1, most)).astype(np.int64))
    else:  # a list of foils may be crowded at one end
        places = factor.scale.position(levels.values)
        wanted = np.linspace(0.0, 1.0, most)
        chosen = np.unique(np.abs(places[None, :] - wanted[:, None]).argmin(axis=1))
    return [value.item() for value in levels.values[chosen]]


def nearest_recipe(
    spec: Specification, settings: Mapping[str, Setting], given: Mapping[str, float]
) -> dict[str, Setting]:
    """The settings of the machine nearest to some, factor by factor; mixtures are not looked at."""
    grid = RecipeGrid(ProposalRegion.of(spec, {}, given))
    codes = grid.nearest({name: np.array([value]) for name, value in settings.items()})
    return {name: values[0].item() for name, values in grid.columns(codes).items()}


def middle_recipe(fitted: FittedCampaign) -> dict[str, Setting]:
    """The recipe nearest to the middle of the region that may be proposed."""
    X = fitted.candidates.encode(fitted.training.space)
    centre = X.mean(axis=0)
    return fitted.candidates.recipe(int(np.square(X - centre).sum(axis=1).argmin()))

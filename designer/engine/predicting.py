"""Predictions at given recipes, and the best recipes known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.local_search import PEAKS, best_rows, climbed
from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.conditioning.points import SharedPoints
from designer.acquisition.conditioning.surfaces import make_surface
from designer.acquisition.functions.improvement import goal_on_scale, utility
from designer.acquisition.functions.probability_in_spec import log_inside, windows_on_scale
from designer.acquisition.predictions import Prediction, predict
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.recipes import recipe_problems
from designer.engine.answers import BestRecipe
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.threads import one_thread
from designer.engine.training_rows.training_set import training_runs
from designer.models.arrays import FloatArray, IntArray

_RANKED = 64  # recipes whose order is settled by what is shown
TIE = 0.01  # relative difference of in-spec probabilities that is none: then the goals decide


def predict_recipes(
    fitted: FittedCampaign, recipes: Sequence[Mapping[str, Setting]]
) -> list[Prediction]:
    """Predictions at recipes with a value for every factor and given."""
    with one_thread():
        X = fitted.training.space.encode_recipes(recipes)
        return predict(fitted.state.spec, fitted.averaged, X, fitted.state.seq)


def best_recipes(fitted: FittedCampaign, count: int) -> list[BestRecipe]:
    """Recommended set-points: most probably made and in spec, then best by the responses' goals.

    Candidates are found at the most probable hyperparameters; the best of them and the recipes made
    are put in order by what is shown, the average over hyperparameters.

    Returns:
        Up to ``count``; none when no response has a window or a goal.
    """
    spec, known = fitted.state.spec, fitted.averaged
    windows = windows_on_scale(spec, known)
    judged = [
        r for r in spec.responses if r.name in windows or (r.name in known and r.goal != "none")
    ]
    if not judged:
        return []
    with one_thread():
        given = fitted.candidates.given
        recipes = _with_made(fitted, _best(fitted, judged, given, max(count, _RANKED)), given)
        X = fitted.training.space.encode_recipes([recipe | given for recipe in recipes])
        order = _RecipeRanking(fitted, judged, X, shown=True).order()[:count]
        recipes, X = [recipes[k] for k in order], X[order]
        shown = predict(spec, fitted.averaged, X, fitted.state.seq)
        success = None if fitted.success is None else fitted.success(X)
    return [
        {
            "settings": recipe,
            "given": given,
            "in_spec": prediction.in_spec,
            "in_spec_measured": prediction.in_spec_measured,
            "success": None if success is None else float(success[k]),
            "predicted": prediction.responses,
        }
        for k, (recipe, prediction) in enumerate(zip(recipes, shown, strict=True))
    ]


def _with_made(
    fitted: FittedCampaign, recipes: list[dict[str, Setting]], given: Mapping[str, float]
) -> list[dict[str, Setting]]:
    """Some recipes and those of the runs that may be proposed, each once."""
    spec = fitted.state.spec
    made = [dict(run.used) for run in training_runs(fitted.state)]
    possible = [used for used in made if not recipe_problems(spec, {**used, **given}, "")]
    return list({tuple(sorted(r.items())): r for r in (*recipes, *possible)}.values())


def _best(
    fitted: FittedCampaign, judged: Sequence[Response], given: Mapping[str, float], count: int
) -> list[dict[str, Setting]]:
    """The best recipes among all, or where these are too many among some and steps from them."""
    candidates, space = fitted.candidates, fitted.training.space
    ranking = _RecipeRanking(fitted, judged, candidates.encode(space))
    rows = best_rows(candidates, ranking.score, ranking.sort, count)
    if candidates.exact:
        return [candidates.recipe(int(row)) for row in rows[:count]]
    grid = RecipeGrid(ProposalRegion.of(fitted.state.spec, {}, given))

    def order(codes: IntArray) -> IntArray:
        givens = {name: np.full(len(codes), value) for name, value in given.items()}
        X = space.encode(grid.columns(codes) | givens)
        return _RecipeRanking(fitted, judged, X).order()

    starts, _ = grid.codes(candidates.subset(rows[: max(PEAKS, count)]).columns)
    columns = grid.columns(climbed(grid, starts, order, count))
    values = zip(*(columns[name].tolist() for name in grid.region.names), strict=True)
    return [dict(zip(grid.region.names, row, strict=True)) for row in values]


class _RecipeRanking:
    """How good recipes are: by the probability of being made and in spec, then by the goals."""

    def __init__(
        self,
        fitted: FittedCampaign,
        judged: Sequence[Response],
        X: FloatArray,
        *,
        shown: bool = False,
    ) -> None:
        self._success, self._region = fitted.success, SharedPoints(X)
        self._shown = shown
        beliefs = fitted.averaged
        self._parts = [
            (r, beliefs[r.name], make_surface(beliefs[r.name], self._region, np.float32))
            for r in judged
        ]
        self._windows = windows_on_scale(fitted.state.spec, beliefs)

    def order(self) -> IntArray:
        """All recipes from best to worst."""
        every = np.arange(len(self._region.X))
        return self.sort(self.score(every), every)

    def score(self, rows: IntArray) -> FloatArray:
        """Log probability of being made and in spec, and service to the goals, ``[m, 2]``."""
        inside: FloatArray = np.zeros(len(rows))
        if self._success is not None:
            made = self._success(self._region.part(rows))
            inside += np.log(np.maximum(made, np.finfo(float).tiny))
        wish: FloatArray = np.zeros(len(rows))
        for response, posterior, surface in self._parts:
            at = self._region.part(rows)
            mean, variance = posterior.moments(at) if self._shown else surface.moments(rows)
            if response.name in self._windows:
                inside += log_inside(mean, variance, self._windows[response.name])
            if response.goal != "none":
                wish += response.weight * utility(goal_on_scale(response.goal, posterior), mean)
        return np.column_stack([inside, wish])

    @staticmethod
    def sort(figures: FloatArray, rows: IntArray) -> IntArray:
        """Places from best to worst."""
        return np.lexsort((rows, -figures[:, 1], -np.round(figures[:, 0] / TIE)))

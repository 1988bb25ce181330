"""Predictions at given recipes, and the best recipes known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from designer.acquisition.candidates import Candidates, make_candidates
from designer.acquisition.in_spec import log_inside
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.reference import draw
from designer.acquisition.surface import make_surface
from designer.campaigns.factors import Setting
from designer.campaigns.spec_parts import Response
from designer.models.arrays import FloatArray, IntArray
from designer.models.posterior import ResponsePosterior

from .knowledge import Knowledge
from .threads import one_thread

COARSE = 8192  # candidates looked at before the neighbourhoods of the best
PEAKS = 32
TIE = 0.01  # relative difference of in-spec probabilities that is none: then the goals decide


def predict_recipes(
    knowledge: Knowledge, recipes: Sequence[Mapping[str, Setting]]
) -> list[Prediction]:
    """Predictions at recipes with a value for every factor and given."""
    with one_thread():
        X = knowledge.training.space.encode_recipes(recipes)
        return predict(knowledge.state.spec, knowledge.shown, X)


def best_recipes(knowledge: Knowledge, count: int) -> list[dict[str, Any]]:
    """Recommended set-points: most probably in spec, then best by the responses' goals.

    Candidates are ranked at the most probable hyperparameters; what is shown is averaged.

    Returns:
        Up to ``count`` of ``{"settings", "given", "in_spec", "predicted"}``; none when no response
        has a window or a goal.
    """
    judged = [r for r in knowledge.state.spec.responses if _is_judged(knowledge, r)]
    if not judged:
        return []
    with one_thread():
        given, _ = knowledge.givens({})
        candidates = make_candidates(knowledge.state.spec, given=given)
        rows = _ranked(knowledge, judged, candidates, count)[:count]
        X = candidates.encode(knowledge.training.space)[rows]
        shown = predict(knowledge.state.spec, knowledge.shown, X)
    return [
        {
            "settings": candidates.recipe(int(row)),
            "given": given,
            "in_spec": prediction.in_spec,
            "predicted": prediction.responses,
        }
        for row, prediction in zip(rows, shown, strict=True)
    ]


def _is_judged(knowledge: Knowledge, response: Response) -> bool:
    known = response.name in knowledge.posteriors
    return known and (response.goal != "none" or _window(response) is not None)


def _window(response: Response) -> tuple[float, float] | None:
    """The window if it has an end at all."""
    window = response.window
    return window if window is not None and np.isfinite(window).any() else None


def _ranked(
    knowledge: Knowledge, judged: Sequence[Response], candidates: Candidates, count: int
) -> IntArray:
    """Rows of the best candidates, best first: a coarse look everywhere, then all near the best."""
    X = candidates.encode(knowledge.training.space)
    if len(candidates) <= COARSE:
        return _order(knowledge, judged, X)
    rng = np.random.default_rng(0)
    rows = np.unique(draw(candidates.morton, np.ones(len(candidates)), COARSE, rng))
    best = rows[_order(knowledge, judged, X[rows])[: max(PEAKS, count)]]
    reach = int(np.ceil((len(candidates) / COARSE) ** (1.0 / max(1, len(candidates.names))))) + 1
    index = candidates.index.astype(np.int64)
    near = np.zeros(len(candidates), dtype=np.bool_)
    for row in best:
        near |= (np.abs(index - index[row]) <= reach).all(axis=1)
    rows = np.flatnonzero(near)
    return rows[_order(knowledge, judged, X[rows])]


def _order(knowledge: Knowledge, judged: Sequence[Response], X: FloatArray) -> IntArray:
    """Points from best to worst."""
    inside: FloatArray = np.zeros(len(X))  # log of the probability of being in spec
    wish: FloatArray = np.zeros(len(X))
    for response in judged:
        posterior = knowledge.posteriors[response.name]
        surface = make_surface(posterior, X, np.float32)
        if (window := _window(response)) is not None:
            limits = posterior.limits(*window)
            inside += log_inside(surface.mean, surface.variance, limits)
        if response.goal != "none":
            wish += response.weight * _aim(response.goal, posterior)(surface.mean)
    return np.lexsort((np.arange(len(X)), -wish, -np.round(inside / TIE)))


def _aim(goal: str | float, posterior: ResponsePosterior) -> Callable[[FloatArray], FloatArray]:
    """How well means (model scale, about unit spread) serve a goal."""
    if goal == "maximize":
        return lambda mean: mean
    if goal == "minimize":
        return lambda mean: -mean
    target = posterior.limits(float(goal), np.inf)[0]
    return lambda mean: -np.abs(mean - target)

"""Our own model with one part left out at a time, so that nothing stays in that does not pay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType

import designer.models.fitting.all_responses as joint
from designer.models.fitting import fit as fitting
from tests.benchmarks.plants import Plant
from tests.benchmarks.rivals import Prediction, ours_fitted, predictions_of


def everything(plant: Plant, runs: int) -> list[Prediction]:
    """All parts, at the most probable hyperparameters."""
    return predictions_of(plant, ours_fitted(plant, runs), averaged=False)


def averaged(plant: Plant, runs: int) -> list[Prediction]:
    """All parts, averaged over hyperparameters."""
    return predictions_of(plant, ours_fitted(plant, runs))


def without_slopes(plant: Plant, runs: int) -> list[Prediction]:
    """Lines do not differ by shifts of their inputs."""
    with _instead(fitting, "with_slopes", lambda fitted, start=None: fitted):
        return everything(plant, runs)


def without_upstream(plant: Plant, runs: int) -> list[Prediction]:
    """No coordinate is replaced by a predicted upstream response."""
    with _instead(joint, "upstream_column", lambda posterior, columns: None):
        return everything(plant, runs)


def always_upstream(plant: Plant, runs: int) -> list[Prediction]:
    """It is replaced wherever it can be, not only where the evidence prefers it."""
    transforms = fitting._transforms
    with _instead(fitting, "_transforms", lambda *a: transforms(*a)[-1:]):
        return everything(plant, runs)


def without_knowledge(plant: Plant, runs: int) -> list[Prediction]:
    """The specification names no process knowledge."""
    links = {name: replace(link, feature=None) for name, link in plant.links.items()}
    return everything(replace(plant, links=links), runs)


def without_batches(plant: Plant, runs: int) -> list[Prediction]:
    """Runs of one slurry or strip share nothing."""
    return everything(replace(plant, run_batches=None), runs)


def linear_scale(plant: Plant, runs: int) -> list[Prediction]:
    """Nothing is modelled on a logarithmic scale."""
    problems = tuple(replace(p, log_scale=False) for p in plant.problems)
    return everything(replace(plant, problems=problems), runs)


@contextmanager
def _instead(module: ModuleType, name: str, value: object) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


VARIANTS = {
    "all parts": everything,
    "+ averaging": averaged,
    "− slopes": without_slopes,
    "− upstream": without_upstream,
    "upstream always": always_upstream,
    "− knowledge": without_knowledge,
    "− batch effects": without_batches,
    "− log scale": linear_scale,
}

"""Where recipes in spec may lie: joint samples of the responses at a few hundred candidates.

Looked at are candidates screened by their probability of being in spec. "In spec" is about the
noise-free responses of a recipe: batch effects do not enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import LinAlgError, cholesky

from designer.acquisition.functions.expected_hits import ExpectedHits, HitCount
from designer.acquisition.functions.probability_in_spec import Limits
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import predict
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.screening import screen_candidates
from designer.campaigns.specification.parts import WANTED_HITS
from designer.models.arrays import BoolArray, FloatArray, IntArray

SAMPLES = 512  # standard error of a probability of .3: .02
LIKELY = 0.5  # a recipe made counts as found from this probability on
LOOKED_AT = 384  # candidates
_UNLIKELY = 0.01  # recipes made that are less probable in spec do not count


@dataclass(frozen=True)
class HitSearch:
    """What is known about recipes in spec.

    Attributes:
        found: recipes made that are in spec with probability above one half.
        hits: worth of further runs.
        missing: how many are expected to be missing of those wanted, open runs counted.
    """

    found: int
    hits: ExpectedHits
    missing: float


def search_hits(problem: PlanningProblem, rng: np.random.Generator) -> HitSearch | None:
    """Look for recipes in spec; None when no response with a belief has a window.

    Args:
        problem: open runs taken.
        rng: source of candidates and samples.
    """
    limits = problem.limits
    if not limits:
        return None
    made = problem.made_recipes()
    in_spec = predict(problem.spec, problem.posteriors, made)
    probable = np.array([p.in_spec or 0.0 for p in in_spec])
    made = made[probable > _UNLIKELY]
    n = len(problem.candidates)
    rows = screen_candidates(problem, partial(probability_of_hit, problem), rng, LOOKED_AT)
    pending = np.arange(n, len(problem.X))
    X = np.vstack([problem.X[rows], made, problem.X[pending]])
    sampled = sample_inside(problem.posteriors, limits, X, rng)
    weight = np.append(np.ones(len(made)), problem.success[pending])
    missing = np.maximum(WANTED_HITS - sampled[:, len(rows) :] @ weight, 0.0)
    count = HitCount(sampled[:, : len(rows)], missing, problem.success[rows])
    found = int(np.count_nonzero(probable > LIKELY))
    hits = ExpectedHits(len(problem.X), rows, count)
    return HitSearch(found, hits, float(missing.mean()))


def probability_of_hit(problem: PlanningProblem, rows: IntArray) -> FloatArray:
    """Probability that runs at some points succeed and are in spec, ``[m]``."""
    return np.asarray(np.exp(problem.log_in_spec(rows)) * problem.success[rows])


def sample_inside(
    posteriors: dict[str, Posterior],
    limits: dict[str, Limits],
    X: FloatArray,
    rng: np.random.Generator,
    samples: int = SAMPLES,
) -> BoolArray:
    """Whether points are in spec, per joint sample of the noise-free responses, ``[S, m]``.

    Means and variances are the posteriors' own (averaged over hyperparameters where they are),
    correlations those of their covariances.

    Args:
        posteriors: belief per response.
        limits: window on the model scale per response that has one.
        X: points, ``[m, D]``.
        rng: source of the samples.
        samples: number of samples S.
    """
    inside = np.ones((samples, len(X)), dtype=np.bool_)
    for name, (low, high) in limits.items():
        posterior = posteriors[name]
        covariance = np.asarray(posterior.covariance(X, X), dtype=np.float64)
        own = np.sqrt(np.maximum(np.diagonal(covariance), np.finfo(float).tiny))
        root = _root(covariance / own / own[:, None])
        mean, variance = posterior.moments(X)
        sd = np.sqrt(variance)
        values = mean + sd * (rng.standard_normal((samples, len(X))) @ root.T)
        inside &= (values >= low) & (values <= high)
    return inside


def _root(correlation: FloatArray) -> FloatArray:
    """Lower Cholesky factor of a correlation matrix that rounding may have made indefinite."""
    for jitter in (1e-9, 1e-7, 1e-5):
        try:
            return np.asarray(cholesky(correlation + jitter * np.eye(len(correlation)), lower=True))
        except LinAlgError:
            continue
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

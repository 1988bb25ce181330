"""Where recipes in spec may lie: joint samples of the responses at a few hundred candidates.

Looked at are candidates drawn in proportion to their probability of being in spec, the most
probable ones, the most probable ones that what is set up now can make, and an even part of the
region. "In spec" is about the noise-free responses of a recipe: batch effects do not enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky

from designer.acquisition.hits import WANTED, Count, Hits
from designer.acquisition.in_spec import Limits, log_inside
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import predict
from designer.acquisition.proposal import Proposal
from designer.acquisition.reference import draw
from designer.models.arrays import BoolArray, FloatArray, IntArray

SAMPLES = 512  # standard error of a probability of .3: .02
LIKELY = 0.5  # a recipe made counts as found from this probability on
LOOKED_AT = 384  # candidates: a third drawn in proportion to their probability, a third the most
# probable ones (and as many of those that the batches at hand can make), the rest spread evenly
_UNLIKELY = 0.01  # recipes made that are less probable in spec do not count


@dataclass(frozen=True)
class Search:
    """What is known about recipes in spec.

    Attributes:
        found: recipes made that are in spec with probability above one half.
        hits: worth of further runs.
        missing: how many are expected to be missing of those wanted, open runs counted.
    """

    found: int
    hits: Hits
    missing: float


def search(proposal: Proposal, rng: np.random.Generator) -> Search | None:
    """Look for recipes in spec; None when no response with a belief has a window.

    Args:
        proposal: open runs taken.
        rng: source of candidates and samples.
    """
    limits = proposal.limits
    if not limits:
        return None
    inside: FloatArray = np.exp(
        sum(
            log_inside(field.surface.mean, field.surface.variance, limits[field.name])
            for field in proposal.fields
            if field.name in limits
        )
    )
    made = proposal.made_recipes()
    in_spec = predict(proposal.spec, proposal.posteriors, made)
    probable = np.array([p.in_spec or 0.0 for p in in_spec])
    made = made[probable > _UNLIKELY]
    n = len(proposal.candidates)
    rows = looked_at(proposal, inside[:n] * proposal.success_of(np.arange(n)), rng)
    pending = np.arange(n, len(proposal.X))
    X = np.vstack([proposal.X[rows], made, proposal.X[pending]])
    sampled = sample_inside(proposal.posteriors, limits, X, rng)
    weight = np.append(np.ones(len(made)), proposal.success_of(pending))
    missing = np.maximum(WANTED - sampled[:, len(rows) :] @ weight, 0.0)
    count = Count(sampled[:, : len(rows)], missing, proposal.success_of(rows))
    found = int(np.count_nonzero(probable > LIKELY))
    hits = Hits(len(proposal.X), rows, count)
    return Search(found, hits, float(missing.mean()))


def looked_at(
    proposal: Proposal, worth: FloatArray, rng: np.random.Generator, count: int = LOOKED_AT
) -> IntArray:
    """Candidates worth a closer look, sorted, ``[m]``; recipes made or open are left out.

    Args:
        proposal: the proposal.
        worth: of every candidate, ``[n]``, not negative.
        rng: source of the part that is drawn.
        count: about how many.
    """
    third = count // 3
    n = len(worth)
    free = proposal.allowed()[:n] & ~proposal.repeated()
    worth = np.where(free, worth, 0.0)
    order = np.argsort(-worth, kind="stable")
    at_hand = order[proposal.tree.depth()[order] > 0]
    parts = [order[:third], at_hand[:third]]
    for weights, number in ((worth, third), (free.astype(np.float64), third // 2)):
        if weights.sum() > 0:
            parts.append(draw(proposal.candidates.morton, weights, number, rng))
    rows = np.unique(np.concatenate(parts))
    return rows[free[rows]]


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
        sd = np.sqrt(posterior.variance(X))
        values = posterior.mean(X) + sd * (rng.standard_normal((samples, len(X))) @ root.T)
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

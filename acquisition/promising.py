"""How promising every candidate looks for the responses' goals, in closed form.

Only to choose the few hundred candidates that are judged properly: expected improvement of each
goal alone (Jones, Schonlau & Welch 1998, eq. 15) times the probability of being in spec.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from designer.acquisition.fields import Field
from designer.acquisition.in_spec import log_inside
from designer.acquisition.posterior import Posterior
from designer.acquisition.proposal import Proposal
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.spec_parts import Response


def promising(proposal: Proposal) -> FloatArray:
    """Promise of every candidate, not negative, ``[n]``; 0 everywhere without a goal."""
    n = len(proposal.candidates)
    log_p, promise = np.zeros(n), np.zeros(n)
    goals = {response.name: response for response in proposal.goals}
    for field in proposal.fields:
        mean, variance = field.surface.mean[:n], field.surface.variance[:n]
        if field.name in proposal.limits:
            log_p += log_inside(mean, variance, proposal.limits[field.name])
    inside = np.exp(log_p - log_p.max())
    for field in proposal.fields:
        if field.name in goals:
            gain = _improvement(field, goals[field.name], proposal, inside)
            promise += gain / max(float(gain.max()), np.finfo(float).tiny)
    return np.asarray(promise * inside)


def _improvement(
    field: Field, response: Response, proposal: Proposal, inside: FloatArray
) -> FloatArray:
    """Expected improvement over the best candidate that is as probably in spec as any."""
    n = len(inside)
    posterior = proposal.posteriors[field.name]
    mean, sd = field.surface.mean[:n], np.sqrt(field.surface.variance[:n])
    utility = _utility(response.goal, posterior, mean, sd)
    best = float(utility[inside >= 0.5].max())
    z = (utility - best) / sd
    return np.asarray(sd * (np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) + z * ndtr(z)))


def _utility(
    goal: str | float, posterior: Posterior, mean: FloatArray, sd: FloatArray
) -> FloatArray:
    """Expected utility: the response, its negative, or minus the distance from a number."""
    if goal == "maximize":
        return mean
    if goal == "minimize":
        return -mean
    off = mean - posterior.limits(float(goal), np.inf)[0]
    a = off / sd  # E|f − goal|: mean of a folded normal distribution
    folded = sd * np.sqrt(2 / np.pi) * np.exp(-0.5 * a * a) + off * (1 - 2 * ndtr(-a))
    return np.asarray(-folded)

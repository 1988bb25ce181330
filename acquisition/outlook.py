"""What will be known once the plan is made, and what the best step after it would still bring.

Given the hyperparameters, variances do not depend on the values that will be measured: a plan's
own conditioning says how far every response will be known. What is told is the root mean square
over the region of the standard deviation in raw units, which is what an error (RMSE) over the
region is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from designer.acquisition.candidates import Candidates
from designer.acquisition.fields import Field
from designer.acquisition.information import Information
from designer.acquisition.openings import Openings, hard_stage
from designer.acquisition.proposal import Proposal
from designer.acquisition.reference import draw
from designer.acquisition.situation import OpenRun
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.models.space import Space

_POINTS = 256  # that stand for the region
_RECIPES = 4096  # that the next step is chosen from


@dataclass(frozen=True)
class Step:
    """The best thing to do after the plan.

    Attributes:
        stage: stage of which it would be a new batch; None: it is a single run.
        runs: number of runs.
        bits: information it would bring.
        cost: in ``costs.unit``.
    """

    stage: str | None
    runs: int
    bits: float
    cost: float


@dataclass(frozen=True)
class Outlook:
    """What to expect.

    Attributes:
        runs: runs it is about: the open ones and the plan's.
        sd_now: typical standard deviation per response over the region, raw units, from the
            results so far.
        sd_after: the same once those runs are made.
        next_bits: information of the next single run after them.
        step: the best step after them; None: there is none.
        best_rate: most bits per cost of the step and of a single run.
    """

    runs: int
    sd_now: Mapping[str, float]
    sd_after: Mapping[str, float]
    next_bits: float
    step: Step | None
    best_rate: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-able figures."""
        step = self.step
        return {
            "runs": self.runs,
            "best_rate": self.best_rate,
            "responses": {
                name: {"sd_now": sd, "sd_after": self.sd_after[name]}
                for name, sd in self.sd_now.items()
            },
            "next": None if step is None else {
                "stage": step.stage, "runs": step.runs, "bits": step.bits, "cost": step.cost,
            },
        }  # fmt: skip


def outlook(
    proposal: Proposal, space: Space, goal: str, planned: Sequence[OpenRun]
) -> Outlook | None:
    """Look ahead from a plan; None when nothing is known yet.

    The planned runs are added to the open ones, and the goal is set anew, as the next plan will
    set it; recipes are thinned out, so that looking costs little beside planning.

    Args:
        proposal: what the plan was chosen from.
        space: encoding of its inputs.
        goal: of the campaign.
        planned: the runs of the plan, with the labels of their batches.
    """
    if proposal.blind:
        return None
    candidates = proposal.candidates
    thin = candidates.subset(_spread(candidates, _RECIPES))
    pending = (*proposal.situation.pending, *planned)
    around = replace(proposal.situation, pending=pending)
    ahead = Proposal(proposal.spec, space, proposal.posteriors, thin, around)
    region = _spread(thin, _POINTS)
    now, after = {}, {}
    for field in ahead.fields:
        now[field.name], after[field.name] = _known(ahead, field, region)
    single, step = _next(ahead, "window" if goal == "optimum" else goal)
    return Outlook(
        runs=len(pending),
        sd_now=now,
        sd_after=after,
        next_bits=single.bits,
        step=step,
        best_rate=max(s.bits / s.cost for s in (single, step) if s is not None),
    )


def _spread(candidates: Candidates, most: int) -> IntArray:
    """Some of the candidates, evenly over the region."""
    n = len(candidates)
    if n <= most:
        return np.arange(n)
    return np.unique(draw(candidates.morton, np.ones(n), most, np.random.default_rng(0)))


def _known(proposal: Proposal, field: Field, rows: IntArray) -> tuple[float, float]:
    """Typical standard deviation now and after the runs taken.

    The posterior may be averaged over hyperparameters, the conditioning is at their mode: the
    share of the variance that the runs leave is taken from there.
    """
    posterior, X = proposal.posteriors[field.name], proposal.X[rows]
    mean, variance = posterior.moments(X)
    before = np.maximum(field.surface.moments(rows)[1], np.finfo(float).tiny)
    left = np.minimum(field.variance_at(rows) / before, 1.0)
    return (
        _typical(posterior.to_raw(mean, variance)[1]),
        _typical(posterior.to_raw(mean, variance * left)[1]),
    )


def _typical(sd: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(sd))))


def _next(ahead: Proposal, goal: str) -> tuple[Step, Step | None]:
    """The best single run by bits per cost, and the best step."""
    tree, allowed = ahead.tree, ahead.allowed()
    target = ahead.target(goal, np.random.default_rng(0))
    information = Information(ahead.fields, target, tree, ahead.success)
    each, costs = information.each(), tree.costs()
    best = int(np.argmax(np.where(allowed, each / costs, -np.inf)))
    single = Step(None, 1, float(each[best]), float(costs[best]))
    stage = hard_stage(tree)
    if stage is None:
        return single, single
    opening = Openings(information, tree, stage).best(allowed, np.inf)
    if opening is None or not opening.runs:  # a batch too short-lived for a single run
        return single, None
    return single, Step(tree.stages[stage], opening.runs, opening.value, opening.cost)

"""What the runs of a plan teach: bits and the ± left, at the same goal for every plan.

Bits are a plan's (`designer.acquisition.functions.reference_points`): plans that are compared are
judged at the same points, weights and hyperparameters, whoever made them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.batches.tree import ROOT
from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.plan.outlook import known_over_region
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import Prediction, predict
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.acquisition.selection.problem import PlanningProblem
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space


@dataclass(frozen=True)
class Worth:
    """What runs are expected to bring.

    Attributes:
        bits: of all of them.
        each: of every run after those before it, in the order given.
        sd_now: typical ± per response over the region, raw units, from the results so far.
        sd_before: the same once the open runs are made.
        sd_after: the same once these runs are made, too.
        predictions: what every run is expected to give.
        success: probability of every run to be made successfully; None: nothing failed yet.
    """

    bits: float
    each: tuple[float, ...]
    sd_now: Mapping[str, float]
    sd_before: Mapping[str, float]
    sd_after: Mapping[str, float]
    predictions: tuple[Prediction, ...]
    success: tuple[float, ...] | None

    @property
    def inside(self) -> tuple[float, ...] | None:
        """Probability of every run to be made and in spec; None: no response has a window."""
        made = self.success or (1.0,) * len(self.predictions)
        known = [p.in_spec * s for p, s in zip(self.predictions, made, strict=True)
                 if p.in_spec is not None]  # fmt: skip
        return tuple(known) if known else None

    @property
    def hits(self) -> float | None:
        """Runs expected in spec."""
        return None if self.inside is None else float(sum(self.inside))


@dataclass(frozen=True)
class Yardstick:
    """What plans are measured with.

    Attributes:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response; at least one.
        candidates: recipes of the whole region.
        context: what is set up, open and known; the runs judged are not among the open ones.
        seed: of the points the goal looks at.
    """

    spec: Specification
    space: Space
    posteriors: Mapping[str, Posterior]
    candidates: Candidates
    context: PlanningContext
    seed: int

    @np.errstate(invalid="ignore")
    def each_alone(self, runs: Sequence[OpenRun]) -> FloatArray:
        """Bits of every run as the only one that is made, ``[n]``.

        Args:
            runs: with the batches that are there already which they go on with; they have batches
                of their own of all later stages.
        """
        problem = PlanningProblem(
            self.spec, self.space, self.posteriors, self.candidates, self.context, trial=runs
        )
        goal = "window" if self.spec.goal == "optimum" else self.spec.goal
        reference = problem.reference_points(goal, np.random.default_rng(self.seed))
        information = problem.information(reference)
        tree, rows = problem.tree, [row for row, _ in problem.trial_runs]
        for row, chain in problem.trial_runs:
            known = [number for number in chain if tree.batches[number].label is not None]
            tree.leaf[row] = known[-1] if known else ROOT
        of_interest = np.zeros(len(tree.leaf), dtype=np.bool_)
        of_interest[rows] = True
        return np.asarray(information.gains(of_interest)[rows])

    # as of `make_plan`: OpenBLAS raises flags for what lies behind the ends of its arrays
    @np.errstate(invalid="ignore")
    def worth(self, runs: Sequence[OpenRun]) -> Worth:
        """What some runs are worth, in the order they are made."""
        problem = PlanningProblem(
            self.spec, self.space, self.posteriors, self.candidates, self.context, trial=runs
        )
        goal = "window" if self.spec.goal == "optimum" else self.spec.goal
        reference = problem.reference_points(goal, np.random.default_rng(self.seed))
        before = known_over_region(problem)
        information = problem.information(reference)
        each = [information.condition(row, chain) for row, chain in problem.trial_runs]
        after = known_over_region(problem)
        rows = np.array([row for row, _ in problem.trial_runs], dtype=np.int64)
        return Worth(
            bits=float(sum(each)),
            each=tuple(each),
            sd_now={name: now for name, (now, _) in before.items()},
            sd_before={name: left for name, (_, left) in before.items()},
            sd_after={name: left for name, (_, left) in after.items()},
            predictions=tuple(
                predict(self.spec, problem.posteriors, problem.X[rows], self.context.at)
            ),
            success=None
            if self.context.success is None
            else tuple(float(p) for p in problem.success[rows]),
        )

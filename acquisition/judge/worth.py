"""What the runs of a plan teach: bits and the ± left, at the same goal for every plan.

Bits are a plan's (`designer.acquisition.functions.reference_points`): plans that are compared are
judged at the same points, weights and hyperparameters, whoever made them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates
from designer.acquisition.plan.outlook import known_over_region
from designer.acquisition.posterior import Posterior
from designer.acquisition.predictions import predict
from designer.acquisition.selection.context import OpenRun, PlanningContext
from designer.acquisition.selection.problem import PlanningProblem

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
        inside: probability of every run to be made and in spec; None: no response has a window.
    """

    bits: float
    each: tuple[float, ...]
    sd_now: Mapping[str, float]
    sd_before: Mapping[str, float]
    sd_after: Mapping[str, float]
    inside: tuple[float, ...] | None

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
        return Worth(
            bits=float(sum(each)),
            each=tuple(each),
            sd_now={name: now for name, (now, _) in before.items()},
            sd_before={name: left for name, (_, left) in before.items()},
            sd_after={name: left for name, (_, left) in after.items()},
            inside=self._inside(problem, [row for row, _ in problem.trial_runs]),
        )

    def _inside(self, problem: PlanningProblem, rows: Sequence[int]) -> tuple[float, ...] | None:
        where = np.array(rows, dtype=np.int64)
        inside = [p.in_spec for p in predict(self.spec, problem.posteriors, problem.X[where])]
        made = problem.success[where]
        known = [float(p * s) for p, s in zip(inside, made, strict=True) if p is not None]
        return tuple(known) if known else None

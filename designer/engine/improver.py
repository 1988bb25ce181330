"""Expected improvement on the responses' goals by BoTorch, in spec. Imports torch.

One goal: noisy expected improvement; several: noisy expected hypervolume improvement (Daulton,
Balandat & Bakshy 2021), both in logarithms (Ament et al. 2023), with the windows as constraints
and open runs pending. All of it is on the scales where the models are normal: raw units, or the
natural logarithm of a log-scale response, whose mean in raw units the tails would decide. There
every goal is divided by what its response varies over the region.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from botorch.acquisition.logei import qLogNoisyExpectedImprovement
from botorch.acquisition.multi_objective import logei
from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
from botorch.acquisition.multi_objective.objective import GenericMCMultiOutputObjective
from botorch.acquisition.objective import GenericMCObjective
from botorch.acquisition.utils import compute_best_feasible_objective
from botorch.sampling.normal import SobolQMCNormalSampler
from botorch.utils.multi_objective.pareto import is_non_dominated
from torch import Tensor

from designer.acquisition.functions.improvement import goal_on_scale, utility
from designer.campaigns.specification.parts import Response
from designer.models.arrays import ArrayT, FloatArray
from designer.models.botorch_adapter.model import PointsModel, to_botorch
from designer.models.data.scaling import Scaling
from designer.models.encoding import Space
from designer.models.fitting.history_weight import Belief
from designer.render.figures import figure_text

_SAMPLES, _SEED = 128, 0
_NEGLIGIBLE = 0.01  # of what a response varies over the region
_BELOW = 0.1  # of it: what counts as no achievement lies so far below the worst incumbent
_LARGEST_LOG = 300.0  # factors told stay finite
_INCUMBENTS = 6  # best recipes made, over which runs may improve

# BoTorch would compile a kernel in C++ at the first plan with several goals: a minute, or a warning
# where there is no compiler. Its Python code computes the same; versions without it ignore this.
logei.__dict__["_load_attempted"] = True

Constraint = Callable[[Tensor], Tensor]
Acquisition = qLogNoisyExpectedImprovement | qLogNoisyExpectedHypervolumeImprovement


class BoTorchImprover:
    """Judge of improvement (an `Improver`).

    Args:
        responses: with a belief, in the order of the posteriors; some have goals or windows.
        posteriors: belief per response.
        space: the campaign's inputs.
        made: encoded recipes made, ``[k, D]``; none: improvement is over the best recipe as
            predicted.
        region: points that stand for the region, ``[r, D]``.
    """

    def __init__(
        self,
        responses: Sequence[Response],
        posteriors: Mapping[str, Belief],
        space: Space,
        made: FloatArray,
        region: FloatArray,
    ) -> None:
        self._posteriors = [posteriors[r.name] for r in responses]
        self._model = to_botorch(self._posteriors, space)
        self._space = space
        self._spread = np.array([_variation(p, region) for p in self._posteriors])
        wanted = [(k, r) for k, r in enumerate(responses) if r.goal != "none" and r.weight > 0]
        self._goals = [(k, self._own_goal(k, r)) for k, r in wanted]
        self._constraints = [limit for k, r in enumerate(responses) for limit in self._limits(k, r)]
        some, most = (made, _INCUMBENTS) if len(made) else (region, 1)
        self._incumbents = self._best(some, most)
        self._floor = self._all(self._predicted(self._incumbents)).min(dim=0).values - _BELOW
        self._scale, self._only = 1.0, None if len(wanted) > 1 else wanted[0]
        self.name = "expected hypervolume improvement"
        if self._only is not None:
            place, response = self._only
            self._scale = float(self._spread[place])
            unit = f" in {response.unit}" if response.unit else ""
            of = f"ln({response.name})" if self._is_log(place) else f"{response.name}{unit}"
            self.name = f"expected improvement of {of}"
        self.threshold = _NEGLIGIBLE * self._scale

    def told(self, value: float) -> str:
        """See `Improver`: in the response's unit, or as the factor that a logarithm means."""
        if self._only is None:
            return figure_text(value, 2)
        place, response = self._only
        if self._is_log(place):
            return f"a factor of {figure_text(math.exp(min(value, _LARGEST_LOG)), 3)}"
        return f"{figure_text(value, 2)} {response.unit or ''}".rstrip()

    def __call__(self, X: FloatArray, pending: FloatArray) -> Callable[[Sequence[int]], FloatArray]:
        """Look at ``X [m, D]`` beyond ``pending [q, D]``; see `Improver`."""
        points = self._space.as_codes(np.vstack([X, self._incumbents, pending]))
        model = PointsModel(self._model, torch.from_numpy(points))
        place = torch.arange(len(points), dtype=torch.float64).unsqueeze(-1)
        candidates, made = place[: len(X)], place[len(X) : len(points) - len(pending)]
        waiting = place[len(points) - len(pending) :]

        def judge(taken: Sequence[int]) -> FloatArray:
            ahead = torch.cat([waiting, candidates[[*taken]]])
            with torch.no_grad():
                acquisition = self._acquisition(model, made, ahead if len(ahead) else None)
                values: FloatArray = acquisition(candidates.unsqueeze(-2)).exp().numpy()
            return self._scale * values

        return judge

    def _acquisition(self, model: PointsModel, made: Tensor, pending: Tensor | None) -> Acquisition:
        sampler = SobolQMCNormalSampler(torch.Size([_SAMPLES]), seed=_SEED)
        if len(self._goals) == 1:
            return _ExpectedImprovement(
                float(self._floor),
                model,
                made,
                sampler=sampler,
                objective=GenericMCObjective(self._first),
                constraints=self._constraints or None,
                X_pending=pending,
                prune_baseline=False,
            )
        return qLogNoisyExpectedHypervolumeImprovement(
            model,
            self._floor.tolist(),
            made,
            sampler=sampler,
            objective=GenericMCMultiOutputObjective(self._all),
            constraints=self._constraints or None,
            X_pending=pending,
        )

    def _first(self, Y: Tensor, X: Tensor | None = None) -> Tensor:  # noqa: ARG002 - BoTorch's
        return self._all(Y)[..., 0]

    def _all(self, Y: Tensor, X: Tensor | None = None) -> Tensor:  # noqa: ARG002 - BoTorch's
        served = [utility(goal, Y[..., k]) / self._spread[k] for k, goal in self._goals]
        return torch.stack(served, dim=-1)

    def _is_log(self, k: int) -> bool:
        return self._posteriors[k].scaling.log

    def _own_goal(self, k: int, response: Response) -> str | float:
        goal = goal_on_scale(response.goal, self._posteriors[k])
        return goal if isinstance(goal, str) else _own_scale(self._posteriors[k].scaling, goal)

    def _limits(self, k: int, response: Response) -> list[Constraint]:
        """Constraints of a window as BoTorch takes them: feasible where they are negative."""
        posterior, spread = self._posteriors[k], float(self._spread[k])
        low, high = (
            _own_scale(posterior.scaling, end)
            for end in posterior.limits(*(response.window or (-np.inf, np.inf)))
        )
        limits: list[Constraint] = []
        if np.isfinite(low):
            limits.append(lambda Y: (low - Y[..., k]) / spread)
        if np.isfinite(high):
            limits.append(lambda Y: (Y[..., k] - high) / spread)
        return limits

    def _predicted(self, X: FloatArray) -> Tensor:
        """Mean responses on their own scales, ``[n, m]``."""
        means = [_own_scale(p.scaling, p.mean(X)) for p in self._posteriors]
        return torch.from_numpy(np.stack(means, axis=1))

    def _best(self, X: FloatArray, count: int) -> FloatArray:
        """The best points as predicted: in spec first, then not dominated, then by all goals."""
        Y = self._predicted(X)
        utilities = self._all(Y)
        outside = sum((limit(Y).clamp_min(0.0) for limit in self._constraints), torch.zeros(len(X)))
        dominated = ~is_non_dominated(torch.where(outside[:, None] > 0, -1e9, utilities))
        order = np.lexsort((-utilities.sum(dim=-1).numpy(), dominated.numpy(), outside.numpy()))
        return X[order[:count]]


class _ExpectedImprovement(qLogNoisyExpectedImprovement):
    """BoTorch's, told what a run in spec is worth where none of the recipes made is in spec.

    Args:
        floor: utility that counts as the best then.
        arguments: of BoTorch's.
        options: of BoTorch's.
    """

    def __init__(self, floor: float, *arguments: Any, **options: Any) -> None:
        self._floor = floor
        super().__init__(*arguments, **options)

    def _compute_best_feasible_objective(self, samples: Tensor, obj: Tensor) -> Tensor:
        found: Tensor = compute_best_feasible_objective(
            samples, obj, self._constraints, infeasible_obj=torch.tensor(self._floor)
        )
        return found


def _own_scale(scaling: Scaling, z: ArrayT) -> ArrayT:
    """Raw units, or their natural logarithm, of values on the model scale."""
    own: ArrayT = z * scaling.spread + scaling.center
    return own


def _variation(posterior: Belief, region: FloatArray) -> float:
    """What a response varies over the region, as far as is known, on its own scale.

    What it is predicted to vary, and what it may beyond that: a flat prediction is no flat surface.
    """
    mean, variance = posterior.moments(region)
    return posterior.scaling.spread * float(np.sqrt(mean.var() + variance.mean()))

"""A campaign in the program and the twin line it is run on: runs, line-hours, what is known now.

Everybody who plans runs does so here: with the same model, the same history and the same four free
starting runs. Hours are counted by what the line really does, whoever planned it: every run costs
``RUN``, every batch whose id was not seen before its stage's change cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from designer import Campaign
from designer.acquisition.functions.probability_in_spec import probability
from designer.campaigns.log.state import CampaignState
from designer.engine.fitted_campaign import fit_campaign
from designer.engine.threads import one_thread
from designer.twin.factors import TwinFactor
from designer.twin.scenario import ScenarioKind, scenario
from designer.twin.specification import draw_windows, twin_specification
from tests.benchmarks.families import POINTS, sobol

BUDGET = 40.0  # h
START = 4  # free Sobol runs before it
RUN = 0.05  # h, of every run beside its batches
STAGES = ("slurry", "coating", "calendering")
LOSS_POINTS = 2048  # where the in-spec log loss is taken; nRMSE on the first 512 of them
CLIP = 1e-6  # of probabilities in the log loss
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Made:
    """A run made: its settings, its batch per stage, hours spent when it was ready."""

    settings: Mapping[str, float]
    batch: Mapping[str, str]
    hours: float


@dataclass
class Ledger:
    """Line-hours of runs in the order they are made.

    Attributes:
        change: hours of one new batch per stage.
        hours: spent so far.
        seen: batch ids made so far.
    """

    change: Mapping[str, float]
    hours: float = 0.0
    seen: set[tuple[str, str]] = field(default_factory=set)

    def cost(self, batch: Mapping[str, str]) -> float:
        """What the next run adds; a stage without an id is a batch of its own."""
        new = [s for s in self.change if s not in batch or (s, batch[s]) not in self.seen]
        return RUN + sum(self.change[s] for s in new)

    def spend(self, batch: Mapping[str, str]) -> float:
        """Make the run; the hours at its end."""
        self.hours += self.cost(batch)
        self.seen |= set(batch.items())
        return self.hours


def columns(factors: Sequence[TwinFactor], X: np.ndarray) -> dict[str, np.ndarray]:
    """Recipes on the unit cube as columns of set-points."""
    return {f.name: f.snap(f.low + (f.high - f.low) * X[:, k]) for k, f in enumerate(factors)}


class Line:
    """A campaign in the program and the twin line it is run on.

    Args:
        seed: names everything drawn.
        change: change cost per stage, in process order, h.
        goal: of the campaign.
        kind: of the three earlier lines.
        blind: the program is told that changing anything costs nothing; hours are counted as ever.
        windows: arguments of ``draw_windows`` (left out: the twin's usual ones).
        start: free Sobol runs before everything.
    """

    def __init__(
        self,
        seed: int,
        change: tuple[float, float, float],
        *,
        goal: str = "window",
        kind: ScenarioKind = "one_misleading",
        blind: bool = False,
        windows: Mapping[str, tuple[float, float]] | None = None,
        start: int = START,
    ) -> None:
        self.seed, self.blind = seed, blind
        twin = scenario(seed, kind)
        self.target = twin.target
        self.factors = self.target.options.factors
        self.spec = twin_specification("window", line=self.target, seed=seed, budget=None)
        self.spec["campaign"]["goal"] = goal
        for stage, cost in zip(self.spec["stage"], change, strict=True):
            stage["change_cost"] = 0.0 if blind else cost
        if windows is not None:
            drawn = draw_windows(self.target, seed, **windows)
            for response in self.spec["response"]:
                response["window"] = list(drawn[response["name"]])
        self.campaign = Campaign.create(self.spec, store=None)
        for earlier in twin.earlier:
            self.campaign.add_line(earlier.name, pd.DataFrame(earlier.data))
        self._line = self.target.campaign(seed)
        self._ledger = Ledger(dict(zip(STAGES, change, strict=True)))
        if start:
            self._attach(self.sobol(start), [{}] * start)
        self.made: list[Made] = []

    # ---- runs ----------------------------------------------------------------------------------

    @property
    def hours(self) -> float:
        """Spent so far."""
        return self._ledger.hours

    @property
    def left(self) -> float:
        """Of the budget."""
        return BUDGET - self.hours

    @property
    def state(self) -> CampaignState:
        """The campaign as its log tells it."""
        return self.campaign.service.session.state(self.campaign.name)

    def sobol(self, count: int) -> dict[str, np.ndarray]:
        """First recipes of the scrambled Sobol sequence of this seed."""
        X = sobol(len(self.factors), count, np.random.default_rng([self.seed, 77]))
        return columns(self.factors, X)

    def new_id(self, stage: str, further: int) -> str:
        """The id of the stage's next batch but ``further``."""
        made = sum(s == stage for s, _ in self._ledger.seen)
        return f"{stage}-{made + further + 1:03d}"

    def cost(self, batch: Mapping[str, str]) -> float:
        """Hours that a run with these batches would add now."""
        return self._ledger.cost(batch)

    def make(
        self,
        settings: Mapping[str, np.ndarray],
        batches: Sequence[Mapping[str, str]],
        *,
        over: float = 0.0,
    ) -> int:
        """Make runs in their order as far as the budget goes.

        Args:
            settings: columns of set-points, each ``[n]``.
            batches: batch ids of every run by stage.
            over: hours that may be spent beyond the budget.

        Returns:
            How many were made.
        """
        n = 0
        while n < len(batches) and self.cost(batches[n]) <= self.left + over + _ROUNDING:
            hours = self._ledger.spend(batches[n])
            recipe = {name: float(column[n]) for name, column in settings.items()}
            self.made.append(Made(recipe, batches[n], hours))
            n += 1
        if n:
            self._attach({name: column[:n] for name, column in settings.items()}, batches[:n])
        return n

    def results(
        self, settings: dict[str, np.ndarray], batches: Sequence[Mapping[str, str]]
    ) -> dict[str, np.ndarray]:
        """What runs with these batches measure, per response."""
        return self._line.make(settings, [dict(batch) for batch in batches])

    def _attach(
        self, settings: dict[str, np.ndarray], batches: Sequence[Mapping[str, str]]
    ) -> None:
        results = self.results(settings, batches)
        ids = {f"batch:{s}": [b.get(s, "") for b in batches] for s in STAGES}
        told = {name: column for name, column in ids.items() if any(column)}
        self.campaign.attach(pd.DataFrame({**settings, **results, **told}))

    def allocation(self) -> list[list[int]]:
        """Passes per strip, per slurry, in the order made."""
        found: dict[str, dict[str, int]] = {}
        for run in self.made:
            strips = found.setdefault(run.batch["slurry"], {})
            strips[run.batch["coating"]] = strips.get(run.batch["coating"], 0) + 1
        return [list(strips.values()) for strips in found.values()]

    # ---- what is true, what is known --------------------------------------------------------

    def in_spec(self, settings: Mapping[str, np.ndarray]) -> np.ndarray:
        """Whether recipes are in spec: noise-free and without batch effects, ``[n]``."""
        truth = self.target.truth(settings)
        inside = np.ones(len(next(iter(truth.values()))), dtype=bool)
        for response in self.spec["response"]:
            low, high = response["window"]
            inside &= (truth[response["name"]] >= low) & (truth[response["name"]] <= high)
        return inside

    def judge(self) -> dict[str, float]:
        """nRMSE and coverage (mean over responses), in-spec log loss per recipe."""
        X = sobol(len(self.factors), LOSS_POINTS, np.random.default_rng([self.seed, 78]))
        points = columns(self.factors, X)
        truth = self.target.truth(points)
        with one_thread():
            moments = self._predict(points)
        errors, covered = [], []
        for name, (posterior, mean, variance) in moments.items():
            raw, sd = posterior.to_raw(mean, variance)
            off = (raw - truth[name])[:POINTS]
            errors.append(np.sqrt(np.mean(off**2)) / truth[name][:POINTS].std())
            covered.append(np.mean(np.abs(off) <= 1.96 * sd[:POINTS]))
        windows = [r["window"] for r in self.spec["response"]]
        limits = [p.limits(*w) for (p, _, _), w in zip(moments.values(), windows, strict=True)]
        p = probability(
            [m for _, m, _ in moments.values()], [v for _, _, v in moments.values()], limits
        )
        p = np.clip(p, CLIP, 1 - CLIP)
        loss = -np.mean(np.where(self.in_spec(points), np.log(p), np.log1p(-p)))
        return {
            "error": float(np.mean(errors)),
            "coverage": float(np.mean(covered)),
            "loss": float(loss),
        }

    def _predict(self, points: dict[str, np.ndarray]) -> Any:
        """Posterior, mean and variance per response (model scale), as shown to people."""
        fitted = fit_campaign(self.state, quiet)
        values = zip(*points.values(), strict=True)
        recipes = [dict(zip(points, map(float, row), strict=True)) for row in values]
        X = fitted.training.space.encode_recipes(recipes)
        return {n: (p, *p.moments(X)) for n, p in fitted.averaged.items()}


def quiet(*_: object) -> None:
    """No progress is shown."""

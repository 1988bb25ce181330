"""The first plan of a campaign that knows nothing: a classical design, or a spread of ours?

    .venv/bin/python -m tests.benchmarks.first_plans --seeds 12
    .venv/bin/python -m tests.benchmarks.first_plans --seeds 1 --quick

On the twin (three factors, four responses) without earlier lines: the plan is made as the program
orders it, its results are entered, and the models that learn from them are judged as in README.md.
Every design stands beside our spread of as many runs, and beside ours of as many line-hours.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy is loaded

import numpy as np

from designer.api.plans import ProposedPlan
from tests.benchmarks.campaign_line import STAGES, Line
from tests.benchmarks.model_benchmark import ratio

CHANGE = (3.0, 0.5, 0.1)
FIRST_SEED = 4000


@dataclass(frozen=True)
class Asked:
    """A design as it is asked for."""

    name: str
    n: int | None = None
    center_points: int | None = None
    starts: int | None = None

    @property
    def words(self) -> str:
        told = {"n": self.n, "center_points": self.center_points}
        return " ".join([self.name, *(f"{k}={v}" for k, v in told.items() if v is not None)])

    def __call__(self, line: Line) -> ProposedPlan:
        return line.campaign.design(
            self.name,
            n=self.n,
            center_points=self.center_points,
            dry_run=True,
            starts=self.starts,
        )


@dataclass(frozen=True)
class Ours:
    """Our spread: of some runs, or as many as fit into some hours."""

    runs: int | None = None
    hours: float | None = None

    def __call__(self, line: Line) -> ProposedPlan:
        return line.campaign.propose(self.runs, budget=self.hours, dry_run=True, seed=FIRST_SEED)


DESIGNS = (
    Asked("fractional-factorial"),
    Asked("full-factorial"),
    Asked("full-factorial", center_points=2),
    Asked("definitive-screening"),
    Asked("box-behnken"),
    Asked("central-composite"),
    Asked("i-optimal", starts=5),
    Asked("sobol", n=8),
)
QUICK = DESIGNS[1:2]

Figures = tuple[int, float, float, float]
"""Runs, line-hours, nRMSE, coverage."""


def judged(seed: int, propose: Callable[[Line], ProposedPlan]) -> Figures:
    """What is known after one plan of a campaign that knew nothing."""
    line = Line(seed, CHANGE, start=0, goal="learn")
    for earlier in line.campaign.lines().index:
        line.campaign.exclude_line(earlier, "to know nothing")
    frame = propose(line).frame
    settings = {factor.name: frame[factor.name].to_numpy() for factor in line.factors}
    rows = frame[[f"batch:{stage}" for stage in STAGES]].to_dict("records")
    batches = [{stage: str(row[f"batch:{stage}"]) for stage in STAGES} for row in rows]
    line.make(settings, batches, over=np.inf)
    found = line.judge()
    return len(frame), line.hours, found["error"], found["coverage"]


def compare(design: Asked, seeds: Sequence[int]) -> list[list[Figures]]:
    """Of every seed the design, ours of as many runs, ours of as many hours."""
    rows = []
    for seed in seeds:
        own = judged(seed, design)
        ours = (Ours(runs=own[0]), Ours(hours=own[1]))
        rows.append([own, *(judged(seed, each) for each in ours)])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--quick", action="store_true")
    told = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + told.seeds)
    print(
        "| design | runs, h | nRMSE | ours, as many runs | ours, as many hours | to that, paired |"
    )
    print("|---|---|---|---|---|---|")
    for design in QUICK if told.quick else DESIGNS:
        figures = np.array(compare(design, seeds))
        runs, hours, errors = (np.median(figures[:, :, k], axis=0) for k in range(3))
        value, spread = ratio(figures[:, 0, 2], figures[:, 2, 2])
        print(
            f"| {design.words} | {runs[0]:.0f}, {hours[0]:.1f} | {errors[0]:.2f} |"
            f" {hours[1]:.1f} h, {errors[1]:.2f} | {runs[2]:.0f} runs, {errors[2]:.2f} |"
            f" {value:.2f} ± {spread:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

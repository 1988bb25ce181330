"""What a plan loses where there are too many recipes to look at all of them, and its CPU.

    .venv/bin/python -m tests.benchmarks.spaces_loss            # all cases; half an hour CPU
    .venv/bin/python -m tests.benchmarks.spaces_loss --quick    # small regions, seconds

Every case is planned three times for the same goal with the same reference points: among all
recipes; among the quasi-uniform part a larger region would be cut to ("part"); and as plans are
made there, each run moved from the best of the part to the best around ("steps",
`designer.acquisition.selection.refinement`). Loss = bits missing, of the plan's among all recipes.
Plans over stages have a budget: a plan of n runs depends on how many of a slurry's runs it happens
to hold. More than 200,000 recipes are gone through in blocks at every run (plans by information
only). In ten continuous factors nothing is exhaustive: the same search with eight times the
recipes, five times the steps and another seed stands in for it. CPU = process time, one thread.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from designer.acquisition.selection.greedy import Pick

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, make_candidates, merged
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.selection import refinement as refined
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.greedy import StoppingRule
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.refinement import Refinement
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.models.data.dataset import ResponseData
from designer.models.encoding import Space
from designer.models.fitting.fit import fit
from tests.acquisition.cases import greedy, staged

RESPONSES: list[dict[str, Any]] = [
    {"name": "loading", "unit": "mg/cm^2", "window": [11.4, 12.6], "scale": "linear"},
    {"name": "porosity", "unit": "%", "window": [30, 35], "scale": "linear"},
    {"name": "adhesion", "unit": "N/m", "window": [20, None], "scale": "linear"},
]
STAGES = {"slurry": 3.0, "coating": 0.5, "cal": 0.1}
BLOCK = 40_000
EFFORT = {"_SPREAD": 8, "_AROUND": 4, "_STEPS": 5}


STAGED = StoppingRule(99, 8.0)
BLIND = StoppingRule(8, repeat=False)


@dataclass(frozen=True)
class Case:
    """A region, what is known, and what is planned.

    Attributes:
        name: for the table.
        spec: of the region.
        rows: measured, half on an earlier line; 0: nothing is known.
        goal: ``learn`` or ``window``.
        stop: runs or budget.
        by_cost: a plan over stages.
        part: recipes the region is cut to; None: as the program does.
        all_at_once: False: in blocks.
    """

    name: str
    spec: Specification
    rows: int
    goal: str
    stop: StoppingRule
    by_cost: bool = False
    part: int | None = None
    all_at_once: bool = True


def specification(counts: tuple[int, ...], *, stages: bool, **more: Any) -> Specification:
    """Factors with so many set-points each (0: continuous), the first in the slurry."""
    names, factors = list(STAGES), []
    for k, count in enumerate(counts):
        own = {"low": 0, "high": count - 1, "step": 1} if count else {"low": 0, "high": 100}
        factors.append({"name": f"x{k}", **own, **_in(names[min(2, 3 * k // len(counts))], stages)})
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "loss", "line": "line4"},
            "factor": factors,
            "response": RESPONSES,
            "costs": {"unit": "h", "run": 0.05},
            **_chain(stages),
            **more,
        },
        trusted=True,
    )


def _in(stage: str, stages: bool) -> dict[str, str]:
    return {"stage": stage} if stages else {}


def _chain(stages: bool) -> dict[str, object]:
    costs = [{"name": name, "change_cost": cost} for name, cost in STAGES.items()]
    return {"stage": costs} if stages else {}


def mixed(*, stages: bool) -> Specification:
    """A slurry of four fractions, gap and pressure: 257,260 feasible recipes."""
    fractions: list[dict[str, Any]] = [
        {"name": n, "low": low, "high": high, "step": 0.5, **_in("slurry", stages)}
        for n, low, high in (("active", 85, 98), ("carbon", 0, 8), ("cmc", 0, 6), ("sbr", 0, 6))
    ]
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "loss", "line": "line4"},
            **_chain(stages),
            "factor": [
                *fractions,
                {"name": "gap", "low": 80, "high": 300, "step": 20, **_in("coating", stages)},
                {"name": "pressure", "low": 20, "high": 200, "step": 20, **_in("cal", stages)},
            ],
            "mixture": [{"factors": ["active", "carbon", "cmc", "sbr"], "total": 100}],
            "constraint": [{"expression": "carbon * gap <= 1200"}],
            "response": RESPONSES,
            "costs": {"unit": "h", "run": 0.05},
        },
        trusted=True,
    )


def cases() -> list[Case]:
    """All cases of the table."""
    line = specification((33, 57, 74), stages=True)
    four = specification((33, 37, 30, 20), stages=False)
    ten = specification((0,) * 10, stages=False)
    long_line = specification((0,) * 10, stages=True)
    mix, mix_line, part = mixed(stages=False), mixed(stages=True), 20_000
    return [
        Case("3 factors, stages, learn, 8 h", line, 80, "learn", STAGED, True, part),
        Case("3 factors, stages, window, 8 h", line, 80, "window", STAGED, True, part),
        Case("mixture of 4 + 2, stages, window, 8 h", mix_line, 80, "window", STAGED, True, part),
        Case("mixture of 4 + 2, learn, 1 run", mix, 80, "learn", StoppingRule(1), part=part),
        Case("mixture of 4 + 2, learn, 8 runs", mix, 80, "learn", StoppingRule(8), part=part),
        Case("mixture of 4 + 2, nothing known, 8 runs", mix, 0, "learn", BLIND, part=part),
        Case("4 factors, learn, 1 run", four, 80, "learn", StoppingRule(1), all_at_once=False),
        Case("4 factors, window, 4 runs", four, 80, "window", StoppingRule(4), all_at_once=False),
        Case("4 factors, nothing known, 8 runs", four, 0, "learn", BLIND, all_at_once=False),
        Case("10 continuous factors, learn, 8 runs", ten, 80, "learn", StoppingRule(8)),
        Case("10 continuous factors, window, 8 runs", ten, 80, "window", StoppingRule(8)),
        Case("10 continuous factors, nothing known, 8 runs", ten, 0, "learn", BLIND),
        Case("10 continuous factors, stages, learn, 8 h", long_line, 80, "learn", STAGED, True),
    ]


def small_cases() -> list[Case]:
    """Small regions cut to a few hundred recipes: the same effects in seconds."""
    grid = specification((21, 21, 21), stages=False)
    line = specification((11, 21, 21), stages=True)
    uninformed = StoppingRule(5, repeat=False)
    return [
        Case("9,261 recipes, learn, 4 runs", grid, 40, "learn", StoppingRule(4), part=300),
        Case("9,261 recipes, window, 3 runs", grid, 40, "window", StoppingRule(3), part=300),
        Case("9,261 recipes, nothing known, 5 runs", grid, 0, "learn", uninformed, part=300),
        Case(
            "4,851 recipes, stages, learn, 4 h",
            line,
            40,
            "learn",
            StoppingRule(99, 4.0),
            True,
            part=500,
        ),
    ]


def beliefs(spec: Specification, rows: int, seed: int) -> tuple[Any, ...]:
    """Fitted models of three smooth responses, the first inputs being the most important."""
    space, rng = Space.from_specification(spec), np.random.default_rng(seed)
    X = rng.random((rows, space.dimension))
    decay = 0.7 ** np.arange(space.dimension)
    posteriors = {}
    for k, response in enumerate(RESPONSES if rows else []):
        y = 3 * X @ (rng.normal(size=len(decay)) * decay)
        y += 2 * np.sin(3 * X @ (rng.normal(size=len(decay)) * decay))
        y = (12, 32, 22)[k] + 3 * (y - y.mean()) / y.std() + 0.2 * rng.standard_normal(rows)
        data = ResponseData(
            response["name"],
            log_scale=False,
            noise_sd=None,
            X=X,
            y=y,
            line=np.where(np.arange(rows) < rows // 2, 1, 0),
            batch=np.full((rows, len(spec.stages)), -1),
        )
        posteriors[response["name"]] = fit(data, space.groups, 1)
    return space, posteriors


class Bench:
    """One case with one seed: the same goal for every way to plan."""

    def __init__(self, case: Case, seed: int) -> None:
        self.case, self.seed = case, seed
        self.space, self.posteriors = beliefs(case.spec, case.rows, seed)
        self.part = make_candidates(case.spec, seed=seed, exact_limit=case.part)
        self.whole = None
        if case.part is not None or not case.all_at_once:
            self.whole = make_candidates(case.spec, seed=seed, exact_limit=10**7, raw_limit=10**7)
        at = self.whole if self.whole is not None and case.all_at_once else self.part
        first = self.make(at)
        reference = first.reference_points(case.goal, np.random.default_rng(seed))
        self.everything = (first, reference)
        points = at.subset(reference.rows).columns
        both, rows = merged([points, self.part.columns], at.names, at.given)
        self.first, self.reference = self.make(both), replace(reference, rows=rows[0])
        self.allowed = np.zeros(len(self.first.X), dtype=np.bool_)
        self.allowed[rows[1]] = True

    def make(self, candidates: Candidates) -> PlanningProblem:
        case = self.case
        return PlanningProblem(
            case.spec, self.space, self.posteriors, candidates, PlanningContext()
        )

    def choose(
        self,
        problem: PlanningProblem,
        reference: ReferencePoints,
        allowed: np.ndarray,
        stop: StoppingRule,
    ) -> list[Pick]:
        how = staged if self.case.by_cost else greedy
        return how(problem.conditionings, reference, problem.tree, allowed, stop)

    def search(self, seed: int | None = None) -> Refinement:
        grid = RecipeGrid(ProposalRegion.of(self.case.spec, {}, {}))
        return Refinement(
            self.first,
            self.reference,
            self.allowed,
            grid,
            make=self.make,
            choose=self.choose,
            seed=self.seed if seed is None else seed,
        )

    def best_of_all(self) -> float:
        """Bits among all recipes, or of the long search."""
        if self.whole is None:
            with longer():
                return bits(self.search(self.seed + 100).plan(self.case.stop).picks)
        if self.case.all_at_once:
            first, reference = self.everything
            return bits(self.choose(first, reference, first.allowed(), self.case.stop))
        return self.by_blocks()

    def by_blocks(self) -> float:
        """The best of all recipes at every run; a plan by information, one block at a time."""
        search, total = self.search(), 0.0
        assert self.whole is not None
        codes, _ = RecipeGrid(ProposalRegion.of(self.case.spec, {}, {})).codes(self.whole.columns)
        taken = codes[:0]
        for _ in range(self.case.stop.runs):
            stop = replace(self.case.stop, runs=len(taken) + 1)
            blocks = (codes[at : at + BLOCK] for at in range(0, len(codes), BLOCK))
            found = [search._among(taken, block, stop) for block in blocks]
            best = max(found, key=lambda outcome: outcome.picks[-1].bits)
            total += best.picks[-1].bits
            taken = best.codes
        return total

    def losses(self) -> dict[str, float]:
        """Losses of the part alone and with steps, relative, and CPU seconds."""
        best = self.best_of_all()
        part = self.choose(self.first, self.reference, self.allowed, self.case.stop)
        before = time.process_time()
        steps = self.search().plan(self.case.stop).picks
        cpu = time.process_time() - before
        before = time.process_time()
        self.make(self.first.candidates)
        return {
            "recipes": len(self.whole) if self.whole is not None else np.inf,
            "runs": len(steps),
            "part": 1 - bits(part) / best,
            "steps": 1 - bits(steps) / best,
            "cpu": cpu + time.process_time() - before,
        }


def bits(picks: list[Pick]) -> float:
    return sum(pick.bits for pick in picks)


@contextmanager
def longer() -> Iterator[None]:
    """The search with far more effort."""
    usual = {name: getattr(refined, name) for name in EFFORT}
    try:
        for name, factor in EFFORT.items():
            setattr(refined, name, usual[name] * factor)
        yield
    finally:
        for name, value in usual.items():
            setattr(refined, name, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--case", type=int, action="append", help="number of a case; default all")
    arguments = parser.parse_args()
    every = small_cases() if arguments.quick else cases()
    print("| case | recipes | runs | loss of the part alone | loss with steps | CPU s |")
    print("|---|---|---|---|---|---|")
    for number, case in enumerate(every):
        if arguments.case and number not in arguments.case:
            continue
        rows = [Bench(case, seed).losses() for seed in range(101, 101 + arguments.seeds)]
        size = "∞" if np.isinf(rows[0]["recipes"]) else f"{rows[0]['recipes']:,}"
        part, steps = ([100 * row[key] for row in rows] for key in ("part", "steps"))
        print(
            f"| {case.name} | {size} | {np.mean([row['runs'] for row in rows]):.0f} |"
            f" {np.mean(part):.1f} % (worst {max(part):.1f} %) |"
            f" {np.mean(steps):.2f} % (worst {max(steps):.2f} %) |"
            f" {np.mean([row['cpu'] for row in rows]):.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

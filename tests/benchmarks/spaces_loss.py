"""What a plan loses in a region too large to look at every recipe.

    .venv/bin/python tests/benchmarks/spaces_loss.py            # all cases; some minutes CPU
    .venv/bin/python tests/benchmarks/spaces_loss.py --quick    # seconds

Every case is planned twice for the same goal with the same reference points: among all recipes,
and as a region of its size times ten would be (a quasi-uniform part of the recipes, then steps
around the best, `designer.acquisition.refined`). Loss = bits missing, of the exhaustive plan's;
for plans over stages with a budget. "Part alone" is the best among the part without the steps.
Where no exhaustive plan is possible (ten factors) the same search with ten times the effort stands
in for it. CPU = process time, one thread.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np

from designer.acquisition import refined
from designer.acquisition.candidates import Candidates, make_candidates, merged
from designer.acquisition.greedy import Stop
from designer.acquisition.grid import RecipeGrid
from designer.acquisition.proposal import Proposal
from designer.acquisition.refined import Outcome, Refined
from designer.acquisition.region import Region
from designer.acquisition.situation import Situation
from designer.campaigns.specification import Specification
from designer.models.data import ResponseData
from designer.models.space import Space
from designer.models.trust_gp import fit

RESPONSES = [
    {"name": "loading", "unit": "mg/cm^2", "window": [11.4, 12.6], "scale": "linear"},
    {"name": "porosity", "unit": "%", "window": [30, 35], "scale": "linear"},
    {"name": "adhesion", "unit": "N/m", "window": [20, None], "scale": "linear"},
]


@dataclass(frozen=True)
class Case:
    """A region, what is known, and what is planned."""

    name: str
    spec: Specification
    rows: int  # measured, with one earlier line's; 0: nothing is known
    how: Callable[..., list]
    goal: str
    stop: Stop


def specification(counts, stages=True, constraint=None, **more) -> Specification:
    """Factors with so many steps each (0: continuous), the first in the slurry."""
    names = ["slurry", "coating", "cal"]
    factors = []
    for k, count in enumerate(counts):
        own = {"low": 0, "high": count - 1, "step": 1} if count else {"low": 0, "high": 100}
        stage = {"stage": names[min(2, 3 * k // len(counts))]} if stages else {}
        factors.append({"name": f"x{k}", **own, **stage})
    tables = {
        "campaign": {"version": 1, "name": "loss", "line": "line4"},
        "factor": factors,
        "response": RESPONSES,
        "costs": {"unit": "h", "run": 0.05},
        **({"constraint": [{"expression": constraint}]} if constraint else {}),
        **more,
    }
    if stages:
        costs = (3.0, 0.5, 0.1)
        tables["stage"] = [{"name": n, "change_cost": c} for n, c in zip(names, costs, strict=True)]
    return Specification.from_dict(tables, trusted=True)


def beliefs(spec: Specification, rows: int, seed: int):
    """Fitted models of three smooth responses, each of a few of the inputs."""
    space = Space.from_specification(spec)
    rng = np.random.default_rng(seed)
    X = rng.random((rows, space.dimension))
    posteriors = {}
    for k, response in enumerate(RESPONSES if rows else []):
        weight = rng.normal(size=space.dimension) * 0.7 ** np.arange(space.dimension)
        other = rng.normal(size=space.dimension) * 0.7 ** np.arange(space.dimension)
        y = 3 * X @ weight + 2 * np.sin(3 * X @ other)
        y = (12, 32, 22)[k] + 3 * (y - y.mean()) / y.std() + 0.2 * rng.standard_normal(rows)
        batch = np.full((rows, len(spec.stages)), -1)
        line = np.where(np.arange(rows) < rows // 2, 1, 0)
        data = ResponseData(
            response["name"], log_scale=False, noise_sd=None, X=X, y=y, line=line, batch=batch
        )
        posteriors[response["name"]] = fit(data, space.groups, 1)
    return space, posteriors


def timed(work):
    before = time.process_time()
    out = work()
    return out, time.process_time() - before


def measure(case: Case, seed: int, limit: int | None) -> dict[str, float]:
    """One case: bits and CPU of the exhaustive plan, the part alone and the refined one."""
    spec = case.spec
    space, posteriors = beliefs(spec, case.rows, seed)

    def make(candidates: Candidates) -> Proposal:
        return Proposal(spec, space, posteriors, candidates, Situation())

    def choose(proposal, target, allowed, stop):
        return case.how(proposal.fields, target, proposal.tree, allowed, stop)

    out = {}
    whole = make_candidates(spec, seed=seed, exact_limit=10**7, raw_limit=10**7)
    if whole.exact:
        (full, target), out["cpu_setup"] = timed(lambda: targeted(make, whole, case, seed))
        full_picks, out["cpu_all"] = timed(lambda: choose(full, target, full.allowed(), case.stop))
        out["all"] = sum(pick.bits for pick in full_picks)
        references = whole.subset(target.rows)
    else:
        part = make_candidates(spec, seed=seed)
        first, target = targeted(make, part, case, seed)
        references = part.subset(target.rows)
    limits = {} if limit is None else {"exact_limit": limit}
    part = make_candidates(spec, seed=seed + 1, **limits)
    before = time.process_time()
    both, rows = merged([references.columns, part.columns], part.names, part.given)
    first = make(both)
    allowed = np.zeros(len(first.X), dtype=np.bool_)
    allowed[rows[1]] = True
    target = replace(target, rows=rows[0])
    setup = time.process_time() - before
    picks, cpu = timed(lambda: choose(first, target, allowed, case.stop))
    out["part"], out["cpu_part"] = sum(pick.bits for pick in picks), cpu + setup
    grid = RecipeGrid(Region.of(spec, {}, {}))

    def search() -> Outcome:
        how = {"make": make, "choose": choose, "seed": seed}
        return Refined(first, target, allowed, grid, **how).plan(case.stop)

    found, cpu = timed(search)
    out["refined"], out["cpu_refined"] = sum(pick.bits for pick in found.picks), cpu + setup
    out["runs"] = len(found.picks)
    out["cost_all"], out["cost"] = (
        sum(p.cost for p in x) for x in (full_picks if whole.exact else found.picks, found.picks)
    )
    if not whole.exact:
        for name, factor in (("_SPREAD", 8), ("_AROUND", 6), ("_STEPS", 6), ("_PATIENCE", 3)):
            setattr(refined, name, getattr(refined, name) * factor)
        found, out["cpu_all"] = timed(search)
        out["all"] = sum(pick.bits for pick in found.picks)
        for name, factor in (("_SPREAD", 8), ("_AROUND", 6), ("_STEPS", 6), ("_PATIENCE", 3)):
            setattr(refined, name, getattr(refined, name) // factor)
    return out


def targeted(make, candidates, case, seed):
    proposal = make(candidates)
    return proposal, proposal.target(case.goal, np.random.default_rng(seed))

"""How often a slip of the unit or the decimal point is remarked at entry, and right results are.

    .venv/bin/python -m tests.benchmarks.entry_slips --seeds 40 [--jumps]

Plants with known truth, from a porosity that hardly varies to a conductance over four decades; n
own results at random recipes, then one more: right, or typed wrongly. Counted per kind of slip and
n: the share that is flagged (with the right factor, or with none), of the right results the share
that is, and the share of slips that bring other results into doubt. Results are attached one by
one (nobody predicted them), in one table (the slip anywhere), or planned (with a prediction as
wrong and as sure as models of that many results are: see `ERRORS`). Seeds from 1000 on: thresholds
were chosen on seeds below 1000.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from designer.campaigns.log.runs import Measurement, Run, run_id_text
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.slips import slips
from designer.campaigns.specification import load
from tests.campaigns.decisions import begin

FIRST_SEED = 1000
COUNTS = (2, 4, 8, 16, 40)
FACTORS: dict[str, float] = {
    "right": 1.0, "x10": 10.0, "/10": 0.1, "x100": 100.0, "/100": 0.01, "x1000": 1000.0,
    "/1000": 0.001,
}  # fmt: skip
ERRORS = {2: 0.8, 4: 0.5, 8: 0.3, 16: 0.2, 40: 0.12}
"""Error of a prediction over the spread of the response, by number of results (assumption)."""

TABLE = "in a table"
Truth = Callable[[np.ndarray], float]
Found = dict[tuple[str, str, int, str], list[float]]
"""By plant, way in, number of results and kind of slip; ``others`` are doubts about the others."""


@dataclass(frozen=True)
class Plant:
    """A response with its truth at factors between 0 and 1, and relative noise."""

    name: str
    response: Mapping[str, Any]
    truth: Truth
    noise: float


PLANTS = (
    Plant("porosity, window", {"unit": "%", "possible": [0, 100], "window": [30, 35]},
          lambda x: 50 - 22 * x[0] ** 0.6 + 3 * x[1] - 2 * x[2], 0.02),
    Plant("porosity", {"unit": "%", "possible": [0, 100]},
          lambda x: 50 - 22 * x[0] ** 0.6 + 3 * x[1] - 2 * x[2], 0.02),
    Plant("loading, window", {"unit": "mg/cm^2", "possible": [0, 60], "window": [11, 13]},
          lambda x: 0.05 * (50 + 300 * x[0]) * (0.6 + 0.4 * x[1]), 0.04),
    Plant("loading", {"unit": "mg/cm^2", "scale": "linear"},
          lambda x: 0.05 * (50 + 300 * x[0]) * (0.6 + 0.4 * x[1]), 0.04),
    Plant("adhesion, open window",
          {"unit": "N/m", "possible": [0, 500], "window": [15, float("inf")]},
          lambda x: 4 + 60 * x[1] ** 2 + 20 * x[0] * (1 - x[1]), 0.1),
    Plant("viscosity", {"unit": "Pa s", "scale": "log"},
          lambda x: 10 ** (-0.5 + 2.5 * x[1] - 0.8 * x[2]), 0.08),
    Plant("conductance", {"unit": "S", "scale": "log"},
          lambda x: 10 ** (-7 + 4 / (1 + np.exp(-12 * (x[0] - 0.5))) - 0.5 * x[1]), 0.1),
    Plant("defects", {"unit": "1", "scale": "linear", "possible": [0, 1000]},
          lambda x: 2 + 60 * np.exp(-30 * ((x[0] - 0.3) ** 2 + (x[1] - 0.6) ** 2)), 0.15),
)  # fmt: skip
JUMPS = (
    Plant("percolation", {"unit": "S/cm", "scale": "log"},
          lambda x: 10 ** (-8 + 5 / (1 + np.exp(-60 * (x[0] - 0.4))) - 0.3 * x[1]), 0.15),
    Plant("percolation, linear scale", {"unit": "S/cm", "scale": "linear"},
          lambda x: 10 ** (-8 + 5 / (1 + np.exp(-30 * (x[0] - 0.6))) - 0.3 * x[1]), 0.15),
    Plant("percolation by two factors", {"unit": "S/cm", "scale": "log"},
          lambda x: 10 ** (-6 + 3 * (x[0] + x[1] > 0.9) - 0.5 * x[1]), 0.2),
    Plant("conductance, linear scale", {"unit": "S", "scale": "linear"}, PLANTS[6].truth, 0.1),
    Plant("late percolation", {"unit": "S/cm", "scale": "log"},
          lambda x: 10 ** (-6 + 3 / (1 + np.exp(-20 * (x[2] - 0.7))) - 0.5 * x[1]), 0.2),
)  # fmt: skip
"""Responses that jump by decades somewhere: no slip, but hard to tell from one."""


def campaign(plant: Plant) -> CampaignState:
    """An empty campaign of a plant with three factors."""
    factors = [{"name": f"f{k}", "low": 0, "high": 1} for k in range(3)]
    response = {"name": "y", **plant.response}
    head = {"version": 1, "name": "c", "line": "l"}
    return begin(load.from_dict({"campaign": head, "factor": factors, "response": [response]}))


def run_of(
    number: int, x: np.ndarray, value: float, predicted: Mapping[str, Any] | None, way: str
) -> Run:
    """A completed run with one result."""
    name = run_id_text(number)
    came = "2026-03-01" if way == TABLE else f"2026-03-01T{number:04d}"
    measured = Measurement(1, value, f"{value:g}", None, number + 1, "anna", came)
    settings = {f"f{k}": float(v) for k, v in enumerate(x)}
    return Run(
        name, None, None, None, settings, settings, number + 1, status="completed",
        measurements={"y": (measured,)}, predicted=predicted and {"y": predicted},
    )  # fmt: skip


def measure(
    seeds: int,
    first: int = FIRST_SEED,
    counts: Sequence[int] = COUNTS,
    plants: Sequence[Plant] = PLANTS,
) -> Found:
    """Whether each result is doubted, by plant, way in, number of results and kind of slip."""
    found: Found = defaultdict(list)
    for plant in plants:
        empty = campaign(plant)
        for seed in range(first, first + seeds):
            rng = np.random.default_rng([seed, [*PLANTS, *JUMPS].index(plant)])
            X = rng.uniform(size=(max(COUNTS) + 1, 3))
            truth = np.array([plant.truth(x) for x in X])
            values = truth * np.exp(plant.noise * rng.standard_normal(len(X)))
            log = empty.spec.responses[0].log_scale
            spread = np.std(np.log(truth)) if log else np.std(truth)
            for n in counts:
                x, value = X[-1], float(values[-1])
                for way in ("attached", TABLE, "planned"):
                    place = seed % (n + 1) if way == TABLE else n
                    numbers = [k + 1 + (k >= place) for k in range(n)]
                    own = {
                        run_id_text(number): run_of(number, X[k], float(values[k]), None, way)
                        for k, number in enumerate(numbers)
                    }
                    predicted = None
                    if way == "planned":
                        error = ERRORS[n] * spread
                        off = error * rng.standard_normal()
                        mean = truth[-1] * np.exp(off) if log else truth[-1] + off
                        noise = plant.noise * (1 if log else truth[-1])
                        sd = np.hypot(error, noise)
                        sd = mean * np.exp(sd**2 / 2) * np.sqrt(np.expm1(sd**2)) if log else sd
                        predicted = {"mean": float(mean), "sd": float(sd), "sd_result": float(sd)}
                    for kind, factor in FACTORS.items():
                        typed = value * factor
                        if empty.spec.responses[0].problems_with(typed, ""):
                            continue  # refused
                        last = run_of(place + 1, x, typed, predicted, way)
                        doubts = slips(replace(empty, runs={**own, last.id: last}))
                        mine = [d for d in doubts if d.run == last.id]
                        right = [
                            d for d in mine
                            if d.doubt.factor == 1 or abs(np.log10(d.doubt.factor * factor)) < 0.5
                        ]  # fmt: skip
                        found[plant.name, way, n, kind].append(
                            float(bool(mine) if kind == "right" else bool(right))
                        )
                        others = len({d.run for d in doubts} - {last.id})
                        found[plant.name, way, n, f"others, {kind}"].append(others)
    return found


def summary(found: Found) -> str:
    """The same as means over plants, and the worst plant's share of right results doubted."""
    kinds = [*list(FACTORS)[1:], "right", "right, worst plant", "others blamed"]
    lines = ["| way | n | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 2) + "|"]
    for way, n in dict.fromkeys(key[1:3] for key in found):
        cells = []
        for kind in kinds:
            of = kind.partition(",")[0]
            if kind == kinds[-1]:
                blamed = [
                    value > 0
                    for (_, w, m, k), told in found.items()
                    if (w, m) == (way, n) and k.startswith("others") and k != "others, right"
                    for value in told
                ]
                cells.append(f"{100 * np.mean(blamed):.1f}")
                continue
            shares = [
                float(np.mean(told))
                for (_, w, m, k), told in found.items()
                if (w, m, k) == (way, n, of) and told
            ]
            cells.append(f"{100 * (max(shares) if of != kind else np.mean(shares)):.1f}")
        lines.append(f"| {way} | {n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table(found: Found) -> str:
    """Percent remarked; the last columns are right results that are."""
    kinds = [*list(FACTORS)[1:], "right", "others"]
    lines = ["| plant | way | n | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 3) + "|"]
    for plant, way, n in dict.fromkeys(key[:3] for key in found):
        cells = []
        for kind in kinds:
            told = (
                [
                    v / max(n, 1)
                    for k in FACTORS
                    for v in found.get((plant, way, n, f"others, {k}"), ())
                ]
                if kind == "others"
                else found.get((plant, way, n, kind), [])
            )
            cells.append(f"{100 * np.mean(told):.1f}" if told else "refused")
        lines.append(f"| {plant} | {way} | {n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--jumps", action="store_true", help="responses that jump by decades")
    told = parser.parse_args()
    measured = measure(told.seeds, told.first, plants=JUMPS if told.jumps else PLANTS)
    sys.stdout.write(f"{table(measured)}\n\n{summary(measured)}\n")

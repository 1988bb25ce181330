"""Error on the two real data sets: ours beside the models users would pick instead.

    .venv/bin/python -m tests.benchmarks.real_data --seeds 20
    .venv/bin/python -m tests.benchmarks.real_data --seeds 3 --quick

For every seed some target conditions are drawn and measured (all their replicates), the others are
predicted. nRMSE against the means of the conditions left, relative to the standard deviation of
all target means; "×": ours over this one, geometric mean of paired ratios ± standard error.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np
import pandas as pd

from tests.benchmarks.families import Problem
from tests.benchmarks.model_benchmark import SLOW, ratio
from tests.benchmarks.plants import Plant
from tests.benchmarks.rivals import MODELS, OURS
from tests.places import SHARED_DATA as DATA

LEFT_OUT = ("trust GP", "no history, no knowledge", "MultiTaskGP")


@dataclass(frozen=True)
class Case:
    """One real set.

    Attributes:
        name: of the set.
        ranges: low and high per factor.
        noise: repeatability per response, where it is known; told to our models only.
        target: the target's rows.
        lines: the earlier lines' rows.
        conditions: how many target conditions are measured.
    """

    name: str
    ranges: dict[str, tuple[float, float]]
    noise: dict[str, float | None]
    target: pd.DataFrame
    lines: tuple[pd.DataFrame, ...]
    conditions: tuple[int, ...]

    def encoded(self, rows: pd.DataFrame) -> np.ndarray:
        """Factors in the unit cube."""
        columns = [(rows[f].to_numpy(float) - a) / (b - a) for f, (a, b) in self.ranges.items()]
        return np.column_stack(columns)


def graphite() -> Case:
    """Series AS → ASC; cells of one recipe are replicates."""
    cells = pd.read_csv(DATA / "drakopoulos_graphite" / "cells.csv")
    cells = cells[cells.active_mass_mg.notna()]
    ranges = {
        "coating_speed_m_per_min": (0.1, 0.5),
        "coating_gap_um": (50.0, 350.0),
        "drying_temperature_c": (60.0, 120.0),
    }
    target, line = cells[cells.series == "ASC"], cells[cells.series == "AS"]
    return Case("graphite", ranges, {"active_mass_mg": None}, target, (line,), (3, 5, 8))


def calendering() -> Case:
    """Day 2021-10-18 is the target, the two other days are two earlier lines."""
    rows = pd.read_csv(DATA / "wmg_calendering_doe" / "conditions_18.csv")
    names = ("cal_thickness_discs_um", "cal_density_g_cm3")
    noise: dict[str, float | None] = {
        name: float(np.sqrt((rows[f"sd_{name}"] ** 2).mean())) for name in names
    }
    ranges = {"target_coat_weight_gsm": (122.48, 182.73), "roll_gap_um": (380.0, 500.0)}
    days = [rows[rows.calendering_date == d] for d in ("2021-10-15", "2021-10-27")]
    target = rows[rows.calendering_date == "2021-10-18"]
    return Case("calendering", ranges, noise, target, tuple(days), (0, 2, 3, 4))


def constant(truth: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """What is known at the points, whatever is asked."""
    return lambda _: truth


def draw(case: Case, seed: int, n: int) -> tuple[Plant, int, np.ndarray]:
    """The plant of one seed, how many of its rows are measured, and sd of all means [m]."""
    factors = list(case.ranges)
    conditions = case.target[factors].drop_duplicates()
    chosen = np.random.default_rng(seed).permutation(len(conditions))
    known, rest = conditions.iloc[chosen[:n]], conditions.iloc[chosen[n:]]
    rows = known.merge(case.target, on=factors)
    problems, spread = [], []
    for name, noise in case.noise.items():
        means = case.target.groupby(factors)[name].mean()
        truth = means.loc[[tuple(row) for row in rest.to_numpy()]].to_numpy()
        spread.append(means.std(ddof=0))
        problems.append(
            Problem(
                name=name,
                dimension=len(factors),
                target=constant(truth),
                runs=case.encoded(rows),
                results=rows[name].to_numpy(float),
                lines=tuple((case.encoded(o), o[name].to_numpy(float)) for o in case.lines),
                points=case.encoded(rest),
                log_scale=True,
                noise_sd=noise,
            )
        )
    return Plant(case.name, tuple(problems)), len(rows), np.array(spread)


def errors(case: Case, model: str, n: int, seeds: int) -> np.ndarray:
    """Relative error per seed and response ``[seeds, m]``; NaN where the model cannot predict."""
    found = []
    for seed in range(seeds):
        plant, rows, spread = draw(case, seed, n)
        predictions = MODELS[model](plant, rows)
        if predictions is None:
            found.append(np.full(len(spread), np.nan))
            continue
        off = [
            m - p.target(p.points) for p, (m, _) in zip(plant.problems, predictions, strict=True)
        ]
        found.append(np.sqrt(np.mean(np.square(off), axis=1)) / spread)
    return np.array(found)


def table(case: Case, models: list[str], seeds: int) -> Iterator[str]:
    """Markdown rows: response × conditions, one column per model."""
    for n in case.conditions:
        found = {name: errors(case, name, n, seeds) for name in models}
        for k, response in enumerate(case.noise):
            cells = []
            for name in models:
                values = found[name][:, k]
                if not np.isfinite(values).any():
                    cells.append("–")
                    continue
                text = f"**{np.nanmedian(values):.2f}**"
                if name != OURS:
                    value, error = ratio(found[OURS][:, k], values)
                    text += f" ×{value:.2f} ± {error:.2f}"
                cells.append(text)
            yield f"| {response} | {n} | " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="without the BoTorch models")
    told = parser.parse_args()
    models = [name for name in MODELS if name not in LEFT_OUT]
    if told.quick:
        models = [name for name in models if name not in SLOW]
    print("| response | conditions | " + " | ".join(models) + " |")
    print("|" + "---|" * (len(models) + 2))
    for case in (graphite(), calendering()):
        for line in table(case, models, told.seeds):
            print(line, flush=True)


if __name__ == "__main__":
    main()

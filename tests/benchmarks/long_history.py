"""Long histories: CPU, memory, and accuracy beside all rows (exact) and a subset of them.

    .venv/bin/python -m tests.benchmarks.long_history cost               # 20 lines x 1,000 rows
    .venv/bin/python -m tests.benchmarks.long_history accuracy --lines 5 --rows 100 --exact
    .venv/bin/python -m tests.benchmarks.long_history accuracy --lines 10 --rows 400

One in five lines misleading; related lines as in families.py, noise 5 % of the spread; figures as
in model_benchmark.py, averaged over hyperparameters. "subset": that many rows in all, far from each
other within each line, exact. CPU = process time of fit and averaging, one thread.
"""

# ruff: noqa: E402  # threads are set before numpy loads

from __future__ import annotations

import argparse
import json
import os
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np

from designer.models.compression import compress as compression
from designer.models.data.dataset import ResponseData
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior
from tests.benchmarks.families import (
    FAMILIES,
    Difference,
    random_smooth,
    related,
    sobol,
    standardised,
)
from tests.benchmarks.propose_cpu import peak_megabytes

NOISE = 0.05


class Dictionary:
    """The simplest memory."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def get(self, key: str) -> object | None:
        return self._values.get(key)

    def put(self, key: str, value: object) -> None:
        self._values[key] = value


def make(
    family: str, seed: int, lines: int, rows: int, runs: int, noise: float = NOISE
) -> tuple[ResponseData, np.ndarray, np.ndarray]:
    """Data, 512 points and the target's noise-free values there."""
    function, dimension = FAMILIES[family]
    rng = np.random.default_rng([seed, 77, lines, rows])
    base = standardised(function, dimension)
    truth = related(base, dimension, rng, Difference())
    blocks = []
    for k in range(lines):
        other = related(base, dimension, rng, Difference())
        if k % 5 == 0:
            other = random_smooth(dimension, rng)
        X = rng.random((rows, dimension))
        blocks.append((X, other(X) + noise * rng.standard_normal(rows)))
    X = sobol(dimension, runs, rng)
    blocks.append((X, truth(X) + noise * rng.standard_normal(runs)))
    line = np.append(np.repeat(np.arange(1, lines + 1), rows), np.zeros(runs, int))
    X, y = np.vstack([X for X, _ in blocks]), np.concatenate([y for _, y in blocks])
    points = sobol(dimension, 512, rng)
    return ResponseData("y", False, None, X, y, line), points, truth(points)


def subset(data: ResponseData, total: int) -> ResponseData:
    """Equally many rows of each line, far from each other."""
    lines = int(data.line.max())
    kept = [np.flatnonzero(data.line == 0)]
    for code in range(1, lines + 1):
        rows = np.flatnonzero(data.line == code)
        kept.append(rows[compression.spread_out(data.X[rows], total // lines)])
    return data.subset(np.concatenate(kept))


def timed(data: ResponseData, memory: Dictionary | None = None) -> tuple[ResponsePosterior, float]:
    """The averaged posterior, and CPU seconds of fit and averaging."""
    started = time.process_time()
    groups = np.arange(data.X.shape[1])
    posterior = average(fit(data, groups, int(data.line.max()), memory=memory))
    return posterior, time.process_time() - started


def figures(
    posterior: ResponsePosterior, points: np.ndarray, truth: np.ndarray
) -> tuple[float, float, float]:
    """nRMSE, coverage and log predictive density per point."""
    mean, sd = posterior.to_raw(posterior.mean(points), posterior.variance(points))
    error = truth - mean
    density = -0.5 * np.log(2.0 * np.pi * sd**2) - 0.5 * (error / sd) ** 2
    nrmse = float(np.sqrt(np.mean(error**2)) / truth.std())
    return nrmse, float(np.mean(np.abs(error) <= 1.96 * sd)), float(density.mean())


def cost(lines: int = 20, rows: int = 1000, runs: int = 16) -> dict[str, float]:
    """CPU the first time and after four more runs (best of three), and the peak of the process."""
    data, _, _ = make("hartmann3", 0, lines, rows, runs + 4)
    memory = Dictionary()
    _, first = timed(data.subset(np.arange(len(data.y) - 4)), memory)
    later = min(timed(data, memory)[1] for _ in range(3))
    return {"first_s": first, "later_s": later, "peak_mb": peak_megabytes()}


def accuracy(
    family: str, lines: int, rows: int, runs: int, seeds: int, *, exact: bool, noise: float = NOISE
) -> dict[str, np.ndarray]:
    """Figures and CPU ``[seeds, 4]`` by treatment."""
    out: dict[str, list[tuple[float, ...]]] = {}
    most = compression.MOST_ROWS
    for seed in range(seeds):
        data, points, truth = make(family, seed, lines, rows, runs, noise)
        ways = {"condensed": data, "subset 240": subset(data, 240)}
        if exact:
            ways["exact"] = data
        for name, some in ways.items():
            compression.MOST_ROWS = most if name == "condensed" else 10**9
            try:
                posterior, seconds = timed(some)
            finally:
                compression.MOST_ROWS = most
            out.setdefault(name, []).append((*figures(posterior, points, truth), seconds))
    return {name: np.array(found) for name, found in out.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=["cost", "accuracy"])
    parser.add_argument("--lines", type=int, default=20)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--noise", type=float, default=NOISE)
    parser.add_argument("--family", choices=[*FAMILIES], action="append")
    parser.add_argument("--exact", action="store_true", help="also all rows (minutes)")
    told = parser.parse_args()
    if told.what == "cost":
        print(json.dumps(cost(told.lines, told.rows, told.runs)))
        return
    for family in told.family or ["branin", "hartmann3"]:
        found = accuracy(
            family, told.lines, told.rows, told.runs, told.seeds, exact=told.exact, noise=told.noise
        )
        for name, rows in found.items():
            nrmse, coverage, density, seconds = np.median(rows, axis=0)
            print(
                f"| {family} | {told.lines} x {told.rows}, {told.runs} runs | {name} |"
                f" **{nrmse:.3f}** / {coverage:.2f} / {density:.2f} / {seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

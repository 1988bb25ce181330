"""A factor that spans decades, on a logarithmic scale beside a linear one.

    .venv/bin/python -m tests.benchmarks.log_scale              # 20 seeds; a few minutes
    .venv/bin/python -m tests.benchmarks.log_scale --quick      # 4 seeds, seconds

A plant whose response is linear in log10(additive) over 1e-6 to 1e-3 mol/L and bends with the
gap. Both campaigns are the same but for `scale`. Two ways to 12 runs: own proposals (three plans
of four), and the same scrambled Sobol recipes, spread on the logarithm, so that only the models
differ. Without and with an earlier line of 30 rows, whose response is shifted and steeper.
Figures: nRMSE and coverage of 95 % intervals on 512 Sobol points, spread on the logarithm; 1 %
noise; median over seeds, and the paired ratio log / linear with its standard error (of its mean
logarithm).
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd

from designer import Campaign, DesignerWarning
from designer.models.sobol import scrambled_sobol

LOW, HIGH = 1e-6, 1e-3
NOISE = 0.2
RUNS, BATCH = 12, 4
WAYS = ("own proposals", "Sobol recipes")


def spec(scale: str) -> dict[str, Any]:
    """The campaign with the additive on one of the scales."""
    return {
        "campaign": {"name": "additive", "line": "own"},
        "factor": [
            {"name": "additive", "unit": "mol/L", "low": LOW, "high": HIGH, "scale": scale},
            {"name": "gap", "unit": "um", "low": 50, "high": 250, "step": 10},
        ],
        "response": [{"name": "y", "unit": "mV", "scale": "linear"}],
    }


def truth(frame: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The response without noise: 18 mV over the decades, 4 mV over the gap."""
    decades = np.log10(frame["additive"].to_numpy(float) / LOW)
    return np.asarray(6.0 * decades + 4.0 * ((frame["gap"].to_numpy(float) - 150) / 100) ** 2)


def recipes(count: int, seed: int) -> pd.DataFrame:
    """Sobol recipes, spread on the logarithm of the additive; gaps on the machine's steps."""
    u = scrambled_sobol(count, 2, seed)
    additive = LOW * (HIGH / LOW) ** u[:, 0]
    return pd.DataFrame({"additive": additive, "gap": 50 + 10 * np.round(20 * u[:, 1])})


def campaign(scale: str, seed: int, *, line: bool) -> Campaign:
    """An empty campaign, perhaps with an earlier line."""
    case = Campaign.create(spec(scale), store=None)
    if line:
        rows = recipes(30, 1000 + seed)
        noise = NOISE * np.random.default_rng(seed).standard_normal(30)
        case.add_line("earlier", rows.assign(y=2.0 + 1.2 * truth(rows) + noise))
    return case


def figures(scale: str, way: str, seed: int, *, line: bool) -> tuple[float, float]:
    """nRMSE and coverage after `RUNS` runs."""
    case, draw = campaign(scale, seed, line=line), np.random.default_rng(seed)
    if way == "own proposals":
        for batch in range(RUNS // BATCH):
            frame = case.propose(BATCH, seed=seed * 100 + batch).frame
            noise = NOISE * draw.standard_normal(BATCH)
            case.record(pd.DataFrame({"y": truth(frame) + noise}, index=frame.index))
    else:
        frame = recipes(RUNS, 2000 + seed)
        case.attach(frame.assign(y=truth(frame) + NOISE * draw.standard_normal(RUNS)))
    points = recipes(512, 77)
    told, right = case.predict(points), truth(points)
    off = told["y_mean"].to_numpy(float) - right
    inside = np.abs(off) <= 1.96 * told["y_sd"].to_numpy(float)
    return float(np.sqrt(np.mean(off**2)) / right.std()), float(inside.mean())


def measure(seeds: int, way: str, *, line: bool) -> dict[str, np.ndarray[Any, Any]]:
    """Figures ``[seeds, 2]`` by scale."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DesignerWarning)
        return {
            scale: np.array([figures(scale, way, seed, line=line) for seed in range(seeds)])
            for scale in ("log", "linear")
        }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    seeds = 4 if parser.parse_args().quick else 20
    print("| runs | earlier line | nRMSE log | linear | ratio | coverage log | linear |")
    print("|---|---|---|---|---|---|---|")
    for way in WAYS:
        for line in (False, True):
            found = measure(seeds, way, line=line)
            ratios = np.log(found["log"][:, 0] / found["linear"][:, 0])
            ratio = f"{np.exp(ratios.mean()):.2f} ± {ratios.std(ddof=1) / np.sqrt(seeds):.2f}"
            errors = [f"{np.median(found[scale][:, 0]):.3f}" for scale in ("log", "linear")]
            covered = [f"{found[scale][:, 1].mean():.2f}" for scale in ("log", "linear")]
            told = [way, "yes" if line else "no", *errors, ratio, *covered]
            print(f"| {' | '.join(told)} |", flush=True)


if __name__ == "__main__":
    main()

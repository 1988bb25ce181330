"""What a proposal costs: CPU seconds and memory of everything but fitting, one thread.

    .venv/bin/python -m tests.benchmarks.propose_cpu
    .venv/bin/python -m tests.benchmarks.propose_cpu --size 54945 --runs 4 --json

Three responses, 160 training rows (three earlier lines of 40, 40 runs in slurries of five), goal
window, averaged hyperparameters, each size in a process of its own. CPU = process time of
``make_plan`` alone; memory = peak of the whole process, fits included. "flat" has no stages: then
every recipe may be the next. Promise: 54,945 recipes, 8 runs: at most 1 s; all sizes: 600 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np

from designer.acquisition.plan.plan import make_plan
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.models.data.dataset import ResponseData
from designer.models.encoding import Space
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average

SIZES = {  # recipes: steps of solid content, gap and pressure
    5_491: (17, 17, 19),
    54_945: (33, 45, 37),
    139_491: (33, 57, 74),
    199_800: (37, 72, 75),
    0: (0, 0, 0),  # continuous: 2^14 quasi-random recipes
}


def specification(counts: tuple[int, int, int], *, flat: bool = False) -> Specification:
    """Slurry → coating → calendering with so many set-points each; 0: continuous."""
    factors = []
    names = (("solid", "slurry"), ("gap", "coating"), ("pressure", "cal"))
    for (name, stage), count in zip(names, counts, strict=True):
        step = {"high": (count - 1) * 0.5, "step": 0.5} if count else {"high": 20}
        of = {} if flat else {"stage": stage}
        factors.append({"name": name, "low": 0, **of, **step})
    return load.from_dict(
        {
            "campaign": {"version": 1, "name": "cpu", "line": "line4"},
            "stage": [
                {"name": name, "change_cost": cost}
                for name, cost in (("slurry", 3.0), ("coating", 0.5), ("cal", 0.1))
                if not flat
            ],
            "factor": factors,
            "response": [
                {"name": "loading", "unit": "mg/cm^2", "window": [11.4, 12.6], "scale": "log"},
                {"name": "porosity", "unit": "%", "window": [30, 35]},
                {"name": "adhesion", "unit": "N/m", "window": [20, None], "scale": "log"},
            ],
            "costs": {"unit": "h", "run": 0.05},
        },
        trusted=True,
    )


def measurements(seed: int = 0, *, flat: bool = False) -> list[ResponseData]:
    """160 rows of three smooth responses, 2 % noise, 2 % slurry effect."""
    rng = np.random.default_rng(seed)
    X = rng.random((160, 3))
    batch = np.full((160, 3), -1)
    batch[120:, 0] = np.arange(40) // 5
    slurry = np.append(rng.normal(0, 0.02, 8), 0.0)[batch[:, 0]]
    surfaces = {
        "loading": 4 + 30 * X[:, 1] * (0.5 + X[:, 0]),
        "porosity": 50 - 25 * X[:, 2] + 5 * X[:, 1],
        "adhesion": 10 + 30 * np.sin(2 * X[:, 0]) + 5 * X[:, 2],
    }
    line = np.repeat([1, 2, 3, 0], 40)
    return [
        ResponseData(
            name,
            log_scale=name != "porosity",
            noise_sd=None,
            X=X,
            y=y * (1 + 0.02 * rng.standard_normal(160)) * (1 + slurry),
            line=line,
            batch=batch[:, :0] if flat else batch,
        )
        for name, y in surfaces.items()
    ]


def calibration() -> float:
    """CPU seconds of a fixed amount of the same kind of work: the best of several tries."""
    rng = np.random.default_rng(0)
    A, B = rng.random((300, 160), dtype=np.float32), rng.random((160, 160), dtype=np.float32)
    best = np.inf
    for _ in range(5):
        before = time.process_time()
        for _ in range(200):
            np.exp(-np.sqrt(A @ B))
        best = min(best, time.process_time() - before)
    return float(best)


def measure(size: int, runs: int, *, flat: bool = False) -> dict[str, float]:
    """Fit, then time one proposal."""
    spec = specification(SIZES[size], flat=flat)
    space = Space.from_specification(spec)
    posteriors = {
        data.name: average(fit(data, space.groups, 3)) for data in measurements(flat=flat)
    }
    before = time.process_time()
    plan = make_plan(spec, space, posteriors, runs=runs, seed=1)
    cpu = time.process_time() - before
    peak = peak_megabytes()
    unit = calibration()
    return {
        "recipes": size,
        "runs": runs,
        "cpu_s": cpu,
        "peak_mb": peak,
        "bits": plan.bits or 0.0,
        "calibrations": cpu / unit,
    }


def peak_megabytes() -> float:
    """Peak memory of this process alone; a child's ru_maxrss begins with its parent's on Linux."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    assert peak is not None
    return int(peak[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, choices=sorted(SIZES))
    parser.add_argument("--runs", type=int, action="append")
    parser.add_argument("--flat", action="store_true", help="without stages")
    parser.add_argument("--json", action="store_true", help="one line of JSON (needs --size)")
    arguments = parser.parse_args()
    runs = arguments.runs or [4, 8, 16]
    if arguments.json:
        print(json.dumps(measure(arguments.size, runs[0], flat=arguments.flat)))
        return
    print(f"{'recipes':>10} {'runs':>5} {'CPU s':>7} {'units':>6} {'peak MB':>8} {'bits':>6}")
    for size in [arguments.size] if arguments.size is not None else SIZES:
        for count in runs:
            command = [
                sys.executable,
                "-m",
                "tests.benchmarks.propose_cpu",
                "--json",
                "--size",
                str(size),
            ]
            command += ["--runs", str(count), *(["--flat"] if arguments.flat else [])]
            told = subprocess.run(command, check=True, capture_output=True, text=True)
            row = json.loads(told.stdout)
            print(
                f"{row['recipes'] or 'continuous':>10} {count:>5} {row['cpu_s']:>7.2f}"
                f" {row['calibrations']:>6.1f}"
                f" {row['peak_mb']:>8.0f} {row['bits']:>6.2f}"
            )


if __name__ == "__main__":
    main()

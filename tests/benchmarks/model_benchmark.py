"""How well the models predict: ours beside the models users would pick instead.

    .venv/bin/python -m tests.benchmarks.model_benchmark --seeds 16 --misleading 1
    .venv/bin/python -m tests.benchmarks.model_benchmark --seeds 3 --quick
    .venv/bin/python -m tests.benchmarks.model_benchmark --ablation --seeds 16

Figures (README.md here): nRMSE = RMSE against the noise-free truth / its standard deviation;
coverage = share of noise-free truths inside mean ± 1.96 sd; log predictive density per point; all
on 512 Sobol points, mean over responses; medians over seeds. CPU = process time of fits and
predictions of all responses, one thread. Seeds start at 1000: nothing was tuned on them.
"""

# ruff: noqa: E402  # threads are set before numpy loads; torch loads only where needed

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

import numpy as np

from tests.benchmarks.ablation import VARIANTS
from tests.benchmarks.families import FAMILIES
from tests.benchmarks.plants import TWINS, Plant, make_plant
from tests.benchmarks.rivals import CATEGORY, MODELS, OURS, figures

RUNS = (0, 4, 16)
FIRST_SEED = 1000
SLOW = (CATEGORY, "SingleTaskGP", "MultiTaskGP 60", "MultiTaskGP")
CELL = 0.05  # within this of the best counts as best

Results = dict[tuple[str, str, int], np.ndarray]


def measure(
    families: Sequence[str],
    models: list[str],
    seeds: int,
    *,
    misleading: int = 1,
    runs: tuple[int, ...] = RUNS,
    first: int = FIRST_SEED,
    most: Mapping[str, int] | None = None,
    **options: Any,
) -> Results:
    """Figures ``[seeds, 4]`` (nRMSE, coverage, density, CPU s) per family, model and runs.

    ``most``: seeds for some models only, by name; NaN elsewhere and where a fit gave up.
    """
    out: dict[tuple[str, str, int], list[tuple[float, ...]]] = {}
    for family in families:
        for seed in range(first, first + seeds):
            plant = make_plant(family, seed, misleading=misleading, **options)
            for name in models:
                for count in runs:
                    row: tuple[float, ...] = (np.nan,) * 4
                    if seed - first < (most or {}).get(name, seeds):
                        row = judge(plant, {**MODELS, **VARIANTS}[name], count)
                    out.setdefault((family, name, count), []).append(row)
    return {key: np.array(rows) for key, rows in out.items()}


def judge(plant: Plant, model: Callable[..., Any], count: int) -> tuple[float, float, float, float]:
    """Means over the responses, and CPU seconds."""
    started = time.process_time()
    predictions = model(plant, count)
    seconds = time.process_time() - started
    if predictions is None:
        return np.nan, np.nan, np.nan, np.nan
    rows = [figures(p, q) for p, q in zip(plant.problems, predictions, strict=True)]
    error, coverage, density = np.mean(rows, axis=0).tolist()
    return error, coverage, density, seconds


def ratio(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Geometric mean of paired ratios and the standard error of the log ratio."""
    logs = np.log(one / other)
    logs = logs[np.isfinite(logs)]
    if len(logs) < 2:
        return np.nan, np.nan
    return float(np.exp(logs.mean())), float(logs.std(ddof=1) / np.sqrt(len(logs)))


def table(results: Results, base: str = OURS) -> str:
    """Markdown: medians of nRMSE / coverage (mean) / density / CPU s, and ours over it, paired."""
    counts = list(dict.fromkeys(key[2] for key in results))
    lines = ["| family | model | " + " | ".join(f"{n} runs" for n in counts) + " |"]
    lines.append("|" + "---|" * (len(counts) + 2))
    for family, name in dict.fromkeys((key[0], key[1]) for key in results):
        cells = []
        for count in counts:
            rows = results[family, name, count]
            kept = rows[np.isfinite(rows[:, 0])]
            if not len(kept):
                cells.append("–")
                continue
            nrmse, coverage, density, seconds = np.median(kept, axis=0)
            text = f"**{nrmse:.3f}** / {coverage:.2f} ({kept[:, 1].mean():.2f}) / {density:.2f}"
            text += f" / {seconds:.2f}"
            if name != base and (family, base, count) in results:
                value, error = ratio(results[family, base, count][:, 0], rows[:, 0])
                text += f" · ×{value:.2f} ± {error:.2f}"
            cells.append(text + (f" [{len(kept)}]" if len(kept) < len(rows) else ""))
        lines.append(f"| {family} | {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cells(results: Results, models: Sequence[str]) -> str:
    """How often ours is best or within 5 % of the best, and how far off at worst."""
    best, worst, dense, total = 0, (0.0, ""), 0, 0
    for family, count in dict.fromkeys((k[0], k[2]) for k in results):
        ours = results.get((family, OURS, count))
        rivals = [
            results[family, m, count]
            for m in models
            if m != OURS and not m.startswith("trust") and (family, m, count) in results
        ]
        rivals = [r for r in rivals if np.isfinite(r[:, 0]).any()]
        if ours is None or not rivals:
            continue
        total += 1
        off = np.median(ours[:, 0]) / min(np.nanmedian(r[:, 0]) for r in rivals)
        best += off <= 1 + CELL
        worst = max(worst, (off, f"{family} at {count} runs"))
        dense += np.median(ours[:, 2]) >= max(np.nanmedian(r[:, 2]) for r in rivals)
    return (
        f"cells: {total}; smallest error or within 5 %: {best}; largest ratio to the best"
        f" {worst[0]:.2f} ({worst[1]}); highest density: {dense}"
    )


def harmed(results: Results, alone: str = "no history", threshold: int = 8) -> str:
    """In how many campaigns history made the error more than 10 % larger than without it."""
    parts = []
    for family, count in dict.fromkeys((k[0], k[2]) for k in results):
        ours = results.get((family, OURS, count))
        without = results.get((family, alone, count))
        if count < threshold or ours is None or without is None:
            continue
        off = ours[:, 0] / without[:, 0]
        parts.append(f"{family} at {count}: {np.sum(off > 1.1)} of {len(off)}")
    return "more than 10 % worse than without history: " + ("; ".join(parts) or "not measured")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--misleading", type=int, default=1, help="unrelated lines of three")
    parser.add_argument("--quick", action="store_true", help="without the BoTorch models")
    parser.add_argument("--ablation", action="store_true", help="our own parts, one by one")
    parser.add_argument("--family", action="append", choices=[*FAMILIES, *TWINS])
    parser.add_argument("--model", action="append", choices=sorted({**MODELS, **VARIANTS}))
    parser.add_argument("--runs", default="0,4,16")
    arguments = parser.parse_args()
    models = arguments.model or list(VARIANTS if arguments.ablation else MODELS)
    if arguments.quick:
        models = [name for name in models if name not in SLOW]
    results = measure(
        arguments.family or [*FAMILIES, *TWINS],
        models,
        arguments.seeds,
        misleading=arguments.misleading,
        runs=tuple(map(int, arguments.runs.split(","))),
        first=arguments.first,
        most={"MultiTaskGP": 3, "MultiTaskGP 60": 8, "SingleTaskGP": 8, CATEGORY: 8},
    )
    print(table(results, next(iter(VARIANTS)) if arguments.ablation else OURS))
    print(cells(results, models))
    print(harmed(results))


if __name__ == "__main__":
    main()

"""Tables of campaigns at equal line-hours, and the thresholds of line-hours.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Found = Mapping[tuple[str, int], Mapping[str, Any]]  # figures by method and seed
MIX = "mix"
LIMITS = {  # nRMSE of mix over that of …, geometric mean of paired ratios
    "Sobol": 0.65,
    "cost-blind": 0.70,
    "stratified, 4 × 2": 0.90,
    "stratified, our allocation": 1.05,
}
COVERAGE = (0.90, 0.98)
ENOUGH = 10  # runs per slurry from which on coverage has to hold


def paired(found: Found, one: str, other: str, figure: str) -> np.ndarray:
    """Log ratios of a figure over the seeds that both have, ``[seeds]``."""
    seeds = sorted({s for m, s in found if m == one} & {s for m, s in found if m == other})
    return np.array([np.log(found[one, s][figure] / found[other, s][figure]) for s in seeds])


def ratio(logs: np.ndarray) -> str:
    """Geometric mean ± standard error of the log ratio."""
    if len(logs) < 2:
        return "–"
    return f"{np.exp(logs.mean()):.2f} ± {logs.std(ddof=1) / np.sqrt(len(logs)):.2f}"


def campaign_table(found: Found) -> str:
    """Markdown: medians over seeds, coverage also its mean, and mix over each in paired ratios."""
    head = ["runs chosen by", "seeds", "runs / slurries / strips", "hours", "nRMSE"]
    head += ["coverage (mean)", "in-spec log loss", "CPU s", "nRMSE: mix / this"]
    head += ["log loss: mix / this"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for method in dict.fromkeys(method for method, _ in found):
        rows = [row for (m, _), row in found.items() if m == method]

        def middle(figure: str, rows: Sequence[Mapping[str, Any]] = rows) -> float:
            return float(np.median([row[figure] for row in rows]))

        sizes = " / ".join(f"{middle(k):.0f}" for k in ("runs", "slurries", "strips"))
        cells = [method, str(len(rows)), sizes, f"{middle('hours'):.1f}"]
        cells.append(f"**{middle('error'):.3f}**")
        mean = np.mean([row["coverage"] for row in rows])
        cells.append(f"{middle('coverage'):.2f} ({mean:.2f})")
        cells += [f"{middle('loss'):.4f}", f"{middle('cpu'):.1f}"]
        for figure in ("error", "loss"):
            cells.append("–" if method == MIX else ratio(paired(found, MIX, method, figure)))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def judged(found: Found) -> list[tuple[str, str, str, bool]]:
    """Per threshold: what, found, allowed, whether it holds."""
    out = []
    for other, limit in LIMITS.items():
        logs = paired(found, MIX, other, "error")
        if len(logs):
            value = float(np.exp(logs.mean()))
            out.append((f"nRMSE, mix / {other}", ratio(logs), f"≤ {limit:.2f}", value <= limit))
    rows = [r for (m, _), r in found.items() if m == MIX and r["runs"] >= ENOUGH * r["slurries"]]
    if rows:
        value = float(np.mean([row["coverage"] for row in rows]))
        low, high = COVERAGE
        what = f"coverage of mix at ≥ {ENOUGH} runs per slurry"
        out.append((what, f"{value:.3f}", f"{low:.2f}–{high:.2f}", low <= value <= high))
    return out


def threshold_table(found: Found) -> str:
    """Markdown of `judged`."""
    lines = ["| threshold | found | allowed | |", "|---|---|---|---|"]
    for what, value, allowed, holds in judged(found):
        verdict = "–" if value == "–" else "met" if holds else "**missed**"
        lines.append(f"| {what} | {value} | {allowed} | {verdict} |")
    return "\n".join(lines)

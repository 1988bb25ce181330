"""Results beside what was said of them without their run: parity, coverage, control charts.

The errors are those of `status` (leave one run out, `models.diagnostics.cross_validation`). How
much too narrow or wide the intervals are follows from the standardised errors: with right intervals
the sum of their squares over n runs is χ²(n).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from scipy.special import gammaincinv

from designer.campaigns.log.runs import Run
from designer.engine.fitted_campaign import FittedCampaign
from designer.engine.pictures.answers import ControlPoint, Coverage, ParityPoint
from designer.engine.pictures.surfaces import numbers
from designer.models.arrays import FloatArray, IntArray
from designer.models.diagnostics.cross_validation import (
    QUANTILES,
    PredictedResults,
    leave_one_run_out,
    with_left_out,
)

_SURE: Final = 0.95  # that the intervals are not right, before they are said to be wrong
_FEWEST: Final = 5  # runs below which errors say nothing (contract)
_ODD: Final = 3.0  # standard deviations from which a result is marked in a control chart
_MANY: Final = 10.0  # times from which more digits say nothing
_SD_50, _SD_95 = QUANTILES["50"], QUANTILES["95"]


def left_out_predictions(fitted: FittedCampaign) -> dict[str, PredictedResults]:
    """Every own result predicted without its run, per response with any."""
    found = {
        name: with_left_out(leave_one_run_out(posterior.fitted), posterior.fitted)
        for name, posterior in fitted.posteriors.items()
    }
    return {name: each for name, each in found.items() if len(each.row)}


def parity(fitted: FittedCampaign, name: str, found: PredictedResults) -> list[ParityPoint]:
    """The results of a response beside their predictions, in the order of the runs."""
    scaling = fitted.posteriors[name].scaling
    possible = fitted.state.spec.response(name).possible or (-np.inf, np.inf)

    def raw(sds: float) -> FloatArray:
        return np.clip(scaling.median(found.centre + sds * found.sd), *possible)

    ends = [numbers(raw(k)) for k in (-_SD_95, -_SD_50, _SD_50, _SD_95)]
    standardised = numbers(found.standardised)
    ids, runs = fitted.training.runs, fitted.state.runs
    order = np.argsort(found.run, kind="stable").tolist()
    return [
        {
            "run": (run := ids[int(found.run[k])]),
            "event": runs[run].seq,
            "measured": float(found.measured[k]),
            "predicted": float(found.predicted[k]),
            "low_95": ends[0][k],
            "low_50": ends[1][k],
            "high_50": ends[2][k],
            "high_95": ends[3][k],
            "standardised": standardised[k],
        }
        for k in order
    ]


def coverage(fitted: FittedCampaign, found: PredictedResults) -> Coverage:
    """How many results their intervals hold, and what that says of the intervals."""
    return coverage_of(found.standardised, found.run, fitted.training.runs)


def coverage_of(standardised: FloatArray, run: IntArray, ids: Sequence[str]) -> Coverage:
    """The same of errors in standard deviations.

    Args:
        standardised: of every result, ``[k]``.
        run: number of its run, ``[k]``.
        ids: of the runs.
    """
    size = np.abs(standardised)
    inside = {level: int(np.count_nonzero(size <= q)) for level, q in QUANTILES.items()}
    ratio, verdict = _verdict(standardised, run, ids)
    return {
        "n": len(size),
        "inside_50": inside["50"],
        "inside_80": inside["80"],
        "inside_95": inside["95"],
        "ratio": ratio,
        "verdict": verdict,
    }


def _verdict(
    standardised: FloatArray, run: IntArray, ids: Sequence[str]
) -> tuple[float | None, str]:
    """How many times as wide the intervals should be, and that in words."""
    runs, place = np.unique(run, return_inverse=True)
    if len(runs) < _FEWEST:
        return None, f"too few runs to tell ({len(runs)} of {_FEWEST})"
    size = np.bincount(place, np.square(standardised)) / np.bincount(place)
    if not np.isfinite(size).all():
        aside = np.flatnonzero(~np.isfinite(size)).tolist()
        named = ", ".join(ids[int(runs[k])] for k in aside)
        return None, f"no model can use {named}: the intervals are not judged"
    ratio = float(np.sqrt(size.mean()))
    verdict = _wrong(size)
    if verdict is None:
        return ratio, f"as wide as they should be, as far as {len(runs)} runs can tell"
    rest = np.delete(size, size.argmax())
    if ratio > 1 and _wrong(rest) is None:
        worst = ids[int(runs[size.argmax()])]
        return ratio, f"as wide as they should be but for {worst}, which lies far outside"
    return ratio, verdict


def _wrong(size: FloatArray) -> str | None:
    """That intervals are too narrow or wide, by mean squares ``[n]`` of errors; None: neither."""
    n, total = len(size), float(size.sum())
    tail = (1 - _SURE) / 2
    times = float(np.sqrt(total / n))
    if total > _chi_square(1 - tail, n):
        return f"intervals {_times(times)} too narrow"
    if total < _chi_square(tail, n):
        return f"intervals {_times(1 / max(times, 1e-9))} too wide"
    return None


def _chi_square(probability: float, n: int) -> float:
    """Quantile of χ²(n); `scipy.stats` takes half a second to load."""
    return 2.0 * float(gammaincinv(0.5 * n, probability))


def _times(ratio: float) -> str:
    if ratio < 1.75:
        return f"about {ratio:.1f} times"
    if ratio < 2.5:
        return "about twice"
    return f"about {ratio:.0f} times" if ratio < _MANY else f"more than {_MANY:.0f} times"


def control(
    name: str,
    points: Sequence[ParityPoint],
    made: Sequence[Run],
    odd: Mapping[tuple[str, str], str],
) -> list[ControlPoint]:
    """The results of a response in the order the runs were made in.

    Args:
        name: of the response.
        points: its results beside their predictions.
        made: runs in that order.
        odd: results that look like slips, by run and response.
    """
    told = {point["run"]: point for point in points}
    far = {p["run"] for p in points if p["standardised"] is None or abs(p["standardised"]) > _ODD}
    found: list[ControlPoint] = []
    for run in made:
        values, point = [*run.values(name)], told.get(run.id)
        if not values and run.status != "failed":
            continue
        found.append(
            {
                "run": run.id,
                "event": run.seq,
                "made_at": run.made_at or run.made_recorded_at,
                "status": run.status,
                "value": sum(values) / len(values) if values else None,
                "values": values,
                "predicted": None if point is None else point["predicted"],
                "low_95": None if point is None else point["low_95"],
                "high_95": None if point is None else point["high_95"],
                "odd": (run.id, name) in odd or run.id in far,
            }
        )
    return found

"""What a change of a run has brought: new values, and what the user should know of them."""

from __future__ import annotations

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.service.answers import RecordAnswer

SURPRISE = 3.0  # standard deviations of a new result; 0.3 % of results by chance


def run_changed(state: CampaignState, run: Run, since: int) -> RecordAnswer:
    """What a change of one run has brought since a log position."""
    new = {
        name: fresh
        for name, values in run.measurements.items()
        if (fresh := [value.number for value in values if value.seq > since])
    }
    return {
        "campaign": state.spec.name,
        "run": run.id,
        "status": run.status,
        "recorded": {**new, **dict.fromkeys(sorted(run.never))},
        "messages": [*run.flags, *(text for name in new for text in _surprise(state, run, name))],
        "head": state.head,
    }


def _surprise(state: CampaignState, run: Run, name: str) -> list[str]:
    """A sentence when a result is far from its prediction; it is kept all the same."""
    predicted = (run.predicted or {}).get(name)
    values = run.values(name)
    if not predicted or not predicted.get("sd_result"):
        return []
    mean, sd = float(predicted["mean"]), float(predicted["sd_result"])
    off = (sum(values) / len(values) - mean) / sd
    if abs(off) < SURPRISE:
        return []
    unit = state.spec.response(name).unit
    shown = f"{mean:.4g} ± {sd:.2g}" + (f" {unit}" if unit else "")
    side = "above" if off > 0 else "below"
    return [
        f"{name} is {abs(off):.1f} standard deviations {side} its prediction ({shown}):"
        " kept, and worth a second look"
    ]

"""What a sheet changes, in figures: the same before it is recorded as after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import SheetCounts, SheetRun

ENDS = ("completed", "failed", "abandoned")
"""What a run may come to."""


def with_status(runs: Iterable[SheetRun], after: CampaignState) -> list[SheetRun]:
    """What a sheet says of runs, each with the status it has then."""
    return [{**run, "status": after.run(run["run"]).status} for run in runs]


def counts_of(runs: Sequence[SheetRun], attached: Sequence[str]) -> SheetCounts:
    """How much of a sheet is new.

    Args:
        runs: what it says of each.
        attached: ids of new runs.
    """
    values = [value for run in runs for value in run["new"].values() if isinstance(value, list)]
    ends = [run["status"] for run in runs if run["status"] != run["status_before"]]
    completed, failed, abandoned = (ends.count(end) for end in ENDS)
    return {
        "runs": sum(bool(run["new"]) for run in runs),
        "values": sum(map(len, values)),
        "changed": sum(len(run["changed"]) for run in runs),
        "completed": completed,
        "failed": failed,
        "abandoned": abandoned,
        "attached": len(attached),
        "known": sum(len(run["skipped"]) for run in runs),
    }

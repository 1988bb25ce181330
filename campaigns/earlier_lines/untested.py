"""What nobody can know before the first results: whether all earlier lines are wrong together."""

from __future__ import annotations

import shlex

from designer.campaigns.log.runs import LEARNED_FROM
from designer.campaigns.log.state import CampaignState


def untested_lines_note(state: CampaignState) -> str | None:
    """A sentence where responses rest on earlier lines alone; None where none does."""
    lines = [line for line in state.lines.values() if line.included]
    names = [response.name for response in state.spec.responses]
    resting = [
        name
        for name in names
        if any(row.responses.get(name) for line in lines for row in line.rows)
        and not any(run.values(name) for run in state.runs.values() if run.status in LEARNED_FROM)
    ]
    if not resting:
        return None
    what = "" if len(resting) == len(names) else f" of {', '.join(resting)}"
    known = ", ".join(line.name for line in lines)
    return (
        f"No result{what} on {state.spec.line} yet: predictions rest on the earlier lines alone"
        f" ({known}). Should all of them be wrong in the same way, nothing in their data can tell,"
        " and the true values may lie outside the intervals; the first runs will show. If you doubt"
        f" a line: designer lines exclude {shlex.quote(state.spec.name)} LINE --reason TEXT"
    )

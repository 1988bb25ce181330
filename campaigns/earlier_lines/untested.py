"""What nobody can know before the first results: whether all earlier lines are wrong together."""

from __future__ import annotations

import shlex

from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import unusable


def untested_lines_note(state: CampaignState) -> str | None:
    """A sentence where responses rest on earlier lines alone; None where none does."""
    lines = state.used_lines
    names = [response.name for response in state.spec.responses]
    resting = [r.name for r in state.spec.responses if _rests_on_lines(state, r)]
    if not resting:
        return None
    what = "" if len(resting) == len(names) else f" of {', '.join(resting)}"
    known = ", ".join(line.name for line in lines)
    made = any(state.learned_results[name] for name in resting)
    result = "usable result" if made else "result"
    return (
        f"No {result}{what} on {state.spec.line} yet: predictions rest on the earlier lines alone"
        f" ({known}). Should all of them be wrong in the same way, nothing in their data can tell,"
        " and the true values may lie outside the intervals; the first runs will show. If you doubt"
        f" a line: designer lines exclude {shlex.quote(state.spec.name)} LINE --reason TEXT"
    )


def _rests_on_lines(state: CampaignState, response: Response) -> bool:
    """Whether lines have results of a response and no own one can be learned from."""
    name = response.name
    rows = (row for line in state.used_lines for row in line.rows)
    theirs = [value for row in rows for value in row.responses.get(name, ())]
    if not theirs:
        return False
    mine = [value for _, value in state.learned_results[name]]
    own = [*[True] * len(mine), *[False] * len(theirs)]
    odd = unusable([*mine, *theirs], own, log=response.log_scale)
    return all(odd[: len(mine)])

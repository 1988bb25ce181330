"""What to say of a result when it comes in: it is kept, but may be a slip or a failed run."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from designer.campaigns.log.runs import Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.slips import SLIP, Slip
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import is_computable

_KEPT = "It is kept; if it is a slip:"


def without_commands(remark: str) -> str:
    """A remark without the command lines that answer it, for who has keys instead."""
    return remark.partition(f" {_KEPT} ")[0]


def result_remarks(
    state: CampaignState,
    results: Sequence[tuple[Run, Collection[str]]],
    found: Sequence[Slip],
) -> list[str]:
    """Sentences about results that are far from usual; nothing is refused for it.

    Args:
        state: the campaign.
        results: runs, each with the responses whose values are new.
        found: all its results of these responses that look like slips.
    """
    doubted = {(slip.run, slip.response, slip.value.number) for slip in found}
    told: list[str] = []
    for response in state.spec.responses:
        new = {run.id: run for run, names in results if response.name in names}
        of_new = [slip for slip in found if slip.response == response.name and slip.run in new]
        told += _slips_told(state, response.name, of_new)
        for run in new.values():
            for value, each in {v.number: v for v in run.measurements[response.name]}.items():
                clause = None
                if (run.id, response.name, value) not in doubted:
                    clause = _oddity(response, value)
                if clause is not None:
                    shown = quantity_text(value, response.unit)
                    ways = _ways_out(state, run.id, response.name, each, flagged=False)
                    told.append(f"{run.id}: {response.name} {shown} {clause} {ways}")
    return told


def _slips_told(state: CampaignState, response: str, found: Sequence[Slip]) -> list[str]:
    """A sentence a slip; of those of which the same is said the first, and the others by run."""
    alike: dict[str, list[Slip]] = {}
    for slip in found:
        alike.setdefault(slip.clause, []).append(slip)
    told = []
    for first, *others in alike.values():
        ways = _ways_out(state, first.run, response, first.value, flagged=True)
        more = f" Likewise {', '.join(slip.run for slip in others)}." if others else ""
        told.append(f"{first.message} {ways}{'.' if more else ''}{more}")
    return told


def _ways_out(
    state: CampaignState, run: str, response: str, value: Measurement, *, flagged: bool
) -> str:
    of_run = f"{shlex.quote(state.spec.name)} {run}"
    ways = ways_to_answer(state, run, response, value, f"{SLIP}:{response}" if flagged else None)
    return f"{_KEPT} {ways}; if the run failed: designer fail {of_run} --reason TEXT"


def ways_to_answer(
    state: CampaignState, run: str, response: str, value: Measurement, confirm: str | None
) -> str:
    """The commands that answer a doubt about a result: its correction, and its confirmation.

    Args:
        state: the campaign.
        run: run id.
        response: name of what was measured.
        value: the result.
        confirm: what `note` is told where it is right; None: there is no flag to confirm.
    """
    of_run = f"{shlex.quote(state.spec.name)} {run}"
    several = len(state.run(run).measurements[response]) > 1
    which = f" --replicate {value.replicate}" if several else ""
    right = f"; if it is right: designer note {of_run} TEXT --confirm {confirm}" if confirm else ""
    return f"designer correct {of_run} {response}=VALUE{which} --reason TEXT{right}"


def _oddity(response: Response, value: float) -> str | None:
    """What else is odd about a value that no slip explains."""
    if not is_computable(value):
        return "is no size of a measurement, so the models leave it out."
    if response.log_scale and value <= 0:
        return (
            "does not exist on its logarithmic scale: the models leave it out, or turn to a linear"
            " scale where such results are many."
        )
    return None

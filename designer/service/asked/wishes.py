"""What somebody wishes of a plan, read and checked before anything is computed."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.campaigns import commands
from designer.campaigns.commands.checks import required_text
from designer.campaigns.errors import Findings
from designer.campaigns.files import File
from designer.campaigns.log.runs import REPLACED
from designer.campaigns.log.state import CampaignState, Plan
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.acquisition.plan.wishes import Offer
    from designer.campaigns.sheets.offered import OfferedTable
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.tables.options import TableOptions

INSTEAD = "another run was asked for in its place"
"""Why a run is abandoned that is not wanted, where nobody says."""

AmongSource = File | Mapping[str, Sequence[object]]
"""A table of recipes: a file, or columns in memory."""


@dataclass(frozen=True)
class Unwanted:
    """Open runs that are abandoned before a plan is made.

    Attributes:
        runs: their ids.
        instead_of: whether as many others are asked for in their place.
        reason: why; of runs that are replaced it begins with `REPLACED`.
    """

    runs: tuple[str, ...] = ()
    instead_of: bool = False
    reason: str = REPLACED


def unwanted(
    state: CampaignState,
    *,
    replace: bool,
    instead_of: Sequence[str] | None = None,
    reason: str | None = None,
) -> Unwanted:
    """The runs that are abandoned first.

    Raises:
        InputError: an unknown run.
        ConflictError: a run that is not open.
    """
    if reason is not None:
        required_text(reason, "reason")
    if instead_of is not None:
        why = INSTEAD if reason is None else reason
        drafts = commands.abandon(state, instead_of, why)
        return Unwanted(tuple(draft.body["run"] for draft in drafts), True, why)
    gone = tuple(run.id for run in state.open_runs) if replace else ()
    return Unwanted(gone, reason=REPLACED if reason is None else f"{REPLACED}: {reason}")


def abandoned_with(state: CampaignState, plan: Plan) -> list[str]:
    """Runs that were abandoned by the command that brought a plan."""
    events = state.events[: plan.seq]
    command = events[-1].command_id
    before = itertools.takewhile(lambda event: event.command_id == command, reversed(events[:-1]))
    return [event.body["run"] for event in before if event.kind == "run_abandoned"][::-1]


def parted_designs(
    state: CampaignState, runs: Sequence[str], *, others_come: bool = False
) -> list[str]:
    """Sentences about classical designs that are whole no more without some runs.

    Args:
        state: the campaign.
        runs: ids of the runs that are not made.
        others_come: whether others are proposed in their place.
    """
    parted: dict[str, list[str]] = {}
    for run in (state.runs[run] for run in runs):
        if run.plan is not None and state.plans[run.plan].design is not None:
            parted.setdefault(run.plan, []).append(run.id)
    told, place = [], ""
    if others_come:
        place = ": the runs in their place are chosen for information"
    if any(run.id not in runs for run in state.open_runs):
        judge = f"designer propose {shlex.quote(state.spec.name)} --judge open"
        place += f". What the open runs are worth now: {judge}"
    for plan, missing in parted.items():
        whole = state.plans[plan]
        if whole.design is not None and any(
            state.runs[run].status != "abandoned" and run not in missing for run in whole.runs
        ):
            name = f"{plan} is a design ({whole.design.name})"
            told.append(f"{name}, which is not whole without {listed(missing)}{place}")
    return told


def check_together(findings: Findings, told: Mapping[str, object]) -> None:
    """Note options of ``propose`` that contradict each other.

    Args:
        findings: takes the problems.
        told: option → what was told; nothing, or false: it was not.
    """
    pairs = [("--top-up", other) for other in ("--replace", "--budget", "--instead-of")]
    pairs += [("--instead-of", other) for other in ("--replace", "-n")]
    for option, other in pairs:
        if all(
            told.get(each) is not None and told.get(each) is not False for each in (option, other)
        ):
            more = ": it proposes as many runs as it abandons" if other == "-n" else ""
            findings.report(option, f"does not go together with {other}{more}")
    if told.get("--instead-of") == []:
        findings.report("--instead-of", "names no run", allowed="open runs")
    if told.get("--reason") is not None and not (told.get("--instead-of") or told.get("--replace")):
        findings.report("--reason", "belongs to --instead-of or --replace: it says why they go")


def offer_of(
    state: CampaignState,
    among: AmongSource | None,
    options: TableOptions | None,
    fixed: Mapping[str, Setting],
    given: Mapping[str, float],
    *,
    gone: Unwanted,
) -> tuple[Offer | None, list[str]]:
    """What is offered, and what is to tell about its table.

    What runs were planned of that are replaced is there; what nobody wants a run of is not.

    Raises:
        InputError: the table cannot be read, or nothing of it can be proposed.
    """
    if among is None:
        return None, []
    from designer.acquisition.plan.wishes import Offer
    from designer.campaigns.sheets.offered import offered_table

    replaced = () if gone.instead_of else gone.runs
    table: OfferedTable = offered_table(among, state, options, fixed, given, gone=replaced)
    apart = table.id_column is not None
    return Offer(table.recipes, table.name, apart=apart, labels=table.labels), table.told

"""Runs planned by hand: a recipe somebody wants made, judged like one of ours, and numbered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from designer.campaigns.commands.checks import Refusals
from designer.campaigns.commands.entries import PlannedRun
from designer.campaigns.commands.plans import batch_ids, plain
from designer.campaigns.errors import Problem
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import WAITING, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_batches import otherwise_made
from designer.campaigns.values.quantity import stored_setting

BY_HAND = "planned by hand"
"""Why a run was planned that nobody proposed."""


def planned_run(
    state: CampaignState, run: str, body: Mapping[str, Any], where: str, refusals: Refusals
) -> NewEvent:
    """The event of a run planned by hand, not judged yet.

    Args:
        state: the campaign.
        run: its id.
        body: what was told: ``used``, ``given``, ``batch`` and ``note`` as of a result.
        where: place for messages.
        refusals: takes batches that were made otherwise.
    """
    settings = {name: stored_setting(typed) for name, typed in body["used"].items()}
    for stage, batch in body["batch"].items():
        what = otherwise_made(state, stage, batch, settings)
        if what is not None:
            hint = "Leave the batch out, or plan the settings it was made with"
            refusals.input.add(Problem(f"{where}, batch of {stage}", what, batch, hint=hint))
    planned = {
        "run": run,
        "settings": body["used"],
        "given": body["given"],
        "assumed": {},
        "batch": body["batch"],
        "order": None,
        "rank": None,
        "predicted": {},
        "bits": None,
        "cost": None,
        "in_spec": None,
        "in_spec_measured": None,
        "success": None,
        "reason": BY_HAND,
        "note": body["note"],
        "position": None,
    }
    return NewEvent("run_planned", planned)


def planned_at(state: CampaignState, run: Run) -> int | None:
    """Log position a run planned by hand was judged at; None: it is none, or was not judged."""
    event = state.events[run.seq - 1]
    return event.body["position"] if event.kind == "run_planned" else None


def next_order(state: CampaignState) -> int:
    """The place in the order of making that follows those of the runs planned by hand so far."""
    waiting = (run for run in state.runs.values() if run.plan is None and run.status in WAITING)
    return 1 + max((run.order or 0 for run in waiting), default=0)


def with_figures(
    state: CampaignState,
    drafts: Sequence[NewEvent],
    figures: Mapping[str, PlannedRun],
    position: int,
) -> list[NewEvent]:
    """Give runs planned by hand what they were judged to be worth, and new batches their ids.

    Args:
        state: fresh state.
        drafts: new events, some of them runs planned by hand.
        figures: of each of those, by run id; their order is the one among themselves.
        position: log position they were judged at.

    Returns:
        All of them, the runs planned by hand last: what they were judged by comes before them.

    Raises:
        InputError: a figure is no number.
    """
    after, refusals, first = tried(state, drafts), Refusals(), next_order(state)
    bodies = {d.body["run"]: d.body for d in drafts if d.kind == "run_planned"}
    runs = sorted(bodies, key=lambda run: figures[run].order)
    told = [
        replace(figures[run], batch={**figures[run].batch, **bodies[run]["batch"]}) for run in runs
    ]
    ids = dict(zip(runs, batch_ids(after, told, refusals), strict=True))
    refusals.raise_if_any()
    judged = [draft for draft in drafts if draft.kind != "run_planned"]
    for run, body in bodies.items():
        found = figures[run]
        assumed = {n: v for n, v in found.given.items() if n not in body["given"]}
        of_run = {
            "assumed": assumed,
            "batch": ids[run],
            "order": first + runs.index(run),
            "rank": found.rank,
            "predicted": found.predicted,
            "bits": found.bits,
            "cost": found.cost,
            "in_spec": found.in_spec,
            "in_spec_measured": found.in_spec_measured,
            "success": found.success,
            "reason": found.reason,
            "position": position,
        }
        judged.append(NewEvent("run_planned", {**body, **plain(of_run)}))
    return judged

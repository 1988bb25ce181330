"""Verbs about runs and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.campaigns import commands
from designer.campaigns.errors import ConflictError, Problem
from designer.campaigns.log.fold import Scratch
from designer.campaigns.log.state import CampaignState, Run
from designer.service.session import Session, with_head
from designer.service.values import (
    BATCH,
    attached_entries,
    result_entry,
    split_attached,
    typed_values,
    unknown_names,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from designer.campaigns.log.events import NewEvent
    from designer.campaigns.sheets.results import SheetResults
    from designer.campaigns.specification.specification import Specification
    from designer.campaigns.values.quantity import Quantity

SURPRISE = 3.0  # standard deviations of a new result; 0.3 % of results by chance


def _run_changed(
    session: Session, campaign: str, run: str, decide: Callable[[CampaignState], list[NewEvent]]
) -> dict[str, Any]:
    before: list[CampaignState] = []

    def remember(state: CampaignState) -> list[NewEvent]:
        before[:] = [state]
        return decide(state)

    state = session.change(campaign, remember)
    found = state.run(run)
    return with_head(
        state,
        run=found.id,
        status=found.status,
        recorded=_recorded(found, since=before[0].seq),
        messages=_messages(state, found, since=before[0].seq),
    )


def _recorded(run: Run, since: int) -> dict[str, Any]:
    """Values that are new in a run: numbers of measured responses, None = never."""
    new: dict[str, Any] = {}
    for name, values in run.measurements.items():
        fresh = [value.number for value in values if value.seq > since]
        if fresh:
            new[name] = fresh
    return new | dict.fromkeys(sorted(run.never))


def _messages(state: CampaignState, run: Run, since: int) -> list[str]:
    told = list(run.flags)
    for name, values in run.measurements.items():
        if any(value.seq > since for value in values):
            told += _surprise(state, run, name)
    return told


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


def start(session: Session, campaign: str, run: str) -> dict[str, Any]:
    """Say that a run is being made."""
    return _run_changed(session, campaign, run, lambda state: commands.start(state, run))


def record(
    session: Session,
    campaign: str,
    run: str,
    responses: Mapping[str, str],
    settings: Mapping[str, str],
    **circumstances: Any,
) -> dict[str, Any]:
    """Record results of one run as typed."""
    entry = result_entry(run, responses, settings, **circumstances)
    entry.where = f"run {run}"
    return _run_changed(session, campaign, run, lambda state: commands.record(state, [entry]))


def check_record(
    session: Session,
    campaign: str,
    run: str,
    responses: Mapping[str, str],
    settings: Mapping[str, str],
    **circumstances: Any,
) -> dict[str, Any]:
    """What `record` would answer, from the log as it is now; nothing is written."""
    entry = result_entry(run, responses, settings, **circumstances)
    entry.where = f"run {run}"
    state = session.state(campaign)
    scratch = Scratch(state)
    scratch.add(commands.record(state, [entry]))
    found = scratch.runs[state.run(run).id]
    return with_head(
        state,
        run=found.id,
        status=found.status,
        recorded=_recorded(found, since=state.seq),
        messages=_messages(state, found, since=state.seq),
    )


def correct(
    session: Session,
    campaign: str,
    run: str,
    responses: Mapping[str, str],
    settings: Mapping[str, str],
    *,
    batch: Mapping[str, str],
    replicate: int | None,
    reason: str,
) -> dict[str, Any]:
    """Correct what was recorded; the old value is kept."""
    values: dict[str, Quantity | None] = {}
    for name, text in responses.items():
        typed = typed_values(text)
        if typed is not None and len(typed) > 1:
            raise ConflictError(
                Problem(
                    f"run {run}, {name}",
                    "a correction names one value",
                    found=text,
                    hint="Correct one replicate at a time with --replicate",
                )
            )
        values[name] = typed[0] if typed else None
    used = result_entry(run, {}, settings).used
    return _run_changed(
        session,
        campaign,
        run,
        lambda state: commands.correct(
            state,
            run,
            reason=reason,
            responses=values,
            used=used,
            batch=batch,
            replicate=replicate,
        ),
    )


def fail(session: Session, campaign: str, run: str, reason: str) -> dict[str, Any]:
    """A run was made and failed."""
    return _run_changed(session, campaign, run, lambda state: commands.fail(state, run, reason))


def reopen(session: Session, campaign: str, run: str, reason: str | None) -> dict[str, Any]:
    """Take back a failure or abandonment."""
    return _run_changed(session, campaign, run, lambda state: commands.reopen(state, run, reason))


def abandon(session: Session, campaign: str, runs: Sequence[str], reason: str) -> dict[str, Any]:
    """Runs that will not be made."""
    state = session.change(campaign, lambda state: commands.abandon(state, runs, reason))
    return with_head(state, runs=[state.run(run).id for run in runs], status="abandoned")


def attach(
    session: Session, campaign: str, values: Mapping[str, str], **circumstances: Any
) -> dict[str, Any]:
    """Record a run nobody proposed."""
    before = session.state(campaign)
    responses, settings = split_attached(before.spec, values)
    entry = result_entry(None, responses, settings, **circumstances)
    state = session.change(campaign, lambda fresh: commands.attach(fresh, [entry]))
    run = [*state.runs.values()][-1]
    return with_head(
        state,
        run=run.id,
        status=run.status,
        recorded=_recorded(run, since=before.seq),
        messages=list(run.flags),
    )


def attach_columns(
    session: Session, campaign: str, columns: Mapping[str, Sequence[object]]
) -> dict[str, Any]:
    """Record runs nobody proposed, one per row, all or nothing."""
    entries = attached_entries(session.state(campaign).spec, columns)
    before: list[CampaignState] = []

    def decide(state: CampaignState) -> list[NewEvent]:
        before[:] = [state]
        return commands.attach(state, entries)

    state = session.change(campaign, decide)
    new = [run for run in state.runs if run not in before[0].runs]
    return with_head(state, runs=new)


def record_frame(session: Session, campaign: str, frame: pd.DataFrame) -> dict[str, Any]:
    """Record results of a DataFrame indexed by run id, all or nothing.

    Values that are there already are passed over beside new ones; a frame that brings nothing new
    is a conflict, like a second ``record`` on the command line.
    """
    from designer.campaigns.sheets.results import results_from_columns

    columns = {str(name): frame[name].tolist() for name in frame.columns}
    _check_columns(session.state(campaign).spec, columns)
    if "run" not in columns:
        columns = {"run": frame.index.tolist(), **columns}
    answer = _take_in(session, campaign, lambda state: results_from_columns(columns, state))
    if not answer["applied"]:
        raise ConflictError(
            Problem(
                f"run {run['run']}",
                "the frame brings no new value",
                found="recorded already" if run["skipped"] else "no value",
                hint="Mark further measurements in a column `replicate`; wrong ones: correct",
            )
            for run in answer["runs"]
        )
    return answer


def _check_columns(spec: Specification, columns: Mapping[str, object]) -> None:
    """A frame is made by a program: a column nobody knows is a mistake, not somebody's remark."""
    from designer.campaigns.sheets.results import OWN_COLUMNS

    outputs = {response.name for response in spec.responses}
    known = {item.name for item in spec.inputs} | outputs | OWN_COLUMNS
    known |= {f"{BATCH}{stage.name}" for stage in spec.stages}
    known |= {f"{name}_{figure}" for name in outputs for figure in ("mean", "sd", "sd_result")}
    known |= {"run", "replicate", "made_at", "note"}
    unknown_names(columns, known, "column")


def import_results(session: Session, campaign: str, path: Path, *, dry_run: bool) -> dict[str, Any]:
    """Take a filled plan sheet in by run id; what is recorded already is passed over."""
    from designer.campaigns.sheets.results import read_results

    def read(state: CampaignState) -> SheetResults:
        return read_results(path, state)

    return _take_in(session, campaign, read, dry_run=dry_run)


def _take_in(
    session: Session,
    campaign: str,
    read: Callable[[CampaignState], SheetResults],
    *,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Compare a sheet with the fresh state under the write lock, and record what is new."""
    sheets: list[SheetResults] = []

    def decide(state: CampaignState) -> list[NewEvent]:
        sheets[:] = [read(state)]
        return commands.record(state, sheets[0].entries) if sheets[0].entries else []

    before = session.state(campaign)
    if dry_run:
        decide(before)
        state = before
    else:
        state = session.change(campaign, decide)
    return with_head(
        state,
        runs=sheets[0].runs,
        messages=sheets[0].notes,
        applied=bool(sheets[0].entries) and not dry_run,
    )

"""Verbs about a campaign as a whole: create, amend, close, undo, note, files, the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designer.campaigns import commands
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.describe import describe
from designer.campaigns.specification.specification import Specification, load_specification
from designer.service.session import Session, with_head

SpecSource = str | Path | Mapping[str, Any]


def create(session: Session, source: SpecSource) -> dict[str, Any]:
    """Create a campaign from a specification."""
    spec = load_specification(source)
    state = session.store.create(spec, session.actor)
    return with_head(state, line=spec.line, goal=spec.goal, store=session.store.url, seq=state.seq)


def amend(
    session: Session, campaign: str, source: SpecSource, *, reason: str | None, dry_run: bool
) -> dict[str, Any]:
    """Take a new specification; runs and lines keep their data."""
    spec: Specification = load_specification(source)
    state = session.state(campaign)
    difference = state.spec.difference(spec)
    drafts = commands.amend(state, spec, reason)
    if not dry_run and drafts:
        state = session.change(campaign, lambda fresh: commands.amend(fresh, spec, reason))
    return with_head(state, difference=difference, applied=bool(drafts) and not dry_run)


def close(session: Session, campaign: str, reason: str | None) -> dict[str, Any]:
    """Finish a campaign; only notes are accepted from then on."""
    state = session.change(campaign, lambda fresh: commands.close(fresh, reason))
    open_runs = [run.id for run in state.open_runs]
    messages = [f"still open when it was closed: {', '.join(open_runs)}"] if open_runs else []
    return with_head(state, messages=messages)


def undo(session: Session, campaign: str, event: int | None, reason: str | None) -> dict[str, Any]:
    """Reverse an event (default: the last one); nothing is erased."""
    state = session.change(campaign, lambda fresh: commands.undo(fresh, event, reason))
    undone = [
        e.body["event"]
        for e in state.events
        if e.kind == "event_reversed" and e.command_id == state.events[-1].command_id
    ]
    by_seq = {e.seq: e for e in state.events}
    messages = [f"event {seq} no longer counts: {describe(by_seq[seq])}" for seq in undone]
    return with_head(state, events=undone, messages=messages)


def note(session: Session, campaign: str, text: str, run: str | None) -> dict[str, Any]:
    """Keep a remark on the campaign or on a run."""
    state = session.change(campaign, lambda fresh: commands.note(fresh, text, run))
    return with_head(state, run=None if run is None else state.run(run).id, messages=[])


_EXPORTS = ("plan", "data", "events", "spec")


def export(
    session: Session, campaign: str, path: Path, *, what: str, plan: str | None, force: bool
) -> dict[str, Any]:
    """Write plan, data, events or specification; the ending of the file names the format."""
    from designer.campaigns.sheets import export as plan_files

    state = session.state(campaign)
    if what not in _EXPORTS:
        raise InputError(Problem("--what", "cannot be exported", what, ", ".join(_EXPORTS)))
    if plan is not None and what != "plan":
        raise InputError(Problem("--plan", f"has no meaning with --what {what}", plan))
    if what == "plan":
        rows = plan_files.export_plan(state, path, plan=plan, force=force)
    else:
        writer = getattr(plan_files, f"export_{what}")
        rows = writer(state, path, force=force)
    return with_head(state, file=str(path), what=what, rows=rows)


def store_info(session: Session) -> dict[str, Any]:
    """Where the store is, how large, which versions."""
    return session.store.info()


def store_verify(session: Session, head: str | None) -> dict[str, Any]:
    """Check everything that can be checked."""
    return {"ok": True, "checks": session.store.verify(head)}


def store_init(session: Session) -> dict[str, Any]:
    """Create the store now, empty; nothing happens when there is one."""
    existed = session.store.exists
    session.store.initialise()
    return {"store": session.store.url, "created": not existed}

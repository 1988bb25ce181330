"""What events about runs do to them. Each handler refuses what contradicts the log before it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from designer.campaigns.log.builder import (
    ContradictionError,
    StateBuilder,
    in_order,
    known_names,
    known_settings,
    whole_recipe,
)
from designer.campaigns.log.runs import (
    BREACH,
    OFF_PLAN,
    WAITING,
    Measurement,
    Note,
    Run,
    Status,
)
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.recipes import recipe_flags
from designer.campaigns.values.quantity import stored_setting

if TYPE_CHECKING:
    from designer.campaigns.log.events import Event
    from designer.campaigns.specification.specification import Specification


def run_started(builder: StateBuilder, event: Event) -> None:
    """Somebody is making the run."""
    run = builder.run(event.body["run"])
    if run.status != "proposed":
        raise ContradictionError(f"run {run.id} is {run.status} and cannot be started")
    facts = _facts(run, builder, event.seq, used=event.body["settings"])
    builder.runs[run.id] = run.changed(status="running", **_made(run, event), **facts)


def result_recorded(builder: StateBuilder, event: Event) -> None:
    """Values, really used settings, batches of a run; or of a run nobody proposed."""
    body, spec = event.body, builder.specification
    if body.get("attached"):
        if body["run"] in builder.runs:
            raise ContradictionError(f"run {body['run']} exists already")
        run, born = _ATTACHED, {"id": body["run"], "seq": event.seq}
    else:
        run, born = builder.run(body["run"]), {}
        if run.status in ("failed", "abandoned"):
            raise ContradictionError(f"run {run.id} is {run.status}: no result can follow")
    # all changes at once: a run has many fields, and a long log many results
    told = {part: body[part] for part in ("used", "given", "batch")}
    changes = born | _made(run, event) | _facts(run, builder, event.seq, **told)
    if not run.id:
        whole_recipe(changes["used"], spec)
    changes |= _values(run, event, spec)
    if body["made_at"] is not None:
        changes["made_at"] = body["made_at"]
    if body.get("note"):
        note = Note(body["run"], body["note"], event.seq, event.actor, event.recorded_at)
        changes["notes"] = (*run.notes, note)
        builder.notes.append(note)
    done = changes["measurements"].keys() | changes["never"]
    status = _status(run.status, done, spec, made=True)
    changes |= {"status": status, "recorded_at": event.recorded_at}
    builder.runs[body["run"]] = run.changed(**changes)


_ATTACHED = Run(
    "", plan=None, order=None, rank=None, planned=None, used={}, seq=0, attached=True,
    status="running",
)  # fmt: skip


def _made(run: Run, event: Event) -> dict[str, Any]:
    """What changes by the run being made now at the latest."""
    if run.made_seq is not None:
        return {}
    return {"made_seq": event.seq, "made_recorded_at": event.recorded_at}


def _facts(
    run: Run,
    builder: StateBuilder,
    seq: int,
    *,
    used: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    batch: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What changes by newly told settings, givens (as stored) and batches in an event.

    They stand in front of those told before, and all of them in front of what was planned. A run
    is measured by the specification of the time it is made, or its settings are told; later ones
    change nothing about it.
    """
    spec = builder.specification
    known_names("given", given or {}, spec.given_names)
    new = {name: typed["number"] for name, typed in (given or {}).items()}
    told = {name: stored_setting(typed) for name, typed in used.items()}
    known_settings(told, spec)
    reported = {**run.reported, **told}
    all_used, all_given = in_order(spec.factors, {**run.used, **reported}), {**run.given, **new}
    judged: dict[str, Any] = {}
    since = max(run.seq, run.judged_seq)
    overtaken = run.planned and run.status in WAITING and builder.spec_seq > since
    if used or given or overtaken:  # else made as planned
        off_grid = run.off_grid.difference(used)
        if overtaken and not run.own_recipe:
            off_grid = frozenset(run.planned or ()).difference(reported)
        judged = {
            "flags": tuple(recipe_flags(spec, {**all_used, **all_given}, off_grid)),
            "off_grid": off_grid,
            "judged_seq": seq,
        }
    confirmed = run.confirmed
    if confirmed:  # perhaps other settings, or before the specification changed
        moved = all_used != run.used or all_given != run.given
        anew = judged.get("flags", run.flags) != run.flags
        anew = anew and (moved or run.confirmed_seq(BREACH) < builder.spec_seq)
        stale = {OFF_PLAN: moved, BREACH: anew}
        confirmed = {about: at for about, at in confirmed.items() if not stale.get(about[0])}
    return judged | {
        "reported": reported,
        "used": all_used,
        "reported_given": {**run.reported_given, **new},
        "given": all_given,
        "reported_batch": {**run.reported_batch, **(batch or {})},
        "batch": {**run.batch, **(batch or {})},
        "confirmed": confirmed,
    }


def _values(run: Run, event: Event, spec: Specification) -> dict[str, Any]:
    """What changes by measured values; numbers of replicates are the event's: they never shift."""
    body = event.body
    known_names("response", body["responses"], spec.response_names)
    measurements, never = dict(run.measurements), set(run.never)
    first = body["replicate"] or 1
    for name, values in body["responses"].items():
        there = measurements.get(name, ())
        if values is None:
            if there:
                raise ContradictionError(f"{run.id} has a value of {name} already")
            never.add(name)
            continue
        new = tuple([
            Measurement(
                replicate, value["number"], value["text"], value.get("unit"),
                event.seq, event.actor, event.recorded_at,
            )
            for replicate, value in enumerate(values, first)
        ])  # fmt: skip
        never.discard(name)
        if not there:
            measurements[name] = new
            continue
        taken = {value.replicate for value in there}
        if body["replicate"] is None or taken & {value.replicate for value in new}:
            raise ContradictionError(f"{run.id} has a value of {name} already")
        measurements[name] = tuple(sorted((*there, *new), key=lambda value: value.replicate))
    return {"measurements": measurements, "never": frozenset(never)}


def status_of_data(run: Run, spec: Specification) -> Status:
    """Return the status a run has by what was measured.

    A run that was completed once stays so: a response added to the specification later does not
    reopen closed history.
    """
    done = run.measurements.keys() | run.never
    return _status(run.status, done, spec, made=run.made_seq is not None)


def _status(before: Status, done: Set[str], spec: Specification, *, made: bool) -> Status:
    if before == "completed" or spec.response_names <= done:
        return "completed"
    if done:
        return "partial"
    return "running" if made else "proposed"


def result_corrected(builder: StateBuilder, event: Event) -> None:
    """Replace values; the old ones stay in the log and in `Measurement.history`."""
    body = event.body
    run = builder.run(body["run"])
    what = body["what"]
    measurements, never = dict(run.measurements), set(run.never)
    for name, change in what.get("responses", {}).items():
        values = _corrected(run, name, change, event)
        if values:
            measurements[name] = values
        else:
            del measurements[name]
            never.add(name)
    made_at = run.made_at
    if "made_at" in what:
        _same(run, "time", what["made_at"]["old"], made_at)
        made_at = what["made_at"]["new"]
    facts: dict[str, dict[str, Any]] = {"used": {}, "given": {}, "batch": {}}
    counted = {"used": run.used, "given": run.given, "batch": run.batch}
    for part, new in facts.items():
        for name, change in what.get(part, {}).items():
            called = f"batch of {name}" if part == "batch" else name
            _same(run, called, change["old"], counted[part].get(name))
            new[name] = change["new"]
    builder.runs[run.id] = run.changed(
        measurements=measurements,
        never=frozenset(never),
        made_at=made_at,
        **_facts(run, builder, event.seq, **facts),
    )


def _same(run: Run, what: str, old: Setting | None, now: Setting | None) -> None:
    if old != now:
        raise ContradictionError(f"{what} of {run.id} is {now!r}, not {old!r} as corrected")


def _corrected(
    run: Run, name: str, change: Mapping[str, Any], event: Event
) -> tuple[Measurement, ...]:
    """Return the values of a response after one of them was corrected or withdrawn."""
    values = {value.replicate: value for value in run.measurements.get(name, ())}
    old = values.get(change["replicate"])
    if old is None:
        raise ContradictionError(f"{run.id} has no replicate {change['replicate']} of {name}")
    _same(run, name, change["old"]["number"], old.number)
    new = change["new"]
    if new is None:
        del values[old.replicate]
    else:
        values[old.replicate] = Measurement(
            old.replicate, new["number"], new["text"], new.get("unit"),
            event.seq, event.actor, event.recorded_at, (*old.history, replace(old, history=())),
        )  # fmt: skip
    return tuple(values.values())


def run_failed(builder: StateBuilder, event: Event) -> None:
    """It was made and failed; values measured before are kept."""
    run = builder.run(event.body["run"])
    if run.status in ("failed", "abandoned"):
        raise ContradictionError(f"run {run.id} is {run.status} already")
    changes = _made(run, event) | _facts(run, builder, event.seq, used={})
    builder.runs[run.id] = run.changed(status="failed", failure=event.body["reason"], **changes)


def run_abandoned(builder: StateBuilder, event: Event) -> None:
    """It will not be made."""
    run = builder.run(event.body["run"])
    if not run.is_open:
        raise ContradictionError(f"run {run.id} is {run.status} and cannot be abandoned")
    builder.runs[run.id] = run.changed(status="abandoned", failure=event.body["reason"])


def run_reopened(builder: StateBuilder, event: Event) -> None:
    """A failed or abandoned run goes back to what its data say."""
    run = builder.run(event.body["run"])
    if run.status not in ("failed", "abandoned"):
        raise ContradictionError(f"run {run.id} is {run.status} and cannot be reopened")
    made, spec = run.made_seq, builder.specification
    if made is not None and builder.events[made - 1].kind == "run_failed":
        flags = recipe_flags(spec, {**run.used, **run.given}) if run.own_recipe else ()
        run = run.changed(
            made_seq=None, made_recorded_at=None, flags=tuple(flags), off_grid=frozenset(),
            judged_seq=0,
        )  # fmt: skip
    run = run.changed(status="proposed", failure=None)
    builder.runs[run.id] = run.changed(status=status_of_data(run, spec))


def note_added(builder: StateBuilder, event: Event) -> None:
    """A remark on the campaign or on a run; it may confirm what was found odd about the run."""
    run_id, kind = event.body["run"], event.body["confirms"]
    note = Note(run_id, event.body["text"], event.seq, event.actor, event.recorded_at)
    if run_id is not None:
        run = builder.run(run_id)
        about = [] if kind is None else event.body["responses"] or [None]
        confirmed = {**run.confirmed, **{(kind, name): event.seq for name in about}}
        builder.runs[run_id] = run.changed(notes=(*run.notes, note), confirmed=confirmed)
    builder.notes.append(note)

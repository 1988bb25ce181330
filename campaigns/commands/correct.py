"""Corrections: the new value counts, the old one stays visible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from designer.campaigns.commands.checks import (
    Refusals,
    checked_facts,
    ensure_open,
    measured,
    named,
    required_text,
)
from designer.campaigns.errors import InputError
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.runs import Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.values.times import parse_made_at, utc_now


def correct(
    state: CampaignState,
    run: str,
    *,
    reason: str,
    responses: Mapping[str, Quantity | None] | None = None,
    used: Mapping[str, Quantity] | None = None,
    batch: Mapping[str, str] | None = None,
    made_at: str | None = None,
    replicate: int | None = None,
    seen_seq: int | None = None,
    now: datetime | None = None,
) -> list[NewEvent]:
    """Correct what was recorded about a run.

    Args:
        state: fresh state.
        run: run id.
        reason: why, required.
        responses: response to its right value; None withdraws the value (it was no measurement
            of this run).
        used: factor or given to the setting really used.
        batch: stage to batch id.
        made_at: when it was made.
        replicate: which value of the responses; needed where there are several.
        seen_seq: log position the caller looked at: a value changed since is a conflict.
        now: present moment, aware; default: the clock.

    Returns:
        One ``result_corrected`` event with old and new values.

    Raises:
        InputError: with all problems: nothing to correct yet, several replicates and none named,
            no reason, the values `record` would refuse, nothing that changes.
        ConflictError: a value was changed since `seen_seq`; shows it.
    """
    ensure_open(state)
    reason = required_text(reason, "reason")
    there = state.run(run)
    where = f"run {there.id}"
    if there.made_seq is None:
        hint = "Say what was really used with start or record"
        if there.plan is None:
            hint += f"; planned by mistake: abandon {there.id}, and attach it anew"
        raise InputError.at(where, f"is {there.status}: nothing was recorded yet", hint=hint)
    refusals = Refusals()
    what: dict[str, Any] = {
        "responses": _responses(
            state, there, responses or {}, refusals, replicate=replicate, seen_seq=seen_seq
        ),
        "used": {},
        "given": {},
        "batch": {},
    }
    recorded = {"used": there.used, "given": there.given, "batch": there.batch}
    for fact in checked_facts(state, used or {}, batch or {}, where, refusals):
        old = recorded[fact.part].get(fact.name)
        if fact.value != old:
            what[fact.part][fact.name] = {"old": old, "new": fact.stored}
    if made_at is not None:
        latest = now or utc_now()
        moment = refusals.input.read(f"{where}, time", lambda: parse_made_at(made_at, latest))
        if moment not in (None, there.made_at):
            what["made_at"] = {"old": there.made_at, "new": moment}
    refusals.raise_if_any()
    what = {key: value for key, value in what.items() if value}
    if not what:
        raise InputError.at(where, "nothing would change: these are the recorded values")
    return [NewEvent("result_corrected", {"run": there.id, "what": what, "reason": reason})]


def _responses(
    state: CampaignState,
    run: Run,
    responses: Mapping[str, Quantity | None],
    refusals: Refusals,
    *,
    replicate: int | None,
    seen_seq: int | None,
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    where = f"run {run.id}"
    for response, typed in named(responses, state.spec.responses, where, "response", refusals):
        name = response.name
        old = _chosen(run, name, replicate, refusals)
        new = None if typed is None else measured(typed, response, where, refusals.input)
        if old is None or (typed is not None and (new is None or new.value == old.number)):
            continue
        if seen_seq is not None and old.seq > seen_seq:
            told = f"was changed meanwhile {who_when(old.actor, old.at)} (event {old.seq})"
            now = quantity_text(old.number, response.unit)
            refusals.conflicts.report(f"{where}, {name}", told, now)
        changes[name] = {
            "replicate": old.replicate,
            "old": Quantity(old.text, old.number, old.unit).stored(),
            "new": new and new.stored(),
        }
    return changes


def _chosen(run: Run, name: str, replicate: int | None, refusals: Refusals) -> Measurement | None:
    """Find the value meant."""
    values = run.measurements.get(name, ())
    chosen = [value for value in values if replicate in (None, value.replicate)]
    if len(chosen) == 1:
        return chosen[0]
    where, numbers = f"run {run.id}, {name}", ", ".join(str(value.replicate) for value in values)
    if not values:
        refusals.input.report(where, "has no value yet", hint="Record it")
    elif replicate is None:
        what = f"has {len(values)} values: say which replicate"
        refusals.input.report(where, what, allowed=numbers)
    else:
        refusals.input.report(where, "has no such replicate", str(replicate), numbers)
    return None

"""Turns what was told about one run into the payload of a result, checking every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from designer.campaigns.commands.checks import (
    NOTE_LIMIT,
    Refusals,
    batch_id,
    given_value,
    has_value,
    measured,
    setting,
    told_differently,
    unknown_name,
)
from designer.campaigns.commands.entries import ResultEntry
from designer.campaigns.errors import Problem
from designer.campaigns.log.builder import setting_of
from designer.campaigns.log.state import CampaignState, Run
from designer.campaigns.space.factors import Factor, Setting, quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.quantity import Quantity
from designer.campaigns.values.times import parse_made_at


def says_something(parts: Mapping[str, Any]) -> bool:
    """Whether a payload or an entry tells anything besides a note."""
    return any(parts[key] for key in ("responses", "used", "given", "batch", "made_at"))


@dataclass(frozen=True, slots=True)
class Told:
    """One entry beside the run it is about.

    Attributes:
        state: fresh state.
        since: events above this number come from entries of the same command.
        run: the run with the entries before this one.
        entry: what was told.
        where: place for messages.
        now: present moment, aware.
        refusals: collects what is wrong.
    """

    state: CampaignState
    since: int
    run: Run
    entry: ResultEntry
    where: str
    now: datetime
    refusals: Refusals


def result_body(told: Told) -> dict[str, Any]:
    """Check one entry against its run.

    Returns:
        The payload of ``result_recorded`` without ``run`` and ``attached``.
    """
    used, given = _inputs(told)
    replicate = None
    if told.entry.replicate:
        numbers = [
            value.replicate
            for name in told.entry.responses
            for value in told.run.measurements.get(name, ())
        ]
        replicate = max(numbers, default=0) + 1
    return {
        "replicate": replicate,
        "responses": _responses(told),
        "used": used,
        "given": given,
        "batch": _batches(told),
        "made_at": _made_at(told),
        "note": _note(told),
    }


def _responses(told: Told) -> dict[str, Any]:
    body: dict[str, Any] = {}
    refusals = told.refusals
    known = {response.name: response for response in told.state.spec.responses}
    for name, values in told.entry.responses.items():
        response = known.get(name)
        if response is None:
            refusals.input.add(unknown_name(told.where, "response", name, list(known)))
            continue
        there = told.run.measurements.get(name, ())
        if there and (values is None or not told.entry.replicate):
            if there[0].seq > told.since:
                what = "is given twice in this input; further values are replicates"
                refusals.input.add(Problem(f"{told.where}, {name}", what))
            else:
                refusals.conflicts.add(has_value(told.run.id, name, there[0], response.unit))
        if values is not None:
            body[name] = _values(values, response, told)
        elif name not in told.run.never:
            body[name] = None
    return body


def _values(values: Sequence[Quantity], response: Response, told: Told) -> list[dict[str, Any]]:
    if not values:
        told.refusals.input.add(Problem(f"{told.where}, {response.name}", "there is no value"))
    return [measured(typed, response, told.where, told.refusals.input) for typed in values]


def _inputs(told: Told) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return really used settings and givens that were not told before."""
    used: dict[str, Any] = {}
    given: dict[str, Any] = {}
    where, refusals = told.where, told.refusals
    known = {item.name: item for item in told.state.spec.inputs}
    for name, typed in {**told.entry.used, **told.entry.given}.items():
        item = known.get(name)
        if item is None:
            refusals.input.add(unknown_name(where, "factor or given", name, list(known)))
            continue
        before: Setting | None
        if isinstance(item, Factor):
            value, part = setting(typed, item, where, refusals.input), used
            before = _setting_before(told, name)
        else:
            value, part = given_value(typed, item, where, refusals.input), given
            before = told.run.told_given.get(name)
        if not value:
            continue
        if before is None:
            part[name] = value
        elif before != setting_of(value):
            shown = quantity_text(before, item.unit)
            refusals.conflicts.add(told_differently(f"{where}, {name}", shown))
    return used, given


def _setting_before(told: Told, name: str) -> Setting | None:
    """A setting told before; for a replicate the earlier silence meant "as planned".

    A replicate made at another setting is another run: it must not move the results that are there.
    """
    run = told.run
    if name not in run.told and told.entry.replicate and any(run.measurements.values()):
        return run.used.get(name)
    return run.told.get(name)


def _batches(told: Told) -> dict[str, str]:
    batches = {}
    for stage, text in told.entry.batch.items():
        batch = batch_id(stage, text, told.state, told.where, told.refusals.input)
        before = told.run.told_batch.get(stage)
        if batch is None or batch == before:
            continue
        if before is not None:
            where = f"{told.where}, batch of {stage}"
            told.refusals.conflicts.add(told_differently(where, before))
        batches[stage] = batch
    return batches


def _made_at(told: Told) -> str | None:
    text, run = told.entry.made_at, told.run
    if text is None or not text.strip():
        return None
    try:
        moment = parse_made_at(text, told.now)
    except ValueError as error:
        told.refusals.input.add(Problem(f"{told.where}, time", str(error)))
        return None
    if moment == run.made_at:
        return None
    # a replicate may be another making of the recipe: then its time counts from now on
    if run.made_at is not None and not told.entry.replicate:
        told.refusals.conflicts.add(told_differently(f"{told.where}, time", run.made_at))
    return moment


def _note(told: Told) -> str | None:
    text = told.entry.note
    if text is None or not text.strip():
        return None
    try:
        return clean_text(text, limit=NOTE_LIMIT, multiline=True)
    except ValueError as error:
        told.refusals.input.add(Problem(f"{told.where}, note", str(error)))
        return None

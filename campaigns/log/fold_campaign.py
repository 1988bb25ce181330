"""What events about the campaign itself do: specification, lines, plans, closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import InputError
from designer.campaigns.log.builder import (
    ContradictionError,
    StateBuilder,
    in_order,
    known_names,
    known_settings,
    whole_recipe,
)
from designer.campaigns.log.fold_runs import status_of_data
from designer.campaigns.log.runs import DesignPoint, Note, Run
from designer.campaigns.log.state import Line, LineRow, Plan, PlanDesign, StoredNumbers
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification import load
from designer.campaigns.specification.recipes import recipe_flags
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.quantity import stored_setting

if TYPE_CHECKING:
    from designer.campaigns.log.events import Event


_PLAN_FACTS = {entry.name for entry in fields(Plan)} - {"id", "runs", "seq", "actor", "at"}

_POINT = tuple(entry.name for entry in fields(DesignPoint))


def _parsed(event: Event) -> Specification:
    """Read a specification that was accepted when it was stored; its text is the one typed."""
    try:
        spec = load.from_dict(event.body["parsed"], trusted=True)
    except InputError as error:
        raise ContradictionError(f"the specification is refused: {error}") from error
    return replace(spec, text=event.body["text"])


def campaign_created(builder: StateBuilder, event: Event) -> None:
    """The first event of every log."""
    if event.seq != 1:
        raise ContradictionError("a campaign is created by its first event only")
    builder.spec = _parsed(event)


def spec_amended(builder: StateBuilder, event: Event) -> None:
    """A new specification; old runs keep their data and get the value-so-far of new factors."""
    before = builder.specification
    builder.spec = after = _parsed(event)
    builder.spec_seq = event.seq
    old = {item.name for item in before.inputs}
    was: dict[str, Setting] = {
        factor.name: factor.was
        for factor in after.factors
        if factor.name not in old and factor.was is not None
    }
    was_given = {
        given.name: given.was
        for given in after.givens
        if given.name not in old and given.was is not None
    }
    for run in list(builder.runs.values()):
        changed = run
        if was or was_given:
            planned = None if run.planned is None else {**was, **run.planned}
            changed = run.changed(
                planned=planned, used={**was, **run.used}, given={**was_given, **run.given}
            )
        if changed.status == "partial":
            # a response may have been taken out: nothing more to wait for
            changed = changed.changed(status=status_of_data(changed, after))
        builder.runs[run.id] = changed
    for line in list(builder.lines.values()) if was or was_given else []:
        rows = tuple(
            replace(row, settings={**was, **row.settings}, given={**was_given, **row.given})
            for row in line.rows
        )
        builder.lines[line.name] = replace(line, rows=rows)


def line_added(builder: StateBuilder, event: Event) -> None:
    """Data of an earlier line."""
    body, spec = event.body, builder.specification
    if any(name.casefold() == body["name"].casefold() for name in builder.lines):
        raise ContradictionError(f"line {body['name']} exists already")
    for row in body["rows"]:
        known_settings(row["settings"], spec)
        known_names("given", row.get("given", {}), spec.given_names)
        known_names("response", row["responses"], spec.response_names)
    builder.lines[body["name"]] = Line(
        name=body["name"],
        rows=tuple(_line_row(row) for row in body["rows"]),
        included=True,
        reason=None,
        sha256=body["sha256"],
        source=body.get("source"),
        mapping=body["mapping"],
        has_batches=body["batches"],
        seq=event.seq,
        actor=event.actor,
        at=event.recorded_at,
    )


_NOTHING: Mapping[str, float] = {}
"""Of rows without further settings, which are many: one for all."""


def _line_row(row: Mapping[str, Any]) -> LineRow:
    responses = StoredNumbers(row["responses"])
    for name in responses:
        _ = responses[name]  # what cannot be read is damage, and is told here
    return LineRow(
        settings=row["settings"],
        given=row.get("given", {}),
        responses=responses,
        batch=row.get("batch", {}),
        made_at=row.get("made_at"),
        extra=row.get("extra", _NOTHING),
    )


def line_switched(builder: StateBuilder, event: Event) -> None:
    """The line is left out of the models from now on, or used again."""
    included = event.kind == "line_included"
    line = builder.lines.get(event.body["name"])
    if line is None:
        raise ContradictionError(f"line {event.body['name']} does not exist")
    if line.included == included:
        state = "included" if included else "excluded"
        raise ContradictionError(f"line {line.name} is {state} already")
    builder.lines[line.name] = replace(line, included=included, reason=event.body["reason"])


def plan_proposed(builder: StateBuilder, event: Event) -> None:
    """Runs proposed together."""
    body = event.body
    if body["plan"] in builder.plans:
        raise ContradictionError(f"plan {body['plan']} exists already")
    for proposed in body["runs"]:
        if proposed["run"] in builder.runs:
            raise ContradictionError(f"run {proposed['run']} exists already")
        whole_recipe(proposed["settings"], builder.specification)
        builder.runs[proposed["run"]] = _proposed_run(
            proposed, builder.specification, body["plan"], event.seq
        )
    # the payload says the rest under the names a plan has
    told = {key: body[key] for key in _PLAN_FACTS if key in body}
    told.update(notes=tuple(body.get("notes", ())), fixed=body.get("fixed") or {})
    if body["design"] is not None:
        design = body["design"]
        told["design"] = PlanDesign(design["name"], design["options"], tuple(design["facts"]))
    runs = tuple(proposed["run"] for proposed in body["runs"])
    builder.plans[body["plan"]] = Plan(
        id=body["plan"], runs=runs, seq=event.seq, actor=event.actor, at=event.recorded_at, **told
    )


def _proposed_run(proposed: Mapping[str, Any], spec: Specification, plan: str, seq: int) -> Run:
    settings = in_order(spec.factors, proposed["settings"])
    point = proposed["design"]
    return Run(
        id=proposed["run"],
        plan=plan,
        order=proposed["order"],
        rank=proposed["rank"],
        planned=settings,
        used=settings,
        given=in_order(spec.givens, proposed.get("given") or {}),
        batch=in_order(spec.stages, proposed["batch"]),
        predicted=in_order(spec.responses, proposed["predicted"]),
        information_bits=proposed["bits"],
        value=proposed.get("value"),
        cost=proposed.get("cost"),
        in_spec=proposed.get("in_spec"),
        in_spec_measured=proposed.get("in_spec_measured"),
        success=proposed.get("success"),
        reason=proposed["reason"],
        extra=proposed["extra"] or {},
        own_recipe=proposed["extra"] is not None,
        design=None if point is None else DesignPoint(**{key: point[key] for key in _POINT}),
        seq=seq,
    )


def run_planned(builder: StateBuilder, event: Event) -> None:
    """A run that somebody planned by hand."""
    body, spec = event.body, builder.specification
    if body["run"] in builder.runs:
        raise ContradictionError(f"run {body['run']} exists already")
    told = {name: stored_setting(typed) for name, typed in body["settings"].items()}
    whole_recipe(told, spec)
    known = {**body["assumed"], **{name: typed["number"] for name, typed in body["given"].items()}}
    known_names("given", known, spec.given_names)
    settings, given = in_order(spec.factors, told), in_order(spec.givens, known)
    notes: tuple[Note, ...] = ()
    if body["note"]:
        notes = (Note(body["run"], body["note"], event.seq, event.actor, event.recorded_at),)
        builder.notes += notes
    builder.runs[body["run"]] = Run(
        id=body["run"],
        plan=None,
        order=body["order"],
        rank=body["rank"],
        planned=settings,
        used=settings,
        given=given,
        batch=in_order(spec.stages, body["batch"]),
        notes=notes,
        predicted=in_order(spec.responses, body["predicted"]),
        information_bits=body["bits"],
        cost=body["cost"],
        in_spec=body["in_spec"],
        in_spec_measured=body["in_spec_measured"],
        success=body["success"],
        reason=body["reason"],
        attached=True,
        own_recipe=True,
        flags=tuple(recipe_flags(spec, {**settings, **given})),
        seq=event.seq,
    )


def campaign_closed(builder: StateBuilder, event: Event) -> None:
    """The campaign is finished."""
    del event
    builder.closed = True

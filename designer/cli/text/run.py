"""One run in words: settings, predictions, measurements, remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import (
    Column,
    paragraph,
    screen_width,
    table,
)
from designer.render.words import (
    NOTHING,
    amount,
    moment,
    number,
    pairs,
    rounded,
    share,
    with_error,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data
    from designer.service import Service


def run_text(answer: Data, service: Service, campaign: str) -> list[str]:
    """Everything about one run."""
    view = view_of(service, campaign)
    lines = [*_opening(answer, view), "", *_settings(answer, view)]
    responses = _responses(answer, view)
    if responses:
        lines += ["", *responses]
    remarks = list(_remarks(answer))
    return [*lines, "", *remarks] if remarks else lines


def _opening(answer: Data, view: SpecView) -> list[str]:
    place = f"proposed in {answer['plan']}" if answer.get("plan") else "not proposed by a plan"
    lines = [f"{answer['run']}: {answer['status']}, {place}"]
    facts = []
    if answer.get("order") is not None:
        facts.append(f"order {answer['order']}, rank {number(answer.get('rank'))}")
    if answer.get("information_bits") is not None:
        facts.append(f"{rounded(answer['information_bits'])} bits expected")
    if answer.get("cost") is not None:
        facts.append(f"cost {amount(answer['cost'])} {view.cost_unit}")
    if answer.get("in_spec") is not None:
        facts.append(f"in spec {share(answer['in_spec'])}")
    if answer.get("made_at"):
        facts.append(f"made {moment(answer['made_at'])}")
    if facts:
        lines.append(" · ".join(facts))
    if answer.get("batch"):
        lines.append(f"Batches: {pairs(answer['batch'])}")
    return lines


def _settings(answer: Data, view: SpecView) -> list[str]:
    planned = answer["settings"] or {}
    used = answer.get("used") or {}
    given = answer.get("given") or {}
    names = [*dict.fromkeys([*planned, *used]), *given]
    really = {**used, **given}
    columns = [Column("setting", [_with_unit(name, view) for name in names], left=True)]
    if planned:
        columns.append(Column("planned", [number(planned.get(name)) for name in names]))
    columns.append(Column("used", [number(really.get(name)) for name in names]))
    changed = [name in planned and name in used and planned[name] != used[name] for name in names]
    if any(changed):
        columns.append(Column("", ["differs" if mark else "" for mark in changed], left=True))
    return table(columns)


def _with_unit(name: str, view: SpecView) -> str:
    unit = view.unit(name)
    return f"{name} [{unit}]" if unit not in (None, "", "1") else name


def _responses(answer: Data, view: SpecView) -> list[str]:
    measured: Mapping[str, Any] = answer.get("measurements") or {}
    predicted: Mapping[str, Any] = answer.get("predicted") or {}
    never = set(answer.get("never") or ())
    names = list(dict.fromkeys([*view.responses, *predicted, *measured]))
    if not names:
        return []
    cells = []
    for name in names:
        values = [_value(value) for value in measured.get(name) or ()]
        cells.append(" / ".join(values) or ("never" if name in never else NOTHING))
    told = [predicted.get(name) or {} for name in names]
    columns = [
        Column("response", [_with_unit(name, view) for name in names], left=True, key=True),
        Column("predicted", [with_error(p.get("mean"), p.get("sd_result")) for p in told]),
        Column("measured", cells, left=True, wrap=True),
        Column("entered by", [_by(measured.get(name) or ()) for name in names], left=True,
               wrap=True),
    ]  # fmt: skip
    return table(columns)


def _value(value: Mapping[str, Any]) -> str:
    unit = value.get("unit")
    as_number = number(value["number"])
    # typed in another unit: both are told, the stored number first
    return f"{as_number} (typed {value['text']})" if unit else as_number


def _by(values: Iterable[Mapping[str, Any]]) -> str:
    told = dict.fromkeys(f"{value['actor']} {moment(value['at'])}" for value in values)
    return "; ".join(told)


def _remarks(answer: Data) -> Iterable[str]:
    width = screen_width()
    if answer["failure"]:
        yield from paragraph(f"Why {answer['status']}: ", answer["failure"], width)
    if answer["reason"]:
        yield from paragraph("Why proposed: ", answer["reason"], width)
    for flag in answer["flags"]:
        yield from paragraph("! ", flag["message"], width)
    for note in answer.get("notes") or ():
        yield from paragraph("Note: ", _note(note), width)


def _note(note: object) -> str:
    if isinstance(note, Mapping):
        who = note.get("actor")
        signature = f" ({who}, {moment(note.get('at'))})" if who else ""
        return f"{note.get('text')}{signature}"
    return str(note)

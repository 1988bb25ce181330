"""One run in words: settings, predictions, measurements, remarks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import Column, paragraph, paragraphs, table
from designer.render.words import NOTHING, amount, moment, number, pairs, rounded, share, with_error

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import MeasurementObject, RunObject
    from designer.service import Service
    from designer.service.answers import RunAnswer


def run_text(run: RunAnswer, service: Service, campaign: str) -> list[str]:
    """Everything about one run."""
    view = view_of(service, campaign)
    lines = [*_opening(run, view), "", *_settings(run, view)]
    responses = _responses(run, view)
    if responses:
        lines += ["", *responses]
    remarks = list(_remarks(run))
    return [*lines, "", *remarks] if remarks else lines


def _opening(run: RunObject, view: SpecView) -> list[str]:
    place = f"proposed in {run['plan']}" if run["plan"] else "not proposed by a plan"
    lines = [f"{run['run']}: {run['status']}, {place}"]
    facts = []
    if run["order"] is not None:
        facts.append(f"order {run['order']}, rank {number(run['rank'])}")
    if run["information_bits"] is not None:
        facts.append(f"{rounded(run['information_bits'])} bits expected")
    if run["cost"] is not None:
        facts.append(f"cost {amount(run['cost'])} {view.cost_unit}")
    if run["in_spec"] is not None:
        facts.append(f"in spec {share(run['in_spec'])}")
    if run["made_at"]:
        facts.append(f"made {moment(run['made_at'])}")
    if facts:
        lines.append(" · ".join(facts))
    if run["batch"]:
        lines.append(f"Batches: {pairs(run['batch'])}")
    return lines


def _settings(run: RunObject, view: SpecView) -> list[str]:
    planned, used = run["settings"] or {}, run["used"]
    names = [*dict.fromkeys([*planned, *used]), *run["given"]]
    really = {**used, **run["given"]}
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


def _responses(run: RunObject, view: SpecView) -> list[str]:
    measured, predicted = run["measurements"], run["predicted"] or {}
    names = list(dict.fromkeys([*view.responses, *predicted, *measured]))
    if not names:
        return []
    cells = []
    for name in names:
        values = [_value(value) for value in measured.get(name, ())]
        cells.append(" / ".join(values) or ("never" if name in run["never"] else NOTHING))
    told = [predicted.get(name) for name in names]
    figures = [NOTHING if p is None else with_error(p["mean"], p["sd_result"]) for p in told]
    by = [_by(measured.get(name, ())) for name in names]
    columns = [
        Column("response", [_with_unit(name, view) for name in names], left=True, key=True),
        Column("predicted", figures),
        Column("measured", cells, left=True, wrap=True),
        Column("entered by", by, left=True, wrap=True),
    ]
    return table(columns)


def _value(value: MeasurementObject) -> str:
    as_number = number(value["number"])
    # typed in another unit: both are told, the stored number first
    return f"{as_number} (typed {value['text']})" if value["unit"] else as_number


def _by(values: Iterable[MeasurementObject]) -> str:
    told = dict.fromkeys(f"{value['actor']} {moment(value['at'])}" for value in values)
    return "; ".join(told)


def _remarks(run: RunObject) -> Iterable[str]:
    if run["failure"]:
        yield from paragraph(f"Why {run['status']}: ", run["failure"])
    if run["reason"]:
        yield from paragraph("Why proposed: ", run["reason"])
    yield from paragraphs("! ", (flag["message"] for flag in run["flags"]))
    for note in run["notes"]:
        signature = f"({note['actor']}, {moment(note['at'])})"
        yield from paragraph("Note: ", f"{note['text']} {signature}")

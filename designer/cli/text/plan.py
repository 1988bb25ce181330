"""A plan in words: what to make in which order, what it costs and is expected to teach."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import (
    Column,
    paragraph,
    screen_width,
    table,
)
from designer.render.words import (
    amount,
    count,
    number,
    rounded,
    share,
    with_error,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data
    from designer.service import Service

Row = Mapping[str, Any]


def plan_text(answer: Data, service: Service, arguments: Namespace) -> list[str]:
    """A proposed plan: runs in the order to make them, reasons, seed and log position."""
    view = view_of(service, arguments.campaign)
    runs: Sequence[Row] = answer["runs"]
    lines = ["Dry run: nothing was stored."] if answer.get("dry_run") else []
    lines += [_opening(answer, view, len(runs)), *_deviation(answer), ""]
    if runs:
        lines += [*table(list(plan_columns(runs, view))), ""]
    reasons = list(_reasons(runs))
    if reasons:
        lines += ["Why", *reasons, ""]
    lines += _order(answer, runs)
    lines.append(f"Seed {number(answer.get('seed'))}, goal {answer.get('goal')}")
    return [*lines, *head_text(answer)]


def _opening(answer: Data, view: SpecView, runs: int) -> str:
    name = f"Plan {answer['plan']}" if answer.get("plan") else "Plan"
    parts = [count(runs, "run")]
    if answer.get("cost") is not None:
        parts.append(f"cost {amount(answer['cost'])} {view.cost_unit}")
    if answer.get("value") is not None:
        parts.append(f"{answer.get('value_name') or 'value'} {rounded(answer['value'])}")
    if answer.get("information_bits") is not None:
        parts.append(f"{rounded(answer['information_bits'])} bits expected")
    return f"{name} for {answer['campaign']}: {', '.join(parts)}"


def _deviation(answer: Data) -> list[str]:
    """What the settings that were fixed cost."""
    told = answer.get("deviation")
    return paragraph("Fixed: ", str(told["text"]), screen_width()) if told else []


def plan_columns(runs: Sequence[Row], view: SpecView) -> Iterable[Column]:
    """Columns of a plan's table; parts that no run has are left out."""
    yield Column("order", [number(run.get("order")) for run in runs], key=True)
    yield Column("run", [number(run.get("run")) for run in runs], left=True, key=True)
    for name in _keys(runs, "settings"):
        cells = [number((run.get("settings") or {}).get(name)) for run in runs]
        yield Column(name, cells, view.unit(name))
    for name in _keys(runs, "given"):
        cells = [number((run.get("given") or {}).get(name)) for run in runs]
        yield Column(name, cells, view.unit(name))
    for stage in _keys(runs, "batch"):
        cells = [number((run.get("batch") or {}).get(stage)) for run in runs]
        yield Column(stage, cells, left=True)
    for name in _keys(runs, "predicted"):
        told = [(run.get("predicted") or {}).get(name) or {} for run in runs]
        cells = [with_error(p.get("mean"), p.get("sd_result")) for p in told]
        yield Column(name, cells, view.unit(name))
    if any(run.get("in_spec") is not None for run in runs):
        yield Column("in spec", [share(run.get("in_spec")) for run in runs])
    if any(run.get("success") is not None for run in runs):
        yield Column("can be made", [share(run.get("success")) for run in runs])
    if any(run.get("information_bits") is not None for run in runs):
        yield Column("bits", [rounded(run.get("information_bits")) for run in runs])
    if any(run.get("value") is not None for run in runs):
        yield Column("value", [rounded(run.get("value")) for run in runs])
    yield Column("cost", [amount(run.get("cost")) for run in runs], view.cost_unit)
    yield Column("rank", [number(run.get("rank")) for run in runs])


def _keys(runs: Sequence[Row], part: str) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in run.get(part) or ()))


def _reasons(runs: Sequence[Row]) -> Iterable[str]:
    width = screen_width()
    for run in runs:
        if run.get("reason"):
            yield from paragraph(f"  {number(run.get('run'))}  ", str(run["reason"]), width)


def _order(answer: Data, runs: Sequence[Row]) -> list[str]:
    if len(runs) < 2 or any(run.get("rank") is None for run in runs):
        return []
    ranked = ", ".join(str(run["run"]) for run in sorted(runs, key=lambda run: int(run["rank"])))
    if answer.get("nested"):
        text = f"Fewer runs? Take the first of: {ranked} (most valuable first)."
    else:
        text = f"By value: {ranked}. Chosen together: a shorter plan would be another one."
    return paragraph("", text, screen_width())

"""Plans, predictions and recommended set-points in words."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import Column, paragraph, table
from designer.render.words import amount, count, number, rounded, share, with_error

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import Predicted, RunObject
    from designer.service import Service
    from designer.service.answers import BestAnswer, Cell, PlanAnswer, PredictAnswer

EXPLAINED = "± is the sd of one more measured result."


def plan_text(answer: PlanAnswer, service: Service, arguments: Namespace) -> list[str]:
    """A proposed plan: runs in the order to make them, reasons, seed and log position."""
    view = view_of(service, arguments.campaign)
    runs = answer["runs"]
    lines = ["Dry run: nothing was stored."] if answer["dry_run"] else []
    lines.append(_opening(answer, view))
    if answer["deviation"] is not None:  # what the settings that were fixed cost
        lines += paragraph("Fixed: ", str(answer["deviation"]["text"]))
    lines.append("")
    if runs:
        lines += [*table(list(_plan_columns(runs, view))), ""]
    reasons = [(run["run"], run["reason"]) for run in runs if run["reason"]]
    if reasons:
        told = [line for run, why in reasons for line in paragraph(f"  {run}  ", why)]
        lines += ["Why", *told, ""]
    lines += _order(answer)
    lines.append(f"Seed {number(answer['seed'])}, goal {answer['goal']}")
    return [*lines, *head_text(answer)]


def _opening(answer: PlanAnswer, view: SpecView) -> str:
    parts = [count(len(answer["runs"]), "run"), f"cost {amount(answer['cost'])} {view.cost_unit}"]
    if answer["value"] is not None:
        parts.append(f"{answer['value_name']} {rounded(answer['value'])}")
    if answer["information_bits"] is not None:
        parts.append(f"{rounded(answer['information_bits'])} bits expected")
    return f"Plan {answer['plan']} for {answer['campaign']}: {', '.join(parts)}"


def _plan_columns(runs: Sequence[RunObject], view: SpecView) -> Iterable[Column]:
    """Columns of a plan's table; parts that no run has are left out."""
    yield Column("order", [number(run["order"]) for run in runs], key=True)
    yield Column("run", [run["run"] for run in runs], left=True, key=True)
    yield from input_columns([{**run["used"], **run["given"]} for run in runs], view)
    batches = [run["batch"] for run in runs]
    for stage in _names(batches):
        yield Column(stage, [number(batch.get(stage)) for batch in batches], left=True)
    yield from _predictions([run["predicted"] or {} for run in runs], view)
    yield from _known("in spec", [run["in_spec"] for run in runs], share)
    yield from _known("can be made", [run["success"] for run in runs], share)
    yield from _known("bits", [run["information_bits"] for run in runs], rounded)
    yield from _known("value", [run["value"] for run in runs], rounded)
    yield Column("cost", [amount(run["cost"]) for run in runs], view.cost_unit)
    yield Column("rank", [number(run["rank"]) for run in runs])


def _names(parts: Sequence[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for part in parts for name in part))


def input_columns(settings: Sequence[Mapping[str, object]], view: SpecView) -> Iterable[Column]:
    """A column for each setting of any run or recipe."""
    for name in _names(settings):
        yield Column(name, [number(each.get(name)) for each in settings], view.units.get(name))


def _predictions(predicted: Sequence[Mapping[str, Predicted]], view: SpecView) -> Iterable[Column]:
    for name in _names(predicted):
        cells = [
            with_error(each[name]["mean"], each[name]["sd_result"]) if name in each else ""
            for each in predicted
        ]
        yield Column(name, cells, view.units.get(name))


def _known(
    title: str, values: Sequence[float | None], tell: Callable[[object], str]
) -> Iterable[Column]:
    """A column of figures, where there are any."""
    if any(value is not None for value in values):
        yield Column(title, [tell(value) for value in values])


def _order(answer: PlanAnswer) -> list[str]:
    runs = answer["runs"]
    if len(runs) < 2:
        return []
    ranked = ", ".join(run["run"] for run in sorted(runs, key=lambda run: run["rank"] or 0))
    if answer["nested"]:
        text = f"Fewer runs? Take the first of: {ranked} (most valuable first)."
    else:
        text = f"By value: {ranked}. Chosen together: a shorter plan would be another one."
    return paragraph("", text)


def predicted_text(answer: PredictAnswer, service: Service, arguments: Namespace) -> list[str]:
    """Predicted responses of recipes, or where they were written."""
    rows = answer["rows"]
    if answer["file"]:
        return [f"Wrote {count(len(rows), 'recipe')} to {answer['file']}"]
    view = view_of(service, arguments.campaign)
    return [*table(list(_predicted_columns(answer["columns"], rows, view))), "", EXPLAINED]


def _predicted_columns(
    names: Sequence[str], rows: Sequence[Mapping[str, Cell]], view: SpecView
) -> Iterable[Column]:
    means = [name for name in names if name.endswith("_mean")]
    errors = {
        f"{mean.removesuffix('_mean')}{ending}"
        for mean in means
        for ending in ("_sd", "_sd_result")
    }
    if len(rows) > 1:
        yield Column("row", [str(k + 1) for k in range(len(rows))], key=True)
    for name in names:
        response = name.removesuffix("_mean")
        spread = f"{response}_sd_result"
        if name != response and spread in names:
            cells = [with_error(row[name], row[spread]) for row in rows]
            yield Column(response, cells, view.units.get(response))
        elif name == "in_spec":
            yield Column("in spec", [share(row[name]) for row in rows])
        elif name not in errors:
            yield Column(name, [number(row[name]) for row in rows], view.units.get(name))


def best_text(answer: BestAnswer, service: Service, arguments: Namespace) -> list[str]:
    """Recommended set-points, best first."""
    best = answer["best"]
    if not best:
        return [f"{answer['campaign']} has no set-points to recommend yet."]
    view = view_of(service, arguments.campaign)
    columns = [
        Column("", [str(k + 1) for k in range(len(best))], key=True),
        *input_columns([recipe["settings"] for recipe in best], view),
        *_predictions([recipe["predicted"] for recipe in best], view),
        *_known("in spec", [recipe["in_spec"] for recipe in best], share),
        *_known("can be made", [recipe["success"] for recipe in best], share),
    ]
    return [*table(columns), "", EXPLAINED]

"""Plans, predictions and recommended set-points in words."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, view_of
from designer.render.expected import EXPLAINED, EXPLAINED_IN_SPEC, bits_words, expected
from designer.render.table import Column, paragraph, table
from designer.render.words import amount, count, listed, number, priced, rounded, share

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import Predicted, RunObject
    from designer.service import Service
    from designer.service.answers import BestAnswer, Cell, PlanAnswer, PredictAnswer


def plan_text(answer: PlanAnswer, service: Service, arguments: Namespace) -> list[str]:
    """A proposed plan: runs in the order to make them, reasons, seed and log position."""
    if answer["plan"] is None:
        return [f"No plan for {answer['campaign']}: no run is missing.", *head_text(answer)]
    view = view_of(service, arguments.campaign)
    runs = answer["runs"]
    lines = ["Dry run: nothing was stored."] if answer["dry_run"] else []
    lines += paragraph("", _opening(answer, view))
    if answer["abandoned"]:
        lines += paragraph("Abandoned: ", listed(answer["abandoned"]))
    if answer["design"] is not None:
        lines += [line for fact in answer["design"]["facts"] for line in paragraph("  - ", fact)]
    if answer["deviation"] is not None:  # what settings that were fixed, or other wishes cost
        label = "Fixed: " if answer["fixed"] else "Wishes: "
        lines += paragraph(label, str(answer["deviation"]["text"]))
    if answer["outlook"] is not None:
        lines += paragraph("Ahead: ", answer["outlook"]["text"])
    lines.append("")
    if runs:
        lines += [*table(list(_plan_columns(runs, view))), ""]
        if any(run["predicted"] for run in runs):
            lines += [*_explained(run["in_spec"] for run in runs), ""]
    told = answer["design"] is None  # the points of a design have no reasons of their own
    reasons = [(run["run"], run["reason"]) for run in runs if run["reason"] and told]
    if reasons:
        each = [line for run, why in reasons for line in paragraph(f"  {run}  ", why)]
        lines += ["Why", *each, ""]
    lines += _order(answer)
    lines.append(f"Seed {number(answer['seed'])}, goal {answer['goal']}")
    return [*lines, *head_text(answer)]


def _opening(answer: PlanAnswer, view: SpecView) -> str:
    parts = [count(len(answer["runs"]), "run"), f"cost {priced(answer['cost'], view.cost_unit)}"]
    if answer["value"] is not None:
        parts.append(f"{answer['value_name']} {rounded(answer['value'])}")
    if answer["information_bits"] is not None:
        parts.append(f"{bits_words(answer['information_bits'])} expected")
    design = answer["design"]
    if design is not None:
        options = " ".join(f"{name}={value}" for name, value in design["options"].items())
        parts.insert(0, f"{design['name']} ({options})" if options else design["name"])
    return f"Plan {answer['plan']} for {answer['campaign']}: {', '.join(parts)}"


def _plan_columns(runs: Sequence[RunObject], view: SpecView) -> Iterable[Column]:
    """Columns of a plan's table; parts that no run has are left out."""
    yield Column("order", [number(run["order"]) for run in runs], key=True)
    yield Column("run", [run["run"] for run in runs], left=True, key=True)
    extras = [run["extra"] or {} for run in runs]
    for name in _names(extras):
        yield Column(name, [number(extra.get(name)) for extra in extras], left=True)
    yield from input_columns([{**run["used"], **run["given"]} for run in runs], view)
    batches = [run["batch"] for run in runs]
    for stage in _names(batches):
        yield Column(stage, [number(batch.get(stage)) for batch in batches], left=True)
    yield from _predictions([run["predicted"] or {} for run in runs], view)
    yield from _in_spec([(run["in_spec"], run["in_spec_measured"]) for run in runs])
    yield from _known("can be made", [run["success"] for run in runs], share)
    yield from _known("bits", [run["information_bits"] for run in runs], rounded)
    yield from _known("value", [run["value"] for run in runs], rounded)
    yield Column("cost", [amount(run["cost"]) for run in runs], view.cost_unit)
    points = [run["design"] for run in runs if run["design"] is not None]
    if len(points) < len(runs):
        yield Column("rank", [number(run["rank"]) for run in runs])
        return
    yield Column("std", [number(point["std_order"]) for point in points])
    if any(point["block"] > 1 for point in points):
        yield Column("block", [number(point["block"]) for point in points])


def _names(parts: Sequence[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for part in parts for name in part))


def input_columns(settings: Sequence[Mapping[str, object]], view: SpecView) -> Iterable[Column]:
    """A column for each setting of any run or recipe."""
    for name in _names(settings):
        yield Column(name, [number(each.get(name)) for each in settings], view.units.get(name))


def _predictions(predicted: Sequence[Mapping[str, Predicted]], view: SpecView) -> Iterable[Column]:
    for name in _names(predicted):
        cells = [expected(each[name]) if name in each else "" for each in predicted]
        yield Column(name, cells, view.units.get(name))


def _known(
    title: str, values: Sequence[float | None], tell: Callable[[object], str]
) -> Iterable[Column]:
    """A column of figures, where there are any."""
    if any(value is not None for value in values):
        yield Column(title, [tell(value) for value in values])


def _in_spec(chances: Sequence[tuple[float | None, float | None]]) -> Iterable[Column]:
    """The chance that the recipe itself, and that one more batch measured, is in spec."""
    if any(measured is not None for _, measured in chances):
        cells = [f"{share(itself)} / {share(measured)}" for itself, measured in chances]
        yield Column("in spec / measured", cells)
    else:  # of plans made before it was told
        yield from _known("in spec", [itself for itself, _ in chances], share)


def _explained(in_spec: Iterable[float | None]) -> list[str]:
    """What predictions and probabilities are of."""
    windows = any(itself is not None for itself in in_spec)
    return paragraph("", f"{EXPLAINED} {EXPLAINED_IN_SPEC}" if windows else EXPLAINED)


def _order(answer: PlanAnswer) -> list[str]:
    runs = answer["runs"]
    if len(runs) < 2 or answer["design"] is not None:  # a part of a design is none
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
    columns = list(_predicted_columns(answer["columns"], rows, view))
    return [*table(columns), "", *_explained(_number(row["in_spec"]) for row in rows)]


def _predicted_columns(
    names: Sequence[str], rows: Sequence[Mapping[str, Cell]], view: SpecView
) -> Iterable[Column]:
    responses = [name for name in view.responses if f"{name}_mean" in names]
    told = {f"{name}{ending}" for name in responses for ending in ENDINGS}
    if len(rows) > 1:
        yield Column("row", [str(k + 1) for k in range(len(rows))], key=True)
    for name in names:
        if name not in told and name not in IN_SPEC:
            yield Column(name, [number(row[name]) for row in rows], view.units.get(name))
    for name in responses:
        figures = [{ending[1:]: row[f"{name}{ending}"] for ending in ENDINGS} for row in rows]
        yield Column(name, [expected(each) for each in figures], view.units.get(name))
    itself, measured = IN_SPEC
    yield from _in_spec([(_number(row[itself]), _number(row[measured])) for row in rows])


def _number(cell: Cell) -> float | None:
    return cell if isinstance(cell, int | float) else None


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
        *_in_spec([(recipe["in_spec"], recipe["in_spec_measured"]) for recipe in best]),
        *_known("can be made", [recipe["success"] for recipe in best], share),
    ]
    return [*table(columns), "", *_explained(recipe["in_spec"] for recipe in best)]

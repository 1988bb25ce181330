"""Campaigns in words: created, listed, shown, amended, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.cli.text.lines import lines_table
from designer.cli.text.plan import input_columns
from designer.cli.text.results import head_text
from designer.cli.text.spec_view import SpecView, spec_view
from designer.render.table import Column, paragraph, table
from designer.render.words import NOTHING, amount, in_unit, moment, number

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import RunObject
    from designer.service import answers


def created_text(answer: answers.CreatedAnswer) -> list[str]:
    """A campaign was created."""
    place = f"on {answer['line']}, goal: {answer['goal']}"
    return [
        f"Created {answer['campaign']} ({place})",
        f"Store: {answer['store']}",
        *head_text(answer),
    ]


def list_text(answer: answers.ListAnswer) -> list[str]:
    """All campaigns of the store."""
    campaigns = answer["campaigns"]
    if not campaigns:
        return ["No campaigns yet. Start one: designer init --example > spec.toml"]
    return table(
        [
            Column("campaign", [each["name"] for each in campaigns], left=True, wrap=True),
            Column("line", [each["line"] for each in campaigns], left=True, wrap=True),
            Column("goal", [each["goal"] for each in campaigns], left=True),
            Column("runs", [number(each["runs"]) for each in campaigns]),
            Column("changed", [moment(each["changed_at"]) for each in campaigns], left=True),
        ]
    )


def amended_text(answer: answers.AmendAnswer) -> list[str]:
    """The difference an amendment makes, and whether it was made."""
    lines = [f"  {text}" for text in answer["difference"]] or ["  no difference"]
    if answer["applied"]:
        return [f"Amended {answer['campaign']}:", *lines, *head_text(answer)]
    return [f"Nothing was changed. It would change in {answer['campaign']}:", *lines]


def campaign_text(answer: answers.CampaignAnswer) -> list[str]:
    """A whole campaign: specification, earlier lines, plans, runs."""
    spec = answer["spec"]
    view = spec_view(spec)
    lines = [f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"]
    for part in (
        _factors(spec),
        _responses(spec),
        list(_rules(spec, view)),
        lines_table(answer["lines"]) if answer["lines"] else [],
        _plans(answer["plans"], view),
        _runs(answer["runs"], view),
    ):
        if part:
            lines += ["", *part]
    return [*lines, "", *head_text(answer)]


def _factors(spec: Mapping[str, Any]) -> list[str]:
    rows = [(item, "") for item in spec.get("factor") or ()]
    rows += [(item, "given") for item in spec.get("given") or ()]
    stages = [str(item.get("stage") or kind or NOTHING) for item, kind in rows]
    items = [item for item, _ in rows]
    columns = [
        Column("factor", _cells(items, "name"), left=True),
        Column("unit", _cells(items, "unit"), left=True),
        Column("range", [_range(item) for item in items], left=True, wrap=True),
        Column("stage", stages, left=True),
    ]
    return table(columns) if rows else []


def _cells(items: Sequence[Mapping[str, Any]], key: str) -> list[str]:
    return [str(item.get(key) or NOTHING) for item in items]


def _range(item: Mapping[str, Any]) -> str:
    values = item.get("levels") or item.get("categories")
    if values:
        return ", ".join(number(value) for value in values)
    text = f"{number(item.get('low'))} to {number(item.get('high'))}"
    return f"{text} in steps of {number(item['step'])}" if item.get("step") is not None else text


def _responses(spec: Mapping[str, Any]) -> list[str]:
    items: Sequence[Mapping[str, Any]] = spec.get("response") or ()
    columns = [
        Column("response", _cells(items, "name"), left=True),
        Column("unit", _cells(items, "unit"), left=True),
        Column("window", [_window(item.get("window")) for item in items], left=True),
        Column("goal", _cells(items, "goal"), left=True),
        Column("noise (1 sd)", [number(item.get("noise_sd")) for item in items]),
        Column("stage", _cells(items, "stage"), left=True),
    ]
    return table(columns) if items else []


def _window(window: object) -> str:
    if not isinstance(window, list | tuple) or len(window) != 2:
        return NOTHING
    low, high = (None if str(end) in ("inf", "-inf") else end for end in window)
    if low is None:
        return "open" if high is None else f"up to {number(high)}"
    return f"from {number(low)}" if high is None else f"{number(low)} to {number(high)}"


def _rules(spec: Mapping[str, Any], view: SpecView) -> Iterable[str]:
    for constraint in spec.get("constraint") or ():
        text = str(constraint["expression"])
        for name, categories in (constraint.get("when") or {}).items():
            text += f", when {name} is {' or '.join(map(str, categories))}"
        if constraint.get("reason"):
            text += f" ({constraint['reason']})"
        yield from paragraph("Constraint: ", text)
    for mixture in spec.get("mixture") or ():
        text = f"{' + '.join(map(str, mixture['factors']))} = {number(mixture['total'])}"
        yield from paragraph("Mixture: ", text)
    stages = [
        f"new {stage['name']} {amount(stage.get('change_cost'))}"
        for stage in spec.get("stage") or ()
    ]
    costs = spec.get("costs") or {}
    if costs.get("run") is not None:
        stages.append(f"every run {amount(costs['run'])}")
    if costs.get("budget") is not None:
        stages.append(f"budget {amount(costs['budget'])}")
    if stages:
        yield from paragraph(f"Costs in {view.cost_unit}: ", ", ".join(stages))
    for stage in spec.get("stage") or ():
        told = []
        if stage.get("most_runs") is not None:
            told.append(f"at most {number(stage['most_runs'])} runs of a batch")
        if stage.get("reference"):
            recipe = ", ".join(f"{name} {value}" for name, value in stage["reference"].items())
            told.append(f"the first run of every new batch at {recipe}")
        if told:
            yield from paragraph(f"Stage {stage['name']}: ", "; ".join(told))


def _plans(plans: Sequence[answers.PlanSummary], view: SpecView) -> list[str]:
    lines: list[str] = []
    for plan in plans:
        cost = plan["cost"]
        price = "" if cost is None else f" (cost {amount(cost)}{in_unit(view.cost_unit)})"
        lines += paragraph(f"Plan {plan['plan']}: ", ", ".join(plan["runs"]) + price)
    return lines


def _runs(runs: Sequence[RunObject], view: SpecView) -> list[str]:
    if not runs:
        return ["No runs yet: designer propose"]
    columns = [
        Column("run", [run["run"] for run in runs], left=True, key=True),
        Column("status", [run["status"] for run in runs], left=True, key=True),
        *input_columns([run["used"] for run in runs], view),
    ]
    for name in view.responses:
        results = [run["results"].get(name, ()) for run in runs]
        if any(results):
            cells = ["/".join(map(number, values)) or NOTHING for values in results]
            columns.append(Column(name, cells, view.unit(name)))
    return table(columns)

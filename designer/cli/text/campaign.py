"""Campaigns in words: created, listed, shown, amended, closed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.space.factors import Factor
from designer.cli.text.lines import lines_table
from designer.cli.text.plan import input_columns
from designer.cli.text.results import doubts_text, head_text
from designer.cli.text.spec_view import SpecView, spec_view
from designer.render.table import Column, paragraph, paragraphs, table
from designer.render.words import NOTHING, amount, moment, number, priced

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import RunObject
    from designer.campaigns.space.factors import Given
    from designer.campaigns.specification.specification import Specification
    from designer.service import answers


def created_text(answer: answers.CreatedAnswer) -> list[str]:
    """A campaign was created."""
    place = f"on {answer['line']}, goal: {answer['goal']}"
    return [
        f"Created {answer['campaign']} ({place})",
        *paragraphs("- ", answer["scales"].values()),
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
    lines = [f"  {text}" for text in answer["difference"]]
    if not lines:
        return [*paragraphs(f"{answer['campaign']}: ", answer["messages"]), *head_text(answer)]
    lines += paragraphs("! ", answer["messages"])
    if answer["applied"]:
        return [f"Amended {answer['campaign']}:", *lines, *head_text(answer)]
    return [f"Nothing was changed. It would change in {answer['campaign']}:", *lines]


def campaign_text(answer: answers.CampaignAnswer) -> list[str]:
    """A whole campaign: specification, earlier lines, plans, runs."""
    from designer.campaigns.specification.load import from_dict

    spec, view = from_dict(answer["spec"], trusted=True), spec_view(answer["spec"])
    lines = [f"{answer['campaign']} on {answer['line']}, goal: {answer['goal']}"]
    for part in (
        _factors(spec),
        [*_responses(spec), *paragraphs("- ", answer["scales"].values())],
        list(_rules(spec)),
        lines_table(answer["lines"]) if answer["lines"] else [],
        _plans(answer["plans"], view),
        _runs(answer["runs"], view),
        [
            *doubts_text(answer["campaign"], [f for run in answer["runs"] for f in run["flags"]]),
            *paragraphs("! ", answer["warnings"]),
        ],
    ):
        if part:
            lines += ["", *part]
    return [*lines, "", *head_text(answer)]


def _factors(spec: Specification) -> list[str]:
    items = spec.inputs
    stages = [item.stage if isinstance(item, Factor) else "given" for item in items]
    columns = [
        Column("factor", [item.name for item in items], left=True),
        Column("unit", [item.unit or NOTHING for item in items], left=True),
        Column("range", [_range(item) for item in items], left=True, wrap=True),
        Column("stage", [stage or NOTHING for stage in stages], left=True),
    ]
    return table(columns)


def _range(item: Factor | Given) -> str:
    text = replace(item, unit=None).allowed
    return f"{text} (log scale)" if isinstance(item, Factor) and item.log_scale else text


def _responses(spec: Specification) -> list[str]:
    items = spec.responses
    columns = [
        Column("response", [item.name for item in items], left=True),
        Column("unit", [item.unit or NOTHING for item in items], left=True),
        Column("window", [_window(item.window) for item in items], left=True),
        Column("goal", [number(item.goal) for item in items], left=True),
        Column("noise (1 sd)", [number(item.noise_sd) for item in items]),
        Column("stage", [item.stage or NOTHING for item in items], left=True),
    ]
    return table(columns)


def _window(window: tuple[float, float] | None) -> str:
    if window is None:
        return NOTHING
    low, high = window
    if math.isinf(low):
        return "open" if math.isinf(high) else f"up to {number(high)}"
    return f"from {number(low)}" if math.isinf(high) else f"{number(low)} to {number(high)}"


def _rules(spec: Specification) -> Iterable[str]:
    for constraint in spec.constraints:
        text = constraint.expression
        for name, categories in constraint.when.items():
            text += f", when {name} is {' or '.join(categories)}"
        reason = f" ({constraint.reason})" if constraint.reason else ""
        yield from paragraph("Constraint: ", text + reason)
    for mixture in spec.mixtures:
        text = f"{' + '.join(mixture.factors)} = {number(float(mixture.total))}"
        yield from paragraph("Mixture: ", text)
    costs = [f"new {stage.name} {amount(stage.change_cost)}" for stage in spec.stages]
    costs.append(f"every run {amount(spec.costs.run)}")
    if spec.costs.budget is not None:
        costs.append(f"budget {amount(spec.costs.budget)}")
    yield from paragraph(f"Costs in {spec.costs.unit}: ", ", ".join(costs))
    for stage in spec.stages:
        told = []
        if stage.most_runs is not None:
            told.append(f"at most {number(stage.most_runs)} runs of a batch")
        if stage.reference:
            recipe = ", ".join(f"{name} {number(value)}" for name, value in stage.reference.items())
            told.append(f"the first run of every new batch at {recipe}")
        if told:
            yield from paragraph(f"Stage {stage.name}: ", "; ".join(told))


def _plans(plans: Sequence[answers.PlanSummary], view: SpecView) -> list[str]:
    lines: list[str] = []
    for plan in plans:
        cost = plan["cost"]
        price = "" if cost is None else f" (cost {priced(cost, view.cost_unit)})"
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
            columns.append(Column(name, cells, view.units.get(name)))
    return table(columns)

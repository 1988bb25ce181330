"""What the worker computes: the next plan, and fresh figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from designer.campaigns.errors import DesignerError, InputError, Problem
from designer.campaigns.values.numbers import parse_number
from designer.render.words import amount, count, rounded
from designer.service.values import input_values
from designer.tui.campaign_view import CampaignView, Facts
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.form import (
    Ask,
    Question,
    Values,
    quoted,
)
from designer.tui.ui import Ui

_PLAN_SIZE: Final = "4"


async def propose(ui: Ui) -> None:
    """Ask what the plan should be like, and compute it in the worker."""
    view = campaign_view(ui)
    if ui.jobs.current is not None:
        ui.notify("Something is being computed already: esc cancels it", markup=False)
        return
    arguments = await ask(ui, _plan_question(ui, view))
    if arguments is None:
        return
    label = "computing a plan"
    found = await ui.jobs.run(label, "plans.propose", {"campaign": view.name, **arguments})
    if isinstance(found, DesignerError):
        await ui.refresh_view()
        ui.show_error("No new plan", found)
    elif found is None:
        await ui.refresh_view()
        new = _new_plans(view, ui.view)
        told = f"{new[-1]} had been entered already; u takes it back" if new else "nothing entered"
        ui.notify(f"Cancelled: {told}", markup=False, severity="warning")
    else:
        ui.new_run = found["runs"][0]["run"]
        await ui.wrote()
        ui.notify(_plan_told(view, found), title="New plan", markup=False)
        if ui.place == "campaign" and not ui.asking:
            ui.action_show("proposals")


def _plan_question(ui: Ui, view: CampaignView) -> Question:
    factors = ", ".join(factor.name for factor in view.spec.factors)
    before = ui.last_plan
    open_runs = [run["run"] for run in view.runs if run["status"] in ("proposed", "running")]
    asks = [
        Ask("n", "Number of runs", before.get("n", _PLAN_SIZE), "as many as the budget allows"),
        Ask("budget", f"At most [{view.cost_unit}]", before.get("budget", ""), "no limit"),
        Ask("fix", "Fixed settings", before.get("fix", ""), "name=value name=value"),
    ]
    if view.spec.givens:
        names = " ".join(f"{given.name}=…" for given in view.spec.givens)
        asks.append(Ask("given", "Known values", before.get("given", ""), names))
    if open_runs:
        asks.append(Ask("replace", f"abandon the {count(len(open_runs), 'open run')}", tick=True))

    def submit(values: Values) -> dict[str, Any]:
        ui.last_plan = dict(values)
        return plan_arguments(view, values)

    return Question(
        "New plan",
        asks,
        submit,
        text=f"Factors: {factors}. The worker computes; you can go on meanwhile.",
        do="compute",
        same_as=lambda values: quoted(
            "propose", view.name,
            *(["--replace"] if values.get("replace") else []),
            options={"-n": values["n"], "--budget": values["budget"]},
        ) + "".join(
            f" {option} {values[name]}"
            for name, option in (("fix", "--fix"), ("given", "--given")) if values.get(name)
        ),
    )  # fmt: skip


def plan_arguments(view: CampaignView, values: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of `Service.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    problems: list[Problem] = []
    arguments: dict[str, Any] = {}
    if values["n"]:
        if re.fullmatch(r"[0-9]{1,4}", values["n"]) and 1 <= int(values["n"]) <= 1000:
            arguments["n"] = int(values["n"])
        else:
            problems.append(Problem("number of runs", "is none", values["n"], "1 to 1000"))
    if values["budget"]:
        budget = parse_number(values["budget"])
        if budget is not None and budget > 0:
            arguments["budget"] = budget
        else:
            problems.append(Problem("at most", "is no amount", values["budget"], "above 0"))
    kinds = (("fix", view.spec.factors, "factor"), ("given", view.spec.givens, "given"))
    for name, items, kind in kinds:
        told = _pairs(values.get(name, ""), problems)
        try:
            input_values(items, told, kind, on_grid=True)
        except InputError as error:
            problems.extend(error.problems)
        if told:
            arguments[name] = told
    if values.get("replace"):
        arguments["replace"] = True
    if problems:
        raise InputError(problems)
    return arguments


def _pairs(text: str, problems: list[Problem]) -> dict[str, str]:
    """``gap=100, binder=PVDF-A`` with blanks or commas between the pairs."""
    found: dict[str, str] = {}
    for token in re.split(r"[,\s]+", text.strip()):
        name, sign, value = token.partition("=")
        if token and not (name and sign and value):
            problems.append(Problem("fixed settings", "is no pair", token, "name=value"))
        elif token:
            found[name] = value
    return found


def _new_plans(before: CampaignView, now: CampaignView | None) -> list[str]:
    known = {plan["plan"] for plan in before.show["plans"]}
    plans = [] if now is None else now.show["plans"]
    return [plan["plan"] for plan in plans if plan["plan"] not in known]


def _plan_told(view: CampaignView, plan: Facts) -> str:
    told = f"{plan['plan']}: {count(len(plan['runs']), 'run')}"
    if plan["information_bits"] is not None:
        told += f", {rounded(plan['information_bits'])} bit"
    told += f", {amount(plan['cost'])} {view.cost_unit}"
    notes = [plan["deviation"]["text"]] if plan["deviation"] else []
    # first sentences only: a toast must not hide the run it speaks about
    notes += [note.partition(". ")[0] for note in plan["notes"]]
    return "\n".join([told, *notes[:2]])


async def refresh_figures(ui: Ui) -> None:
    """Evaluate the models anew in the worker."""
    view = campaign_view(ui)
    if ui.jobs.current is not None:
        ui.notify("Something is being computed already: esc cancels it", markup=False)
        return
    found = await ui.jobs.run(
        "evaluating the models", "models.status", {"campaign": view.name, "refresh": True}
    )
    if isinstance(found, DesignerError):
        ui.show_error("No new figures", found)
    elif found is not None:
        await ui.refresh_view()
        if found["model"]["seq"] is None:
            ui.notify("Nothing to evaluate yet: record a result or add a line", markup=False)

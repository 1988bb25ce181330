"""What the worker computes: the next plan, and fresh figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.log.runs import OPEN
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.campaigns.values.numbers import parse_number
from designer.render.expected import bits_words
from designer.render.words import count, priced
from designer.service.answers import PlanAnswer
from designer.service.figures import StatusAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui


class PlanArguments(TypedDict, total=False):
    """Arguments of `plans.propose` that were typed."""

    n: int
    budget: float
    fix: dict[str, str]
    given: dict[str, str]
    replace: bool


async def propose(ui: Ui) -> None:
    """Ask what the plan should be like, and compute it in the worker."""
    view = campaign_view(ui)
    if _is_busy(ui):
        return
    arguments = await ask(ui, _plan_question(ui, view))
    if arguments is None:
        return
    answer = await ui.jobs.run(
        "computing a plan", "plans.propose", {"campaign": view.name, **arguments}
    )
    if isinstance(answer, DesignerError):
        await ui.refresh_view()
        ui.show_error("No new plan", answer)
    elif answer is None:
        await ui.refresh_view()
        new = _new_plans(view, ui.view)
        state = f"{new[-1]} had been entered already; u takes it back" if new else "nothing entered"
        ui.notify(f"Cancelled: {state}", severity="warning")
    else:
        plan = cast("PlanAnswer", answer)
        ui.new_run = plan["runs"][0]["run"]
        await ui.show_entry()
        ui.notify(_plan_text(view, plan), title="New plan")
        if ui.mode == "campaign" and not ui.screen.is_modal:
            ui.action_show("proposals")


def _is_busy(ui: Ui) -> bool:
    """Whether the worker computes already; if so, that is said."""
    if ui.jobs.current is not None:
        ui.notify("Something is being computed already: esc cancels it")
    return ui.jobs.current is not None


def _plan_question(ui: Ui, view: CampaignView) -> Question[PlanArguments]:
    factors = ", ".join(factor.name for factor in view.spec.factors)
    last = {"n": str(DEFAULT_RUNS), **ui.last_plan}
    open_runs = view.with_status(*OPEN)
    asks = [
        Ask("n", "Number of runs", last["n"], "as many as the budget allows"),
        Ask("budget", f"At most [{view.cost_unit}]", last.get("budget", ""), "no limit"),
        Ask("fix", "Fixed settings", last.get("fix", ""), "name=value name=value"),
    ]
    if view.spec.givens:
        names = " ".join(f"{given.name}=…" for given in view.spec.givens)
        asks.append(Ask("given", "Known values", last.get("given", ""), names))
    if open_runs:
        asks.append(Ask("replace", f"abandon the {count(len(open_runs), 'open run')}", tick=True))

    def submit(values: Values) -> PlanArguments:
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


def plan_arguments(view: CampaignView, values: Mapping[str, str]) -> PlanArguments:
    """Arguments of `plans.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    arguments: PlanArguments = {}
    if values["n"]:
        if re.fullmatch(r"[0-9]{1,4}", values["n"]) and 1 <= int(values["n"]) <= 1000:
            arguments["n"] = int(values["n"])
        else:
            findings.report("number of runs", "is none", values["n"], "1 to 1000")
    if values["budget"]:
        budget = parse_number(values["budget"])
        if budget is not None and budget > 0:
            arguments["budget"] = budget
        else:
            findings.report("at most", "is no amount", values["budget"], "above 0")
    fix = _checked_pairs(values["fix"], view.spec.factors, "factor", findings)
    given = _checked_pairs(values.get("given", ""), view.spec.givens, "given", findings)
    findings.raise_if_any()
    if fix:
        arguments["fix"] = fix
    if given:
        arguments["given"] = given
    if values.get("replace"):
        arguments["replace"] = True
    return arguments


def _checked_pairs(
    text: str, items: Sequence[Factor | Given], kind: str, findings: Findings
) -> dict[str, str]:
    """``gap=100, binder=PVDF-A`` with blanks or commas between the pairs; adds to `findings`."""
    found: dict[str, str] = {}
    for token in re.split(r"[,\s]+", text.strip()):
        name, sign, value = token.partition("=")
        if token and not (name and sign and value):
            findings.report("fixed settings", "is no pair", token, "name=value")
        elif token:
            found[name] = value
    settings_from_texts(items, found, kind, findings, on_grid=True)
    return found


def _new_plans(then: CampaignView, now: CampaignView | None) -> list[str]:
    known = {plan["plan"] for plan in then.details["plans"]}
    plans = [] if now is None else now.details["plans"]
    return [plan["plan"] for plan in plans if plan["plan"] not in known]


def _plan_text(view: CampaignView, plan: PlanAnswer) -> str:
    head = f"{plan['plan']}: {count(len(plan['runs']), 'run')}"
    if plan["information_bits"] is not None:
        head += f", {bits_words(plan['information_bits'])}"
    head += f", {priced(plan['cost'], view.cost_unit)}"
    notes = [plan["deviation"]["text"]] if plan["deviation"] else []
    # first sentences only: a toast must not hide the run it speaks about
    notes += [note.partition(". ")[0] for note in plan["notes"]]
    return "\n".join([head, *notes[:2]])


async def refresh_figures(ui: Ui) -> None:
    """Evaluate the models anew in the worker."""
    view = campaign_view(ui)
    if _is_busy(ui):
        return
    answer = await ui.jobs.run(
        "evaluating the models", "models.status", {"campaign": view.name, "refresh": True}
    )
    if isinstance(answer, DesignerError):
        ui.show_error("No new figures", answer)
    elif answer is not None:
        await ui.refresh_view()
        if cast("StatusAnswer", answer)["model"]["seq"] is None:
            ui.notify("Nothing to evaluate yet: record a result or add a line")

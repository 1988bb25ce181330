"""What the worker computes: the next plan, and fresh figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.service.figures import StatusAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.computing import (
    PlanArguments,
    command,
    compute_plan,
    explained,
    is_busy,
    read_wishes,
    wishes_asked,
)
from designer.tui.dialogs.form import Ask, Question, Values
from designer.tui.ui import Ui


async def propose(ui: Ui) -> None:
    """Ask what the plan should be like, and compute it in the worker."""
    view = campaign_view(ui)
    if is_busy(ui):
        return
    arguments = await ask(ui, _plan_question(ui, view))
    if arguments is not None:
        await compute_plan(ui, view, "plans.propose", arguments, "plan")


def _plan_question(ui: Ui, view: CampaignView) -> Question[PlanArguments]:
    last = {"n": str(DEFAULT_RUNS), **ui.last_plan}

    def submit(values: Values) -> PlanArguments:
        ui.last_plan = dict(values)
        return plan_arguments(view, values)

    return Question(
        "New plan",
        [
            Ask("n", "Number of runs", last["n"], "as many as the budget allows"),
            *wishes_asked(view, last),
        ],
        submit,
        text=explained(view),
        do="compute",
        same_as=lambda values: command(view, values, options={"-n": values["n"]}),
    )


def plan_arguments(view: CampaignView, values: Mapping[str, str]) -> PlanArguments:
    """Arguments of `plans.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    wishes = read_wishes(view, values, findings)
    findings.raise_if_any()
    return wishes


async def refresh_figures(ui: Ui) -> None:
    """Evaluate the models anew in the worker."""
    view = campaign_view(ui)
    if is_busy(ui):
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

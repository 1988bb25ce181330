"""What the worker computes: the next plan, and fresh figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.campaigns.tables.options import TableOptions
from designer.service.answers import PlanAnswer
from designer.service.figures import StatusAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.begin.asking import file_of
from designer.tui.dialogs.begin.table_options import (
    read_table_options,
    table_words,
    values_of_words,
)
from designer.tui.dialogs.computing import (
    PlanArguments,
    command,
    compute_plan,
    explained,
    is_busy,
    read_wishes,
    wishes_asked,
)
from designer.tui.dialogs.deciding.set_up import (
    held_pairs,
    held_words,
    price_question,
    ways_to_hold,
)
from designer.tui.dialogs.form import Ask, Question, Values
from designer.tui.ui import Ui


class OpenPlanArguments(PlanArguments, total=False):
    """Arguments of `plans.propose` that were typed."""

    top_up: bool
    among: str
    options: dict[str, object]


async def propose(ui: Ui, *, hold: bool = False) -> None:
    """Ask what the plan should be like, and compute it in the worker.

    Args:
        ui: the application.
        hold: begin with what is set up now kept as it is.
    """
    view = campaign_view(ui)
    if is_busy(ui):
        return
    question = _plan_question(ui, view, hold=hold)
    arguments = await ask(ui, question)
    if arguments is None:
        return
    held = ui.last_plan.get("hold", "")
    if held or ui.last_plan.get("look"):
        wanted = {"campaign": view.name, **arguments, "dry_run": True}
        answer = await ui.jobs.run("a look at the plan", "plans.propose", wanted)
        if isinstance(answer, DesignerError):
            ui.show_error("No new plan", answer)
            return
        if answer is None:
            ui.notify("Cancelled: nothing entered", severity="warning")
            return
        plan = cast("PlanAnswer", answer)
        line = plan_command(view, ui.last_plan)
        if not await ask(ui, price_question(view, plan, held_words(view, held), line)):
            return
        if plan["seed"] is not None:
            arguments["seed"] = plan["seed"]
    await compute_plan(ui, view, "plans.propose", arguments, "plan")


async def propose_held(ui: Ui) -> None:
    """The same, with what is set up now kept as it is."""
    if not ways_to_hold(campaign_view(ui)):
        ui.notify("Nothing is set up yet: no run was made, or there are no stages")
        return
    await propose(ui, hold=True)


def _plan_question(ui: Ui, view: CampaignView, *, hold: bool) -> Question[OpenPlanArguments]:
    last = {"n": str(DEFAULT_RUNS), **ui.last_plan}

    def submit(values: Values) -> OpenPlanArguments:
        ui.last_plan = dict(values)
        return plan_arguments(view, values)

    ways = ways_to_hold(view)
    holds = [("nothing", ""), *((words, key) for key, words in ways.items())]
    kept = [Ask("hold", "Keep as set up now", [*ways][-1] if hold else "", options=holds)]
    return Question(
        "New plan",
        [
            Ask("n", "Number of runs", last["n"], "as many as the budget allows"),
            *(kept if ways else []),
            *wishes_asked(view, last),
            Ask("among", "Only recipes of", last.get("among", ""), "coils.xlsx", path=True),
            Ask("about", "Of that table", last.get("about", ""), "--map Dicke=foil …"),
            Ask("top_up", "only what is missing to so many open runs", tick=True),
            Ask("look", "show it before it is entered", tick=True),
        ],
        submit,
        text=explained(view),
        do="compute",
        same_as=lambda values: plan_command(view, values),
        keep=ui.last_plan.update,
    )


def _with_held(view: CampaignView, values: Mapping[str, str]) -> Values:
    """The values with the settings that are held among the fixed ones."""
    pairs = held_pairs(view, values.get("hold", ""))
    return {**values, "fix": " ".join([*pairs, values["fix"]]).strip()}


def plan_command(view: CampaignView, values: Values) -> str:
    """The command line that computes the same plan."""
    words = ["--top-up"] if values.get("top_up") else []
    if values.get("among"):
        words += ["--among", values["among"]]
        words += table_words(values_of_words(values.get("about", ""), Findings()))
    return command(view, _with_held(view, values), *words, options={"-n": values["n"]})


def plan_arguments(view: CampaignView, values: Mapping[str, str]) -> OpenPlanArguments:
    """Arguments of `plans.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    wishes = read_wishes(view, _with_held(view, values), findings)
    arguments = cast("OpenPlanArguments", wishes)
    about = values_of_words(values.get("about", ""), findings)
    if values.get("among"):
        options = read_table_options(about, TableOptions, findings)
        arguments["among"] = str(file_of(values["among"]))
        arguments["options"] = asdict(options)
    elif about:
        findings.report("of that table", "no table is named", values["about"])
    if values.get("top_up"):
        arguments["top_up"] = True
    findings.raise_if_any()
    return arguments


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

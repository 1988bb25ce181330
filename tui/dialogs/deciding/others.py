"""Other runs than the proposed ones: instead of some, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.runs import OPEN
from designer.campaigns.sheets.run_object import RunObject
from designer.service.answers import OfCampaign
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask_and_show, campaign_view
from designer.tui.dialogs.begin.asking import ask_again, forget, last_typed, recall
from designer.tui.dialogs.computing import (
    PlanArguments,
    command,
    compute_plan,
    is_busy,
    pairs_in,
    read_wishes,
)
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui


class ReplacingArguments(PlanArguments, total=False):
    """Arguments of `plans.propose` that replaces runs."""

    instead_of: list[str]
    reason: str


async def replace(ui: Ui, run: RunObject) -> None:
    """Propose other runs in the place of some; those are abandoned."""
    view = campaign_view(ui)
    if is_busy(ui):
        return
    key = f"instead {view.name} {run['run']}"
    await recall(ui, key)
    last = last_typed(ui, key)
    givens = [
        Ask("given", "Known values", last.get("given", ""), "name=value …")
    ] if view.spec.givens else []  # fmt: skip
    question = Question(
        "Another run in its place",
        [
            Ask("runs", "Instead of", last.get("runs", run["run"]), "R012 R013"),
            Ask("reason", "Why", last.get("reason", ""), "gap too wide for this foil"),
            Ask("fix", "Fixed settings", last.get("fix", ""), "name=value name=value"),
            *givens,
            Ask("budget", f"At most [{view.cost_unit}]", last.get("budget", ""), "no limit"),
        ],
        lambda values: replacing_arguments(view, values),
        text="They are abandoned, and as many proposed that differ in what matters; what that"
        " costs in information is told.",
        do="compute",
        same_as=lambda values: replacing_command(view, values),
    )
    arguments = await ask_again(ui, key, question)
    if arguments is not None:
        forget(ui, key)
        await compute_plan(ui, view, "plans.propose", arguments, "plan")


def replacing_arguments(view: CampaignView, values: Values) -> ReplacingArguments:
    """Arguments of `plans.propose` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    wishes = read_wishes(view, {"n": "", **values}, findings)
    runs = runs_named(view, values["runs"], findings)
    findings.raise_if_any()
    arguments = cast("ReplacingArguments", {**wishes, "instead_of": runs})
    if values["reason"]:
        arguments["reason"] = values["reason"]
    return arguments


def replacing_command(view: CampaignView, values: Values) -> str:
    """The command line that asks for the same."""
    runs = [run.upper() for run in pairs_in(values["runs"])]
    return command(view, values, "--instead-of", *runs, options={"--reason": values["reason"]})


def runs_named(view: CampaignView, text: str, findings: Findings) -> list[str]:
    """Open runs by their ids; adds to `findings`."""
    known = view.with_status(*OPEN)
    runs = [run.upper() for run in pairs_in(text)]
    if not runs:
        findings.report("runs", "none is named", allowed=", ".join(known) or "none is open")
    for run in runs:
        if run not in known:
            findings.report("runs", "is no open run", run, ", ".join(known) or "none is open")
    return list(dict.fromkeys(runs))


async def skip_several(ui: Ui, run: RunObject) -> bool:
    """Several runs will not be made."""
    view = campaign_view(ui)
    behind = view.with_status(*OPEN)
    start = behind.index(run["run"]) if run["run"] in behind else 0

    def submit(values: Values) -> OfCampaign:
        findings = Findings()
        runs = runs_named(view, values["runs"], findings)
        findings.raise_if_any(InputError)
        return ui.service.runs.abandon(view.name, runs, values["reason"])

    question = Question(
        "Skip several runs",
        [Ask("runs", "Runs", " ".join(behind[start:])), Ask("reason", "Why")],
        submit,
        text="They will not be made, and their recipes are not proposed again. The runs from the"
        " cursor on are named; take away what is to stay.",
        do="skip them",
        same_as=lambda values: skip_command(view, pairs_in(values["runs"]), values["reason"]),
    )
    return await ask_and_show(ui, question, "They are abandoned")


def skip_command(view: CampaignView, runs: Sequence[str], reason: str) -> str:
    """The command line that abandons the same."""
    return quoted("abandon", view.name, *runs, options={"--reason": reason})

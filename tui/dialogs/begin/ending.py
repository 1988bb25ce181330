"""A campaign ends, and goes on all the same; its specification changes."""

from __future__ import annotations

from pathlib import Path

from designer.campaigns.plausibility.remarks import without_commands
from designer.service.answers import AmendAnswer, OfCampaign
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask_and_show, campaign_view, undo
from designer.tui.dialogs.begin.asking import ask_and_preview, file_of, last_typed, say_done
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_CLOSED = "campaign_closed"


async def close(ui: Ui) -> bool:
    """Finish the campaign."""
    view = campaign_view(ui)
    waiting = ", ".join(run["run"] for run in view.waiting)
    still = f"\nStill open: {waiting}. They stay as they are." if waiting else ""
    question = Question[OfCampaign](
        f"Close {view.title}",
        (Ask("reason", "Why (optional)", suggestions=("goal reached", "line is rebuilt")),),
        lambda values: ui.service.campaigns.close(view.name, reason=values["reason"] or None),
        text=f"Only notes are accepted from then on; O opens it again.{still}",
        do="close it",
        same_as=lambda values: quoted("close", view.name, options={"--reason": values["reason"]}),
    )
    return await ask_and_show(ui, question, f"{view.title} is closed")


async def reopen(ui: Ui) -> bool:
    """Take back that the campaign was closed."""
    view = campaign_view(ui)
    closings = [e for e in view.events if e["kind"] == _CLOSED and not e["reversed"]]
    if not view.details["closed"] or not closings:
        ui.notify(f"{view.title} is open")
        return False
    return await undo(ui, closings[-1])


# ---- another specification ----------------------------------------------------------------------


async def amend(ui: Ui) -> None:
    """Ask for a specification file, show what it changes, and take it."""
    view, key = campaign_view(ui), f"amend {campaign_view(ui).name}"
    typed: Values = {}

    def carry_out(values: Values, *, dry_run: bool) -> AmendAnswer:
        typed.update(values)
        path: Path = file_of(values["path"], "specification")
        reason = values["reason"] or None
        return ui.service.campaigns.amend(view.name, path, reason=reason, dry_run=dry_run)

    def question() -> Question[AmendAnswer]:
        last = last_typed(ui, key)
        return Question(
            f"Change the specification of {view.title}",
            [
                Ask("path", "Specification", last.get("path", ""), "spec.toml; tab", path=True),
                Ask("reason", "Why (optional)", last.get("reason", "")),
            ],
            lambda values: carry_out(values, dry_run=True),
            text="Windows, ranges, constraints, costs, an added factor with its value so far; runs"
            " and lines are kept. x (specification) writes the one of now to a file: change that"
            " in an editor, and name it here. First you see the difference.",
            do="show the difference",
            same_as=lambda values: amend_command(view, values, dry_run=True),
        )

    def preview(answer: AmendAnswer) -> Question[AmendAnswer]:
        changes = answer["difference"]
        notes = [f"! {without_commands(message)}" for message in answer["messages"]]
        return Question(
            "What changes: nothing is written yet" if changes else "Nothing changes",
            (),
            lambda _values: carry_out(typed, dry_run=False) if changes else answer,
            text="\n".join([*(f"  {change}" for change in changes), "", *notes]),
            do="take it" if changes else "close",
            same_as=lambda _values: amend_command(view, typed, dry_run=not changes),
        )

    done = await ask_and_preview(ui, key, question, preview)
    if done is not None and done["applied"]:
        await say_done(ui, "The specification is changed", done["messages"])


def amend_command(view: CampaignView, values: Values, *, dry_run: bool = False) -> str:
    """The command line that changes the same."""
    words = ["amend", view.name, values["path"] or "SPEC.toml", *(["--dry-run"] if dry_run else [])]
    return quoted(*words, options={"--reason": values["reason"]})

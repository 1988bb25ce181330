"""A campaign ends, and goes on all the same."""

from __future__ import annotations

from designer.service.answers import OfCampaign
from designer.tui.dialogs.actions import ask_and_show, campaign_view, undo
from designer.tui.dialogs.form import Ask, Question, quoted
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

"""Actions of the application that begin or decide something: what each asks is a dialog."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from designer.tui.dialogs.begin.amending import amend, amend_pages
from designer.tui.dialogs.begin.campaign import demo, new_campaign
from designer.tui.dialogs.begin.ending import close, reopen
from designer.tui.dialogs.begin.line import add_line
from designer.tui.dialogs.begin.sheet import import_sheet
from designer.tui.dialogs.deciding.by_hand import attach
from designer.tui.dialogs.deciding.judge import judge
from designer.tui.dialogs.deciding.recipes import best, predict
from designer.tui.dialogs.export import export
from designer.tui.dialogs.plan import propose_held
from designer.tui.dialogs.store import about_store
from designer.tui.screens.proposals import ProposalsScreen
from designer.tui.ui import Ui


def opens(dialog: Callable[[Ui], Coroutine[Any, Any, object]]) -> Callable[[Ui], None]:
    """An action that opens a dialog about the campaign."""
    return lambda ui: ui.run_dialog(dialog(ui))


class BeginActions(Ui):
    """The application with these actions."""

    action_new_campaign = opens(new_campaign)
    action_demo = opens(demo)
    action_add_line = opens(add_line)
    action_import_sheet = opens(import_sheet)
    action_store = opens(about_store)
    action_export = opens(export)
    action_amend = opens(amend)
    action_amend_pages = opens(amend_pages)
    action_close_campaign = opens(close)
    action_reopen_campaign = opens(reopen)
    action_attach = opens(attach)
    action_propose_held = opens(propose_held)
    action_best = opens(best)
    action_judge = opens(judge)

    def action_predict(self) -> None:
        """Ask for a recipe, or begin with the one under the cursor."""
        screen = self.screen
        run = screen.chosen if isinstance(screen, ProposalsScreen) else None
        self.run_dialog(predict(self, run))

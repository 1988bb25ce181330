"""Actions of the application that begin or decide something: what each asks is a dialog.

A dialog is loaded when it is asked for: the first picture of the program does not wait for all.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any, cast

from designer.tui.ui import Ui

Dialog = Callable[[Ui], Coroutine[Any, Any, object]]


def dialog_of(name: str) -> Dialog:
    """A dialog by module below ``designer.tui.dialogs`` and name: ``begin.line.add_line``."""
    module, _, function = name.rpartition(".")
    return cast("Dialog", getattr(import_module(f"designer.tui.dialogs.{module}"), function))


class Opens:
    """An action that opens a dialog about the campaign.

    Args:
        name: of the dialog, see `dialog_of`.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, ui: Ui | None, owner: type[Ui]) -> Callable[[], None]:
        """The action of one application."""
        if ui is None:
            return lambda: None
        return lambda: ui.run_dialog(dialog_of(self.name)(ui))


class BeginActions(Ui):
    """The application with these actions."""

    action_new_campaign = Opens("begin.campaign.new_campaign")
    action_demo = Opens("begin.campaign.demo")
    action_add_line = Opens("begin.line.add_line")
    action_import_sheet = Opens("begin.sheet.import_sheet")
    action_store = Opens("store.about_store")
    action_export = Opens("export.export")
    action_amend = Opens("begin.amending.amend")
    action_amend_pages = Opens("begin.amending.amend_pages")
    action_close_campaign = Opens("begin.ending.close")
    action_reopen_campaign = Opens("begin.ending.reopen")
    action_attach = Opens("deciding.by_hand.attach")
    action_propose_held = Opens("plan.propose_held")
    action_best = Opens("deciding.recipes.best")
    action_judge = Opens("deciding.judge.judge")
    action_note = Opens("actions.note")
    action_propose = Opens("plan.propose")
    action_design = Opens("design.propose")

    def action_predict(self) -> None:
        """Ask for a recipe, or begin with the one under the cursor."""
        from designer.tui.dialogs.deciding.recipes import predict

        run = getattr(self.screen, "chosen", None) if self.mode == "proposals" else None
        self.run_dialog(predict(self, run))

"""The list of campaigns, newest first: choose one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from designer.render.words import moment, plain
from designer.tui.keys.actions import CAMPAIGNS
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.common import RowTable, right, shortened

_WIDEST_NAME, _WIDEST_LINE = 30, 14  # cells: with them all columns fit 80
_NONE = (
    "There is no campaign in this store yet.\n\n"
    "  n   begin one here: from a template or from nothing, page by page\n"
    "  d   watch a finished example on the built-in twin of a pilot line\n\n"
    "The same on the command line:\n\n"
    "  designer init --example > spec.toml   a commented specification to edit\n"
    "  designer init spec.toml               a campaign from a specification\n"
    "  designer demo                         the example\n\n"
    "This list notices by itself when there is one."
)


class CampaignsScreen(TaskScreen):
    """Choose a campaign."""

    MODE = CAMPAIGNS
    ABOUT = "All campaigns of the store, the one changed last first."

    def parts(self) -> Iterator[Widget]:
        """The list, or how to begin."""
        yield RowTable(id="campaigns")
        yield Static(_NONE, markup=False, id="none-yet")

    def refresh_content(self) -> None:
        """Show the list as it is now."""
        super().refresh_content()
        if not self.alive:
            return
        found = self.ui.campaigns
        table, none = self.query_one(RowTable), self.query_one("#none-yet", Static)
        table.display = bool(found)
        none.display = not found
        none.update(Content(_NONE if found is not None else "Looking into the store…"))
        table.fill(
            ["campaign", "line", "goal", right("runs"), "changed"],
            {
                item["name"]: [
                    Text(shortened(plain(item["name"]), _WIDEST_NAME), style="bold"),
                    Text(shortened(plain(item["line"]), _WIDEST_LINE)),
                    plain(item["goal"]),
                    right(str(item["runs"])),
                    plain(moment(item["changed_at"])),
                ]
                for item in found or ()
            },
        )
        if found and self.focused is None:
            table.focus()

    def action_open(self) -> None:
        """Open the campaign under the cursor."""
        chosen = self.query_one(RowTable).chosen
        if chosen is not None:
            self.ui.open_campaign(chosen)

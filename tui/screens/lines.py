"""5 Lines: earlier lines, how far each is trusted, and whether it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from designer.render.words import NOTHING, rounded
from designer.tui.actions import bindings
from designer.tui.campaign_view import CampaignView, Facts
from designer.tui.dialogs import actions
from designer.tui.dialogs.form import quoted
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.common import Cell, RowTable

_NONE = "This campaign has no earlier line. Data of another line make the first runs wiser:\n\n  "


class LinesScreen(TaskScreen):
    """Earlier lines."""

    PLACE = "lines"
    ABOUT = (
        "Trust: how much of this line's behaviour an earlier line tells, 0 to 1, with its 80 %"
        " interval. Worth: how many own runs its data replace. Both as of the last evaluation."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines")]

    def parts(self) -> Iterator[Widget]:
        """The table and the line under the cursor."""
        yield RowTable(id="lines")
        yield Static("", markup=False, id="line-text")

    @property
    def chosen(self) -> Facts | None:
        """The line under the cursor."""
        view = self.ui.view
        name = self.query_one(RowTable).chosen
        lines = [] if view is None else view.status["lines"]
        return next((line for line in lines if line["name"] == name), None)

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        lines, table = view.status["lines"], self.query_one(RowTable)
        table.display = bool(lines)
        table.fill(
            [
                "line",
                "used",
                _right("rows"),
                _right("trust"),
                "80 % interval",
                _right("worth [runs]"),
            ],
            {line["name"]: _cells(line, self.app.theme_variables) for line in lines},
        )
        self._tell_line()

    @on(DataTable.RowHighlighted)
    def _tell_line(self) -> None:
        line, view = self.chosen, self.ui.view
        pane = self.query_one("#line-text", Static)
        pane.set_class(line is None, "-alone")
        if line is not None:
            pane.update(_about(line))
        elif view is not None:
            command = quoted("lines", "add", view.name, "FILE.csv", options={"--name": "LINE"})
            pane.update(Content(f"{_NONE}{command}"))

    def action_toggle_line(self) -> None:
        """Leave the line out, or use it again."""
        line = self.chosen
        if line is not None:
            self.ui.do(actions.toggle_line(self.ui, line))


def _right(text: str) -> Text:
    return Text(text, justify="right")


def _cells(line: Facts, colours: dict[str, str]) -> list[Cell]:
    used = ("● yes", colours.get("success", "")) if line["included"] else ("– no", "")
    low, high = line["trust_low"], line["trust_high"]
    return [
        Text(line["name"], style="bold"),
        Text(*used),
        _right(str(line["rows"])),
        _right(rounded(line["trust"])),
        NOTHING if low is None else f"{rounded(low)} to {rounded(high)}",
        _right(rounded(line["worth_runs"], 1)),
    ]


def _about(line: Facts) -> Content:
    told = [f"{line['name']}: {line['rows']} rows from {line['source'] or 'memory'}"]
    told.append("batches are told" if line["batches"] else "every row is a batch of its own")
    lines = [Content("; ".join(told))]
    if line["reason"]:
        state = "in use again" if line["included"] else "left out"
        lines.append(Content(f"{state}: {line['reason']}"))
    if line["trust"] is None and line["included"]:
        lines.append(Content.styled("not evaluated yet: press r", "$quiet"))
    return Content("\n").join(lines)

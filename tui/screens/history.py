"""6 History: who did what and when, newest first; anything can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Static

from designer.render.words import moment
from designer.tui.actions import bindings
from designer.tui.campaign_view import CampaignView, Facts
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.common import Cell, RowTable
from designer.tui.widgets.headers import shortened

_WHEN = 11  # cells of a moment
_PADDING = 2  # cells around a cell of the table
_LEAST = 24  # cells of a sentence, however narrow the terminal


class HistoryScreen(TaskScreen):
    """The log."""

    PLACE = "history"
    ABOUT = (
        "Everything that was recorded, newest first. Nothing is ever erased: u appends a reversal"
        " of the event under the cursor; reversing a reversal is a redo."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("history")]

    def parts(self) -> Iterator[Widget]:
        """Filter, table, the event under the cursor."""
        yield Input(placeholder="filter: text in an event, enter goes to the list", compact=True,
                    id="filter")  # fmt: skip
        yield RowTable(id="events")
        yield Static("", markup=False, id="event-text")

    def on_mount(self) -> None:
        """The filter shows when it is called."""
        self.query_one("#filter").display = False
        super().on_mount()

    @property
    def chosen_event(self) -> Facts | None:
        """The event under the cursor."""
        view, key = self.ui.view, self.query_one(RowTable).chosen
        events = [] if view is None else view.events
        return next((event for event in events if str(event["seq"]) == key), None)

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        wanted = self.query_one("#filter", Input).value.strip().casefold()
        muted = self.app.theme_variables.get("foreground-darken-3", "")
        width = self._room(view)
        rows: dict[str, list[Cell]] = {}
        for event in reversed(view.events):
            cells = _cells(event)
            if wanted in " ".join(cells).casefold():
                style = f"strike {muted}" if event["reversed"] else ""
                cells[-1] = shortened(cells[-1], width)
                rows[str(event["seq"])] = [Text(cell, style=style) for cell in cells]
        self.query_one(RowTable).fill(["#", "when", "who", "what"], rows, newest=True)
        self._tell_event()

    def _room(self, view: CampaignView) -> int:
        """Cells for what happened; in full it is below the table."""
        others = (len(str(view.seq)), _WHEN, max(cell_len(event["actor"]) for event in view.events))
        return max(_LEAST, self.size.width - sum(others) - 4 * _PADDING - 1)  # 1: the scroll bar

    def on_resize(self) -> None:
        """Shorten the sentences anew."""
        self._filtered()

    @on(DataTable.RowHighlighted)
    def _tell_event(self) -> None:
        event = self.chosen_event
        text = Content("No event holds this text.") if event is None else _about(event)
        self.query_one("#event-text", Static).update(text)

    def action_filter(self) -> None:
        """Show the filter, or put it away."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self) -> None:
        if self.ui.view is not None and self.alive:
            self.present(self.ui.view)

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        field = self.query_one("#filter", Input)
        field.display = bool(field.value.strip())
        self.query_one(RowTable).focus()


def _cells(event: Facts) -> list[str]:
    when = moment(event["at"])[5:]
    return [str(event["seq"]), when, event["actor"], event["summary"]]


def _about(event: Facts) -> Content:
    head = f"event {event['seq']} · {event['kind'].replace('_', ' ')} · {event['actor']}"
    lines = [
        Content.styled(f"{head} · {moment(event['at'])}", "$quiet"),
        Content(event["summary"]),
    ]
    if event["reason"] and event["reason"] not in event["summary"]:
        lines.append(Content(f"reason: {event['reason']}"))
    if event["reversed"]:
        lines.append(Content.styled("taken back: it does not count", "$text-warning"))
    return Content("\n").join(lines)

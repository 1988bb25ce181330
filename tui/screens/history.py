"""6 History: who did what and when, newest first; anything can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from designer.render.words import moment
from designer.service.answers import EventObject
from designer.tui.campaign_view import CampaignView
from designer.tui.screens.base import ListScreen
from designer.tui.widgets.common import ACTOR, Cell, RowTable, shortened

_WHEN = 11  # cells of a moment
_PADDING = 2  # cells around a cell of the table
_LEAST = 24  # cells of a sentence, however narrow the terminal


class HistoryScreen(ListScreen[EventObject]):
    """The log."""

    MODE = "history"
    ABOUT = (
        "Everything that was recorded, newest first. Nothing is ever erased: u appends a reversal"
        " of the event under the cursor; reversing a reversal is a redo."
    )

    def parts(self) -> Iterator[Widget]:
        """Filter, table, the event under the cursor."""
        yield Input(placeholder="filter: text in an event, enter goes to the list", compact=True,
                    id="filter")  # fmt: skip
        yield RowTable(id="events")
        yield Static("", markup=False, id="about-chosen")

    def on_mount(self) -> None:
        """The filter shows when it is called."""
        self._filter.display = False

    @property
    def _filter(self) -> Input:
        return self.query_one("#filter", Input)

    def items(self, view: CampaignView) -> Mapping[str, EventObject]:
        """Events by number, newest first."""
        return {str(event["seq"]): event for event in reversed(view.events)}

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        wanted = self._filter.value.strip().casefold()
        muted = self.app.theme_variables.get("foreground-darken-3", "")
        width = self._room(view)
        rows: dict[str, list[Cell]] = {}
        for seq, event in self.items(view).items():
            cells = [seq, moment(event["at"])[5:], _who(event), event["summary"]]
            if wanted in " ".join([*cells, event["actor"]]).casefold():
                style = f"strike {muted}" if event["reversed"] else ""
                cells[-1] = shortened(cells[-1], width)
                rows[seq] = [Text(cell, style=style) for cell in cells]
        self.table.fill(["#", "when", "who", "what"], rows, newest=True)
        self.show_chosen()

    def _room(self, view: CampaignView) -> int:
        """Cells for what happened; in full it is below the table."""
        others = (len(str(view.seq)), _WHEN, max(cell_len(_who(e)) for e in view.events))
        return max(_LEAST, self.size.width - sum(others) - 4 * _PADDING - 1)  # 1: the scroll bar

    def on_resize(self) -> None:
        """Shorten the sentences anew."""
        self.present_again()

    def item_text(self, view: CampaignView, item: EventObject | None) -> Content:
        """The event in full."""
        del view
        return Content("No event holds this text.") if item is None else _about(item)

    def action_filter(self) -> None:
        """Show the filter, or put it away."""
        self._filter.display = True
        self._filter.focus()

    @on(Input.Changed, "#filter")
    def _present_filtered(self) -> None:
        self.present_again()

    @on(Input.Submitted, "#filter")
    def _leave_filter(self) -> None:
        self._filter.display = bool(self._filter.value.strip())
        self.table.focus()


def _who(event: EventObject) -> str:
    return shortened(event["actor"], ACTOR)


def _about(event: EventObject) -> Content:
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

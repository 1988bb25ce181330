"""5 Lines: earlier lines, how far each is trusted, and whether it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from designer.engine.training_rows.inferred_batches import inferred_words
from designer.render.words import NOTHING, plain, rounded, share
from designer.service.figures import JudgedLine
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs import actions
from designer.tui.dialogs.form import quoted
from designer.tui.screens.base import ListScreen, about_chosen
from designer.tui.widgets.common import Cell, RowTable, right
from designer.tui.widgets.pictures.evidence import line_picture
from designer.tui.widgets.pictures.panes import EvidenceSource, PicturePane

_NONE = "This campaign has no earlier line. Data of another line make the first runs wiser:\n\n  "


class LinesScreen(ListScreen[JudgedLine]):
    """Earlier lines."""

    MODE = "lines"
    ABOUT = (
        "Trust: how much of this line's behaviour an earlier line tells, 0 to 1, with its 80 %"
        " interval. Worth: how many own runs its data replace. Both as of the last evaluation."
    )

    action_toggle_line = about_chosen(actions.toggle_line)

    def __init__(self) -> None:
        super().__init__()
        self._source: EvidenceSource | None = None
        self._response = 0

    def parts(self) -> Iterator[Widget]:
        """The table and the line under the cursor."""
        yield RowTable(id="lines")
        yield Static("", markup=False, id="about-chosen")
        yield PicturePane(id="line-picture")

    def items(self, view: CampaignView) -> Mapping[str, JudgedLine]:
        """Earlier lines by name."""
        return {line["name"]: line for line in view.status["lines"]}

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        lines = self.items(view)
        self.table.display = bool(lines)
        self.table.fill(
            ["line", "used", right("rows"), right("trust"), "80 % interval", right("worth [runs]")],
            {name: _cells(line, self.app.theme_variables) for name, line in lines.items()},
        )
        self.show_chosen()

    def show_chosen(self) -> None:
        """Show the line under the cursor, in words and as a picture."""
        super().show_chosen()
        self._show_picture()

    def _show_picture(self) -> None:
        view, chosen = self.ui.view, self.chosen
        if not self.alive or view is None:
            return
        pane = self.query_one(PicturePane)
        pane.display = chosen is not None and chosen["included"]
        if chosen is None or not chosen["included"] or not self.is_current:
            return
        if self._source is None:
            self._source = EvidenceSource(self.ui, self._show_picture)
        found = self._source.get(view)
        if found is None or not found["responses"]:
            pane.show(None, Content.styled(self._source.why or "learning …", "$quiet"))
            return
        names = [*found["responses"]]
        response = names[self._response % len(names)]
        draw = line_picture(found, chosen["name"], response)
        pane.show(draw, Content.styled("helps or hurts: own results with and without it", "$quiet"))

    def action_response(self, steps: int) -> None:
        """Show another response."""
        self._response += steps
        self._show_picture()

    def item_text(self, view: CampaignView, item: JudgedLine | None) -> Content:
        """Where the line is from and why it is used or not; how to add the first."""
        if item is not None:
            return about_line(item)
        command = quoted("lines", "add", view.name, "FILE.csv", options={"--name": "LINE"})
        return Content(f"{_NONE}{plain(command)}\n\nPress a to add one from here.")


def _cells(line: JudgedLine, colours: dict[str, str]) -> list[Cell]:
    used = ("● yes", colours.get("success", "")) if line["included"] else ("– no", "")
    low, high = line["trust_low"], line["trust_high"]
    return [
        Text(line["name"], style="bold"),
        Text(*used),
        right(str(line["rows"])),
        right(rounded(line["trust"])),
        NOTHING if low is None else f"{rounded(low)} to {rounded(high)}",
        right(rounded(line["worth_runs"], 1)),
    ]


def about_line(line: JudgedLine) -> Content:
    """Where a line is from, its batches, whether it is used and why, and what is odd about it."""
    shared = inferred_words(line["inferred_batches"])
    told = "batches are told" if line["batches"] else "batches are not told"
    batches = (
        f"{told}, rows with the same settings are taken together: {shared}" if shared else told
    )
    if not shared and not line["batches"]:
        batches += ", every row is one of its own"
    source = line["source"] or "memory"
    rows = [Content(f"{line['name']}: {line['rows']} rows from {source}; {batches}")]
    if line["reason"]:
        state = "in use again" if line["included"] else "left out"
        rows.append(Content(f"{state}: {line['reason']}"))
    if line["trust"] is None and line["included"]:
        rows.append(Content.styled("not evaluated yet: press r", "$quiet"))
    rows.append(Content(f"rows inside this campaign's ranges: {share(line['overlap'])}"))
    rows += [Content.styled(warning, "$warning") for warning in line["warnings"]]
    return Content("\n").join(rows)

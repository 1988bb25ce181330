"""2 Proposals: what to make next, what it is expected to give and teach, and why."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Static

from designer.render.words import number, rounded, with_error
from designer.tui.actions import bindings
from designer.tui.campaign_view import CampaignView, Facts
from designer.tui.dialogs import actions
from designer.tui.dialogs.correct import correct
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.common import RowTable
from designer.tui.widgets.headers import header, shortened, spaced
from designer.tui.widgets.run_text import (
    GLYPHS,
    STATUS_STYLES,
    measured_text,
    run_text,
)

BAR = 3  # cells of the longest bar of bits
_WIDEST_SETTING = 12  # cells of a category's name; the pane of the run has it in full


class ProposalsScreen(TaskScreen):
    """Runs that wait, in the order to make them."""

    PLACE = "proposals"
    ABOUT = (
        "Runs in the order to make them. ± is one standard deviation of one measured result,"
        " batches and noise included. Bits: what a run teaches at its rank in the plan."
        " ○ proposed, ▶ being made, ◐ results in part, ● completed, ✗ failed, – abandoned."
    )
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("proposals")]

    def __init__(self) -> None:
        super().__init__()
        self._all = False

    def parts(self) -> Iterator[Widget]:
        """The table, and beside or below it the run under the cursor."""
        with Container(id="body"):
            yield RowTable(header_height=3, dense=True, id="runs")
            with VerticalScroll(id="detail"):
                yield Static("", markup=False, id="detail-text")

    @property
    def chosen(self) -> Facts | None:
        """The run under the cursor."""
        view = self.ui.view
        return None if view is None else view.run(self.query_one(RowTable).chosen)

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        runs = view.runs if self._all else view.waiting
        colours = self.app.theme_variables
        most = max([run["information_bits"] or 0.0 for run in runs], default=0.0)
        headers = [
            Text("\n\nrun"),
            Text("\n\nbits"),
            *(header(factor.name, factor.unit) for factor in view.spec.factors),
            *(header(response.name, response.unit) for response in view.spec.responses),
        ]
        rows = {run["run"]: self._cells(view, run, most, colours) for run in runs}
        self.query_one(RowTable).fill(
            [spaced(text) for text in headers],
            {key: [spaced(cell) for cell in cells] for key, cells in rows.items()},
        )
        new, self.ui.new_run = self.ui.new_run, None
        if new is not None:
            self.query_one(RowTable).choose(new)
        self._tell_detail()

    def _cells(
        self, view: CampaignView, run: Facts, most: float, colours: dict[str, str]
    ) -> list[Text]:
        style = colours.get(STATUS_STYLES[run["status"]], "")
        cells = [Text(f"{GLYPHS[run['status']]} {run['run']}", style=f"bold {style}")]
        # in front: many factors push the last columns off the screen
        cells.append(_bits(run["information_bits"], most, colours))
        cells += [
            Text(shortened(number(run["used"].get(factor.name)), _WIDEST_SETTING), justify="right")
            for factor in view.spec.factors
        ]
        for response in view.spec.responses:
            told = (run["predicted"] or {}).get(response.name)
            values = run["measurements"].get(response.name)
            if values:
                shown = measured_text([value["number"] for value in values])
                cells.append(Text(shown, justify="right", style="bold"))
            else:
                text = "–" if told is None else with_error(told["mean"], told["sd_result"])
                cells.append(Text(text, justify="right"))
        return cells

    @on(DataTable.RowHighlighted)
    def _tell_detail(self) -> None:
        view, run = self.ui.view, self.chosen
        if view is None:
            return
        if run is not None:
            text = run_text(view, run)
        elif self._all or not view.runs:
            text = Content("There are no runs yet. Press g: the next runs are computed.")
        else:
            text = Content("No run waits. Press g for a new plan, or v to see all runs.")
        self.query_one("#detail-text", Static).update(text)
        self.query_one("#detail", VerticalScroll).scroll_home(animate=False)

    def action_record(self) -> None:
        """Type in results of the run under the cursor."""
        run = self.chosen
        if run is not None:
            self.ui.record_run = run["run"]
            self.ui.action_show("record")

    def action_all_runs(self) -> None:
        """Show every run, or only those that wait."""
        self._all = not self._all
        if self.ui.view is not None:
            self.present(self.ui.view)

    def _do(self, work: Coroutine[Any, Any, Any]) -> None:
        self.ui.do(work)

    def action_start(self) -> None:
        """The run is being made."""
        run = self.chosen
        if run is not None:
            self._do(actions.start(self.ui, run["run"]))

    def action_fail(self) -> None:
        """The run failed."""
        run = self.chosen
        if run is not None:
            self._do(actions.fail(self.ui, run["run"]))

    def action_skip(self) -> None:
        """The run will not be made."""
        run = self.chosen
        if run is not None:
            self._do(actions.skip(self.ui, run["run"]))

    def action_correct(self) -> None:
        """Replace a recorded value."""
        run = self.chosen
        if run is not None:
            self._do(correct(self.ui, run))


def _bits(bits: float | None, most: float, colours: dict[str, str]) -> Text:
    filled = round(BAR * bits / most) if bits and most > 0 else 0
    bar = "▇" * filled + " " * (BAR - filled)
    return Text.assemble((bar, colours.get("primary", "")), f" {rounded(bits)}")

"""2 Proposals: what to make next, what it is expected to give and teach, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.specification.parts import Response
from designer.render.words import NOTHING, number, rounded
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs import actions
from designer.tui.dialogs.correct import correct
from designer.tui.dialogs.deciding.decide import decide
from designer.tui.dialogs.deciding.others import replace, skip_several
from designer.tui.explore.slices_pane import SlicesPane
from designer.tui.keys.run_keys import OF_A_RUN, doable
from designer.tui.screens.base import ListScreen, about_chosen
from designer.tui.widgets.common import RowTable, header, right, shortened, spaced
from designer.tui.widgets.run_text import (
    STATUS_STYLES,
    measured_text,
    predicted_text,
    run_sign,
    run_text,
)

BAR = 3  # cells of the longest bar of bits
_WAITING, _ALL, _ODD = "waiting", "all", "odd"  # which runs are listed
_WIDEST_SETTING = 12  # cells of a category's name; the pane of the run has it in full


class ProposalsScreen(ListScreen[RunObject]):
    """Runs that wait, in the order to make them."""

    MODE = "proposals"
    ABOUT = (
        "Runs in the order to make them. A predicted range, or ± where it is even, holds one more"
        " result with 68 % probability, new batch and noise included. In spec: the recipe itself;"
        " measured: one more batch made and measured. Bits: what a run teaches at its rank in the"
        " plan. ○ proposed, ▶ being made, ◐ results in part, ● completed, ✗ failed, – abandoned."
    )

    action_fail = about_chosen(actions.fail)
    action_skip = about_chosen(actions.skip)
    action_correct = about_chosen(correct)
    action_confirm = about_chosen(actions.confirm)
    action_replace = about_chosen(replace)
    action_note_run = about_chosen(actions.note_run)
    action_decide = about_chosen(decide)
    action_skip_several = about_chosen(skip_several)
    action_reopen = about_chosen(actions.reopen)

    def __init__(self) -> None:
        super().__init__()
        self._which = _WAITING

    def parts(self) -> Iterator[Widget]:
        """The table, and beside or below it the run under the cursor."""
        with Container(id="body"):
            yield RowTable(header_height=3, cell_padding=0, id="runs")
            with Container(id="beside-runs"):
                with VerticalScroll(id="detail"):
                    yield Static("", markup=False, id="about-chosen")
                yield SlicesPane(id="slices")

    def items(self, view: CampaignView) -> Mapping[str, RunObject]:
        """The runs that are shown, by id."""
        runs = {_WAITING: view.waiting, _ALL: view.runs, _ODD: view.odd}[self._which]
        return {run["run"]: run for run in runs}

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        runs = self.items(view)
        colours = self.app.theme_variables
        most = max([run["information_bits"] or 0.0 for run in runs.values()], default=0.0)
        headers = [
            Text("\n\nrun"),
            Text("\n\nbits"),
            *(header(factor.name, factor.unit) for factor in view.spec.factors),
            *(header(response.name, response.unit) for response in view.spec.responses),
        ]
        self.table.fill(
            [spaced(text) for text in headers],
            {
                run_id: [spaced(cell) for cell in _cells(view, run, most, colours)]
                for run_id, run in runs.items()
            },
        )
        new, self.ui.new_run = self.ui.new_run, None
        if new is not None:
            self.table.choose(new)
        self.show_chosen()

    def item_text(self, view: CampaignView, item: RunObject | None) -> Content:
        """The run in full; what to do when there is none."""
        if item is not None:
            return run_text(view, item)
        if self._which == _ODD:
            return Content("Nothing is flagged any more. Press v for the runs that wait.")
        if self._which == _ALL or not view.runs:
            return Content("There are no runs yet. Press g for a plan, d for a classical design.")
        return Content("No run waits. Press g for a new plan, or v to see all runs.")

    def show_chosen(self) -> None:
        """Show the run under the cursor, and slices through its recipe."""
        super().show_chosen()
        self._renew_slices()

    def _renew_slices(self) -> None:
        if self.has_class("-wide") or self.has_class("-pictures"):
            self.query_one(SlicesPane).show_run(self.chosen)

    def on_resize(self) -> None:
        """A wider terminal has room for the slices, too."""
        self.call_after_refresh(self._renew_slices)

    def action_next_picture(self) -> None:
        """Show slices through the recipe of the run, or the words about it again."""
        if not self.has_class("-wide"):
            self.toggle_class("-pictures")
            self.call_after_refresh(self._renew_slices)

    def action_response(self, steps: int) -> None:
        """Show slices of another response."""
        self.query_one(SlicesPane).turn_response(steps)

    def offers(self, action: str) -> bool:
        """What the run under the cursor allows."""
        view, run = self.ui.view, self.chosen
        if action not in OF_A_RUN or view is None:
            return True
        return run is not None and action in doable(view, run)

    def action_start(self) -> None:
        """The run under the cursor is being made."""
        run = self.chosen
        if run is not None:
            actions.start(self.ui, run)

    def action_record(self) -> None:
        """Type in results of the run under the cursor."""
        run = self.chosen
        if run is not None:
            self.ui.record_run = run["run"]
            self.ui.action_show("record")

    def action_all_runs(self) -> None:
        """Show every run, then only those with a flag, then those that wait."""
        view = self.ui.view
        ways = [_WAITING, _ALL, *([_ODD] if view is not None and view.odd else [])]
        place = ways.index(self._which) if self._which in ways else -1
        self._which = ways[(place + 1) % len(ways)]
        if self._which == _ODD:
            self.ui.notify("Only runs with a flag (!); v shows those that wait")
        self.present_again()


def _cells(view: CampaignView, run: RunObject, most: float, colours: dict[str, str]) -> list[Text]:
    style = colours.get(STATUS_STYLES[run["status"]], "")
    quiet = colours.get("quiet", "")
    return [
        Text(run_sign(run), style=f"bold {style}"),
        # in front: many factors push the last columns off the screen
        _bits(run["information_bits"], most, colours),
        *(
            right(shortened(number(run["used"].get(factor.name)), _WIDEST_SETTING))
            for factor in view.spec.factors
        ),
        *(_result(view, run, response, quiet) for response in view.spec.responses),
    ]


def _result(view: CampaignView, run: RunObject, response: Response, quiet: str) -> Text:
    """What was measured, else what is predicted."""
    values = run["results"].get(response.name)
    if values:
        return right(measured_text(values), style="bold")
    dated = f"italic {quiet}" if view.is_dated(run) else ""
    return right(predicted_text(view, run, response.name) or NOTHING, style=dated)


def _bits(bits: float | None, most: float, colours: dict[str, str]) -> Text:
    filled = round(BAR * bits / most) if bits and most > 0 else 0
    bar = "▇" * filled + " " * (BAR - filled)
    return Text.assemble((bar, colours.get("primary", "")), f" {rounded(bits)}")

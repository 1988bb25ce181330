"""2 Proposals: what to make next, what it is expected to give and teach, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from textual import on
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from designer.campaigns.errors import DesignerError
from designer.campaigns.log.runs import OPEN
from designer.campaigns.sheets.run_object import RunObject
from designer.engine.pictures.answers import WhatIf
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs import actions
from designer.tui.dialogs.correct import correct
from designer.tui.dialogs.deciding.decide import decide
from designer.tui.dialogs.deciding.others import replace, skip_several
from designer.tui.explore.slices_pane import SlicesPane
from designer.tui.feed import PictureFeed, Wanted
from designer.tui.keys.run_keys import OF_A_RUN, doable
from designer.tui.screens.base import ListScreen, about_chosen
from designer.tui.widgets.common import RowTable
from designer.tui.widgets.run_text import kept_words, run_text
from designer.tui.widgets.runs_table import FROZEN, RunsTable, found, orders

_WAITING, _ALL, _ODD = "waiting", "all", "odd"  # which runs are listed
_SEVERAL = 2  # open runs of which one may be skipped


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
        self._order = 0
        self._worth: PictureFeed | None = None

    @property
    def _find(self) -> Input:
        return self.query_one("#find", Input)

    def on_mount(self) -> None:
        """The search shows when it is called."""
        self._find.display = False

    def parts(self) -> Iterator[Widget]:
        """The table, and beside or below it the run under the cursor."""
        yield Input(placeholder="find: text of a run, enter goes to the list", compact=True,
                    id="find")  # fmt: skip
        with Container(id="body"):
            yield RowTable(header_height=3, cell_padding=0, id="runs")
            with Container(id="beside-runs"):
                with VerticalScroll(id="detail"):
                    yield Static("", markup=False, id="about-chosen")
                yield SlicesPane(id="slices")

    def items(self, view: CampaignView) -> Mapping[str, RunObject]:
        """The runs that are shown, by id."""
        runs = {_WAITING: view.waiting, _ALL: view.runs, _ODD: view.odd}[self._which]
        return found({run["run"]: run for run in runs}, self._find.value)

    def present(self, view: CampaignView) -> None:
        """Fill the table."""
        self._order %= len(orders(view))
        listed = orders(view)[self._order].sorted(self.items(view))
        table = RunsTable(view, listed, self.app.theme_variables, self.table.size.width)
        self.table.fixed_columns = FROZEN
        self.table.fill(*table.filled())
        new, self.ui.new_run = self.ui.new_run, None
        if new is not None:
            self.table.choose(new)
        self.show_chosen()

    def item_text(self, view: CampaignView, item: RunObject | None) -> Content:
        """The run in full; what to do when there is none."""
        if item is not None:
            return run_text(view, item, self._kept(view, item))
        if self._find.value.strip():
            return Content("No run holds this text. esc leaves the search, enter ends it.")
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
        if self.alive and (self.has_class("-wide") or self.has_class("-pictures")):
            self.query_one(SlicesPane).show_run(self.chosen)

    def on_resize(self) -> None:
        """A wider terminal has room for more of the table, and for the slices."""
        self.call_after_refresh(self.present_again)

    def action_next_picture(self) -> None:
        """Show slices through the recipe of the run, or the words about it again."""
        if not self.has_class("-wide"):
            self.toggle_class("-pictures")
            self.call_after_refresh(self._renew_slices)

    def action_response(self, steps: int) -> None:
        """Show slices of another response."""
        self.query_one(SlicesPane).turn_response(steps)

    def _kept(self, view: CampaignView, run: RunObject) -> str:
        """What the open runs are worth without this one; empty before that is known."""
        if run["status"] not in OPEN or len(view.with_status(*OPEN)) < _SEVERAL:
            return ""
        if self._worth is None:
            self._worth = PictureFeed(self.ui, self._worth_is_known)
        wanted = Wanted(
            ("worth", view.name, view.seq, run["run"]),
            "pictures.what_if",
            {"campaign": view.name, "run": run["run"]},
        )
        told = self._worth.get("worth", wanted)
        if told is None or isinstance(told, DesignerError):
            return ""
        return kept_words(cast("WhatIf", told))

    def _worth_is_known(self) -> None:
        if self.alive:
            self.show_chosen()

    def action_sort(self) -> None:
        """Show the runs in another order."""
        view = self.ui.view
        if view is not None:
            self._order = (self._order + 1) % len(orders(view))
            self.ui.notify(f"Runs: {orders(view)[self._order].name} (z: the next order)")
            self.present_again()
            self.table.move_cursor(row=0)

    def action_find(self) -> None:
        """Show only runs that hold a text."""
        self._find.display = True
        self._find.focus()

    @on(Input.Changed, "#find")
    def _present_found(self) -> None:
        self.present_again()

    @on(Input.Submitted, "#find")
    def _leave_find(self) -> None:
        self._find.display = bool(self._find.value.strip())
        self.table.focus()

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
        """Type in results of the run under the cursor; out of the search, go to the list."""
        if self._find.has_focus:
            self._leave_find()
            return
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

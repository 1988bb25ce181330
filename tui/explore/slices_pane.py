"""Slices through the recipe of a run, beside what is said of it."""

from __future__ import annotations

from typing import cast

from textual.content import Content

from designer.campaigns.errors import DesignerError
from designer.campaigns.sheets.run_object import RunObject
from designer.engine.pictures.answers import Slices
from designer.tui.explore.strip import Strip
from designer.tui.feed import PictureFeed, Wanted
from designer.tui.ui import Ui
from designer.tui.widgets.pictures.panes import PicturePane


class SlicesPane(PicturePane):
    """Every factor through the recipe of a run, for one response at a time."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._feed: PictureFeed | None = None
        self._run: RunObject | None = None
        self._response = 0

    def show_run(self, run: RunObject | None) -> None:
        """Show slices through another run."""
        self._run = run
        self.renew()

    def turn_response(self, steps: int) -> None:
        """Show another response."""
        self._response += steps
        self.renew()

    def renew(self) -> None:
        """Show what there is, if anybody sees it."""
        ui, run = cast("Ui", self.app), self._run
        view = ui.view
        if not self.is_mounted or not self.display or view is None or not self.app.is_running:
            return
        if run is None:
            self.show(None, Content(""))
            return
        if self._feed is None:
            self._feed = PictureFeed(ui, self.renew)
        arguments = {"campaign": view.name, "recipe": run["used"], "given": run["given"]}
        key = ("slices", view.name, view.seq, str(run["used"]), str(run["given"]))
        told = self._feed.get("slices", Wanted(key, "pictures.slices", arguments))
        if told is None:
            self.show(None, Content.styled("computing …", "$quiet"))
            return
        if isinstance(told, DesignerError):
            why = told.problems[0].what if told.problems else str(told)
            self.show(None, Content.styled(f"no slices: {why}", "$quiet"))
            return
        found = cast("Slices", told)
        names = [*found["responses"]]
        if not names:
            self.show(None, Content.styled("nothing is known yet", "$quiet"))
            return
        response = names[self._response % len(names)]
        words = Content.assemble(
            (f"slices through {run['run']}", "bold $text-primary"),
            ("  bands 50 and 95 %, dashed: window · y next response", "$quiet"),
        )
        self.show(Strip(found, response).draw, words)

"""1 Campaign: where it stands, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from designer.campaigns.plausibility.predicted import deviations
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.specification.parts import Response
from designer.service.details import SURPRISE
from designer.tui.campaign_view import CampaignView, prediction
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.common import FittedText
from designer.tui.widgets.overview_text import overview, what_next
from designer.tui.widgets.pictures.panes import EvidencePane
from designer.tui.widgets.run_text import measured_text, run_sign

_SHOWN_RUNS = 40
_CELL = 16  # cells of one result


class CampaignScreen(TaskScreen):
    """Where the campaign stands."""

    MODE = "campaign"
    ABOUT = (
        "Where the campaign stands. Bits: how much less uncertain the responses are about the"
        " campaign's goal than from the earlier lines alone; 1 bit halves the typical ±."
        " Error and the share inside 95 % are leave-one-run-out, from 5 completed runs on."
        " Ahead: the typical ± of all recipes (half the 68 % range) once the waiting runs are made."
    )
    AUTO_FOCUS = "#overview"

    def parts(self) -> Iterator[Widget]:
        """The overview; on a wide terminal the results beside it."""
        yield Static("", markup=False, id="next")
        with Horizontal(id="body"):
            with VerticalScroll(id="overview"):
                yield FittedText("overview-text")
            with Vertical(id="beside"):
                with VerticalScroll(id="results"):
                    yield Static("", markup=False, id="results-text")
                yield EvidencePane(id="pictures")

    def present(self, view: CampaignView) -> None:
        """Fill in."""
        self.query_one("#next", Static).update(what_next(view))
        self.query_one(FittedText).show(partial(overview, view))
        self.query_one("#results-text", Static).update(_results(view))
        self._renew_pictures()

    def _renew_pictures(self) -> None:
        if self.alive and (self.has_class("-wide") or self.has_class("-pictures")):
            self.query_one(EvidencePane).renew()

    def on_resize(self) -> None:
        """A wider terminal has room for the pictures, too."""
        self.call_after_refresh(self._renew_pictures)

    def action_next_picture(self) -> None:
        """Show the pictures one after the other; on a narrow terminal then the text again."""
        pane = self.query_one(EvidencePane)
        if not self.has_class("-wide") and not self.has_class("-pictures"):
            self.add_class("-pictures")
            self.call_after_refresh(pane.renew)
        elif pane.turn() and not self.has_class("-wide"):
            self.remove_class("-pictures")

    def action_response(self, steps: int) -> None:
        """Show pictures of another response."""
        self.query_one(EvidencePane).turn_response(steps)


def _results(view: CampaignView) -> Content:
    """Results against predictions, newest first."""
    made = [run for run in reversed(view.runs) if run["measurements"] or run["status"] == "failed"]
    heads = "".join(f"{r.name[: _CELL - 2]:<{_CELL}}" for r in view.spec.responses)
    lines = [
        Content.styled("Results, newest first (sd off the prediction)", "bold"),
        Content.styled(f"{'':<8}{heads}", "$quiet"),
    ]
    for run in made[:_SHOWN_RUNS]:
        head = Content.assemble((f"{run_sign(run):<8}", "bold"))
        if run["status"] == "failed":
            lines.append(head + Content.styled(f"failed: {run['failure']}", "$text-error"))
        else:
            lines.append(
                Content.assemble(head, *(_cell(run, response) for response in view.spec.responses))
            )
    if not made:
        lines.append(Content.styled("none yet", "$quiet"))
    return Content("\n").join(lines)


def _cell(run: RunObject, response: Response) -> Content:
    name = response.name
    values = run["results"].get(name)
    if not values:
        return Content(f"{'–':<{_CELL}}")
    shown, style = measured_text(values), ""
    sds = deviations(response, prediction(run, name), values)
    if sds is not None:
        shown += f" ({sds:+.1f})"
        style = "$text-warning" if abs(sds) >= SURPRISE else ""
    return Content.styled(f"{shown:<{_CELL}}", style)

"""Panes that show pictures of what results say, and fetch what they show when they are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from designer.campaigns.errors import DesignerError
from designer.engine.pictures.answers import Evidence
from designer.tui.campaign_view import CampaignView
from designer.tui.feed import PictureFeed, Wanted
from designer.tui.ui import Ui
from designer.tui.widgets.pictures.evidence import Draw, EvidencePicture, pictures
from designer.tui.widgets.pictures.picture import Picture


class PicturePane(Vertical):
    """A picture with a line above it that says what it is, or why there is none."""

    DEFAULT_CSS = "PicturePane { width: 1fr; height: 1fr; }"

    def compose(self) -> ComposeResult:
        """The line and the picture."""
        yield Static("", markup=False, classes="picture-name")
        yield Picture()

    def show(self, draw: Draw | None, name: Content) -> None:
        """Show a picture."""
        self.query_one(".picture-name", Static).update(name)
        self.query_one(Picture).show(draw)


class EvidenceSource:
    """What results say of the open campaign, fetched once it is to be seen.

    Args:
        ui: the application.
        changed: called when it came.
    """

    def __init__(self, ui: Ui, changed: Callable[[], None]) -> None:
        self._feed = PictureFeed(ui, changed)
        self._last: Evidence | None = None
        self._of = ""
        self.why = ""

    def get(self, view: CampaignView) -> Evidence | None:
        """What is known: of an earlier event while the new one is computed; None: nothing yet."""
        if view.name != self._of:
            self._of, self._last = view.name, None
        wanted = Wanted(
            ("evidence", view.name, view.seq), "pictures.evidence", {"campaign": view.name}
        )
        told = self._feed.get("evidence", wanted)
        if isinstance(told, DesignerError):
            self._last, self.why = None, str(told.problems[0]) if told.problems else str(told)
        elif told is not None:
            self._last, self.why = cast("Evidence", told), ""
        return self._last


class EvidencePane(PicturePane):
    """Pictures of a campaign, one at a time."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._source: EvidenceSource | None = None
        self._picture = 0
        self._response = 0

    @property
    def shows(self) -> int:
        """Number of the picture that is shown, from 0."""
        return self._picture

    def turn(self, steps: int = 1) -> bool:
        """Show the next picture; whether that was the first one again."""
        found = self._pictures()
        self._picture = (self._picture + steps) % len(found) if found else 0
        self.renew()
        return self._picture == 0

    def turn_response(self, steps: int = 1) -> None:
        """Show another response."""
        self._response += steps
        self.renew()

    def _evidence(self) -> Evidence | None:
        ui = cast("Ui", self.app)
        if self._source is None:
            self._source = EvidenceSource(ui, self.renew)
        return None if ui.view is None else self._source.get(ui.view)

    def _pictures(self) -> list[EvidencePicture]:
        found = self._evidence()
        if found is None or not found["responses"]:
            return []
        names = [*found["responses"]]
        return pictures(found, names[self._response % len(names)])

    def renew(self) -> None:
        """Show what there is, if anybody sees it."""
        if not self.is_mounted or not self.display or not self.app.is_running:
            return
        found, told = self._evidence(), self._pictures()
        if found is None or not told:
            why = self._source.why if self._source is not None else ""
            words = why or ("learning from the results …" if found is None else "nothing yet")
            self.show(None, Content.styled(words, "$quiet"))
            return
        self._picture = min(self._picture, len(told) - 1)
        picture = told[self._picture]
        view = cast("Ui", self.app).view
        late = view is not None and found["seq"] != view.seq
        self.show(
            picture.draw,
            Content.assemble(
                (picture.name, "bold $text-primary"),
                (f"  {self._picture + 1} of {len(told)} · p next", "$quiet"),
                (" · y next response" if picture.by_response else "", "$quiet"),
                (f" · of event {found['seq']}, renewed now" if late else "", "$text-warning"),
            ),
        )

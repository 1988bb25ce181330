"""The wizard: a specification page by page, checked by the real loader, written and created."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Checkbox, Input, Select, Static

from designer.campaigns.errors import DesignerError, Problem
from designer.render.words import plain_texts
from designer.tui.dialogs.begin.spec_draft import SpecDraft
from designer.tui.dialogs.begin.spec_pages import PAGES
from designer.tui.dialogs.begin.wizard_page import FILE, LAST, WizardPage
from designer.tui.dialogs.form import quoted
from designer.tui.dialogs.modal import Modal
from designer.tui.widgets.cell_rows import CellInput, CellRows
from designer.tui.widgets.path_field import complete_or_go_on
from designer.tui.widgets.type_ahead import FIELD_BINDINGS, after_typing

Tables = Mapping[str, Any]


@dataclass(frozen=True)
class WizardTools:
    """What the wizard does not know itself; all but `keep` may wait for a disk.

    Attributes:
        sources: (shown, value) of what one can begin from.
        tables_of: tables of such a source, or of a template file.
        taken: what is wrong with a name that the store has already.
        keep: keeps the draft.
        finish: writes the file and creates the campaign, given whether to overwrite; its name.
        title: of all pages.
        do: what `finish` does, in words.
        told: what is said above the file when it is reached.
        command: the command line that does the same.
        anew: what to begin with when everything that was typed is forgotten.
    """

    sources: Sequence[tuple[str, str]]
    tables_of: Callable[[str], Tables]
    taken: Callable[[str], Sequence[Problem]]
    keep: Callable[[SpecDraft], None]
    finish: Callable[[SpecDraft, bool], str]
    title: str = "New campaign"
    do: str = "create the campaign"
    told: Callable[[SpecDraft], Sequence[str]] = lambda _draft: ()
    command: Callable[[SpecDraft], str] = lambda draft: quoted("init", draft.path)
    anew: Callable[[], SpecDraft] = SpecDraft


class WizardModal(Modal[str]):
    """Asks for a specification page by page; closes with the name of the campaign."""

    AROUND: ClassVar[int] = 5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "go_on", "Go on", priority=True),
        Binding("escape", "go_back", "Back"),
        Binding("enter", "next_field", "Next", show=False, priority=True),
        Binding("up", "row(-1)", show=False, priority=True),
        Binding("down", "row(1)", show=False, priority=True),
        Binding("ctrl+n", "anew", "Begin anew", show=False, priority=True),
        *FIELD_BINDINGS[1:],
        Binding("tab", "complete", "Next field", show=False, priority=True),
    ]

    def __init__(self, draft: SpecDraft, tools: WizardTools) -> None:
        super().__init__()
        self._draft, self._tools = draft, tools
        draft.page = min(draft.page, LAST - 1)  # the file is only shown of what was checked
        self._working = False
        self._told: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """Title, the page, what a cell is for, keys."""
        with Vertical(id="modal"):
            yield Static("", markup=False, id="modal-title")
            with VerticalScroll(id="modal-body", can_focus=False):
                yield WizardPage(self._draft, self._tools.sources)
            yield Static("", markup=False, id="cell-about")
            yield Static("", markup=False, id="modal-same")
            yield Static("", markup=False, id="modal-keys")

    def on_mount(self) -> None:
        """Begin where the draft was left."""
        self._present()

    @property
    def page(self) -> WizardPage:
        """The page that is open."""
        return self.query_one(WizardPage)

    async def _turn(self, number: int) -> None:
        """Show another page of the draft, and keep that."""
        self._draft.page = number
        self._tools.keep(self._draft)
        body = self.query_one("#modal-body", VerticalScroll)
        await body.remove_children()
        await body.mount(WizardPage(self._draft, self._tools.sources, self._told))
        body.scroll_home(animate=False)
        self._present()

    def _present(self) -> None:
        """What stands around the page; go to its first field."""
        draft = self._draft
        title = "The file" if self.page.is_last else PAGES[draft.page].title
        head = f"{self._tools.title} · {draft.page + 1} of {LAST + 1}: {title}"
        self.query_one("#modal-title", Static).update(Content(head))
        do = self._tools.do if self.page.is_last else "go on"
        back = "back" if draft.page else "leave (kept)"
        keys = f"ctrl+s: {do}   enter: next field   esc: {back}   ctrl+n: anew"
        self.query_one("#modal-keys", Static).update(Content(keys))
        self._show_command()
        fields = self.query("#modal-body Input, #modal-body Select")
        cells = self.query(CellInput)
        (cells or fields).first().focus()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    @on(CellRows.Typed)
    def _keep(self) -> None:
        # what a page that is going away still says is not of the page to come
        if self.query(WizardPage) and self.page.number == self._draft.page:
            self.page.take()
            self._tools.keep(self._draft)
            self._show_command()

    def _show_command(self) -> None:
        same = self.query_one("#modal-same", Static)
        same.display = self.page.is_last
        if self.page.is_last:
            self.page.take()
            same.update(Content(plain_texts(f"same as: {self._tools.command(self._draft)}")))

    def on_descendant_focus(self) -> None:
        """Say what is to be typed."""
        cell = self.focused
        column = cell.column if isinstance(cell, CellInput) else None
        told = "" if column is None else f"{column.title}: {column.about}"
        self.query_one("#cell-about", Static).update(Content(told))

    # ---- keys -------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lists and boxes have their own use for enter and arrows."""
        if action == "next_field":
            return isinstance(self.focused, Input)
        if action == "row":
            return isinstance(self.focused, CellInput)
        return super().check_action(action, parameters)

    async def action_complete(self) -> None:
        """Complete a path; else go to the next field."""
        await complete_or_go_on(self)

    def action_next_field(self) -> None:
        """Go to the next field; from the last one, or a row that is empty: go on."""
        cell, inputs = self.focused, list(self.query(Input))
        behind = isinstance(cell, CellInput) and self.query_one(CellRows).is_behind(cell)
        if behind or (not self.query(CellRows) and cell is inputs[-1]):
            self.action_go_on()
        else:
            self.focus_next()

    def action_row(self, rows: int) -> None:
        """Go to the row below or above."""
        if isinstance(self.focused, CellInput):
            self.query_one(CellRows).move(self.focused, rows)

    async def action_go_back(self) -> None:
        """To the page before; from the first: leave, what was typed is kept."""
        if self._working:
            return
        self.page.take()
        self._tools.keep(self._draft)
        if self._draft.page == 0:
            self.dismiss(None)
        else:
            await self._turn(self._draft.page - 1)

    async def action_anew(self) -> None:
        """Forget everything that was typed."""
        if not self._working:
            self._draft = await asyncio.to_thread(self._tools.anew)
            await self._turn(0)

    def action_go_on(self) -> None:
        """Check the page, once; go to the next, or create the campaign."""
        after_typing(self.query(Input), self._begin)

    def _begin(self) -> None:
        if not self._working and self.query(WizardPage):
            self._working = True
            self.page.take()
            self.run_worker(self._go_on(), group="wizard")

    async def _go_on(self) -> None:
        try:
            if self.page.is_last:
                force = self.query_one("#ask-force", Checkbox).value
                self.dismiss(await asyncio.to_thread(self._tools.finish, self._draft, force))
            elif problems := await self._check():
                self.page.mark(problems)
            else:
                await self._turn(self._draft.page + 1)
        except DesignerError as error:
            self.page.mark(error.problems)
        finally:
            self._working = False

    async def _check(self) -> Sequence[Problem]:
        """What is wrong up to this page; a template that was chosen anew is read before."""
        draft = self._draft
        if draft.page == 0 and self._tools.sources:
            source = self.page.value("source")
            told = draft.fields.get("template", "") if source == FILE else source
            if told != draft.source:
                draft.begin_from(await asyncio.to_thread(self._tools.tables_of, told), told)
        upto = None if draft.page == LAST - 1 else draft.page
        found = await asyncio.to_thread(draft.problems, upto)
        found += await asyncio.to_thread(self._tools.taken, draft.fields.get("name", ""))
        if upto is None and not found:
            self._told = await asyncio.to_thread(self._tools.told, draft)
        return found

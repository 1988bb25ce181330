"""One modal for everything that asks for a few values before it acts.

What was typed stays until the service has accepted it: a refusal is shown inside the modal.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Checkbox, Input, Select, Static

from designer.campaigns.errors import DesignerError
from designer.render.words import plain_texts
from designer.tui.dialogs.modal import Modal, Tick
from designer.tui.ui import Ui
from designer.tui.widgets.path_field import PathField, complete_or_go_on
from designer.tui.widgets.type_ahead import FIELD_BINDINGS, after_typing

Values = dict[str, str]
_OPTION = re.compile("--[a-z-]+")
_SOON = 0.4  # s before a form says that it is not done yet (assumption)
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Ask:
    """One value asked for.

    Attributes:
        name: key of the value.
        label: shown before it.
        value: to begin with; ``yes`` for a ticked box.
        placeholder: shown while it is empty.
        options: (shown, value) pairs to choose from; None: free text.
        suggestions: completed with the right arrow.
        tick: a box to tick; its value is ``yes`` or empty.
        path: the path of a file, which tab completes.
    """

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    options: Sequence[tuple[str, str]] | None = None
    suggestions: Sequence[str] = ()
    tick: bool = False
    path: bool = False


@dataclass(frozen=True)
class Question(Generic[Answer]):
    """What a modal shows and does.

    Attributes:
        title: first line.
        asks: the values.
        text: lines that explain.
        submit: carries it out with the values, in a thread; raises `DesignerError`.
        do: word for doing it.
        same_as: the command line that does the same, from the values.
        keep: told what is typed at every key, so that leaving loses nothing.
        back: word for leaving it.
    """

    title: str
    asks: Sequence[Ask]
    submit: Callable[[Values], Answer]
    text: str = ""
    do: str = "Save"
    same_as: Callable[[Values], str] | None = None
    keep: Callable[[Values], None] | None = None
    back: str = "leave"


class FormModal(Modal[Answer]):
    """Asks, carries out, and closes with the answer; closes with None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Do it", priority=True),
        Binding("escape", "leave", "Leave"),
        Binding("enter", "next_field", "Next", show=False, priority=True),
        *FIELD_BINDINGS[1:],
        Binding("tab", "complete", "Next field", show=False, priority=True),
    ]

    def __init__(self, question: Question[Answer]) -> None:
        super().__init__()
        self._question = question
        self._working = False

    def compose(self) -> ComposeResult:
        """Title, text, fields, the same as a command line, what is wrong, keys."""
        question = self._question
        with Vertical(id="modal"):
            yield Static(plain_texts(question.title), markup=False, id="modal-title")
            with VerticalScroll(id="modal-body", can_focus=not question.asks):
                if question.text:
                    yield Static(plain_texts(question.text), markup=False, id="modal-text")
                yield from fields_of(question.asks)
                yield Static("", markup=False, id="modal-wrong")
            yield Static("", markup=False, id="modal-same")
            yield Static(self._keys, markup=False, id="modal-keys")

    def on_mount(self) -> None:
        """Begin in the first field."""
        self.query_one("#modal-wrong").display = False
        fields = self.query("#modal-body Input, #modal-body Select, #modal-body Checkbox")
        if fields:
            fields.first().focus()
        else:
            self.query_one("#modal-body").focus()
        self._show_command()

    @property
    def _keys(self) -> str:
        do = self._question.do
        several = len(self._question.asks) > 1
        lists = several and all(ask.options is not None for ask in self._question.asks)
        enter = "enter: open the list   tab: next" if lists else "enter: next field"
        act = f"ctrl+s: {do}   {enter}" if several else f"enter or ctrl+s: {do}"
        return f"{act}   esc: {self._question.back}"

    @property
    def values(self) -> Values:
        """What is in the fields."""
        found: Values = {}
        for ask in self._question.asks:
            widget = self.query_one(f"#ask-{ask.name}")
            if isinstance(widget, Input):
                found[ask.name] = widget.value.strip()
            elif isinstance(widget, Checkbox):
                found[ask.name] = "yes" if widget.value else ""
            elif isinstance(widget, Select):
                found[ask.name] = "" if widget.value is Select.NULL else str(widget.value)
        return found

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _show_command(self) -> None:
        if self._question.keep is not None:
            self._question.keep(self.values)
        if self._question.same_as is not None:
            command = self._question.same_as(self.values)
            self.query_one("#modal-same", Static).update(
                Content(plain_texts(f"same as: {command}"))
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lists and boxes have their own use for enter."""
        if action == "next_field":
            return isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def action_next_field(self) -> None:
        """Go to the next field to type in; from the last one: act."""
        inputs = list(self.query(Input))
        if self.focused is inputs[-1]:
            self.action_submit()
        elif isinstance(self.focused, Input):
            self.set_focus(inputs[inputs.index(self.focused) + 1])

    async def action_complete(self) -> None:
        """Complete a path; else go to the next field."""
        await complete_or_go_on(self)

    def key_enter(self) -> None:
        """Enter acts where there is nothing to type."""
        if not self._question.asks:
            self.action_submit()

    def action_leave(self) -> None:
        """Close without doing anything; while it is being done: stop what is computed for it."""
        if not self._working:
            self.dismiss(None)
        elif isinstance(self.app, Ui) and self.app.jobs.busy:
            self.run_worker(self.app.jobs.cancel(), group="cancel")

    def action_submit(self) -> None:
        """Carry it out, once."""
        after_typing(self.query(Input), self._begin)

    def _begin(self) -> None:
        if not self._working:
            self._working = True
            self.run_worker(self._carry_out(self.values), group="submit")

    async def _carry_out(self, values: Values) -> None:
        keys = self.query_one("#modal-keys", Static)
        waits = self.set_timer(_SOON, lambda: keys.update(Content("◔ working …   esc: stop it")))
        try:
            answer = await asyncio.to_thread(self._question.submit, values)
        except DesignerError as error:
            wrong = self.query_one("#modal-wrong", Static)
            wrong.update(problems_text(error))
            wrong.display = True
            wrong.scroll_visible(animate=False)
        else:
            self.dismiss(answer)
        finally:
            self._working = False
            waits.stop()
            keys.update(Content(self._keys))


def problems_text(error: DesignerError) -> Content:
    """Every problem of an error, one below the other."""
    told = [plain_texts(str(problem)) for problem in error.problems]
    lines = [Content.styled(f"✗ {problem}", "$text-error") for problem in told]
    return Content("\n").join(lines)


def fields_of(asks: Iterable[Ask]) -> ComposeResult:
    """The fields of several values, one below the other; ``#ask-`` and the name is each."""
    for ask in asks:
        yield from _field(ask)


def _field(ask: Ask) -> ComposeResult:
    key = f"ask-{ask.name}"
    if ask.tick:
        yield Tick(Content(plain_texts(ask.label)), ask.value == "yes", id=key, compact=True)
        return
    with Horizontal(classes="ask -path" if ask.path else "ask"):
        yield Static(plain_texts(ask.label), markup=False, classes="ask-label")
        if ask.options is not None:
            # rich's Text: a list finds what is typed in no other
            options = [(Text(plain_texts(shown)), value) for shown, value in ask.options]
            value = ask.value or ask.options[0][1]
            yield Select(options, value=value, allow_blank=False, compact=True, id=key)
            return
        if ask.path:
            yield PathField(ask.value, ask.placeholder, key)
            return
        known = SuggestFromList(ask.suggestions, case_sensitive=False) if ask.suggestions else None
        yield Input(
            ask.value,
            plain_texts(ask.placeholder),
            suggester=known,
            compact=True,
            select_on_focus=False,
            id=key,
        )


class TextModal(Modal[None]):
    """Shows a text: help, or what went wrong."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark", "dismiss", "Close"),
    ]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, text, key."""
        with Vertical(id="modal"):
            yield Static(plain_texts(self._title), markup=False, id="modal-title")
            with VerticalScroll(id="modal-body"):
                yield Static(self._text)
            yield Static("esc: close", markup=False, id="modal-keys")


def quoted(*words: str, options: Mapping[str, str] | None = None) -> str:
    """A command line as one would type it."""
    line = ["designer", *words]
    for option, value in (options or {}).items():
        line += [option, value] if value else []
    return " ".join(word if _OPTION.fullmatch(word) else shlex.quote(word) for word in line)

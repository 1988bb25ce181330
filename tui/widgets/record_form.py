"""The form of one run, built from the specification: what was measured, what was really used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from designer.campaigns.errors import Problem
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.specification.parts import Response, range_text
from designer.render.words import moment, number, plain_texts, with_unit
from designer.tui.campaign_view import CampaignView
from designer.tui.widgets.common import ACTOR, shortened
from designer.tui.widgets.paste import CellsInput
from designer.tui.widgets.record_text import is_locked
from designer.tui.widgets.run_text import predicted_text

_RUN: Final = re.compile(r"R\d+: ")  # remarks name their run first
LABEL_WIDTH: Final = 26  # cells of a label without its padding


@dataclass(frozen=True)
class FormRow:
    """One field of the form.

    Attributes:
        key: ``response:porosity``, ``setting:coating_gap``, ``batch:slurry``, ``at``, ``note``.
        label: name and unit.
        placeholder: shown while it is empty.
        hint: behind the field.
        recorded: whether a value is there already.
    """

    key: str
    label: str
    placeholder: str
    hint: str = ""
    recorded: bool = False


def rows_of(view: CampaignView, run: RunObject) -> list[tuple[str, list[FormRow]]]:
    """Fields by section."""
    spec = view.spec
    used = [
        FormRow(f"setting:{item.name}", with_unit(item.name, item.unit),
            number(run["used"].get(item.name, run["given"].get(item.name))), item.allowed)
        for item in spec.inputs
    ]  # fmt: skip
    batches = [
        FormRow(f"batch:{stage.name}", f"{stage.name} batch", run["batch"].get(stage.name, ""))
        for stage in spec.stages
    ]
    at = "" if run["made_at"] is None else moment(run["made_at"])
    more = [FormRow("at", "made at", at, "as 2026-03-01T14:30"), FormRow("note", "note", "")]
    return [
        ("Measured", [_response_row(view, response, run) for response in spec.responses]),
        ("Really used (blank: as planned)", [*used, *batches]),
        ("", more),
    ]


def _response_row(view: CampaignView, response: Response, run: RunObject) -> FormRow:
    label, key = with_unit(response.name, response.unit), f"response:{response.name}"
    values = run["measurements"].get(response.name)
    if response.name in run["never"]:
        return FormRow(key, label, "none", "will never be measured", recorded=True)
    if values:
        last = values[-1]
        shown = " / ".join(map(number, run["results"][response.name]))
        who = shortened(last["actor"], ACTOR)
        return FormRow(key, label, shown, f"{who}, {moment(last['at'])}", recorded=True)
    expected = predicted_text(view, run, response.name)
    hint = f"predicted {expected}" if expected else ""
    possible = "" if response.possible is None else range_text(response.possible, None)
    return FormRow(key, label, possible, hint)


class FormField(Horizontal):
    """A label, an input and a hint."""

    def __init__(self, row: FormRow) -> None:
        super().__init__()
        self.row = row
        self.input = CellsInput(placeholder=row.placeholder, compact=True, select_on_focus=False)
        self._hint = Static(row.hint, markup=False, classes="field-hint")

    def compose(self) -> ComposeResult:
        """Three parts."""
        label = shortened(self.row.label, LABEL_WIDTH)
        yield Static(label, markup=False, classes="field-label")
        yield self.input
        yield self._hint

    def renew(self, row: FormRow, *, locked: bool) -> None:
        """Show what is known now; what was typed stays."""
        self.row = row
        self.input.placeholder = row.placeholder
        self._hint.update(Content(row.hint))
        # typed text stays reachable when somebody else recorded the value meanwhile
        self.input.disabled = locked and not self.input.value

    def restore(self, text: str) -> None:
        """Put in what was typed earlier: chosen as a whole, so that a key begins anew."""
        self.input.disabled = False
        self.input.value = text
        self.input.select_on_focus = True
        if self.input.has_focus:
            self.input.action_select_all()

    @on(Input.Changed)
    def _typed_anew(self, event: Input.Changed) -> None:
        """What is typed now is gone on with when the field is come back to."""
        if event.input.has_focus:
            event.input.select_on_focus = event.input.selected_text == event.value != ""

    def mark(self, *, bad: str | None = None, odd: str | None = None) -> None:
        """Red for what cannot be, amber for what surprises, and why in the place of the hint."""
        self.set_class(bad is not None, "-bad")
        self.set_class(bad is None and odd is not None, "-odd")
        why = f"✗ {bad}" if bad is not None else f"! {odd}" if odd is not None else self.row.hint
        self._hint.update(Content(why))


class RecordForm(VerticalScroll, can_focus=False, inherit_bindings=False):
    """All fields of one run."""

    @property
    def fields(self) -> dict[str, FormField]:
        """Fields by key."""
        return {field.row.key: field for field in self.query(FormField)}

    @property
    def typed(self) -> dict[str, str]:
        """What is in the fields, blanks left out."""
        return {
            key: field.input.value
            for key, field in self.fields.items()
            if field.input.value.strip()
        }

    async def build(self, view: CampaignView, run: RunObject) -> None:
        """Make the fields of a specification."""
        widgets: list[Widget] = []
        for title, rows in rows_of(view, run):
            if title:
                widgets.append(Static(title, markup=False, classes="section"))
            widgets += map(FormField, rows)
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)
        self.renew(view, run, replicate=False)

    def turn_to(self, view: CampaignView, run: RunObject) -> None:
        """Use the same fields for another run."""
        for field in self.fields.values():
            field.input.value = ""
            field.mark()
        self.renew(view, run, replicate=False)

    def fill(self, draft: Mapping[str, str]) -> None:
        """Put in what was typed earlier, where nothing was typed meanwhile."""
        for key, field in self.fields.items():
            if draft.get(key) and not field.input.value:
                field.restore(draft[key])

    def renew(self, view: CampaignView, run: RunObject, *, replicate: bool) -> None:
        """Take in what changed about the run; what was typed stays."""
        fields = self.fields
        for _, rows in rows_of(view, run):
            for row in rows:
                if row.key in fields:
                    known = row.recorded and not replicate
                    done = is_locked(run, row.key, replicate=replicate)
                    fields[row.key].renew(row, locked=known or done)
                    fields[row.key].set_class(done or row.recorded, "-recorded")

    @on(CellsInput.Pasted)
    def _fill_pasted(self, event: CellsInput.Pasted) -> None:
        """Put cells into the fields from one on; those that are read only are passed over."""
        event.stop()
        fields = [field for field in self.query(FormField) if not field.input.disabled]
        first = next((k for k, field in enumerate(fields) if field.input is event.field), 0)
        room = fields[first:]
        for field, cell in zip(room, event.cells, strict=False):
            if cell:
                field.input.value = cell
        left = len(event.cells) - len(room)
        told = f"{min(len(room), len(event.cells))} cells went into the fields from here on"
        if left > 0:
            self.app.notify(f"{told}; {left} had no field left", severity="warning")
        else:
            self.app.notify(f"{told}: look at them before you save")
        if room:
            room[min(len(room), len(event.cells)) - 1].input.focus()

    def focus_first(self) -> None:
        """Begin in the first field that can be typed in."""
        for field in self.query(FormField):
            if not field.input.disabled:
                field.input.focus()
                return
        self.screen.set_focus(None)  # then letters are keys

    def focus_on(self, sentences: Iterable[str]) -> None:
        """Go to the first field that one of the service's sentences is about."""
        key = next(filter(None, map(self._key_of, sentences)), None)
        if key is not None:
            self.fields[key].input.focus()

    def mark(self, problems: Iterable[Problem] = (), warnings: Iterable[str] = ()) -> None:
        """Colour the fields that the service's sentences are about, and say why beside them."""
        bad = {self._key_of(problem.where): plain_texts(problem.what) for problem in problems}
        odd = {self._key_of(text): _reason(text) for text in reversed([*warnings])}
        for key, field in self.fields.items():
            field.mark(bad=bad.get(key), odd=odd.get(key))

    def _key_of(self, text: str) -> str | None:
        """The field a sentence of the service is about, from the names in it."""
        for key in self.fields:
            kind, _, name = key.partition(":")
            words = {"batch": f"batch of {name}", "at": "time", "note": "note"}.get(kind, name)
            place = text.partition(", ")[2] if text.startswith("run ") else _RUN.sub("", text)
            if place == words or place.startswith((f"{words}:", f"{words} ")):
                return key
        return None


def _reason(remark: str) -> str:
    """What is odd, without the run, the name and the value, which stand beside it."""
    place = _RUN.sub("", remark)
    return place.partition(" is ")[2] or place.partition(": ")[2] or place

"""Files that go out: plan to fill in, sheet to print, data, events, specification."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path
from typing import Final, cast

from textual import on
from textual.content import Content
from textual.widgets import Input, Select

from designer.campaigns.errors import DesignerError, InputError
from designer.campaigns.files import FileInMemory
from designer.render.words import plain_texts
from designer.service.answers import ExportAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import worker_call
from designer.tui.dialogs.form import Ask, Question, Values, problems_text, quoted
from designer.tui.dialogs.live_form import LiveForm, Teller
from designer.tui.ui import Ui

_KINDS: Final = {
    "plan": ("plan: runs to be made, with blank results", "plan"),
    "sheet": ("run sheet to print: .html, or .md", "plan"),
    "book": ("plan book: .xlsx, prints on the width of a page", "plan"),
    "data": ("data: every measurement", "data"),
    "events": ("events: the log", "events"),
    "spec": ("spec: specification", "spec"),
}
"""What is asked for, in words, and as ``--what``."""
_USUAL: Final = {
    "plan": "plan.csv", "sheet": "run-sheet.html", "book": "plan.xlsx", "data": "data.csv",
    "events": "events.csv", "spec": "spec.toml",
}  # fmt: skip
_READABLE: Final = {".html": ".md", ".xlsx": ".csv"}  # formats that are shown as another
_SHOWN = 60  # lines of a preview


async def export(ui: Ui) -> None:
    """Write a file; the folder is the one the program was started in."""
    view = campaign_view(ui)
    compute = worker_call(ui, "writing the file")

    def submit(values: Values) -> ExportAnswer:
        path = _path(values)
        told: dict[str, object] = {
            "what": _KINDS[values["what"]][1],
            "plan": values["plan"] or None,
            "decimal": "comma" if values["comma"] else "point",
            "force": values["force"] == "yes",
        }
        if values["judge"]:  # what the plan is worth is computed
            asked = {"campaign": view.name, "path": str(path), "judge": True, **told}
            return cast("ExportAnswer", compute("campaigns.export", asked))
        return ui.service.campaigns.export(
            view.name,
            path,
            what=str(told["what"]),
            plan=values["plan"] or None,
            decimal="comma" if values["comma"] else "point",
            force=values["force"] == "yes",
        )

    async def tell(values: Values) -> Content:
        try:
            lines = await asyncio.to_thread(first_lines, ui, view, values)
        except DesignerError as error:
            return problems_text(error)
        return Content("\n".join(lines))

    question = Question(
        f"Export from {view.title}",
        _asks(view),
        submit,
        text=f"Folder: {Path.cwd()}",
        do="write it",
        same_as=lambda values: export_command(view, values),
    )
    answer = await ui.show_modal(ExportForm(question, tell, view))
    if answer is not None:
        ui.notify(f"{answer['file']} written, {answer['rows']} rows")


def _asks(view: CampaignView) -> list[Ask]:
    plans = [("all open runs", ""), *((p["plan"], p["plan"]) for p in view.details["plans"])]
    kinds = [(words, kind) for kind, (words, _) in _KINDS.items()]
    return [
        Ask("what", "What", "plan", options=kinds),
        Ask("path", "File", str(_usual(view, "plan")), path=True),
        Ask("force", "overwrite a file that is there", tick=True),
        Ask("comma", "decimal commas, semicolons between cells (.csv)", tick=True),
        Ask("judge", "tell what the plan is worth, too (.xlsx, .html, .md)", tick=True),
        Ask("plan", "Runs of", "", options=plans),
    ]


def _usual(view: CampaignView, kind: str) -> str:
    """What a file of a kind is called as a rule."""
    safe = re.sub(r"[^\w.-]+", "-", view.name)
    return f"{safe}-{_USUAL[kind]}"


def _path(values: Values) -> Path:
    """The path that was typed.

    Raises:
        InputError: nothing was.
    """
    if not values["path"]:
        allowed = "a path ending in .csv, .xlsx, .html, .md or .json"
        raise InputError.at("file", "is missing", allowed=allowed)
    return Path(values["path"]).expanduser()


def export_command(view: CampaignView, values: Values) -> str:
    """The command line that writes the same."""
    return quoted(
        "export", view.name, values["path"],
        *(["--decimal", "comma"] if values["comma"] else []),
        *(["--force"] if values["force"] else []),
        *(["--judge"] if values["judge"] else []),
        options={"--what": _KINDS[values["what"]][1], "--plan": values["plan"]},
    )  # fmt: skip


def first_lines(ui: Ui, view: CampaignView, values: Values) -> list[str]:
    """How the file would begin; a page as its text, a workbook as its table.

    Raises:
        DesignerError: it cannot be written so.
    """
    path = _path(values)
    suffix = path.suffix.lower()
    exported = FileInMemory(path.name, suffix)
    ui.service.campaigns.export(view.name, exported, what=_KINDS[values["what"]][1],
                                plan=values["plan"] or None,
                                decimal="comma" if values["comma"] else "point")  # fmt: skip
    shown = exported
    if suffix in _READABLE:
        shown = FileInMemory(path.name, _READABLE[suffix])
        ui.service.campaigns.export(
            view.name, shown, what=_KINDS[values["what"]][1], plan=values["plan"] or None
        )
    text = shown.content.decode("utf-8-sig", "replace")
    if shown.suffix == ".md" != suffix:  # what it says, not how it is marked
        text = unescape(re.sub(r"\*\*|\\(?=[*_|#\[\]])", "", text))
    lines = text.splitlines()
    told = f"{path.name}: {len(exported.content)} bytes"
    there = " · ! there is such a file" if path.exists() else ""
    more = f" · first of {len(lines)} lines" if len(lines) > _SHOWN else ""
    return [f"{told}{more}{there}", *(plain_texts(line) for line in lines[:_SHOWN])]


class ExportForm(LiveForm[ExportAnswer]):
    """Names the file as usual for what is asked for, as long as nobody has named it."""

    def __init__(self, question: Question[ExportAnswer], tell: Teller, view: CampaignView) -> None:
        super().__init__(question, tell)
        self._names = {kind: _usual(view, kind) for kind in _KINDS}

    @on(Select.Changed, "#ask-what")
    def _name_the_file(self, event: Select.Changed) -> None:
        field = self.query_one("#ask-path", Input)
        if field.value in self._names.values():
            field.value = self._names[str(event.value)]

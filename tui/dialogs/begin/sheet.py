"""A filled sheet, or a table of runs nobody proposed, after a look at what would change."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from designer.campaigns.errors import Findings
from designer.campaigns.tables.options import TableOptions
from designer.service.answers import AttachedAnswer, ImportAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import (
    ask_and_preview,
    file_of,
    last_typed,
    say_done,
    worker_call,
)
from designer.tui.dialogs.begin.previews import Brought, brings, brought_lines
from designer.tui.dialogs.begin.table_options import read_table_options, table_asks, table_words
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_KINDS = (
    ("a filled plan sheet, by run id", "import"),
    ("a table of runs nobody proposed", "attach"),
)


async def import_sheet(ui: Ui) -> None:
    """Ask for a sheet, show what it would change, and record that."""
    view, key = campaign_view(ui), f"import {campaign_view(ui).name}"
    compute = worker_call(ui, "reading the sheet")
    typed: Values = {}

    def carry_out(values: Values, *, dry_run: bool) -> Brought:
        typed.update(values)
        findings = Findings()
        options = read_table_options(values, TableOptions, findings)
        path = file_of(values["path"])
        findings.raise_if_any()
        told: dict[str, object] = {
            "campaign": view.name,
            "path": str(path),
            "options": asdict(options),
        }
        if values["kind"] == "attach":  # rows without results are judged: that computes
            return cast(
                "AttachedAnswer", compute("tables.attach_file", told | {"dry_run": dry_run})
            )
        switches = {
            "dry_run": dry_run,
            "attach_new": values["new"] == "yes",
            "force_settings": values["force"] == "yes",
        }
        if values["new"]:
            return cast("ImportAnswer", compute("tables.import_sheet", told | switches))
        return ui.service.tables.import_sheet(view.name, path, options=options, **switches)

    def question() -> Question[Brought]:
        return Question(
            f"Bring a sheet into {view.title}",
            _asks(last_typed(ui, key)),
            lambda values: carry_out(values, dry_run=True),
            text="First you see what would change; nothing is written before.",
            do="look at it",
            same_as=lambda values: sheet_command(view, values, dry_run=True),
        )

    def preview(answer: Brought) -> Question[Brought]:
        lines = brought_lines(answer)
        new = brings(answer)
        return Question(
            "Nothing is written yet" if new else "Nothing to write",
            (),
            lambda _values: carry_out(typed, dry_run=False) if new else answer,
            text="\n".join(lines),
            do="record it" if new else "close",
            same_as=lambda _values: sheet_command(view, typed, dry_run=not new),
        )

    done = await ask_and_preview(ui, key, question, preview)
    if done is not None and done["applied"]:
        await say_done(ui, "The sheet is recorded", done["messages"])


def _asks(last: dict[str, str]) -> list[Ask]:
    return [
        Ask("path", "File", last.get("path", ""), "plan.xlsx; tab completes", path=True),
        Ask("kind", "It is", last.get("kind", "import"), options=_KINDS),
        Ask("new", "rows without a run id become runs nobody proposed", last.get("new", ""),
            tick=True),
        Ask("force", "settings are right although they are of other runs", last.get("force", ""),
            tick=True),
        *table_asks(last),
    ]  # fmt: skip


def sheet_command(view: CampaignView, values: Values, *, dry_run: bool = False) -> str:
    """The command line that brings in the same."""
    switches = []
    if values["kind"] == "import":
        switches += ["--attach-new"] if values["new"] else []
        switches += ["--force-settings"] if values["force"] else []
    switches += ["--dry-run"] if dry_run else []
    return quoted(
        values["kind"], view.name, values["path"] or "FILE", *switches, *table_words(values)
    )

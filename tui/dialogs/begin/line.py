"""An earlier line from a file or another campaign, after a look at what would come in."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from pathlib import Path

from textual.content import Content

from designer.campaigns.earlier_lines.look import SeenColumn, look_at_columns
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.tables.columns import IGNORED
from designer.render.words import count, number, plain_texts, with_unit
from designer.service.answers import LineAddedAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import (
    ask_again,
    file_of,
    forget,
    last_typed,
    recall,
    say_done,
)
from designer.tui.dialogs.begin.previews import line_lines
from designer.tui.dialogs.begin.table_options import read_table_options, table_asks, table_words
from designer.tui.dialogs.computing import BLANKS, pairs_in
from designer.tui.dialogs.form import Ask, Question, Values, problems_text, quoted
from designer.tui.dialogs.live_form import LiveForm, Teller
from designer.tui.ui import Ui

_FILE = "file"
_CAMPAIGN = "campaign:"


class _Adding:
    """What adding a line knows while it goes on.

    Args:
        ui: the application.
        view: the campaign.
    """

    def __init__(self, ui: Ui, view: CampaignView) -> None:
        self.ui, self.view = ui, view
        self.typed: Values = {}

    def carry_out(self, values: Values, *, dry_run: bool) -> LineAddedAnswer:
        """Add the line, or tell what would be added."""
        mapping, source = self._read(values)
        name = values["name"] or None
        return self.ui.service.lines.add(
            self.view.name, source, name=name, mapping=mapping, dry_run=dry_run
        )

    def _read(self, values: Values) -> tuple[LineMapping, Path | str]:
        findings = Findings()
        lists = {name: pairs_in(values[name], BLANKS) for name in ("others", "extras")}
        mapping = read_table_options(values, LineMapping, findings, **lists)
        source = values["source"]
        path = None if source.startswith(_CAMPAIGN) else file_of(values["path"])
        if path is not None and not values["name"]:
            findings.report("name", "is missing", allowed="what the line is called")
        findings.raise_if_any()
        return mapping, path or source.removeprefix(_CAMPAIGN)

    def look(self, values: Values) -> list[SeenColumn]:
        """The columns of the file; of another campaign none, it is tried as it is."""
        self.typed = dict(values)
        mapping, source = self._read(values)
        if isinstance(source, str):
            self.carry_out(values, dry_run=True)
            return []
        return look_at_columns(source, self.view.spec, mapping)

    def with_columns(self, seen: Sequence[SeenColumn], chosen: Values) -> Values:
        """What was typed, with the columns that were chosen otherwise than they were read."""
        columns = dict(self._read(self.typed)[0].columns)
        for place, column in enumerate(seen):
            name = chosen.get(f"column-{place}", "")
            if name and name != (column.target or IGNORED):
                columns[column.header] = name
        pairs = [shlex.quote(f"{header}={name}") for header, name in columns.items()]
        return {**self.typed, "map": " ".join(pairs)}


async def add_line(ui: Ui) -> None:
    """Ask for a file, then which column is which, with what would come in, and add the line."""
    view, key = campaign_view(ui), f"lines add {campaign_view(ui).name}"
    listed = await ui.attempt(ui.reader.campaigns) or []
    others = [each["name"] for each in listed if each["name"] != view.name]
    adding = _Adding(ui, view)
    await recall(ui, key)
    while True:
        question = Question(
            f"Earlier line for {view.title}",
            _asks(last_typed(ui, key), others),
            adding.look,
            text="Data of another line make the first runs wiser. First you see what would come"
            " in; nothing is written before.",
            do="look at it",
            same_as=lambda values: line_command(view, values, dry_run=True),
        )
        seen = await ask_again(ui, key, question)
        if seen is None:
            return
        added = await ui.show_modal(ColumnsForm(_columns(adding, seen), _teller(adding, seen)))
        if added is not None:
            forget(ui, key)
            await say_done(ui, f"Line {added['line']} is added: {added['rows']} rows")
            return


def _columns(adding: _Adding, seen: Sequence[SeenColumn]) -> Question[LineAddedAnswer]:
    """Which column is which."""
    spec = adding.view.spec
    names = [item.name for item in (*spec.inputs, *spec.responses)]
    facts = [*(f"batch:{stage.name}" for stage in spec.stages), "made_at"]
    targets = [(with_unit(name, adding.view.units.get(name)), name) for name in names]
    options = [("– left out", IGNORED), *targets, *((fact, fact) for fact in facts)]
    known = {value for _, value in options}
    asks = [
        Ask(
            f"column-{place}",
            _about(column),
            column.target if column.target in known else IGNORED,
            options=options if column.target in known or column.target is None
            else [*options, (column.target, column.target)],
        )
        for place, column in enumerate(seen)
    ]  # fmt: skip
    return Question(
        f"{adding.typed['name'] or 'The line'}: nothing is written yet",
        asks,
        lambda chosen: adding.carry_out(adding.with_columns(seen, chosen), dry_run=False),
        do="add it",
        same_as=lambda chosen: line_command(adding.view, adding.with_columns(seen, chosen)),
        back="back",
    )


def _about(column: SeenColumn) -> str:
    if column.low is None or column.high is None:
        return f"{column.header}  ({count(column.filled, 'cell')})"
    return f"{column.header}  {number(column.low)} to {number(column.high)}"


def _teller(adding: _Adding, seen: Sequence[SeenColumn]) -> Teller:
    """What would come in, or what does not fit."""

    async def tell(chosen: Values) -> Content:
        try:
            values = adding.with_columns(seen, chosen)
            answer = await asyncio.to_thread(adding.carry_out, values, dry_run=True)
        except DesignerError as error:
            return problems_text(error)
        return Content(plain_texts("\n".join(line_lines(answer, adding.view.units))))

    return tell


class ColumnsForm(LiveForm[LineAddedAnswer]):
    """Columns of a file have long names."""


def _asks(last: dict[str, str], others: list[str]) -> list[Ask]:
    sources = [("a file: .csv, .xlsx or .ods", _FILE)]
    sources += [(f"campaign {name} of this store", f"{_CAMPAIGN}{name}") for name in others]
    known = [value for _, value in sources]
    source = last.get("source", _FILE)
    return [
        Ask("path", "File", last.get("path", ""), "old-line.xlsx; tab completes", path=True),
        Ask("name", "Name of the line", last.get("name", ""), "such as line2"),
        Ask("source", "Or from", source if source in known else _FILE, options=sources),
        *table_asks(last),
        Ask("others", "Categories --other", last.get("others", ""), "binder … (rows are kept)"),
        Ask("extras", "Columns --extra", last.get("extras", ""), "numbers only that line varied"),
    ]


def line_command(view: CampaignView, values: Values, *, dry_run: bool = False) -> str:
    """The command line that adds the same."""
    source = values["source"]
    is_file = not source.startswith(_CAMPAIGN)
    words = [values["path"] or "FILE"] if is_file else ["--from", source.removeprefix(_CAMPAIGN)]
    words += ["--name", values["name"]] if values["name"] else []
    options = table_words(values)
    for name in ("others", "extras"):
        names = pairs_in(values.get(name, ""), BLANKS)
        options += [f"--{name.rstrip('s')}", *names] if names else []
    return quoted("lines", "add", view.name, *words, *options, *(["--dry-run"] if dry_run else []))

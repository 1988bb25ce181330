"""An earlier line from a file or another campaign, after a look at what would come in."""

from __future__ import annotations

from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.errors import Findings
from designer.service.answers import LineAddedAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import ask_and_preview, file_of, last_typed, say_done
from designer.tui.dialogs.begin.previews import line_lines
from designer.tui.dialogs.begin.table_options import read_table_options, table_asks, table_words
from designer.tui.dialogs.computing import BLANKS, pairs_in
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_FILE = "file"
_CAMPAIGN = "campaign:"


async def add_line(ui: Ui) -> None:
    """Ask for a file, show which column is what and what does not fit, and add the line."""
    view, key = campaign_view(ui), f"lines add {campaign_view(ui).name}"
    listed = await ui.attempt(ui.reader.campaigns) or []
    others = [each["name"] for each in listed if each["name"] != view.name]
    typed: Values = {}

    def carry_out(values: Values, *, dry_run: bool) -> LineAddedAnswer:
        typed.update(values)
        findings = Findings()
        lists = {name: pairs_in(values[name], BLANKS) for name in ("others", "extras")}
        mapping = read_table_options(values, LineMapping, findings, **lists)
        source = values["source"]
        path = None if source.startswith(_CAMPAIGN) else file_of(values["path"])
        if path is not None and not values["name"]:
            findings.report("name", "is missing", allowed="what the line is called")
        findings.raise_if_any()
        return ui.service.lines.add(
            view.name,
            path or source.removeprefix(_CAMPAIGN),
            name=values["name"] or None,
            mapping=mapping,
            dry_run=dry_run,
        )

    def question() -> Question[LineAddedAnswer]:
        return Question(
            f"Earlier line for {view.title}",
            _asks(last_typed(ui, key), others),
            lambda values: carry_out(values, dry_run=True),
            text="Data of another line make the first runs wiser. First you see what would come"
            " in; nothing is written before.",
            do="look at it",
            same_as=lambda values: line_command(view, values, dry_run=True),
        )

    def preview(answer: LineAddedAnswer) -> Question[LineAddedAnswer]:
        return Question(
            f"Line {answer['line']}: nothing is written yet",
            (),
            lambda _values: carry_out(typed, dry_run=False),
            text="\n".join(line_lines(answer, view.units)),
            do="add it",
            same_as=lambda _values: line_command(view, typed),
        )

    added = await ask_and_preview(ui, key, question, preview)
    if added is not None:
        await say_done(ui, f"Line {added['line']} is added: {added['rows']} rows")


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

"""Exports: plans to be filled in, data, events, the specification.

The ending of the file chooses the format. A file is written completely or not at all, and never
over another one unless asked for.
"""

from __future__ import annotations

import codecs
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.files import File, FileInMemory, as_file, write_atomic
from designer.campaigns.log.events import canonical_json
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.data_sheet import data_json, data_rows, headers_with_units
from designer.campaigns.sheets.plan_facts import Worth
from designer.campaigns.sheets.plan_sheet import plan_json, plan_runs, plan_sheet
from designer.campaigns.sheets.run_object import Flags
from designer.campaigns.sheets.run_sheet.sheet import run_sheet
from designer.campaigns.specification.text import to_tables
from designer.campaigns.tables.formats.csv_file import csv_content
from designer.campaigns.tables.options import DecimalWord
from designer.render.words import unicode_escaped

_EVENT_COLUMNS = (
    "seq", "kind", "recorded_at", "actor", "program", "version", "event_id", "hash", "body",
)  # fmt: skip
_JUDGED = (".xlsx", ".html", ".md")
"""Formats of a plan that have room for what it is worth."""
_DECIMALS = ("comma", "point")
FORMATS: Mapping[str, tuple[str, ...]] = {
    "plan": (".csv", ".xlsx", ".json", ".html", ".md"),
    "data": (".csv", ".xlsx", ".json"),
    "events": (".csv", ".json"),
    "spec": (".toml", ".json"),
}
"""What can be exported, and in which formats each."""
_INSTEAD = {".xls": ".xlsx", ".xlsm": ".xlsx", ".ods": ".xlsx", ".xlsx": ".csv"}
"""What a spreadsheet reads as well; events may be too long for the cells of a workbook."""


def export(
    state: CampaignState,
    path: str | File,
    what: str = "plan",
    *,
    plan: str | None = None,
    decimal: DecimalWord = "point",
    force: bool = False,
    flags: Flags = MappingProxyType({}),
    judge: Callable[[], Worth] | None = None,
) -> int:
    """Write a part of a campaign to a file.

    - ``plan``: a sheet to be filled in (.csv), a workbook (.xlsx), a run sheet for the line (.html,
      .md), or ``propose --json`` again (.json);
    - ``data``: all results, one row per run and replicate (.csv, .xlsx), or per run with authors
      (.json);
    - ``events``: the whole record, nothing lost (.json), or its payload as JSON in a column (.csv);
    - ``spec``: the specification, the text as given (.toml), or all with defaults (.json).

    Args:
        state: the campaign.
        path: target; its folder must exist.
        what: one of `FORMATS`.
        plan: plan id; None: all runs that still wait for results.
        decimal: decimal mark of the numbers of a .csv; with commas, semicolons between its cells.
        force: replace an existing file.
        flags: what the models found odd, by run id; told in JSON and on run sheets.
        judge: finds what the plan is worth, which workbooks and run sheets tell then.

    Returns:
        Number of runs (``plan``, .json of ``data``), rows, or events; 1 for ``spec``.

    Raises:
        InputError: none of `FORMATS`, no such plan, nothing to write, unknown ending, or the file
            exists.
        StorageError: the file cannot be written.
    """
    wanted = _Export(state, as_file(path), what, plan, decimal, flags, judge)
    wanted.check()
    content, count = wanted.content()
    write_atomic(wanted.path, content, force=force)
    return count


@dataclass(frozen=True)
class _Export:
    """What is to be written, as `export` is asked for it."""

    state: CampaignState
    path: File
    what: str
    plan: str | None
    decimal: DecimalWord
    flags: Flags
    judge: Callable[[], Worth] | None

    @property
    def ending(self) -> str:
        """Ending of the file, which names its format."""
        return self.path.suffix.lower()

    def check(self) -> None:
        """Refuse what cannot be exported, or not like this."""
        what, ending = self.what, self.ending
        if what not in FORMATS:
            raise InputError.at("--what", "cannot be exported", what, ", ".join(FORMATS))
        if self.decimal not in _DECIMALS:
            found = repr(self.decimal)
            raise InputError.at("--decimal", "is no decimal mark", found, ", ".join(_DECIMALS))
        if self.plan is not None and what != "plan":
            raise InputError.at("--plan", f"has no meaning with --what {what}", self.plan)
        if ending not in FORMATS[what]:
            *some, last = FORMATS[what]
            instead, hint = _INSTEAD.get(ending), None
            if instead in FORMATS[what]:
                hint = "Spreadsheets open this, too: designer export"
                hint += f" {shlex.quote(self.state.spec.name)} {what}{instead} --what {what}"
            sentence, found = "cannot be written in this format", self.path.suffix or "no ending"
            allowed = f"{', '.join(some)} or {last}"
            raise InputError.at(self.path.name, f"{what} {sentence}", found, allowed, hint)
        if self.judge is not None and not (what == "plan" and ending in _JUDGED):
            where = f"in a file {ending}" if what == "plan" else f"with --what {what}"
            allowed = f"a plan as {', '.join(_JUDGED[:-1])} or {_JUDGED[-1]}"
            raise InputError.at("--judge", f"has no meaning {where}", allowed=allowed)
        if self.decimal == "comma" and ending != ".csv":
            what = f"has no meaning in a file {ending}"
            raise InputError.at("--decimal", what, self.decimal, ".csv")

    def content(self) -> tuple[bytes, int]:
        """The file, and how many runs, rows or events are in it."""
        if self.what == "plan":
            return self._plan()
        if self.what == "data":
            return self._data()
        if self.what == "events":
            return self._events(), len(self.state.events)
        as_json = self.ending == ".json"
        spec = self.state.spec
        return _json(to_tables(spec)) if as_json else _toml(spec.text), 1

    def _plan(self) -> tuple[bytes, int]:
        runs = plan_runs(self.state, self.plan)
        if self.ending == ".json":
            return _json(plan_json(self.state, runs, self.plan, self.flags)), len(runs)
        if self.ending == ".xlsx":
            from designer.campaigns.sheets.book.plan_book import plan_book

            return plan_book(self.state, runs, self._worth()), len(runs)
        if self.ending in (".html", ".md"):
            judged = self._worth()
            return run_sheet(self.state, runs, self.flags, self.ending, judged), len(runs)
        # The mark tells spreadsheets that µ is one letter; programs read a stream, and want none.
        mark = b"" if isinstance(self.path, FileInMemory) else codecs.BOM_UTF8
        return mark + csv_content(*plan_sheet(self.state, runs), self.decimal), len(runs)

    def _worth(self) -> Worth:
        return () if self.judge is None else self.judge()

    def _data(self) -> tuple[bytes, int]:
        if self.ending == ".json":
            tree, count = data_json(self.state, self.flags)
            return _json(tree), count
        columns, rows = data_rows(self.state)
        headers = headers_with_units(self.state.spec, columns)
        if self.ending == ".xlsx":
            from designer.campaigns.sheets.book.data_book import data_book

            return data_book(self.state, headers, rows), len(rows)
        named = ({headers[name]: value for name, value in row.items()} for row in rows)
        return csv_content([*headers.values()], named, self.decimal), len(rows)

    def _events(self) -> bytes:
        if self.ending == ".json":
            return _json(_events_json(self.state))
        stored = [event.as_stored for event in self.state.events]
        rows = [{**event, "body": canonical_json(event["body"])} for event in stored]
        return csv_content(_EVENT_COLUMNS, rows, self.decimal)


def _events_json(state: CampaignState) -> dict[str, Any]:
    """The whole record, nothing left out."""
    return {
        "campaign": state.spec.name,
        "campaign_id": state.campaign_id,
        "events": [event.as_stored for event in state.events],
        "head": state.head,
    }


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{unicode_escaped(text)}\n".encode()


def _toml(text: str) -> bytes:
    """A specification as it was given, with its own line ends."""
    return "\r\n".join(map(unicode_escaped, text.split("\r\n"))).encode()

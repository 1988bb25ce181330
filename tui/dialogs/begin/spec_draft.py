"""A specification as it is typed: texts in rows of cells, as TOML tables for the real loader.

What the pages do not show (mixtures, givens, knowledge of a template) is kept beside the cells, so
that nothing of a template is lost.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from designer.campaigns.errors import DesignerError, InputError, Problem
from designer.campaigns.specification.load import load_specification
from designer.campaigns.specification.text import FORMAT_VERSION, toml_text
from designer.campaigns.values.numbers import is_clear, number_text, parse_marked, plain
from designer.tui.dialogs.begin.spec_pages import PAGES, CellColumn, columns_of

Texts = dict[str, str]
Place = tuple[int, str]
"""Row and key of a cell; row -1: a field above the rows."""


FIELDS: Final = ("name", "line", "goal", "unit", "run", "budget")
"""Fields beside the rows: of [campaign] and [costs]."""
_COSTS: Final = ("unit", "run", "budget")
_PAIRS: Final = ("window", "possible")
_NUMBERS: Final = frozenset(
    {"change_cost", "usable_for", "most_runs", "low", "high", "step", "per_decade", "noise_sd",
     "run", "budget"}
)  # fmt: skip
_SHOWN: Final = {page.table: {c.key for c in columns_of(page.table)} for page in PAGES}
_ORDER: Final = (
    "stage", "factor", "given", "mixture", "response", "constraint",
)  # fmt: skip
_WHERE = re.compile(r"(?P<table>[a-z]+)(?:\[(?P<row>\d+)\])?(?:\.(?P<key>\w+))?")
_QUOTES = "Write numbers without quotes"  # a hint for files, not for cells
_HEAD = "# Written in the terminal UI; designer init --example explains every key.\n\n"


@dataclass
class SpecDraft:
    """What has been typed so far.

    Attributes:
        fields: by name of `FIELDS`.
        rows: cells by table.
        hidden: keys of the same rows that no column shows.
        rest: whole tables that no page shows, and hidden keys of [campaign] and [costs].
        source: what it was begun from.
        page: step that is open.
        path: file that is to be written.
    """

    fields: Texts = field(default_factory=dict)
    rows: dict[str, list[Texts]] = field(default_factory=dict)
    hidden: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    page: int = 0
    path: str = ""

    # ---- to and from a specification -------------------------------------------------------

    def begin_from(self, tables: Mapping[str, Any], source: str) -> None:
        """Take everything but name and line from the tables of a specification."""
        campaign, costs = dict(tables.get("campaign", {})), dict(tables.get("costs", {}))
        kept = {name: self.fields.get(name, "") for name in ("name", "line")}
        goal = self.fields.get("goal") or str(campaign.get("goal", ""))
        self.fields = kept | {"goal": goal} | {key: _text(costs.pop(key, None)) for key in _COSTS}
        for key in ("version", "name", "line", "goal"):
            campaign.pop(key, None)
        self.rest = {"campaign": campaign, "costs": costs}
        self.rows, self.hidden, self.source = {}, {}, source
        for table, items in tables.items():
            if table in ("campaign", "costs"):
                continue
            if table not in _SHOWN:
                self.rest[table] = items
            else:
                told = [_cells(table, dict(item)) for item in items]
                self.rows[table] = [cells for cells, _ in told]
                self.hidden[table] = [hidden for _, hidden in told]
        self.rest = {key: value for key, value in self.rest.items() if value}

    def kept(self) -> list[str]:
        """Tables of the template that no page shows."""
        return [f"{len(self.rest[table])} [[{table}]]" for table in _ORDER if self.rest.get(table)]

    def typed(self, table: str) -> list[tuple[int, Texts]]:
        """The rows of a table in which something stands, with their numbers."""
        rows = enumerate(self.rows.get(table, ()))
        return [(number, row) for number, row in rows if any(row.values())]

    def tables(self) -> dict[str, Any]:
        """The specification as tables; what is no number stays the text that it is."""
        told = {key: text for key in ("name", "line", "goal") if (text := self._field(key))}
        found: dict[str, Any] = {
            "campaign": {"version": FORMAT_VERSION, **told, **self.rest.get("campaign", {})}
        }
        for table in _ORDER:
            if table in _SHOWN:
                hidden = self.hidden.get(table, [])
                items = [
                    _item(table, row) | (hidden[number] if number < len(hidden) else {})
                    for number, row in self.typed(table)
                ]
            else:
                items = self.rest.get(table, [])
            if items:
                found[table] = items
        costs = {key: _value(key, text) for key in _COSTS if (text := self._field(key))}
        costs |= self.rest.get("costs", {})
        return found | ({"costs": costs} if costs else {})

    def _field(self, key: str) -> str:
        return self.fields.get(key, "").strip()

    def toml(self) -> str:
        """The file as it is to be written."""
        return _HEAD + toml_text(self.tables())

    # ---- what is wrong ---------------------------------------------------------------------

    def problems(self, upto: int | None = None) -> list[Problem]:
        """What the loader refuses.

        Args:
            upto: number of the last page that was seen: what is missing on later ones is no
                problem yet. None: everything is one.
        """
        try:
            load_specification(self.tables())
        except DesignerError as error:
            seen = {page.table for page in PAGES[: None if upto is None else upto + 1]}
            seen |= {"costs"} if "stage" in seen else set()
            return [
                problem
                for problem in error.problems
                if upto is None or (self.place(problem) or ("", (0, "")))[0] in seen
            ]
        return []

    def place(self, problem: Problem) -> tuple[str, Place] | None:
        """Table and cell that a problem is about; None: the whole specification."""
        match = _WHERE.match(problem.where)
        if match is None or match["table"] not in (*_SHOWN, "costs", *_ORDER):
            return None
        table, key = match["table"], match["key"] or ""
        if match["row"] is None:
            return table, (-1, key)
        typed = self.typed(table)
        number = int(match["row"])
        row = typed[number][0] if number < len(typed) else -1
        return table, (row, _cell_of(table, key, self.rows[table][row] if row >= 0 else {}))

    # ---- to and from a file ----------------------------------------------------------------

    def kept_texts(self) -> Texts:
        """As texts that a draft file keeps."""
        return {"draft": json.dumps(vars(self))}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Self | None:
        """What a draft file kept; None: nothing that can be read."""
        try:
            found = json.loads(texts["draft"])
            draft = cls(**found)
            draft.tables()
            draft.page = max(0, min(int(draft.page), len(PAGES)))
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        return draft


def tables_of_toml(text: str, source: str) -> dict[str, Any]:
    """The tables of a template.

    Raises:
        InputError: it is no TOML.
    """
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise InputError.at(source, f"not valid TOML: {error}") from None


# ---- cells and keys -----------------------------------------------------------------------------


def _cells(table: str, item: dict[str, Any]) -> tuple[Texts, dict[str, Any]]:
    """The texts of a row, and the keys that no column shows."""
    cells: Texts = {}
    for key in _PAIRS:
        if table == "response" and isinstance(item.get(key), list) and len(item[key]) == 2:
            cells[f"{key}_low"], cells[f"{key}_high"] = map(_text, item.pop(key))
    if table == "factor":
        listed = item.pop("levels", None) or item.pop("categories", None) or []
        cells["values"] = ", ".join(map(_text, listed))
        if "per_decade" in item:
            item["step"] = item.pop("per_decade")
        item["scale"] = "log" if item.get("scale") == "log" else ""
    if table == "response" and item.get("goal") == "none":
        del item["goal"]
    for key in _SHOWN[table] & item.keys():
        cells[key] = _text(item.pop(key))
    return cells, item


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(value) if math.isfinite(value) else ""
    return str(value)


def _item(table: str, row: Mapping[str, str]) -> dict[str, Any]:
    """The table of one row, in the order of its columns."""
    item: dict[str, Any] = {}
    for key in (column.key for column in columns_of(table)):
        text, (pair, _, end) = row.get(key, "").strip(), key.rpartition("_")
        if pair in _PAIRS and end == "low":
            ends = [row.get(f"{pair}_{end}", "").strip() for end in ("low", "high")]
            if any(ends):
                item[pair] = [_value("low", end) if end else None for end in ends]
        elif not text or pair in _PAIRS:
            continue
        elif key == "values":
            listed = _listed(text)
            numbers = all(isinstance(value, int | float) for value in listed)
            item["levels" if numbers else "categories"] = listed
        elif key == "step" and row.get("scale", "").strip():
            item["per_decade"] = _value(key, text)
        else:
            number = key == "goal" or (key == "was" and "categories" not in item)
            item[key] = _value("low" if number else key, text)
    return item


def _listed(text: str) -> list[int | float | str]:
    parts = [part.strip().strip("\"'") for part in re.split(";" if ";" in text else ",", text)]
    read = [_value("low", part) for part in parts if part]
    if all(isinstance(value, int | float) for value in read):
        return read
    return [part for part in parts if part]  # 007 is a name among names


def _value(key: str, text: str) -> int | float | str:
    """A number where one is expected and typed, with a point or a clear comma; else the text."""
    if key not in _NUMBERS:
        return text
    number = parse_marked(text, "," if "," in text and is_clear(text) else ".")
    return text if number is None else plain(number)


def _cell_of(table: str, key: str, row: Mapping[str, str]) -> str:
    """The column that shows a key; empty: none does."""
    if key in _PAIRS:
        return f"{key}_low" if row.get(f"{key}_low") else f"{key}_high"
    if table == "factor" and key in ("levels", "categories"):
        return "values"
    if key == "per_decade":
        return "step"
    return key if key in _SHOWN.get(table, ()) else ""


def words(problem: Problem) -> str:
    """A problem beside the cell that it is about: the path of the file is left out."""
    hint = None if problem.hint == _QUOTES else problem.hint
    return str(Problem("", problem.what, problem.found, problem.allowed, hint))


def named(problem: Problem, columns: Sequence[CellColumn], key: str) -> str:
    """A problem with the title of its column in front."""
    titles = {column.key: column.title for column in columns}
    return f"{titles[key]}: {words(problem)}" if key in titles else words(problem)

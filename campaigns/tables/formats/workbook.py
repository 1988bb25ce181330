"""A sheet of a workbook to a table: the one with the columns, never a hidden one unasked."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

from designer.campaigns.errors import InputError
from designer.campaigns.tables.builder import TableBuilder
from designer.campaigns.tables.formats.archive import check_archive
from designer.campaigns.tables.formats.book_sheet import Sheet, SheetLooks
from designer.campaigns.tables.formats.ods_book import ods_sheets
from designer.campaigns.tables.formats.xlsx_book import xlsx_sheets
from designer.campaigns.tables.layout import LOOKED_AT, ExpectedColumns
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import MAX_ROWS, MERGED, Table
from designer.campaigns.values.names import suggestion

OWN_SHEETS = ("Predictions", "Facts")
"""Sheets of a book of ours beside the one that is filled in."""
_TOLD = 10
"""Row numbers that are listed."""


def parse_workbook(
    content: bytes,
    source: str,
    sha256: str,
    options: TableOptions | None = None,
    expected: ExpectedColumns | None = None,
) -> Table:
    """Read the sheet that is said, that has the expected columns, or the first one with data.

    Args:
        content: bytes of an .xlsx or .ods workbook.
        source: file name for problems; its ending tells the kind.
        sha256: of the content.
        options: what is said about sheet, header and decimal mark.
        expected: what the columns may be called.

    Raises:
        InputError: not a workbook, dangerous to unpack, or its table is wrong.
    """
    check_archive(content, source)
    options = options or TableOptions()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of features it does not read
            opened = ods_sheets if source.lower().endswith(".ods") else xlsx_sheets
            sheets = opened(content, source, comma=options.decimal == "comma")
            choice = _Choice(sheets, source, expected)
            sheet = choice.sheet if options.sheet is None else choice.named(options.sheet)
            looks = sheet.looks
            facts = choice.facts(sheet)
            builder = TableBuilder(
                source, sha256, row_word="row", separator=None, options=options,
                expected=expected, ours=bool(facts),
            )  # fmt: skip
            _build(builder, sheet, looks)
    except InputError:
        raise
    except Exception as error:  # hostile XML makes openpyxl raise whatever it likes
        what = f"the workbook is damaged and cannot be read ({type(error).__name__})"
        hint = "Open it in a spreadsheet program and save it again, or save it as CSV UTF-8."
        raise InputError.at(source, what, hint=hint) from error
    table = builder.finish(notes=tuple(choice.notes(sheet, said=options.sheet is not None)))
    return replace(table.with_notes(_looks_notes(looks, table, builder)), facts=facts)


def _build(builder: TableBuilder, sheet: Sheet, looks: SheetLooks) -> None:
    merged = _merged(looks)
    for number, texts, oddities in sheet.rows():
        covered = merged.get(number, ()) if any(texts) else ()
        blank = [place for place in covered if place >= len(texts) or not texts[place]]
        builder.add(number, texts, {**oddities, **dict.fromkeys(blank, MERGED)})


def _merged(looks: SheetLooks) -> dict[int, list[int]]:
    """Row → positions that are blank because a cell above is merged with them."""
    places: dict[int, list[int]] = {}
    for top, left, bottom, right in looks.merged:
        for row in range(top + 1, min(bottom, top + MAX_ROWS) + 1):
            places.setdefault(row, []).extend(range(left - 1, min(right, left + LOOKED_AT)))
    return places


def _looks_notes(looks: SheetLooks, table: Table, builder: TableBuilder) -> list[str]:
    """What people do not see in their spreadsheet program, and is read."""
    notes = []
    hidden = [str(number) for number in sorted({*looks.hidden_rows} & {*table.row_numbers})]
    if hidden:
        shown = ", ".join(hidden[:_TOLD]) + (", …" if len(hidden) > _TOLD else "")
        many = "1 hidden row is" if len(hidden) == 1 else f"{len(hidden)} hidden rows are"
        notes.append(f"{many} read, too: {shown}")
    places = {
        place
        for low, high in looks.hidden_columns
        for place in builder.kept
        if low <= place + 1 <= high
    }
    columns = [header for place, header in builder.kept.items() if place in places]
    if columns:
        what = "a hidden column is" if len(columns) == 1 else "hidden columns are"
        notes.append(f"{what} read, too: {', '.join(columns)}")
    rows = {*table.row_numbers}
    merged = {
        place
        for top, left, bottom, right in looks.merged
        if top in rows and bottom > top
        for place in builder.kept
        if left <= place + 1 <= right
    }
    if merged:
        columns = [header for place, header in builder.kept.items() if place in merged]
        what = "of cells merged over several rows, only the first row has the value"
        notes.append(f"{what} (split them where the others have it, too): {', '.join(columns)}")
    return notes


@dataclass(frozen=True)
class _Choice:
    """Which sheet of a workbook is read; every doubt is refused.

    Attributes:
        sheets: of the workbook.
        source: file name for problems.
        expected: what the columns may be called.
    """

    sheets: Sequence[Sheet]
    source: str
    expected: ExpectedColumns | None

    @property
    def sheet(self) -> Sheet:
        """The sheet with the columns; a hidden one only where no other sheet is there."""
        shown = [s for s in self.sheets if not s.hidden] or self.sheets
        seen = [sheet for sheet in shown if sheet.has_data]
        self._refuse_hidden(seen)
        if not seen:
            raise InputError.at(self.source, "no sheet of the workbook has any data")
        if self.expected is None:
            best = seen
            able = seen if seen[0] is self.sheets[0] or len(seen) == 1 else []
            what = "the first sheet is blank and several others have data"
        else:
            known = max(map(self._rank, seen))
            best = [sheet for sheet in seen if self._rank(sheet) == known]
            able = best if len(best) == 1 or not any(known) else []
            what = "several sheets have the expected columns"
        if not able:
            hint = f"Say which with --sheet {seen[0].title!r}, or move the table to a file of its"
            raise InputError.at(self.source, what, _titles(best), hint=f"{hint} own.")
        return able[0]

    def _refuse_hidden(self, seen: Sequence[Sheet]) -> None:
        """Refuse to guess where a hidden sheet has more of what is expected than those seen."""
        hidden = [s for s in self.sheets if s.hidden and s.has_data and s not in seen]
        if not hidden:
            return
        known = max(map(self._names, seen), default=0)
        best = max(hidden, key=self._names)
        if not seen:
            what = "only a hidden sheet has data"
        elif self._names(best) > known and not (self.expected and known >= self.expected.enough):
            what = "a hidden sheet has the expected columns, and none that is shown has them"
            if known:
                what = "a hidden sheet has more of the expected columns than those that are shown"
        else:
            return
        hint = f"Read it with --sheet {best.title!r}"
        if known:
            shown = max(seen, key=self._names)
            hint += f", or the one that is shown with --sheet {shown.title!r}"
        raise InputError.at(self.source, what, _titles([best]), hint=f"{hint}.")

    def named(self, name: str) -> Sheet:
        """The sheet of a name, case aside."""
        found = [sheet for sheet in self.sheets if sheet.title.casefold() == name.casefold()]
        if not found:
            titles = [sheet.title for sheet in self.sheets]
            where, hint = f"{self.source} --sheet {name}", suggestion(name, titles)
            what = "the workbook has no such sheet"
            raise InputError.at(where, what, name, ", ".join(titles), hint)
        return found[0]

    def notes(self, sheet: Sheet, *, said: bool) -> list[str]:
        """What is to be told about the sheet that is read, and those that are not."""
        if said:
            return [f"sheet {sheet.title!r} is hidden"] if sheet.hidden else []
        if len(self.sheets) == 1 and not sheet.hidden:
            return []
        ours = OWN_SHEETS if self.facts(sheet) else ()
        others = [s for s in self.sheets if s is not sheet and s.has_data and s.title not in ours]
        if ours and not others:
            return []
        note = f"read sheet {_titles([sheet])}"
        notes = [f"{note}; not read: {_titles(others)}" if others else note]
        for other in others:
            if other.hidden and 0 < self._names(sheet) <= self._names(other):
                told = f"the hidden sheet {other.title!r} has the expected columns, too"
                notes.append(f"{told}; --sheet {other.title!r} reads it")
        return notes

    def facts(self, sheet: Sheet) -> dict[str, str]:
        """What another sheet tells of the workbook, where it is one of ours."""
        return next((found for s in self.sheets if s is not sheet and (found := s.facts)), {})

    def _rank(self, sheet: Sheet) -> tuple[int, int]:
        """Names of the specification, then all: behind a plan, figures stand beside run ids."""
        if self.expected is None:
            return 0, 0
        return sheet.numbers(self.expected), sheet.names(self.expected)

    def _names(self, sheet: Sheet) -> int:
        return 0 if self.expected is None else sheet.names(self.expected)


def _titles(sheets: Sequence[Sheet]) -> str:
    return ", ".join(f"{sheet.title!r}{' (hidden)' * sheet.hidden}" for sheet in sheets)

"""From records to a table: finds the names of the columns, keeps the columns somebody wants."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.tables.formats.faults import cell_problem, unfit_rows
from designer.campaigns.tables.headers import clean_header
from designer.campaigns.tables.layout import (
    LOOKED_AT,
    ExpectedColumns,
    counts_rows,
    has_words,
    header_row,
    is_note,
    is_remark,
    is_summary,
    shown_row,
    units_in,
)
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import (
    KEPT_AS_TEXT,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    PackedRows,
    Record,
    Table,
    UnreadColumn,
    unescape_formula,
)
from designer.campaigns.values.numbers import reads_as_number

_ABOVE_ROWS = 3  # records between the names and the numbers: words, units, a rule


class TableBuilder:
    """Takes records one by one and gives the table, or all its problems.

    Args:
        source: file name for problems.
        sha256: of the file.
        row_word: ``line`` or ``row``.
        separator: between cells; None for sheets and frames, whose short records are filled up.
        options: what is said about header and decimal mark.
        expected: names of columns. With them the header is found below title rows, units and
            summary rows are recognised, and other columns are looked at but not kept; without, the
            first record is the header and everything is kept.
        first: whether the first record is the header in any case.
        ours: whether the rows above the names are our own, and need not be told.
    """

    def __init__(
        self,
        source: str,
        sha256: str,
        *,
        row_word: str,
        separator: str | None,
        options: TableOptions | None = None,
        expected: ExpectedColumns | None = None,
        first: bool = False,
        ours: bool = False,
    ) -> None:
        self.findings = Findings()
        self._options, self._expected = options or TableOptions(), expected
        self._source, self._sha256 = source, sha256
        self._row_word, self._separator = row_word, separator
        self._looks = expected is not None and not first and self._options.header is None
        self._ours, self._waiting = ours, list[Record]()
        self._columns: list[str] | None = None
        self._kept: list[int] = []
        self._rows = PackedRows()
        self._numbers: list[int] = []
        self._oddities: dict[tuple[int, int], str] = {}
        self._kept_as_text: dict[int, array[int]] = {}
        self._notes: list[str] = []
        self._units: dict[int, str] = {}
        self._records = 0
        self._summaries: dict[int, tuple[str, str]] = {}
        self._sums: list[str] = []
        self._unfit: list[tuple[str, int, int]] = []
        self._unread: dict[int, UnreadColumn] = {}
        self._nameless: dict[int, list[str]] = {}

    def add(
        self, number: int, cells: Sequence[str], oddities: Mapping[int, str] | None = None
    ) -> None:
        """Take one record; a blank one is passed over.

        Args:
            number: its line or row number.
            cells: its texts.
            oddities: by position, what a cell is if it is no plain value.

        Raises:
            InputError: the table is too large to go on.
        """
        texts = [cell.strip() for cell in cells]
        if number < (self._options.header or number) or (not any(texts) and not oddities):
            return
        if self._columns is not None:
            self._take(number, texts, oddities or {})
            return
        self._waiting.append((number, texts, oddities or {}))
        if not self._looks or len(self._waiting) >= LOOKED_AT:
            self._begin()

    def finish(self, notes: tuple[str, ...] = ()) -> Table:
        """The table.

        Raises:
            InputError: with every problem found.
        """
        if self._columns is None and self._waiting:
            self._begin()
        if self._columns is None:
            what = "the table is empty: there is no header"
            if self._options.header is not None:
                what = f"it ends before {self._row_word} {self._options.header} (--header)"
            self.findings.report(self._source, what)
        columns = self._columns or []
        self._judge_nameless()
        word, whole = self._row_word, not len(self._rows)
        self.findings.extend(
            unfit_rows(self._unfit, self._source, len(columns), word, self._separator, whole=whole)
        )
        self.findings.raise_if_any()
        if self._sums:
            few = ", ".join(self._sums[:5]) + (", …" if len(self._sums) > 5 else "")
            self._notes.append(f"not read, because they sum up other rows: {few}")
        return Table(
            source=self._source,
            columns=tuple(columns[place] for place in self._kept),
            rows=self._rows,
            row_numbers=self._numbers,
            sha256=self._sha256,
            row_word=self._row_word,
            separator=self._separator,
            decimal="," if self._options.decimal == "comma" else ".",
            decimal_told=self._options.decimal is not None,
            oddities=self._oddities,
            kept_as_text={columns[place]: rows for place, rows in self._kept_as_text.items()},
            notes=(*notes, *self._notes),
            units={columns[place]: unit for place, unit in self._units.items()},
            summaries=self._summaries,
            unread={column.header: column for column in self._unread.values()},
        )

    @property
    def kept(self) -> dict[int, str]:
        """Position → header of the columns whose cells are in the table."""
        return {place: (self._columns or [])[place] for place in self._kept}

    def _begin(self) -> None:
        """Find the header among the waiting records, and take those behind it."""
        waiting, self._waiting, place = self._waiting, [], 0
        if self._looks and self._expected is not None:
            place, _ = header_row([cells for _, cells, _ in waiting], self._expected)
        number, names, _ = waiting[place]
        if self._options.header not in (None, number):
            where = f"{self._source} --header {self._options.header}"
            raise InputError.at(where, f"this {self._row_word} is blank")
        if not self._ours and (above := [shown_row(cells) for _, cells, _ in waiting[:place]]):
            told = ", ".join(above[:3]) + (", …" if len(above) > 3 else "")
            where = f"{self._row_word} {number}"
            self._notes.append(f"{where} names the columns; above it, not read: {told}")
        self._take_header(names)
        for record in waiting[place + 1 :]:
            self._take(*record)

    def _take_header(self, names: list[str]) -> None:
        where = f"{self._source} header"
        while names and not names[-1] and self._separator is None:
            names.pop()
        if len(names) > MAX_COLUMNS:
            found = f"{len(names)} columns"
            raise InputError.at(where, "too many columns", found, f"at most {MAX_COLUMNS}")
        expected, columns = self._expected, list[str]()
        seen: dict[str, str] = {}
        others: Counter[str] = Counter()
        for place, name in enumerate(names):
            clean = clean_header(name, where, self.findings)
            columns.append(clean)
            if not clean:
                self._nameless[place] = []
            elif expected is not None and not expected.keeps(clean):
                others[clean] += 1
                again = f" ({others[clean]})" if others[clean] > 1 else ""
                self._unread[place] = UnreadColumn(clean + again)
            else:
                self._kept.append(place)
                if clean.casefold() in seen:
                    self._twice(where, seen[clean.casefold()], clean)
                seen.setdefault(clean.casefold(), clean)
        self._columns = columns
        self._is_note = [is_note(name) for name in columns]
        targets = {p: expected.target(columns[p]) for p in self._kept} if expected else {}
        self._inputs = [p for p, name in targets.items() if expected and name in expected.inputs]
        self._numeric = [p for p, name in targets.items() if expected and name in expected.numbers]
        self._texts = [p for p, name in targets.items() if expected and name in expected.texts]
        there = {*targets.values(), *self._options.constants}
        self._complete = expected is not None and expected.numbers.keys() <= there

    def _twice(self, where: str, first: str, second: str) -> None:
        both = f"{first!r} and {second!r}"
        hint = None
        target = self._expected.target(first) if self._expected else None
        if self._expected and target in self._expected.responses:
            hint = f"Replicates? Call them {target}_1 and {target}_2. Else take one of them away."
        self.findings.report(where, "two columns have the same name", both, hint=hint)

    def _take(self, number: int, texts: list[str], oddities: Mapping[int, str]) -> None:
        """Take one record below the header."""
        self._records += 1
        where = f"{self._source} {self._row_word} {number}"
        if len(self._rows) >= MAX_ROWS or len(self._rows) * len(self._kept) >= MAX_CELLS:
            limit = f"{MAX_ROWS} rows and {MAX_CELLS} cells that are read"
            raise InputError.at(where, "the table is too large", allowed=limit)
        if self._expected is not None and self._is_beside(number, texts, self._expected):
            return
        if not self._fit(where, texts):
            return
        if self._separator is not None:
            texts = [unescape_formula(text) for text in texts]
        self._check_cells(where, texts)
        for place, column in self._unread.items():
            column.take(texts[place])
        for place, cells in self._nameless.items():
            cells.append(texts[place] or "?" * (place in oddities))
        for position, place in enumerate(self._kept):
            odd = oddities.get(place)
            if odd == KEPT_AS_TEXT:
                self._kept_as_text.setdefault(place, array("i")).append(len(self._rows))
            elif odd is not None:
                self._oddities[len(self._rows), position] = odd
        self._rows.append([texts[place] for place in self._kept])
        self._numbers.append(number)

    def _is_beside(self, number: int, texts: list[str], expected: ExpectedColumns) -> bool:
        """Whether a record is no row of data: it has units, or sums up others for certain."""
        row = f"{self._row_word} {number}"
        if is_remark(texts, self._numeric):
            self._notes.append(f"{row} is a comment: not read")
            return True
        if self._records <= _ABOVE_ROWS and not self._units and not self._rows:
            width = len(self._columns or ())
            if (units := units_in(texts[:width], self._numeric)) is not None:
                named = {p: unit for p, unit in units.items() if p in self._numeric}
                self._units = named
                for place, column in self._unread.items():
                    column.unit = units.get(place)
                told = ", ".join(f"{(self._columns or [])[p]} {u}" for p, u in named.items())
                self._notes.append(f"{row} has the units: {told}")
                return True
            if has_words(texts, self._numeric) and expected.categories.isdisjoint(texts):
                told = f"has words where numbers belong, and is not read: {shown_row(texts)}"
                self._notes.append(f"{row} {told}")
                return True
        if texts == self._columns:
            self._notes.append(f"{row} names the columns again: not read")
            return True
        return self._sums_up(number, texts, expected)

    def _sums_up(self, number: int, texts: list[str], expected: ExpectedColumns) -> bool:
        """Skip a row of means and the like whose label can be nothing else; note a doubt."""
        place = next((place for place, text in enumerate(texts) if text), None)
        if place is None or reads_as_number(texts[place]) or not is_summary(texts[place]):
            return False
        text = texts[place]
        if place in self._texts and text in expected.categories:
            return False
        blank = bool(self._inputs) and not any(texts[p] for p in self._inputs if p < len(texts))
        if self._is_note[place] and not blank:  # a remark sums up nothing
            return False
        if blank or place in self._numeric or place in self._nameless:
            self._sums.append(f"{self._row_word} {number} ({text})")
            return True
        # short words (n, max, SD) may name a sample; below a mean they do not
        if is_summary(text, surely=True) or self._sums or self._summaries:
            self._summaries[len(self._rows)] = ((self._columns or [])[place], text)
        return False

    def _judge_nameless(self) -> None:
        """Spreadsheets pad with blank columns, and tables are numbered without a name."""
        counted = []
        for place, cells in self._nameless.items():
            before = place < min((*self._kept, *self._unread), default=0)
            if self._expected and counts_rows(cells, before=before, spare=self._complete):
                counted.append(str(place + 1))
            elif found := next(filter(None, cells), None):
                what = f"column {place + 1} has values but no name"
                hint = "Give it a header; what is not expected is then left out."
                self.findings.report(self._source, what, shown_row([found]), hint=hint)
        if counted:
            self._notes.append(f"column {', '.join(counted)} without a name counts rows: not read")

    def _fit(self, where: str, texts: list[str]) -> bool:
        """Bring a record to the length of the header; False where it cannot be."""
        wanted = len(self._columns or ())
        while len(texts) > wanted and not texts[-1]:
            texts.pop()
        if self._separator is None:
            texts.extend([""] * (wanted - len(texts)))
        if len(texts) == wanted:
            return True
        self._unfit.append((where, len(texts), sum(map(bool, texts))))
        return False

    def _check_cells(self, where: str, texts: list[str]) -> None:
        """Refuse cells that are too long, and lines that a forgotten quotation mark swallowed."""
        file = self._separator is not None
        for position, text in enumerate(texts):
            wrong = cell_problem(text, note=self._is_note[position], file=file)
            if wrong is not None:
                self.findings.report(f"{where} column {(self._columns or [])[position]}", *wrong)

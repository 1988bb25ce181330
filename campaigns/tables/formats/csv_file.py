"""CSV text to a table, without a guess: encoding, separator, decimal mark, field counts; and back.

Usual readers shift columns when a decimal comma meets a comma separator, swallow lines after an
open quote and turn run ids into numbers, all without an error. Here every doubt is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.tables.builder import TableBuilder
from designer.campaigns.tables.layout import LOOKED_AT, ExpectedColumns, header_row, shown_row
from designer.campaigns.tables.options import DecimalWord, TableOptions
from designer.campaigns.tables.table import Table, escape_formula
from designer.campaigns.values.numbers import comma_text, number_text
from designer.render.words import unicode_escaped

Cell = str | float | tuple[float, ...] | None
"""What a cell holds; several numbers are replicates, as `designer.campaigns.tables.rows` reads
them."""
_SEPARATORS = (",", ";", "\t", "|")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars (|)"}
_PERFECT = (0.0, 0)
"""Of a separator: all lines have as many cells as the header, and none holds another separator."""
_LONGEST_LINE = 1_000_000
_SAMPLE_RECORDS = 200
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_ONLY_WINDOWS = frozenset("µ°±²³·×ÄÖÜßäöüéçôíóú".encode("cp1252"))
"""Bytes that lab files have in Windows-1252 and that mean the same, or nothing a lab writes, in the
code pages of DOS, Macintosh and Central Europe."""
_DECLARATION = re.compile(r'"?sep=[,;\t|]"?', re.IGNORECASE)


def parse_csv(
    content: bytes,
    source: str,
    sha256: str,
    options: TableOptions | None = None,
    expected: ExpectedColumns | None = None,
) -> Table:
    """Read the bytes of a CSV file.

    Args:
        content: UTF-8 (with or without byte order mark) or UTF-16 with one.
        source: file name for problems.
        sha256: of the content.
        options: what is said about header and decimal mark.
        expected: what the columns may be called.

    Raises:
        InputError: with every problem found, each with its line.
    """
    text = _decoded(content, source)
    separator = text.declared or _detect_separator(text, expected)
    builder = TableBuilder(
        source, sha256, row_word="line", separator=separator, options=options, expected=expected
    )
    for number, cells in text.records(separator, builder.findings):
        builder.add(number, cells)
    return builder.finish(text.notes)


def csv_content(
    columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], decimal: DecimalWord = "point"
) -> bytes:
    """UTF-8 CSV; numbers with every digit, unknowns blank, texts no formulas.

    Args:
        columns: header.
        rows: by header; what a row does not have is blank.
        decimal: mark of the numbers; with commas, semicolons are between the cells.
    """
    comma = decimal == "comma"
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\n")
    writer.writerow([_cell_text(column) for column in columns])
    for row in rows:
        writer.writerow([_cell_text(row.get(column), comma=comma) for column in columns])
    return out.getvalue().encode()


def _cell_text(value: Cell, *, comma: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return escape_formula(unicode_escaped(value))
    write = comma_text if comma else number_text
    if isinstance(value, tuple) and len(value) != 1:
        return escape_formula("/".join(map(write, value)))  # -1/2 is a formula, too
    return write(value[0] if isinstance(value, tuple) else value)


@dataclass(frozen=True)
class _Text:
    """A text file in memory, decoded as it is read, so that no second copy is needed."""

    content: bytes
    encoding: str
    source: str
    notes: tuple[str, ...] = ()

    def lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.content), encoding=self.encoding, newline="")

    @cached_property
    def declared(self) -> str | None:
        """The separator that Excel's first line ``sep=;`` declares."""
        with self.lines() as lines:
            first = lines.readline(_LONGEST_LINE).strip("\r\n")
        return first.strip('"')[-1] if _DECLARATION.fullmatch(first) else None

    def records(self, separator: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
        """Records with the line each begins in; a fault in the quoting ends them, noted."""
        with self.lines() as lines:
            skipped = 0
            if self.declared is not None:
                lines.readline()
                skipped = 1
            reader = csv.reader(lines, delimiter=separator, strict=True)
            begins = skipped + 1
            try:
                for cells in reader:
                    yield begins, cells
                    begins = skipped + reader.line_num + 1
            except csv.Error as error:
                findings.add(_quoting_problem(self.source, begins, error))


def _decoded(content: bytes, source: str) -> _Text:
    """Find the encoding and make sure that all of the file obeys it."""
    if content.startswith(b"PK\x03\x04"):
        raise InputError.at(source, "this is a workbook, not CSV", hint="Name it .xlsx.")
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _Text(content, "utf-16" if utf16 else "utf-8-sig", source)
    try:
        _check_lines(text)
    except UnicodeDecodeError:
        windows = None if utf16 else _of_windows(content, source)
        if windows is None:
            raise InputError(_undecodable(content, source, utf16=utf16)) from None
        _check_lines(windows)
        return windows
    return text


def _check_lines(text: _Text) -> None:
    """Refuse what is no text or has endless lines; UnicodeDecodeError in another encoding."""
    number = 1
    with text.lines() as lines:
        while piece := lines.readline(_LONGEST_LINE):
            where = f"{text.source} line {number}"
            if "\0" in piece:
                what = "there is a NUL character, so this is not a text file"
                raise InputError.at(where, what)
            if len(piece) >= _LONGEST_LINE:
                raise InputError.at(where, "the line is longer than a million characters")
            number += 1


def _of_windows(content: bytes, source: str) -> _Text | None:
    """A file of Windows-1252 (as of Latin-1) where nothing in it can be anything else."""
    strange = {byte for byte in content if byte >= 0x80}
    if not strange <= _ONLY_WINDOWS:
        return None
    shown = "".join(sorted(bytes(strange).decode("cp1252")))
    note = f"the text is not UTF-8 and was read as Windows-1252 (its special characters: {shown})"
    return _Text(content, "cp1252", source, (note,))


def _undecodable(content: bytes, source: str, *, utf16: bool) -> Problem:
    where = source
    if not utf16:
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            where = f"{source} line {line}"
    return Problem(
        where,
        "a character is not valid " + ("UTF-16" if utf16 else "UTF-8"),
        allowed="UTF-8, or UTF-16 with a byte order mark",
        hint="Save the file as 'CSV UTF-8' in the spreadsheet program.",
    )


def _quoting_problem(source: str, line: int, error: csv.Error) -> Problem:
    text = str(error)
    if "unexpected end of data" in text:
        what = "a quotation mark opened here is never closed"
    elif "field larger" in text:
        what = "a cell is longer than any cell may be (is a quotation mark not closed?)"
    elif "expected after" in text:
        what = "there is text behind a closing quotation mark"
    else:
        what = f"the line cannot be taken apart ({text})"
    return Problem(f"{source} line {line}", what, hint='Inside quotes, write "" for a quote.')


def _detect_separator(text: _Text, expected: ExpectedColumns | None) -> str:
    """The one separator that fits header and records; a real doubt is refused."""
    named = {separator: _names(text, separator, expected) for separator in _SEPARATORS}
    most = max(named.values())
    able = [separator for separator, count in named.items() if count == most]
    if expected is not None and not most:
        _refuse_blanks(text, expected)
    titles = expected is not None
    if expected is not None and most and len(able) == 1:
        # a name may be cut out of another one: by commas out of "gap, um;pressure, MPa"
        if most >= expected.enough or _misfit(text, able[0], titles=titles) == _PERFECT:
            return able[0]
        perfect = [s for s in _SEPARATORS if _misfit(text, s, titles=titles) == _PERFECT]
        return perfect[0] if len(perfect) == 1 else able[0]
    scores = {sep: score for sep in able if (score := _misfit(text, sep, titles=titles))}
    if not scores:
        return ","
    least = min(scores.values())
    best = [separator for separator, score in scores.items() if score == least]
    unfit, _ = least
    if len(best) > 1 and not unfit:
        both = " and ".join(_NAMES[separator] for separator in best)
        what = f"the columns can be read with {both} between the cells"
        hint = "Begin the file with a line sep=; (or sep=,) to say which."
        raise InputError.at(text.source, what, hint=hint)
    return best[0]


def _refuse_blanks(text: _Text, expected: ExpectedColumns) -> None:
    """Refuse a file whose names stand apart by blanks or another sign that separates nothing."""
    with text.lines() as lines:
        for number, line in enumerate(islice(lines, LOOKED_AT), 1):
            if any(separator in line for separator in _SEPARATORS):
                continue
            if len(expected.names_in(re.split(r"[\s:~^]+", line.strip()))) > 1:
                what = "the names of the columns are not apart as cells of a table are"
                allowed = f"{', '.join(_NAMES.values())} between the cells"
                hint = "Save it as CSV; blanks do not separate cells, for names may hold them."
                where = f"{text.source} line {number}"
                raise InputError.at(where, what, shown_row(line.split()), allowed, hint)


def _names(text: _Text, separator: str, expected: ExpectedColumns | None) -> int:
    """How many expected names stand in one row when the file is taken apart so."""
    if expected is None:
        return 0
    records = islice(text.records(separator, Findings()), LOOKED_AT)
    rows = [[cell.strip() for cell in cells] for _, cells in records]
    return header_row(rows, expected)[1]


def _misfit(text: _Text, separator: str, *, titles: bool) -> tuple[float, int] | None:
    """How badly a separator takes the first records apart; None: there is but one column.

    Args:
        text: the file.
        separator: between cells.
        titles: whether the first record may be a title above the names.

    Returns:
        Share of records with another number of cells than most have, and number of cells that
        still hold another separator, decimal commas apart.
    """
    others = [other for other in _SEPARATORS if other != separator]
    records = [
        cells
        for _, cells in islice(text.records(separator, Findings()), _SAMPLE_RECORDS)
        if any(cell.strip() for cell in cells)
    ]
    if not records:
        return None
    widths = Counter(map(len, records[1:]))
    columns = len(records[0])
    if titles and columns == 1 and widths:
        columns = max(widths, key=lambda width: (widths[width], width))
    below = records[1:]
    unfit = sum(len(cells) != columns for cells in below)
    leftovers = sum(
        any(other in cell for other in others) and not _DECIMAL_COMMA.fullmatch(cell.strip())
        for cells in below
        for cell in cells
    )
    return (unfit / max(len(below), 1), leftovers) if columns > 1 else None

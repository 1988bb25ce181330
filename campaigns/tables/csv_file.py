"""CSV text to a table, without a guess: encoding, separator, decimal mark, field counts; and back.

Usual readers shift columns when a decimal comma meets a comma separator, swallow lines after an
open quote and turn run ids into numbers, all without an error. Here every doubt is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.table import MAX_COLUMNS, Table, TableBuilder, escape_formula
from designer.campaigns.values.numbers import number_text
from designer.render.words import unicode_escaped

_SEPARATORS = (",", ";", "\t")
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LONGEST_LINE = 1_000_000
_SAMPLE_RECORDS = 200
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_DECLARATION = re.compile(r'"?sep=[,;\t]"?', re.IGNORECASE)


def parse_csv(
    content: bytes, source: str, sha256: str, options: TableOptions | None = None
) -> Table:
    """Read the bytes of a CSV file.

    Args:
        content: UTF-8 (with or without byte order mark) or UTF-16 with one.
        source: file name for problems.
        sha256: of the content.
        options: what is said about header and decimal mark.

    Raises:
        InputError: with every problem found, each with its line.
    """
    text = _decoded(content, source)
    separator = text.declared or _detect_separator(text)
    builder = TableBuilder(source, sha256, row_word="line", separator=separator, options=options)
    for number, cells in text.records(separator, builder.findings):
        builder.add(number, cells)
    return builder.finish()


def csv_content(columns: Sequence[str], rows: Iterable[Mapping[str, str | float | None]]) -> bytes:
    """UTF-8 CSV; numbers with every digit, unknowns blank, texts no formulas.

    Args:
        columns: header.
        rows: by header; what a row does not have is blank.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell_text(column) for column in columns])
    for row in rows:
        writer.writerow([_cell_text(row.get(column)) for column in columns])
    return out.getvalue().encode()


def _cell_text(value: str | float | None) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return number_text(value)
    return escape_formula(unicode_escaped(value))


@dataclass(frozen=True)
class _Text:
    """A text file in memory, decoded as it is read, so that no second copy is needed."""

    content: bytes
    encoding: str
    source: str

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
    number = 1
    try:
        with text.lines() as lines:
            while piece := lines.readline(_LONGEST_LINE):
                if "\0" in piece:
                    what = "there is a NUL character, so this is not a text file"
                    raise InputError.at(f"{source} line {number}", what)
                if len(piece) >= _LONGEST_LINE:
                    what = "the line is longer than a million characters"
                    raise InputError.at(f"{source} line {number}", what)
                number += 1
    except UnicodeDecodeError:
        where = f"{source} line {_undecodable_line(content)}" if not utf16 else source
        raise InputError.at(
            where,
            "a character is not valid " + ("UTF-16" if utf16 else "UTF-8"),
            allowed="UTF-8, or UTF-16 with a byte order mark",
            hint="Save the file as 'CSV UTF-8' in the spreadsheet program.",
        ) from None
    return text


def _undecodable_line(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


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


def _detect_separator(text: _Text) -> str:
    """The one separator that fits header and records; a real doubt is refused."""
    scores = {separator: _misfit(text, separator) for separator in _SEPARATORS}
    able = {separator: score for separator, score in scores.items() if score is not None}
    if not able:
        return ","
    least = min(able.values())
    best = [separator for separator, score in able.items() if score == least]
    unfit, _ = least
    if len(best) > 1 and not unfit:
        both = " and ".join(_NAMES[separator] for separator in best)
        what = f"the columns can be read with {both} between the cells"
        hint = "Begin the file with a line sep=; (or sep=,) to say which."
        raise InputError.at(text.source, what, hint=hint)
    return best[0]


def _misfit(text: _Text, separator: str) -> tuple[float, int] | None:
    """How badly a separator takes the first records apart; None: there is but one column.

    Returns:
        Share of records with another number of cells than the header, and number of cells that
        still hold another separator, decimal commas apart.
    """
    ignored = Findings()
    others = [other for other in _SEPARATORS if other != separator]
    columns = records = unfit = leftovers = 0
    for _, cells in text.records(separator, ignored):
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = len(cells)
            continue
        records += 1
        unfit += len(cells) != columns
        leftovers += sum(
            any(other in cell for other in others) and not _DECIMAL_COMMA.fullmatch(cell.strip())
            for cell in cells
        )
        if records >= _SAMPLE_RECORDS or columns > MAX_COLUMNS or len(cells) > MAX_COLUMNS:
            break
    return (unfit / max(records, 1), leftovers) if columns > 1 else None

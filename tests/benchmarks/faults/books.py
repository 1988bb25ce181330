"""Filled workbooks that were spoiled on purpose, each where a workbook can be wrong.

A plan book of the program, filled in, and the same as a program of another kind writes it: sheets
renamed, moved, taken out, hidden; rows and columns exchanged, merged, hidden, put in; cells with
formulas, errors, dates, odd texts, numbers as text; parts of the archive damaged, cut off, swapped,
blown up; XML bombs, wrong references, broken shared strings and styles. Whatever the import
answers, it is exit code 0 or 3, and what was refused has changed nothing.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import resource
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns.store.store import Store
from designer.cli.main import main
from tests.office.cases import Desk, places
from tests.office.office import Job, missing, office_sessions

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ODD: tuple[Any, ...] = (
    "=1+1", "=1/0", "#REF!", "#N/A", "=A1", True, False, "1,5", "1.234,5", "12,125", "31.2/31.9",
    "31,2 / 31.9", "none", "NA", "n.d.", "<0.5", "31.2 ± 0.5", 1e308, -1e308, 1e-320, "1e999",
    "nan", "R999", "R001", "r1", "failed", "Failed: tore", "abandoned", "half done", "completed",
    " ", "'", "=", "\u202e", "µ", "x" * 2000, "x" * 40_000, "2026-03-01", "1.3.2026 8:30",
    "10/5/2026", "-", "–", "slurry-01", 10**400, 0, -1, "PVDF-Ä", "PVDF-C", "0.1 mm", "5 %", "\n",
    "a\nb", "<", "&amp;",
)  # fmt: skip
FILLED: dict[tuple[str, str], Any] = {
    ("R001", "loading"): 12.25, ("R001", "porosity"): "31.2/31.9", ("R002", "status"): "failed",
    ("R002", "reason"): "web break", ("R003", "used:gap"): 150, ("R003", "batch:slurry"): "S-9",
    ("R003", "loading"): 11, ("R004", "porosity"): "none", ("R005", "note"): "tore",
}  # fmt: skip
BIG = 60_000_000  # bytes a bomb unpacks to
LIMIT = 500 * 1024  # kB

Spoil = Callable[["Workbook", "Worksheet", random.Random], None]


def _cell(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    for _k in range(chance.choice((1, 1, 3, 20))):
        value = chance.choice(ODD)
        row, column = chance.randrange(1, 14), chance.randrange(1, sheet.max_column + 2)
        cell: Any = sheet.cell(row, column)
        with contextlib.suppress(ValueError, AttributeError):  # merged, or not to be written
            cell.value = str(value) if isinstance(value, int) else value


def _format(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    codes = (
        "0%",
        "yyyy-mm-dd",
        "hh:mm",
        '0.0 "mm"',
        "0,",
        "@",
        '"<"0',
        "General;-0;;@",
        "[h]:mm",
        "€0",
    )
    for _k in range(8):
        cell = sheet.cell(chance.randrange(4, 12), chance.randrange(1, sheet.max_column + 1))
        cell.number_format = chance.choice(codes)


def _merge(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    row, column = chance.randrange(1, 10), chance.randrange(1, 12)
    sheet.merge_cells(
        start_row=row, start_column=column, end_row=row + chance.randrange(4),
        end_column=column + chance.choice((0, 2, 300)),
    )  # fmt: skip


def _lines(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    at, amount = chance.randrange(1, 10), chance.choice((1, 2, 30))
    if sheet.max_row > 1000 or sheet.max_column > 100:
        return  # openpyxl would move a million blank cells
    if chance.random() < 0.5:
        (sheet.insert_rows if chance.random() < 0.5 else sheet.delete_rows)(at, amount)
    else:
        (sheet.insert_cols if chance.random() < 0.5 else sheet.delete_cols)(at, min(amount, 3))


def _hide(book: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    what = chance.randrange(4)
    if what == 0:
        sheet.row_dimensions[chance.randrange(1, 10)].hidden = True
    elif what == 1:
        sheet.column_dimensions[chance.choice("ABCDEFG")].hidden = True
    elif what == 2:
        sheet.auto_filter.ref = f"A4:F{chance.choice((5, 9, 100_000))}"
    elif len(book.worksheets) > 1:
        chance.choice(book.worksheets[1:]).sheet_state = chance.choice(("hidden", "veryHidden"))


def _sheets(book: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    what, other = chance.randrange(5), chance.choice(book.worksheets)
    if what == 0:
        other.title = chance.choice(("Tabelle1", "x" * 31, "Ü €", "'", "plan"))
    elif what == 1 and len(book.worksheets) > 1:
        book.remove(other)
    elif what == 2:
        book.copy_worksheet(sheet)
    elif what == 3:
        book.move_sheet(other, chance.choice((-2, 2)))
    else:
        book.create_sheet("More", 0).append([chance.choice(ODD[:4]) for _ in range(3)])


def _far(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    far = chance.choice(((1_048_576, 1), (1, 16_384), (20_000, 3), (1_048_576, 16_384)))
    cell: Any = sheet.cell(*far)
    cell.value = 1


def _blank_rows(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    for row in range(40, chance.choice((400, 20_040))):
        sheet.cell(row, 1).number_format = "@"


def _names(_: Workbook, sheet: Worksheet, chance: random.Random) -> None:
    cells: list[Any] = [sheet.cell(4, place) for place in range(1, sheet.max_column + 1)]
    one, other = chance.choice(cells), chance.choice(cells)
    with contextlib.suppress(AttributeError):  # merged
        if chance.random() < 0.5:
            one.value, other.value = other.value, one.value
        else:
            one.value = chance.choice(
                ("", "porosty [%]", "Run", "gap [mm]", "status", "x" * 300, "used:x")
            )


INSIDE: tuple[Spoil, ...] = (
    _cell, _cell, _cell, _format, _merge, _lines, _hide, _sheets, _far, _blank_rows, _names,
)  # fmt: skip


def outside(content: bytes, chance: random.Random) -> bytes:
    """The archive with one part spoiled, or the bytes of it."""
    if chance.random() < 0.25:
        return _bytes(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    if chance.random() < 0.5:
        name = chance.choice([n for n in parts if "sheet" in n or "styles" in n or "content" in n])
    what = chance.randrange(8)
    if what == 0:
        del parts[name]
    elif what == 1:
        parts[name] = _bytes(parts[name], chance)
    elif what == 2:
        parts[name] = b"\0" * chance.choice((10, BIG))
    elif what == 3:
        lol = "".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10 if k else "lol"}">' for k in range(9))
        parts[name] = f"<?xml version='1.0'?><!DOCTYPE x [{lol}]><x>&l8;</x>".encode()
    elif what == 4:
        parts[name] = b"<?xml version='1.0'?>" + b"<a>" * chance.choice((100, 200_000))
    elif what == 5:
        other = chance.choice(list(parts))
        parts[name], parts[other] = parts[other], parts[name]
    elif what == 6:
        parts[name] = _attribute(parts[name], chance)
    else:
        parts[f"xl/{chance.choice(('', '../', '/'))}new{'x' * chance.choice((1, 300))}"] = b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(
        out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    ) as archive:
        for part, inside in parts.items():
            archive.writestr(part, inside)
    return out.getvalue()


def _attribute(part: bytes, chance: random.Random) -> bytes:
    """A part of which some attributes or numbers are others."""
    odd = (
        b"",
        b"-1",
        b"999999999",
        b"x",
        b"1e400",
        b"s",
        b"1.5",
        b"A0",
        b"ZZZZ9",
        b"true",
        b"\xc3",
    )
    found = list(re.finditer(rb'"[^"]*"|>[^<]+<', part))
    for match in chance.sample(found, min(len(found), chance.choice((1, 2, 8)))):
        ends = match[0][:1], match[0][-1:]
        value = chance.choice(odd)
        part = part[: match.start()] + ends[0] + value + ends[1] + part[match.end() :]
        if len(value) != len(match[0]) - 2:
            break  # places behind have moved
    return part


def _bytes(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(max(len(content), 1))
    what = chance.randrange(4)
    if what == 0:
        return content[:place]
    if what == 1:
        return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
    if what == 2:
        return content[:place] + content[place + chance.choice((1, 40)) :]
    return content[place:] + content[:place]


def filled_book(folder: Path) -> bytes:
    """A plan book of the campaign in ``office.db``, some of it filled in."""
    import openpyxl

    path = Desk(folder).folder / "plan.xlsx"
    where = places(path)
    book = openpyxl.load_workbook(path)
    for place, value in FILLED.items():
        book.worksheets[0][where[place]].value = value
    book.save(path)
    return path.read_bytes()


def spoiled(whole: bytes, chance: random.Random) -> bytes:
    """A book that was spoiled inside, as an archive, or both."""
    import openpyxl

    content = whole
    if chance.random() < 0.65:
        book = openpyxl.load_workbook(io.BytesIO(whole))
        for _ in range(chance.choice((1, 1, 2, 4))):
            chance.choice(INSIDE)(book, book.worksheets[0], chance)
        out = io.BytesIO()
        try:
            book.save(out)
            content = out.getvalue()
        except (ValueError, IndexError, AttributeError, TypeError):  # openpyxl writes no such book
            content = whole
    return outside(content, chance) if content is whole or chance.random() < 0.15 else content


def saved_by_office(folder: Path, whole: bytes) -> bytes | None:
    """The same book as LibreOffice saves it as .ods; None where there is no LibreOffice."""
    if missing() is not None:
        return None
    book, saved = folder / "filled.xlsx", folder / "filled.ods"
    book.write_bytes(whole)
    office_sessions(folder, [("en-US", [Job(book, [saved])])])
    return saved.read_bytes()


def run(folder: Path, files: int, seed: int = 7, *, office: bool = True) -> Counter[str]:
    """Count exit codes, and what must not be: ``other code``, ``traceback``, ``half``, ``memory``.

    Args:
        folder: takes the files.
        files: how many.
        seed: of chance.
        office: whether every fourth is one that LibreOffice has saved as .ods, where it is there.
    """
    # beside other tests a process may hold so much before
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limit = max(LIMIT, before + LIMIT // 2)
    whole, chance = filled_book(folder), random.Random(seed)
    ods = saved_by_office(folder, whole) if office else None
    counts: Counter[str] = Counter(dict.fromkeys(("other code", "traceback", "half", "memory"), 0))
    state = Store(f"sqlite:///{folder / 'office.db'}").state("büro")
    for number in range(files):
        is_ods = ods is not None and number % 4 == 3
        content = outside(ods, chance) if ods is not None and is_ods else spoiled(whole, chance)
        path = folder / f"book.{'ods' if is_ods else 'xlsx'}"
        path.write_bytes(content)
        store = folder / f"{number}.db"  # a name of its own: the program remembers what it saw
        shutil.copy(folder / "office.db", store)
        extra = chance.choice(
            ([], ["--attach-new"], ["--dry-run"], ["--force-settings"], ["--json"])
        )
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                code = main(["import", "büro", str(path), *extra, "--store", str(store)])
            except BaseException:
                code = -1
        out.seek(0)
        after = Store(f"sqlite:///{store}").state("büro")
        counts[f"exit {code}"] += 1
        # what contradicts the record is exit 4, and was not written either
        counts["other code"] += code not in (0, 3, 4)
        counts["traceback"] += code in (-1, 1) or "Traceback" in out.read()
        counts["half"] += (code != 0 or "--dry-run" in extra) and after.head != state.head
        counts["memory"] += resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > limit
        if code not in (0, 3, 4):
            shutil.copy(path, folder / f"found-{number}{path.suffix}")
        store.unlink()
    return counts

"""What people type into the sheets of a desk, in English and German, and what they save."""

import shutil
from pathlib import Path

from tests.office.cases import places
from tests.office.office import Job, Locale, Step

TYPED: dict[Locale, dict[tuple[str, str], str]] = {
    "en-US": {
        ("R001", "loading"): "12.125", ("R001", "porosity"): "31.2/31.9",
        ("R001", "made_at"): "10/15/2026 8:30 AM", ("R001", "note"): "ran well, thin edges",
        ("R002", "loading"): "13", ("R002", "used:salt"): "3.14159265e-6",
        ("1", "salt"): "1e-5", ("R002", "used:gap"): "125.5", ("R002", "batch:slurry"): "S-117",
        ("R003", "status"): "failed", ("R003", "reason"): "web break",
        ("R004", "status"): "abandoned", ("R004", "reason"): "no slurry",
        ("R005", "porosity"): "none", ("R005", "used:binder"): "PVDF-Ä",
        ("R006", "porosity"): "38.1%",
        ("1", "gap"): "200.25", ("1", "binder"): "PVDF-Ä", ("1", "humidity"): "31.5",
        ("1", "loading"): "14.5", ("1", "porosity"): "40",
    },
    "de-DE": {
        ("R001", "loading"): "12,125", ("R001", "porosity"): "31,2/31,9",
        ("R001", "made_at"): "15.10.2026 8:30", ("R001", "note"): "ran well, thin edges",
        ("R002", "loading"): "13", ("R002", "used:salt"): "3,14159265e-6",
        ("1", "salt"): "1e-5", ("R002", "used:gap"): "125,5", ("R002", "batch:slurry"): "S-117",
        ("R003", "status"): "failed", ("R003", "reason"): "web break",
        ("R004", "status"): "abandoned", ("R004", "reason"): "no slurry",
        ("R005", "porosity"): "none", ("R005", "used:binder"): "PVDF-Ä",
        ("R006", "porosity"): "38,1%",
        ("1", "gap"): "200,25", ("1", "binder"): "PVDF-Ä", ("1", "humidity"): "31,5",
        ("1", "loading"): "14,5", ("1", "porosity"): "40",
    },
}  # fmt: skip
LOCALES: tuple[Locale, ...] = ("en-US", "de-DE")
ENDINGS = (".xlsx", ".ods", ".csv")


def typed(path: Path, cells: dict[tuple[str, str], str]) -> list[Step]:
    where = places(path)
    return [("type", where[place], text) for place, text in cells.items() if place in where]


def jobs(folder: Path, locale: Locale) -> list[Job]:
    """What one person does."""
    book, table = folder / f"plan-{locale}.xlsx", folder / f"plan-{locale}.csv"
    shutil.copy(folder / "plan.xlsx", book)  # who opens a file locks it
    shutil.copy(folder / f"plan{'-comma' * (locale == 'de-DE')}.csv", table)
    cell = places(book)
    rows = f"{cell['R001', 'run']}:{cell['R007', 'note']}"
    first = int(cell["R001", "run"][1:])
    some = {
        (run, column): text
        for (run, column), text in TYPED[locale].items()
        if run == "1" or column in ("loading", "note")
    }
    return [
        Job(book, [folder / f"same-{locale}{ending}" for ending in ENDINGS]),
        Job(
            book,
            [folder / f"filled-{locale}{ending}" for ending in ENDINGS],
            typed(book, TYPED[locale]),
        ),
        Job(
            book,
            [folder / f"sorted-{locale}.xlsx"],
            [*typed(book, some), ("unprotect",), ("sort", rows, 1), ("delete_row", first),
             ("hide_row", first)],
        ),
        Job(
            book,
            [folder / f"formula-{locale}.xlsx"],
            [("type", cell["R001", "loading"], "=12+1/8"),
             ("type", cell["R002", "loading"], "=1/0")],
        ),
        Job(table, [folder / f"table-{locale}.csv"], typed(table, TYPED[locale])),
        Job(table, [folder / f"table-{locale}.xlsx"], typed(table, some)),
    ]  # fmt: skip

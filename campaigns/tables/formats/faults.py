"""What is wrong with the cells and rows of a file, whatever they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from designer.campaigns.errors import Problem
from designer.campaigns.tables.layout import shown_row
from designer.campaigns.tables.table import LONGEST_CELL, LONGEST_NOTE, MERGED

_SHORT = 100  # cells up to this length are no reason to look closer


def unfit_rows(
    unfit: Sequence[tuple[str, int, int]],
    source: str,
    wanted: int,
    word: str,
    separator: str | None,
    *,
    whole: bool,
) -> Iterator[Problem]:
    """What is wrong with rows that are longer or shorter than the header; one fault if it is all.

    Args:
        unfit: place, number of cells, and of filled ones, of each.
        source: name of the file.
        wanted: number of cells of the header.
        word: what a row is called.
        separator: between cells; None for a sheet.
        whole: whether no row fits.
    """
    more = {count > wanted for _, count, _ in unfit}
    decimals = "Decimal commas? Then separate the cells by semicolons, or write 12.5."
    if whole and separator and len(unfit) > 1 and len(more) == 1:
        counts = " or ".join(map(str, sorted({count for _, count, _ in unfit})))
        cells = "cell" if counts == "1" else "cells"
        what = f"all {len(unfit)} {word}s have {counts} {cells}, the header {wanted}"
        quote = "Signs that separate cells inside names? Put such names in quotes."
        yield Problem(source, what, hint=decimals if True in more and separator == "," else quote)
        return
    for where, count, filled in unfit:
        what = f"the {word} has {count} cells, the header {wanted}"
        hint: str | None = None
        if separator is None:
            what = "there is a value beyond the last column that has a name"
        elif separator == "," and count > wanted:
            hint = decimals
        elif count < wanted and filled == 1:
            hint = "A remark below the table? Take it out."
        yield Problem(where, what, hint=hint)


def cell_problem(text: str, *, note: bool, file: bool) -> tuple[str, str | None, str | None] | None:
    """What is wrong with a cell: too long, or lines that an open quotation mark swallowed.

    Args:
        text: its text.
        note: whether it is free text.
        file: whether it was read from a text file.

    Returns:
        What, the text found and what is allowed, for a problem; None where nothing is.
    """
    if len(text) <= _SHORT and (not file or text.isprintable()):
        return None
    limit = LONGEST_NOTE if note else LONGEST_CELL
    if len(text) > limit:
        return "the cell is too long", f"{len(text)} characters", f"{limit}"
    if file and not note and ("\n" in text or "\r" in text):
        what = "there is a line break in the cell; is a quotation mark not closed?"
        return what, shown_row([text]), None
    return None


def merged_problem(problem: Problem) -> Problem:
    """What is wrong with a blank cell that is only blank because cells are merged."""
    hint = "Split the merged cells and write the value into every row."
    return replace(problem, what=f"the cell is {MERGED}, of which one has a value", hint=hint)

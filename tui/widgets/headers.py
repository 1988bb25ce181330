"""Headers of narrow columns: long names on two rows, the unit on the third."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

WIDEST: Final = 8
"""Cells of a header; the name in full is in the pane of the run."""


def header(name: str, unit: str | None) -> Text:
    """``coating / gap / um``: three rows, right-justified like the numbers below."""
    rows = [shortened(row) for row in two_rows(name)]
    return Text("\n".join([*rows, unit or ""]), justify="right")


def two_rows(name: str) -> tuple[str, str]:
    """A name broken at the underscore that makes the longer half shortest."""
    words = name.split("_")
    halves = [("_".join(words[:k]), "_".join(words[k:])) for k in range(1, len(words))]
    if len(name) <= WIDEST or not halves:
        return "", name
    return min(halves, key=lambda half: max(map(len, half)))


def shortened(text: str, widest: int = WIDEST) -> str:
    """At most as many cells as a column is wide."""
    if cell_len(text) <= widest:
        return text
    return set_cell_size(text, widest - 1).rstrip() + "…"


def spaced(text: Text) -> Text:
    """The same with one blank before every row: half the gap a table would make."""
    rows = [Text(" ") + row for row in text.split(allow_blank=True)]
    joined = Text("\n").join(rows)
    joined.justify = text.justify
    return joined

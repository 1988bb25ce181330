"""Laws of a file that grows: every row becomes one run, whenever and however often it is read."""

import random
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.campaigns import commands
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.sheets.filled.attached import AttachedRows, attach_columns
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import FilledSheets
from tests.laws import ONE_FIXTURE

NAMES = ("solid_content", "coating_gap", "pressure", "binder", "mass_loading", "porosity")
ROW = st.tuples(
    st.sampled_from([55.0, 56.0]),
    st.sampled_from([100.0, 120.0]),
    st.just(100.0),
    st.sampled_from("AB"),
    st.sampled_from([7.0, 8.0, 9.0]),
    st.sampled_from([35.0, 36.0]),
)
"""Few settings and coarse results: rows that are alike by chance are the rule."""
Row = tuple[float, float, float, str, float, float]


def attach(sheets: FilledSheets, rows: list[Row]) -> AttachedRows:
    columns = {name: [row[k] for row in rows] for k, name in enumerate(NAMES)}
    found = attach_columns(columns, sheets.state)
    if found.brings:
        sheets.change(found.events)
    return found


@settings(ONE_FIXTURE, max_examples=25)
@given(st.lists(ROW, min_size=1, max_size=6), st.data())
def test_rows_come_once_in_any_order(tmp_path: Path, rows: list[Row], data: st.DataObject) -> None:
    """In pieces that grow, shuffled each day."""
    sheets = FilledSheets(tmp_path, ())
    seen = 0
    while seen < len(rows):
        seen = data.draw(st.integers(seen + 1, len(rows)))
        day = data.draw(st.permutations(rows[:seen]))
        attach(sheets, day)
        assert len(sheets.state.runs) == seen
        assert not attach(sheets, day).brings
    runs = sheets.state.runs.values()
    there = sorted(
        (*r.used.values(), *r.values("mass_loading"), *r.values("porosity")) for r in runs
    )
    assert there == sorted(rows)


@settings(ONE_FIXTURE, max_examples=25)
@given(st.lists(ROW, min_size=2, max_size=6), st.integers(0, 5), st.integers(0, 5))
def test_one_changed_cell_is_never_a_silent_second_run(
    tmp_path: Path, rows: list[Row], which: int, cell: int
) -> None:
    """A conflict, or said: a run is gone, or a row repeats settings with other results."""
    sheets = FilledSheets(tmp_path, ())
    rows = list(dict.fromkeys(rows))
    attach(sheets, rows)
    columns = [list(column) for column in zip(*rows, strict=True)]
    value = columns[cell][which % len(rows)]
    other = "B" if value == "A" else "A" if isinstance(value, str) else float(value) + 1
    columns[cell][which % len(rows)] = other
    new: dict[str, list[Any]] = {name: columns[k] for k, name in enumerate(NAMES)}
    before = sheets.state.seq
    try:
        found = attach_columns(new, sheets.state)
        sheets.change(found.events)
    except ConflictError:
        assert sheets.state.seq == before
        return
    words = ("in it no more", "the settings of runs", "at other settings", "the same as")
    assert not found.brings or any(word in note for note in found.notes for word in words)


@settings(ONE_FIXTURE, max_examples=40)
@given(
    st.lists(
        st.tuples(*[st.sampled_from(["", "55", "100", "A", "7,1", "none", "31/32", "x", "1e999",
                                     "2021-01-01", "failed", "R001", "=B", "n.d."])] * 6),
        min_size=1, max_size=4,
    ),
    st.lists(st.sampled_from([*NAMES, "made_at", "status", "replicate", "run", "note", "other"]),
             min_size=6, max_size=6, unique=True),
)  # fmt: skip
def test_f7_any_cells_are_refused_or_attached_once(
    tmp_path: Path, rows: list[tuple[str, ...]], header: list[str]
) -> None:
    sheets = FilledSheets(tmp_path, ())
    columns = {name: [row[k] for row in rows] for k, name in enumerate(header)}
    before = sheets.state.seq
    try:
        found = attach_columns(columns, sheets.state)
        sheets.change(found.events)
    except (InputError, ConflictError):
        assert sheets.state.seq == before
        return
    if "replicate" not in header:
        assert not attach_columns(columns, sheets.state).brings


def test_a_correction_and_a_growing_file_at_random(tmp_path: Path) -> None:
    draw = random.Random(3)
    rows: list[Row] = [
        (55.0 + k % 3, 100.0 + 10 * (k % 4), 100.0, "AB"[k % 2], 7 + draw.random(), 35.0)
        for k in range(30)
    ]
    sheets = FilledSheets(tmp_path, ())
    for day in range(5, 31, 5):
        attach(sheets, rows[:day])
        run = draw.choice([*sheets.state.runs])
        right = {"porosity": Quantity.of(str(30 + day / 10))}
        sheets.change(partial(commands.correct, run=run, reason="digits", responses=right))
    assert len(sheets.state.runs) == 30

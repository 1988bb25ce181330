"""Rows of earlier lines that count twice, and slips among few rows beside own results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.earlier_lines.doubled import doubled_rows, doubled_runs
from designer.campaigns.earlier_lines.read import line_from_columns
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.line_slips import line_slips
from designer.campaigns.specification import load
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import begin, then

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "case", "line": "l"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 50, "high": 350, "step": 10},
        {"name": "pressure", "unit": "MPa", "low": 20, "high": 200, "step": 5},
    ],
    "response": [
        {"name": "mass_loading", "unit": "mg/cm^2", "possible": [0, 60]},
        {"name": "porosity", "unit": "%", "possible": [0, 100]},
    ],
}
NAMES = ("gap", "pressure", "mass_loading", "porosity")
Row = tuple[float, float, float, float]
OWN: tuple[Row, ...] = (
    (100, 50, 5.2, 38.1), (200, 60, 10.4, 36), (150, 120, 7.6, 33), (300, 100, 14.9, 34),
    (250, 100, 12.4, 34.5), (60, 150, 3.1, 31),
)  # fmt: skip
LINE: tuple[Row, ...] = (
    (60, 50, 5, 40), (100, 60, 6, 38), (200, 90, 9, 36), (250, 100, 12, 33), (300, 120, 15, 31),
    (310, 120, 15.2, 31.3),
)  # fmt: skip


def entries(rows: Sequence[Row]) -> list[ResultEntry]:
    return [
        ResultEntry(
            None,
            {"mass_loading": [Quantity.of(load_)], "porosity": [Quantity.of(porosity)]},
            used={"gap": Quantity.of(gap), "pressure": Quantity.of(pressure)},
        )
        for gap, pressure, load_, porosity in rows
    ]


def campaign() -> CampaignState:
    state = begin(load.from_dict(SPEC))
    return then(state, commands.attach(state, entries(OWN)))


def add(state: CampaignState, rows: Sequence[Row], name: str) -> tuple[CampaignState, list[str]]:
    columns = {key: [row[k] for row in rows] for k, key in enumerate(NAMES)}
    table = line_from_columns(columns, state.spec, name=name)
    return then(state, commands.add_line(state, table)), table.notes


def told(state: CampaignState) -> list[str]:
    return doubled_rows(state, [*state.lines.values()][-1])


def test_own_results_as_a_line_are_told() -> None:
    state, _ = add(campaign(), OWN[:5], "a")
    (note,) = told(state)
    assert note.startswith("5 of 5 rows of a are own results (R001, R002, R003, R004, R005) over")
    assert "designer undo case 8" in note
    state, _ = add(campaign(), [*LINE, *OWN[:2]], "a")
    assert told(state)[0].startswith("2 of 8 rows of a are own results (R001, R002)")


def test_nearly_the_same_line_is_told_and_another_one_is_not() -> None:
    state, _ = add(campaign(), LINE, "a")
    assert told(state) == []
    changed: Row = (60, 50, 5.1, 40)
    state, _ = add(state, [changed, *LINE[1:]], "b")
    assert told(state)[0].startswith("5 of 6 rows of b are rows of line a over again")
    state, _ = add(state, [(g, p, m + 0.1, q) for g, p, m, q in LINE], "c")
    assert told(state) == []


def test_rows_twice_in_a_line_are_told() -> None:
    _, notes = add(campaign(), [*LINE, LINE[0], LINE[2]], "a")
    assert notes[-1] == (
        "2 of 8 rows say the same as the row in brackets above them, and are kept: 6 (0), 7 (2);"
        " pasted twice?"
    )
    _, notes = add(campaign(), LINE, "a")
    assert not any("pasted" in note for note in notes)


@pytest.mark.parametrize(("row", "factor"), [(0, 10), (2, 0.1), (4, 0.01)])
def test_a_slip_among_few_rows_is_told_beside_own_results(row: int, factor: float) -> None:
    gap, pressure, loading, porosity = LINE[row]
    wrong = (gap, pressure, loading * factor, porosity)
    state, _ = add(campaign(), [*LINE[:row], wrong, *LINE[row + 1 :]], "a")
    (text,) = line_slips(state, state.lines["a"])
    assert f"(gap {gap:g} um, pressure {pressure:g} MPa)" in text


@pytest.mark.parametrize("factor", [0.3, 1, 3, 10])
def test_a_line_that_differs_as_a_whole_has_no_slips(factor: float) -> None:
    state, _ = add(campaign(), [(g, p, m * factor / 3, q) for g, p, m, q in LINE], "a")
    assert line_slips(state, state.lines["a"]) == []


def entered(state: CampaignState, rows: Sequence[Row]) -> tuple[CampaignState, list[str]]:
    """The campaign with own results, and what is told of them."""
    after = then(state, commands.attach(state, entries(rows)))
    return after, doubled_runs(after, [*after.runs][len(state.runs) :])


def test_own_results_are_told_where_the_line_was_there_before() -> None:
    state, _ = add(begin(load.from_dict(SPEC)), [*OWN, *LINE], "a b")
    _, (told,) = entered(state, OWN)
    assert told == (
        "6 of 6 own results (R001, R002, R003, R004, R005, …) are rows of a b over again: counted"
        " twice they make the models too sure. If so: designer undo case 2"
    )
    state, (told,) = entered(state, [LINE[1], (70, 60, 4, 39), LINE[3]])
    assert told.startswith("2 of 3 own results (R001, R003) are rows of a b over again")
    state, silent = entered(state, [(80, 60, 4, 39), (100, 60, 6.01, 38), (110, 60, 6, 38)])
    assert silent == []
    excluded = then(state, commands.exclude_line(state, "a b", "the same"))
    assert entered(excluded, OWN)[1] == []


def test_own_results_of_a_line_that_come_one_by_one_are_told_from_the_second_on() -> None:
    state, _ = add(begin(load.from_dict(SPEC)), [*LINE, *LINE[:1]] * 10, "a")
    state, first = entered(state, LINE[:1])
    assert first == []
    _, (told,) = entered(state, LINE[1:2])
    assert told.startswith("2 of 2 own results (R001, R002) are rows of a over again")


def test_results_that_are_a_part_of_a_row_are_told() -> None:
    state, _ = add(begin(load.from_dict(SPEC)), LINE, "a")
    parts = [
        ResultEntry(None, {"porosity": each.responses["porosity"]}, used=each.used)
        for each in entries(LINE[:3])
    ]
    after = then(state, commands.attach(state, parts))
    assert doubled_runs(after, ["R003"])[0].startswith("3 of 3 own results (R001, R002, R003) are")

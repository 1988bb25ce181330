"""Tables of recipes at hand: what is offered, what is left out and why, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands.entries import PlanDraft, PlannedRun
from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import REPLACED
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.sheets.offered import OfferedTable, offered_table
from designer.campaigns.specification import load
from designer.campaigns.tables.options import TableOptions
from tests.campaigns.decisions import RECIPE, TABLES, begin, then

CONSTRAINT = [{"expression": "solid * gap <= 9000", "reason": "dryer"}]
GIVEN = [{"name": "humidity", "unit": "%", "low": 0, "high": 60}]


def state_of(**more: Any) -> CampaignState:
    return begin(load.from_dict({**TABLES, **more}))


def read(state: CampaignState, text: str, folder: Path, **options: Any) -> OfferedTable:
    path = folder / "coils.csv"
    path.write_text(text)
    known = {key: options.pop(key) for key in ("fixed", "given") if key in options}
    return offered_table(path, state, TableOptions(**options), **known)


def proposed(state: CampaignState, *extras: dict[str, Any]) -> CampaignState:
    runs = [
        PlannedRun(k, k, {**RECIPE, "gap": 111.0}, {}, {}, None, 1.0, None, "", extra=extra)
        for k, extra in enumerate(extras, start=1)
    ]
    return then(state, commands.propose(state, PlanDraft("learn", 0, runs, state.seq, 1.0, None)))


def test_rows_are_offered_with_what_else_they_say(tmp_path: Path) -> None:
    text = "coil,gap [mm],solid,length,humidity\n007,0.111,56.5,120,30\n10E2,0.08,60,80.5,\n"
    found = read(state_of(given=GIVEN), text, tmp_path)
    assert [dict(recipe.settings) for recipe in found.recipes] == [
        {"gap": 111.0, "solid": 56.5}, {"gap": 80.0, "solid": 60.0},
    ]  # fmt: skip
    assert [recipe.given for recipe in found.recipes] == [{"humidity": 30.0}, {}]
    assert [recipe.extra for recipe in found.recipes] == [
        {"coil": "007", "length": 120.0}, {"coil": "10E2", "length": 80.5},
    ]  # fmt: skip
    assert (found.id_column, found.labels) == ("coil", ["line 2", "line 3"])
    assert found.name == "the 2 recipes of coils.csv"
    assert found.told == [
        "gap lies between the machine's set-points in line 2 of coils.csv: taken as it is"
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("a,70,80", "solid: outside the range"),
        ("a,65,150", "against the constraint solid * gap <= 9000"),
        ("a,,80", "solid is blank"),
        ("a,x,80", "solid: this is not a number"),
        ("a,56,100", "gap is 100 um, and fixed at 80 um"),
        ("a,56,-", "gap is blank"),
    ],
)
def test_rows_that_cannot_be_made_are_told(tmp_path: Path, row: str, why: str) -> None:
    state = state_of(constraint=CONSTRAINT)
    rows = f"id,solid,gap\nb,56,80\n{row}\n"
    found = read(state, rows, tmp_path, fixed={"gap": 80.0} if "fixed" in why else {})
    assert found.labels == ["line 2"]
    ((label, told),) = found.left_out
    assert label == "line 3"
    assert why in told
    assert found.told[0].startswith("of coils.csv left out: line 3: ")
    with pytest.raises(InputError) as refused:
        read(state, f"id,solid,gap\n{row}\n", tmp_path, fixed={"gap": 80.0})
    first, *others = [str(problem) for problem in refused.value.problems]
    assert first.startswith("coils.csv: no recipe of it can be proposed")
    assert len(others) == 1
    assert others[0].startswith("coils.csv line 2: ")


def test_equal_recipes_are_things_of_their_own_by_their_ids(tmp_path: Path) -> None:
    text = "maker,solid,gap\nA,56,80\nA,56,80\nB,56,80\nA,57,80\n"
    same = read(begin(), text, tmp_path)
    assert (same.labels, same.id_column) == (["line 2", "line 4", "line 5"], None)
    assert same.told[1].startswith("column 'maker' has equal cells: equal recipes count once")
    assert same.left_out == [("line 3", "says the same as line 2")]
    coils = "coil,solid,gap\nC1,56,80\nC2,56,80\nC3,57,80\nC4,58,80\nC1,58,100\nC5,59,80\n"
    again = read(begin(), coils, tmp_path)
    assert again.told[0].startswith("column 'coil' has C1 more than once")
    own = read(begin(), "maker,id,solid,gap\nA,1,56,80\nA,2,56,80\n", tmp_path)
    assert (own.labels, own.id_column) == (["line 2", "line 3"], "id")
    assert own.told == ["column 'id' tells the recipes apart"]
    pasted = read(begin(), "id,solid,gap\n1,56,80\n2,56,80\n1,56,80\n", tmp_path)
    assert (pasted.labels, pasted.id_column) == (["line 2", "line 3"], "id")


def test_what_was_planned_or_made_is_not_offered_again(tmp_path: Path) -> None:
    state = proposed(begin(), {"id": "1"}, {"id": "2"}, {"id": "3"}, {})
    state = then(state, commands.abandon(state, ["R001"], "torn"))
    state = then(state, commands.abandon(state, ["R002"], REPLACED))
    table = "id,solid,gap\n1,56,80\n2,56,80\n3,58,80\nx4,56,80\n"
    found = read(state, table, tmp_path)
    assert found.labels == ["line 3", "line 5"]  # what a replaced plan would have used is there
    assert found.left_out == [
        ("line 2", "R001 was planned or made of it"), ("line 4", "R003 was planned or made of it"),
    ]  # fmt: skip


def test_a_thing_is_known_again_whatever_stands_beside_it(tmp_path: Path) -> None:
    state = proposed(begin(), {"maker": "A", "id": 8.0}, {"maker": "A", "id": 10.0})
    table = "maker,id,solid,gap\nA,8,56,80\nB,9X,56,80\nC,10,56,80\n"
    assert read(state, table, tmp_path).labels == ["line 3"]
    # one row alone: its maker is no id, for two runs were made of his
    one = read(state, "maker,id,solid,gap\nA,11,56,80\n", tmp_path)
    assert (one.labels, one.id_column) == (["line 2"], "id")
    table = "maker,id,solid,gap\nA,11,56,80\nA,12,56,80\n"
    some = read(begin(), table, tmp_path, where={"id": "11"})
    assert (some.labels, some.id_column) == (["line 2"], "id")


def test_what_a_replaced_plan_would_have_used_is_there(tmp_path: Path) -> None:
    state = proposed(begin(), {"id": "1"}, {"id": "2"})
    path = tmp_path / "coils.csv"
    path.write_text("id,solid,gap\n1,56,80\n2,56,80\n")
    assert offered_table(path, state, gone=["R001"]).labels == ["line 2"]
    state = then(state, commands.abandon(state, ["R002"], f"{REPLACED}: foil is late"))
    assert offered_table(path, state).labels == ["line 3"]


def test_columns_called_as_ours_come_back_but_of_our_own_sheets(tmp_path: Path) -> None:
    text = "id,status,order,run,batch:mix,solid,gap\na,in store,7,R009,m1,56,80\n"
    (recipe,) = read(begin(), text, tmp_path).recipes
    assert recipe.extra == {
        "id": "a", "status": "in store", "order": 7.0, "run": "R009", "batch:mix": "m1",
    }  # fmt: skip
    ours = "id,status,order,run,plan,solid,gap\na,completed,7,R009,P001,56,80\n"
    assert [each.extra for each in read(begin(), ours, tmp_path).recipes] == [{"id": "a"}]


def test_off_the_grid_is_what_is_there(tmp_path: Path) -> None:
    state = proposed(begin(), {"id": "1"})
    run = state.runs["R001"]
    assert (run.used["gap"], dict(run.extra), run.own_recipe) == (111.0, {"id": "1"}, True)
    amended = then(
        state, commands.amend(state, load.from_dict({**TABLES, "costs": {"run": 1}}), "")
    )
    assert not breaches(amended)
    assert then(amended, commands.start(amended, "R001")).runs["R001"].flags == ()
    outside = PlannedRun(1, 1, {"solid": 70.0, "gap": 80.0}, {}, {}, None, 1, None, "", extra={})
    with pytest.raises(InputError, match="outside the range"):
        commands.propose(state, PlanDraft("learn", 0, [outside], state.seq, 1.0, None))
    ours = PlannedRun(1, 1, {"solid": 56.0, "gap": 111.0}, {}, {}, None, 1, None, "")
    with pytest.raises(InputError, match="gap"):
        commands.propose(state, PlanDraft("learn", 0, [ours], state.seq, 1.0, None))


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ({"columns": {"Breite": "gap"}}, ["line 2", "line 3"]),
        ({"columns": {"Breite": "-"}, "constants": {"gap": "100"}}, ["line 2", "line 3"]),
        ({"columns": {"Breite": "gap"}, "where": {"id": "b"}}, ["line 3"]),
    ],
)
def test_table_options_say_what_they_say_elsewhere(
    tmp_path: Path, options: dict[str, Any], labels: Sequence[str]
) -> None:
    found = read(begin(), "id,solid,Breite\na,56,80\nb,58,100\n", tmp_path, **options)
    assert found.labels == labels
    assert all("gap" in recipe.settings for recipe in found.recipes)
    assert all(recipe.extra and set(recipe.extra) == {"id"} for recipe in found.recipes)


def test_a_table_without_a_factor_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column of it is a factor"):
        read(begin(), "id,colour\n1,red\n", tmp_path)


def test_columns_in_memory_are_read_alike() -> None:
    columns: dict[str, Sequence[object]] = {
        "coil": [17, 18],
        "solid": [56.0, 57.0],
        "gap": [80, 151],
    }
    found = offered_table(columns, begin())
    assert found.labels == ["row 0"]
    assert found.recipes[0].extra == {"coil": 17.0}

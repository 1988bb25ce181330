"""Exports: what they say, that they come back, and that they cannot hurt."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.earlier_lines.read import line_from_campaign, read_line
from designer.campaigns.errors import InputError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export import FORMATS, export
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.campaigns.store.store import Store
from designer.campaigns.tables.options import DecimalWord
from designer.campaigns.values.quantity import Quantity
from tests.laws import ONE_FIXTURE

TEXT = """
[campaign]
version = 1
name = "{name}"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3
[[factor]]
name = "speed"
unit = "m/min"
low = 0.1
high = 10
stage = "slurry"
[[factor]]
name = "binder"
categories = ["PVDF-A", "=1+1", "µ;,\\"x"]
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "thickness"
unit = "um"
[[response]]
name = "adhesion"
"""
PREDICTED = {"mean": 51.23456, "sd": 1.0, "sd_result": 2.0, "low": 49.3, "high": 53.3, "at": 1}
BINDERS = ["PVDF-A", "=1+1", 'µ;,"x']


def spec_of(name: str = "exports") -> Specification:
    return load.from_toml(TEXT.replace("{name}", name))


def make(runs: list[tuple[float, str]], name: str = "exports") -> Store:
    """A campaign in memory; runs are (speed, binder)."""
    store = Store(None)
    store.create(spec_of(name), "anna")
    planned = [
        PlannedRun(
            order=order, rank=order, settings={"speed": speed, "binder": binder},
            batch={"slurry": "new-1"},
            predicted={"thickness": PREDICTED},
            bits=0.75, cost=1.0, in_spec=None, in_spec_measured=0.25, reason="explore",
            given={"humidity": 40.0},
        )
        for order, (speed, binder) in enumerate(runs, start=1)
    ]  # fmt: skip

    def propose(state: CampaignState) -> list[NewEvent]:
        draft = PlanDraft("learn", 7, planned, state.seq, float(len(planned)), 1.5)
        return commands.propose(state, draft)

    store.change(name, propose, actor="anna")
    return store


def record(store: Store, run: str, name: str = "exports", **responses: Any) -> CampaignState:
    values = {
        key: None if value is None else [Quantity.of(v) for v in value]
        for key, value in responses.items()
    }
    return store.change(name, lambda s: commands.record(s, [ResultEntry(run, values)]), actor="ben")


def rows_of(path: Path, separator: str = ",") -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_plan_sheet(tmp_path: Path) -> None:
    store = make([(0.1 + 0.2, "=1+1"), (2.0, "PVDF-A")])
    state = store.state("exports")
    assert export(state, tmp_path / "plan.csv") == 2
    rows = rows_of(tmp_path / "plan.csv")
    assert list(rows[0]) == [
        "run", "speed [m/min]", "binder", "humidity [%]", "thickness [um]", "adhesion", "status",
        "reason", "batch:slurry", "made_at", "note", "campaign", "order", "rank", "plan",
        "thickness_mean", "thickness_low", "thickness_high", "adhesion_mean", "adhesion_low",
        "adhesion_high", "information_bits", "cost", "in_spec", "in_spec_measured", "why", "head",
    ]  # fmt: skip
    assert rows[0]["speed [m/min]"] == "0.30000000000000004"
    assert rows[0]["binder"] == "'=1+1"
    assert rows[0]["thickness_mean"] == "51.23"
    assert rows[0]["thickness_high"] == "53.3"
    assert rows[0]["in_spec_measured"] == "0.25"
    assert rows[0]["thickness [um]"] == ""
    assert rows[0]["head"] == state.head
    assert [row["run"] for row in rows] == ["R001", "R002"]


def test_plan_sheet_of_one_plan_or_of_what_waits(tmp_path: Path) -> None:
    store = make([(1.0, "PVDF-A"), (2.0, "PVDF-A")])
    state = record(store, "R001", thickness=["50"], adhesion=["1"])
    export(state, tmp_path / "open.csv")
    assert [row["run"] for row in rows_of(tmp_path / "open.csv")] == ["R002"]
    assert export(state, tmp_path / "all.csv", plan="p001") == 2
    with pytest.raises(InputError, match="Did you mean 'P001'"):
        export(state, tmp_path / "x.csv", plan="P01")
    state = record(store, "R002", thickness=["50"], adhesion=None)
    with pytest.raises(InputError, match="no run waits"):
        export(state, tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()


def test_plan_json_has_the_shape_of_propose(tmp_path: Path) -> None:
    state = make([(0.1 + 0.2, "=1+1"), (2.0, "PVDF-A")]).state("exports")
    export(state, tmp_path / "plan.json")
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert {key: plan[key] for key in ("campaign", "plan", "seed", "goal")} == {
        "campaign": "exports", "plan": "P001", "seed": 7, "goal": "learn",
    }  # fmt: skip
    assert plan["information_bits"] == 1.5
    assert plan["cost"] == 2.0
    assert plan["nested"] is True
    first = plan["runs"][0]
    assert first["settings"] == {"speed": 0.1 + 0.2, "binder": "=1+1"}
    assert first["batch"] == {"slurry": "slurry-01"}
    # not told by the program that made the plan: null
    assert first["predicted"]["thickness"] == {**PREDICTED, "low95": None, "high95": None}
    assert first["in_spec_measured"] == 0.25
    assert {"run", "order", "rank", "information_bits", "cost", "in_spec", "reason"} <= set(first)


def test_data_tells_every_measurement_with_planned_and_used(tmp_path: Path) -> None:
    store = make([(1.0, "PVDF-A"), (2.0, "=1+1"), (3.0, "PVDF-A")])
    store.change(
        "exports",
        lambda s: commands.record(
            s,
            [
                ResultEntry(
                    "R001",
                    {"thickness": [Quantity.of("50.5"), Quantity.of("51")]},
                    {"speed": Quantity.of("1.25")},
                    note="line one\n=two",
                    made_at="2021-10-15",
                )
            ],
        ),
        actor="ben",
    )
    record(store, "R001", adhesion=["0.1"])
    store.change("exports", lambda s: commands.fail(s, "R002", "web break"), actor="ben")
    state = store.state("exports")
    assert export(state, tmp_path / "data.csv", "data") == 3
    rows = rows_of(tmp_path / "data.csv")
    assert [(r["run"], r["replicate"], r["thickness [um]"], r["adhesion"]) for r in rows] == [
        ("R001", "1", "50.5", "0.1"), ("R001", "2", "51", ""), ("R002", "", "", ""),
    ]  # fmt: skip
    speeds = (rows[0]["speed [m/min]"], rows[0]["planned:speed [m/min]"])
    assert speeds == ("1.25", "1")
    assert rows[0]["batch:slurry"] == "slurry-01"
    assert rows[0]["made_at"] == "2021-10-15"
    assert rows[0]["note"] == "line one\n=two"
    assert rows[0]["actor"] == "ben"
    assert rows[0]["recorded_at"] > rows[1]["recorded_at"]
    assert (rows[2]["status"], rows[2]["reason"], rows[2]["binder"]) == (
        "failed",
        "web break",
        "'=1+1",
    )
    export(state, tmp_path / "data.json", "data")
    data = json.loads((tmp_path / "data.json").read_text())
    assert data["runs"][0]["measured"]["thickness"][1]["text"] == "51"
    assert data["runs"][0]["used"]["speed"] == 1.25
    assert data["runs"][0]["settings"]["speed"] == 1.0
    assert data["units"]["thickness"] == "um"


def test_exported_data_are_an_earlier_line_for_another_campaign(tmp_path: Path) -> None:
    store = make([(0.1 + 0.2, "=1+1"), (2.0, 'µ;,"x')])
    record(store, "R001", thickness=["50.123456789012345", "49"], adhesion=["-1.5"])
    state = record(store, "R002", thickness=["51"])
    export(state, tmp_path / "data.csv", "data")
    line = read_line(tmp_path / "data.csv", spec_of("next"))
    assert [row["settings"] for row in line.rows] == [
        {"speed": 0.1 + 0.2, "binder": "=1+1"}, {"speed": 0.1 + 0.2, "binder": "=1+1"},
        {"speed": 2.0, "binder": 'µ;,"x'},
    ]  # fmt: skip
    direct = line_from_campaign(state, spec_of("next"))
    assert [row["settings"] for row in direct.rows] == [
        {"speed": 0.1 + 0.2, "binder": "=1+1"}, {"speed": 2.0, "binder": 'µ;,"x'},
    ]  # fmt: skip
    values = [v["number"] for v in direct.rows[0]["responses"]["thickness"]]
    assert values == [float("50.123456789012345"), 49.0]
    assert direct.rows[0]["batch"] == {"slurry": "slurry-01"}
    assert direct.name == "line4"
    assert direct.mapping["head"] == state.head


def test_events_lose_nothing(tmp_path: Path) -> None:
    store = make([(1.0, "=1+1")])
    state = record(store, "R001", thickness=["50"], adhesion=None)
    assert export(state, tmp_path / "log.json", "events") == len(state.events)
    log = json.loads((tmp_path / "log.json").read_text())
    assert [event["body"] for event in log["events"]] == [event.body for event in state.events]
    assert log["events"][-1]["hash"] == state.events[-1].hash
    export(state, tmp_path / "log.csv", "events")
    rows = rows_of(tmp_path / "log.csv")
    assert [json.loads(row["body"]) for row in rows] == [event.body for event in state.events]
    assert [row["kind"] for row in rows] == [event.kind for event in state.events]


def test_specification(tmp_path: Path) -> None:
    state = make([(1.0, "PVDF-A")]).state("exports")
    export(state, tmp_path / "spec.toml", "spec")
    assert (tmp_path / "spec.toml").read_text() == state.spec.text
    export(state, tmp_path / "spec.json", "spec")
    tables = json.loads((tmp_path / "spec.json").read_text())
    assert load.from_dict(tables) == state.spec
    assert tomllib.loads((tmp_path / "spec.toml").read_text())["campaign"]["name"] == "exports"


@pytest.mark.parametrize("name", ["x", "x.pkl", "x.ods", "x.toml", "x.xlsx", "x.html", "x.md"])
def test_other_endings_name_the_ones_that_work(tmp_path: Path, name: str) -> None:
    state = record(make([(1.0, "PVDF-A")]), "R001", thickness=["50"])
    for what, endings in FORMATS.items():
        if Path(name).suffix in endings:
            export(state, tmp_path / name, what, force=True)
            (tmp_path / name).unlink()
            continue
        with pytest.raises(InputError) as error:
            export(state, tmp_path / name, what)
        (problem,) = error.value.problems
        assert problem.found == (Path(name).suffix or "no ending")
        assert problem.allowed is not None
        assert all(ending in problem.allowed for ending in endings)
    assert list(tmp_path.iterdir()) == []


def test_row33_existing_files_are_replaced_only_by_force(tmp_path: Path) -> None:
    state = make([(1.0, "PVDF-A")]).state("exports")
    path = tmp_path / "plan.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="--force"):
        export(state, path)
    assert path.read_text() == "mine"
    assert export(state, path, force=True) == 1


def test_row17_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    store = make([(1.0, "=1+1")])
    store.change("exports", lambda s: commands.note(s, "@SUM(1)", "R001"), actor="ben")
    state = record(store, "R001", thickness=["-1", "-2"])
    marks = [("plan", "comma"), *((what, "point") for what in ("plan", "data", "events"))]
    for what, mark in cast("list[tuple[str, DecimalWord]]", marks):
        path = tmp_path / f"{what}{mark}.csv"
        export(state, path, what, decimal=mark)
        for row in rows_of(path, ";" if mark == "comma" else ","):
            for cell in row.values():
                assert not cell or cell[0] not in "=+@\t\r"
                assert not cell.startswith("-") or float(cell.replace(",", ".")) < 0


@settings(ONE_FIXTURE, max_examples=40)
@given(
    runs=st.lists(st.tuples(st.floats(0.1, 10), st.sampled_from(BINDERS)), min_size=1, max_size=4),
    values=st.lists(st.floats(-1e9, 1e9) | st.floats(-1e-9, 1e-9), min_size=4, max_size=4),
)
def test_f8_round_trip_is_exact(
    tmp_path: Path, runs: list[tuple[float, str]], values: list[float]
) -> None:
    """Settings and values survive sheet, filling and import with every bit."""
    store = make(runs)
    state = store.state("exports")
    path = tmp_path / "plan.csv"
    export(state, path, force=True)
    rows = rows_of(path)
    for row, value in zip(rows, values, strict=False):
        row["thickness [um]"] = repr(value)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    results = read_results(path, state)
    assert all(not entry.used and not entry.batch for entry in results.entries)
    state = store.change("exports", lambda s: commands.record(s, results.entries), actor="ben")
    for run, value, (speed, binder) in zip(state.runs.values(), values, runs, strict=False):
        assert run.values("thickness") == (value,)
        assert run.used == {"speed": speed, "binder": binder}
    assert read_results(path, state).entries == []
    line = line_from_campaign(state, spec_of("next"))
    assert [row["settings"] for row in line.rows] == [dict(r.used) for r in state.runs.values()]


def test_decimal_commas_are_read_back_as_the_same_numbers(tmp_path: Path) -> None:
    store = make([(0.1 + 0.2, "=1+1"), (2.125, 'µ;,"x'), (1e-1, "PVDF-A")])
    record(store, "R001", thickness=["51.5", "1234.125", "2.125"], adhesion=["1e-7"])
    state = record(store, "R002", thickness=["2.125"])
    sheet, data = tmp_path / "plan.csv", tmp_path / "data.csv"
    assert export(state, sheet, plan="P001", decimal="comma") == 3
    text = sheet.read_text(encoding="utf-8-sig")
    assert text.startswith("run;speed [m/min];binder;humidity [%];thickness [um];adhesion;status;")
    assert ";0,30000000000000004;'=1+1;40;51,5/1234,125/2,1250;1e-7;" in text
    assert ';2,1250;"µ;,""x";40;2,1250;;' in text  # 2,125 might be two thousand
    read = read_results(sheet, state)
    assert not read.brings
    assert [run["skipped"] for run in read.runs][:2] != [[], []]

    filled = text.replace(";PVDF-A;40;;;", ";PVDF-A;40;49,25/50,75;0,3;")
    sheet.write_text(filled)
    (event,) = read_results(sheet, state).events(state)
    told = event.body["responses"]
    assert [v["number"] for v in told["thickness"]] == [49.25, 50.75]

    assert export(state, data, "data", decimal="comma") == 4
    with_points = tmp_path / "points.csv"
    export(state, with_points, "data")
    spec = spec_of()
    lines = [read_line(path, spec, name="a").rows for path in (data, with_points)]
    assert [numbers(row) for row in lines[0]] == [numbers(row) for row in lines[1]]
    assert b";" not in with_points.read_bytes().splitlines()[0]


def numbers(row: Any) -> Any:
    """A row of a line without its texts."""
    if isinstance(row, dict):
        return {key: numbers(value) for key, value in row.items() if key not in ("text", "typed")}
    return [numbers(each) for each in row] if isinstance(row, list) else row


def test_categories_that_look_like_numbers_do_not_decide_the_decimal_mark(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("speed;binder;thickness\n2,1250;0.5;280\n3;0.5;290\n4;1,5;300\n")
    spec = load.from_toml(TEXT.replace("{name}", "x").replace('"PVDF-A"', '"0.5", "1,5"'))
    rows = read_line(path, spec, LineMapping(constants={"humidity": "40"}), name="a").rows
    assert [row["settings"] for row in rows] == [
        {"speed": 2.125, "binder": "0.5"}, {"speed": 3, "binder": "0.5"},
        {"speed": 4, "binder": "1,5"},
    ]  # fmt: skip


def test_decimal_commas_are_of_csv_alone(tmp_path: Path) -> None:
    state = make([(1.0, "PVDF-A")]).state("exports")
    for name, what in (("plan.json", "plan"), ("spec.toml", "spec"), ("e.json", "events")):
        with pytest.raises(InputError, match=r"no meaning in a file .*allowed: \.csv"):
            export(state, tmp_path / name, what, decimal="comma")
    with pytest.raises(InputError, match="no decimal mark"):
        export(state, tmp_path / "plan.csv", decimal=",")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"no meaning in a file \.xlsx .*allowed: \.csv"):
        export(state, tmp_path / "plan.xlsx", "data", decimal="comma")
    assert list(tmp_path.iterdir()) == []

"""Filled plan sheets come back by run id: in pieces, in any order, as often as somebody likes."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import (
    SheetResults,
    read_results,
    results_from_columns,
)
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.tables.table import unescape_formula
from designer.campaigns.values.quantity import Quantity
from tests.laws import ONE_FIXTURE

SPEC = load.from_toml("""
[campaign]
version = 1
name = "sheets"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3
[[factor]]
name = "solid_content"
unit = "wt%"
low = 50
high = 66
step = 0.5
stage = "slurry"
[[factor]]
name = "binder"
categories = ["PVDF-A", "=B"]
stage = "slurry"
[[factor]]
name = "coating_gap"
unit = "um"
low = 80
high = 300
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
""")
GAP = 100.123456789


class Bench:
    """One campaign in memory with a plan of three runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(None)
        self.store.create(SPEC, "anna")
        predicted: dict[str, Any] = {
            "mass_loading": {"mean": 12.345678, "sd": 0.5, "sd_result": 0.7654321}
        }
        runs = [
            PlannedRun(
                order=order, rank=4 - order,
                settings={"solid_content": 55.5, "binder": "=B", "coating_gap": GAP * order},
                batch={"slurry": "new-1"}, predicted=predicted, bits=1.5, cost=0.5, in_spec=None,
                reason="explore", given={"humidity": 40.0},
            )
            for order in (1, 2)
        ]  # fmt: skip
        self.change(
            lambda state: commands.propose(
                state,
                PlanDraft(goal="learn", seed=7, runs=runs, position=state.seq, cost=4.0,
                          information_bits=3.0),
            )
        )  # fmt: skip

    @property
    def state(self) -> CampaignState:
        return self.store.state("sheets")

    def change(self, decide: Callable[..., Any]) -> CampaignState:
        return self.store.change("sheets", decide, actor="ben")

    def read(self, text: str) -> SheetResults:
        path = self.folder / "filled.csv"
        path.write_text(text, encoding="utf-8")
        return read_results(path, self.state)

    def put(self, text: str) -> SheetResults:
        """Import as the service does."""
        results = self.read(text)
        if results.entries:
            self.change(lambda state: commands.record(state, results.entries))
        return results

    def refused(self, text: str, error: type[ConflictError] | type[InputError] = InputError) -> str:
        with pytest.raises(error) as refusal:
            self.read(text)
        return str(refusal.value)

    def values(self, run: str, response: str) -> list[float]:
        return list(self.state.run(run).values(response))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def sheet(bench: Bench, name: str = "plan.csv") -> list[dict[str, str]]:
    export(bench.state, bench.folder / name, force=True)
    with (bench.folder / name).open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def written(rows: list[dict[str, str]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def test_an_unfilled_sheet_says_nothing(bench: Bench) -> None:
    results = bench.read(written(sheet(bench)))
    assert results.entries == []
    assert results.notes == ["no result is filled in"]
    assert [run["new"] for run in results.runs] == [{}, {}]


def test_a_sheet_filled_in_pieces_and_imported_each_time(bench: Bench) -> None:
    rows = sheet(bench)
    rows[0]["mass_loading [mg/cm^2]"] = "12.1"
    rows[1]["mass_loading [mg/cm^2]"] = "PENDING"
    first = bench.put(written(rows))
    assert [entry.run for entry in first.entries] == ["R001"]
    assert first.runs[0]["new"] == {"mass_loading": [12.1]}
    assert first.runs[0]["changed"] == {}
    assert first.runs[0]["skipped"] == []
    assert bench.read(written(rows)).entries == []
    rows[0]["porosity [%]"] = "31.2/31.9/32.0"
    rows[1]["mass_loading [mg/cm^2]"] = "13"
    rows[1]["porosity [%]"] = "none"
    second = bench.put(written(rows[::-1]))
    assert {run["run"]: run["skipped"] for run in second.runs} == {
        "R002": [],
        "R001": ["mass_loading"],
    }
    assert bench.values("R001", "porosity") == [31.2, 31.9, 32.0]
    assert bench.state.run("R002").never == {"porosity"}
    assert bench.state.run("R002").status == "completed"
    third = bench.read(written(rows))
    assert third.entries == []
    assert [sorted(run["skipped"]) for run in third.runs] == [["mass_loading", "porosity"]] * 2


def test_a_partial_run_is_exported_with_what_is_known_and_comes_back_unchanged(
    bench: Bench,
) -> None:
    bench.put("run,porosity\nR001,31.2/31.9\nR002,-1.5/-2.5\n")
    rows = sheet(bench)
    assert [row["run"] for row in rows] == ["R001", "R002"]
    assert rows[0]["porosity [%]"] == "31.2/31.9"
    assert rows[1]["porosity [%]"] == "'-1.5/-2.5"
    results = bench.read(written(rows))
    assert results.entries == []
    assert results.runs[1]["skipped"] == ["porosity"]


@pytest.mark.parametrize(
    "blank", ["", " ", "PENDING", "pending", "NA", "n/a", "N/A", "-", "–", "n.d.", "nan"]
)
def test_words_for_not_yet(bench: Bench, blank: str) -> None:
    assert bench.read(f"run,porosity\nR001,{blank}\n").entries == []


@pytest.mark.parametrize("word", ["1,250", "inf", "x", "<1", "5 ± 1"])
def test_row8_other_words_are_no_results(bench: Bench, word: str) -> None:
    assert "line 2 column porosity" in bench.refused(f'run,porosity\nR001,"{word}"\n')


def test_settings_that_differ_are_the_really_used_ones(bench: Bench) -> None:
    rows = sheet(bench)
    rows[0]["coating_gap [um]"] = "105"
    rows[0]["binder"] = "PVDF-A"
    rows[0]["humidity [%]"] = "41"
    rows[0]["batch:slurry"] = "slurry-07"
    rows[0]["mass_loading [mg/cm^2]"] = "12"
    # A spreadsheet saved nine of the digits: that is no other setting.
    rows[1]["coating_gap [um]"] = "200.246914"
    rows[1]["mass_loading [mg/cm^2]"] = "13"
    results = bench.put(written(rows))
    entry = results.entries[0]
    assert {name: typed.text for name, typed in entry.used.items()} == {
        "coating_gap": "105", "binder": "PVDF-A",
    }  # fmt: skip
    assert results.runs[0]["new"]["humidity"] == 41.0
    assert results.runs[1]["new"] == {"mass_loading": [13.0]}
    run = bench.state.run("R001")
    assert run.used == {"solid_content": 55.5, "binder": "PVDF-A", "coating_gap": 105.0}
    assert run.planned is not None
    assert run.planned["coating_gap"] == GAP
    assert run.batch == {"slurry": "slurry-07"}
    assert run.given == {"humidity": 41.0}
    assert bench.read(written(rows)).entries == []


def test_row10_used_settings_out_of_range_are_kept_unless_the_unit_slipped(bench: Bench) -> None:
    bench.put("run,coating_gap,porosity\nR001,350,31\n")
    assert bench.state.run("R001").used["coating_gap"] == 350
    with pytest.raises(InputError, match="looks like mm"):
        bench.put("run,coating_gap,porosity\nR002,0.12,31\n")
    bench.put("run,coating_gap (mm),porosity\nR002,0.12,31\n")
    assert bench.state.run("R002").used["coating_gap"] == 120


def test_units_in_headers_and_decimal_commas(bench: Bench) -> None:
    results = bench.read("run;mass_loading [g/m^2];porosity\nR001;121,5;31,25\n")
    assert results.entries[0].responses["mass_loading"] == [Quantity("121,5", 121.5, "g/m^2")]
    assert results.runs[0]["new"] == {
        "mass_loading": [{"text": "121,5 g/m^2", "unit": "g/m^2"}], "porosity": [31.25],
    }  # fmt: skip
    bench.change(lambda state: commands.record(state, results.entries))
    assert bench.values("R001", "mass_loading") == [12.15]
    assert bench.read("run,mass_loading\nR001,12.15\n").entries == []


def test_row5_columns(bench: Bench) -> None:
    results = bench.read("run,operator,order,porosity,mass_loading_mean\nR001,me,2,31,9\n")
    assert results.notes == ["columns not used: operator"]
    text = bench.refused("run,porosty,Mass_Loading\nR001,31,12\n")
    assert "porosty: this unknown column looks like porosity" in text
    assert "Mass_Loading: this unknown column looks like mass_loading" in text
    assert "there is no column for run" in bench.refused("Run no,porosity\nR001,31\n")


def test_row6_a_run_twice_needs_replicate_numbers(bench: Bench) -> None:
    text = bench.refused("run,porosity\nR001,31\nR002,30\nr1,32\n")
    assert "line 4: R001 is there 2 times (lines 2, 4)" in text
    assert "31.2/31.9" in text
    assert "2 times" in bench.refused("run,replicate,porosity\nR001,1,31\nR001,1,32\n")
    bench.put("run,replicate,porosity\nR001,2,32\nR001,1,31\n")
    assert bench.values("R001", "porosity") == [31, 32]
    again = "run,replicate,porosity,mass_loading\nR001,1,31,\nR001,2,32,12\nR001,3,33,\n"
    assert "replicate 2 of mass_loading without replicate 1" in bench.refused(again)
    bench.put(again.replace("12\n", "\n"))
    assert bench.values("R001", "porosity") == [31, 32, 33]
    assert bench.read(again.replace("12\n", "\n")).entries == []


def test_row6_replicates_must_be_the_same_recipe(bench: Bench) -> None:
    text = bench.refused("run,replicate,coating_gap,porosity\nR001,1,105,31\nR001,2,110,32\n")
    assert "line 3 column coating_gap: R001 has another coating_gap in line 2" in text
    assert "no number of a replicate" in bench.refused("run,replicate,porosity\nR001,1.5,3\n")


def test_a_further_replicate_whatever_there_is(bench: Bench) -> None:
    bench.put("run,porosity\nR001,31\n")
    bench.put("run,replicate,porosity\nR001,TRUE,31\n")
    assert bench.values("R001", "porosity") == [31, 31]


def test_values_appended_behind_recorded_ones_are_replicates(bench: Bench) -> None:
    bench.put("run,porosity\nR001,31\n")
    results = bench.put("run,porosity,mass_loading,note\nR001,31/32,12,second piece\n")
    assert [(entry.replicate, list(entry.responses)) for entry in results.entries] == [
        (False, ["mass_loading"]), (True, ["porosity"]),
    ]  # fmt: skip
    assert bench.values("R001", "porosity") == [31, 32]
    assert [note.text for note in bench.state.run("R001").notes] == ["second piece"]
    assert bench.read("run,porosity,note\nR001,31,second piece\n").entries == []


def test_row23_other_values_than_recorded_are_conflicts_all_told(bench: Bench) -> None:
    bench.put("run,porosity,mass_loading\nR001,31/32,12\nR002,30,none\n")
    text = bench.refused(
        "run,porosity,mass_loading\nR001,31/33,12.5\nR002,none,13\n", ConflictError
    )
    assert "line 2 column porosity: R001 has another value already, 32 % by ben on" in text
    assert "(31/32/33)" in text
    assert "line 2 column mass_loading: R001 has another value already, 12 mg/cm^2" in text
    assert "line 3 column porosity: R002 has a value already, recorded by ben on" in text
    bench.put("run,mass_loading\nR002,13\n")  # after "never", a value did come
    assert bench.values("R002", "mass_loading") == [13]


def test_row22_unknown_runs_name_the_nearest_and_the_open_ones(bench: Bench) -> None:
    text = bench.refused("run,porosity\nR01x,31\n,30\nR009,\n")
    assert "line 2 column run: no such run in this campaign (found R01x)" in text
    assert "Open runs: R001, R002" in text
    assert "line 3 column run: the run id is missing" in text
    assert "line 4 column run" in text


def test_a_sheet_of_another_campaign_is_refused(bench: Bench) -> None:
    rows = sheet(bench)
    for row in rows:
        row["campaign"] = "other"
        row["porosity [%]"] = "31"
    assert "2 rows from here on belong to another campaign (found 'other')" in bench.refused(
        written(rows)
    )


def test_a_sheet_of_a_log_position_that_never_was_is_told(bench: Bench) -> None:
    rows = sheet(bench)
    for row in rows:
        row |= {"head": "2:aaaaaaaa", "porosity [%]": "31"}
    notes = bench.put(written(rows)).notes
    assert sum("a log position that this campaign does not have" in note for note in notes) == 1


def test_row_numbers_and_impossible_values_reach_the_user(bench: Bench) -> None:
    with pytest.raises(InputError) as error:
        bench.put("run,mass_loading,binder\nR001,61,PVDF\nR002,-1,\n")
    text = str(error.value)
    assert "filled.csv line 2, mass_loading: impossible value" in text
    assert "filled.csv line 2, binder: no category" in text
    assert "filled.csv line 3, mass_loading: impossible value" in text


def test_times_and_bad_texts(bench: Bench) -> None:
    bench.put("run,made_at,porosity\nR001,2021-10-15,31\n")
    assert bench.state.run("R001").made_at == "2021-10-15"
    assert bench.read("run,made_at,porosity\nR001,2021-10-15,31\n").entries == []
    assert "no date or time" in bench.refused("run,made_at\nR002,15.10.21\n")
    assert "invisible" in bench.refused("run,batch:slurry\nR002,a\u202eb\n")
    assert "invisible" in bench.refused("run,note\nR002,a\u202eb\n")


def test_workbooks(bench: Bench) -> None:
    rows = sheet(bench)
    header = list(rows[0])
    workbook = openpyxl.Workbook()
    filled = workbook.active
    assert filled is not None
    filled.append(header)
    for row in rows:
        filled.append([unescape_formula(cell) or None for cell in row.values()])
    for place in (2, 3):
        filled.cell(place, header.index("binder") + 1).data_type = "s"  # "=B" is no formula
    porosity = filled.cell(2, header.index("porosity [%]") + 1)
    loading = filled.cell(3, header.index("mass_loading [mg/cm^2]") + 1)
    assert isinstance(porosity, Cell)
    assert isinstance(loading, Cell)
    porosity.value = 31.5
    loading.value = "=B3*2"
    path = bench.folder / "filled.xlsx"
    workbook.save(path)
    with pytest.raises(
        InputError, match=r"row 3 column mass_loading .* a formula without a stored"
    ):
        read_results(path, bench.state)
    loading.value = 12
    workbook.save(path)
    results = read_results(path, bench.state)
    assert [run["new"] for run in results.runs] == [{"porosity": [31.5]}, {"mass_loading": [12.0]}]


def test_columns_in_memory(bench: Bench) -> None:
    columns: dict[str, Any] = {
        "run": ["R002", "R001"],
        "porosity": [31.5, float("nan")],
        "mass_loading": [None, 12],
    }
    results = results_from_columns(columns, bench.state)
    assert [(entry.run, list(entry.responses)) for entry in results.entries] == [
        ("R002", ["porosity"]), ("R001", ["mass_loading"]),
    ]  # fmt: skip
    assert results.entries[0].where == "data frame row 0"


def test_nothing_is_recorded_by_reading(bench: Bench) -> None:
    before = bench.state.seq
    bench.read("run,porosity\nR001,31\n")
    assert bench.state.seq == before


def test_facts_told_before_win_over_a_stale_sheet(bench: Bench) -> None:
    stale = written(sheet(bench))
    bench.change(
        lambda state: commands.record(
            state,
            [
                ResultEntry(
                    "R001", {"porosity": [Quantity.of("31")]}, {"coating_gap": Quantity.of("105")}
                )
            ],
        )
    )
    assert bench.read(stale).entries == []
    with pytest.raises(ConflictError):
        bench.put("run,coating_gap,mass_loading\nR001,110,12\n")


CELLS = st.sampled_from(
    ["", "31", "105", "31/32", "none", "2021-01-01", "PENDING", "0,5", "1e999", "TRUE", "2", "=B"]
) | st.text(max_size=5)


@settings(ONE_FIXTURE, max_examples=150)
@given(
    st.lists(
        st.sampled_from(["porosity", "binder", "coating_gap", "replicate", "note", "made_at",
                         "batch:slurry", "mass_loading", "extra"]), unique=True, max_size=5
    ),
    st.lists(
        st.tuples(st.sampled_from(["R001", "r2", "R003", ""]), CELLS, CELLS, CELLS, CELLS, CELLS),
        min_size=1,
        max_size=3,
    ),
)  # fmt: skip
def test_f7_any_cells_are_refused_or_recorded_once(
    tmp_path: Path, header: list[str], rows: list[tuple[str, str, str, str, str, str]]
) -> None:
    """Never another error, never half an import, and nothing new the second time."""
    bench = Bench(tmp_path)
    path = tmp_path / "filled.csv"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["run", *header])
    writer.writerows(row[: len(header) + 1] for row in rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", errors="replace", newline="")
    before = bench.state.seq
    try:
        results = read_results(path, bench.state)
        if results.entries:
            bench.change(lambda state: commands.record(state, results.entries))
    except (InputError, ConflictError):
        assert bench.state.seq == before
        return
    if "replicate" not in header:
        assert read_results(path, bench.state).entries == []


VALUE = st.floats(0.1, 50).map(lambda value: float(f"{value:.4g}"))
FULL = st.fixed_dictionaries(
    {
        (run, response): st.lists(VALUE, min_size=1, max_size=3) | st.just("none")
        for run in ("R001", "R002")
        for response in ("mass_loading", "porosity")
    }
)


@settings(ONE_FIXTURE, max_examples=60)
@given(FULL, st.data())
def test_pieces_in_any_order_end_in_the_same_record(
    tmp_path: Path, full: dict[tuple[str, str], Any], data: st.DataObject
) -> None:
    """Sheets that only ever grow, imported after each growth and again at random."""
    bench = Bench(tmp_path)
    shown = dict.fromkeys(full, 0)
    order = data.draw(
        st.permutations([cell for cell, values in full.items() for _ in values if values != "none"]
                        + [cell for cell, values in full.items() if values == "none"])
    )  # fmt: skip
    for cell in order:
        shown[cell] += 1
        rows = []
        for run in data.draw(st.permutations(["R001", "R002"])):
            texts = [
                full[run, response] if full[run, response] == "none" and shown[run, response]
                else "/".join(map(repr, full[run, response][: shown[run, response]]))
                for response in ("mass_loading", "porosity")
            ]  # fmt: skip
            rows.append(",".join([run, *texts]))
        text = "run,mass_loading,porosity\n" + "\n".join(rows) + "\n"
        assert len(bench.put(text).entries) == 1
        assert bench.read(text).entries == []
    for (run, response), values in full.items():
        assert bench.values(run, response) == ([] if values == "none" else values)
        assert (response in bench.state.run(run).never) == (values == "none")


def test_row8_a_decimal_comma_in_quotes_is_read_and_told(bench: Bench) -> None:
    results = bench.read('run,porosity\nR001,"30,5"\n')
    assert any("decimal commas" in note for note in results.notes)

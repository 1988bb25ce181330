"""Names of columns written otherwise, and columns that count rows without a name."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.earlier_lines.read import read_line
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.attached import attach_file
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.sheets.recipes import recipes_of
from designer.campaigns.store.store import Store
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.tables.read import read_table
from tests.campaigns.filled_sheets import FilledSheets, filled
from tests.campaigns.test_tables_lab import HEADER, ROWS, SPEC, counted


@pytest.fixture
def state() -> CampaignState:
    store = Store(None)
    store.create(SPEC, "anna")
    return store.state("coat")


def refused(path: Path, state: CampaignState) -> list[tuple[Problem, ...]]:
    """The problems of a file as an earlier line and as own runs."""
    found = []
    for read in (lambda: read_line(path, SPEC), lambda: attach_file(path, state)):
        with pytest.raises(InputError) as error:
            read()
        found.append(error.value.problems)
    return found


def written(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("header", "renamed"),
    [
        ("Binder,GAP,Pressure [MPa],Loading,porosity",
         {"Binder": "binder", "GAP": "gap", "Pressure [MPa]": "pressure", "Loading": "loading"}),
        ("binder,Gap,pressure,loading,Porosity", {"Gap": "gap", "Porosity": "porosity"}),
        (" Binder ,gap (um),PRESSURE,loading,porosity (%)",
         {"Binder": "binder", "PRESSURE": "pressure"}),
        ("binder,gap,pressure,LOADING_1,LOADING_2",
         {"LOADING_1": "loading", "LOADING_2": "loading"}),
    ],
)  # fmt: skip
def test_names_that_differ_in_capital_letters_are_one_fault(
    tmp_path: Path, state: CampaignState, header: str, renamed: dict[str, str]
) -> None:
    path = written(tmp_path, f"{header}\n{ROWS}")
    for problems in refused(path, state):
        (problem,) = problems
        assert f"the names of {len(renamed)} columns are written otherwise" in problem.what
        assert problem.found == ", ".join(renamed)
        for old, new in renamed.items():
            assert f"--map '{old}={new}'" in str(problem.hint)
    assert len(read_line(path, SPEC, LineMapping(columns=renamed)).rows) == 2
    assert len(attach_file(path, state, TableOptions(columns=renamed)).entries) == 2


def test_what_is_missing_besides_is_a_fault_of_its_own(
    tmp_path: Path, state: CampaignState
) -> None:
    path = written(tmp_path, f"Binder,GAP,presure,loading,porosity\n{ROWS}")
    for problems in refused(path, state):
        assert len(problems) == 2
        assert "2 columns are written otherwise" in problems[0].what
        assert "no column for pressure" in problems[1].what
    path = written(tmp_path, f"Gap,GAP,pressure,binder,loading\n{ROWS}")  # which of them?
    assert "written otherwise" not in str(refused(path, state))


def test_a_sheet_and_recipes_in_capital_letters(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    rows = filled(sheets.sheet(), "porosity [%]", 33)
    names = {"run": "Run", "porosity [%]": "Porosity [%]", "binder": "Binder"}
    with pytest.raises(InputError) as error:
        sheets.read([{names.get(key, key): cell for key, cell in row.items()} for row in rows])
    (problem,) = error.value.problems
    assert problem.found == "Run, binder, Porosity [%]".replace("binder", "Binder")
    options = TableOptions(columns={name: key.split(" ")[0] for key, name in names.items()})
    assert len(read_results(tmp_path / "filled.csv", sheets.state, options).entries) == 1
    path = written(tmp_path, "Gap,PRESSURE,Binder\n100,50,NA\n")
    with pytest.raises(InputError) as error:
        recipes_of(read_table(path), SPEC)
    (problem,) = error.value.problems
    assert problem.hint == "Call them gap, pressure, binder."


def numbered(numbers: Sequence[object], header: str = HEADER, name: str = "") -> str:
    names, *rows = counted(header + ROWS * 3, name).splitlines()
    cut = [row.split(",", 1)[1] for row in rows[: len(numbers)]]
    return "\n".join([names, *(f"{n},{row}" for n, row in zip(numbers, cut, strict=True))])


@pytest.mark.parametrize(
    "numbers", [(0, 1, 4, 7), (1, 2, 3, 9), (3, 5, 6), (7, 2, 0, 4), ("0.0", "4.0"), (12,)]
)
def test_a_counter_with_gaps_or_in_another_order_counts_rows(
    tmp_path: Path, state: CampaignState, numbers: Sequence[object]
) -> None:
    path = written(tmp_path, numbered(numbers))
    line = read_line(path, SPEC)
    assert len(line.rows) == len(numbers)
    told = [note for note in line.notes if "pasted twice" not in note]  # its rows are alike
    assert told == ["column 1 without a name counts rows: not read"]
    assert len(attach_file(path, state).entries) == len(numbers)


@pytest.mark.parametrize("numbers", [(0, 0, 1), (1.5, 2.5), (-1, 0, 1), ("A", "B"), (3, "", "x")])
def test_other_columns_without_a_name_are_refused(
    tmp_path: Path, state: CampaignState, numbers: Sequence[object]
) -> None:
    path = written(tmp_path, numbered(numbers))
    for problems in refused(path, state):
        (problem,) = problems
        assert "column 1 has values but no name" in problem.what


def test_a_column_without_a_name_may_be_the_one_that_is_missing(tmp_path: Path) -> None:
    """Settings grow, too: only what begins at 0 or 1 and counts is a counter then."""
    names = "binder,gap,Druck,loading,porosity\n"  # pressure is missing
    for numbers, counts in (((0, 1, 4, 7), True), ((50, 60, 80), False), ((0, 20, 40), False)):
        path = written(tmp_path, numbered(numbers, names))
        told = LineMapping(columns={"Druck": "-"})
        if counts:
            assert "counts rows" in read_line(path, SPEC, told).notes[0]
        else:
            with pytest.raises(InputError, match="column 1 has values but no name"):
                read_line(path, SPEC, told)
    path = written(tmp_path, "gap,pressure,,binder,porosity,loading\n100,50,5,NA,31,5\n")
    with pytest.raises(InputError, match="column 3 has values but no name"):
        read_line(path, SPEC)


def test_what_programs_call_a_column_without_a_name_is_no_missing_one(tmp_path: Path) -> None:
    names = "binder,gap,pressure,loading\n"
    for name, numbers, counts in (
        ("Unnamed: 0", (20, 21, 24, 27), True), ("#", (0, 3, 7), True),
        ("Unnamed: 0", (31, 30, 33), False), ("#", (31.5, 32.7), False),
    ):  # fmt: skip
        text = numbered(numbers, HEADER, name)
        path = written(tmp_path, "\n".join(row.rsplit(",", 1)[0] for row in text.splitlines()))
        assert path.read_text().startswith(f"{name},{names}")
        if counts:
            assert f"columns not used: {name}" in read_line(path, SPEC).notes
        else:
            with pytest.raises(InputError, match="may be porosity"):
                read_line(path, SPEC)

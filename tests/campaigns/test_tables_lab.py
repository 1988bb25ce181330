"""Tables as labs have them, read as an earlier line: what stands around the numbers."""

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns.commands.lines import add_line
from designer.campaigns.earlier_lines import rows as rows_module
from designer.campaigns.earlier_lines.mapping import LineMapping, LineTable
from designer.campaigns.earlier_lines.read import line_from_columns, read_line
from designer.campaigns.earlier_lines.rows import LineRows
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.events import NewEvent, canonical_json
from designer.campaigns.log.fold import fold
from designer.campaigns.log.stored import chained, verified
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.tables.table import PackedRows
from tests.places import SHARED_DATA

SPEC = load.from_toml("""
[campaign]
version = 1
name = "coat"
line = "l"
[[factor]]
name = "gap"
unit = "um"
low = 50
high = 350
[[factor]]
name = "pressure"
unit = "MPa"
low = 20
high = 200
[[factor]]
name = "binder"
categories = ["PVDF", "NA", "max"]
[[response]]
name = "loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
""")
HEADER = "binder,gap,pressure,loading,porosity\n"
ROWS = "PVDF,100,50,5.2,38.1\nNA,200,60,10.4,36\n"
Row = tuple[Mapping[str, Any], Mapping[str, list[float]]]
Read = Callable[..., LineTable]
Refused = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str, encoding: str = "utf-8", **said: Any) -> LineTable:
        path = tmp_path / "t.csv"
        path.write_bytes(text.encode(encoding))
        return read_line(path, SPEC, LineMapping(**said))

    return read


@pytest.fixture
def refused(read: Read) -> Refused:
    def refused(text: str, **said: Any) -> tuple[Problem, ...]:
        with pytest.raises(InputError) as error:
            read(text, **said)
        return error.value.problems

    return refused


def values(line: LineTable) -> list[Row]:
    return [
        (row["settings"], {n: [v["number"] for v in vs] for n, vs in row["responses"].items()})
        for row in line.rows
    ]


PLAIN: list[Row] = [
    ({"binder": "PVDF", "gap": 100.0, "pressure": 50.0}, {"loading": [5.2], "porosity": [38.1]}),
    ({"binder": "NA", "gap": 200.0, "pressure": 60.0}, {"loading": [10.4], "porosity": [36.0]}),
]


def counted(text: str, header: str = "") -> str:
    """The lines with a counter in front."""
    first, *others = text.splitlines()
    return "\n".join([f"{header},{first}", *(f"{i},{row}" for i, row in enumerate(others))])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Trial 7\n\n{HEADER}{ROWS}", "line 3 names the columns; above it, not read: 'Trial 7'"),
        (f"porosity,,,,\n{HEADER}{ROWS}", "line 2 names the columns"),
        (f"Operator;Kim\nT,23,C\n{HEADER}{ROWS}", "line 3 names the columns"),
        (f"Trial 7\n{HEADER}{ROWS}".replace(",", ";").replace(".", ","), "line 2 names"),
        (f"{HEADER}-,um,MPa,mg/cm2,%\n{ROWS}", "line 2 has the units: gap um, pressure MPa"),
        (f"{HEADER},[mm],[bar],[g/m^2],[1]\nPVDF,0.1,500,52,.381\nNA,.2,600,104,0.36\n",
         "line 2 has the units: gap mm, pressure bar"),
        (counted(HEADER + ROWS), "column 1 without a name counts rows: not read"),
        (counted(HEADER + ROWS, "nr"), "columns not used: nr"),
        (f"{HEADER}{ROWS},Mean,,7.8,37\n", "they sum up other rows: line 4 (Mean)"),
        (f"{counted(HEADER + ROWS)}\nmean,,150,55,7.8,37\nstd,,1,1,1,1\n",
         "line 4 (mean), line 5 (std)"),
        (f"id,{HEADER}1,PVDF,100,50,5.2,38.1\n2,NA,200,60,10.4,36\nMean,,,,7,37\nn,,,,2,2\n",
         "line 4 (Mean), line 5 (n)"),
        (f"{HEADER}PVDF,100,50,5.2,38.1\n{HEADER}NA,200,60,10.4,36\n",
         "line 3 names the columns again"),
        ((HEADER + ROWS).replace("\n", ",,\n"), ""),
        (f"{HEADER}PVDF,0.1 mm,50,5.2,38.1%\nNA,200,0.06 GPa,104 g/m2,36.0 %\n", ""),
        (f"{HEADER}PVDF,100\u00a0, 50 ,5.2 ,38.1\nNA,200,6.0e1,1.04E+1,36\n", ""),
    ],
)  # fmt: skip
def test_what_stands_around_the_rows_is_recognised_and_told(
    read: Read, text: str, told: str
) -> None:
    line = read(text)
    found = values(line)
    assert [row[1] for row in found] == [row[1] for row in PLAIN]
    assert [row[0] for row in found] == [row[0] for row in PLAIN]
    assert told in "\n".join(line.notes)
    assert told or not line.notes


def test_the_row_of_names_can_be_said(read: Read, refused: Refused) -> None:
    twice = f"gap,pressure,binder,loading,porosity\n1,2,PVDF,3,4\n{HEADER}{ROWS}"
    assert values(read(twice, header=3)) == PLAIN
    assert "this line is blank" not in str(refused(twice, header=2))
    assert "ends before line 99" in refused(twice, header=99)[0].what


def test_a_file_without_any_known_name_is_one_problem(refused: Refused) -> None:
    (problem,) = refused("Title\n\na,b,c\n1,2,3\n4,5,6\n")
    assert "no column of any response or factor" in problem.what
    assert "Its columns are a, b, c" in str(problem.hint)


@pytest.mark.parametrize(
    "names",
    [
        "porosity_1,porosity_2", "porosity 1,porosity 2", "porosity (1),porosity (2)",
        "porosity,porosity.1", "porosity_rep1 [%],porosity_rep2 [%]", "porosity,porosity_2",
        "porosity [%] 1,porosity [%] 2",
    ],
)  # fmt: skip
def test_numbered_columns_are_replicates(read: Read, names: str) -> None:
    line = read(f"gap,pressure,binder,loading,{names}\n100,50,NA,5,38,39\n200,60,NA,6,36,\n")
    assert [found["porosity"] for _, found in values(line)] == [[38, 39], [36]]
    assert line.notes == [f"{names.replace(',', ', ')}: taken as replicates of porosity"]
    assert list(line.mapping["columns"].values()).count("porosity") == 2


def test_replicates_can_be_said_and_a_mean_beside_them_is_none(
    read: Read, refused: Refused
) -> None:
    start = "gap,pressure,binder,loading"
    both = {"a": "porosity", "b": "porosity"}
    line = read(f"{start},a,b\n100,50,NA,5,38,39\n", columns=both)
    assert values(line)[0][1]["porosity"] == [38, 39]
    line = read(f"{start},porosity,porosity_1,porosity_2\n100,50,NA,5,38.5,38,39\n")
    assert values(line)[0][1]["porosity"] == [38.5]
    assert "porosity_1, porosity_2 not read beside porosity" in line.notes
    (problem,) = refused(f"{start},porosity_1\n100,50,NA,5,38\n")
    assert "looks like porosity" in problem.what
    (problem,) = refused(f"{start},porosity,porosity\n100,50,NA,5,38,39\n")
    assert "same name" in problem.what
    assert "porosity_1 and porosity_2" in str(problem.hint)


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ("31.2 +- 0.5", "uncertainty"), ("5.2±0.1", "uncertainty"), ("5.2 +/- .1", "uncertainty"),
        ("5.2(1)", "uncertainty"), ("<0.5", "below"), ("≤ 25", "below"), ("bdl", "below"),
        (">60", "above"), ("over range", "above"), ("~31", "approximate"), ("30 to 32", "range"),
        ("30–32", "range"), ("#DIV/0!", "error value"), ("#N/A", "error value"),
        ("#WERT!", "error value"), ("2024-05-01", "date"), ("12/05/2024", "date"),
        ("12-Mar", "date"), ("12:30", "time"), ("31.2 31.9", "several numbers"),
        ("TRUE", "TRUE or FALSE"), ("31.2 MPa", "cannot be converted"), ("31.2 xyz", "no unit"),
        ("31.2*", "something behind"), ("1e999", "too large"), ("inf", "finite"),
        ("1 234.5", "grouped"), ('"31,2"', "decimal comma"), ("=A1", "formula"),
    ],
)  # fmt: skip
def test_one_problem_per_cell_names_what_it_is(refused: Refused, cell: str, word: str) -> None:
    (problem,) = refused(f"{HEADER}{ROWS}PVDF,100,50,5.2,{cell}\n")
    assert problem.where == "t.csv line 4 column porosity"
    assert word in problem.what
    assert problem.found == repr(cell.strip('"'))


@pytest.mark.parametrize("word", ["n.d.", "ND", "nan", "NULL"])
def test_words_for_not_determined_are_blank_and_told(read: Read, word: str) -> None:
    line = read(f"{HEADER}{ROWS}PVDF,100,50,5.2,{word}\n")
    assert "porosity" not in line.rows[2]["responses"]
    assert line.notes == [f"taken as not measured: {word!r} (1)"]


def test_na_in_a_factor_is_blank_unless_it_is_a_category(read: Read, refused: Refused) -> None:
    rows = "NA,NA,50,5,38\nPVDF,100,50,5,38\n"
    (problem,) = refused(HEADER + rows)
    assert "line 2 column gap: the cell is blank" in str(problem)
    line = read(HEADER + rows, constants={"gap": "unknown"})
    assert line.rows[0]["settings"] == {"binder": "NA", "pressure": 50.0}
    line = read(f"{HEADER}NA,NA,50,5,38\nPVDF,n/a,50,5,38\n")
    assert "has no gap: taken as unknown but constant" in line.notes[0]


def test_a_row_of_means_among_runs_is_refused_by_name(read: Read, refused: Refused) -> None:
    start, end = f"sample,{HEADER}A,PVDF,100,50,5.2,38.1\n", "SD,PVDF,1,1,1,1\n"
    problems = refused(f"{start}Mean,PVDF,150,50,5,38\n{end}")
    assert [str(problem.where) for problem in problems] == ["t.csv line 3", "t.csv line 4"]
    assert "--where 'sample!=Mean'" in str(problems[0].hint)
    where = {"sample": "!=Mean,!=SD"}
    assert len(read(f"{start}Mean,PVDF,150,50,5,38\n{end}", where=where).rows) == 1
    # a table of means, and a category called max, are none
    assert len(read(f"kind,{HEADER}mean,PVDF,100,50,5,38\nmean,NA,200,50,5,38\n").rows) == 2
    assert len(read(f"{HEADER}{ROWS}max,200,50,5,38\n").rows) == 3
    (problem,) = refused(f"kind,{HEADER}mean,PVDF,100,50,5,38\nsd,PVDF,100,50,.1,.2\n")
    assert "--where 'kind=mean'" in str(problem.hint)


@pytest.mark.parametrize(
    ("where", "gaps"),
    [
        ({"gap": "100,300"}, [100, 300]), ({"gap": "<200"}, [100]), ({"gap": ">=200,<300"}, [200]),
        ({"gap": "!=200"}, [100, 300]), ({"binder": "NA,max"}, [200, 300]),
        ({"binder": "NA", "gap": ">100"}, [200]), ({"porosity": ">37"}, [100]),
    ],
)  # fmt: skip
def test_conditions(read: Read, where: dict[str, str], gaps: list[float]) -> None:
    line = read(f"{HEADER}{ROWS.replace('38.1', '38.1 %')}max,300,70,15,30\n", where=where)
    assert [row["settings"]["gap"] for row in line.rows] == gaps
    assert line.mapping["where"] == where


def test_wrong_conditions_are_told(refused: Refused) -> None:
    (problem,) = refused(HEADER + ROWS, where={"gap": "<wide"})
    assert "a number is missing behind <" in problem.what
    (problem,) = refused(HEADER + ROWS, where={"gap": ">900"})
    assert "--where gap>900: no row is left" in str(problem)


def test_a_decimal_mark_that_is_open_or_wrong_is_one_problem(read: Read, refused: Refused) -> None:
    text = f"{HEADER}PVDF,100,50,1.234,38.125\nNA,200,60,2.345,36.125\n".replace(",", ";")
    (problem,) = refused(text)
    assert "1.234 or 1234" in problem.what
    assert "--decimal" in str(problem.hint)
    assert values(read(text, decimal="point"))[0][1] == {"loading": [1.234], "porosity": [38.125]}
    assert "impossible value" in {p.what for p in refused(text, decimal="comma")}  # 1234 then
    mixed = text.replace("38.125", "38.5")
    (problem,) = refused(mixed, decimal="comma")
    assert "decimal commas" in problem.what
    quoted = f'{HEADER}PVDF,100,50,"5,2","38,1"\n'
    assert values(read(quoted, decimal="comma"))[0][1] == {"loading": [5.2], "porosity": [38.1]}


@pytest.mark.parametrize(
    ("header", "cells", "name"),
    [
        ("Flächengewicht", ("5.2", "10.4"), "loading"), ("w [g/m2]", ("52", "104"), "loading"),
        ("Porosität [%]", ("31", "33"), "porosity"), ("loading_mean", ("31", "33"), "loading"),
    ],
)  # fmt: skip
def test_an_unread_column_that_may_be_the_missing_one_is_refused(
    read: Read, refused: Refused, header: str, cells: tuple[str, str], name: str
) -> None:
    others = {"loading": "5.5", "porosity": "35"}
    del others[name]
    ((other, value),) = others.items()
    rows = "".join(f"PVDF,{100 + k},50,{value},{cell}\n" for k, cell in enumerate(cells))
    text = f"binder,gap,pressure,{other},{header}\n{rows}"
    (problem,) = refused(text)
    assert problem.where == f"t.csv column {header}"
    assert name in problem.what
    assert f"--map '{header}=" in str(problem.hint)
    assert list(read(text, columns={header: "-"}).rows[0]["responses"]) == [other]
    assert set(read(text, columns={header: name}).rows[0]["responses"]) == {other, name}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("operator", ("Kim", "Lee")), ("T [degC]", ("21", "23")), ("T", ("21", "21")),
        ("day", ("21", "23")), ("cycle", ("500", "900")), ("x", ("", "")), ("k", ("4", "5")),
        ("loading_sd", (".1", ".2")),
    ],
)  # fmt: skip
def test_any_other_unread_column_is_told(read: Read, header: str, cells: tuple[str, str]) -> None:
    rows = "".join(f"PVDF,{100 + k},50,35,{cell}\n" for k, cell in enumerate(cells))
    line = read(f"binder,gap,pressure,porosity,{header}\n{rows}")
    assert line.notes == [f"columns not used: {header}"]


def test_windows_text_and_unnamed_columns(read: Read, refused: Refused) -> None:
    text = f"{HEADER.replace('gap', 'gap [µm]')}{ROWS}"
    line = read(text, encoding="cp1252")
    assert values(line) == PLAIN
    assert "read as Windows-1252" in line.notes[0]
    with pytest.raises(InputError, match="not valid UTF-8"):
        read(text, encoding="cp437")
    (problem,) = refused(f",{HEADER}A1,PVDF,100,50,5,38\n")
    assert "column 1 has values but no name" in problem.what


def test_columns_in_memory_are_read_alike() -> None:
    columns: dict[str, list[object]] = {
        "binder": ["PVDF", None], "gap": [100.0, "Mean"], "pressure": [50, 55],
        "porosity_1": [38.0, 1], "porosity_2": [39.0, 1],
    }  # fmt: skip
    line = line_from_columns(columns, SPEC)
    assert values(line) == [
        ({"binder": "PVDF", "gap": 100.0, "pressure": 50.0}, {"porosity": [38.0, 39.0]})
    ]


def test_mixtures_that_do_not_sum_are_told_and_kept(tmp_path: Path) -> None:
    factors = "".join(
        f'[[factor]]\nname = "{name}"\nunit = "%"\nlow = 0\nhigh = 100\n' for name in "abc"
    )
    spec = load.from_toml(
        f'[campaign]\nversion = 1\nname = "m"\nline = "l"\n{factors}[[mixture]]\n'
        'factors = ["a", "b", "c"]\ntotal = 100\n[[response]]\nname = "y"\nunit = "um"\n'
    )
    path = tmp_path / "m.csv"
    path.write_text("a,b,c,y\n90,5,5,1\n90,5,4,2\n33.3,33.3,33.3,3\n")
    line = read_line(path, spec)
    assert len(line.rows) == 3
    assert line.notes == ["a + b + c is not 100 in 1 of 3 rows, which are kept: 99 in line 3"]


def test_a_wide_file_costs_what_is_read_of_it(read: Read) -> None:
    wide = ",".join(f"s{k}" for k in range(3000))
    cells = ",".join("0.123" for _ in range(3000))
    line = read(f"{HEADER[:-1]},{wide}\nPVDF,100,50,5.2,38.1,{cells}\nNA,200,60,10.4,36,{cells}\n")
    assert values(line) == PLAIN
    assert line.notes[-1].endswith("… (3000 in all)")


def test_row14_the_cells_of_a_long_line_are_gone_when_it_is_read(read: Read) -> None:
    """Not when Python next looks for circles: they would be there beside the rows, 65 MB."""
    gc.collect()
    gc.disable()
    try:
        line = read(HEADER + ROWS * 3)
        # to ask a module of others what it is would import more of it
        left = [each for each in gc.get_objects() if type(each) in (PackedRows, LineRows)]
    finally:
        gc.enable()
    assert len(line.rows) == 6
    assert left == []


def test_row14_a_batch_is_kept_once_however_many_settings_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows_module, "_REPEATED", 8)
    spec = load.from_toml(
        '[campaign]\nversion = 1\nname = "b"\nline = "l"\n[[stage]]\nname = "coating"\n'
        'change_cost = 1\n[[factor]]\nname = "gap"\nunit = "um"\nlow = 50\nhigh = 350\n'
        '[[response]]\nname = "y"\nunit = "um"\n[costs]\nunit = "h"\nrun = 1\n'
    )
    labels = [f"B{k // 20}" for k in range(40)]
    columns: dict[str, list[object]] = {
        "gap": [100 + k for k in range(40)], "y": [5 + k for k in range(40)],
        "batch:coating": [*labels],
    }  # fmt: skip
    rows = line_from_columns(columns, spec, name="l").rows
    assert [row["batch"] for row in rows] == [{"coating": label} for label in labels]
    assert len({id(row["batch"]) for row in rows}) <= 20  # 36 where it stops at eight


def test_row14_what_rows_of_a_long_line_repeat_is_kept_once(read: Read) -> None:
    """So 199,000 rows stay below 500 MB (measured: 395 MB, 590 MB with a copy of each)."""
    rows = read(HEADER + ROWS * 3).rows
    assert len({id(row["settings"]) for row in rows}) == 2
    assert len({id(row["responses"]["loading"]) for row in rows}) == 2
    assert len({id(row["batch"]) for row in rows}) == 1
    body = {"name": "l", "rows": rows, "mapping": {}, "sha256": "", "batches": False}
    (event,) = chained(
        "c", None, [NewEvent("line_added", body)], command_id="i", actor="a", recorded_at="",
        program="p",
    )  # fmt: skip
    assert event.body["rows"] is rows


def test_row14_blank_facts_of_stored_rows_are_kept_once_and_results_looked_up() -> None:
    """A line of 199,000 rows, all different: status 486 MB, 543 MB before."""
    store = Store(None)
    store.create(SPEC, "anna")
    columns: dict[str, list[object]] = {
        "gap": [100, 200], "pressure": [50, 60], "binder": ["NA", "PVDF"],
        "loading": ["5.2/5.3", 10.4], "porosity": [38.1, None],
    }  # fmt: skip
    line = line_from_columns(columns, SPEC, name="l")
    state = store.change("coat", lambda state: add_line(state, line, "l"), actor="anna")
    rows = [(dict(e.as_stored), canonical_json(e.body)) for e in state.events]
    stored = [(*(fact[k] for k in ("seq", "event_id", "kind", "version")), body,
               *(fact[k] for k in ("actor", "recorded_at", "program", "hash")))
              for fact, body in rows]  # fmt: skip
    events = verified(stored, state.campaign_id, "coat")
    assert [event.body for event in events] == [event.body for event in state.events]
    first, second = events[1].body["rows"]
    assert first["batch"] is first["given"] is second["batch"] is second["given"]
    there = fold(state.campaign_id, events).lines["l"].rows
    assert [dict(row.responses) for row in there] == [
        {"loading": (5.2, 5.3), "porosity": (38.1,)}, {"loading": (10.4,)},
    ]  # fmt: skip
    assert there[1].responses.get("porosity", ()) == ()
    assert there == state.lines["l"].rows


CASES = SHARED_DATA / "cases"
TWO, CALENDER = "two_responses_spec.toml", "calender_spec.toml"


@pytest.mark.skipif(not CASES.is_dir(), reason="no inputs in ../shared/data/cases")
@pytest.mark.parametrize(
    ("name", "spec", "wanted"),
    [
        ("header3", TWO, "line 3 names"), ("title_rows", CALENDER, "line 4 has the units"),
        ("unitsrow", TWO, "line 2 has the units"), ("index_column", CALENDER, "counts rows"),
        ("replicate_columns", CALENDER, "replicates of porosity"),
        ("meanrow", TWO, "line 4 (mean)"), ("cp1252", TWO, "Windows-1252"), ("pct", TWO, ""),
        ("excelerr", TWO, 1), ("lod", TWO, 1),
        ("pm", TWO, 2), ("censored", CALENDER, 2), ("dupcol", TWO, 1),
    ],
)  # fmt: skip
def test_the_cases(name: str, spec: str, wanted: str | int) -> None:
    """Read and told, or refused with so many problems."""
    path, specification = CASES / f"table_{name}.csv", load.from_toml((CASES / spec).read_text())
    if isinstance(wanted, str):
        assert wanted in "\n".join(read_line(path, specification).notes)
        return
    with pytest.raises(InputError) as error:
        read_line(path, specification)
    assert len(error.value.problems) == wanted


@pytest.mark.parametrize(
    ("above", "note"),
    [
        ("binder,set,set,measured,measured\n-,um,MPa,mg/cm^2,%\n", "line 2 has words where"),
        ("# gauge 3, defective, do not use,,\n", "line 2 is a comment: not read"),
        ("---,---,---,---,---\n", "line 2 has words where numbers belong"),
    ],
)  # fmt: skip
def test_words_between_names_and_numbers_are_told(read: Read, above: str, note: str) -> None:
    line = read(f"{HEADER}{above}{ROWS}")
    assert values(line) == PLAIN
    assert note in line.notes[0]


def test_a_row_that_has_any_digit_or_category_is_never_passed_over(refused: Refused) -> None:
    assert len(refused(f"{HEADER}PVDF,x,x,x,x\n{ROWS}")) > 1
    assert len(refused(f"{HEADER}A1,x,x,x,x\n{ROWS}")) > 1
    assert refused(f"{HEADER}#1,x,x,x,x\n{ROWS}")


@pytest.mark.parametrize("remark", ["mean of two", "max speed", "n=3", "SD"])
def test_a_remark_sums_up_nothing(read: Read, remark: str) -> None:
    line = read(f"note,{HEADER}Mean,PVDF,100,50,5.2,38.1\n{remark},NA,200,60,10.4,36\n")
    assert values(line) == PLAIN


@pytest.mark.parametrize("dash", ["-", "–", "1"])
def test_a_dash_says_that_numbers_have_no_unit(read: Read, refused: Refused, dash: str) -> None:
    cells = "PVDF,100,50,5.2,0.381\nNA,200,60,10.4,0.36\n"
    head = HEADER.replace("porosity", f"porosity [{dash}]")
    assert values(read(f"{head}{cells}")) == PLAIN
    assert values(read(f"{HEADER}-,um,MPa,mg/cm^2,{dash}\n{cells}")) == PLAIN
    (problem,) = refused(f"{HEADER.replace('gap', f'gap [{dash}]')}{ROWS}")
    assert problem.where == "t.csv column gap [" + dash + "]"


def test_quoted_decimal_commas_between_commas_are_read_and_told(
    read: Read, refused: Refused
) -> None:
    line = read(f'{HEADER}PVDF,100,50,"5,2","38,1"\nNA,200,60,"10,4",36\n')
    assert values(line) == PLAIN
    assert "read as decimal commas" in line.notes[0]
    assert refused(f'{HEADER}PVDF,100,50,"5,2",38.1\n')  # some have points
    assert refused(f'{HEADER}PVDF,100,50,"1,025",38\n')  # perhaps thousands


@pytest.mark.parametrize("word", ["n.b.", "k.A.", "nicht gemessen", "not measured"])
def test_words_for_not_measured(read: Read, word: str) -> None:
    line = read(f"{HEADER}PVDF,100,50,5.2,{word}\n{ROWS}")
    assert list(line.rows[0]["responses"]) == ["loading"]
    assert f"taken as not measured: '{word}' (1)" in line.notes


@pytest.mark.parametrize(
    ("first", "others"), [("33.1%", ("0.34", ".36")), ("0.34", ("36 %", "37%", ".35"))]
)
def test_bare_fractions_among_percentages_are_one_problem(
    read: Read, refused: Refused, first: str, others: tuple[str, ...]
) -> None:
    rows = "".join(f"PVDF,{100 + k},50,5,{cell}\n" for k, cell in enumerate((first, *others)))
    (problem,) = refused(f"{HEADER}{rows}")
    assert problem.where == "t.csv column porosity"
    assert "times smaller" in problem.what
    assert read(f"{HEADER}PVDF,100,50,5,33%\nNA,200,60,5,34\n").notes == []


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Poro", ("33",)), ("Poro", ("33", "33")), ("Poro", ("33", "33", "33")),
        ("poro", ("33", "34")), ("Dichte", ("33",)), ("porosity_mean [%]", ("33", "34")),
    ],
)  # fmt: skip
def test_one_or_equal_results_under_another_name_are_refused(
    refused: Refused, header: str, cells: tuple[str, ...]
) -> None:
    rows = "".join(f"PVDF,{100 + k},50,5,{cell}\n" for k, cell in enumerate(cells))
    (problem,) = refused(f"binder,gap,pressure,loading,{header}\n{rows}")
    assert f"--map '{header}=porosity'" in str(problem.hint)


def test_the_nearest_name_is_offered(refused: Refused) -> None:
    rows = "PVDF,100,50,5.2,33\nNA,200,60,10.4,36\n"
    told = refused(f"binder,gap,pressure,Beladung,Porosität\n{rows}")
    assert "--map 'Porosität=porosity'" in str(told[-2].hint)


def test_bars_are_read_and_blanks_are_refused_by_name(read: Read, refused: Refused) -> None:
    assert values(read(f"{HEADER}{ROWS}".replace(",", "|"))) == PLAIN
    (problem,) = refused(f"{HEADER}{ROWS}".replace(",", "  "))
    assert "not apart" in problem.what
    assert problem.allowed == "commas, semicolons, tabs, bars (|) between the cells"
    assert "--map" not in str(problem.hint)

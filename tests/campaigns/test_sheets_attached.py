"""One's own past runs from a file that grows: every run once, whatever the file said before."""

from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.sheets.filled.attached import AttachedRows, attach_columns, attach_file
from designer.campaigns.sheets.filled.results import SheetRules, read_results
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.filled_sheets import FilledSheets

HEAD = "solid_content,coating_gap [mm],pressure,binder,mass_loading,porosity,made_at,operator"
FIRST = (
    "55,0.10,100,A,7.1,36,,ann",
    "56,0.12,100,A,8.2,35,,ben",
    "56,0.12,100,A,8.4,34,,ben",
)
"""Two runs of one recipe among them."""


class LabFile(FilledSheets):
    """A campaign without a plan beside the table of a lab."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ())

    def attach(
        self, *lines: str, head: str = HEAD, options: TableOptions | None = None
    ) -> AttachedRows:
        path = self.folder / "lab.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        rows = attach_file(path, self.state, options)
        if rows.brings:
            self.change(rows.events)
        return rows

    @property
    def results(self) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
        runs = self.state.runs.values()
        return {run.id: (run.values("mass_loading"), run.values("porosity")) for run in runs}


@pytest.fixture
def lab(tmp_path: Path) -> LabFile:
    return LabFile(tmp_path)


def test_every_row_is_a_run_in_declared_units(lab: LabFile) -> None:
    rows = lab.attach(*FIRST)
    assert rows.runs == [None, None, None]
    assert "columns not used: operator" in rows.notes
    run = lab.run("R001")
    assert run.attached
    assert run.used == {
        "solid_content": 55.0, "coating_gap": 100.0, "pressure": 100.0, "binder": "A",
    }  # fmt: skip
    assert lab.results["R003"] == ((8.4,), (34.0,))


def test_a_growing_file_brings_only_what_is_new(lab: LabFile) -> None:
    lab.attach(*FIRST)
    again = lab.attach(*FIRST)
    assert not again.brings
    assert again.runs == ["R001", "R002", "R003"]
    assert "3 rows are recorded already (R001, R002, R003), and were passed over" in again.notes[1]
    more = lab.attach("57,0.15,50,B,9.9,40,,ann", *reversed(FIRST), "56,0.12,100,A,8.4,34,,ann")
    assert more.runs == [None, "R003", "R002", "R001", None]
    assert len(lab.state.runs) == 5
    assert "line 6 (line 3) says the same as the row in brackets" in more.notes[-1]


def test_a_run_made_again_with_the_same_results_is_recorded_by_its_number(lab: LabFile) -> None:
    head = f"{HEAD},replicate"
    lab.attach(*FIRST)
    again = lab.attach(f"{FIRST[0]},", head=head)
    assert not again.brings
    (note,) = [note for note in again.notes if "recorded already" in note]
    assert note.startswith("1 row is recorded already (R001), and was passed over")
    assert "with a 2 (the third time: 3) in a column replicate" in note
    for number, runs in ((2, 4), (2, 4), (3, 5), (3, 5)):
        lab.attach(f"{FIRST[0]},{number}", head=head)
        assert len(lab.state.runs) == runs
    with pytest.raises(InputError, match="has its number"):
        lab.attach(f"{FIRST[0]},TRUE", head=head)


MM = tuple(
    f"55,{gap},100,A,{load},36,," for gap, load in ((0.1, 71), (0.12, 82), (0.2, 80), (0.25, 90))
)


def test_a_column_in_another_unit_is_one_problem(lab: LabFile) -> None:
    head = HEAD.replace(" [mm]", "")
    with pytest.raises(InputError) as error:
        lab.attach(*MM, "58,0.25,100,Z,9,34,,", head=head)
    gap, loading, binder = error.value.problems
    assert gap.where == "lab.csv column coating_gap"
    assert gap.what.startswith("all values are ten times or more off")
    assert "looks like mm" in gap.what
    assert gap.found == "0.1 to 0.25"
    assert gap.hint is not None
    assert "--unit 'coating_gap=mm'" in gap.hint
    assert loading.what.startswith("4 of 5 values are impossible: looks like g/m^2")
    assert binder.where == "lab.csv line 6, binder"
    units = {"coating_gap": "mm", "mass_loading": "g/m^2"}
    lab.attach(*MM, head=head, options=TableOptions(units=units))
    assert lab.run("R004").used["coating_gap"] == 250
    assert lab.results["R004"] == ((9.0,), (36.0,))


def test_numbers_whose_unit_is_said_are_meant(lab: LabFile) -> None:
    head = HEAD.replace("[mm]", "[um]")
    lines = ("55,0.1,100,A,7,36,,", "56,0.12,100,A,8,35,,")
    with pytest.raises(InputError, match=r"all values .* looks like mm") as error:
        lab.attach(*lines, head=head)
    assert len(error.value.problems) == 1
    lab.attach(*lines, head=head, options=TableOptions(units={"coating_gap [um]": "um"}))
    assert lab.run("R001").used["coating_gap"] == 0.1
    lab.attach("55,0.3 um,100,A,7,36,,", head=head)
    assert lab.run("R003").used["coating_gap"] == 0.3


def test_some_numbers_in_another_unit_are_told_to_be_written_with_it(lab: LabFile) -> None:
    head = HEAD.replace(" [mm]", "")
    gaps = (100, 0.1, 0.12, 0.2)
    with pytest.raises(InputError) as error:
        lab.attach(*(f"55,{gap},100,A,7,36,," for gap in gaps), head=head)
    (problem,) = error.value.problems
    assert problem.what.startswith("3 of 4 values")
    assert problem.hint is not None
    assert "0.1 mm" in problem.hint


BAR = ("55,100,600,A,7,36", "55,120,900,A,8,35")


@pytest.mark.parametrize("header", ["p [bar]", "p, bar", "p/bar", "p_bar", "p bar", "p in bar"])
def test_a_unit_behind_a_mapped_name_counts(lab: LabFile, header: str) -> None:
    head = f'solid_content,coating_gap,"{header}",binder,mass_loading,porosity'
    rows = lab.attach(*BAR, head=head, options=TableOptions(columns={header: "pressure"}))
    assert [lab.run(run).used["pressure"] for run in ("R001", "R002")] == [60, 90]
    told = f"{header}: read in bar, as its name says" in rows.notes
    assert told is ("[" not in header)


def test_a_unit_less_than_ten_times_off_is_one_problem_or_a_question(lab: LabFile) -> None:
    head = "solid_content,coating_gap,pressure,binder,mass_loading,porosity"
    with pytest.raises(InputError, match=r"all values are outside .* looks like bar") as refusal:
        lab.attach(*BAR, head=head)
    (problem,) = refusal.value.problems
    assert "--unit 'pressure=bar'" in str(problem.hint)
    lab.attach(*BAR, head=head, options=TableOptions(units={"pressure": "MPa"}))
    assert any("900 bar is 90 MPa" in flag for flag in lab.run("R002").flags)
    more = lab.attach("55,100,205,A,7,36", "55,120,250,A,8,35", head=head)  # a little above
    assert more.runs == [None, None]
    assert not any("looks like" in flag for flag in lab.run("R003").flags)


@pytest.mark.parametrize("lines", [1, 2])
def test_a_header_that_contradicts_its_numbers_is_one_problem(lab: LabFile, lines: int) -> None:
    rows = ("55,120,100,A,7,36,,", "55,140,100,A,8,35,,")[:lines]
    with pytest.raises(InputError, match=r"120 mm is 120000 um.*without it they fit") as refusal:
        lab.attach(*rows)
    (problem,) = refusal.value.problems
    assert "--unit 'coating_gap [mm]=um'" in str(problem.hint)
    options = TableOptions(units={"coating_gap [mm]": "um"})
    lab.attach(*rows, options=options)
    assert lab.run("R001").used["coating_gap"] == 120
    lab.attach(*rows, options=TableOptions(units={"coating_gap [mm]": "mm"}))
    assert lab.run(f"R00{lines + 1}").used["coating_gap"] == 120_000


def test_results_that_come_later_continue_their_run(lab: LabFile) -> None:
    lab.attach("55,0.10,100,A,7.1,,,ann", "56,0.12,100,A,,,,ann", "57,0.12,100,A,8,,,ann")
    assert lab.run("R002").status == "proposed"  # planned by hand: nothing says that it was made
    rows = lab.attach(
        "55,0.10,100,A,7.1,36,,ann",
        "56,0.12,100,A,8.2,35/36,,ann",
        "57,0.12,100,A,8/9,,2026-03-01,",
    )
    assert rows.runs == ["R001", "R002", "R003"]
    assert lab.results == {
        "R001": ((7.1,), (36.0,)), "R002": ((8.2,), (35.0, 36.0)), "R003": ((8.0, 9.0), ()),
    }  # fmt: skip
    assert lab.run("R003").made_at == "2026-03-01"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("55,0.10,100,A,7.3,36,,ann", "line 2 column mass_loading: R001 has another value already"),
        ("55,0.10,100,A,7.1,none,,ann", "line 2 column porosity: R001 has a value already"),
        (
            "55,0.11,100,A,7.1,36,,ann",
            "coating_gap: was told differently before, of R001 (found 100 um)",
        ),
        ("58,0.11,120,A,7.1,36,,ann", "pressure: was told differently before"),
    ],
)
def test_a_row_that_was_changed_in_the_file_is_a_conflict(
    lab: LabFile, line: str, told: str
) -> None:
    lab.attach(*FIRST)
    before = lab.state.seq
    with pytest.raises(ConflictError) as error:
        lab.attach(line, *FIRST[1:], "50,0.2,30,B,12,40,,ann")
    assert told in str(error.value)
    assert lab.state.seq == before


DAILY = ("57,0.15,110,A,5.5,37,,ann", "58,0.22,70,A,11,35.9,,ann", "59,0.16,90,A,8,0.34,,ann")
"""Three days of one row."""


@pytest.mark.parametrize("piece", [1, 2])
@pytest.mark.parametrize(
    ("day", "old", "mended"),
    [(2, "0.34", "34"), (2, "A,8,", "A,8.4,"), (2, "0.16", "0.165"), (1, "35.9", "36.9"),
     (1, "0.22", "0.2"), (0, "37", "36"), (0, ",110,", ",100,")],
)  # fmt: skip
def test_a_row_mended_in_a_file_that_grew_row_by_row_is_a_conflict(
    lab: LabFile, piece: int, day: int, old: str, mended: str
) -> None:
    lab.attach(*FIRST, head=HEAD)
    for days in range(piece, len(DAILY) + 1):
        lab.attach(*DAILY[:days])
    before = lab.state.seq
    rows = [line.replace(old, mended) if k == day else line for k, line in enumerate(DAILY)]
    for more in ((), ("60,0.3,60,B,14,31,,ann",)):
        with pytest.raises(ConflictError, match=r"[Cc]orrect"):
            lab.attach(*rows, *more)
    assert lab.state.seq == before


def test_a_run_that_is_gone_is_told_once_and_a_numbered_row_is_a_run(lab: LabFile) -> None:
    lab.attach(*FIRST)
    lab.attach(*FIRST, DAILY[0])
    gone = lab.attach(*FIRST[1:], DAILY[0], DAILY[1])
    assert sum("in it no more" in note for note in gone.notes) == 1
    assert gone.runs[-1] is None
    head = f"{HEAD},replicate"
    again = DAILY[1].replace("35.9", "36.4")
    with pytest.raises(ConflictError):
        lab.attach(*(f"{line}," for line in (*FIRST, DAILY[0], again)), head=head)
    rows = lab.attach(*(f"{line}," for line in (*FIRST, DAILY[0])), f"{again},2", head=head)
    assert rows.runs[-1] is None


def test_a_repeat_in_a_file_that_grows_row_by_row_is_a_run(lab: LabFile) -> None:
    lab.attach(*FIRST)  # typed or from another file
    for days in range(1, len(DAILY) + 1):
        lab.attach(*DAILY[:days])
    more = lab.attach(*DAILY, "58,0.22,70,A,11.4,36.1,,ann")
    assert more.runs[-1] is None
    again = lab.attach(*DAILY, "58,0.22,70,A,11.4,36.1,,ann", "55,0.10,100,A,7.3,36.2,,ann")
    assert again.runs[-1] is None
    assert len(lab.state.runs) == len(FIRST) + len(DAILY) + 2


def test_rows_that_say_the_same_are_told(lab: LabFile) -> None:
    rows = lab.attach(FIRST[0], *FIRST[:2], FIRST[0])
    told = [note for note in rows.notes if "say the same" in note]
    assert len(told) == 1
    assert told[0].startswith("line 3 (line 2), line 5 (line 2) say the same as the row in")
    again = lab.attach(FIRST[0], *FIRST[:2], FIRST[0])
    assert not any("the same as" in note for note in again.notes)
    fourth = lab.attach(FIRST[0], *FIRST[:2], FIRST[0], FIRST[0])
    assert fourth.notes[-1].startswith("line 6 (line 2) says the same as")
    assert not any("other results" in note for note in fourth.notes)


def test_equal_coarse_results_at_other_settings_prove_nothing(lab: LabFile) -> None:
    coarse = [f"{55 + k},0.1{k},{100 + 5 * k},A,{8 + k % 2},{34 + k % 2},,ann" for k in range(6)]
    for rows in (coarse[:2], coarse[:3], coarse):
        assert not any("at other settings" in note for note in lab.attach(*rows).notes)
    alone = lab.attach("60,0.3,50,A,8,34,,ann", "62,0.2,50,A,9,35,,ann")
    assert not any("at other settings" in note for note in alone.notes)


def test_equal_fine_results_at_other_settings_are_told(lab: LabFile) -> None:
    lab.attach("55,0.10,100,A,7.13,36.4,,ann")
    rows = lab.attach("56,0.12,100,A,7.13,36.4,,ann")
    assert "line 2 has the results of R001 at other settings" in rows.notes[-1]


def test_a_moment_of_making_is_one_run(lab: LabFile) -> None:
    lab.attach("55,0.10,100,A,7.1,36,2026-03-01T08:15,ann")
    with pytest.raises(ConflictError, match="another value already"):
        lab.attach("55,0.10,100,A,7.4,36,2026-03-01T08:15,ann")
    other = lab.attach("55,0.10,100,A,7.1,36,2026-03-01T09:15,ann")
    assert other.runs == [None]


def test_rows_of_another_file_with_other_results_are_further_runs(lab: LabFile) -> None:
    lab.attach(*FIRST)
    rows = lab.attach("55,0.10,100,A,7.3,36,,ann", "60,0.2,100,A,12,36,,ann")
    assert rows.runs == [None, None]
    assert "line 2 repeats the settings" in rows.notes[-1]


def test_a_row_that_is_gone_is_told(lab: LabFile) -> None:
    lab.attach(*FIRST)
    rows = lab.attach(*FIRST[1:], "60,0.2,180,B,14,31,,ann")
    assert rows.runs == ["R002", "R003", None]
    assert any("R001 came with other rows of this table" in note for note in rows.notes)


def test_corrected_runs_are_found_again_by_what_the_file_still_says(lab: LabFile) -> None:
    lab.attach(*FIRST)
    lab.change(
        lambda state: commands.correct(
            state, "R001", reason="digits", responses={"porosity": Quantity.of("33")},
            used={"coating_gap": Quantity.of("110")},
        )
    )  # fmt: skip
    assert not lab.attach(*FIRST).brings
    right = "55,0.11,100,A,7.1,33,,ann"
    assert not lab.attach(right, *FIRST[1:]).brings


def test_runs_recorded_under_their_ids_are_not_attached_again(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    told = {"mass_loading": [Quantity.of("12.5")], "porosity": [Quantity.of("33")]}
    sheets.change(lambda state: commands.record(state, [ResultEntry("R001", told)]))
    columns: dict[str, list[object]] = {
        "solid_content": [58.5, 58.5, 60.0], "coating_gap": [190, 110, 200],
        "pressure": [195, 105, 100], "binder": ["A", "A", "B"],
        "mass_loading": [12.5, 7.5, 13.0], "porosity": [33.0, 36.0, 37.0],
    }  # fmt: skip
    rows = attach_columns(columns, sheets.state)
    assert rows.runs == ["R001", None, None]
    assert any("row 1 has the settings of R005, which is still to be made" in n for n in rows.notes)


def test_rows_may_say_that_a_run_failed_and_tell_replicates(lab: LabFile) -> None:
    head = "solid_content,coating_gap,pressure,binder,replicate,porosity,status,note"
    lines = (
        "55,100,100,A,1,36,,", "55,100,100,A,2,37,,", "56,120,100,A,,,failed,web break",
        "57,120,100,A,,,abandoned,no slurry", "58,120,100,A,,33,done,",
    )  # fmt: skip
    rows = lab.attach(*lines, head=head)
    left_out, missing = rows.notes
    assert left_out == "1 row of runs that were not made was left out"
    assert missing.startswith("called completed, but without mass_loading: line 6; still open")
    runs = lab.state.runs.values()
    assert [(r.status, r.failure, r.values("porosity")) for r in runs] == [
        ("partial", None, (36.0, 37.0)), ("failed", "web break", ()), ("partial", None, (33.0,)),
    ]  # fmt: skip
    assert not lab.attach(*lines, head=head).brings
    with pytest.raises(InputError, match="replicate 2 does not follow replicate 1"):
        lab.attach("55,100,100,B,2,36,,", head=head)


def test_what_is_said_about_the_table_counts(lab: LabFile) -> None:
    head = "series,Gap,press,porosity"
    rows = lab.attach(
        *("a,0.1,50,33", "b,0.2,50,34", "a,0.3,60,35"),
        head=head,
        options=TableOptions(
            columns={"Gap": "coating_gap", "press": "pressure"},
            units={"Gap": "mm"},
            constants={"solid_content": "55", "binder": "B"},
            where={"series": "a"},
        ),
    )
    assert "took 2 of 3 rows (series = a)" in rows.notes
    assert [run.used for run in lab.state.runs.values()] == [
        {"solid_content": 55.0, "coating_gap": 100.0, "pressure": 50.0, "binder": "B"},
        {"solid_content": 55.0, "coating_gap": 300.0, "pressure": 60.0, "binder": "B"},
    ]


def test_all_problems_at_once_and_nothing_written(lab: LabFile) -> None:
    before = lab.state.seq
    with pytest.raises(InputError) as error:
        lab.attach("55,0.1,100,A,x,36,,", ",0.1,100,A,7,36,,", "55,0.1,100,A,7,36,2026-13-01,")
    told = [problem.where for problem in error.value.problems]
    assert [place.split(" column ")[0] for place in told] == [
        f"lab.csv line {k}" for k in (2, 3, 4)
    ]
    with pytest.raises(InputError) as error:
        lab.attach("55,0.1,100,A,7,360,,", "55,0.1,100,C,7,36,,")
    assert len(error.value.problems) == 2
    with pytest.raises(InputError, match="no column for pressure"):
        lab.attach("55,0.1,A,7", head="solid_content,coating_gap [mm],binder,porosity")
    assert lab.state.seq == before


def test_a_plan_sheet_wants_to_be_imported(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    sheets.sheet()
    with pytest.raises(InputError, match=r"names runs of this campaign .*come in with import"):
        attach_file(tmp_path / "plan.csv", sheets.state)


def test_rows_of_a_sheet_without_run_id_become_runs_when_asked_for(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    rows = sheets.sheet()[:1]
    rows[0]["porosity [%]"] = "33"
    extra = {**dict.fromkeys(rows[0], ""), "solid_content [wt%]": "60", "coating_gap [um]": "200",
             "pressure [MPa]": "100", "binder": "B", "porosity [%]": "35"}  # fmt: skip
    with pytest.raises(InputError, match=r"the run id is missing.*--attach-new"):
        sheets.read([*rows, extra])
    for brings in (True, False):
        results = read_results(
            tmp_path / "filled.csv", sheets.state, rules=SheetRules(attach_new=True)
        )
        assert results.brings is brings
        if brings:
            sheets.change(results.events)
    assert sheets.run("R001").values("porosity") == (33.0,)
    assert sheets.run("R007").used["coating_gap"] == 200
    assert len(sheets.state.runs) == 7


def test_import_takes_what_is_said_about_the_table(tmp_path: Path) -> None:
    sheets = FilledSheets(tmp_path)
    path = tmp_path / "filled.csv"
    path.write_text("Nr;Poro;shift\nR001;0,31;early\nR002;0,32;late\n", encoding="utf-8")
    options = TableOptions(
        columns={"Nr": "run", "Poro": "porosity"}, units={"porosity": "1"},
        constants={"coating_gap": "200"}, where={"shift": "early"},
    )  # fmt: skip
    results = read_results(path, sheets.state, options)
    sheets.change(results.events)
    assert sheets.run("R001").values("porosity") == (31.0,)
    assert sheets.run("R001").used["coating_gap"] == 200
    assert sheets.run("R002").status == "proposed"


MEANS = "solid_content,coating_gap,pressure,binder,mass_loading"


@pytest.mark.parametrize(
    "headers",
    [
        ("porosity_mean", "porosity_sd"), ("porosity_low", "porosity_high"),
        ("porosity_sd_result",), ("porosity_mean [%]",),
    ],
)  # fmt: skip
def test_means_of_a_lab_are_no_predictions_of_ours(lab: LabFile, headers: tuple[str, ...]) -> None:
    rows = [f"{55 + k},100,100,A,7.{k},{','.join(['3' + str(k)] * len(headers))}" for k in (1, 3)]
    head = ",".join([MEANS, *headers])
    with pytest.raises(InputError) as refusal:
        lab.attach(*rows, head=head)
    (problem,) = refusal.value.problems
    assert problem.where == f"lab.csv column {headers[0]}"
    assert f"--map '{headers[0]}=porosity'" in str(problem.hint)
    taken = lab.attach(*rows, head=head, options=TableOptions(columns={headers[0]: "porosity"}))
    assert taken.brings


@pytest.mark.parametrize("beside", ["head", "plan", "information_bits"])
def test_predictions_of_ours_stand_beside_our_columns(lab: LabFile, beside: str) -> None:
    rows = lab.attach("55,100,100,A,7,33,x", head=f"{MEANS},porosity_mean,{beside}")
    assert rows.brings


def test_a_frame_is_no_file_that_grows(lab: LabFile) -> None:
    lab.attach(*FIRST)
    names = ("solid_content", "coating_gap", "pressure", "binder", "mass_loading", "porosity")
    frame = {name: [cell] for name, cell in zip(names, (55, 100, 100, "A", 7.1, 36), strict=True)}
    rows = attach_columns(frame, lab.state)
    assert rows.runs == ["R001"]
    assert not any("in it no more" in note for note in rows.notes)

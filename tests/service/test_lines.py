"""Earlier lines beside the campaign: another unit, and settings the campaign does not ask for."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign, InputError
from tests.command_line import CommandLine
from tests.places import SHARED_DATA

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

CASES = SHARED_DATA / "cases"
SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "case", "line": "own"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 50, "high": 350, "step": 10},
        {"name": "foil", "categories": ["A", "B"]},
    ],
    "response": [{"name": "porosity", "unit": "%", "possible": [0, 100]}],
}
PERCENT = [33.1, 35.0, 36.2, 34.4, 38.0, 31.9]


def rows(porosity: list[float], gaps: list[float] | None = None, foil: str = "A") -> pd.DataFrame:
    gaps = gaps or [60 + 40 * k for k in range(len(porosity))]
    return pd.DataFrame({"gap": gaps, "foil": foil, "porosity": porosity})


def campaign(window: list[float] | None = None, **response: Any) -> Campaign:
    told = {**SPEC["response"][0], **response} | ({} if window is None else {"window": window})
    return Campaign.create({**SPEC, "response": [told]}, store=None)


def doubts(answer: Any) -> list[tuple[str, float, str | None, str]]:
    return [
        (found["response"], found["factor"], found["unit"], found["beside"])
        for found in answer["scale_doubts"]
    ]


FRACTION = rows([value / 100 for value in PERCENT])


def test_a_fraction_is_named_beside_the_window_and_can_be_converted() -> None:
    case = campaign([30, 40])

    answer = case.add_line("line2", FRACTION)

    assert doubts(answer) == [("porosity", 100.0, "1", "the window")]
    (note,) = [note for note in answer["notes"] if "fraction" in note]
    assert note.startswith("porosity of line2 is about 1/100 of the window: a fraction?")
    assert "campaign.undo(2)" in note
    assert "units={'porosity': '1'}" in note
    case.undo(2)
    again = case.add_line("line2", FRACTION, units={"porosity": "1"})
    assert doubts(again) == []
    assert again["notes"] == []


def test_results_tell_more_than_the_window() -> None:
    case = campaign([0.3, 0.4])
    case.attach(rows(PERCENT[:3]))

    assert doubts(case.add_line("right", rows(PERCENT))) == []
    assert doubts(case.add_line("wrong", FRACTION)) == []  # the window says that it is right
    case = campaign()
    case.attach(rows(PERCENT[:3]))
    assert doubts(case.add_line("wrong", FRACTION)) == [("porosity", 100.0, "1", "your results")]


def test_where_nothing_else_is_known_lines_are_compared_with_those_before_and_the_possible() -> (
    None
):
    case = campaign()
    assert doubts(case.add_line("line2", rows(PERCENT))) == []
    assert doubts(case.add_line("line3", FRACTION)) == [("porosity", 100.0, "1", "line2")]
    (line2, line3) = case.status(refresh=False)["lines"]
    assert line2["warnings"] == []
    assert "of line2: a fraction?" in line3["warnings"][0]
    alone = campaign()
    assert doubts(alone.add_line("l", FRACTION)) == [("porosity", 100.0, "1", "what is possible")]


def test_of_two_lines_alone_either_may_be_wrong_and_both_ways_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = {**SPEC, "response": [{"name": "thickness", "unit": "um"}]}
    Campaign.create(spec, store=str(tmp_path / "s.db"))
    right = rows(PERCENT).rename(columns={"porosity": "thickness"})
    right.to_csv("right.csv", index=False)
    right.assign(thickness=right["thickness"] / 1000).to_csv("mm.csv", index=False)
    designer = CommandLine(tmp_path / "s.db", capsys)
    designer("lines", "add", "case", "mm.csv", "--name", "old")

    notes = designer.json("lines", "add", "case", "right.csv", "--name", "new")["notes"]

    (told,) = [note for note in notes if "thickness of new is about 1000 times old" in note]
    assert "Or is old wrong (in mm?)? Compare both with their source." in told
    assert "To convert new: designer undo case 3, then designer lines add case right.csv" in told
    offered = told.partition("To convert old: designer ")[2]
    undo, again = offered.split(", then designer ")
    designer(*shlex.split(undo))
    designer(*shlex.split(again))
    lines = designer.json("lines", "show", "case")["lines"]
    assert [line["scale_doubts"] for line in lines] == [[], []]
    three = campaign(unit="um", possible=[0, 1e9])
    for count in (5, 6):
        three.add_line(f"line{count}", rows([value / 1000 for value in PERCENT[:count]]))
    told = three.add_line("new", rows(PERCENT))["notes"][-1]
    assert "If line5, line6 are wrong, take them back" in told


@pytest.mark.parametrize(("wrong", "told"), [(6, True), (2, False)])
def test_a_column_of_impossible_values_is_one_problem_with_the_unit_to_say(
    wrong: int, *, told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    response = {**SPEC["response"][0], "unit": "um", "possible": [5, 60]}
    spec = {**SPEC, "response": [response]}
    case = Campaign.create(spec, store=None)
    frame = rows([v / 1000 if k < wrong else v for k, v in enumerate(PERCENT)])
    with pytest.raises(InputError) as refused:
        case.add_line("line2", frame)
    problems = refused.value.problems
    if not told:
        assert [problem.what for problem in problems] == ["impossible value"] * 2
        return
    (problem,) = problems
    looks = "looks like mm (0.0319 to 0.038 mm is 31.9 to 38 um)"
    assert problem.what == f"6 of 6 values are impossible: {looks}"
    assert problem.where.endswith("column porosity")
    assert problem.allowed == "5 to 60 um"
    assert "units={'porosity': 'mm'}" in (problem.hint or "")
    assert case.add_line("line2", frame, units={"porosity": "mm"})["notes"] == []

    Campaign.create(spec, store=str(tmp_path / "s.db"))
    frame.to_csv(tmp_path / "mm.csv", index=False)
    designer = CommandLine(tmp_path / "s.db", capsys)
    add = ("lines", "add", "case", tmp_path / "mm.csv", "--name", "line2")
    said = designer.refused(*add)
    assert said.count("impossible") == 1
    assert "--unit 'porosity=mm'" in said
    designer(*add, "--unit", "porosity=mm")


def test_a_whole_line_far_off_without_a_unit_is_told_what_to_do() -> None:
    case = campaign(unit="1", possible=[0, 1e9])
    case.attach(rows(PERCENT))

    answer = case.add_line("line2", rows([1000 * value for value in PERCENT]))

    assert doubts(answer) == [("porosity", 0.001, None, "your results")]
    assert "multiply its porosity by 0.001 and add it again" in answer["notes"][-1]


@pytest.mark.parametrize("shift", [0.3, 0.7, 1.5, 2.5])
def test_a_shifted_line_is_not_remarked(shift: float) -> None:
    case = campaign([30, 40])
    case.attach(rows(PERCENT[:2]))

    assert case.add_line("line2", rows([shift * value for value in PERCENT]))["notes"] == []


def test_overlap_is_told_per_factor_and_as_a_whole() -> None:
    case = campaign()

    answer = case.add_line("line2", rows(PERCENT, [50, 100, 150, 200, 400, 500]))

    assert answer["overlap"] == pytest.approx(4 / 6)
    gap, foil = answer["factors"]
    assert (gap["low"], gap["high"], gap["covered"]) == (50, 500, 1.0)
    assert gap["inside"] == pytest.approx(4 / 6)
    assert (foil["low"], foil["covered"], foil["inside"]) == (None, 0.5, 1.0)
    assert answer["warnings"] == []


def test_a_line_that_hardly_overlaps_is_said_to_be_extrapolation() -> None:
    case = campaign()

    answer = case.add_line("cal2", rows(PERCENT, [446, 450, 460, 470, 480, 495]))

    assert answer["overlap"] == 0
    sentence = "gap 446 to 495 um of cal2 lies outside 50 to 350 um of this campaign"
    assert answer["warnings"] == [f"{sentence}: what it says there is extrapolation"]
    assert answer["warnings"][0] in answer["notes"]
    assert answer["warnings"][0] in case.status(refresh=False)["warnings"]


def test_rows_inside_every_range_but_never_in_all_are_said_too() -> None:
    spec = {**SPEC, "factor": [SPEC["factor"][0], {"name": "speed", "low": 0, "high": 1}]}
    case = Campaign.create(spec, store=None)
    frame = pd.DataFrame({"gap": [100, 900] * 4, "speed": [9, 0.5] * 4, "porosity": 35.0})

    answer = case.add_line("line2", frame)

    assert answer["overlap"] == 0
    assert "only 0 of 8 rows of line2 lie inside all ranges" in answer["warnings"][0]


needs_cases = pytest.mark.skipif(not CASES.exists(), reason=f"no {CASES}")


@needs_cases
def test_the_offered_command_converts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CASES)
    designer = CommandLine(tmp_path / "store.db", capsys)
    designer("init", "porosity_spec.toml")
    where = ["--map", "porosity=porosity", "--set", "gap=100"]
    designer(
        "lines", "add", "case", "fraction_line.csv", "--name", "my line", "--map", "gap=-", *where
    )
    offered = " ".join(designer("lines", "show", "case").split()).partition("To convert it: ")[2]
    undo, again = offered.removeprefix("designer ").split(", then designer ")
    designer(*shlex.split(undo))
    designer(*shlex.split(again))

    (line,) = designer.json("lines", "show", "case")["lines"]
    assert line["scale_doubts"] == []
    assert line["overlap"] == 1.0


def test_units_of_another_campaign_can_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "store.db"
    other = {**SPEC, "campaign": {**SPEC["campaign"], "name": "other", "line": "line2"}}
    Campaign.create(other, store=str(store)).attach(FRACTION)
    Campaign.create(SPEC, store=str(store)).attach(rows(PERCENT))
    designer = CommandLine(store, capsys)

    notes = designer.json("lines", "add", "case", "--from", "other")["notes"]
    undo, again = notes[-1].partition("To convert it: designer ")[2].split(", then designer ")
    assert again == "lines add case --from other --name line2 --unit porosity=1"
    designer(*undo.split())
    designer(*again.split())

    (line,) = designer.json("lines", "show", "case")["lines"]
    assert line["scale_doubts"] == []


def test_adding_a_line_loads_no_mathematics(tmp_path: Path) -> None:
    FRACTION.to_csv(tmp_path / "line.csv", index=False)
    code = f"""
import sys
from designer.service import Service
service = Service(None)
service.campaigns.create({ {**SPEC}!r})
from pathlib import Path
answer = service.lines.add("case", Path({str(tmp_path / "line.csv")!r}), name="line2")
assert answer["scale_doubts"]
service.models.status("case")
heavy = {{"torch", "scipy.linalg", "scipy.stats", "pandas"}} & sys.modules.keys()
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

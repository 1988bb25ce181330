"""Results far from usual: remarked when they come in, kept, and never the end of the program."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, InputError
from tests.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "case", "line": "own"},
    "factor": [
        {"name": "gap", "unit": "um", "low": 50, "high": 350},
        {"name": "speed", "low": 0, "high": 10},
    ],
    "response": [{"name": "ratio", "unit": "g/L"}],
}


def truth(gap: Any, speed: Any) -> Any:
    return 0.5 + 0.012 * gap * (1 + 0.05 * speed)


def campaign(rows: int = 0, **response: Any) -> Campaign:
    case = Campaign.create({**SPEC, "response": [{**SPEC["response"][0], **response}]}, store=None)
    if rows:
        draw = np.random.default_rng(0)
        gap, speed = draw.uniform(50, 350, rows), draw.uniform(0, 10, rows)
        noise = np.exp(0.05 * draw.standard_normal(rows))
        frame = {"gap": gap, "speed": speed, "ratio": truth(gap, speed) * noise}
        case.add_line("line2", pd.DataFrame(frame))
    return case


def runs(*ratios: float, gap: float = 100.0) -> pd.DataFrame:
    gaps = [gap + 20 * k for k in range(len(ratios))]
    return pd.DataFrame({"gap": gaps, "speed": 5.0, "ratio": ratios})


def said(case: Campaign, value: str, gap: str = "200") -> str:
    values = {"gap": gap, "speed": "5", "ratio": value}
    return " ".join(case.service.runs.attach("case", values)["messages"])


def test_one_result_50_times_off_is_remarked_with_the_usual_range() -> None:
    case = campaign(420, scale="log")

    told = said(case, "0.05")

    assert told.startswith("R001: ratio 0.05 g/L is far below the earlier lines near its settings")
    assert "designer correct case R001 ratio=VALUE --reason TEXT" in told
    assert "designer fail case R001 --reason TEXT" in told
    assert case.data()["ratio"].tolist() == [0.05]
    assert said(case, "3.1") == ""
    assert said(case, "1.9") == ""


def test_own_results_tell_what_is_usual_more_than_lines() -> None:
    case = campaign(60, scale="log")
    assert case.attach(runs(0.2, 0.25, 0.3)).messages != []  # ten times off the line
    assert said(case, "0.28") == ""  # but as the other own results are
    assert "far above your other results (0.2 to 0.3)" not in said(case, "3.1")  # as the line is
    assert "far above your other results" in said(case, "95")


@pytest.mark.parametrize(
    ("response", "value", "words"),
    [
        ({"unit": "%", "window": [30, 35]}, "0.332", "is about 1/100 of the window: a fraction?"),
        ({"unit": "mg/cm^2", "window": [5, 15]}, "0.0102", "the window: in g/cm^2?"),
        ({"unit": "mg/cm^2", "scale": "log", "window": [5, 15]}, "110", ""),
        ({"unit": "%", "window": [30, 35]}, "12", ""),
    ],
)
def test_another_unit_is_guessed(response: dict[str, Any], value: str, words: str) -> None:
    told = said(campaign(**response), value)

    assert words in told
    assert bool(told) == bool(words)


def status_of(case: Campaign) -> Any:
    return case.status()


def notes(case: Campaign) -> list[str]:
    return case.service.models.predict("case", {"gap": "100", "speed": "5"})["notes"]


@pytest.mark.parametrize(
    ("scale", "values"),
    [
        ("linear", [1e155]),
        ("log", [1e300, -1e155]),
        ("linear", [5e-324, 1.7e308]),
        ("log", [1e155] * 6),
    ],
)
def test_results_no_model_can_use_are_left_out_and_named(scale: str, values: list[float]) -> None:
    case = campaign(scale=scale)
    right = runs(*truth(np.array([100.0, 120, 140, 160]), 5.0))
    case.attach(right)
    without = case.predict(right)
    assert notes(case) == []

    told = case.attach(runs(*values, gap=60)).messages

    assert sum("is no size of a measurement" in each for each in told) == len(values)
    assert any("in R005 is no size of a measurement: left out" in each for each in notes(case))
    assert case.predict(right).equals(without)
    if len(values) == 1:
        assert case.status()["notes"] == notes(case)
        assert len(case.propose(2, seed=0)) == 2


def test_alone_they_are_nothing_to_learn_from() -> None:
    case = campaign()
    case.attach(runs(1e155))

    assert len(case.propose(2, seed=0, dry_run=True)) == 2
    status = status_of(case)
    assert status["model"]["stale"]
    assert [each["run"] for each in status["set_aside"]] == ["R001"]
    assert "1e155 g/L in R001 is no size of a measurement" in " ".join(status["notes"])
    with pytest.raises(InputError, match="1e155 g/L in R001"):
        case.predict(runs(2.0))


def test_a_zero_among_many_leaves_the_logarithmic_scale_as_it_is() -> None:
    case = campaign(25, scale="log")
    case.attach(runs(2.5, 2.9))
    far = pd.DataFrame({"gap": [340.0], "speed": [9.0]})
    before = case.predict(far)

    told = said(case, "0")

    assert "does not exist on its logarithmic scale" in told
    assert case.predict(far).equals(before)
    note = "ratio 0 g/L in R003 does not exist on its logarithmic scale: left out until it is"
    assert any(each.startswith(note) for each in notes(case))


@pytest.mark.parametrize(("lines", "right"), [(0, 1), (0, 8), (25, 0)])
def test_a_single_zero_among_few_changes_nothing_for_the_others(lines: int, right: int) -> None:
    case = campaign(lines, scale="log")
    own = runs(*truth(100.0 + 20 * np.arange(right), 5.0))
    if right:
        case.attach(own)
    far = pd.DataFrame({"gap": [340.0], "speed": [9.0]})
    before = case.predict(far)
    name = f"R{right + 1:03}"

    told = said(case, "0")

    assert "does not exist on its logarithmic scale" in told
    assert case.predict(far).equals(before)
    (aside,) = status_of(case)["set_aside"]
    assert (aside["run"], aside["value"]) == (name, 0.0)
    assert any(f"0 g/L in {name} does not exist on its logarithmic" in n for n in notes(case))


def test_where_zeros_are_many_the_scale_turns_linear_and_names_the_runs() -> None:
    case = campaign(scale="log")
    case.attach(runs(2.5, 2.9, 0.0, 3.5, 0.0))

    assert any(
        "2 value(s) are not positive (0 in R003, 0 in R005), so the response is modelled on a"
        in each
        for each in notes(case)
    )


def test_where_most_own_results_are_zero_lines_do_not_keep_the_scale() -> None:
    case = campaign(60, scale="log")
    case.attach(runs(0.0, 2.9, 0.0))

    assert any("so the response is modelled on a linear" in each for each in notes(case))


def test_results_left_out_count_in_the_errors() -> None:
    case = campaign(25, scale="log")
    own = runs(*truth(100.0 + 20 * np.arange(8), 5.0))
    case.attach(own)
    before = status_of(case)["report"]["ratio"]
    said(case, "0")
    after = status_of(case)["report"]["ratio"]

    for figures in ("leave_one_run_out", "k_fold"):
        assert after[figures]["rmse"] > 0.25 * truth(200, 5) > before[figures]["rmse"]
        assert after[figures]["coverage"]["95"] == pytest.approx(8 / 9)
        assert np.isfinite(after[figures]["log_density"])


def test_a_response_whose_only_result_is_left_out_says_so() -> None:
    spec = {**SPEC, "response": [*SPEC["response"], {"name": "other"}]}
    case = Campaign.create(spec, store=None)
    case.attach(pd.DataFrame({"gap": [100.0], "speed": [5.0], "ratio": [1e155], "other": [2.0]}))

    status = status_of(case)
    assert [each["run"] for each in status["set_aside"]] == ["R001"]
    assert any("1e155 g/L in R001 is no size of a measurement" in n for n in status["notes"])
    assert any("ratio: all its results are set aside" in n for n in status["notes"])
    assert not any("ratio was never measured" in n for n in status["notes"])
    with_line = campaign(30)
    with_line.attach(runs(1e155))
    assert "No usable result on own yet" in " ".join(status_of(with_line)["warnings"])


def test_status_names_a_result_50_times_off_whether_it_counts_or_not() -> None:
    right = runs(*truth(100.0 + 20 * np.arange(7), 5.0))
    few, many = campaign(420, scale="log"), campaign(420, scale="log")
    said(few, "0.05")
    many.attach(right)
    far = pd.DataFrame({"gap": [60.0, 340.0], "speed": [1.0, 9.0]})
    before = many.predict(far)["ratio_mean"]
    said(many, "0.05")

    (note,) = [each for each in status_of(few)["notes"] if "R001" in each]
    assert "0.05 in R001 lies 67 times below the 3.35 expected there" in note
    assert "campaign.correct" in note
    assert status_of(few)["set_aside"] == []
    assert [each["run"] for each in status_of(many)["set_aside"]] == ["R008"]
    np.testing.assert_allclose(many.predict(far)["ratio_mean"], before, rtol=0.05)


def test_every_way_in_remarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "store.db"
    case = Campaign.create(
        {**SPEC, "response": [{**SPEC["response"][0], "scale": "log"}]}, store=str(store)
    )
    case.attach(runs(2.5, 2.9, 3.3, 3.5))
    plan = case.propose(4, seed=0).runs
    designer = CommandLine(store, capsys)

    out = designer("record", "case", plan[0], "ratio=0.05")
    assert "and its prediction (3.71)" in " ".join(out.split())
    designer("correct", "case", plan[0], "ratio=2.7", "--reason", "digits")
    assert "about 100 times" in designer(
        "correct", "case", plan[0], "ratio=270", "--reason", "digits"
    )
    designer("correct", "case", plan[0], "ratio=2.7", "--reason", "digits")
    answer = case.record(pd.DataFrame({"ratio": [0.04]}, index=[plan[1]]))
    assert (
        f"{plan[1]}: ratio 0.04 g/L is about 1/100 of your other results" in answer["messages"][0]
    )
    case.correct(plan[1], {"ratio": 2.8}, reason="digits")
    Path("plan.csv").write_text(f"run,ratio\n{plan[2]},0.03\n{plan[3]},3.1\n")
    for dry in (["--dry-run"], []):
        (told,) = designer.json("import", "case", "plan.csv", *dry)["messages"]
        assert f"{plan[2]}: ratio 0.03 g/L is about 1/100 of your other results (2.5" in told


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ({"possible": [0, 60]}, "a logarithmic scale: its possible range starts at 0 and g/L is"),
        ({"scale": "log"}, "a logarithmic scale, as its specification says"),
        ({"possible": [0, 60], "scale": "linear"}, "a linear scale, as its specification says"),
        ({}, 'a linear scale: no possible range is told; scale = "log" changes it'),
        ({"unit": "%", "possible": [0, 100]}, "a linear scale: % is a share"),
        ({"unit": "1", "possible": [0, 1]}, "a pure number up to 1 is taken for a share"),
        ({"possible": [-5, 5]}, "its possible range starts at -5, below 0"),
    ],
)
def test_the_scale_is_said_with_its_reason(response: dict[str, Any], words: str) -> None:
    case = campaign(**response)

    assert words in case.service.campaigns.show("case")["scales"]["ratio"]


def test_show_says_when_results_made_the_scale_linear() -> None:
    case = campaign(scale="log")
    case.attach(runs(2.5, 2.9, 0.0, 3.5))
    scales = case.service.campaigns.show
    assert "a logarithmic scale" in scales("case")["scales"]["ratio"]  # one 0 is left out
    case.attach(runs(0.0, 2.0))
    told = scales("case")["scales"]["ratio"]
    assert told.startswith("ratio is modelled on a linear scale, although")
    assert told.endswith("not positive are 0 in R003, 0 in R005")
    assert any("modelled on a linear instead" in note for note in notes(case))
    case.correct("R005", {"ratio": 2.7}, reason="typed wrongly")
    assert "a logarithmic scale" in scales("case")["scales"]["ratio"]


def test_init_and_show_say_the_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    designer = CommandLine(tmp_path / "store.db", capsys)
    Path("spec.toml").write_text(designer("init", "--example"))

    for words in (["init", "spec.toml"], ["show", "nmc622-line4"]):
        told = " ".join(designer(*words).split())
        assert "- mass_loading is modelled on a logarithmic scale: its possible range" in told
    assert set(designer.json("show", "nmc622-line4")["scales"]) == {"mass_loading", "porosity"}


@pytest.mark.parametrize("value", ["0", "-5"])
def test_a_result_that_is_not_above_zero_is_remarked_where_all_else_is(value: str) -> None:
    window = campaign(scale="linear", window=[2, 8])
    assert "is not above 0 like the window (2 to 8 g/L): not measured, or a sign?" in said(
        window, value
    )
    assert said(window, "3", gap="210") == ""  # beside it: another number is no sign
    bare = campaign(scale="linear")
    assert said(bare, value) == ""
    others = campaign(scale="linear")
    others.attach(runs(2.0, 3.0, 4.0, 3.5, 2.5, 3.2))
    assert "is not above 0 like your other results (2 to 4)" in said(others, value, gap="230")
    around = campaign(scale="linear")
    around.attach(runs(2.0, -3.0, 4.0))
    assert said(around, value) == ""
    warm = campaign(scale="linear", window=[2, 8], unit="degC")
    assert said(warm, value) == ""


def test_who_brings_an_earlier_result_into_doubt_is_told_so() -> None:
    factors = [{"name": "gap", "unit": "um", "low": 50, "high": 350}]
    response = [{"name": "porosity", "unit": "%"}]
    head = {"version": 1, "name": "case", "line": "l"}
    tables = {"campaign": head, "factor": factors, "response": response}
    case = Campaign.create(tables, store=None)
    told = []
    for gap, porosity in zip((80, 100, 150, 200, 80), (0.41, 38, 40, 39, 41), strict=True):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            case.attach({"gap": gap, "porosity": porosity})
        told.append(" ".join(str(each.message) for each in caught))
    (first,) = [k for k, text in enumerate(told) if "beside this, R001" in text]
    assert first >= 2
    flags = case.status(refresh=False)["flags"]
    assert [(flag["kind"], flag["run"]) for flag in flags] == [("slip", "R001")]


def beside(told: list[str]) -> list[str]:
    return [text.partition(" is ")[0] for text in told if text.startswith("beside this")]


def test_what_a_change_brings_into_doubt_is_told_by_every_verb_that_does_so() -> None:
    case = campaign(scale="linear")
    frame = runs(40, 38, 41, 39, 0.41)
    frame.loc[4, ["gap", "speed"]] = frame.loc[2, ["gap", "speed"]]  # they contradict each other
    case.attach(frame)
    verbs = case.service.campaigns

    confirmed = verbs.note("case", "ok", "R005", confirm="slip:ratio")["messages"]
    assert confirmed[0].startswith("slip is confirmed: R005")
    assert beside(confirmed) == ["beside this, R003: ratio 41 g/L"]
    assert beside(verbs.note("case", "seen", "R005")["messages"]) == []
    assert beside(verbs.undo("case", 7)["messages"]) == ["beside this, R005: ratio 0.41 g/L"]
    case.correct("R005", {"ratio": 41.2}, reason="read again")
    assert beside(verbs.undo("case")["messages"]) == ["beside this, R005: ratio 0.41 g/L"]
    case.fail("R005", "web break")
    reopened = case.service.runs.reopen("case", "R005")["messages"]
    assert beside(reopened) == ["beside this, R005: ratio 0.41 g/L"]

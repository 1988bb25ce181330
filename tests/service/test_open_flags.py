"""Slips and plans that a change has overtaken: told on every path until somebody acts."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign, InputError
from tests.campaigns_for_tests import SMALL, line_rows, loading, porosity
from tests.command_line import CommandLine

RECIPES = [
    {"solid_content": 50.0 + k, "coating_gap": gap, "binder": "PVDF-A"}
    for k, gap in enumerate((80.0, 100.0, 150.0, 200.0))
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the campaign `small`, four results and an open plan of three."""
    path = tmp_path_factory.mktemp("begun") / "store.db"
    rows = [{**r, "mass_loading": loading(r), "porosity": porosity(r)} for r in RECIPES]
    with Campaign.create(tomllib.loads(SMALL), store=path) as case:
        case.attach(pd.DataFrame(rows))
        case.propose(3, seed=0)
    return path


@pytest.fixture
def designer(
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    """A command line on a copy of it."""
    monkeypatch.chdir(tmp_path)
    Path("spec.toml").write_text(SMALL)
    return CommandLine(Path(shutil.copy(template, tmp_path / "store.db")), capsys)


def kinds(command: CommandLine, *words: str) -> list[tuple[str, str]]:
    return [(flag["kind"], flag["run"]) for flag in command.json(*words)["flags"]]


SETTINGS = ("solid_content=55", "coating_gap=100", "binder=PVDF-A")


def test_a_slip_stays_flagged_until_it_is_corrected(designer: CommandLine) -> None:
    out = " ".join(
        designer("attach", "small", *SETTINGS, "porosity=0.42", "mass_loading=7.2").split()
    )
    assert "R008: porosity 0.42 % is about 1/100 of your other results" in out
    assert "a fraction?" in out
    assert "designer note small R008 TEXT --confirm slip" in out
    assert kinds(designer, "status", "small") == [("slip", "R008")]
    assert "! Open: porosity in R008 may be a slip" in designer("status", "small")
    assert "! R008: porosity 0.42 % is about 1/100" in " ".join(
        designer("show", "small", "R008").split()
    )
    runs = {run["run"]: run for run in designer.json("show", "small")["runs"]}
    assert [flag["kind"] for flag in runs["R008"]["flags"]] == ["slip"]
    assert runs["R001"]["flags"] == []
    designer("note", "small", "R008", "measured again")  # a plain note clears nothing
    assert kinds(designer, "show", "small", "R008") == [("slip", "R008")]
    designer("correct", "small", "R008", "porosity=42", "--reason", "a share")
    assert kinds(designer, "show", "small", "R008") == []


def test_a_slip_is_confirmed_and_undo_asks_again(designer: CommandLine) -> None:
    designer("attach", "small", *SETTINGS, "porosity=0.42", "mass_loading=7.2")
    said = designer.refused("note", "small", "R008", "seen", "--confirm", "drift")
    assert "run R008: has no such flag to confirm (found 'drift'); allowed: slip" in said
    said = designer.refused("note", "small", "R001", "seen", "--confirm", "slip")
    assert "allowed: it has no flags" in said
    assert "flags belong to runs" in designer.refused("note", "small", "seen", "--confirm", "slip")
    designer("note", "small", "R008", "measured again", "--confirm", "slip")
    assert kinds(designer, "status", "small") == []
    designer("undo", "small")
    assert kinds(designer, "status", "small") == [("slip", "R008")]
    designer("note", "small", "R008", "measured again", "--confirm", "slip")
    designer("record", "small", "R008", "porosity=0.0042", "--replicate")
    assert kinds(designer, "status", "small") == [("slip", "R008")]  # a new value, a new doubt


def test_every_way_in_tells_a_slip(designer: CommandLine, tmp_path: Path) -> None:
    case = Campaign.open("small", store=str(designer.store))
    first, second, third = (run.id for run in case.service.session.state("small").open_runs)
    told = " ".join(designer("record", "small", first, "porosity=0.44").split())
    assert f"{first}: porosity 0.44 % is about 1/100 of your other results" in told
    with pytest.warns(UserWarning, match=f"{second}: porosity 0.46 % is about 1/100"):
        case.record(pd.DataFrame({"porosity": [0.46]}, index=[second]))
    Path("plan.csv").write_text(f"run,porosity\n{third},0.045\n")
    for dry in (["--dry-run"], []):
        messages = designer.json("import", "small", "plan.csv", *dry)["messages"]
        assert any(f"{third}: porosity 0.045 % is about 1/1000" in each for each in messages)
    rows = line_rows()
    rows["porosity"][4] = 0.42
    pd.DataFrame(rows).to_csv("line.csv", index=False)
    notes = designer.json("lines", "add", "small", "line.csv", "--name", "line2")["notes"]
    assert any(
        note.startswith("line2: porosity 0.42 % (solid_content 54 wt%, coating_gap 100 um, binder")
        and "is about 1/100 of its other results" in note
        for note in notes
    )
    assert [run for _, run in kinds(designer, "status", "small")] == [first, second, third]


@pytest.fixture
def amended(designer: CommandLine) -> CommandLine:
    """The same after a change that forbids the coating gap of every open run but 80 um."""
    Path("tight.toml").write_text(
        SMALL.replace("levels = [80, 100, 150, 200]", "levels = [60, 70]")
    )
    return designer


def test_a_change_names_the_open_runs_that_break_it(amended: CommandLine) -> None:
    state = Campaign.open("small", store=str(amended.store)).service.session.state("small")
    open_runs = [run.id for run in state.open_runs]
    dry = amended.json("amend", "small", "tight.toml", "--dry-run")
    assert not dry["applied"]
    done = amended.json("amend", "small", "tight.toml")
    assert done["messages"] == dry["messages"]
    first, *each = done["messages"]
    assert first.startswith("R005, R006 and R007 break the changed specification. Plan anew:")
    assert "designer propose small --replace" in first
    assert [text.partition(":")[0] for text in each] == [
        f"run {run} coating_gap" for run in open_runs
    ]
    assert "allowed: 60, 70 um" in each[0]
    found = kinds(amended, "status", "small")
    assert [run for kind, run in found if kind == "breaks_specification"] == open_runs
    assert "! Open: R005, R006 and R007 break the specification" in amended("status", "small")
    assert "coating_gap" in amended("show", "small", "R005")
    assert "R005, R006 and R007 break" in amended("export", "small", "plan.csv")
    assert amended.json("export", "small", "data.csv", "--what", "data")["messages"] == []


def test_such_a_run_is_started_only_when_asked_twice(amended: CommandLine) -> None:
    amended("amend", "small", "tight.toml")
    said = " ".join(amended.refused("start", "small", "R005").split())
    assert "run R005 coating_gap" in said
    assert "else start it with --anyway" in said
    out = amended("start", "small", "R005", "--anyway")
    assert "R005 is being made" in out
    amended("undo", "small")
    case = Campaign.open("small", store=str(amended.store))
    with pytest.raises(InputError, match="coating_gap"):
        case.start("R005")
    case.start("R005", anyway=True)
    amended("note", "small", "R006", "the shims are there", "--confirm", "breaks_specification")
    assert "R006" not in [run for _, run in kinds(amended, "status", "small")]
    amended("start", "small", "R006")


def test_nothing_is_said_where_nothing_is_broken(designer: CommandLine) -> None:
    Path("wider.toml").write_text(SMALL.replace("high = 60", "high = 62"))
    assert designer.json("amend", "small", "wider.toml")["messages"] == []
    assert kinds(designer, "status", "small") == []
    designer("start", "small", "R005")
    Path("tight.toml").write_text(SMALL.replace("* coating_gap <= 11000", "* coating_gap <= 4200"))
    done = designer.json("amend", "small", "tight.toml")["messages"]
    assert any("against the constraint" in text and "R005" in text for text in done)
    designer("undo", "small")
    assert kinds(designer, "status", "small") == []


def test_a_window_that_moved_away_is_told_of_runs_that_were_planned_for_it(
    designer: CommandLine,
) -> None:
    Path("far.toml").write_text(SMALL.replace("window = [11, 13]", "window = [41, 43]"))
    done: list[Any] = designer.json("amend", "small", "far.toml")["messages"]
    plan = designer.json("show", "small")["runs"][-3:]
    in_old = [
        run["run"]
        for run in plan
        if run["predicted"]["mass_loading"]["low95"] <= 13
        and run["predicted"]["mass_loading"]["high95"] >= 11
        and run["predicted"]["mass_loading"]["high95"] < 41
    ]
    assert in_old
    told = [text for text in done[1:] if "is expected outside the window" in text]
    assert [text.partition(":")[0] for text in told] == [f"run {run}" for run in in_old]
    out = designer("start", "small", in_old[0])  # a run outside the window may be wanted
    assert "expected outside the window" in " ".join(out.split())


def made_against(designer: CommandLine, run: str = "R005") -> str:
    """Forbid by a constraint what an open run was planned with; its expression."""
    recipe = designer.json("show", "small", run)["settings"]
    least = recipe["solid_content"] * recipe["coating_gap"]
    expression = f"solid_content * coating_gap <= {least - 1:g}"
    Path("limit.toml").write_text(
        SMALL.replace("solid_content * coating_gap <= 11000", expression, 1)
    )
    assert any(run in text for text in designer.json("amend", "small", "limit.toml")["messages"])
    return f"against the constraint {expression}"


def test_a_result_of_a_run_that_broke_the_limit_keeps_its_flag(designer: CommandLine) -> None:
    broken = made_against(designer)
    Path("plan.csv").write_text("run,porosity\nR005,42\n")
    messages = designer.json("import", "small", "plan.csv", "--dry-run")["messages"]
    assert any(text.startswith(f"R005: {broken}") for text in messages)
    told = designer.json("record", "small", "R005", "porosity=42", "mass_loading=7.2")
    assert told["messages"][0].startswith(broken)
    (flag,) = [f for f in designer.json("status", "small")["flags"] if f["run"] == "R005"]
    assert (flag["kind"], flag["message"].startswith(broken)) == ("breaks_specification", True)
    designer("undo", "small")
    designer("start", "small", "R005", "--anyway")
    assert kinds(designer, "show", "small", "R005") == [("breaks_specification", "R005")]
    designer("record", "small", "R005", "porosity=42")
    assert kinds(designer, "show", "small", "R005") == [("breaks_specification", "R005")]
    said = designer.json("note", "small", "R005", "ok", "--confirm", "breaks_specification")
    assert said["messages"][0].startswith(f"breaks_specification is confirmed: {broken}")
    assert kinds(designer, "show", "small", "R005") == []


def test_a_breach_confirmed_while_it_was_open_stays_confirmed(designer: CommandLine) -> None:
    made_against(designer)
    designer("note", "small", "R005", "allowed", "--confirm", "breaks_specification")
    told = designer.json("record", "small", "R005", "porosity=42", "mass_loading=7.2")
    assert not any("constraint" in text for text in told["messages"])
    assert kinds(designer, "show", "small", "R005") == []


def test_a_run_made_before_the_change_breaks_nothing(designer: CommandLine) -> None:
    designer("record", "small", "R005", "porosity=42", "mass_loading=7.2")
    recipe = designer.json("show", "small", "R005")["settings"]
    least = recipe["solid_content"] * recipe["coating_gap"]
    Path("limit.toml").write_text(SMALL.replace("<= 11000", f"<= {least - 1:g}", 1))
    designer("amend", "small", "limit.toml")
    designer("correct", "small", "R005", "porosity=41", "--reason", "read again")
    assert kinds(designer, "show", "small", "R005") == []


def test_settings_off_the_plan_are_flagged_until_they_are_confirmed(designer: CommandLine) -> None:
    planned = designer.json("show", "small", "R005")["settings"]
    near, far = planned["solid_content"] + 0.4, 110 if planned["coating_gap"] != 100 else 140
    made = ("record", "small", "R005", "porosity=42", "mass_loading=7.2")
    assert designer.json(*made, "--set", f"solid_content={near:g}")["messages"] == []
    assert kinds(designer, "show", "small", "R005") == []
    designer("undo", "small")
    other = {"PVDF-A": "PVDF-B"}.get(planned["binder"], "PVDF-A")
    told = designer.json(*made, "--set", f"coating_gap={far}", "--set", f"binder={other}")[
        "messages"
    ]
    gap = f"{planned['coating_gap']:g}"
    message = (
        f"R005: not made as planned: coating_gap {far} um (planned {gap} um),"
        f" binder {other} (planned {planned['binder']})"
    )
    assert message in told
    flags = designer.json("show", "small", "R005")["flags"]
    assert [flag["message"] for flag in flags if flag["kind"] == "off_plan"] == [message]
    assert "! Open: R005 was not made as planned" in designer("status", "small")
    done = designer("note", "small", "R005", "by hand", "--confirm", "off_plan")
    assert f"off_plan is confirmed: {message}" in " ".join(done.split())
    assert "off_plan" not in str(kinds(designer, "show", "small", "R005"))
    assert "note on R005, off_plan confirmed" in designer("undo", "small")
    assert "off_plan" in str(kinds(designer, "show", "small", "R005"))


def test_a_confirmed_slip_is_doubted_no_more_by_the_models(designer: CommandLine) -> None:
    made = ("attach", "small", *SETTINGS)
    designer(*made, "porosity=0.42", "mass_loading=7.2")
    recipe = ("predict", "small", *SETTINGS)
    doubted = "Correct it (designer correct)"
    assert any(doubted in note for note in designer.json(*recipe)["notes"])
    designer("note", "small", "R008", "measured again", "--confirm", "slip")
    status = designer.json("status", "small")  # the figures are those of before
    assert not any(doubted in note for note in (*status["notes"], *status["warnings"]))
    for verb in (recipe, ("status", "small", "--refresh")):
        assert not any(doubted in note for note in designer.json(*verb)["notes"])
    designer("undo", "small")
    assert any(doubted in note for note in designer.json(*recipe)["notes"])

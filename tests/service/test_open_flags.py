"""Slips and plans that a change has overtaken: told on every path until somebody acts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign, InputError
from tests.campaigns_for_tests import SMALL, line_rows
from tests.command_line import CommandLine

OLD = Path(__file__).parents[1] / "store" / "data" / "0_2_0_notes_2" / "pilot.db"
"""A store in which a slip of two responses was confirmed by a note of version 2."""


@pytest.fixture
def designer(begun: CommandLine) -> CommandLine:
    """A command line on a store with four results and an open plan of three."""
    return begun


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
    for verb in ("status", "show"):
        assert "! Open: porosity in R008 may be a slip" in designer(verb, "small")
        assert "designer note small R008 TEXT --confirm slip" in " ".join(
            designer(verb, "small").split()
        )
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
    said = designer.refused("note", "small", "R008", "seen", "--confirm", "slip:mass_loading")
    assert "no such flag to confirm (found 'slip:mass_loading'); allowed: slip" in said
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


def slipped(designer: CommandLine, run: str) -> list[str]:
    return [flag["response"] for flag in designer.json("show", "small", run)["flags"]]


def test_who_confirms_one_result_silences_no_other(designer: CommandLine) -> None:
    Path("narrow.toml").write_text(SMALL.replace('"mg/cm^2"', '"mg/cm^2"\nscale = "linear"', 1))
    designer("amend", "small", "narrow.toml")
    wrong = ("porosity=0.42", "mass_loading=0.072")
    out = " ".join(designer("attach", "small", *SETTINGS, *wrong).split())
    for name in ("porosity", "mass_loading"):
        assert f"designer note small R008 TEXT --confirm slip:{name};" in out
    said = " ".join(designer.refused("note", "small", "R008", "seen", "--confirm", "slip").split())
    assert "run R008: mass_loading and porosity are flagged: say which of them is looked at" in said
    assert "allowed: slip:mass_loading, slip:porosity" in said
    assert "--confirm 'slip:mass_loading,porosity'" in said
    one = ("note", "small", "R008", "seen", "--confirm", "slip:porosity")
    (message,) = designer.json(*one)["messages"]
    assert message.startswith("slip is confirmed: R008: porosity 0.42 %")
    assert slipped(designer, "R008") == ["mass_loading"]
    assert "slip of porosity confirmed" in designer("history", "small", "R008")
    designer("undo", "small")
    both = [*one[:-1], "slip:porosity, mass_loading"]
    assert len(designer.json(*both)["messages"]) == 2
    assert slipped(designer, "R008") == []
    designer("undo", "small")
    case = Campaign.open("small", store=str(designer.store))
    with pytest.raises(InputError, match="confirm='slip:mass_loading,porosity'"):
        case.note("seen", "R008", confirm="slip")
    with pytest.warns(UserWarning, match="slip is confirmed: R008: mass_loading"):
        case.note("seen", "R008", confirm="slip:mass_loading")
    assert slipped(designer, "R008") == ["porosity"]


def test_an_older_confirmation_is_of_every_response(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path(shutil.copy(OLD, tmp_path / "old.db"))
    designer = CommandLine(store, capsys)
    assert designer.json("show", "confirmed", "R006")["flags"] == []
    designer("undo", "confirmed", "9")
    found = designer.json("show", "confirmed", "R006")["flags"]
    assert [flag["response"] for flag in found] == ["mass_loading", "porosity"]


def test_a_confirmation_is_of_the_value_that_stands(designer: CommandLine) -> None:
    designer("attach", "small", *SETTINGS, "porosity=0.42", "mass_loading=7.2")
    designer("note", "small", "R008", "seen", "--confirm", "slip")
    designer("record", "small", "R005", "mass_loading=7")  # nothing new about R008
    assert slipped(designer, "R008") == []
    designer("correct", "small", "R008", "porosity=0.41", "--reason", "read again")
    assert slipped(designer, "R008") == ["porosity"]
    designer("undo", "small")
    assert slipped(designer, "R008") == []


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
    assert amended("export", "small", "-").startswith("run,")
    assert "note: R005, R006 and R007 break" in amended.err  # also where stdout is the file
    assert amended.json("export", "small", "data.csv", "--what", "data")["messages"] == []


def test_top_up_does_not_count_what_breaks_the_specification(amended: CommandLine) -> None:
    amended("start", "small", "R006")
    amended("amend", "small", "tight.toml")
    told = " ".join(amended("status", "small").split())
    assert "run R005 coating_gap" in told  # why, and the way out
    assert "and 2 more: designer show small RUN. Plan anew: designer propose small --repl" in told
    plan = amended.json("propose", "small", "-n", "3", "--top-up")
    assert len(plan["runs"]) == 2  # R006 is being made: its result comes
    assert any(
        note.startswith("R005, R006 and R007 break the changed specification. Plan anew: designer")
        for note in plan["notes"]
    )
    again = amended.json("propose", "small", "-n", "3", "--top-up")
    assert (again["plan"], again["runs"]) == (None, [])
    assert again["notes"][0] == "3 runs are open already (R006, R008, R009): none is missing to 3"
    assert again["notes"][1].startswith("R005, R006 and R007 break the changed specification.")
    notes = amended.json("propose", "small", "-n", "1", "--dry-run")["notes"]
    assert any("break the changed specification" in note for note in notes)
    replaced = amended.json("propose", "small", "-n", "1", "--replace", "--dry-run")["notes"]
    assert not any("changed specification" in note for note in replaced)
    amended("note", "small", "R005", "shims are here", "--confirm", "breaks_specification")
    named = amended.json("propose", "small", "-n", "3", "--top-up")["notes"][0]
    assert named.startswith("4 runs are open already (R005, R006, R008, R009)")


def test_status_and_show_name_the_commands_that_end_a_slip(designer: CommandLine) -> None:
    designer("attach", "small", *SETTINGS, "porosity=42/0.42", "mass_loading=7.2")
    right = "designer correct small R008 porosity=VALUE --replicate 2 --reason TEXT; if it is right"
    for words in (("status", "small"), ("show", "small", "R008")):
        assert right in " ".join(designer(*words).split())
        assert right in designer.json(*words)["flags"][0]["hint"]
    designer("correct", "small", "R008", "porosity=42", "--replicate", "2", "--reason", "share")
    assert designer.json("show", "small", "R008")["flags"] == []


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
    first = in_old[0]
    refused = designer.refused("start", "small", first)
    assert f"run {first}: mass_loading is expected outside the window" in " ".join(refused.split())
    assert "else start it with --anyway" in " ".join(refused.split())
    case = Campaign.open("small", store=str(designer.store))
    with pytest.raises(InputError, match=r"expected outside the window(.|\n)*anyway=True"):
        case.start(first)
    topped = designer.json("propose", "small", "-n", "3", "--top-up", "--dry-run")
    assert len(topped["runs"]) == len(in_old)  # a clock waits for none of them
    out = designer("start", "small", first, "--anyway")  # it may be wanted all the same
    assert "expected outside the window" in " ".join(out.split())
    designer("undo", "small")
    designer("note", "small", first, "wanted", "--confirm", "breaks_specification")
    designer("start", "small", first)


def test_a_window_that_came_in_later_is_told_of_runs_that_will_miss_it(
    designer: CommandLine,
) -> None:
    window = "possible = [0, 100]\nwindow = [1, 2]"
    Path("new.toml").write_text(SMALL.replace("possible = [0, 100]", window))
    done = designer.json("amend", "small", "new.toml")["messages"]
    told = [text for text in done if "porosity is expected outside the window" in text]
    assert len(told) == 3
    designer("undo", "small")
    assert kinds(designer, "status", "small") == []


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


def test_a_run_that_broke_the_limit_and_failed_keeps_its_flag(designer: CommandLine) -> None:
    broken = made_against(designer)
    designer("fail", "small", "R005", "--reason", "web break")
    (flag,) = designer.json("show", "small", "R005")["flags"]
    assert flag["message"].startswith(broken)
    assert kinds(designer, "status", "small")[0] == ("breaks_specification", "R005")
    designer("reopen", "small", "R005")  # it was not made, then: an open run that breaks it
    (flag,) = designer.json("show", "small", "R005")["flags"]
    assert (flag["kind"], broken in flag["message"]) == ("breaks_specification", True)
    designer("fail", "small", "R005", "--reason", "jam")
    designer("note", "small", "R005", "seen", "--confirm", "breaks_specification")
    assert kinds(designer, "show", "small", "R005") == []


STEPS = {
    "step": ("step = 1\n", "step = 10\n", "solid_content", "between two steps"),
    "levels": ("levels = [80, 100, 150, 200]", "levels = [60, 220]", "coating_gap", "not one of"),
}


@pytest.mark.parametrize("change", STEPS)
@pytest.mark.parametrize("way", ["record", "start", "fail", "pieces"])
def test_a_run_made_off_the_new_grid_keeps_its_flag(
    designer: CommandLine, change: str, way: str
) -> None:
    old, new, factor, what = STEPS[change]
    assert old in SMALL
    Path("coarse.toml").write_text(SMALL.replace(old, new, 1))
    designer("amend", "small", "coarse.toml")
    told = [
        (flag["run"], flag["message"])
        for flag in designer.json("status", "small")["flags"]
        if what in flag["message"]
    ]
    run, message = told[0]
    assert f"{run} {factor}: {what}" in message
    if way == "start":
        designer("start", "small", run, "--anyway")
    elif way == "fail":
        designer("fail", "small", run, "--reason", "jam")
    elif way == "pieces":
        designer("record", "small", run, "porosity=42")
        assert len(designer.json("show", "small", run)["flags"]) == 1  # not twice
    if way != "fail":
        answer = designer.json("record", "small", run, "mass_loading=7.2")
        assert any(text.startswith(f"{factor}: {what}") for text in answer["messages"])
    for verb in (("show", "small", run), ("status", "small")):
        found = [flag for flag in designer.json(*verb)["flags"] if flag["run"] == run]
        assert [flag["message"].partition(" (")[0] for flag in found] == [
            message.removeprefix(f"run {run} ").partition(" (")[0]
        ]
    designer("export", "small", "data.json", "--what", "data")
    assert f"{factor}: {what}" in Path("data.json").read_text() or way == "fail"
    if way != "fail":
        other = {"PVDF-A": "PVDF-B", "PVDF-B": "PVDF-A"}
        used = other[designer.json("show", "small", run)["used"]["binder"]]
        designer("correct", "small", run, "--set", f"binder={used}", "--reason", "x")
        assert any(what in f["message"] for f in designer.json("show", "small", run)["flags"])
        told_now = "solid_content=55.2" if factor == "solid_content" else "coating_gap=110"
        designer("correct", "small", run, "--set", told_now, "--reason", "as read off")
        assert not any(what in f["message"] for f in designer.json("show", "small", run)["flags"])


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

"""Planned batches and a change of the stages: what no longer fits is told of every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

GAP = 'levels = [80, 100, 150, 200]\nstage = "coating"'
SLURRY = "change_cost = 3.0"
CHANGES = {
    "moved": (GAP, GAP.replace("coating", "slurry")),
    "most": (SLURRY, f"{SLURRY}\nmost_runs = 1"),
    "pot life": (SLURRY, f"{SLURRY}\nusable_for = 1.0"),
    "long pot life": (SLURRY, f"{SLURRY}\nusable_for = 1.5"),
    "later": (
        'categories = ["PVDF-A", "PVDF-B"]\nstage = "slurry"',
        'categories = ["PVDF-A", "PVDF-B"]\nstage = "coating"',
    ),
    "cost": (SLURRY, "change_cost = 4.0"),
    "budget": ("run = 0.1", "run = 0.1\nbudget = 90"),
    "words": ('reason = "dryer capacity"', 'reason = "dryer"'),
}


@pytest.fixture
def designer(begun: CommandLine) -> CommandLine:
    """R006 and R007 are planned from slurry-02 and differ in coating_gap."""
    for name, (old, new) in CHANGES.items():
        assert SMALL.count(old) == 1
        Path(f"{name}.toml").write_text(SMALL.replace(old, new))
    return begun


def flagged(designer: CommandLine) -> dict[str, str]:
    flags = designer.json("status", "small")["flags"]
    return {flag["run"]: flag["message"] for flag in flags}


OTHER_STAGES = "R005, R006 and R007 were planned with other stages ("


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("moved", "coating_gap belongs to slurry now, and is 200 um (R006: 100 um)"),
        ("most", "it is run 2 of the batch, which holds 1 at most"),
        ("pot life", "it is ready 1.2 h after the batch, which is usable for 1 h"),
    ],
)
def test_a_run_that_cannot_be_made_from_its_planned_batch_is_named(
    designer: CommandLine, change: str, why: str
) -> None:
    message = f"run R007: cannot be made from slurry-02, as planned: {why}"
    told = designer.json("amend", "small", f"{change}.toml", "--dry-run")["messages"]
    assert told == designer.json("amend", "small", f"{change}.toml")["messages"]
    assert told[0].startswith("R007 breaks the changed specification. Plan anew: designer propose")
    assert told[1].startswith(message)
    assert told[2].startswith(OTHER_STAGES)
    assert len(told) == 3
    assert flagged(designer).keys() == {"R007"}
    assert why in " ".join(designer("show", "small", "R007").split())
    assert any(why in each for each in designer.json("export", "small", "plan.csv")["messages"])
    refused = " ".join(designer.refused("start", "small", "R007").split())
    assert message in refused
    assert "--batch slurry=ID" in refused
    designer("start", "small", "R006")  # the first of the batch makes it what it is
    told = designer.json("record", "small", "R007", "porosity=42", "mass_loading=10")["messages"]
    assert told[0].startswith(message)
    assert flagged(designer).keys() == {"R007"}  # until somebody says how it was made
    designer("correct", "small", "R007", "--batch", "slurry=slurry-07", "--reason", "a new one")
    assert flagged(designer) == {}


def test_a_sheet_tells_it_too_and_a_confirmation_ends_it(designer: CommandLine) -> None:
    designer("amend", "small", "moved.toml")
    designer("start", "small", "R006")
    Path("sheet.csv").write_text("run,porosity,mass_loading\nR007,42,10\n")
    told = designer.json("import", "small", "sheet.csv")["messages"]
    assert any("R007: cannot be made from slurry-02, as planned" in each for each in told)
    designer("note", "small", "R007", "made twice", "--confirm", "breaks_specification")
    assert flagged(designer) == {}


def test_the_first_run_made_is_what_the_batch_is(designer: CommandLine) -> None:
    designer("amend", "small", "moved.toml")
    designer("start", "small", "R007", "--anyway")
    assert "R007: 200 um" in flagged(designer)["R006"]


@pytest.mark.parametrize("change", ["later", "cost", "long pot life"])
def test_what_only_makes_other_plans_better_is_one_sentence(
    designer: CommandLine, change: str
) -> None:
    (told,) = designer.json("amend", "small", f"{change}.toml")["messages"]
    assert told.startswith(OTHER_STAGES)
    assert "designer propose small --replace" in told
    assert flagged(designer) == {}
    (undone, again) = designer.json("undo", "small")["messages"]
    assert "no longer counts" in undone
    assert again.startswith(OTHER_STAGES)


@pytest.mark.parametrize("change", ["budget", "words"])
def test_a_change_that_reaches_no_batch_says_nothing(designer: CommandLine, change: str) -> None:
    assert designer.json("amend", "small", f"{change}.toml")["messages"] == []
    assert flagged(designer) == {}


def test_runs_that_were_made_before_are_not_reached(designer: CommandLine) -> None:
    for run in ("R005", "R006", "R007"):
        designer("record", "small", run, "porosity=42")
    assert designer.json("amend", "small", "moved.toml")["messages"] == []
    designer("record", "small", "R007", "mass_loading=10")
    assert flagged(designer) == {}

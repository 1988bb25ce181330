"""Batches that somebody tells: other settings than the batch has, and names written otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer import Campaign
from designer.api.messages import DesignerWarning
from designer.campaigns.plausibility.open_batches import near_batch
from tests.command_line import CommandLine

SETTINGS = ("coating_gap=100", "binder=PVDF-A", "porosity=43", "mass_loading=7.2")
HEADER = "solid_content,coating_gap,binder,porosity,mass_loading,batch:slurry\n"
OTHER = "R009: its settings are not those of the batch it is said to be of: solid_content 54 wt%"


def test_a_batch_of_other_settings_is_told_and_stays_flagged(begun: CommandLine) -> None:
    begun("attach", "small", "solid_content=55", *SETTINGS, "--batch", "slurry=S7")
    words = ("attach", "small", "solid_content=54", *SETTINGS, "--batch", "slurry=S7")
    messages = begun.json(*words)["messages"]
    assert [text for text in messages if "batch" in text] == [f"{OTHER}, in S7 55 wt% (R008)"]
    (flag,) = begun.json("status", "small")["flags"]
    assert (flag["kind"], flag["run"]) == ("breaks_specification", "R009")
    assert flag["message"] == messages[0]
    assert "R009 breaks the specification" in begun("status", "small")
    begun("correct", "small", "R009", "--batch", "slurry=S8", "--reason", "misread")
    assert begun.json("status", "small")["flags"] == []
    begun("undo", "small")
    begun("note", "small", "R009", "diluted", "--confirm", "breaks_specification")
    assert begun.json("status", "small")["flags"] == []


def test_the_plan_says_what_a_batch_is(begun: CommandLine) -> None:
    runs = {run["run"]: run for run in begun.json("show", "small")["runs"]}
    one, other = runs["R005"], runs["R006"]
    assert one["settings"]["solid_content"] != other["settings"]["solid_content"]
    batch = f"slurry={other['batch']['slurry']}"
    messages = begun.json("record", "small", "R005", "porosity=43", "--batch", batch)["messages"]
    assert any(text.startswith("R005: its settings are not those") for text in messages)
    assert any("(R006)" in text for text in messages)
    own = f"slurry={other['batch']['slurry']}"  # as planned: no word
    assert begun.json("record", "small", "R006", "porosity=43", "--batch", own)["messages"] == []


def test_every_way_in_asks_about_a_batch_written_otherwise(begun: CommandLine) -> None:
    planned = {run["run"]: run["batch"] for run in begun.json("show", "small")["runs"]}
    first = planned["R005"]["slurry"]
    asked = f"is a new batch of slurry; did you mean {first}?"
    other = f"slurry-{int(first.rpartition('-')[2])}"
    told = begun.json("record", "small", "R005", "porosity=43", "--batch", f"slurry={other}")
    (text,) = [text for text in told["messages"] if "batch" in text]
    assert text.startswith(f"R005: {other} {asked} If so: designer correct small R005 --batch")
    begun("correct", "small", "R005", "--batch", f"slurry={first}", "--reason", "typing error")
    again = begun.json("record", "small", "R006", "porosity=43", "--batch", "slurry=another")
    assert again["messages"] == []
    Path("rows.csv").write_text(f"{HEADER}55,100,PVDF-A,43,7.2,SLURRY {other[-1]}\n")
    table = begun.json("attach", "small", "rows.csv", "--dry-run")["messages"]
    assert any(asked in text for text in table)
    Path("sheet.csv").write_text(f"run,mass_loading,batch:slurry\nR007,7.2,{other}\n")
    assert any(asked in t for t in begun.json("import", "small", "sheet.csv")["messages"])
    case = Campaign.open("small", store=str(begun.store))
    with case, pytest.warns(DesignerWarning, match="did you mean"):
        case.correct("R006", batch={"slurry": f"slurry_{other[-1]}"}, reason="name")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("slurry-1", "slurry-01"), ("Slurry 1", "slurry-01"), ("1", "slurry-01"),
        ("slury-01", "slurry-01"), ("slurry-O1", "slurry-01"), ("slurry-3", None),
        ("slurry-011", None), ("monday", None), ("batch-B", None), ("mixeda", "mixed-A"),
        ("2026-11-02", None), ("S-1", None),
    ],
)  # fmt: skip
def test_names_written_otherwise(name: str, near: str | None) -> None:
    known = ("slurry-01", "slurry-02", "batch-A", "mixed-A", "2026-11-01")
    assert near_batch(name, known) == near

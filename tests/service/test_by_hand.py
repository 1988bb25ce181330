"""Runs planned by hand: judged beside ours, all or nothing, from every front end."""

from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign
from designer.campaigns.errors import ConflictError
from designer.service import Service
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

RECIPE = {"solid_content": "53", "coating_gap": "200", "binder": "PVDF-B"}
OWN = tuple(f"{name}={value}" for name, value in RECIPE.items())


def test_it_is_judged_as_a_plan_of_ours_and_told_so(begun: CommandLine) -> None:
    told = begun.json("attach", "small", *OWN)
    assert (told["run"], told["status"]) == ("R008", "proposed")
    run = begun.json("show", "small", "R008")
    assert run["plan"] is None
    assert run["settings"] == run["used"]
    assert run["order"] == 1
    assert run["information_bits"] > 0
    assert run["cost"] == 3.6
    expected = run["predicted"]["mass_loading"]
    assert expected["low95"] < 14.4 < expected["high95"]
    assert 0 <= run["in_spec_measured"] <= run["in_spec"] <= 1
    assert run["reason"].startswith("planned by hand, which costs")
    what, judged, ours = told["messages"]
    assert what.startswith("R008 is planned, not made")
    assert "slurry-03 (new), coating-04 (new)" in judged
    assert "bit" in judged
    assert "for 3.6 h" in judged
    assert "mass_loading" in judged
    assert ours.startswith("compared with ours: planned by hand, which costs")
    assert "planned by hand, order 1" not in begun("show", "small", "R008")
    assert "R008: proposed, planned by hand" in begun("show", "small", "R008")
    assert begun.json("status", "small")["runs"]["proposed"] == 4
    assert "R008 planned by hand" in begun("history", "small", "R008")


def test_what_an_open_batch_can_make_costs_no_new_one(begun: CommandLine) -> None:
    there = begun.json("show", "small", "R007")
    recipe = {**there["settings"]}
    values = [f"{name}={value}" for name, value in recipe.items()]
    begun("attach", "small", *values)
    run = begun.json("show", "small", "R008")
    assert run["batch"] == there["batch"]
    assert run["cost"] == pytest.approx(0.1)


def test_a_dry_run_writes_nothing_and_tells_the_same(begun: CommandLine) -> None:
    before = begun.json("status", "small")["head"]
    told = begun.json("attach", "small", *OWN, "--dry-run")
    assert begun.json("status", "small")["head"] == told["head"] == before
    assert begun.json("attach", "small", *OWN)["messages"] == told["messages"]


def test_a_repeated_request_gives_the_same_answer(begun: CommandLine) -> None:
    words = ("attach", "small", *OWN, "--request-id", "x1")
    assert begun.json(*words) == begun.json(*words)
    assert len(begun.json("show", "small")["runs"]) == 8


def test_a_table_holds_what_was_made_and_what_is_planned(begun: CommandLine) -> None:
    head = "solid_content,coating_gap,binder,mass_loading,porosity,made_at\n"
    rows = ["55,100,PVDF-A,,,\n", "55,150,PVDF-A,10.9,34,\n", "57,150,PVDF-A,,,2026-03-01\n"]
    rows += ["55,80,PVDF-A,,,\n"]
    Path("own.csv").write_text(head + "".join(rows))
    told = begun.json("attach", "small", "own.csv")
    assert told["runs"] == ["R008", "R009", "R010", "R011"]
    runs = {run["run"]: run for run in begun.json("show", "small")["runs"]}
    assert [runs[run]["status"] for run in told["runs"]] == [
        "proposed", "completed", "running", "proposed",
    ]  # fmt: skip
    first, last = runs["R008"], runs["R011"]
    assert first["batch"]["slurry"] == last["batch"]["slurry"] == "slurry-03"
    assert {first["order"], last["order"]} == {1, 2}
    # the result of the same table has taught what is expected of them
    assert first["predicted"]["mass_loading"]["at"] == last["predicted"]["mass_loading"]["at"]
    events = begun.json("history", "small")["events"]
    at = first["predicted"]["mass_loading"]["at"]
    assert [e["kind"] for e in events[at:]] == ["run_planned", "run_planned"]
    # the file grows: nothing comes twice, and a result goes on with its run
    assert not begun.json("attach", "small", "own.csv")["applied"]
    rows[0] = "55,100,PVDF-A,7.2,35,\n"
    Path("own.csv").write_text(head + "".join(rows))
    again = begun.json("attach", "small", "own.csv")
    assert again["runs"] == told["runs"]
    assert again["attached"] == []
    assert begun.json("show", "small", "R008")["status"] == "completed"


def test_a_sheet_with_it_goes_out_and_comes_in(begun: CommandLine) -> None:
    begun("attach", "small", *OWN)
    begun("export", "small", "plan.csv")
    sheet = pd.read_csv("plan.csv", dtype=str, keep_default_na=False)
    assert sheet["run"].tolist()[-1] == "R008"
    assert not begun.json("import", "small", "plan.csv")["applied"]
    place = next(name for name in sheet.columns if name.startswith("mass_loading ["))
    sheet.loc[sheet["run"] == "R008", place] = "14.2"
    sheet.to_csv("plan.csv", index=False)
    assert begun.json("import", "small", "plan.csv")["applied"]
    assert begun.json("show", "small", "R008")["results"] == {"mass_loading": [14.2]}


def test_in_python_and_where_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    with Campaign.create(tmp_path / "small.toml", store=None) as campaign:
        runs = campaign.attach([RECIPE])
        assert runs == ["R001"]
        assert "planned, not made" in " ".join(runs.messages)
        assert "costs 3.6 h" in " ".join(runs.messages)
        assert campaign.status(refresh=False)["runs"]["proposed"] == 1
        campaign.record(pd.DataFrame({"porosity": [34.0]}, index=["R001"]))
        assert campaign.status(refresh=False)["runs"]["partial"] == 1


def test_the_log_may_go_on_while_it_is_judged(begun: CommandLine) -> None:
    other, seen = Service(str(begun.store)), list[str]()

    def progress(what: str, share: float | None) -> None:
        if what == "judging what was planned":
            seen.append(what)
            if len(seen) < limit:
                other.campaigns.note("small", f"meanwhile {len(seen)}")

    service, limit = Service(str(begun.store), progress=progress), 3
    told = service.runs.attach("small", RECIPE)
    assert (told["run"], len(seen)) == ("R008", 3)
    limit = 99
    with pytest.raises(ConflictError, match="went on"):
        service.runs.attach("small", {**RECIPE, "coating_gap": "150"})
    assert len(service.campaigns.show("small")["runs"]) == 8

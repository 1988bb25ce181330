"""`propose --among` and `--instead-of`: end to end, atomic, told."""

from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign, ConflictError, InputError
from tests.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

COILS = """coil,solid_content,coating_gap [mm],binder,length
007,53,0.151,PVDF-A,120.5
008,53,0.151,PVDF-A,80
10E2,55,0.1,PVDF-B,66
C-4,59,0.2,PVDF-B,10
C-5,99,0.1,PVDF-B,10
"""


@pytest.fixture
def coils(begun: CommandLine) -> CommandLine:
    Path("coils.csv").write_text(COILS)
    return begun


def test_a_plan_among_coils_brings_their_numbers_back(coils: CommandLine) -> None:
    plan = coils.json("propose", "small", "-n", 2, "--among", "coils.csv")
    ids = [run["extra"]["coil"] for run in plan["runs"]]
    assert len(set(ids)) == 2
    assert plan["deviation"]["text"].startswith("choosing among the 3 recipes of coils.csv costs")
    left_out = plan["notes"][0]
    assert left_out.startswith("of coils.csv left out: line 5: against the constraint")
    assert "line 6: solid_content: outside the range" in left_out
    for run in plan["runs"]:
        assert run["extra"]["length"] in (120.5, 80.0, 66.0)
        assert coils.json("show", "small", run["run"])["extra"] == run["extra"]
        assert f"coil={run['extra']['coil']}" in coils("show", "small", run["run"])
    # each of them once, also in the plans to come
    more = coils.json("propose", "small", "-n", 4, "--among", "coils.csv")
    assert [run["extra"]["coil"] for run in more["runs"]] == sorted({"007", "008", "10E2"} - {*ids})
    assert any("each is used once" in note for note in more["notes"])
    said = coils.refused("propose", "small", "--among", "coils.csv")
    assert "no recipe of it can be proposed" in said
    assert "line 2: R0" in said
    assert len(said.splitlines()) == 7


def test_what_was_measured_of_a_coil_is_exported_and_comes_in(coils: CommandLine) -> None:
    plan = coils.json("propose", "small", "-n", 3, "--among", "coils.csv", "--replace")
    assert plan["abandoned"] == ["R005", "R006", "R007"]
    coils("export", "small", "plan.csv")
    coils.record(plan["runs"])
    answer = coils.json("import", "small", "plan.csv")
    assert not answer["applied"]
    assert not any("coil" in text for text in answer["messages"])
    coils("export", "small", "data.csv", "--what", "data")
    data = pd.read_csv("data.csv", dtype=str)
    assert {"007", "10E2"} <= set(data["coil"].dropna())


def test_options_of_the_table_need_one(coils: CommandLine) -> None:
    assert "--map" in coils.refused("propose", "small", "--map", "a=coating_gap", code=2)
    told = coils.json(
        "propose", "small", "-n", 1, "--among", "coils.csv", "--where", "coil=10E2", "--dry-run"
    )
    assert [run["extra"]["coil"] for run in told["runs"]] == ["10E2"]


def test_nothing_known_is_no_hindrance(tmp_path: Path, coils: CommandLine) -> None:
    spec = Path("spec.toml").read_text()
    with Campaign.create(_written(tmp_path / "new.toml", spec), store=None) as campaign:
        frame = pd.read_csv("coils.csv", dtype={"coil": str})
        plan = campaign.propose(4, among=frame)
        assert len(plan) == 3
        assert all(run["extra"] for run in plan.to_dict()["runs"])
        assert any("space-filling" in note for note in plan.to_dict()["notes"])
        foils = pd.DataFrame({"foil": ["a", "b"], "coating_gap": [81.5, 100.0]})
        some = campaign.propose(2, among=foils, fix={"binder": "PVDF-A"}, replace=True)
        assert sorted(some.frame["coating_gap"]) == [81.5, 100.0]
        assert set(some.frame["binder"]) == {"PVDF-A"}
        with pytest.raises(InputError, match="no column of it is a factor"):
            campaign.propose(2, among=pd.DataFrame({"foil": ["a"]}))
        # ids in the index come back, too; those of a plan that is replaced are there again
        index = foils.set_index("foil").assign(status="in store")
        again = campaign.propose(2, among=index, replace=True, reason="late", seed=1)
        assert sorted(again.frame["foil"]) == ["a", "b"]
        assert [*again.frame["extra:status"]] == ["in store"] * 2
        third = campaign.propose(2, among=foils.assign(coating_gap=80), replace=True)
        assert sorted(third.frame["foil"]) == ["a", "b"]
        with pytest.raises(InputError, match=r"Allow more cost or offer other recipes"):
            campaign.propose(2, among=foils.assign(foil=["c", "d"]), budget=0.01)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_instead_of_a_run_another_one_and_what_that_costs(begun: CommandLine) -> None:
    before = begun.json("show", "small", "R006")
    told = begun.json("propose", "small", "--instead-of", "r6", "--dry-run")
    assert begun.json("show", "small", "R006") == before
    plan = begun.json("propose", "small", "--instead-of", "r6", "--reason", "foil is out")
    assert plan["runs"][0]["settings"] == told["runs"][0]["settings"]
    assert plan["abandoned"] == told["abandoned"] == ["R006"]
    (run,) = plan["runs"]
    assert run["run"] == "R008"
    assert run["settings"] != before["settings"]
    assert "instead of R006: " in run["reason"]
    assert plan["deviation"]["text"].startswith("doing without R006 costs")
    # its slurry is that of R007, which stays; its strip was its own
    assert plan["deviation"]["cost_free"] == pytest.approx(0.6)
    gone = begun.json("show", "small", "R006")
    assert (gone["status"], gone["failure"]) == ("abandoned", "foil is out")
    events = begun.json("history", "small")["events"]
    assert [event["kind"] for event in events[-2:]] == ["run_abandoned", "plan_proposed"]
    begun("undo", "small")  # one command: both
    assert begun.json("show", "small", "R006")["status"] == "proposed"
    assert begun.json("status", "small")["runs"]["proposed"] == 3


def test_only_open_runs_can_be_exchanged(begun: CommandLine) -> None:
    said = begun.refused("propose", "small", "--instead-of", "R001", "R005", code=4)
    assert "R001: is completed" in said
    assert "R099: no such run" in begun.refused("propose", "small", "--instead-of", "R099")
    for words in (("-n", 2), ("--replace",), ("--top-up",)):
        said = begun.refused("propose", "small", "--instead-of", "R005", *words, code=2)
        assert "--instead-of" in said
    assert "--reason" in begun.refused("propose", "small", "--reason", "x", code=2)
    said = begun.refused("propose", "small", "--instead-of", "R005", "--reason", "")
    assert "reason: is empty; allowed: 1 to 1000 characters" in said


def test_in_python_as_many_as_are_abandoned(small_begun: Path, tmp_path: Path) -> None:
    store = tmp_path / "copy.db"
    store.write_bytes(small_begun.read_bytes())
    with Campaign.open("small", store=store) as campaign:
        plan = campaign.propose(instead_of=["R005", "R007"], reason="no")
        assert len(plan) == 2
        assert campaign.status(refresh=False)["runs"]["abandoned"] == 2
        again = campaign.propose(instead_of=plan.runs[0], request_id="x")
        assert campaign.propose(instead_of=plan.runs[0], request_id="x").runs == again.runs
        with pytest.raises(ConflictError, match="abandoned"):
            campaign.propose(instead_of="R005")
        with pytest.raises(InputError, match="does not go together"):
            campaign.propose(2, instead_of="R006")
        with pytest.raises(InputError, match="instead_of: names no run"):
            campaign.propose(instead_of=[])


def test_the_other_run_is_no_repeat_and_a_parted_design_is_told(
    small_begun: Path, tmp_path: Path
) -> None:
    store = tmp_path / "copy.db"
    store.write_bytes(small_begun.read_bytes())
    with Campaign.open("small", store=store) as campaign:
        design = campaign.design("full-factorial", levels=2, seed=1)
        plan = campaign.propose(instead_of=design.runs[:2], dry_run=True)
        told = [note for note in plan.to_dict()["notes"] if "is a design" in note]
        assert len(told) == 1
        assert told[0].startswith("P002 is a design (full-factorial), which is not whole without ")
        assert told[0].endswith("What the open runs are worth now: campaign.judge('open')")
        for fix in (None, {"coating_gap": 80}):
            plan = campaign.propose(instead_of="R005", dry_run=True, fix=fix)
            recipes = [
                run["used"]
                for run in campaign.service.campaigns.show("small")["runs"]
                if run["status"] == "proposed"
            ]
            assert plan.to_dict()["runs"][0]["settings"] not in recipes


def test_runs_of_a_design_that_are_not_made_part_it(begun: CommandLine) -> None:
    begun.json("propose", "small", "--design", "full-factorial", "levels=2", "--seed", "1")
    told = begun.json("abandon", "small", "R009", "R010", "--reason", "no time")
    assert told["messages"][0] == (
        "P002 is a design (full-factorial), which is not whole without R009 and R010. What the open"
        " runs are worth now: designer propose small --judge open"
    )
    Path("gone.csv").write_text("run,status,reason\nR011,abandoned,no foil\n")
    told = begun.json("import", "small", "gone.csv")
    assert any("which is not whole without R011" in text for text in told["messages"])
    assert begun.json("abandon", "small", "R005", "--reason", "no time")["messages"] == []

"""Classical designs as plans, on every way in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, InputError
from designer.acquisition.designs.make import NAMES
from designer.acquisition.plan.design_order import RANDOM, WHOLE_PLOTS
from designer.campaigns.specification.parts import DESIGNS
from designer.cli.main import main
from designer.service import Service
from designer.service.answers import PlanAnswer
from tests.campaigns_for_tests import SMALL, loading


@pytest.fixture
def service(tmp_path: Path) -> Service:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    service = Service(str(tmp_path / "s.db"))
    service.campaigns.create(file)
    return service


def facts(answer: PlanAnswer) -> str:
    assert answer["design"] is not None
    return " | ".join(answer["design"]["facts"])


def test_those_who_ask_know_the_designs_there_are() -> None:
    assert [*NAMES] == [*DESIGNS]


def test_a_design_is_a_plan_like_any_other(service: Service) -> None:
    answer = service.designs.propose("small", "full-factorial", center_points=2, seed=1)
    runs = answer["runs"]
    assert len(runs) == 10
    assert answer["nested"] is False
    assert answer["information_bits"] is None
    assert [run["order"] for run in runs] == [*range(1, 11)]
    assert sorted(run["design"]["std_order"] for run in runs if run["design"]) == [*range(1, 11)]
    assert answer["cost"] == pytest.approx(sum(run["cost"] or 0.0 for run in runs))
    state = service.session.state("small")
    plan = state.plans[answer["plan"] or ""]
    assert plan.design is not None
    assert plan.design.name == "full-factorial"
    assert plan.design.options == {"order": "whole-plots"}
    assert state.runs["R001"].design is not None
    # a second design on top, another one in its place
    again = service.designs.propose("small", "full-factorial", replace=True, dry_run=True)
    assert again["runs"][0]["run"] == "R011"
    assert service.session.state("small").head == state.head


def test_whole_plots_share_batches_and_save_what_is_told(service: Service) -> None:
    answer = service.designs.propose("small", "full-factorial", {"order": "whole-plots"}, seed=3)
    slurries: dict[tuple[Any, Any], set[str]] = {}
    for run in answer["runs"]:
        key = run["used"]["solid_content"], run["used"]["binder"]
        slurries.setdefault(key, set()).add(run["batch"]["slurry"])
    assert all(len(batches) == 1 for batches in slurries.values())
    # Σ run + Σ change_cost × new batches
    new = {
        stage: {run["batch"][stage] for run in answer["runs"]} for stage in ("slurry", "coating")
    }
    expected = 0.1 * 8 + 3.0 * len(new["slurry"]) + 0.5 * len(new["coating"])
    assert answer["cost"] == pytest.approx(expected)
    random = service.designs.propose("small", "full-factorial", {"order": "random"}, dry_run=True)
    assert random["cost"] == pytest.approx(8 * 3.6)
    assert f"it would cost {8 * 3.6:.1f} h instead of {expected:.1f} h" in facts(answer)
    assert all(not run["design"]["whole_plots"] for run in random["runs"] if run["design"])
    plots = {run["design"]["whole_plots"]["slurry"] for run in answer["runs"] if run["design"]}
    assert plots == {*range(1, len(slurries) + 1)}


def test_replicates_and_blocks_have_batches_of_their_own(service: Service) -> None:
    answer = service.designs.propose("small", "full-factorial", replicates=2, blocks=2)
    by_block: dict[int, set[str]] = {}
    for run in answer["runs"]:
        assert run["design"] is not None
        by_block.setdefault(run["design"]["block"], set()).add(run["batch"]["slurry"])
    assert len(answer["runs"]) == 16
    assert not by_block[1] & by_block[2]
    blocks = [run["design"]["block"] for run in answer["runs"] if run["design"]]
    assert blocks == sorted(blocks)


def test_order_is_by_chance_and_by_the_seed(service: Service) -> None:
    def order(seed: int, **options: str) -> list[int]:
        answer = service.designs.propose(
            "small", "full-factorial", options, seed=seed, dry_run=True
        )
        return [run["design"]["std_order"] for run in answer["runs"] if run["design"]]

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(6)}) > 3
    assert order(1, order="standard") == [*range(1, 9)]


def test_where_something_is_known_runs_have_predictions_and_bits(service: Service) -> None:
    recipes = [(50, 80, "PVDF-A"), (60, 150, "PVDF-B"), (55, 100, "PVDF-A"), (52, 200, "PVDF-B"),
               (58, 80, "PVDF-A")]  # fmt: skip
    for solid, gap, binder in recipes:
        recipe = {"solid_content": solid, "coating_gap": gap, "binder": binder}
        texts = {name: str(value) for name, value in recipe.items()}
        results = {"mass_loading": f"{loading(recipe):.2f}", "porosity": "40"}
        service.runs.attach("small", {**texts, **results})
    answer = service.designs.propose("small", "full-factorial", seed=1)
    assert answer["information_bits"] is not None
    each = [run["information_bits"] or 0.0 for run in answer["runs"]]
    assert answer["information_bits"] == pytest.approx(sum(each))
    assert answer["information_bits"] > 0.1
    assert all(run["predicted"] and "mass_loading" in run["predicted"] for run in answer["runs"])
    assert answer["outlook"] is not None
    assert service.models.status("small")["goal"] == answer["goal"]


def test_budgets_refuse_or_tell(service: Service) -> None:
    with pytest.raises(InputError, match="a part of it is none"):
        service.designs.propose("small", "full-factorial", budget=3.0)
    assert service.session.state("small").plans == {}
    fits = service.designs.propose("small", "full-factorial", budget=100.0)
    assert fits["plan"] == "P001"


def test_abandoned_recipes_are_in_a_design_and_told(service: Service) -> None:
    first = service.designs.propose("small", "full-factorial")
    service.runs.abandon("small", ["R002"], reason="no time")
    again = service.designs.propose("small", "full-factorial", replace=True)
    assert len(again["runs"]) == len(first["runs"])
    assert any("R002" in note for note in again["notes"])


def test_all_that_is_wrong_with_the_numbers_is_told_at_once(service: Service) -> None:
    with pytest.raises(InputError) as caught:
        service.designs.propose(
            "small", "sobol", n=0, replicates=0, center_points=-1, blocks=0, fix={"binder": "X"}
        )
    told = {problem.where for problem in caught.value.problems}
    assert {"-n", "--replicates", "--center-points", "--blocks"} < told
    assert len(caught.value.problems) == 5


def test_an_option_that_fell_behind_fix_is_told_as_one(service: Service) -> None:
    with pytest.raises(InputError) as caught:
        service.designs.propose("small", "full-factorial", fix={"binder": "X", "levels": "3"})
    places = [problem.where for problem in caught.value.problems]
    assert places == ["--fix levels", "binder"]
    assert "right after the design's name" in str(caught.value)


def run(store: Path, *words: str) -> int:
    return main(["--store", str(store), *words])


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "s.db"
    (tmp_path / "small.toml").write_text(SMALL)
    assert run(store, "init", str(tmp_path / "small.toml")) == 0
    capsys.readouterr()
    words = ("propose", "small", "--design", "full-factorial", "levels=3", "--center-points", "1")
    assert run(store, *words, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["design"]["options"] == {"levels": "3", "order": "whole-plots"}
    assert len(answer["runs"]) == 19
    assert run(store, *words, "--replace") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "full-factorial (levels=3 order=whole-plots)" in told
    assert "dryer capacity" in told
    assert "Fewer runs?" not in told
    for wrong in (
        ("--design", "sobol", "--top-up"), ("levels=3",), ("--blocks", "2"),
        ("--replicates", "0", "--design", "sobol"),
    ):  # fmt: skip
        assert run(store, "propose", "small", *wrong) == 2
    for refused in (("--design", "nope"), ("--design", "sobol", "levels=3")):
        assert run(store, "propose", "small", *refused) == 3
    capsys.readouterr()
    # the exported plan is filled in like any other
    sheet = tmp_path / "plan.csv"
    assert run(store, "export", "small", str(sheet)) == 0
    frame = pd.read_csv(sheet)
    assert len(frame) == 19


def test_python(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    campaign = Campaign.create(str(tmp_path / "small.toml"), store=None)
    plan = campaign.design("full-factorial", levels={"solid_content": 3}, fix={"binder": "PVDF-A"})
    assert len(plan) == 6
    design = plan.to_dict()["design"]
    assert design is not None
    assert design["options"] == {"levels:solid_content": "3", "order": "whole-plots"}
    assert set(plan.frame["solid_content"]) == {50.0, 55.0, 60.0}
    trial = campaign.design("central-composite", dry_run=True, fix={"binder": "PVDF-A"})
    assert trial.to_dict()["dry_run"]
    folded = campaign.design("plackett-burman", foldover=True, dry_run=True)
    told = folded.to_dict()["design"]
    assert told is not None
    assert told["options"]["foldover"] == "yes"
    with pytest.raises(InputError, match="box-behnken"):
        campaign.design("box")
    with pytest.raises(InputError, match="levels"):
        campaign.design("full-factorial", levels=[3])  # type: ignore[arg-type]


def test_an_optimal_design_goes_on_from_the_runs_there_are(service: Service) -> None:
    first = service.designs.propose("small", "d-optimal", {"model": "linear", "starts": "2"}, 6)
    options = {"model": "quadratic", "starts": "5"}
    with pytest.raises(InputError, match="fewer than the 9 terms"):
        service.designs.propose("small", "d-optimal", options, 5)
    options["augment"] = "yes"
    more = service.designs.propose("small", "d-optimal", options, 5, dry_run=True)
    assert "told by 5 runs and 6 earlier ones" in facts(more)
    assert more["design"] is not None
    assert more["design"]["options"]["augment"] == "yes"
    used = [run["used"] for run in (*first["runs"], *more["runs"])]
    solid = np.array([float(each["solid_content"]) - 55 for each in used]) / 5
    gap = np.array([float(each["coating_gap"]) - 140 for each in used]) / 60
    binder = np.array([1.0 if each["binder"] == "PVDF-A" else -1.0 for each in used])
    terms = [solid**0, solid, gap, binder, solid * gap, solid * binder, gap * binder, solid**2,
             gap**2]  # fmt: skip
    assert np.linalg.matrix_rank(np.array(terms)) == 9
    # runs that are given up do not count
    with pytest.raises(InputError, match="no run to go on from"):
        service.designs.propose("small", "d-optimal", options, 9, replace=True, dry_run=True)


def test_runs_of_a_design_without_whole_plots_share_no_batch(service: Service) -> None:
    options = {"model": "linear", "starts": "2", "whole_plots:slurry": "8"}
    answer = service.designs.propose("small", "d-optimal", options, 8)
    assert len({run["batch"]["slurry"] for run in answer["runs"]}) == 8
    assert "every run set up anew" in facts(answer)


def test_centre_points_that_share_batches_are_told(service: Service) -> None:
    fixed = {"binder": "PVDF-A"}
    told = facts(
        service.designs.propose("small", "full-factorial", center_points=3, fix=fixed, dry_run=True)
    )
    assert "3 centre points are of 1 batch of slurry" in told
    for order, replicates in ((RANDOM, 1), (WHOLE_PLOTS, 3)):
        answer = service.designs.propose(
            "small",
            "full-factorial",
            {"order": order},
            replicates=replicates,
            center_points=3,
            fix=fixed,
            dry_run=True,
        )
        assert "centre points are of" not in facts(answer)


def test_batches_that_are_left_to_test_effects_against_are_told(service: Service) -> None:
    fixed = {"binder": "PVDF-A"}
    answer = service.designs.propose("small", "full-factorial", fix=fixed, dry_run=True)
    told = "effects of solid_content are judged by 2 batches of slurry, not by 4 runs"
    assert f"{told}; none is left over to test them against, which takes 3" in facts(answer)
    twice = service.designs.propose(
        "small", "full-factorial", replicates=2, fix=fixed, dry_run=True
    )
    assert "by 4 batches of slurry, not by 8 runs" in facts(twice)
    assert "left over" not in facts(twice)


def test_why_runs_are_replaced_by_a_design_is_kept(service: Service) -> None:
    first = service.designs.propose("small", "full-factorial")
    with pytest.raises(InputError, match="belongs to --instead-of or --replace"):
        service.designs.propose("small", "sobol", n=2, reason="new foil", dry_run=True)
    service.designs.propose("small", "sobol", n=2, replace=True, reason="new foil")
    run = service.session.state("small").runs[first["runs"][0]["run"]]
    assert (run.status, run.failure) == ("abandoned", "replaced by a new plan: new foil")

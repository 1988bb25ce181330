"""A whole campaign through the command line: plan, make, record, learn, correct, undo."""

import csv
import json
from pathlib import Path

import pytest

from tests.campaigns_for_tests import SMALL, loading
from tests.command_line import CommandLine


def test_a_campaign_from_nothing_learns(small: CommandLine) -> None:
    first = small.json("propose", "small", "-n", "4")
    assert first["information_bits"] is None
    assert all(run["information_bits"] is None for run in first["runs"])
    assert {run["settings"]["binder"] for run in first["runs"]} == {"PVDF-A", "PVDF-B"}
    assert any("nothing is known" in note for note in first["notes"])
    small.record(first["runs"])
    second = small.json("propose", "small")
    assert second["information_bits"] > 0
    assert sum(r["information_bits"] for r in second["runs"]) == pytest.approx(
        second["information_bits"]
    )
    assert sum(r["cost"] for r in second["runs"]) == pytest.approx(second["cost"])
    small.record(second["runs"])
    status = small.json("status", "small", "--refresh")
    assert status["runs"]["completed"] == 8
    assert status["information_bits"] > 0.5
    assert status["responses"]["mass_loading"]["error_sd"] < 1.5
    assert status["best"]["in_spec"] > 0.5
    assert status["model"]["stale"] is False
    recipe = status["best"]["settings"]
    assert 10.5 < loading(recipe) < 13.5


def test_run_ids_orders_and_ranks(small: CommandLine) -> None:
    plan = small.json("propose", "small", "-n", "5", "--seed", "7")
    assert plan["seed"] == 7
    assert [run["run"] for run in plan["runs"]] == ["R001", "R002", "R003", "R004", "R005"]
    assert [run["order"] for run in plan["runs"]] == [1, 2, 3, 4, 5]
    assert sorted(run["rank"] for run in plan["runs"]) == [1, 2, 3, 4, 5]
    assert plan["nested"] is True


def test_the_first_k_by_rank_are_the_plan_of_k(small: CommandLine) -> None:
    small.record(small.json("propose", "small", "-n", "4", "--seed", "1")["runs"])
    six = small.json("propose", "small", "-n", "6", "--seed", "3", "--dry-run")
    two = small.json("propose", "small", "-n", "2", "--seed", "3", "--dry-run")
    best = {run["rank"]: run["settings"] for run in six["runs"]}
    assert [best[1], best[2]] == [
        run["settings"] for run in sorted(two["runs"], key=lambda run: run["rank"])
    ]


def test_dry_run_writes_nothing_and_the_real_one_is_the_same(small: CommandLine) -> None:
    small.record(small.json("propose", "small")["runs"])
    before = small.json("status", "small")["head"]
    dry = small.json("propose", "small", "--dry-run")
    assert small.json("status", "small")["head"] == before
    real = small.json("propose", "small")
    assert [r["settings"] for r in dry["runs"]] == [r["settings"] for r in real["runs"]]
    assert dry["seed"] == real["seed"]
    assert dry["runs"] == real["runs"]


def test_plans_respect_fix_constraints_and_the_grid(small: CommandLine) -> None:
    plan = small.json("propose", "small", "-n", "6", "--fix", "coating_gap=200", "binder=PVDF-B")
    for run in plan["runs"]:
        s = run["settings"]
        assert s["coating_gap"] == 200
        assert s["binder"] == "PVDF-B"
        assert s["solid_content"] * s["coating_gap"] <= 11000
        assert float(s["solid_content"]).is_integer()


def test_open_runs_are_pending_and_replace_abandons_them(small: CommandLine) -> None:
    first = small.json("propose", "small", "-n", "2")
    second = small.json("propose", "small", "-n", "2")
    recipes = [
        json.dumps(r["settings"], sort_keys=True) for p in (first, second) for r in p["runs"]
    ]
    assert len(set(recipes)) == 4
    third = small.json("propose", "small", "-n", "2", "--replace")
    status = small.json("status", "small")
    assert status["runs"]["abandoned"] == 4
    assert status["runs"]["proposed"] == 2
    fresh = {json.dumps(r["settings"], sort_keys=True) for r in third["runs"]}
    assert not fresh & set(recipes)


def test_budget_limits_the_cost(small: CommandLine) -> None:
    plan = small.json("propose", "small", "--budget", "8")
    assert 0 < plan["cost"] <= 8
    assert len(plan["runs"]) >= 2
    said = small.refused("propose", "small", "--budget", "0.05")
    assert "0.05" in said


def test_what_is_set_up_is_free(small: CommandLine) -> None:
    small(
        "attach", "small", "solid_content=55", "coating_gap=150", "binder=PVDF-A",
        "mass_loading=10.7", "--batch", "slurry=slurry-01", "coating=coating-01",
    )  # fmt: skip
    plan = small.json(
        "propose", "small", "-n", "1", "--fix", "solid_content=55", "binder=PVDF-A",
        "coating_gap=80",
    )  # fmt: skip
    run = plan["runs"][0]
    assert run["batch"]["slurry"] == "slurry-01"
    assert run["batch"]["coating"] != "coating-01"
    assert plan["cost"] == pytest.approx(0.6)


def test_results_arrive_in_pieces_and_are_never_overwritten(small: CommandLine) -> None:
    small("propose", "small", "-n", "1")
    small("record", "small", "r001", "mass_loading=12.1", "--set", "coating_gap=0.1mm")
    assert small.json("show", "small", "R001")["status"] == "partial"
    small("record", "small", "R001", "porosity=41/42")
    shown = small.json("show", "small", "R001")
    assert shown["status"] == "completed"
    assert shown["used"]["coating_gap"] == 100
    assert [value["number"] for value in shown["measurements"]["porosity"]] == [41, 42]
    said = small.refused("record", "small", "R001", "porosity=43", code=4)
    assert "R001" in said
    assert "41" in said
    small("record", "small", "R001", "porosity=43", "--replicate")
    small("correct", "small", "R001", "mass_loading=11.9", "--reason", "misread")
    assert "12.1 → 11.9" in small("history", "small", "R001")
    small("undo", "small")
    assert small.json("show", "small", "R001")["measurements"]["mass_loading"][0]["number"] == 12.1


def test_fail_abandon_reopen_none(small: CommandLine) -> None:
    small("propose", "small", "-n", "3")
    small("start", "small", "R001")
    small("fail", "small", "R001", "--reason", "web break")
    small("abandon", "small", "R002", "--reason", "no time")
    small("record", "small", "R003", "mass_loading=9.9", "porosity=none")
    runs = small.json("status", "small")["runs"]
    assert (runs["failed"], runs["abandoned"], runs["completed"]) == (1, 1, 1)
    small("reopen", "small", "R002")
    assert small.json("show", "small", "R002")["status"] == "proposed"


def test_predict_needs_knowledge_and_then_tells_both_kinds_of_sd(
    small: CommandLine, tmp_path: Path
) -> None:
    recipe = ("solid_content=55", "coating_gap=100", "binder=PVDF-A")
    assert "nothing to predict from" in small.refused("predict", "small", *recipe)
    small("attach", "small", *recipe, "mass_loading=7.2", "porosity=42")
    answer = small.json("predict", "small", *recipe)
    row = answer["rows"][0]
    assert row["mass_loading_sd_result"] >= row["mass_loading_sd"] > 0
    assert 0 <= row["in_spec"] <= 1
    assert 0 <= row["in_spec_measured"] <= 1
    figures = [row[f"mass_loading_{end}"] for end in ("low95", "low", "mean", "high", "high95")]
    assert figures == sorted(figures)
    assert list(row) == answer["columns"]
    (tmp_path / "recipes.csv").write_text(
        "solid_content,coating_gap [mm],binder\n55,0.1,PVDF-A\n60,0.15,PVDF-B\n"
    )
    small("predict", "small", "recipes.csv", "--out", "predicted.csv")
    rows = list(csv.DictReader((tmp_path / "predicted.csv").open()))
    assert [float(r["coating_gap"]) for r in rows] == [100, 150]
    assert float(rows[0]["mass_loading_mean"]) == pytest.approx(row["mass_loading_mean"])


def test_plan_sheets_go_out_and_come_back(small: CommandLine, tmp_path: Path) -> None:
    small("propose", "small", "-n", "2")
    small("export", "small", "plan.csv")
    rows = list(csv.DictReader((tmp_path / "plan.csv").open()))
    loading_column = next(name for name in rows[0] if name.startswith("mass_loading ["))
    rows[1][loading_column] = "12.5"
    with (tmp_path / "filled.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert small.json("import", "small", "filled.csv", "--dry-run")["applied"] is False
    assert small.json("import", "small", "filled.csv")["applied"] is True
    assert small.json("import", "small", "filled.csv")["applied"] is False
    assert small.json("status", "small")["runs"]["partial"] == 1


def test_amend_keeps_runs_and_shows_the_difference(small: CommandLine, tmp_path: Path) -> None:
    small("propose", "small", "-n", "1")
    small("record", "small", "R001", "mass_loading=12.1", "porosity=40")
    (tmp_path / "wider.toml").write_text(SMALL.replace("window = [11, 13]", "window = [10, 13]"))
    assert small.json("amend", "small", "wider.toml", "--dry-run")["applied"] is False
    answer = small.json("amend", "small", "wider.toml")
    assert answer["applied"] is True
    assert any("10" in text for text in answer["difference"])
    assert small.json("status", "small")["runs"]["completed"] == 1


def test_a_finished_campaign_is_an_earlier_line_of_the_next(
    small: CommandLine, tmp_path: Path
) -> None:
    small.record(small.json("propose", "small", "-n", "6")["runs"])
    small("close", "small")
    assert "closed" in small.refused("propose", "small")
    (tmp_path / "next.toml").write_text(SMALL.replace('name = "small"', 'name = "next"', 1))
    small("init", "next.toml")
    answer = small.json("lines", "add", "next", "--from", "small")
    assert answer["rows"] == 6
    plan = small.json("propose", "next", "-n", "2")
    assert plan["information_bits"] > 0
    lines = small.json("lines", "show", "next")["lines"]
    assert 0 < lines[0]["trust_low"] <= lines[0]["trust"] <= lines[0]["trust_high"] <= 1
    small("lines", "exclude", "next", lines[0]["name"], "--reason", "other foil")
    assert small.json("status", "next")["lines"][0]["included"] is False


def test_store_info_and_verify(small: CommandLine) -> None:
    assert small.json("store", "verify")["ok"] is True
    assert small.json("store", "info")["exists"] is True
    head = small.json("status", "small")["head"]
    small("store", "verify", "--head", head)
    small("store", "verify", "--head", "99:deadbeef", code=6)


def test_the_campaigns_budget_shortens_plans(cli: CommandLine) -> None:
    cli.create(SMALL + "budget = 9\n")
    plan = cli.json("propose", "small", "-n", "10")
    assert plan["cost"] <= 9
    assert len(plan["runs"]) < 10
    assert any("shortened" in note for note in plan["notes"])
    over = cli.json("propose", "small", "-n", "1", "--budget", "50", "--replace")
    assert over["cost"] <= 9
    for run in cli.json("propose", "small", "--replace", "-n", "10")["runs"]:
        cli("record", "small", run["run"], "mass_loading=9", "porosity=40")
    said = cli.refused("propose", "small")
    assert "budget" in said


def test_a_replicate_at_another_setting_is_another_run(small: CommandLine) -> None:
    gap = small.json("propose", "small", "-n", "1")["runs"][0]["settings"]["coating_gap"]
    small("record", "small", "R001", "mass_loading=6")
    other = 80 if gap != 80 else 100
    said = small.refused(
        "record", "small", "R001", "mass_loading=9", "--replicate", "--set",
        f"coating_gap={other}", code=4,
    )  # fmt: skip
    assert "coating_gap" in said
    assert small.json("show", "small", "R001")["used"]["coating_gap"] == gap


def test_a_unit_with_a_slash_is_no_replicate(small: CommandLine) -> None:
    small("propose", "small", "-n", "1")
    small("record", "small", "R001", "mass_loading=120 g/m^2")
    shown = small.json("show", "small", "R001")["measurements"]["mass_loading"]
    assert [value["number"] for value in shown] == [12]
    small("record", "small", "R001", "porosity=40/41 %")
    assert len(small.json("show", "small", "R001")["measurements"]["porosity"]) == 2


def test_failed_and_open_recipes_are_not_repeated_blindly(small: CommandLine) -> None:
    first = small.json("propose", "small", "-n", "4")
    for run in first["runs"]:
        small("fail", "small", run["run"], "--reason", "dryer down")
    second = small.json("propose", "small", "-n", "8")
    assert any("failed" in note for note in second["notes"])
    third = small.json("propose", "small", "-n", "8")
    recipes = [
        json.dumps(run["settings"], sort_keys=True)
        for plan in (first, second, third)
        for run in plan["runs"]
    ]
    assert len(set(recipes)) == len(recipes)
    assert second["goal"] == "window"
    assert second["value_name"] == "space-filling"


def test_predictions_outside_the_range_are_told(small: CommandLine, tmp_path: Path) -> None:
    small("attach", "small", "solid_content=55", "coating_gap=100", "binder=PVDF-A",
          "mass_loading=7")  # fmt: skip
    answer = small.json("predict", "small", "solid_content=70", "coating_gap=100", "binder=PVDF-A")
    assert any("solid_content" in note for note in answer["notes"])
    (tmp_path / "r.csv").write_text("solid_content,coating_gap,binder\n55,100,PVDF-A\n")
    small("predict", "small", "r.csv", "--out", "p.csv")
    small.refused("predict", "small", "r.csv", "--out", "p.csv")
    small("predict", "small", "r.csv", "--out", "p.csv", "--force")

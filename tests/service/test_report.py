"""The model report through the command line: status, its cache, lines show."""

import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign
from designer.campaigns.earlier_lines.untested import untested_lines_note
from designer.campaigns.store.cache import EvaluationCache
from designer.campaigns.store.store import Store
from designer.engine.answers import Evaluation
from tests.campaigns_for_tests import SMALL, loading, porosity
from tests.command_line import CommandLine
from tests.tui.cases import open_ui

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SCARE = "nothing in their data can tell"
HISTORY = ("trust", "trust_low", "trust_high", "worth_runs", "determined")


def recipes(count: int, gaps: tuple[int, int, int] = (80, 100, 150)) -> list[dict[str, Any]]:
    return [
        {
            "solid_content": 50 + (3 * k) % 11,
            "coating_gap": gaps[k % len(gaps)],
            "binder": ("PVDF-A", "PVDF-B")[k // 2 % 2],
        }
        for k in range(count)
    ]


def add_line(
    cli: CommandLine,
    name: str,
    rows: list[dict[str, Any]],
    folder: Path,
    *,
    shift: float = 0.0,
    both: bool = True,
) -> None:
    frame = pd.DataFrame(rows)
    frame["mass_loading"] = [loading(r) + shift + 0.05 * (k % 3) for k, r in enumerate(rows)]
    if both:
        frame["porosity"] = [porosity(r) + 0.1 * (k % 4) for k, r in enumerate(rows)]
    frame.to_csv(folder / "line.csv", index=False)
    cli("lines", "add", "small", "line.csv", "--name", name)


def attach(cli: CommandLine, rows: list[dict[str, Any]]) -> None:
    for k, r in enumerate(rows):
        settings = [f"{name}={value}" for name, value in r.items()]
        cli(
            "attach", "small", *settings,
            f"mass_loading={loading(r) + 0.04 * (k % 2):.3f}", f"porosity={porosity(r):.3f}",
        )  # fmt: skip


def test_before_the_first_result_nobody_can_know_whether_history_is_wrong(
    small: CommandLine, tmp_path: Path
) -> None:
    assert small.json("status", "small")["warnings"] == []
    add_line(small, "line2", recipes(12), tmp_path, both=False)
    for refresh in ((), ("--refresh",)):  # told with and without an evaluation
        status = small.json("status", "small", *refresh)
        (warning,) = [text for text in status["warnings"] if SCARE in text]
        assert "mass_loading" in warning
        assert "porosity" not in warning
        assert "line2" in warning
        assert "designer lines exclude small LINE" in warning
        assert not any(SCARE in note for note in status["notes"])
    assert SCARE in " ".join(small("status", "small").split())
    plan = small.json("propose", "small", "-n", "1")
    assert any(SCARE in note for note in plan["notes"])
    small("record", "small", plan["runs"][0]["run"], "mass_loading=9")
    assert not any(SCARE in text for text in small.json("status", "small")["warnings"])
    small("lines", "exclude", "small", "line2", "--reason", "doubt")
    assert small.json("status", "small")["warnings"] == []


def test_the_report_of_a_campaign_with_history(small: CommandLine, tmp_path: Path) -> None:
    add_line(small, "line2", recipes(16), tmp_path)
    add_line(small, "one gap", [dict(r, coating_gap=100) for r in recipes(2)] * 3, tmp_path)
    attach(small, [*recipes(9), recipes(9)[0]])
    status = small.json("status", "small", "--refresh")
    json.dumps(status, allow_nan=False)
    assert set(status["report"]) == set(status["history_odds"]) == {"mass_loading", "porosity"}
    report = status["report"]["mass_loading"]
    assert report["counts"] == {
        "measurements": 10, "runs": 10, "unique_recipes": 9, "replicates": 1,
        "earlier_measurements": 22,
    }  # fmt: skip
    loo, folds = report["leave_one_run_out"], report["k_fold"]
    assert loo["rmse"] == pytest.approx(status["responses"]["mass_loading"]["error_sd"])
    assert loo["coverage"]["95"] == pytest.approx(status["responses"]["mass_loading"]["coverage"])
    assert set(loo) | {"folds"} == set(folds)
    assert folds["folds"] == 5
    assert loo["mae"] <= loo["rmse"] < 1
    assert loo["r2"] > 0.9
    assert [point["runs"] for point in report["learning_curve"]] == [2, 4, 8, 10]
    assert set(report["collinearity"]) == {"solid_content", "coating_gap", "binder"}
    assert 1 <= report["effective_samples"] <= 32
    odds = status["history_odds"]["mass_loading"]
    assert odds["odds"] == pytest.approx(math.exp(odds["log_odds"]))
    assert 1e-3 <= odds["odds"] <= 1e3 + 1e-9
    assert odds["runs"] == 10
    line = status["lines"][0]
    assert set(line["responses"]) == {"mass_loading", "porosity"}
    for trust in line["responses"].values():
        assert trust["trust_low"] <= trust["trust"] <= trust["trust_high"]
        assert trust["flat"] is False
    means = [each["trust"] for each in line["responses"].values()]
    assert line["trust"] == pytest.approx(sum(means) / 2)


def test_the_report_in_words(
    small: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    add_line(small, "line2", recipes(16), tmp_path)
    attach(small, recipes(9))
    early = small("status", "small")
    assert "unique recipes" not in " ".join(early.split())
    small("status", "small", "--refresh")
    out = " ".join(small("status", "small").split())
    for words in (
        "5-fold error", "R2", "inside 80 %", "largest VIF", "replicates", "error after k runs",
        "using the earlier lines",
    ):  # fmt: skip
        assert words in out, words
    shown = small("lines", "show", "small")
    assert "Trust per response (80 % interval):" in shown
    assert sum(row.startswith("line2") for row in shown.splitlines()) == 4
    (line,) = small.json("lines", "show", "small")["lines"]
    assert set(HISTORY) <= set(line["responses"]["porosity"])


def test_a_line_at_one_recipe_is_named_with_what_to_do(small: CommandLine, tmp_path: Path) -> None:
    add_line(small, "line2", recipes(16), tmp_path)
    add_line(small, "one gap", recipes(1) * 6, tmp_path)
    small("status", "small", "--refresh")
    status = small.json("status", "small")
    about = [text for text in status["warnings"] if "says little" in text]
    assert len(about) == 2
    assert all("coating_gap" in text and "exclude it" in text for text in about)
    flat = status["lines"][1]
    assert flat["warnings"] == about
    assert flat["responses"]["mass_loading"]["flat"] is True
    assert status["lines"][0]["warnings"] == []
    for out in (small("lines", "show", "small"), small("status", "small")):
        assert "! Line one gap says little about mass_loading" in out
    small("lines", "exclude", "small", "one gap", "--reason", "one recipe")
    assert "says little" not in small("status", "small")


def test_a_line_that_is_constant_is_named_so(small: CommandLine, tmp_path: Path) -> None:
    rows = recipes(8)
    frame = pd.DataFrame(rows).assign(mass_loading=9.5)
    frame.to_csv(tmp_path / "flat.csv", index=False)
    small("lines", "add", "small", "flat.csv", "--name", "stuck")
    (warning,) = [
        text
        for text in small.json("status", "small", "--refresh")["warnings"]
        if "same value 9.5" in text
    ]
    assert "stuck" in warning
    assert "mass_loading" in warning


def test_factors_that_changed_together_are_named(small: CommandLine) -> None:
    rows: list[dict[str, Any]] = [
        {"solid_content": 50 + k % 5, "coating_gap": (80, 100, 150, 200)[0], "binder": "PVDF-A"}
        for k in range(9)
    ]
    rows = [r | {"coating_gap": 80 if r["solid_content"] < 52 else 150} for r in rows]
    rows = [r | {"solid_content": 50 if r["coating_gap"] == 80 else 54} for r in rows]
    attach(small, rows)
    status = small.json("status", "small", "--refresh")
    (warning,) = [text for text in status["warnings"] if "collinear" in text]
    assert "solid_content, coating_gap" in warning
    assert "mass_loading, porosity" in warning
    judged = status["report"]["porosity"]["collinearity"]
    assert judged["solid_content"] == {"vif": None, "verdict": "collinear"}
    assert judged["binder"] == {"vif": None, "verdict": "constant"}
    assert "infinite (solid_content, coating_gap)" in " ".join(small("status", "small").split())


def test_below_five_runs_errors_are_too_early_and_odds_come_from_three(
    small: CommandLine, tmp_path: Path
) -> None:
    add_line(small, "line2", recipes(16), tmp_path)
    attach(small, recipes(2))
    two = small.json("status", "small", "--refresh")
    assert two["history_odds"] == {"mass_loading": None, "porosity": None}
    attach(small, recipes(4)[2:])
    four = small.json("status", "small", "--refresh")
    report = four["report"]["mass_loading"]
    assert report["leave_one_run_out"] is report["k_fold"] is None
    assert report["learning_curve"] == []
    assert four["history_odds"]["mass_loading"]["runs"] == 4
    assert "too early to tell" in small("status", "small")


def test_figures_of_an_older_version_are_never_shown_as_current(
    small: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_line(small, "line2", recipes(16), tmp_path)
    attach(small, recipes(6))
    new = small.json("status", "small", "--refresh")
    store = Store(str(small.store))
    state, cache = store.state("small"), EvaluationCache(store)
    kept = cache.read(state.campaign_id, Evaluation)
    assert kept is not None
    with monkeypatch.context() as older:
        older.setattr("designer.campaigns.store.cache.program_version", lambda: "0.0.9")
        cache.write(state.campaign_id, kept.pop("seq"), kept.pop("hash"), kept)
    assert small.json("status", "small")["model"] == {"seq": None, "stale": True}
    status = small.json("status", "small")
    assert status["report"] == status["history_odds"] == {"mass_loading": None, "porosity": None}
    assert status["outlook"] is None
    (unknown,) = status["warnings"]
    assert unknown.startswith("the models are not evaluated, so what the models set aside or doubt")
    assert status["lines"][0]["responses"] == {}
    assert "Evaluated at event" not in small("status", "small")
    assert "line2" in small("lines", "show", "small")
    assert small.json("status", "small", "--refresh")["report"] == new["report"]


@pytest.mark.parametrize("values", [(9.0,) * 8, (0.0, -1.0, 3.0, 4, 5, 6, 7, 8), (1, 2, 1e6, 4, 5)])
@pytest.mark.parametrize("history", [False, True])
def test_odd_results_give_a_report_that_is_json(values: tuple[float, ...], history: bool) -> None:
    spec = SMALL.replace("possible = [0, 60]", 'scale = "log"').replace("[0, 100]", "[-1e9, 1e9]")
    campaign = Campaign.create(tomllib.loads(spec), store=None)
    if history:
        frame = pd.DataFrame(recipes(12))
        campaign.add_line("old", frame.assign(mass_loading=[loading(r) for r in recipes(12)]))
    runs = pd.DataFrame(recipes(len(values)))
    campaign.attach(runs.assign(mass_loading=values, porosity=30.0))
    status = campaign.status()
    json.dumps(status, allow_nan=False)
    porosity = (status["report"] or {})["porosity"]
    assert porosity is not None
    assert porosity["leave_one_run_out"] is not None
    assert porosity["leave_one_run_out"]["r2"] is None
    assert status["history_odds"]["porosity"] is None
    assert (status["history_odds"]["mass_loading"] is not None) == history


def test_failed_runs_alone_say_nothing(small: CommandLine, tmp_path: Path) -> None:
    add_line(small, "line2", recipes(12), tmp_path)
    plan = small.json("propose", "small", "-n", "4")
    for run in plan["runs"]:
        small("fail", "small", run["run"], "--reason", "web break")
    status = small.json("status", "small", "--refresh")
    assert status["report"]["porosity"]["counts"]["measurements"] == 0
    assert status["history_odds"]["porosity"] is None
    assert any(SCARE in text for text in status["warnings"])


def test_no_doubt_without_lines() -> None:
    campaign = Campaign.create(tomllib.loads(SMALL), store=None)
    assert untested_lines_note(campaign.service.session.state("small")) is None


def test_what_is_set_aside_is_told_by_run_and_line(small: CommandLine, tmp_path: Path) -> None:
    assert small.json("status", "small")["set_aside"] is None
    add_line(small, "line2", recipes(16), tmp_path)
    attach(small, recipes(6))
    assert small.json("status", "small", "--refresh")["set_aside"] == []
    small("correct", "small", "R003", "mass_loading=0.001", "--reason", "slip")
    (told,) = small.json("status", "small", "--refresh")["set_aside"]
    assert (told["run"], told["line"], told["response"]) == ("R003", None, "mass_loading")
    assert told["value"] == 0.001
    assert "in R003" in told["message"]


def test_the_run_of_a_result_set_aside_is_flagged_until_it_is_mended(
    small: CommandLine, tmp_path: Path
) -> None:
    add_line(small, "line2", recipes(16), tmp_path)
    attach(small, [*recipes(6), {**recipes(7)[6], "coating_gap": 300}])
    small("correct", "small", "R003", "mass_loading=0.001", "--reason", "slip")
    status = small.json("status", "small", "--refresh")
    slip, odd, *far = status["flags"]
    assert (slip["kind"], slip["run"], slip["since"]) == ("slip", "R003", odd["since"])
    assert {(flag["kind"], flag["run"]) for flag in far} == {("breaks_specification", "R007")}
    (aside,) = status["set_aside"]
    assert odd == {
        "kind": "set_aside", "run": "R003", "response": "mass_loading",
        "message": aside["message"], "since": odd["since"], "hint": odd["hint"],
    }  # fmt: skip
    assert odd["since"] is not None
    # the same flag wherever the run is told
    assert small.json("show", "small", "R003")["flags"] == [slip, odd]
    assert f"! {aside['message']}" in " ".join(small("show", "small", "R003").split())
    runs = {run["run"]: run for run in small.json("show", "small")["runs"]}
    assert runs["R003"]["flags"] == [slip, odd]
    assert runs["R002"]["flags"] == []
    small("export", "small", str(tmp_path / "data.json"), "--what", "data")
    runs = {run["run"]: run for run in json.loads((tmp_path / "data.json").read_text())["runs"]}
    assert runs["R003"]["flags"] == [slip, odd]
    assert "! Set aside: mass_loading in R003" in small("status", "small")
    # a failed run teaches nothing any more, a corrected value is another one
    small("fail", "small", "R003", "--reason", "gauge")
    assert small.json("status", "small")["set_aside"] == []
    small("undo", "small")
    assert small.json("show", "small", "R003")["flags"] == [slip, odd]
    small("correct", "small", "R003", "mass_loading=7.1", "--reason", "read again")
    assert small.json("show", "small", "R003")["flags"] == []
    assert small.json("status", "small")["flags"] == far


async def test_what_is_set_aside_of_a_line_is_one_flag_and_on_the_first_screen(
    small: CommandLine, tmp_path: Path
) -> None:
    rows = recipes(24)
    add_line(small, "line2", rows, tmp_path)
    frame = pd.read_csv(tmp_path / "line.csv")
    frame.loc[[4, 9], "mass_loading"] = [55.0, 58.0]
    frame.to_csv(tmp_path / "line.csv", index=False)
    small("lines", "add", "small", "line.csv", "--name", "line3")
    attach(small, recipes(6))
    small("correct", "small", "R002", "mass_loading=0.001", "--reason", "slip")
    _, of_run, of_line = small.json("status", "small", "--refresh")["flags"]
    assert (of_line["kind"], of_line["run"], of_line["since"]) == ("set_aside", None, None)
    assert of_line["message"].endswith("; 1 more result of line3 likewise")
    words = "mass_loading in R002, 2 results of line3"
    assert f"! Set aside: {words}" in small("status", "small")
    async with open_ui(Path(small.store)) as ui:
        # the first picture is drawn before the width of the panel is known
        row = f"Set aside {words}".split()
        await ui.until(lambda: row in [shown.split() for shown in ui.rows()])
        assert of_run["message"] not in ui.prose()
        await ui.press("end")
        await ui.until(lambda: of_run["message"] in ui.prose())
        assert of_line["message"] in ui.prose()
    small("lines", "exclude", "small", "line3", "--reason", "slips")
    flags = small.json("status", "small")["flags"]
    assert [flag["kind"] for flag in flags] == ["slip", "set_aside"]
    assert flags[1] == of_run
    said = small.json("note", "small", flags[1]["run"], "seen", "--confirm", "set_aside")
    assert "the models set it aside all the same" in said["messages"][-1]
    assert [flag["kind"] for flag in small.json("status", "small")["flags"]] == ["slip"]
    assert flags[1]["run"] in [each["run"] for each in small.json("status", "small")["set_aside"]]

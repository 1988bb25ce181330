"""Answers of the service as text and as JSON, and how every kind of failure ends."""

import copy
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from designer.campaigns import errors
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.sheets.run_object import Predicted, predicted_columns
from designer.campaigns.specification import load
from designer.campaigns.specification.text import to_tables
from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.cli import console as console_module
from designer.cli import main as main_module
from designer.cli.main import main
from designer.cli.text.spec_view import spec_view
from designer.render.expected import EXPLAINED, EXPLAINED_IN_SPEC
from designer.render.table import display_width

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "nmc", "line": "line4", "goal": "window"},
    "stage": [{"name": "slurry", "change_cost": 3.0}, {"name": "coating", "change_cost": 0.5}],
    "factor": [
        {"name": "solid_content", "unit": "wt%", "low": 50, "high": 66, "step": 0.5,
         "stage": "slurry"},
        {"name": "coating_gap", "unit": "um", "levels": [80, 100, 150], "stage": "coating"},
        {"name": "calendering_pressure", "unit": "MPa", "low": 20, "high": 200, "step": 5},
        {"name": "binder", "categories": ["PVDF-A", "PVDF-B"], "stage": "slurry"},
    ],
    "given": [{"name": "humidity", "unit": "%", "low": 0, "high": 60}],
    "response": [
        {"name": "mass_loading", "unit": "mg/cm^2", "window": [11.4, 12.6], "noise_sd": 0.15,
         "stage": "coating", "goal": "none"},
        {"name": "porosity", "unit": "%", "window": [30, None], "goal": "minimize"},
    ],
    "constraint": [{"expression": "solid_content * coating_gap <= 15000", "reason": "dryer",
                    "when": {"binder": ["PVDF-B"]}}],
    "costs": {"unit": "h", "run": 0.05, "budget": 40},
}  # fmt: skip


def predicted(mean: float, sd: float, low: float, high: float) -> dict[str, Any]:
    """What is expected of one response; 95 % lie within twice the distance."""
    return {"mean": mean, "sd": sd, "sd_result": (high - low) / 2, "low": low, "high": high,
            "low95": 2 * low - mean, "high95": 2 * high - mean, "at": 8}  # fmt: skip


NO_RUN: dict[str, Any] = {
    "status": "proposed", "plan": None, "order": None, "rank": None, "settings": None, "used": {},
    "design": None,
    "batch": {}, "information_bits": None, "cost": None, "predicted": None, "in_spec": None,
    "in_spec_measured": None, "reason": None, "failure": None, "results": {}, "measurements": {},
    "given": {}, "success": None, "value": None, "attached": False, "extra": None, "notes": [],
    "flags": [], "made_at": None, "never": [], "why": None,
}  # fmt: skip


def planned(number: int, gap: int, **more: Any) -> dict[str, Any]:
    settings = {"solid_content": 56.5, "coating_gap": gap, "calendering_pressure": 115,
                "binder": "PVDF-A"}  # fmt: skip
    return NO_RUN | {
        "run": f"R{number:03}", "order": number, "rank": 3 - number if number < 3 else number,
        "settings": settings, "used": settings, "plan": "P001",
        "batch": {"slurry": "slurry-03", "coating": f"coating-{number:02}"},
        "information_bits": 1.234, "cost": 0.55,
        "predicted": {"mass_loading": predicted(11.9312, 0.2, 11.68, 12.1824),
                      "porosity": predicted(31.42, 1.1, 29.31, 38.0)},
        "in_spec": 0.6234, "in_spec_measured": 0.514,
        "reason": "lines disagree here about the porosity", **more,
    }  # fmt: skip


PLAN: dict[str, Any] = {
    "campaign": "nmc", "plan": "P001", "seed": 77, "goal": "window", "information_bits": 3.7,
    "cost": 4.65, "nested": True, "notes": ["shortened to fit the budget"], "head": "9:ab12cd34",
    "dry_run": False, "value": None, "value_name": None, "deviation": None, "fixed": {},
    "abandoned": [], "design": None,
    "outlook": {"text": "3 more runs bring the typical ± down."},
    "runs": [planned(1, 100), planned(2, 150), planned(3, 80)],
}  # fmt: skip
RUN: dict[str, Any] = NO_RUN | {
    "campaign": "nmc", "head": "9:ab12cd34", "run": "R001", "plan": "P001",
    "status": "partial", "order": 1, "rank": 2,
    "settings": {"solid_content": 56.5, "coating_gap": 100, "binder": "PVDF-A"},
    "used": {"solid_content": 56.5, "coating_gap": 105, "binder": "PVDF-A"},
    "given": {"humidity": 35}, "batch": {"slurry": "slurry-03"},
    "predicted": PLAN["runs"][0]["predicted"], "in_spec": 0.62, "in_spec_measured": 0.514,
    "information_bits": 1.2,
    "cost": 3.55,
    "measurements": {"mass_loading": [
        {"replicate": 1, "number": 12.1, "text": "12.1", "unit": None, "actor": "Ada",
         "corrected": [], "at": "2026-11-20T13:00:00.000000Z"},
        {"replicate": 2, "number": 12.3, "text": "12.3", "unit": None, "actor": "Ada",
         "corrected": [], "at": "2026-11-20T13:00:00.000000Z"},
    ]},
    "results": {"mass_loading": [12.1, 12.3]}, "never": [],
    "reason": "lines disagree here", "failure": None, "why": "lines disagree here",
    "flags": [{"kind": "off_plan", "run": "R001", "response": None, "since": None,
               "message": "coating_gap 105 um is above the planned 100 um", "hint": None}],
    "warnings": [],
    "notes": [{"run": "R001", "text": "edge bead", "seq": 8, "actor": "Bo",
               "at": "2026-11-20T13:05:00.000000Z"}],
}  # fmt: skip
SCALE = "porosity is modelled on a linear scale: % is a share"
COMPARED: dict[str, Any] = {
    "scale_doubts": [], "overlap": 0.75, "warnings": [],
    "factors": [{"factor": "coating_gap", "low": 80, "high": 400, "covered": 0.9, "inside": 0.75}],
}  # fmt: skip
LINES: list[dict[str, Any]] = [
    COMPARED
    | {"name": "line2", "rows": 120, "included": True, "reason": None, "source": "old.csv",
     "batches": True, "inferred_batches": [],
     "not_used_for": [], "unknown": [], "responses": {},
     "trust": 0.83, "trust_low": 0.7, "trust_high": 0.91, "worth_runs": 12.4},
    COMPARED
    | {"name": "line1", "rows": 30, "included": False, "reason": "another coater",
     "source": "older.csv", "batches": False, "inferred_batches": [],
     "not_used_for": [], "unknown": [], "responses": {},
     "trust": None, "trust_low": None,
     "trust_high": None, "worth_runs": None},
]  # fmt: skip
STATUS: dict[str, Any] = {
    "campaign": "nmc", "line": "line4", "goal": "window", "closed": False, "outlook": None,
    "report": {"mass_loading": None, "porosity": None}, "warnings": [], "set_aside": [],
    "flags": [],
    "history_odds": {"mass_loading": None, "porosity": None},
    "runs": {"proposed": 2, "running": 1, "partial": 0, "completed": 9, "failed": 1,
             "abandoned": 0},
    "information_bits": 12.345, "expected_next_bits": 0.41,
    "responses": {"mass_loading": {"error_sd": 0.213, "coverage": 0.94},
                  "porosity": {"error_sd": 1.27, "coverage": 0.9}},
    "lines": LINES, "best": {"settings": {"coating_gap": 100, "binder": "PVDF-A"},
                             "given": {}, "success": None, "in_spec": 0.81,
                             "in_spec_measured": 0.62,
                             "predicted": PLAN["runs"][0]["predicted"]},
    "advice": "3 proposed runs wait.", "model": {"seq": 40, "stale": True}, "head": "42:ab12cd34",
    "notes": [],
}  # fmt: skip
PRECISE = cast("Predicted", predicted(31.42, 1.1, 30.11, 32.73))
VAGUE = cast("Predicted", predicted(30.1, 0.9, 12.0, 75.0))
NOTHING_NEW: dict[str, Any] = {
    "run": "R002", "new": {}, "changed": {}, "skipped": ["porosity"],
    "status": "partial", "status_before": "partial",
}  # fmt: skip
BROUGHT: dict[str, Any] = {
    "run": "R001", "changed": {"gap": {"before": 120, "after": 125}}, "skipped": [],
    "new": {"porosity": [31.2], "gap": 125, "status": "failed", "failure": "web break"},
    "status": "failed", "status_before": "proposed",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "campaigns.create": {"campaign": "nmc", "line": "line4", "goal": "window", "store": "sqlite:///p.db",
               "seq": 1, "scales": {"porosity": SCALE}, "head": "1:ab12cd34"},
    "campaigns.example": '[campaign]\nname = "x"  # µ\n',
    "campaigns.list": {"campaigns": [{"name": "nmc", "line": "line4", "goal": "window", "runs": 13,
                            "changed_at": "2026-11-20T13:00:00.000000Z"}]},
    "campaigns.amend": {"campaign": "nmc", "messages": [],
              "difference": ["porosity window 30 to 35 → 29 to 35"],
              "applied": True, "head": "2:ab12cd34"},
    "campaigns.close": {"campaign": "nmc", "messages": [], "head": "2:ab12cd34"},
    "lines.add": COMPARED | {"campaign": "nmc", "line": "line2", "rows": 120, "batches": True,
                             "columns": {}, "units": {},
                             "applied": True,
                 "notes": ["2 columns were ignored: operator, shift"], "head": "2:ab12cd34"},
    "lines.list": {"campaign": "nmc", "lines": LINES, "notes": [], "head": "3:ab12cd34"},
    "lines.exclude": {"campaign": "nmc", "line": "line1", "included": False, "messages": [],
                      "head": "3:ab12cd34"},
    "lines.include": {"campaign": "nmc", "line": "line1", "included": True, "messages": [],
                      "head": "3:ab12cd34"},
    "plans.propose": PLAN,
    "runs.record": {"campaign": "nmc", "run": "R001", "status": "partial",
               "recorded": {"mass_loading": [12.1, 12.3]},
               "messages": ["still to come: porosity",
                            "mass_loading is 3.1 standard deviations above the prediction "
                            "11.9 ± 0.25 mg/cm^2: kept, worth a second look"],
               "head": "10:ab12cd34"},
    "models.predict": {"campaign": "nmc", "file": None, "notes": [],
                "columns": ["coating_gap", *(f"porosity{ending}" for ending in ENDINGS), *IN_SPEC],
                "rows": [
                    {"coating_gap": 100, **predicted_columns({"porosity": PRECISE}),
                     "in_spec": 0.004, "in_spec_measured": 0.002},
                    {"coating_gap": 150, **predicted_columns({"porosity": VAGUE}),
                     "in_spec": 0.62, "in_spec_measured": 0.514}]},
    "models.best": {"campaign": "nmc", "best": [STATUS["best"]], "notes": [],
                    "head": "9:ab12cd34"},
    "campaigns.history": {"campaign": "nmc", "events": [
        {"seq": 8, "at": "2026-11-20T13:00:00.000000Z", "actor": "Ada", "kind": "run_failed",
         "run": "R002", "summary": "failed", "reversed": True, "reason": "web break"}]},
    "tables.import_sheet": {"campaign": "nmc", "applied": True, "head": "11:ab12cd34",
                       "messages": [], "attached": [], "added": [],
                       "counts": {"runs": 1, "values": 1, "changed": 1, "completed": 0,
                                  "failed": 1, "abandoned": 0, "attached": 0, "known": 1},
                       "runs": [BROUGHT, NOTHING_NEW]},
    "campaigns.export": {"campaign": "nmc", "file": "plan.csv", "what": "plan", "rows": 1,
                         "messages": []},
    "models.status": STATUS,
    "store.info": {"store": "sqlite:///p.db", "campaigns": 1, "writable": True},
    "store.verify": {"ok": True, "checks": ["hash chains of 1 campaign: sound"]},
    "store.init": {"store": "sqlite:///p.db"},
}  # fmt: skip
for _verb in ("attach", "correct"):
    ANSWERS[f"runs.{_verb}"] = ANSWERS["runs.record"]
for _verb in (
    "runs.start", "runs.fail", "runs.abandon", "runs.reopen", "campaigns.undo", "campaigns.note",
):  # fmt: skip
    ANSWERS[_verb] = {"campaign": "nmc", "run": "R001", "messages": [], "head": "11:ab12cd34"}
ANSWERS["runs.abandon"] = {
    "campaign": "nmc",
    "runs": ["R001"],
    "messages": [],
    "head": "11:ab12cd34",
}
CAMPAIGN: dict[str, Any] = {
    "campaign": "nmc", "line": "line4", "goal": "window", "spec": SPEC, "head": "9:ab12cd34",
    "scales": {"porosity": SCALE},
    "lines": LINES, "plans": [{"plan": "P001", "runs": ["R001", "R002"], "cost": 4.65}],
    "warnings": [],
    "runs": [RUN, NO_RUN | {"run": "R002", "used": RUN["settings"]}],
}  # fmt: skip


class FakeService:
    """Gives prepared answers, or raises what was prepared for a method."""

    def __init__(self) -> None:
        shown = {"campaigns.show": CAMPAIGN, "runs.show": RUN}
        shown["campaigns.specification"] = CAMPAIGN["spec"]
        self.session = type("S", (), {"alarms": []})()
        self.answers = copy.deepcopy(ANSWERS | shown)

    def __getattr__(self, group: str) -> Any:
        return FakeVerbs(self, group)


class FakeVerbs:
    """The verbs of one group."""

    def __init__(self, service: Any, group: str) -> None:
        self._service, self._group = service, group

    def __getattr__(self, name: str) -> Any:
        def called(*_args: Any, **_kwargs: Any) -> Any:
            answer = self._service.answers[f"{self._group}.{name}"]
            if isinstance(answer, BaseException):
                raise answer
            return answer

        return called


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    monkeypatch.setenv("COLUMNS", "80")
    fake = FakeService()
    monkeypatch.setattr(main_module, "open_service", lambda _arguments, _console: fake)
    return fake


LINES_TYPED = [
    "init s.toml", "init --example", "list", "show nmc", "show nmc R001", "amend nmc s.toml",
    "close nmc", "lines add nmc f.csv --name line2", "lines add nmc --from old", "lines show nmc",
    "lines exclude nmc line1 --reason x", "lines include nmc line1 --reason x", "propose nmc",
    "start nmc R001", "record nmc R001 mass_loading=12.1", "attach nmc coating_gap=100",
    "fail nmc R001 --reason x", "abandon nmc R001 --reason x", "reopen nmc R001",
    "correct nmc R001 porosity=3 --reason x", "undo nmc 3", "note nmc hot", "import nmc f.csv",
    "export nmc plan.csv", "status nmc", "best nmc", "history nmc", "predict nmc f.csv",
    "store info", "store verify", "store init",
]  # fmt: skip


@pytest.mark.parametrize("line", LINES_TYPED)
def test_every_verb_prints_text_that_fits_and_one_json_document(
    line: str, service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 0
    text = capsys.readouterr().out
    assert text.endswith("\n")
    assert max(display_width(row) for row in text.splitlines()) <= 80
    assert main([*line.split(), "--json"]) == 0
    printed = capsys.readouterr()
    assert isinstance(json.loads(printed.out), dict)
    assert printed.err == ""


def test_a_plan_reads_like_a_plan(service: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propose", "nmc"]) == 0
    printed = capsys.readouterr()
    rows = printed.out.splitlines()
    assert rows[0] == "Plan P001 for nmc: 3 runs, cost 4.65 h, 3.70 bit (± 92 % smaller) expected"
    assert rows[1] == "Ahead: 3 more runs bring the typical ± down."
    assert any(row.split()[:2] == ["1", "R001"] and "56.5" in row for row in rows)
    assert "11.93 ± 0.25" in printed.out
    assert "29.3 … 38.0" in printed.out
    assert "[mg/cm^2]" in printed.out
    assert "62 % / 51 %" in printed.out
    assert "with 68 % probability" in " ".join(printed.out.split())
    assert "slurry-03" in printed.out
    assert "  R001  lines disagree here about the porosity" in rows
    assert "Fewer runs? Take the first of: R002, R001, R003 (most valuable first)." in rows
    assert rows[-2:] == ["Seed 77, goal window", "Log position 9:ab12cd34"]
    assert printed.err == "note: shortened to fit the budget\n"


def test_quiet_silences_notes_only(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["propose", "nmc"])
    loud = capsys.readouterr()
    main(["propose", "nmc", "--quiet"])
    quiet = capsys.readouterr()
    assert quiet.err == ""
    assert quiet.out == loud.out


def test_a_dry_run_and_an_exchanged_plan_say_so(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["plans.propose"] |= {"dry_run": True, "nested": False}
    main(["propose", "nmc", "--dry-run"])
    out = capsys.readouterr().out
    assert out.startswith("Dry run: nothing was stored.\nPlan P001 for nmc: ")
    assert "a shorter plan would be another one" in " ".join(out.split())


def test_a_goal_without_bits_shows_its_own_value(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = service.answers["plans.propose"]
    plan |= {"information_bits": None, "value": 1.5, "value_name": "expected recipes in spec"}
    for run in plan["runs"]:
        run |= {"information_bits": None, "value": 0.5}
    main(["propose", "nmc"])
    out = capsys.readouterr().out
    assert "expected recipes in spec 1.50" in out
    assert " bit" not in out


def test_an_empty_plan_is_no_crash(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["plans.propose"] |= {"runs": [], "cost": 0.0, "information_bits": 0.0}
    assert main(["propose", "nmc"]) == 0
    assert "0 runs" in capsys.readouterr().out


def test_record_tells_values_rest_and_surprises(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["record", "nmc", "R001", "mass_loading=12.1/12.3"])
    assert capsys.readouterr().out.splitlines() == [
        "R001 is partial.",
        "  mass_loading  12.1 mg/cm^2, 12.3 mg/cm^2",
        "- still to come: porosity",
        "- mass_loading is 3.1 standard deviations above the prediction 11.9 ± 0.25",
        "  mg/cm^2: kept, worth a second look",
        "Log position 10:ab12cd34",
    ]


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ({"porosity": None}, "porosity  will never be measured"),
        ({"porosity": [31.2]}, "porosity  31.2 %"),
        ({"porosity": [31.2, 31.9]}, "porosity  31.2 %, 31.9 %"),
    ],
)  # fmt: skip
def test_recorded_entries_as_typed(
    recorded: dict[str, Any], shown: str, service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["runs.record"]["recorded"] = recorded
    main(["record", "nmc", "R001", "porosity=1"])
    assert f"  {shown}" in capsys.readouterr().out.splitlines()


def test_a_recorded_result_stays_a_success_when_the_store_fails_afterwards(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["campaigns.specification"] = errors.StorageError("locked")
    assert main(["record", "nmc", "R001", "mass_loading=12.1"]) == 0
    printed = capsys.readouterr()
    assert "R001 is partial." in printed.out
    assert printed.err == ""


def test_status_in_words(service: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    main(["status", "nmc"])
    out = capsys.readouterr().out
    assert "Runs: 2 proposed, 1 running, 9 completed, 1 failed" in out
    assert "Learned: 12.35 bit (± 100 % smaller) from all results so far" in out
    assert "0.41" not in out  # one figure of what comes next, and it is per cost
    assert "0.21 mg/cm^2" in out
    assert "94 %" in out
    assert "0.83 (0.70 to 0.91)" in out
    assert "Best so far: coating_gap 100 um, binder PVDF-A" in out
    assert "3 proposed runs wait." in out
    assert "Evaluated at event 40; 2 events came after: designer status nmc --refresh" in out


def test_warnings_cannot_command_the_terminal(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    warning = "Line a\u202e\x1b[31m says next to nothing about porosity"
    trust = {"trust": 0.9, "trust_low": 0.8, "trust_high": 0.95, "worth_runs": 3.1,
             "determined": 0.7, "flat": False}  # fmt: skip
    for verb in ("models.status", "lines.list"):
        lines = service.answers[verb]["lines"]
        lines[0] |= {"warnings": [warning], "responses": {"porosity\x1b[2J": trust}}
    service.answers["models.status"]["warnings"] = [warning]
    for words in (["status", "nmc"], ["lines", "show", "nmc"]):
        main(words)
        out = capsys.readouterr().out
        assert "! Line a\\u202e\\x1b[31m says next to nothing" in out
        assert "\x1b" not in out


@pytest.mark.parametrize(
    ("odds", "words"),
    [
        (8.67, "porosity 8.7 : 1 for using the earlier lines"),
        (1 / 64.3, "porosity 64 : 1 against using the earlier lines"),
        (1.2, "porosity about even for and against using the earlier lines"),
        (999.9999999999998, "porosity more than 1000 : 1 for using the earlier lines"),
    ],
)
def test_odds_in_words(
    odds: float, words: str, service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["models.status"]["history_odds"] = {
        "mass_loading": None,
        "porosity": {"odds": odds, "weight": 1.0},
    }
    main(["status", "nmc"])
    assert f"Evidence: {words}" in capsys.readouterr().out


def test_how_far_the_lines_are_followed_stands_beside_their_evidence(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["models.status"]["history_odds"]["porosity"] = {"odds": 4.0, "weight": 0.36}
    main(["status", "nmc"])
    words = "porosity 4 : 1 for using the earlier lines, followed by 36 %"
    assert f"Evidence: {words}" in capsys.readouterr().out


def test_status_before_anything_is_known(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = {"error_sd": None, "coverage": None}
    service.answers["models.status"] |= {
        "runs": dict.fromkeys(STATUS["runs"], 0), "information_bits": None, "advice": "Propose.",
        "expected_next_bits": None, "responses": {"porosity": nothing}, "lines": [],
        "report": {"porosity": None},
        "best": None, "model": {"seq": None, "stale": False},
    }  # fmt: skip
    main(["status", "nmc"])
    out = capsys.readouterr().out
    assert "Runs: none yet" in out
    assert "too early to tell" in out
    assert "Not evaluated yet: designer status nmc --refresh" in out


def test_one_run_with_what_differs(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["show", "nmc", "R001"])
    out, err = capsys.readouterr()
    row = next(row for row in out.splitlines() if row.startswith("coating_gap"))
    assert row.split() == ["coating_gap", "[um]", "100", "105", "differs"]
    assert "12.1 / 12.3" in out
    assert "Ada 2026-11-20" in out
    assert "! coating_gap 105 um is above" in out
    assert "Note: edge bead (Bo, 2026-11-20" in out
    assert err == ""


def test_a_campaign_with_its_specification(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["show", "nmc"])
    out = capsys.readouterr().out
    assert "50 to 66 in steps of 0.5" in out
    assert "11.4 to 12.6" in out
    assert "from 30" in out
    assert "when binder is PVDF-B (dryer)" in out
    assert "Costs in h: new slurry 3, new coating 0.5, every run 0.05, budget 40" in out
    assert "12.1/12.3" in out


def test_predictions_show_the_error_of_a_result(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["predict", "nmc", "f.csv"])
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].split() == ["row", "coating_gap", "porosity", "in", "spec", "/", "measured"]
    assert rows[2].split() == ["1", "100", "31.4", "±", "1.3", "<1", "%", "/", "<1", "%"]
    assert rows[3].split() == ["2", "150", "12", "…", "75", "62", "%", "/", "51", "%"]
    assert " ".join(rows[5:]) == f"{EXPLAINED} {EXPLAINED_IN_SPEC}"
    service.answers["models.predict"]["file"] = "o.csv"
    main(["predict", "nmc", "f.csv", "--out", "o.csv"])
    assert capsys.readouterr().out == "Wrote 2 recipes to o.csv\n"


def test_history_marks_what_was_taken_back(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["history", "nmc"])
    row = capsys.readouterr().out.splitlines()[1]
    assert row.startswith("    8  2026-11-20 ")
    assert row.endswith("Ada  R002  (taken back) failed – web break")


def test_import_dry_run_says_that_nothing_was_recorded(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "nmc", "f.csv"])
    assert capsys.readouterr().out.splitlines()[:3] == [
        "Recorded results of 1 run: 1 value, 1 fact unlike the plan, 1 failed.",
        "  R001  proposed → failed (web break): porosity 31.2, gap 125 instead of 120",
        "Passed over 1 value recorded already.",
    ]
    service.answers["tables.import_sheet"].update(applied=False, attached=["R003", "R004"])
    main(["import", "nmc", "f.csv", "--dry-run"])
    told = capsys.readouterr().out
    assert told.startswith("Nothing was recorded; ")
    assert "The file has 2 runs nobody proposed: R003, R004." in told
    counts = dict(service.answers["tables.import_sheet"]["counts"], runs=0)
    service.answers["tables.import_sheet"].update(counts=counts, runs=[])
    main(["import", "nmc", "f.csv", "--dry-run"])
    assert capsys.readouterr().out.splitlines()[:2] == [
        "Nothing was recorded.", "The file has 2 runs nobody proposed: R003, R004.",
    ]  # fmt: skip
    service.answers["tables.import_sheet"].update(attached=[])
    main(["import", "nmc", "f.csv"])
    told = capsys.readouterr().out
    assert told.startswith("Nothing was recorded; the file has nothing new.\nPassed over 1 value")


def test_a_table_that_was_attached_tells_new_runs_and_what_more_there_is(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = service.answers["tables.attach_file"] = {
        "campaign": "nmc", "applied": True, "head": "11:ab12cd34", "messages": ["2 rows known"],
        "runs": ["R001", "R002", "R003"], "attached": ["R003"], "added": [],
        "known": [NOTHING_NEW | {"run": "R001", "new": {"porosity": [31.2]}}, NOTHING_NEW],
    }  # fmt: skip
    main(["attach", "nmc", "f.csv"])
    assert capsys.readouterr().out.splitlines()[:4] == [
        "Attached 1 run: R003.",
        "More of 1 run recorded before:",
        "  R001  porosity 31.2",
        "- 2 rows known",
    ]
    answer["applied"] = False
    main(["attach", "nmc", "f.csv", "--dry-run"])
    assert capsys.readouterr().out.startswith("Nothing was recorded; the file has 1 new run: R003.")


def test_an_unsound_store_is_exit_6(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["store.verify"] = {"ok": False, "checks": ["event 20 of nmc: hash differs"]}
    assert main(["store", "verify"]) == 6
    assert "NOT sound" in capsys.readouterr().out
    assert main(["store", "verify", "--json"]) == 6
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_without_a_verb_a_terminal_gets_the_terminal_ui(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str | None] = []

    def open_ui(_service: object, campaign: str | None, *, ascii_only: bool) -> int:
        assert not ascii_only
        opened.append(campaign)
        return 0

    monkeypatch.setattr(main_module, "on_terminal", lambda: True)
    monkeypatch.setattr("designer.cli.verbs.begin.on_terminal", lambda: True)
    monkeypatch.setattr("designer.tui.app.open_ui", open_ui)
    assert main([]) == 0
    assert main(["--store", "x.db"]) == 0
    assert opened == [None, None]
    assert capsys.readouterr().out == ""
    assert main(["--json"]) == 2


def test_json_is_the_service_answer(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--json", "propose", "nmc"])
    assert json.loads(capsys.readouterr().out) == PLAN
    service.answers["plans.propose"]["runs"][0]["cost"] = math.inf
    service.answers["plans.propose"]["seed"] = math.nan
    main(["propose", "nmc", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["runs"][0]["cost"] is None
    assert told["seed"] is None


EVIL = "a\x1b[31m\x07\u202eb\u2066\x9b\n\x7f\u200b\ue000\U000e0001c"


def test_no_text_of_a_user_commands_the_terminal(
    service: FakeService, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answers["campaigns.list"]["campaigns"][0] |= {"name": EVIL, "line": EVIL}
    service.answers["plans.propose"]["notes"] = [EVIL]
    service.answers["plans.propose"]["runs"][0] |= {"reason": EVIL, "settings": {EVIL: EVIL}}
    service.answers["campaigns.history"]["events"][0] |= {
        "actor": EVIL,
        "summary": EVIL,
        "reason": EVIL,
    }
    service.answers["runs.fail"] = errors.InputError(errors.Problem(EVIL, EVIL, EVIL, EVIL, EVIL))
    for line in ("list", "propose nmc", "history nmc", "fail nmc R1 --reason x"):
        for more in ([], ["--json"]):
            main([*line.split(), *more])
            printed = capsys.readouterr()
            assert printed.out or printed.err
            for text in (printed.out, printed.err):
                assert all(c.isprintable() or c == "\n" for c in text), (line, more)
    main(["list", "--json"])
    assert json.loads(capsys.readouterr().out)["campaigns"][0]["name"] == EVIL


@pytest.mark.parametrize(
    ("error", "code", "kind", "opening"),
    [
        (errors.InputError, 3, "input", "Refused, nothing was written"),
        (errors.ConflictError, 4, "conflict", "Conflict with what is recorded"),
        (errors.StorageError, 5, "storage", "The store is not available"),
        (errors.StoreDamagedError, 6, "damaged", "The store is damaged, or newer"),
    ],
)
def test_expected_errors(
    error: type[ConflictError] | type[InputError],
    code: int,
    kind: str,
    opening: str,
    service: FakeService,
    capsys: pytest.CaptureFixture[str],
) -> None:
    problem = errors.Problem("porosity", "is impossible", "131 %", "0 to 100 %", "Look again")
    service.answers["runs.record"] = error(problem, errors.Problem("", "second"))
    tokens = ["record", "nmc", "R001", "porosity=131"]
    assert main(tokens) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    first, *rest = printed.err.splitlines()
    assert first.startswith(f"designer: {opening}")
    assert first.endswith(", 2 problems:")
    assert rest == [
        "  - porosity: is impossible (found 131 %); allowed: 0 to 100 %. Look again",
        "  - second",
    ]
    assert main([*tokens, "--json"]) == code
    as_json = capsys.readouterr()
    assert as_json.err == printed.err
    told = json.loads(as_json.out)["error"]
    assert (told["kind"], told["exit_code"]) == (kind, code)
    assert f"designer: {told['message']}\n" == printed.err
    assert told["problems"][0] == {
        "where": "porosity", "what": "is impossible", "found": "131 %", "allowed": "0 to 100 %",
        "hint": "Look again",
    }  # fmt: skip


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return lambda: sorted(tmp_path.rglob("designer-report-*.txt"))


@pytest.mark.parametrize(
    "fault", [ZeroDivisionError("boom"), errors.DesignerError("bare"), RecursionError("deep")]
)
def test_our_own_faults_go_into_a_report(
    fault: Exception,
    service: FakeService,
    capsys: pytest.CaptureFixture[str],
    reports: Callable[..., Any],
) -> None:
    service.answers["models.status"] = fault
    tokens = ["status", "nmc", "--store", "postgresql://ada:secret@host/db"]
    assert main(tokens) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    (report,) = reports()
    assert str(report) in printed.err
    text = report.read_text()
    assert "Traceback (most recent call last)" in text
    assert str(fault) in text
    assert "secret" not in text
    assert report.stat().st_mode & 0o077 == 0
    assert main([*tokens, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["error"]
    assert (told["kind"], told["exit_code"]) == ("bug", 1)
    assert Path(told["report"]) in reports()
    assert len(reports()) == 2
    assert report.read_text() == text


def test_a_report_without_a_folder_is_told(
    service: FakeService, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers["models.status"] = ZeroDivisionError("boom")
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/proc/none")
    assert main(["status", "nmc"]) == 1
    assert "could not be written anywhere" in capsys.readouterr().err


def test_a_fault_after_the_work_says_that_the_work_is_done(
    service: FakeService, capsys: pytest.CaptureFixture[str], reports: Callable[..., Any]
) -> None:
    service.answers["runs.record"] = {"run": "R001", "recorded": 5, "status": "partial"}
    assert main(["record", "nmc", "R001", "porosity=31"]) == 1
    assert "What you asked for was carried out" in capsys.readouterr().err
    assert len(reports()) == 1


def test_interruption_is_130(service: FakeService, capsys: pytest.CaptureFixture[str]) -> None:
    service.answers["plans.propose"] = KeyboardInterrupt()
    assert main(["propose", "nmc"]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert main(["propose", "nmc", "--json"]) == 130
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["exit_code"] == 130
    assert "interrupted" in printed.err


@pytest.mark.parametrize("json_wanted", [True, False])
def test_an_interruption_behind_the_answer_does_not_add_a_second_document(
    json_wanted: bool, service: FakeService, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def interrupted(_console: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(console_module.Console, "flush", interrupted)
    assert main(["list", *(["--json"] if json_wanted else [])]) == 130
    printed = capsys.readouterr().out
    assert not json_wanted or "campaigns" in json.loads(printed)


def test_common_options_reach_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}

    class Service:
        def __init__(self, *store: str, **options: Any) -> None:
            made.update(store=store, options=options)

            self.campaigns = type("C", (), {"list": lambda _self: {"campaigns": []}})()
            self.session = type("S", (), {"alarms": []})()

    monkeypatch.setitem(sys.modules, "designer.service", type("M", (), {"Service": Service}))
    assert main(["list", "--store", "x.db", "--actor", "Ada"]) == 0
    assert made["store"] == ("x.db",)
    assert made["options"]["actor"] == "Ada"
    assert main(["list"]) == 0
    assert made["store"] == ()
    assert made["options"] == {"actor": None}
    assert main(["list", "--store", " "]) == 2


class Terminal:
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_progress_is_for_terminals_and_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    console = console_module.Console(json=False, quiet=False)
    assert console.shows_progress
    assert not console_module.Console(json=False, quiet=True).shows_progress
    console.progress("fitting \x1b[2J porosity", 0.5)
    assert screen.text == "\r\x1b[K 50 % fitting \\x1b[2J porosity"
    console.diagnostics(["done"])
    assert screen.text.endswith("porosity\r\x1b[Kdone\n")


def test_an_ascii_stream_gets_ascii() -> None:
    assert console_module._joined(["31.4 ± 1.3 µm – x"], "ascii") == "31.4 +/- 1.3 \\xb5m - x\n"
    assert console_module._joined(["31.4 ± µm"], "latin-1") == "31.4 ± µm\n"
    text = console_module.json_text({"unit": "µm 😀"}, "ascii")
    assert text.isascii()
    assert json.loads(text) == {"unit": "µm 😀"}


def test_nobody_reading_stdout_or_stderr_at_all() -> None:
    code = (
        "import os, sys\n"
        "os.close(1), os.close(2)\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'designer', '--version'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ))
    assert done.returncode == 0


def test_the_view_knows_a_real_specification() -> None:
    view = spec_view(to_tables(load.from_dict(SPEC)))
    assert view.units["mass_loading"] == "mg/cm^2"
    assert view.units["humidity"] == "%"
    assert view.units["binder"] is None
    assert view.responses == ("mass_loading", "porosity")
    assert view.cost_unit == "h"

"""Decisions about results: record, attach, correct. What is refused, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.describe import describe
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import begin, then, values

SPEC = load.from_dict(
    {
        "campaign": {"version": 1, "name": "demo", "line": "line4"},
        "stage": [{"name": "slurry", "change_cost": 3.0}, {"name": "coating", "change_cost": 0.5}],
        "factor": [
            {"name": "solid", "unit": "wt%", "low": 50, "high": 66, "step": 0.5},
            {"name": "gap", "unit": "um", "levels": [80, 100, 150], "stage": "coating"},
            {"name": "binder", "categories": ["PVDF-A", "PVDF-B", "NA"], "stage": "slurry"},
        ],
        "given": [{"name": "humidity", "unit": "%", "low": 0, "high": 60}],
        "response": [
            {"name": "loading", "unit": "mg/cm^2", "possible": [1, 60]},
            {"name": "porosity", "unit": "%", "possible": [5, 90]},
            {"name": "viscosity", "unit": "Pa*s"},
        ],
    }
)
RECIPE: dict[str, Any] = {"solid": 56.5, "gap": 100.0, "binder": "PVDF-A"}
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def state() -> CampaignState:
    """Three proposed runs, R001 to R003."""
    state = begin(SPEC)
    runs = [PlannedRun(i, i, RECIPE, {"slurry": "new-1"}, {}, 0.5, 1, None, "") for i in (1, 2, 3)]
    return then(state, commands.propose(state, PlanDraft("learn", 1, runs, state.seq, 3.0, 1.5)))


def entry(run: str = "R001", *, replicate: bool = False, **told: Any) -> ResultEntry:
    """A result; a text may hold several values between slashes, None is `none`."""
    return ResultEntry(run, values(**told), replicate=replicate)


def problems(error: type[ConflictError] | type[InputError], call: Callable[..., Any]) -> list[str]:
    with pytest.raises(error) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]


def refused(state: CampaignState, *entries: ResultEntry) -> str:
    found = problems(InputError, lambda: commands.record(state, entries, now=NOW))
    return "\n".join(found)


def conflict(state: CampaignState, *entries: ResultEntry) -> str:
    found = problems(ConflictError, lambda: commands.record(state, entries, now=NOW))
    return "\n".join(found)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("31.2", None, Quantity("31.2", 31.2)),
        ("31.2 %", None, Quantity("31.2", 31.2, "%", "31.2 %")),
        ("0.12mm", None, Quantity("0.12", 0.12, "mm", "0.12mm")),
        ("31.2", "%", Quantity("31.2", 31.2, "%")),
        ("1e3", None, Quantity("1e3", 1000.0)),
        ("NA", None, Quantity("NA")),
        ("31,2", None, None),
        (5, "mm", Quantity("5", 5.0, "mm")),
    ],
)
def test_values_as_typed(text: str, unit: str | None, expected: Quantity) -> None:
    typed = Quantity.of(text, unit)
    if expected is None:
        assert typed.number is None or typed.unit
    else:
        assert typed == expected


def test_an_entry_becomes_one_event_with_text_number_and_unit(state: CampaignState) -> None:
    told = ResultEntry(
        "r001",
        {"porosity": [Quantity.of("0.312", "1"), Quantity.of("31.9")], "viscosity": None},
        used={"gap": Quantity.of("0.101 mm"), "binder": Quantity.of("NA")},
        given={"humidity": Quantity.of("35")},
        batch={"slurry": "SLURRY-01", "coating": " strip  7"},
        made_at="2026-02-28",
        note=" dusty\nday ",
    )
    (draft,) = commands.record(state, [told], now=NOW)
    assert draft.kind == "result_recorded"
    assert draft.body == {
        "run": "R001",
        "attached": False,
        "replicate": None,
        "responses": {
            "porosity": [
                {"number": 31.2, "text": "0.312", "unit": "1"},
                {"number": 31.9, "text": "31.9"},
            ],
            "viscosity": None,
        },
        "used": {
            "gap": {"number": 101.0, "text": "0.101", "unit": "mm"},
            "binder": {"category": "NA", "text": "NA"},
        },
        "given": {"humidity": {"number": 35.0, "text": "35"}},
        "batch": {"slurry": "slurry-01", "coating": "strip  7"},
        "made_at": "2026-02-28",
        "note": "dusty\nday",
    }


def test_everything_wrong_in_all_entries_is_told_at_once(state: CampaignState) -> None:
    first = entry("R001", porosity="x", colour="5")
    first.used = {"binder": Quantity.of("PVDF-C"), "gapp": Quantity.of("1")}
    first.batch = {"slury": "a", "slurry": "\x1b[31m"}
    first.made_at = "tomorrow"
    first.note = "a\u202eb"
    found = refused(state, first, entry("R077", loading="5"), entry("R002", loading="100"))
    for said in (
        "run R001, porosity: is not a number",
        "run R001, colour: no such response",
        "no category of binder (found PVDF-C); allowed: PVDF-A, PVDF-B, NA",
        "run R001, gapp: no such factor or given",
        "Did you mean 'gap'?",
        "run R001, batch, slury: no such stage",
        "Did you mean 'slurry'?",
        "run R001, batch of slurry: holds an invisible character",
        "run R001, time: 'tomorrow' is no date or time",
        "run R001, note: holds an invisible character",
        "run R077: no such run in this campaign",
        "run R002, loading: impossible value (found 100 mg/cm^2); allowed: 1 to 60 mg/cm^2",
    ):
        assert said in found


def test_an_unknown_run_names_the_nearest_and_the_open_ones(state: CampaignState) -> None:
    found = refused(then(state, commands.abandon(state, ["R3"], "x")), entry("R0O1", loading="5"))
    assert "Open runs: R001, R002" in found
    assert "Did you mean R001?" in found


@pytest.mark.parametrize(
    ("response", "typed", "slip"),
    [
        ("loading", "118", "It looks like g/m^2"),  # 11.8 mg/cm²
        ("porosity", "0.31", "It looks like a fraction (0.31 is 31 %)"),
        ("loading", "6100", "too large"),
        ("loading", "-3", "typing error"),
    ],
)
def test_impossible_values_come_with_a_guess(
    state: CampaignState, response: str, typed: str, slip: str
) -> None:
    told: dict[str, Any] = {response: typed}
    assert slip in refused(state, entry("R001", **told))


def test_a_decimal_comma_is_explained(state: CampaignState) -> None:
    found = refused(state, ResultEntry("R1", {"loading": [Quantity("12,3")]}))
    assert "is not a number (found '12,3')" in found
    assert "Write 12.3" in found


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(state: CampaignState, bad: float) -> None:
    assert "is not a number" in refused(state, ResultEntry("R1", {"loading": [Quantity("x", bad)]}))


def test_units_of_another_kind_are_refused(state: CampaignState) -> None:
    found = refused(state, ResultEntry("R1", {"loading": [Quantity.of("12 um")]}))
    assert "run R001, loading" in found or "run R1, loading" in found
    assert "mg/cm^2" in found


def test_settings_out_of_range_are_facts_but_gross_slips_need_their_unit(
    state: CampaignState,
) -> None:
    assert commands.record(state, [ResultEntry("R1", used={"solid": Quantity.of("70")})], now=NOW)
    slip = ResultEntry("R1", used={"gap": Quantity.of("0.1")})
    said = refused(state, slip)
    assert "It looks like mm (0.1 mm is 100 um); if it is really meant" in said
    assert "write it with its unit: '0.1 um'" in said
    meant = ResultEntry("R1", used={"gap": Quantity.of("0.1 um")})
    (draft,) = commands.record(state, [meant], now=NOW)
    assert draft.body["used"]["gap"]["number"] == 0.1


def test_a_unit_that_the_number_contradicts_is_a_question(state: CampaignState) -> None:
    said = refused(state, ResultEntry("R1", used={"gap": Quantity.of("120mm")}))
    assert "found 120 mm, which is 120000 um" in said
    assert "120 um? Then write 120 um. If 120 mm is really meant, write 120000 um" in said
    for right, number in (("0.12 mm", 120), ("120000 um", 120_000)):
        (draft,) = commands.record(
            state, [ResultEntry("R1", used={"gap": Quantity.of(right)})], now=NOW
        )
        assert draft.body["used"]["gap"]["number"] == number


def test_a_value_that_is_there_is_a_conflict_and_is_shown(state: CampaignState) -> None:
    state = then(state, commands.record(state, [entry(loading="12.1")], now=NOW))
    found = conflict(state, entry(loading="12.4", porosity="31"))
    assert found == (
        "run R001, loading: has a value already, recorded by anna on 2026-03-01 08:03 UTC (event 3)"
        " (found 12.1 mg/cm^2). Correct that value, or record this one as a replicate"
    )
    assert "has a value already" in conflict(state, entry(loading=None))
    # bad input outranks the conflict, and both are told
    found = refused(state, entry(loading="12.4", porosity="x"))
    assert "has a value already" in found
    assert "is not a number" in found


def test_replicates_are_numbered_across_responses(state: CampaignState) -> None:
    state = then(state, commands.record(state, [entry(loading="12.1/12.2")], now=NOW))
    more = entry(loading="12.3/12.4", porosity="31", replicate=True)
    (draft,) = commands.record(state, [more], now=NOW)
    assert draft.body["replicate"] == 3
    run = then(state, [draft]).runs["R001"]
    assert [v.replicate for v in run.measurements["loading"]] == [1, 2, 3, 4]
    assert [v.replicate for v in run.measurements["porosity"]] == [3]


def test_entries_of_one_run_follow_each_other(state: CampaignState) -> None:
    drafts = commands.record(
        state,
        [entry(loading="12.1"), entry(porosity="31"), entry(loading="12.2", replicate=True)],
        now=NOW,
    )
    run = then(state, drafts).runs["R001"]
    assert (run.values("loading"), run.values("porosity")) == ((12.1, 12.2), (31.0,))
    assert "is given twice" in refused(state, entry(loading="12.1"), entry(loading="12.1"))


@pytest.mark.parametrize(
    ("first", "same", "other", "place"),
    [
        ({"used": {"gap": Quantity.of("101")}},) * 2
        + ({"used": {"gap": Quantity.of("102")}}, "gap"),
        ({"given": {"humidity": Quantity.of("9")}},) * 2
        + ({"given": {"humidity": Quantity.of("8")}}, "humidity"),
        (
            {"batch": {"slurry": "a"}},
            {"batch": {"slurry": "A"}},
            {"batch": {"slurry": "b"}},
            "slur",
        ),
        ({"made_at": "2026-02-28"},) * 2 + ({"made_at": "2026-02-27"}, "time"),
    ],
)
def test_facts_told_before_are_never_overwritten(
    state: CampaignState,
    first: dict[str, Any],
    same: dict[str, Any],
    other: dict[str, Any],
    place: str,
) -> None:
    state = then(state, commands.record(state, [ResultEntry("R1", **first)], now=NOW))
    assert commands.record(state, [ResultEntry("R1", **same)], now=NOW) == []
    found = conflict(state, ResultEntry("R1", **other))
    assert "was told differently before" in found
    assert place in found


def test_a_planned_setting_may_be_told_again_differently(state: CampaignState) -> None:
    drafts = commands.record(
        state, [ResultEntry("R1", used={"solid": Quantity.of("57.5")})], now=NOW
    )
    assert then(state, drafts).runs["R001"].used["solid"] == 57.5


def test_a_late_result_reopens_a_failed_run(state: CampaignState) -> None:
    state = then(state, commands.fail(state, "R1", "cracks"))
    drafts = commands.record(state, [entry(loading="12")], now=NOW)
    assert [draft.kind for draft in drafts] == ["run_reopened", "result_recorded"]
    assert then(state, drafts).runs["R001"].status == "partial"


def test_an_abandoned_run_must_be_reopened_by_a_person(state: CampaignState) -> None:
    state = then(state, commands.abandon(state, ["R1"], "no time"))
    found = conflict(state, entry(loading="12"))
    assert "R001 was abandoned (no time)" in found
    assert "reopen R001 first" in found


def test_a_note_alone_is_a_note_and_nothing_is_nothing(state: CampaignState) -> None:
    (draft,) = commands.record(state, [ResultEntry("R1", note="dusty")], now=NOW)
    body = {"run": "R001", "text": "dusty", "confirms": None, "responses": None}
    assert (draft.kind, draft.body) == ("note_added", body)
    assert "there is nothing to record" in refused(state, ResultEntry("R1", note="  "))
    assert "there is nothing to record" in refused(state)
    assert "there is no value" in refused(state, ResultEntry("R1", {"loading": []}))


def test_notes_have_a_limit(state: CampaignState) -> None:
    assert commands.record(state, [ResultEntry("R1", note="x" * 10_000)], now=NOW)
    assert "at most 10000" in refused(state, ResultEntry("R1", note="x" * 10_001))


def test_the_place_of_an_entry_is_named(state: CampaignState) -> None:
    bad = entry("R1", loading="x")
    bad.where = "plan.xlsx row 7"
    assert refused(state, bad).startswith("plan.xlsx row 7, loading: is not a number")


FULL = {"solid": Quantity.of("70.25"), "gap": Quantity.of("111"), "binder": Quantity.of("PVDF-B")}
HUMID = {"humidity": Quantity.of("40")}


def test_attached_runs_get_new_ids_in_order(state: CampaignState) -> None:
    entries = [ResultEntry(None, {"loading": [Quantity.of("12")]}, used=FULL, given=HUMID)] * 2
    drafts = commands.attach(state, entries, now=NOW)
    assert [draft.body["run"] for draft in drafts] == ["R004", "R005"]
    run = then(state, drafts).runs["R004"]
    assert run.attached
    assert run.planned is None
    assert run.status == "partial"
    assert run.used == {"solid": 70.25, "gap": 111.0, "binder": "PVDF-B"}
    assert run.given == {"humidity": 40.0}
    assert any("solid" in flag for flag in run.flags)
    assert entries[0].where is None


def test_attached_runs_need_a_whole_recipe(state: CampaignState) -> None:
    entries = [
        ResultEntry(
            None,
            {"loading": [Quantity.of("12")]},
            used={"solid": Quantity.of("60")},
            given={"binder": Quantity.of("PVDF-D")},
        ),
        ResultEntry("R001", used=FULL, given=HUMID),
    ]
    found = "\n".join(problems(InputError, lambda: commands.attach(state, entries, now=NOW)))
    assert "new run 1, gap: its value is missing; allowed: 80, 100, 150 um" in found
    assert "new run 1, humidity: its value is missing" in found
    assert "no category of binder" in found
    assert "Record results of R001 with record" in found
    with pytest.raises(InputError, match="nothing to attach"):
        commands.attach(state, [], now=NOW)


@pytest.fixture
def made(state: CampaignState) -> CampaignState:
    """R001 has two loadings and one porosity."""
    told = entry(loading="12.1/12.3", porosity="31")
    told.used = {"gap": Quantity.of("101")}
    return then(state, commands.record(state, [told], now=NOW))


def test_a_correction_holds_old_and_new(made: CampaignState) -> None:
    (draft,) = commands.correct(
        made,
        "r1",
        reason=" misread ",
        responses={"loading": Quantity.of("122 g/m^2")},
        replicate=2,
        used={"gap": Quantity.of("0.102 mm"), "humidity": Quantity.of("30")},
        batch={"coating": "strip-9"},
        made_at="2026-02-28",
        now=NOW,
    )
    assert draft.kind == "result_corrected"
    assert draft.body == {
        "run": "R001",
        "reason": "misread",
        "what": {
            "responses": {
                "loading": {
                    "replicate": 2,
                    "old": {"number": 12.3, "text": "12.3"},
                    "new": {"number": 12.2, "text": "122", "unit": "g/m^2"},
                }
            },
            "used": {
                "gap": {"old": 101.0, "new": {"number": 102.0, "text": "0.102", "unit": "mm"}}
            },
            "given": {"humidity": {"old": None, "new": {"number": 30.0, "text": "30"}}},
            "batch": {"coating": {"old": None, "new": "strip-9"}},
            "made_at": {"old": None, "new": "2026-02-28"},
        },
    }
    state = then(made, [draft])
    changes = "loading 12.3 → 122 g/m^2, gap 101 → 0.102 mm, humidity none → 30"
    placed = "coating batch its own → strip-9, time unknown → 2026-02-28"
    assert describe(state.events[-1]) == f"R001 corrected: {changes}, {placed} (misread)"
    run = state.runs["R001"]
    assert run.used["gap"] == 102.0
    assert run.given["humidity"] == 30.0
    assert run.batch["coating"] == "strip-9"
    assert run.made_at == "2026-02-28"


def correcting(state: CampaignState, **what: Any) -> Callable[..., Any]:
    told: dict[str, Any] = {"reason": "typo", "now": NOW, **what}
    return lambda: commands.correct(state, told.pop("run", "R1"), **told)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"responses": {"loading": Quantity.of("12")}}, "has 2 values: say which replicate"),
        ({"responses": {"loading": Quantity.of("12")}, "replicate": 5}, "no such replicate"),
        ({"responses": {"viscosity": Quantity.of("12")}}, "has no value yet. Record it"),
        ({"responses": {"porosity": Quantity.of("310")}}, "10× too large"),
        ({"responses": {"porositi": Quantity.of("31")}}, "Did you mean 'porosity'?"),
        ({"responses": {"porosity": Quantity.of("31")}}, "nothing would change"),
        ({"responses": {"porosity": Quantity.of("32")}, "reason": " "}, "reason: is empty"),
        ({"used": {"binder": Quantity.of("x")}}, "no category of binder"),
        ({"used": {"x": Quantity.of("x")}}, "no such factor or given"),
        ({"batch": {"mixing": "1"}}, "no such stage"),
        ({"made_at": "never"}, "no date or time"),
        ({}, "nothing would change"),
        ({"run": "R2", "used": {"gap": Quantity.of("99")}}, "nothing was recorded yet"),
        ({"run": "R9"}, "no such run"),
    ],
)
def test_corrections_that_are_refused(made: CampaignState, what: dict[str, Any], said: str) -> None:
    assert said in "\n".join(problems(InputError, correcting(made, **what)))


def test_a_correction_on_a_stale_view_shows_what_was_changed(made: CampaignState) -> None:
    first = commands.correct(
        made, "R1", reason="a", responses={"porosity": Quantity.of("33")}, now=NOW
    )
    after = then(made, first)
    stale = correcting(after, responses={"porosity": Quantity.of("34")}, seen_seq=made.seq)
    (found,) = problems(ConflictError, stale)
    assert "was changed meanwhile by anna" in found
    assert "33 %" in found
    assert correcting(after, responses={"porosity": Quantity.of("34")}, seen_seq=after.seq)()


def test_a_closed_campaign_takes_no_results(made: CampaignState) -> None:
    closed = then(made, commands.close(made))
    for call in (
        lambda: commands.record(closed, [entry("R2", loading="12")], now=NOW),
        lambda: commands.attach(closed, [ResultEntry(None, used=FULL, given=HUMID)], now=NOW),
        correcting(closed, responses={"porosity": Quantity.of("33")}),
    ):
        (found,) = problems(InputError, call)
        assert "campaign demo: was closed by anna on 2026-03-01" in found

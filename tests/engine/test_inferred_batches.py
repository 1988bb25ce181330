"""Batches nobody told: which runs are taken together, and that it is said."""

import numpy as np
import pandas as pd
import pytest

from designer import Campaign
from designer.campaigns.specification.load import load_specification
from designer.cli.text.lines import judged_lines_table
from designer.engine.training_rows.inferred_batches import (
    Made,
    inferred_batches,
    inferred_notes,
    inferred_words,
)
from designer.engine.training_rows.training_set import training_set
from designer.tui.screens.lines import about_line

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC = {
    "campaign": {"version": 1, "name": "untold", "line": "own"},
    "stage": [
        {"name": "slurry", "change_cost": 3.0, "usable_for": 8},
        {"name": "coating", "change_cost": 0.5},
        {"name": "calendering", "change_cost": 0.1},
    ],
    "factor": [
        {"name": "solids", "unit": "%", "low": 50, "high": 66, "stage": "slurry"},
        {"name": "gap", "unit": "um", "low": 50, "high": 300, "stage": "coating"},
        {"name": "pressure", "unit": "MPa", "low": 20, "high": 200, "stage": "calendering"},
    ],
    "response": [{"name": "loading", "unit": "mg/cm^2", "stage": "coating"}],
    "costs": {"unit": "h"},
}
PARSED = load_specification(SPEC)


def made(*rows: tuple[float, float, float]) -> list[Made]:
    return [Made({"solids": s, "gap": g, "pressure": p}) for s, g, p in rows]


def test_consecutive_runs_with_the_same_settings_share_slurry_and_strip() -> None:
    found = inferred_batches(
        PARSED, made((60, 100, 50), (60, 100, 90), (60, 200, 90), (62, 200, 90), (60, 100, 50))
    )
    assert [sorted(batch) for batch in found] == [
        ["coating", "slurry"], ["coating", "slurry"], ["slurry"], [], [],
    ]  # fmt: skip
    assert len({batch["slurry"] for batch in found[:3]}) == 1


def test_equal_pressures_share_nothing_of_their_own() -> None:
    found = inferred_batches(PARSED, made((60, 100, 50), (61, 100, 50)))
    assert found == [{}, {}]


def test_what_was_told_is_kept_and_ends_a_stretch() -> None:
    rows = made((60, 100, 50), (60, 100, 60), (60, 100, 70))
    rows[1] = Made(rows[1].settings, {"slurry": "S-7"})
    found = inferred_batches(PARSED, rows)
    assert ["slurry" in batch for batch in found] == [False, False, False]


def test_a_stretch_ends_with_the_pot_life() -> None:
    rows = made((60, 100, 50), (60, 120, 50), (60, 140, 50))
    times = ["2026-03-01T08:00:00", "2026-03-01T10:00:00", "2026-03-02T08:00:00"]
    timed = [Made(row.settings, {}, at) for row, at in zip(rows, times, strict=True)]
    assert ["slurry" in batch for batch in inferred_batches(PARSED, timed)] == [True, True, False]


def test_without_a_pot_life_a_day_between_neighbours_ends_a_stretch() -> None:
    rows = made((60, 100, 50), (60, 100, 60), (60, 100, 70), (60, 100, 80))
    times = ["2026-03-01T20:00:00", "2026-03-02T02:00:00", "2026-03-02", "2026-03-04"]
    days = [Made(row.settings, {}, at) for row, at in zip(rows, times, strict=True)]
    assert ["coating" in batch for batch in inferred_batches(PARSED, days)] == [
        True, True, True, False,
    ]  # fmt: skip
    apart = [Made(row.settings, {}, f"2026-03-0{k + 1}") for k, row in enumerate(rows)]
    assert inferred_batches(PARSED, apart) == [{}] * 4


def test_runs_whose_moments_are_unknown_do_not_hide_the_end_of_a_pot_life() -> None:
    rows = made((60, 100, 50), (60, 120, 50), (60, 140, 50), (60, 160, 50))
    times = [None, "2026-03-01T08:00:00", None, "2026-03-01T17:00:00"]
    timed = [Made(row.settings, {}, at) for row, at in zip(rows, times, strict=True)]
    assert ["slurry" in b for b in inferred_batches(PARSED, timed)] == [True, True, True, False]


def attached(*rows: tuple[float, str | None]) -> Campaign:
    campaign = Campaign.create(SPEC, store=None)
    for number, (solids, at) in enumerate(rows):
        frame = pd.DataFrame({"solids": [solids], "gap": [100.0 + number], "pressure": [50.0]})
        frame["loading"] = 5.0 + number
        campaign.attach(frame if at is None else frame.assign(made_at=at))
    return campaign


def slurries(campaign: Campaign) -> list[int | None]:
    """The slurry that each run to learn from is taken to share."""
    data = training_set(campaign.service.session.state("untold")).responses["loading"]
    return [None if code < 0 else int(code) for code in data.batch[:, 0]]


@pytest.mark.parametrize("status", ["failed", "running", "completed"])
def test_whatever_was_made_between_two_runs_ends_their_batch(status: str) -> None:
    campaign = attached((60, None), (60, None))
    if status == "running":
        (run,) = campaign.propose(1, seed=0, fix={"solids": 55}).frame.index
        campaign.start(str(run))
    else:
        between = pd.DataFrame({"solids": [55.0], "gap": [90.0], "pressure": [50.0]})
        campaign.attach(between.assign(loading=4.0))
        if status == "failed":
            campaign.fail("R003", "web break")
    campaign.attach(pd.DataFrame({"solids": [60.0], "gap": [200.0], "pressure": 50, "loading": 9}))
    found = slurries(campaign)
    assert found[0] == found[1] is not None
    assert found[2:] == [None] * (2 if status == "completed" else 1)


def test_the_order_of_making_counts_not_that_of_the_ids() -> None:
    day = "2026-03-01T{:02}:00".format
    found = slurries(attached((60, day(8)), (55, day(10)), (60, day(9)), (55, day(11))))
    assert found[0] == found[2] is not None
    assert found[1] == found[3] is not None
    assert found[0] != found[1]
    mixed = slurries(attached((60, day(8)), (60, day(12)), (55, day(10))))
    assert mixed == [None] * 3


def test_rows_of_a_line_are_looked_at_in_the_order_of_making() -> None:
    times = ["2026-03-01T08:00", "2026-03-01T12:00", "2026-03-01T10:00", "2026-03-01T09:00"]
    frame = pd.DataFrame({"solids": [60.0, 55, 55, 60], "gap": [100.0, 120, 140, 160]})
    frame = frame.assign(pressure=50.0, loading=[5.0, 6, 7, 8], made_at=times)
    campaign = Campaign.create(SPEC, store=None)
    campaign.add_line("line2", frame)
    found = slurries(campaign)
    assert found[0] == found[3] != found[1] == found[2]
    (line,) = campaign.service.lines.list("untold")["lines"]
    assert line["inferred_batches"] == [{"stage": "slurry", "rows": 4, "batches": 2}]
    told = inferred_words(line["inferred_batches"])
    assert any(told in note for note in campaign.status()["notes"])
    assert told in str(about_line(line))
    assert "taken as 2 of slurry" in "\n".join(judged_lines_table([line]))


def test_unknown_settings_say_nothing() -> None:
    assert inferred_batches(PARSED, [Made({"pressure": 50}), Made({"pressure": 60})]) == [{}, {}]


def test_it_is_said_how_many_are_taken_together() -> None:
    found = inferred_batches(PARSED, made(*[(60, 100, p) for p in (20, 40, 60, 80)]))
    (note,) = inferred_notes("line2", PARSED, found)
    assert note.startswith("line2: batches were not told")
    assert "4 as one batch of slurry and 4 as one batch of coating" in note
    assert inferred_notes("line2", PARSED, [{}, {}]) == []


@pytest.mark.parametrize("told", [False, True])
def test_runs_of_two_slurries_are_no_eight_independent_ones(told: bool) -> None:
    rng = np.random.default_rng(1)
    solids = np.repeat([56.0, 62.0], 4)
    frame = pd.DataFrame({"solids": solids, "gap": rng.integers(50, 300, 8), "pressure": 50.0})
    slurry = np.repeat(rng.normal(0.0, 0.1, 2), 4)
    frame["loading"] = 0.05 * frame["gap"] * np.exp(slurry + rng.normal(0.0, 0.01, 8))
    if told:
        frame["batch:slurry"] = np.repeat(["a", "b"], 4)
    campaign = Campaign.create(SPEC, store=None)
    campaign.attach(frame)
    assert any("batches were not told" in note for note in campaign.status()["notes"]) != told
    assert campaign.data()["batch:slurry"].isna().all() != told  # never stored

"""Runs made with other settings than planned: what is told, and what is only read off a machine."""

from __future__ import annotations

from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.off_plan import off_plan
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification import load
from designer.campaigns.values.quantity import Quantity
from tests.campaigns.decisions import begin, then, values

TABLES: dict[str, Any] = {
    "campaign": {"version": 1, "name": "demo", "line": "line4"},
    "factor": [
        {"name": "solid", "unit": "wt%", "low": 50, "high": 66, "step": 0.5},
        {"name": "pressure", "unit": "MPa", "low": 0, "high": 200},
        {"name": "binder", "categories": ["PVDF", "SBR"]},
    ],
    "response": [{"name": "loading", "unit": "mg/cm^2"}],
}
PLANNED: dict[str, Setting] = {"solid": 56.5, "pressure": 100.0, "binder": "PVDF"}


def made_with(**used: str) -> CampaignState:
    """A campaign with one run that was planned, and made with some other settings."""
    state = begin(load.from_dict(TABLES))
    planned = PlannedRun(1, 1, PLANNED, {}, {}, 0.5, 1.0, None, "explores")
    draft = PlanDraft("learn", 7, [planned], state.seq, 1.0, 0.5)
    state = then(state, commands.propose(state, draft))
    told = {name: Quantity.of(text) for name, text in used.items()}
    return then(state, commands.record(state, [ResultEntry("R1", values(loading="12"), used=told)]))


def told(state: CampaignState) -> list[str]:
    return [each.message for each in off_plan(state, state.runs.values())]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("solid", "56.7", ""),
        ("solid", "56.75", ""),  # half a step: still the planned one
        ("solid", "56.8", "solid 56.8 wt% (planned 56.5 wt%)"),
        ("solid", "55", "solid 55 wt% (planned 56.5 wt%)"),
        ("pressure", "101.9", ""),
        ("pressure", "98", ""),  # a hundredth of the range
        ("pressure", "103", "pressure 103 MPa (planned 100 MPa)"),
        ("pressure", "97", "pressure 97 MPa (planned 100 MPa)"),
        ("pressure", "10", "pressure 10 MPa (planned 100 MPa; 100 bar is 10 MPa: in bar?)"),
        (
            "pressure",
            "1000 MPa",
            "pressure 1000 MPa (planned 100 MPa; 1000 bar is 100 MPa: in bar?)",
        ),
        ("solid", "5.65", "solid 5.65 wt% (planned 56.5 wt%; a slip of the point?)"),
        ("binder", "PVDF", ""),
        ("binder", "SBR", "binder SBR (planned PVDF)"),
    ],
)
def test_what_was_set_otherwise_is_told_and_what_a_machine_reads_is_not(
    name: str, text: str, words: str
) -> None:
    wanted = [f"R001: not made as planned: {words}"] if words else []
    assert told(made_with(**{name: text})) == wanted


def test_only_who_confirms_ends_it() -> None:
    state = made_with(pressure="103", binder="SBR")
    (message,) = told(state)
    assert message.count("planned") == 3
    noted = then(state, commands.note(state, "the other binder was out", "R1"))
    assert told(noted) == [message]
    assert told(then(noted, commands.note(noted, "so it is", "R1", confirms="off_plan"))) == []

"""Goal optimum through the command line: search, improve, and runs that fail."""

from typing import Any

import pytest

from tests.campaigns_for_tests import SMALL, loading
from tests.command_line import CommandLine

OPTIMUM = SMALL.replace('line = "line4"', 'line = "line4"\ngoal = "optimum"').replace(
    'name = "porosity"', 'name = "porosity"\ngoal = "minimize"'
)


AIR_GAP = """[[factor]]
name = "air_gap"
low = 1
high = 3
step = 1
stage = "coating"
"""


@pytest.fixture
def small(cli: CommandLine) -> CommandLine:
    cli.create(OPTIMUM)
    return cli


def in_spec(run: dict[str, Any]) -> bool:
    return 11 <= loading(run["settings"]) <= 13


def test_from_nothing_to_improving(small: CommandLine) -> None:
    first = small.json("propose", "small", "-n", "4")
    assert (first["goal"], first["value_name"]) == ("optimum", "space-filling")
    small.record(first["runs"])
    found, phases = [run for run in first["runs"] if in_spec(run)], []
    for _ in range(4):
        plan = small.json("propose", "small", "-n", "3")
        assert plan["goal"] == "optimum"
        bits = sum(run["information_bits"] for run in plan["runs"])
        assert bits == pytest.approx(plan["information_bits"])
        if plan["value"] is not None:
            told = sum(run["value"] or 0.0 for run in plan["runs"])
            assert told == pytest.approx(plan["value"])
        assert all(run["success"] is None for run in plan["runs"])
        phases.append(plan["value_name"])
        small.record(plan["runs"])
        found += [run for run in plan["runs"] if in_spec(run)]
        if "expected improvement of porosity in %" in phases:
            break
    assert phases[0] == "expected runs in spec"
    assert phases[-1] == "expected improvement of porosity in %"
    assert len(found) >= 3
    assert "goal optimum" in str(small("propose", "small", "-n", "2", "--dry-run"))


def test_failures_are_told_and_weigh(small: CommandLine) -> None:
    first = small.json("propose", "small", "-n", "6", "--seed", "1")
    small.record(first["runs"][:4])
    for run in first["runs"][4:]:
        small("fail", "small", run["run"], "--reason", "strip cracked")
    plan = small.json("propose", "small", "-n", "3", "--seed", "1")
    assert all(0 < run["success"] < 1 for run in plan["runs"])
    assert all("succeeds with" in run["reason"] for run in plan["runs"])
    best = small.json("best", "small", "-n", "3")["best"]
    assert all(0 < recipe["success"] < 1 for recipe in best)
    again = small.json("propose", "small", "-n", "3", "--seed", "1", "--replace")
    assert again["runs"][0]["success"] is not None
    shown = small.json("show", "small", plan["runs"][0]["run"])
    assert shown["in_spec"] == plan["runs"][0]["in_spec"]


def test_a_dry_run_changes_nothing_that_status_says(small: CommandLine) -> None:
    small.record(small.json("propose", "small", "-n", "4")["runs"])
    small("status", "small", "--refresh")
    before = small.json("status", "small")
    small.json("propose", "small", "-n", "20", "--dry-run")
    assert small.json("status", "small") == before


def test_an_amendment_that_changes_nothing_writes_nothing_with_a_reference_too(
    cli: CommandLine,
) -> None:
    text = OPTIMUM.replace(
        "change_cost = 3.0", "change_cost = 3.0\nreference = { coating_gap = 150, air_gap = 2 }"
    ).replace("[[response]]", AIR_GAP + "[[response]]", 1)
    cli.create(text)
    head = cli.json("show", "small")["head"]
    answer = cli.json("amend", "small", "small.toml")
    assert (answer["applied"], answer["difference"], answer["head"]) == (False, [], head)
    assert "first run of every new batch" in cli("show", "small")

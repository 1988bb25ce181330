"""Shares given as fractions, and fractions as percentages: told with value, unit and what it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from designer import Campaign, InputError
from tests.command_line import CommandLine

SPEC = """
[campaign]
version = 1
name = "shares"
line = "line4"
[[factor]]
name = "carbon"
unit = "wt%"
low = 1
high = 6
[[factor]]
name = "ratio"
unit = "1"
low = 0.2
high = 0.9
[[factor]]
name = "bare"
low = 0.2
high = 0.9
[[given]]
name = "humidity"
unit = "%"
low = 10
high = 60
[[response]]
name = "yield_of_cells"
unit = "1"
possible = [0, 1]
"""
ROW = {"carbon": 5.0, "ratio": 0.5, "bare": 0.5, "humidity": 30.0, "yield_of_cells": 0.95}
SLIPS: dict[str, tuple[float, str, str | None]] = {
    "carbon": (0.05, "a fraction (0.05 is 5 wt%)", "0.05 wt%"),
    "ratio": (50.0, "a percentage (50 % is 0.5)", "50 1"),
    "bare": (50.0, "a percentage (50 % is 0.5)", "50 1"),
    "humidity": (0.3, "a fraction (0.3 is 30 %)", "0.3 %"),
    "yield_of_cells": (95.0, "a percentage (95 % is 0.95)", None),
}


@pytest.fixture
def designer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    Path("spec.toml").write_text(SPEC)
    command = CommandLine(tmp_path / "store.db", capsys)
    command("init", "spec.toml")
    return command


def typed(**values: float | str) -> list[str]:
    return [
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in {**ROW, **values}.items()
    ]


@pytest.mark.parametrize("name", SLIPS)
def test_a_share_names_its_value_and_what_it_looks_like(designer: CommandLine, name: str) -> None:
    value, looks, meant = SLIPS[name]
    case = Campaign.open("shares", store=str(designer.store))
    ways: list[Callable[[], str]] = [
        lambda: designer.refused("attach", "shares", *typed(**{name: value})),
        lambda: _told(lambda: case.attach({**ROW, name: value})),
        lambda: _told(lambda: case.attach(pd.DataFrame([{**ROW, name: value}] * 4))),
        lambda: _told(lambda: case.add_line("l", pd.DataFrame([{**ROW, name: value}] * 4))),
    ]
    said = [" ".join(way().split()) for way in ways]
    for text in said:
        assert f"looks like {looks}" in text
    if meant is not None:
        assert f"write it with its unit: '{meant}'" in said[0]
        designer("attach", "shares", *typed(**{name: meant}))  # as it says
        bare = meant.endswith(" 1")  # such a cell could be a number with a gap
        units = {name: "1"} if bare else None
        assert f"units={units}" in said[1] or not bare
        assert case.attach({**ROW, name: value if bare else meant}, units=units)


def test_set_points_and_columns_say_it_too(designer: CommandLine) -> None:
    fixed = ("--fix", "carbon=0.05", "--fix", "bare=50", "--given", "humidity=0.3")
    said = " ".join(designer.refused("propose", "shares", *fixed).split())
    assert (
        "carbon: outside the range (found 0.05 wt%); allowed: 1 to 6 wt%. It looks like a f" in said
    )
    assert "bare: outside the range (found 50); allowed: 0.2 to 0.9. It looks like a perc" in said
    assert "humidity: outside the range (found 0.3 %)" in said
    case = Campaign.open("shares", store=str(designer.store))
    frame = pd.DataFrame([{**ROW, "carbon": 0.02 + 0.01 * k} for k in range(4)])
    said = _told(lambda: case.attach(frame))
    assert "carbon: looks like a fraction (0.02 to 0.05 is 2 to 5 wt%)" in said
    assert "allowed: 1 to 6 wt%. Say the unit with units={'carbon': '1'}" in said
    assert case.attach(frame, units={"carbon": "1"})  # as it says


def _told(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as error:
        call()
    assert len(error.value.problems) == 1
    return str(error.value)

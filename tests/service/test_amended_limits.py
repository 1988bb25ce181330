"""A change that makes results impossible, or a range in another unit, is told and not refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

POROSITY = 'unit = "%"\npossible = [0, 100]'

LINE = """solid_content,coating_gap,binder,porosity
54,100,PVDF-A,90
55,100,PVDF-A,91
56,100,PVDF-A,20
"""


def told(designer: CommandLine, old: str, new: str) -> list[str]:
    """What a dry run and the amendment itself say of a change, without the open runs."""
    assert SMALL.count(old) == 1
    Path("changed.toml").write_text(SMALL.replace(old, new))
    dry = designer.json("amend", "small", "changed.toml", "--dry-run")["messages"]
    done = designer.json("amend", "small", "changed.toml")
    assert (done["applied"], done["messages"]) == (True, dry)
    return [text for text in dry if "run R0" not in text and "changed spec" not in text]


def test_results_that_cannot_be_any_more_are_counted_and_named(begun: CommandLine) -> None:
    Path("line.csv").write_text(LINE)
    begun("lines", "add", "small", "line.csv", "--name", "line2")
    values = [run["results"]["porosity"][0] for run in begun.json("show", "small")["runs"][:4]]
    limit = sorted(values)[1]
    out = sum(value > limit for value in values)
    own, line = told(begun, POROSITY, f'unit = "%"\npossible = [0, {limit!r}]')
    assert own.startswith(f"porosity: {out} of your 4 results cannot be any more (R00")
    assert "looks as if" not in own
    assert line.startswith("porosity: 2 of 3 rows of line2 cannot be any more (possible now")
    assert len(begun.json("undo", "small")["messages"]) == 1  # what was possible is again


def test_limits_in_another_unit_are_named(begun: CommandLine) -> None:
    (own,) = told(begun, POROSITY, 'unit = "%"\npossible = [0, 1]')
    assert own.startswith("porosity: 4 of your 4 results cannot be any more (R001 ")
    assert "and 1 more; possible now: 0 to 1 %)" in own
    assert own.endswith("The limits look as if they were a fraction")


@pytest.mark.parametrize(
    ("old", "new", "guess"),
    [
        (POROSITY, f"{POROSITY}\nwindow = [0.4, 0.45]", "Is it a fraction?"),
        (POROSITY, f"{POROSITY}\nwindow = [0.4, inf]", "Is it a fraction?"),
        ("window = [11, 13]", "window = [0.011, 0.013]", "Is it in g/cm^2?"),
        (
            "levels = [80, 100, 150, 200]",
            "levels = [0.08, 0.1, 0.15, 0.2]",
            "lies far from the settings of your runs (80 to 200 um). Is it in mm?",
        ),
    ],
)
def test_a_range_a_unit_away_is_told(begun: CommandLine, old: str, new: str, guess: str) -> None:
    (text,) = told(begun, old, new)
    assert text.endswith(guess)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (POROSITY, f"{POROSITY}\nwindow = [30, 35]"),
        (POROSITY, f"{POROSITY}\nwindow = [5, 8]"),  # far away is what somebody may want
        (POROSITY, 'unit = "%"'),
        (POROSITY, f"{POROSITY}\nwindow = [1, inf]"),
        ("window = [11, 13]", "window = [2, 3]"),
        ("high = 60", "high = 66"),
    ],
)
def test_an_ordinary_change_says_nothing_of_it(begun: CommandLine, old: str, new: str) -> None:
    assert told(begun, old, new) == []

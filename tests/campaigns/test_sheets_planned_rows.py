"""Rows of runs that somebody plans by hand, and what they become when results stand in them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from designer.campaigns.errors import InputError
from designer.campaigns.sheets.filled.attached import attach_file
from designer.campaigns.sheets.filled.results import SheetRules, read_results
from tests.campaigns.filled_sheets import SPEC, FilledSheets

GIVEN = '[[given]]\nname = "humidity"\nunit = "%"\nlow = 0\nhigh = 60\n'
HEAD = "solid_content,coating_gap,pressure,binder,humidity,mass_loading"
Put = Callable[..., None]
PLANNED, MADE = "55,100,100,A,,", "56,120,100,A,30,8.2"


@pytest.fixture
def lab(tmp_path: Path) -> FilledSheets:
    return FilledSheets(tmp_path, (), f"{SPEC}{GIVEN}")


def attach(lab: FilledSheets, *lines: str, head: str = HEAD) -> None:
    path = lab.folder / "lab.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    rows = attach_file(path, lab.state)
    if rows.brings:
        lab.change(rows.events)


def bring(lab: FilledSheets, *lines: str) -> None:
    """The same through a plan sheet with rows without ids."""
    path = lab.folder / "plan.csv"
    path.write_text("\n".join([f"run,{HEAD}", *(f",{line}" for line in lines)]) + "\n")
    results = read_results(path, lab.state, rules=SheetRules(attach_new=True))
    if results.brings:
        lab.change(results.events)


@pytest.mark.parametrize("put", [attach, bring])
def test_a_planned_row_needs_no_givens_and_becomes_the_run(lab: FilledSheets, put: Put) -> None:
    put(lab, PLANNED, MADE)
    assert sorted(run.status for run in lab.state.runs.values()) == ["partial", "proposed"]
    put(lab, PLANNED, MADE)
    assert len(lab.state.runs) == 2
    put(lab, "55,100,100,A,41,9.1", MADE)
    assert len(lab.state.runs) == 2
    (run,) = (run for run in lab.state.runs.values() if run.used["solid_content"] == 55)
    assert run.values("mass_loading") == (9.1,)
    assert run.given == {"humidity": 41}


@pytest.mark.parametrize("put", [attach, bring])
def test_a_made_row_needs_its_givens(lab: FilledSheets, put: Put) -> None:
    with pytest.raises(InputError) as error:
        put(lab, PLANNED, "55,110,100,A,,9", "55,120,100,A,,8")
    assert [problem.what for problem in error.value.problems] == ["the cell is blank"] * 2
    assert "line 3 column humidity" in str(error.value)
    with pytest.raises(InputError, match="there is no column for humidity"):
        attach(lab, "55,110,100,A,9", "56,110,100,A,9", head=HEAD.replace("humidity,", ""))

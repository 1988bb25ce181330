"""A method that writes, called again with the same request id, gives the first answer."""

import inspect
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, ConflictError, InputError
from tests.campaigns_for_tests import SMALL, line_rows

ROW = {"solid_content": 55, "coating_gap": 100, "binder": "PVDF-A", "mass_loading": 7.1}
OWN = pd.DataFrame([ROW, {**ROW, "solid_content": 57, "mass_loading": 8.0}])
RESULT = pd.DataFrame({"porosity": [40.0], "mass_loading": [9.1], "binder": ["PVDF-A"]}, ["R001"])
WIDE = tomllib.loads(SMALL.replace("window = [11, 13]", "window = [11, 14]"))

Call = Callable[[Campaign, str], object]
CALLS: dict[str, Call] = {
    "record": lambda c, i: c.record(RESULT, request_id=i),
    "attach": lambda c, i: c.attach(OWN.copy(), request_id=i),
    "start": lambda c, i: c.start("R001", request_id=i),
    "fail": lambda c, i: c.fail("R001", "jam", request_id=i),
    "abandon": lambda c, i: c.abandon(["R001"], "late", request_id=i),
    "reopen": lambda c, i: c.reopen("R003", request_id=i),
    "correct": lambda c, i: c.correct("R002", {"mass_loading": 9}, reason="digits", request_id=i),
    "note": lambda c, i: c.note("slurry was old", "R001", request_id=i),
    "undo": lambda c, i: c.undo(request_id=i),
    "amend": lambda c, i: c.amend(WIDE, request_id=i),
    "add_line": lambda c, i: c.add_line("line3", OWN, request_id=i),
    "exclude_line": lambda c, i: c.exclude_line("line2", "x", request_id=i),
    "include_line": lambda c, i: c.include_line("line2", "x", request_id=i),
    "close": lambda c, i: c.close(request_id=i),
    "propose": lambda c, i: c.propose(1, replace=True, request_id=i).to_dict(),
    "design": lambda c, i: c.design("sobol", n=2, replace=True, request_id=i).to_dict(),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a plan of three, of which one has a result and one has failed."""
    path = tmp_path_factory.mktemp("begun") / "pilot.db"
    with Campaign.create(tomllib.loads(SMALL), store=path, actor="anna") as campaign:
        campaign.add_line("line2", line_rows())
        campaign.propose(3)
        campaign.record({"run": "R002", "mass_loading": 9.5})
        campaign.fail("R003", "web break")
    return path


@pytest.fixture
def store(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(begun, tmp_path / "pilot.db"))


@pytest.mark.filterwarnings("ignore::designer.DesignerWarning")
@pytest.mark.parametrize("name", CALLS)
def test_the_first_answer_comes_again_and_nothing_is_written_twice(store: Path, name: str) -> None:
    call = CALLS[name]
    with Campaign.open("small", store) as campaign:
        if name == "include_line":
            campaign.exclude_line("line2", "x")
        before = len(campaign.history())
        first = call(campaign, "a-1")
        written = len(campaign.history())
        assert written > before
        if name != "close":
            campaign.note("meanwhile")
    with Campaign.open("small", store) as campaign:
        again = call(campaign, "a-1")
        assert again == first
        assert repr(again) == repr(first)  # in the same order, too
        assert len(campaign.history()) == written + (name != "close")


def test_every_method_that_takes_an_id_is_tried() -> None:
    taking = {
        name
        for name, method in inspect.getmembers(Campaign, callable)
        if not name.startswith("_") and "request_id" in inspect.signature(method).parameters
    }
    assert taking == {*CALLS, "create"}


def test_creating_may_be_repeated(tmp_path: Path) -> None:
    path, spec = tmp_path / "pilot.db", tmp_path / "spec.toml"
    spec.write_text(SMALL, encoding="utf-8")
    for _ in range(2):
        Campaign.create(str(spec), path, request_id="new").disconnect()
    assert len(Campaign.list(path)) == 1
    with pytest.raises(InputError, match="in this store already"):
        Campaign.create(str(spec), path)
    spec.write_text(SMALL.replace('"small"', '"other"'), encoding="utf-8")
    with pytest.raises(ConflictError, match="used before for something else"):
        Campaign.create(str(spec), path, request_id="new")


def _by_content(frame: pd.DataFrame) -> Mapping[str, Any]:
    return {
        "floats": frame.assign(solid_content=[55.0, 57.0]),
        "objects": frame.astype(object),
        "made anew": pd.DataFrame([*frame.to_dict("records")]),
    }


@pytest.mark.filterwarnings("ignore::designer.DesignerWarning")
def test_other_arguments_are_a_conflict_and_tables_count_by_content(store: Path) -> None:
    with Campaign.open("small", store) as campaign:
        first = campaign.attach(OWN, request_id="x")
        for table in _by_content(OWN).values():
            assert campaign.attach(table, request_id="x") == first
        others: list[Any] = [OWN[:1], OWN.assign(mass_loading=[7.1, np.nan]), [ROW]]
        for table in others:
            with pytest.raises(ConflictError, match="used before for something else"):
                campaign.attach(table, request_id="x")
        with pytest.raises(ConflictError, match="request id x"):
            campaign.attach(OWN, units={"coating_gap": "mm"}, request_id="x")
        with pytest.raises(ConflictError, match="used before for something else"):
            campaign.note("x", request_id="x")
        assert campaign.attach(OWN) == first  # without an id it is what is recorded already
        with pytest.raises(InputError, match="letters, digits"):
            campaign.note("x", request_id="a b")
        campaign.note("x")  # and the id of a refused call is not kept
        for text in ("y", "z"):
            campaign.note(text)


def test_what_is_no_table_is_refused_as_ever(store: Path) -> None:
    endless: dict[str, object] = {}
    endless["a"] = endless
    wrong: list[Any] = [endless, object(), np.array(3), 10**5000, {"a": 10**5000}, "\0", None]
    with Campaign.open("small", store) as campaign:
        for table in wrong:
            with pytest.raises(InputError):
                campaign.attach(table, request_id="x")
            with pytest.raises(InputError):
                campaign.amend(table, request_id="x")

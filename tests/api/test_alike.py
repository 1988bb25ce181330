"""A frame is read by the rules of files: the same table says the same either way."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, DesignerError, InputError
from designer.campaigns.files import FileInMemory
from tests.campaigns_for_tests import SMALL

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

RUNS = pd.DataFrame(
    {
        "solid_content": [55.0, 57.0, 52.0],
        "coating_gap": [100.0, 80.0, 150.0],
        "binder": ["PVDF-A", "PVDF-B", "PVDF-A"],
        "mass_loading": [7.1, 6.4, 10.2],
        "porosity": [42.0, 41.2, 44.1],
    }
)
Change = Callable[[pd.DataFrame], pd.DataFrame]
RENAMED = {"Porosity": "porosity", "Coating gap": "coating_gap"}
CHANGES: dict[str, Change] = {
    "as it is": lambda f: f,
    "a remark": lambda f: f.assign(remark="ok"),
    "another number": lambda f: f.assign(D50=f.coating_gap / 10),
    "a day": lambda f: f.assign(date=pd.Timestamp("2025-01-01")),
    "yes or no": lambda f: f.assign(ok=True),
    "a counter": lambda f: f.reset_index().rename(columns={"index": "Unnamed: 0"}),
    "a unit in a header": lambda f: f.rename(columns={"coating_gap": "coating_gap [um]"}),
    "another unit": lambda f: f.assign(coating_gap=f.coating_gap / 1000).rename(
        columns={"coating_gap": "coating_gap [mm]"}
    ),
    "fractions": lambda f: f.assign(porosity=f.porosity / 100).rename(
        columns={"porosity": "porosity [1]"}
    ),
    "replicates": lambda f: f.assign(porosity_1=f.porosity, porosity_2=f.porosity + 0.5).drop(
        columns="porosity"
    ),
    "a blank cell": lambda f: f.assign(porosity=[42.0, np.nan, 44.1]),
    "its mean and sd": lambda f: f.assign(porosity_mean=f.porosity, porosity_sd=0.4),
    "decimal commas": lambda f: f.astype(str).replace(r"\.", ",", regex=True),
    "a renamed response": lambda f: f.rename(columns={"porosity": "poro"}),
    "a capital letter": lambda f: f.rename(columns={"porosity": "Porosity"}),
    "two of them": lambda f: f.rename(columns={new: old for old, new in RENAMED.items()}),
    "without a factor": lambda f: f.drop(columns="binder"),
    "a result that cannot be": lambda f: f.assign(porosity=420.0),
    "a word": lambda f: f.assign(porosity="dense"),
    "own runs": lambda f: f.assign(run=["R001", "R002", "R003"]),
    "nothing known": lambda f: f.add_prefix("a "),
}


def new() -> Campaign:
    """A campaign in memory with a plan of three, the recipes of `RUNS`."""
    campaign = Campaign.create(tomllib.loads(SMALL), store=None)
    campaign.attach(RUNS.drop(columns=["mass_loading", "porosity"]))
    return campaign


def said(call: Callable[[], Any], campaign: Campaign) -> tuple[object, ...]:
    """What a call tells, and what it leaves; of a refusal where and what, in any words."""
    try:
        call()
    except DesignerError as error:
        places = [
            (p.where.removeprefix("t.csv").removeprefix("data frame")) for p in error.problems
        ]
        return type(error), sorted(place.partition("column")[2] for place in places)
    state = campaign.service.session.state(campaign.name)
    return tuple(
        (run.used, run.status, *map(run.values, run.measurements)) for run in state.runs.values()
    )


@pytest.mark.parametrize("change", CHANGES)
def test_runs_of_a_frame_are_those_of_its_file(change: str) -> None:
    frame = CHANGES[change](RUNS.assign(coating_gap=[200.0, 100.0, 80.0]))
    file = FileInMemory("t.csv", ".csv", frame.to_csv(index=False).encode())
    one, other = new(), new()
    from_frame = said(lambda: one.attach(frame), one)
    tables = other.service.tables
    assert from_frame == said(lambda: tables.attach_file(other.name, file), other)


@pytest.mark.parametrize("change", CHANGES)
def test_results_of_a_frame_are_those_of_its_file(change: str) -> None:
    frame = CHANGES[change](RUNS).assign(run=["R001", "R002", "R003"])
    file = FileInMemory("t.csv", ".csv", frame.to_csv(index=False).encode())
    one, other = new(), new()
    from_frame = said(lambda: one.record(frame), one)
    tables = other.service.tables
    assert from_frame == said(lambda: tables.import_sheet(other.name, file), other)


def test_what_is_not_used_is_told() -> None:
    with pytest.warns(match="columns not used: remark, D50"):
        assert len(new().attach(RUNS.assign(remark="ok", D50=7.1, porosity=43))) == 3


def test_what_looks_like_something_missing_is_refused_in_words_of_python() -> None:
    with pytest.raises(InputError) as error:
        new().attach(RUNS.drop(columns=["porosity", "binder"]).assign(poro=RUNS.porosity))
    text = str(error.value)
    assert "frame.rename(columns={'poro': 'porosity'})" in text
    assert "constants={'binder': VALUE}" in text
    assert "unknown" not in text
    assert "--" not in text


def test_a_header_with_an_apostrophe_is_told_whole() -> None:
    with pytest.raises(InputError) as error:
        new().attach(RUNS.rename(columns={"porosity": "it's"}))
    assert """rename(columns={"it's": 'porosity'})""" in str(error.value)
    assert """frame.drop(columns="it's")""" in str(error.value)


def test_a_setting_of_all_rows_is_a_constant() -> None:
    campaign = new()
    (run, *_) = campaign.attach(RUNS.drop(columns="binder"), constants={"binder": "PVDF-B"})
    assert campaign.service.session.state("small").run(run).used["binder"] == "PVDF-B"


def test_a_sheet_without_a_result_brings_nothing() -> None:
    campaign = new()
    head = campaign.head
    frame = pd.DataFrame({"porosity": [np.nan] * 3}, ["R001", "R002", "R003"])
    with pytest.warns(match="no result is filled in"):
        assert not campaign.record(frame)["applied"]
    assert campaign.head == head

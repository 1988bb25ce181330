"""A factor on a logarithmic scale, from every way in to every way out."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, DesignerWarning, InputError
from designer.campaigns.specification.text import toml_text
from tests.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

ADDITIVE = {"name": "additive", "unit": "mol/L", "low": 1e-6, "high": 1e-3}
LOG = {"scale": "log"}
GRID = {"scale": "log", "per_decade": 4}


def spec(**additive: Any) -> dict[str, Any]:
    return {
        "campaign": {"name": "case", "line": "own"},
        "factor": [ADDITIVE | additive, {"name": "gap", "unit": "um", "low": 100, "high": 200}],
        "response": [{"name": "y", "unit": "mV", "scale": "linear"}],
    }


def campaign(**additive: Any) -> Campaign:
    return Campaign.create(spec(**additive), store=None)


def rows(*additives: float) -> pd.DataFrame:
    numbers = np.arange(len(additives))
    return pd.DataFrame({"additive": additives, "gap": 120.0 + numbers, "y": 1.0 + numbers})


def problems(refused: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [f"{p.where}: {p.what}" for p in refused.value.problems]


def test_rows_of_lines_without_logarithm_are_left_out_and_told_with_their_numbers() -> None:
    case = campaign(**LOG)
    with pytest.warns(DesignerWarning) as told:
        case.add_line("old", rows(1e-5, 0.0, 1e-4, -2.0, 5e-4))
    note = "2 of 5 rows have no place on its logarithmic scale and are left out"
    assert [str(w.message) for w in told if note in str(w.message)] == [
        f"additive: {note} (0 mol/L in row 1, -2 mol/L in row 3)"
    ]
    state = case.service.session.state("case")
    assert [row.settings["additive"] for row in state.used_lines[0].rows] == [1e-5, 1e-4, 5e-4]
    with pytest.warns(DesignerWarning, match=r"old: additive: 2 of 5 rows .* in its row 2"):
        case.propose(1, seed=0, dry_run=True)
    assert any(note in each for each in case.status()["notes"])
    case.amend(spec())  # linear: they count again
    assert len(case.service.session.state("case").used_lines[0].rows) == 5
    assert not any(note in each for each in case.status()["notes"])


def test_a_column_of_logarithms_is_refused() -> None:
    with pytest.raises(InputError, match="Are they logarithms already") as refused:
        campaign(**LOG).add_line("old", rows(-6.0, -5.0, -4.0))
    assert len(refused.value.problems) == 1


def test_a_setting_without_logarithm_is_refused_with_its_cell_on_every_way_in(
    tmp_path: Path,
) -> None:
    case = campaign(**LOG)
    (run,) = case.propose(1, seed=0).frame.index
    what = "additive: not above 0, and the factor is on a logarithmic scale"
    head = case.status()["head"]
    ways: list[Callable[[], object]] = [
        lambda: case.attach(rows(1e-5, 0.0)),
        lambda: case.record(pd.DataFrame({"y": [1.0], "additive": [0.0]}, index=[run])),
        lambda: case.propose(1, fix={"additive": 0.0}),
        lambda: case.predict(rows(1e-5, -1.0)),
        lambda: case.encode(rows(1e-5, -1.0)),
        lambda: case.service.runs.record("case", run, {"y": "1"}, settings={"additive": "0"}),
    ]
    for way in ways:
        with pytest.raises(InputError) as refused:
            way()
        (told,) = problems(refused)
        assert "additive" in told.split(":")[0]
        assert told.endswith(what.partition(": ")[2]), told
    assert case.status()["head"] == head


def test_amending_to_the_logarithm_and_back() -> None:
    case = campaign(low=0)
    case.attach(rows(1e-5, 0.0, 3e-4))
    with pytest.raises(InputError) as refused:
        case.amend(spec(**LOG))
    (problem,) = refused.value.problems
    assert problem.where == "factor additive.scale"
    assert problem.found == "R002 0 mol/L"
    case.correct("R002", settings={"additive": 2e-5}, reason="slip")
    answer = case.amend(spec(**GRID))
    assert answer["difference"] == [
        "factor additive: values 0 to 0.001 mol/L (continuous) → 1e-6 to 0.001 mol/L, 4 per decade",
        "factor additive: scale linear → log",
    ]
    with pytest.raises(InputError, match="cannot be undone") as dependent:
        case.undo(5)  # the correction
    assert "R002" in str(dependent.value)
    assert case.amend(spec(**LOG))["difference"] == [
        "factor additive: values 1e-6 to 0.001 mol/L, 4 per decade"
        " → 1e-6 to 0.001 mol/L (continuous)"
    ]
    case.amend(spec(low=0))
    case.attach(rows(0.0))
    with pytest.raises(InputError, match="R004 0 mol/L"):
        case.undo(8)  # back to the logarithm, which R004 has no place on


@pytest.mark.parametrize("scale", [LOG, GRID])
def test_inputs_of_the_model_are_positions_on_the_logarithm(scale: dict[str, Any]) -> None:
    case = campaign(**scale)
    frame = rows(1e-6, 1e-5, 3.162e-5, 1e-3).drop(columns="y")
    X = case.encode(frame)
    assert X[:, 0].tolist() == pytest.approx([0, 1 / 3, np.log10(31.62) / 3, 1])
    back = case.decode(X)
    assert back["additive"].tolist() == frame["additive"].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (snapped,) = case.decode(X[1:2] + 0.01)["additive"].tolist()
    assert snapped == (1e-5 if "per_decade" in scale else pytest.approx(1e-5 * 10**0.03))


def test_the_models_see_decades_and_predict_outside_the_range() -> None:
    """Linear in the logarithm: eight runs tell the rest, a decade outside included."""
    case, draw = campaign(**LOG), np.random.default_rng(0)
    additive = 10 ** np.linspace(-6, -3, 8)
    frame = pd.DataFrame({"additive": additive, "gap": 150.0})
    case.attach(frame.assign(y=10 * np.log10(additive) + 0.1 * draw.standard_normal(8)))
    asked = pd.DataFrame({"additive": [2e-6, 4e-5, 6e-4, 3e-7], "gap": 150.0})
    told = case.predict(asked)["y_mean"].to_numpy()
    assert told[:3] == pytest.approx(10 * np.log10(asked["additive"][:3]), abs=1.5)
    assert told[3] == pytest.approx(10 * np.log10(3e-7), abs=4.0)


def test_a_line_that_reads_decades_higher_is_laid_upon_the_own_runs() -> None:
    """A gauge that is a factor off is a shift on the logarithm: told as that factor."""
    case, draw = campaign(**LOG), np.random.default_rng(0)

    def truth(place: Any, gap: Any) -> Any:
        return 5 + np.sin(9 * place) + gap * np.cos(6 * place)

    def frame(count: int, first: float, gauge: float) -> pd.DataFrame:
        place, gap = first + 0.4 * draw.random(count), draw.random(count)
        y = truth(place + gauge, gap) + 0.02 * draw.standard_normal(count)
        return pd.DataFrame({"additive": 10 ** (3 * place - 6), "gap": 100 + 100 * gap, "y": y})

    case.add_line("old", frame(30, 0.6, 0.0))
    case.attach(frame(8, 0.0, 0.6))
    (told,) = [note for note in case.status()["notes"] if "gauge" in note]
    found = re.search(r"when additive of the lines is read a factor of (\d+) lower", told)
    assert found is not None, told
    assert float(found[1]) == pytest.approx(10**1.8, rel=0.3)


def test_what_is_shown_is_typed_back_unchanged(cli: CommandLine) -> None:
    cli.create(toml_text(spec(**GRID)))
    plan = cli.json("propose", "case", "-n", "3", "--fix", "gap=150", "--seed", "1")["runs"]
    shown = cli("show", "case")
    cli("export", "case", "plan.csv")
    sheet = Path("plan.csv").read_text(encoding="utf-8-sig")
    for run in plan:
        value = run["settings"]["additive"]
        text = repr(value).replace("e-0", "e-")
        assert f"  {text}   150\n" in shown
        assert f"{run['run']},{text},150," in sheet
        told = cli.json("record", "case", run["run"], "y=1", "--set", f"additive={text}")
        assert not told["messages"]
    assert not cli.json("import", "case", "plan.csv")["applied"]
    runs = cli.json("show", "case")["runs"]
    assert [run["used"] for run in runs] == [run["settings"] for run in runs]
    cli("export", "case", "spec.toml", "--what", "spec")
    written = Path("spec.toml").read_text(encoding="utf-8")
    assert 'low = 1e-6\nhigh = 0.001\nscale = "log"\nper_decade = 4' in written

"""What is told of an evaluation once the log went on is still true, or says of when it is."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from designer import Campaign
from tests.campaigns_for_tests import loading
from tests.command_line import CommandLine
from tests.service.test_report import attach, recipes
from tests.tui.cases import open_ui

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "case", "line": "own"},
    "factor": [
        {"name": "solid_content", "low": 50, "high": 60},
        {"name": "coating_gap", "low": 80, "high": 200},
        {"name": "binder", "categories": ["PVDF-A", "PVDF-B"]},
    ],
    "response": [{"name": "mass_loading", "scale": "log", "window": [8, 9]}],
}


def frame(rows: int, wild: int | None = None, first: int = 0) -> pd.DataFrame:
    made = pd.DataFrame(recipes(first + rows)[first:])
    made["mass_loading"] = [round(loading(r), 3) for r in recipes(first + rows)[first:]]
    if wild is not None:
        made.loc[wild, "mass_loading"] = 900.0
    return made


def case(wild: int | None = None) -> Campaign:
    made = Campaign.create(SPEC, store=None)
    made.add_line("line2", frame(24, wild))
    return made


def now(made: Campaign) -> Any:
    return made.status(refresh=False)


def listed(made: Campaign) -> dict[str, Any]:
    return {line["name"]: line for line in made.service.lines.list("case")["lines"]}


def test_another_line_under_the_same_name_takes_over_nothing() -> None:
    made = case(wild=4)
    (aside,) = made.status()["set_aside"] or []
    assert (aside["line"], aside["value"]) == ("line2", 900.0)
    assert [flag["kind"] for flag in now(made)["flags"]] == ["set_aside"]

    made.undo()
    made.add_line("line2", frame(24))

    for after in (now(made), made.status()):
        assert after["set_aside"] == after["flags"] == []
    made.undo()
    made.add_line("line2", frame(24, wild=4))
    status = now(made)
    assert status["set_aside"] == []  # nobody looked at this one yet
    (line,) = status["lines"]
    assert (line["trust"], line["worth_runs"], line["responses"]) == (None, None, {})
    assert listed(made)["line2"]["trust"] is None
    assert len(made.status()["set_aside"] or ()) == 1


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a store with its evaluation kept beside it; a wild line and a flat one."""
    folder = tmp_path_factory.mktemp("evaluated")
    flat = pd.concat([frame(1)] * 5).assign(mass_loading=7.0)  # one recipe, one value
    with Campaign.create(SPEC, store=folder / "case.db") as made:
        made.add_line("line2", frame(24, wild=4))
        made.add_line("flat", flat)
        made.attach(frame(6))
        made.status()
    return folder


@pytest.mark.parametrize("verb", ["fail", "exclude"])
def test_sentences_of_a_stale_evaluation_say_of_when_they_are(
    verb: str, evaluated: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(evaluated, tmp_path / "copy")
    made = Campaign.open("case", folder / "case.db")
    seq = now(made)["model"]["seq"]
    before = now(made)
    assert any("900 on line2" in note for note in before["notes"])
    assert any("flat says nothing" in text for text in before["warnings"])
    assert not any("As of event" in text for text in before["notes"] + before["warnings"])

    if verb == "fail":
        made.fail("R002", "spoiled")
    else:
        made.service.lines.exclude("case", "line2", "wrong")

    after = now(made)
    assert after["model"] == {"seq": seq, "stale": True}
    assert after["notes"] == [f"As of event {seq}: {note}" for note in before["notes"]]
    about_flat = [text for text in after["warnings"] if "flat says nothing" in text]
    assert about_flat
    assert all(text.startswith(f"As of event {seq}: Line flat") for text in about_flat)
    assert about_flat[0] in listed(made)["flat"]["warnings"]
    assert bool(after["set_aside"]) == (verb != "exclude")
    fresh = made.status()
    assert not any("As of event" in text for text in fresh["notes"] + fresh["warnings"])


def test_what_the_log_tells_is_never_out_of_date() -> None:
    made = case()
    made.attach(frame(2).assign(mass_loading=[8.0, 0.0]))
    assert "0 in R002 does not exist" in " ".join(made.status()["notes"])
    made.correct("R002", {"mass_loading": 8.1}, reason="typed wrongly")
    assert "R002" not in " ".join(now(made)["notes"])
    made.undo()
    assert any(note.startswith("mass_loading 0 in R002 does not") for note in now(made)["notes"])


def test_nothing_of_an_evaluation_is_told_where_nothing_is_left_to_learn_from() -> None:
    made = case()
    made.attach(frame(6))
    assert made.status()["best"] is not None
    made.undo()
    for run in made.data().index.unique():
        made.fail(str(run), "spoiled")
    made.service.lines.exclude("case", "line2", "wrong")

    for status in (now(made), made.status()):
        assert status["best"] is status["outlook"] is status["information_bits"] is None
        assert status["model"]["seq"] is None
        assert status["notes"] == status["warnings"] == []
        assert status["lines"][0]["trust"] is None
        assert set(status["report"].values()) == {None}


async def test_a_result_that_counts_although_it_looks_like_a_slip_is_a_flag(
    small: CommandLine,
) -> None:
    attach(small, recipes(3))
    assert small.json("status", "small", "--refresh")["flags"] == []
    small("correct", "small", "R002", "mass_loading=0.3", "--reason", "typed")

    status = small.json("status", "small", "--refresh")
    (flag,) = status["flags"]
    assert flag == {
        "kind": "outlier", "run": "R002", "response": "mass_loading",
        "message": flag["message"], "since": flag["since"],
        "hint": flag["hint"],
    }  # fmt: skip
    assert flag["since"] is not None
    assert flag["message"] in status["notes"]
    assert "0.3 in R002 lies" in flag["message"]
    assert status["set_aside"] == []
    words = "Doubtful: mass_loading in R002 looks like a slip, but counts"
    assert f"! {words}" in small("status", "small")
    assert small.json("show", "small", "R002")["flags"] == [flag]
    assert f"! {flag['message']}" in " ".join(small("show", "small", "R002").split())
    async with open_ui(Path(small.store)) as ui:
        told = words.replace(":", "").split()
        await ui.until(lambda: any(row.split() == told for row in ui.rows()))
        await ui.press("end")
        await ui.until(lambda: flag["message"] in ui.prose())
        assert ui.prose().count(flag["message"]) == 1

    small("correct", "small", "R002", "mass_loading=5.2", "--reason", "read again")
    assert small.json("status", "small")["flags"] == []
    assert small.json("show", "small", "R002")["flags"] == []


GONE = (
    "the figures of the last evaluation are gone, so what the models set aside or doubt is not told"
)


async def test_a_cache_that_is_gone_or_damaged_is_told(small: CommandLine) -> None:
    attach(small, recipes(3))
    small("propose", "small", "-n", "1")
    (cache,) = Path(small.store).parent.glob("*.cache")
    shown = (("status", "small"), ("show", "small"), ("show", "small", "R001"))
    told = [small.json(*words)["warnings"] for words in shown]
    assert not any("evaluat" in text for texts in told for text in texts)
    (kept,) = [path for path in cache.iterdir() if "lines" not in path.name]
    kept.write_bytes(kept.read_bytes().replace(b"0.", b"1.", 1))
    for gone in (False, True):
        if gone:
            shutil.rmtree(cache)
        for words in shown:
            assert small.json(*words)["warnings"][0].startswith(GONE)
            assert f"! {GONE}" in " ".join(small(*words).split())
    small("status", "small", "--refresh")
    assert [small.json(*words)["warnings"] for words in shown] == told


async def test_enough_results_without_an_evaluation_are_told(small: CommandLine) -> None:
    attach(small, recipes(4))
    assert small.json("status", "small")["warnings"] == []  # it is too early for figures
    attach(small, recipes(5)[4:])
    (text,) = small.json("status", "small")["warnings"]
    assert text.startswith("the models are not evaluated, so what the models set aside or doubt is")
    assert "designer status small --refresh" in text

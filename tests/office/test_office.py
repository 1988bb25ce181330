"""Sheets that people fill in with LibreOffice, in English and German, come back as they meant."""

import pytest

from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import Run
from tests.office.cases import BINDERS, LONG, Desk
from tests.office.office import Locale, needs_office
from tests.office.typed import ENDINGS, LOCALES

pytestmark = needs_office


def facts(run: Run) -> dict[str, object]:
    return {
        "status": run.status, "used": dict(run.used), "batch": dict(run.batch),
        "given": dict(run.given), "failure": run.failure, "never": set(run.never),
        "made_at": run.made_at, "notes": [note.text for note in run.notes],
        "results": {name: run.values(name) for name in run.measurements},
    }  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_book_saved_as_it_is_states_nothing(desk: Desk, locale: Locale, ending: str) -> None:
    results = desk.read(f"same-{locale}{ending}")
    assert not results.brings
    assert results.runs[6]["skipped"] == ["porosity"]
    assert not [note for note in results.notes if "columns not used" in note]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_typed_in_a_book_comes_back(desk: Desk, locale: Locale, ending: str) -> None:
    runs = desk.after(f"filled-{locale}{ending}").runs
    assert facts(runs["R001"]) | {"made_at": ""} == {
        "status": "completed", "used": {"gap": 120.5, "salt": 5.623e-6, "binder": "007"},
        "batch": {"slurry": "slurry-01"}, "given": {"humidity": 30}, "failure": None,
        "never": set(), "made_at": "", "notes": ["ran well, thin edges"],
        "results": {"loading": (12.125,), "porosity": (31.2, 31.9)},
    }  # fmt: skip
    assert (runs["R001"].made_at or "").startswith("2026-10-1")
    assert runs["R002"].used == {"gap": 125.5, "salt": 3.14159265e-6, "binder": "10E2"}
    assert runs["R002"].batch == {"slurry": "S-117"}
    assert (runs["R003"].status, runs["R003"].failure) == ("failed", "web break")
    assert (runs["R004"].status, runs["R004"].failure) == ("abandoned", "no slurry")
    assert runs["R005"].never == {"porosity"}
    assert runs["R005"].used["binder"] == "PVDF-Ä"
    assert runs["R006"].values("porosity") == (38.1,)
    assert runs["R007"].values("porosity") == (LONG,)
    assert runs["R008"].attached
    assert runs["R008"].used == {"gap": 200.25, "salt": 1e-5, "binder": "PVDF-Ä"}
    assert runs["R008"].given == {"humidity": 31.5}
    assert facts(runs["R008"])["results"] == {"loading": (14.5,), "porosity": (40,)}


def test_locales_and_formats_say_the_same(desk: Desk) -> None:
    files = [f"filled-{locale}{ending}" for locale in LOCALES for ending in ENDINGS]
    states = [{name: facts(run) for name, run in desk.after(file).runs.items()} for file in files]
    assert all(state == states[0] for state in states)


def test_rows_without_an_id_wait_for_being_asked_for(desk: Desk) -> None:
    with pytest.raises(InputError, match="taken with --attach-new"):
        desk.read("filled-de-DE.xlsx", attach=False)


@pytest.mark.parametrize("locale", LOCALES)
def test_rows_may_be_sorted_deleted_and_hidden(desk: Desk, locale: Locale) -> None:
    results = desk.read(f"sorted-{locale}.xlsx")
    assert {run["run"]: run["new"].get("loading") for run in results.runs if run["new"]} == {
        "R001": [12.125], "R002": [13],
    }  # fmt: skip
    assert len(results.runs) == len(BINDERS) - 1
    assert any("1 hidden row is read, too" in note for note in results.notes)


@pytest.mark.parametrize("locale", LOCALES)
def test_formulas_are_read_as_they_show_and_errors_are_refused(desk: Desk, locale: Locale) -> None:
    with pytest.raises(InputError) as error:
        desk.read(f"formula-{locale}.xlsx")
    assert len(error.value.problems) == 1
    assert "column loading [mg/cm^2]: the cell has an error value (found #DIV/0!)" in str(
        error.value
    )


@pytest.mark.parametrize("file", ["table-{}.csv", "table-{}.xlsx"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_table_that_was_opened_and_saved(desk: Desk, locale: Locale, file: str) -> None:
    """Its names were turned into numbers and dates, its numbers cut to what cells show."""
    results = desk.read(file.format(locale))
    runs = {run["run"]: run for run in results.runs}
    assert runs["R001"]["new"]["loading"] == [12.125]
    assert runs["R007"]["new"] == {}
    assert all("binder" not in run["new"] and "gap" not in run["new"] for run in results.runs)
    assert "of binder as '007'" in " ".join(results.notes)

"""Payloads of older versions are read as newer ones; what is stored is never rewritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from designer.campaigns import commands
from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.events import KINDS, Event, Kind
from designer.campaigns.log.upcast import UPCASTERS, Upcaster, upcast
from designer.campaigns.sheets.export import export
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store

SPEC = load.from_dict(
    {
        "campaign": {"version": 1, "name": "demo", "line": "line4"},
        "factor": [{"name": "gap", "unit": "um", "low": 80, "high": 200, "step": 10}],
        "response": [{"name": "loading", "unit": "mg/cm^2"}],
    }
)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives a kind another version and steps that lead to it."""

    def give(kind: str, version: int, *upcasters: Upcaster) -> None:
        now = KINDS[kind]
        known = Kind(version, now.required, now.optional)
        monkeypatch.setitem(cast("dict[str, Kind]", KINDS), kind, known)
        monkeypatch.setitem(cast("dict[str, tuple[Upcaster, ...]]", UPCASTERS), kind, upcasters)

    return give


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A store with a campaign and nothing else."""
    path = tmp_path / "pilot.db"
    Store(str(path)).create(SPEC, "anna")
    return path


@pytest.fixture
def path(bare: Path) -> Path:
    """A store with two notes, written with the payloads of today."""
    for text in ("one", "two"):
        note(bare, text)
    return bare


def note(path: Path, text: str, program: str = "0.1.0") -> None:
    store = Store(str(path), program=program)
    store.change("demo", lambda state: commands.note(state, text), actor="anna")


NOW = KINDS["note_added"].version
NEXT = NOW + 1


def event(kind: str, version: int, body: dict[str, Any]) -> Event:
    return Event(2, "c.0", kind, version, body, "anna", "2026-03-01T08:15:00.000000Z", "0.1.0", "h")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_version_and_steps_up_to_it(kind: str) -> None:
    assert KINDS[kind].version >= 1
    assert len(UPCASTERS.get(kind, ())) <= KINDS[kind].version - 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_payload_of_today_is_left_as_it_is(kind: str) -> None:
    today = event(kind, KINDS[kind].version, {"any": 1})
    assert upcast(today, "demo") is today


def test_steps_are_taken_in_order_from_the_version_stored(steps: Callable[..., None]) -> None:
    steps("note_added", 3, lambda b: {**b, "trace": ["to 2"]}, lambda b: _traced(b, "to 3"))
    new = upcast(event("note_added", 1, {"run": None, "text": "t"}), "demo")
    assert (new.version, new.body["trace"]) == (3, ["to 2", "to 3"])
    assert new.older == (1, {"run": None, "text": "t"})
    half = upcast(event("note_added", 2, {"run": None, "text": "t", "trace": []}), "demo")
    assert half.body["trace"] == ["to 3"]
    assert half.older == (2, {"run": None, "text": "t", "trace": []})  # the step changed a copy
    assert upcast(new, "demo") is new


def _traced(body: dict[str, Any], word: str) -> dict[str, Any]:
    body["trace"].append(word)
    return body


def test_an_older_file_is_read_as_today_and_stays_as_it_was(
    path: Path, steps: Callable[..., None], tmp_path: Path
) -> None:
    before = path.read_bytes()
    steps("note_added", NEXT, lambda body: {**body, "text": body["text"].upper()})
    state = Store(str(path)).state("demo")
    assert [note.text for note in state.notes] == ["ONE", "TWO"]
    assert [(e.version, e.older and e.older[0]) for e in state.events] == [
        (1, None),
        (NEXT, NOW),
        (NEXT, NOW),
    ]
    assert Store(str(path)).verify(state.head)
    export(state, tmp_path / "events.json", "events")
    stored = json.loads((tmp_path / "events.json").read_text(encoding="utf-8"))["events"]
    assert [(e["version"], e["body"].get("text")) for e in stored[1:]] == [
        (NOW, "one"),
        (NOW, "two"),
    ]
    assert "older" not in stored[1]
    assert path.read_bytes() == before


def test_an_older_file_goes_on_with_the_payloads_of_today(
    path: Path, steps: Callable[..., None]
) -> None:
    steps("note_added", NEXT, lambda body: {**body, "text": body["text"].upper()})
    store = Store(str(path))
    store.change("demo", lambda state: commands.note(state, "three"), actor="anna")
    store.change("demo", lambda state: commands.undo(state, 2), actor="anna")
    for state in (store.state("demo"), Store(str(path)).state("demo")):
        assert [note.text for note in state.notes] == ["TWO", "three"]
        assert [e.as_stored["version"] for e in state.events] == [1, NOW, NOW, NEXT, 1]


def test_a_version_before_the_first_one_can_be_given_steps(
    bare: Path, steps: Callable[..., None]
) -> None:
    steps("note_added", NOW - 1)
    note(bare, "ancient")
    steps("note_added", NOW, lambda body: {**body, "text": f"{body['text']}, in today's words"})
    note(bare, "new")
    notes = Store(str(bare)).state("demo").notes
    assert [note.text for note in notes] == ["ancient, in today's words", "new"]


@pytest.mark.parametrize("version", [0, NEXT, 9])
def test_a_version_nobody_knows_is_refused_and_both_are_named(
    bare: Path, steps: Callable[..., None], version: int
) -> None:
    steps("note_added", version)
    note(bare, "far", program="9.9")
    before = bare.read_bytes()
    steps("note_added", NOW)
    what = rf"demo#2: note_added has payload version {version}, .*version {NOW}; .*9\.9"
    calls: list[Callable[[Store], object]] = [
        lambda s: s.state("demo"),
        lambda s: s.summaries(),
        lambda s: s.verify(),
        lambda s: s.change("demo", lambda state: commands.note(state, "no"), actor="anna"),
    ]
    for call in calls:
        with pytest.raises(StoreDamagedError, match=what) as refused:
            call(Store(str(bare)))
        assert refused.value.exit_code == 6
    assert bare.read_bytes() == before


def test_a_payload_that_is_not_what_its_version_promises_is_damage(
    path: Path, steps: Callable[..., None]
) -> None:
    steps("note_added", NEXT, lambda body: {**body, "text": body["texts"][0]})
    told = rf"demo#2: .*version {NOW}, .*as version {NEXT} \(KeyError"
    with pytest.raises(StoreDamagedError, match=told):
        Store(str(path)).state("demo")

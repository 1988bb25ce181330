"""The cache of evaluations: never missed, never in the way."""

import gc
import json
import os
from pathlib import Path
from typing import Any, Literal, TypedDict

import pytest

from designer.campaigns.store.cache import EvaluationCache, LineCache
from designer.campaigns.store.store import Store

ANY = dict[str, object]
"""The shape of the evaluations here; that of real ones is tested with the service."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "pilot.db"))


def test_what_was_written_is_read(store: Store) -> None:
    assert EvaluationCache(store).read("abc", ANY) is None
    EvaluationCache(store).write("abc", 7, "h", {"best": {"x": 0.1}, "trust": None})
    assert EvaluationCache(store).read("abc", ANY) == {
        "best": {"x": 0.1},
        "trust": None,
        "seq": 7,
        "hash": "h",
    }
    EvaluationCache(store).write("abc", 8, "h", {"best": None})
    assert EvaluationCache(store).read("abc", ANY) == {"best": None, "seq": 8, "hash": "h"}
    assert EvaluationCache(store).read("abd", ANY) is None
    assert store.cache_folder is not None
    assert [path.name for path in store.cache_folder.iterdir()] == ["abc.json"]


def test_stores_in_memory_keep_their_own_as_long_as_they_live() -> None:
    first, second = Store(None), Store(None)
    EvaluationCache(first).write("abc", 1, "h", {"x": 1})
    assert EvaluationCache(first).read("abc", ANY) == {"x": 1, "seq": 1, "hash": "h"}
    assert EvaluationCache(second).read("abc", ANY) is None
    from designer.campaigns.store import cache

    del first
    gc.collect()
    assert len(cache._IN_MEMORY) == 0


def test_a_copy_is_kept_not_the_thing_itself() -> None:
    store = Store(None)
    figures = {"x": [1]}
    EvaluationCache(store).write("abc", 1, "h", figures)
    figures["x"].append(2)
    found = EvaluationCache(store).read("abc", ANY)
    assert found is not None
    assert found["x"] == [1]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}',
        b'{"format": 2, "campaign_id": "abc", "seq": 1, "evaluation": {}}',
        b'{"format": 1, "campaign_id": "other", "seq": 1, "evaluation": {}}',
        b'{"format": 1, "campaign_id": "abc", "seq": "1", "evaluation": {}}',
        b'{"format": 1, "campaign_id": "abc", "seq": 1, "evaluation": []}',
        b'{"format": 1, "campaign_id": "abc", "seq": 1, "evaluation": {"x": NaN}}',
    ],
)  # fmt: skip
def test_damage_is_no_error_and_is_mended_by_the_next_write(store: Store, content: bytes) -> None:
    cache = EvaluationCache(store)
    cache.write("abc", 1, "h", {"x": 1})
    assert store.cache_folder is not None
    (store.cache_folder / "abc.json").write_bytes(content)
    assert cache.read("abc", ANY) is None
    cache.write("abc", 2, "h", {"x": 2})
    assert cache.read("abc", ANY) == {"x": 2, "seq": 2, "hash": "h"}


@pytest.mark.parametrize(("key", "value"), [("program", "0.1.0"), ("seq", 2), ("hash", "g")])
def test_figures_of_another_version_or_altered_ones_are_absent(
    store: Store, key: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("designer.campaigns.store.cache.program_version", lambda: "0.9.0")
    cache = EvaluationCache(store)
    cache.write("abc", 1, "h", {"x": 1})
    assert store.cache_folder is not None
    path = store.cache_folder / "abc.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    assert cache.read("abc", ANY) is None


@pytest.mark.parametrize("figures", [{"x": float("nan")}, {"x": object()}])
def test_what_is_no_json_is_not_kept_and_harms_nothing(
    store: Store, figures: dict[str, Any]
) -> None:
    cache = EvaluationCache(store)
    cache.write("abc", 1, "h", {"x": 1})
    cache.write("abc", 2, "h", figures)
    assert cache.read("abc", ANY) == {"x": 1, "seq": 1, "hash": "h"}


@pytest.mark.parametrize("campaign_id", ["../evil", "a/b", "", "a\0b", "x" * 200, "."])
def test_ids_never_become_paths_elsewhere(store: Store, tmp_path: Path, campaign_id: str) -> None:
    cache = EvaluationCache(store)
    cache.write(campaign_id, 1, "h", {"x": 1})
    assert cache.read(campaign_id, ANY) is None
    assert not list(tmp_path.rglob("*.json"))


def test_folders_that_cannot_be_written_or_are_no_folders(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.cache_folder is not None
    store.cache_folder.write_text("a file where the folder should be")
    cache = EvaluationCache(store)
    cache.write("abc", 1, "h", {"x": 1})
    assert cache.read("abc", ANY) is None
    assert store.cache_folder is not None
    store.cache_folder.unlink()

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    cache.write("abc", 1, "h", {"x": 1})
    assert cache.read("abc", ANY) is None


def test_a_named_pipe_does_not_stop_reading(store: Store) -> None:
    assert store.cache_folder is not None
    store.cache_folder.mkdir()
    os.mkfifo(store.cache_folder / "abc.json")
    assert EvaluationCache(store).read("abc", ANY) is None


def test_a_changed_byte_of_what_lines_were_condensed_to_is_never_used(store: Store) -> None:
    values = {"one": {"x": [0.1, 2.5e-7, None]}, "two": ["a", True, 12]}
    first = LineCache(store, "abc")
    for key, value in values.items():
        first.put(key, value)
    first.save()
    assert store.cache_folder is not None
    path = store.cache_folder / "abc.lines.json"
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        for key, value in values.items():
            assert LineCache(store, "abc").get(key) in (None, value)


class Figure(TypedDict):
    """One figure."""

    mean: float
    sd: float | None


class Shown(TypedDict):
    """What is shown."""

    best: Figure | None
    lines: dict[str, list[Figure]]
    kind: Literal["a", "b"]
    runs: int
    sure: bool


RIGHT: dict[str, Any] = {
    "best": {"mean": 1, "sd": None}, "lines": {"x": [{"mean": 0.5, "sd": 0.1}]}, "kind": "a",
    "runs": 3, "sure": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"best": {"mean": 1}}, {"best": []}, {"best": {"mean": "1", "sd": None}}, {"lines": []},
        {"best": {"mean": True, "sd": None}}, {"lines": {"x": [None]}}, {"kind": "c"}, {"kind": []},
        {"runs": 3.0}, {"runs": True}, {"sure": 1}, {"more": 1},
        {"best": {"mean": 1, "sd": 1, "x": 1}},
    ],
)  # fmt: skip
def test_an_evaluation_of_another_shape_is_absent(store: Store, change: dict[str, Any]) -> None:
    cache = EvaluationCache(store)
    cache.write("abc", 1, "h", RIGHT)
    assert cache.read("abc", Shown) == {**RIGHT, "seq": 1, "hash": "h"}
    cache.write("abc", 1, "h", {**RIGHT, **change})
    assert cache.read("abc", Shown) is None
    for key in RIGHT:
        cache.write("abc", 1, "h", {k: v for k, v in RIGHT.items() if k != key})
        assert cache.read("abc", Shown) is None

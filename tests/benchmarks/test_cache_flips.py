"""Damaged caches change nothing that is shown, apart from staleness: quick settings."""

from pathlib import Path

import pytest

from tests.benchmarks.cache_flips import recomputed, run


def test_no_flip_of_a_cache_is_silent_and_none_crashes(tmp_path: Path) -> None:
    counts = run(tmp_path, 120)
    assert counts["stale"] > 60
    assert set(counts) <= {"same", "stale"}, counts
    assert sum(counts.values()) >= 120


def test_figures_computed_again_are_the_same(tmp_path: Path) -> None:
    assert recomputed(tmp_path)


def test_the_check_of_shapes_is_no_decoration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without checksums the same flips are seen: the benchmark is not blind."""
    monkeypatch.setattr("designer.campaigns.store.cache._checksum", lambda _entries: None)
    counts = run(tmp_path, 60)
    assert set(counts) - {"same", "stale"}, counts

"""Fixtures of the store's tests."""

from pathlib import Path

import pytest

from designer.campaigns.store.store import Store
from tests.store.cases import SPEC, noting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pilot.db"


@pytest.fixture
def store(path: Path) -> Store:
    """A store with campaign demo and three notes."""
    store = Store(str(path), program="0.1.0")
    store.create(SPEC, "anna")
    for text in ("one", "two", "three"):
        store.change("demo", noting(text), actor="anna")
    return store

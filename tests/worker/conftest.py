"""Fixtures of the tests of the worker."""

from pathlib import Path

import pytest


@pytest.fixture
def store(small_store: Path) -> Path:
    """A store with campaign `small`."""
    return small_store

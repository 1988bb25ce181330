"""What the tests of the store share: a small campaign, and hands behind the program's back."""

from __future__ import annotations

import sqlite3

import pytest

from designer.campaigns import commands
from designer.campaigns.specification import load
from designer.campaigns.store.event_table import TRIGGERS
from designer.campaigns.store.store import Store

TABLES = {
    "campaign": {"version": 1, "name": "demo", "line": "line4"},
    "factor": [{"name": "gap", "unit": "um", "low": 80, "high": 200, "step": 10}],
    "response": [{"name": "loading", "unit": "mg/cm^2"}],
}
SPEC = load.from_dict(TABLES)


def named(name):
    return load.from_dict({**TABLES, "campaign": {**TABLES["campaign"], "name": name}})


def noting(text):
    return lambda state: commands.note(state, text)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pilot.db"


@pytest.fixture
def store(path):
    """A store with campaign demo and three notes."""
    store = Store.open(str(path), program="0.1.0")
    store.create(SPEC, "anna")
    for text in ("one", "two", "three"):
        store.change("demo", noting(text), actor="anna")
    return store


def fresh(path):
    """The same store, read by a process that knows nothing of it."""
    return Store.open(str(path))


def raw(path, *statements):
    """Change a store behind the program's back."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        rows = [connection.execute(*statement).fetchall() for statement in statements]
    connection.close()
    return rows


def without_guards(path, *statements):
    raw(path, *[(f"DROP TRIGGER {name}",) for name in TRIGGERS], *statements)

"""What the tests of the store share: a small campaign, and hands behind the program's back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from designer.campaigns import commands
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.campaigns.store.event_table import TRIGGERS
from designer.campaigns.store.store import Store

TABLES: dict[str, Any] = {
    "campaign": {"version": 1, "name": "demo", "line": "line4"},
    "factor": [{"name": "gap", "unit": "um", "low": 80, "high": 200, "step": 10}],
    "response": [{"name": "loading", "unit": "mg/cm^2"}],
}
SPEC = load.from_dict(TABLES)


def named(name: str) -> Specification:
    return load.from_dict({**TABLES, "campaign": {**TABLES["campaign"], "name": name}})


def noting(text: str) -> Callable[..., Any]:
    return lambda state: commands.note(state, text)


def fresh(path: Path) -> Store:
    """The same store, read by a process that knows nothing of it."""
    return Store(str(path))


def raw(path: Path, *statements: tuple[str]) -> list[list[Any]]:
    """Change a store behind the program's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(*statement).fetchall() for statement in statements]


def without_guards(path: Path, *statements: tuple[str]) -> None:
    raw(path, *[(f"DROP TRIGGER {name}",) for name in TRIGGERS], *statements)

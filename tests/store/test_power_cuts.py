"""An acknowledged entry survives a power cut (R1), a command is whole or absent (R2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.campaigns.store import sqlite
from designer.campaigns.store.event_table import scalar
from designer.campaigns.store.location import parse_url
from designer.campaigns.store.store import Store
from tests.benchmarks.faults.disk import available
from tests.benchmarks.faults.power_cuts import run

noting_disk = pytest.mark.skipif(
    not available(), reason="the SQLite of this Python is built in and cannot be looked at"
)


@noting_disk
def test_r1_no_power_cut_loses_or_halves_what_was_acknowledged(tmp_path: Path) -> None:
    assert run(tmp_path, 120, number=15) == {"kept": 120}


@noting_disk
def test_r1_the_simulated_cuts_see_a_careless_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "PRAGMA synchronous = FULL"))
    assert run(tmp_path, 60, number=8)["lost"] > 5


@pytest.mark.parametrize("use", ["read", "write"])
def test_r1_every_connection_is_careful(store: Store, path: Path, use: str) -> None:
    """What SQLite itself says of a connection in use, whatever the program asked for."""
    database = sqlite.Database(parse_url(str(path)))
    with database.read() if use == "read" else database.write() as connection:
        told = {
            name: scalar(connection, f"PRAGMA {name}")
            for name in ("synchronous", "journal_mode", "trusted_schema", "foreign_keys",
                         "cell_size_check", "mmap_size")
        }  # fmt: skip
    assert told == {
        "synchronous": 3,  # EXTRA
        "journal_mode": "delete",
        "trusted_schema": 0,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "mmap_size": 0,
    }

"""Whoever drives LibreOffice leaves no process behind."""

import json
import os
import time
from pathlib import Path

import pytest

from tests.office.office import driver, needs_office

pytestmark = needs_office

PATIENCE = 30.0  # s
STAND_IN = """#!/bin/sh
sleep 600 &
echo $$ $! > {0}.new
mv {0}.new {0}
wait
"""
"""For LibreOffice: begins a process of its own, and never answers."""


def ends(path: Path) -> bool:
    """Whether something that is there now, or not there, changes over soon."""
    before, until = path.exists(), time.monotonic() + PATIENCE
    while path.exists() == before and time.monotonic() < until:
        time.sleep(0.02)
    return path.exists() != before


def test_what_a_driver_has_begun_ends_when_nobody_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids, office, order = (tmp_path / name for name in ("pids", "soffice", "order.json"))
    office.write_text(STAND_IN.format(pids))
    office.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    order.write_text(json.dumps({"profile": str(tmp_path / "p"), "locale": "en-US", "jobs": []}))
    with driver(order):
        assert ends(pids)
        begun = [Path("/proc") / pid for pid in pids.read_text().split()]
        assert all(process.exists() for process in begun)
    assert all(not process.exists() or ends(process) for process in begun)

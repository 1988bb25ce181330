"""Quick settings of tests/benchmarks/tui_start.py: what start, screens and memory may cost."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.tui_start import keep_compiled, start, told

FRAME, DATA = 1.8, 3.0  # of the CPU of a bare program's first frame
MEMORY = 80.0  # MB
SWITCH = 120.0  # ms, measured; other tests run beside this one, so it is only told
SLACK = 1.3  # the one start that is measured here meets busy caches


@pytest.mark.benchmark
def test_the_interface_starts_lightly(
    slow_store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "")  # as they were, afterwards
    keep_compiled(tmp_path)
    start(slow_store, 1)  # compiles
    found = told([start(slow_store, 1) for _ in range(2)])
    record_property("start of the terminal UI", {**found, "switch wanted [ms]": SWITCH})
    assert found["first frame, ratio of CPU"] <= FRAME * SLACK
    assert found["data, ratio of CPU"] <= DATA
    assert found["memory [MB]"] <= MEMORY

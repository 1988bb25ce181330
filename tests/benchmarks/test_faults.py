"""Faults made on purpose, at quick settings: nothing lost, nothing silent, no traceback."""

from pathlib import Path

import pytest

from tests.benchmarks.faults import books, flips, fuzz, processes
from tests.benchmarks.mutants.operators import mutants
from tests.benchmarks.mutants.sample import by_hand

pytestmark = pytest.mark.benchmark


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    counts, _ = processes.writers(tmp_path, 2, 6)
    assert counts == {"stored": 12, "missing": 0, "errors": 0}


def test_no_flip_of_a_store_is_silent_and_none_crashes(tmp_path: Path) -> None:
    counts = flips.run(tmp_path, 150)
    assert counts["noticed"] > 40
    assert set(counts) == {"noticed", "same", "silent", "crash"}
    assert counts["silent"] == counts["crash"] == 0


def test_spoiled_files_and_arguments_have_an_answer(tmp_path: Path) -> None:
    counts = fuzz.run(tmp_path, 60, 20)
    assert counts["traceback"] == counts["half"] == counts["other code"] == 0
    assert counts["file"] + counts["arguments"] == 80
    assert counts["exit 3"] > 20
    assert counts["exit 0"] > 0


def test_spoiled_books_are_read_or_refused(tmp_path: Path) -> None:
    counts = books.run(tmp_path, 16, office=False)
    assert counts["other code"] == counts["traceback"] == counts["half"] == counts["memory"] == 0
    assert counts["exit 3"] > 4
    assert counts["exit 0"] > 2


def test_mutants_are_python_and_no_two_are_the_same() -> None:
    text = (
        "def f(a, b=1):\n    if a < b and not a:\n        return sorted(a)\n    return min(a, b)\n"
    )
    found = {each.kind: each for each in mutants("f.py", text)}
    assert {"comparison", "boolean", "negated", "order", "min and max", "constant"} <= set(found)
    changed = [each.applied(text) for each in mutants("f.py", text)]
    assert len(set(changed)) == len(changed)
    for each in changed:
        compile(each, "f.py", "exec")


def test_the_mutants_made_by_hand_still_fit_the_program() -> None:
    assert len(by_hand()) >= 6

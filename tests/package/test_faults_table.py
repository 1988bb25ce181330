"""The table of what can go wrong names tests that exist, for every promise and every row."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROWS = [
    line.split("|")[1:-1]
    for line in (TESTS / "README.md").read_text().splitlines()
    if re.match(r"\| (R?\d+)\b", line)
]


def test_every_promise_and_every_row_is_there_once() -> None:
    told = [row[0].split()[0] for row in ROWS]
    promises, rows = told[:8], told[8:]
    assert promises == [f"R{k}" for k in range(1, 9)]
    assert len(rows) >= 45
    assert rows == [str(k) for k in range(1, len(rows) + 1)]


def test_every_row_names_tests_that_exist() -> None:
    for row in ROWS:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", row[-1])
        assert named, row[0]
        for file, test in named:
            text = (TESTS / file).read_text()
            assert re.search(rf"^ *(async )?def {test}\(", text, re.MULTILINE), f"{file}::{test}"

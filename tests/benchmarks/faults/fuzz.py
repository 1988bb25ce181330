"""Files and arguments that were spoiled at random: exit codes of the contract, nothing half.

Tables, plan sheets, workbooks, specifications, mappings as they should be are damaged: bytes are
flipped, lost, doubled, exchanged, lines and cells moved, odd words put in. Whatever a verb refuses
must have changed nothing.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from designer.campaigns.store.store import Store
from designer.cli.main import main
from tests.campaigns_for_tests import SMALL, line_rows
from tests.cli.test_any_words import words

CODES = {0, 2, 3, 4, 5, 6}
TABLE = "solid_content [wt%],coating_gap [um],binder,mass_loading,porosity,made\n" + "".join(
    f"{50 + k},{(80, 100, 150)[k % 3]},PVDF-{'AB'[k % 2]},{4 + k}.{k},{30 + k},2026-03-0{1 + k}\n"
    for k in range(8)
)
SHEET = "run,mass_loading,porosity,note\nR001,8.25,31,ok\nR002,9,30,\n"
MAPPING = (
    '[map]\nload = "mass_loading"\n[unit]\ncoating_gap = "um"\n[constant]\nbinder = "PVDF-A"\n'
)
ODD_BYTES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"=", b"[",
    b"{", b"mm", b"1e999", b"nan", b"-0", b"1,5", b"1.234,5", "µm".encode(), "１２".encode(), b"NA",
    b"#REF!", b"\x1b[31m", b"R001", b"9" * 400, b"<" * 40, b"true", b"null", b"[[" * 300, b"R999",
)  # fmt: skip


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The content with one to four damages."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        content = chance.choice(_DAMAGES)(content or b"x", chance)
    return content


def _flip(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return (
        content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    )


def _lose(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + content[place + chance.choice((1, 3, 40, len(content))) :]


def _double(content: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:last] + content[first:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(ODD_BYTES) + content[place:]


def _parts(separator: bytes) -> Callable[[bytes, random.Random], bytes]:
    def exchanged(content: bytes, chance: random.Random) -> bytes:
        parts = content.split(separator)
        first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[first], parts[second] = parts[second], parts[first]
        if chance.random() < 0.3:
            parts[first] = chance.choice(ODD_BYTES)
        return separator.join(parts)

    return exchanged


_DAMAGES = (_flip, _lose, _double, _insert, _parts(b"\n"), _parts(b","), _parts(b" "), _parts(b'"'))


def prepared(folder: Path) -> dict[str, tuple[str, ...]]:
    """Make a store and good files; returns the verb for each file."""
    from designer.service import Service

    (folder / "small.toml").write_text(SMALL)
    service = Service(str(folder / "whole.db"), actor="anna")
    service.campaigns.create(folder / "small.toml")
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 3, seed=1)
    service.campaigns.export("small", folder / "spec.json", what="spec")
    (folder / "sheet.csv").write_text(SHEET)
    (folder / "line.csv").write_text(TABLE)
    _workbook(folder / "sheet.xlsx", SHEET)
    _workbook(folder / "data.xlsx", TABLE)
    (folder / "map.toml").write_text(MAPPING)
    (folder / "new.toml").write_text(SMALL.replace('"small"', '"new"'))
    return {
        "line.csv": ("lines", "add", "small", "line.csv", "--name", "line3"),
        "data.xlsx": ("lines", "add", "small", "data.xlsx", "--name", "line3"),
        "map.toml": ("lines", "add", "small", "line.csv", "--name", "x", "--mapping", "map.toml"),
        "sheet.csv": ("import", "small", "sheet.csv"),
        "sheet.xlsx": ("import", "small", "sheet.xlsx"),
        "new.toml": ("init", "new.toml"),
        "small.toml": ("amend", "small", "small.toml"),
        "spec.json": ("init", "spec.json"),
    }


def _workbook(path: Path, table: str) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in csv.reader(table.splitlines()):
        sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    book.save(path)


def run(folder: Path, files: int, lines: int, seed: int = 1) -> Counter[str]:
    """Count exit codes, and what must not be: ``traceback``, ``half``, ``other code``."""
    verbs, chance = prepared(folder), random.Random(seed)
    verbs["table.csv"] = ("attach", "small", "table.csv")
    (folder / "table.csv").write_text(TABLE)
    whole = {name: (folder / name).read_bytes() for name in verbs}
    counts: Counter[str] = Counter(dict.fromkeys(("traceback", "half", "other code"), 0))
    with contextlib.chdir(folder), _elsewhere(folder):
        for k in range(files):
            if k % 20 == 0:
                shutil.copy("whole.db", "pilot.db")
            name = chance.choice(list(verbs))
            Path(name).write_bytes(spoiled(whole[name], chance))
            counts.update(_asked([*verbs[name], "--store", "pilot.db"], "file"))
            Path(name).write_bytes(whole[name])
        for k in range(lines):
            if k % 20 == 0:
                shutil.copy("whole.db", "pilot.db")
            counts.update(_asked(words(chance), "arguments"))
    return counts


@contextlib.contextmanager
def _elsewhere(folder: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(DESIGNER_STORE="pilot.db", XDG_STATE_HOME=str(folder / "state"))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _heads() -> list[str]:
    try:
        return [each.head for each in Store("pilot.db").summaries()]
    except Exception:
        return []


def _asked(typed: list[str], what: str) -> list[str]:
    """Ask the program; returns what is to be counted."""
    before = _heads()
    out, err = io.StringIO(), io.StringIO()
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n"))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(typed)
    except BaseException as error:
        return [what, "traceback", f"{type(error).__name__} of {typed}"]
    finally:
        sys.stdin = stdin
    found = [what, f"exit {code}"]
    if "Traceback" in out.getvalue() + err.getvalue():
        found.append("traceback")
    if code not in CODES:
        found.append("other code")
    if code != 0 and _heads() != before:
        found.append("half")
    return found

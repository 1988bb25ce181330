"""Make modules wrong, one small change at a time, and see whether the tests of their room notice.

    .venv/bin/python -m tests.benchmarks.mutants.sample --results FILE.jsonl --number 200
    .venv/bin/python -m tests.benchmarks.mutants.sample --results FILE.jsonl --table
    .venv/bin/python -m tests.benchmarks.mutants.sample --results FILE.jsonl --again     # survivors

Every mutant is tried in a copy of the tree, at the lowest priority, first against the test files
that name its module, then against those of its room. What is in the file of results is not tried
again: the same command carries on. Rooms take turns, so that the small ones count as much.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from itertools import chain, zip_longest
from pathlib import Path
from typing import NoReturn

import pytest

from tests.benchmarks.mutants.equivalent import EQUIVALENT
from tests.benchmarks.mutants.operators import Mutant, mutants

ROOT = Path(__file__).parents[3]
ROOMS = {
    "models": ("tests/models", "tests/engine"),
    "acquisition": ("tests/acquisition",),
    "campaigns/store": ("tests/store",),
    "campaigns/log": ("tests/campaigns/test_events.py", "tests/campaigns/test_upcast.py",
                      "tests/campaigns/test_state.py", "tests/campaigns/test_state_laws.py",
                      "tests/campaigns/test_commands.py",
                      "tests/campaigns/test_commands_results.py", "tests/store/test_store.py",
                      "tests/store/test_store_damage.py", "tests/store/test_old_stores.py",
                      "tests/cli/test_campaign.py"),
    "campaigns/commands": ("tests/campaigns/test_commands.py",
                           "tests/campaigns/test_commands_results.py",
                           "tests/campaigns/test_state.py", "tests/campaigns/test_state_laws.py",
                           "tests/campaigns/test_errors.py", "tests/cli/test_campaign.py",
                           "tests/service"),
    "campaigns/plausibility": ("tests/campaigns/test_slips.py", "tests/service"),
}  # fmt: skip
"""Tests of a room; laws of results are asked of the service as well."""
SECONDS = 300
"""CPU seconds of one run of tests; the machine may be busy with other things."""
OURS = {"designer", "acquisition", "models", "campaigns", "tui", "tests", "conftest"}
HEAVY = ("torch", "gpytorch", "botorch", "linear_operator", "pandas", "scipy.stats",
         "scipy.optimize", "openpyxl", "textual")  # fmt: skip
"""What every run of tests would import again."""


BY_HAND = (
    ("campaigns/store/sqlite.py", "synchronous = EXTRA", "synchronous = FULL"),
    ("models/data/outliers.py", "_SPREADS = 50.0", "_SPREADS = 5000.0"),
    ("models/data/outliers.py", "SURPRISE = 8.0", "SURPRISE = 800.0"),
    (
        "models/posterior/averaging.py",
        "_tempered(log_weight)",
        "np.ones(len(log_weight)) / samples",
    ),
    ("campaigns/commands/plans.py", "sorted(plan.runs, key=lambda run: run.order)", "plan.runs"),
    ("models/fitting/all_responses.py", "sorted(responses, key=depth)", "list(responses)"),
)
"""Mutants that once survived, or were thought of: path, text, other text."""


def by_hand() -> list[Mutant]:
    """The mutants of `BY_HAND`."""
    found = []
    for path, before, after in BY_HAND:
        text = (ROOT / path).read_text()
        start = text.index(before)
        line = text[:start].count("\n") + 1
        found.append(Mutant(path, line, "by hand", start, before, after))
    return found


def named_in(module: str, tree: Path) -> list[str]:
    """Test files that name a module, the shortest first: they notice soonest."""
    dotted = "designer." + module.removesuffix(".py").replace("/", ".")
    room, _, last = dotted.rpartition(".")
    words = (dotted, f"from {room} import {last}\n")
    files = [
        file
        for file in (tree / "tests").rglob("test_*.py")
        if not {"benchmarks", "tui"} & set(file.relative_to(tree).parts)
        and any(word in file.read_text() for word in words)
    ]
    sizes = sorted(files, key=lambda file: (file.stat().st_size, file))
    return [str(file.relative_to(tree)) for file in sizes[:6]]


def drawn(seed: int) -> list[Mutant]:
    """All mutants in a random order in which the rooms take turns."""
    chance = random.Random(seed)
    turns: list[list[Mutant]] = []
    for room in ROOMS:
        files = sorted((ROOT / room).rglob("*.py"))
        found = [
            each
            for file in files
            for each in mutants(str(file.relative_to(ROOT)), file.read_text())
        ]
        chance.shuffle(found)
        turns.append(found)
    return [each for each in chain(*zip_longest(*turns)) if each is not None]


def copied(folder: Path) -> Path:
    """A copy of the tree to make wrong."""
    tree = folder / "tree"
    # what looks at the tree itself is not asked: docs and .git stay behind
    skipped = shutil.ignore_patterns(".*", "__pycache__", "docs", "build", "*.egg-info")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=skipped)
    return tree


def tried(mutant: Mutant, tree: Path, *, named: bool = False) -> tuple[str, str, float]:
    """Whether tests notice: ``killed`` (and by which), ``survived``, ``too long``; seconds.

    Args:
        mutant: the change.
        tree: a copy of the tree.
        named: ask only the tests that name the module, not all of its room.
    """
    room = next(name for name in ROOMS if mutant.path.startswith(name + "/"))
    file = tree / mutant.path
    text = file.read_text()
    changed = mutant.applied(text)
    began = time.monotonic()
    try:
        compile(changed, mutant.path, "exec")
    except SyntaxError:
        return "no Python", "", 0.0
    file.write_text(changed)
    try:
        rounds = [named_in(mutant.path, tree), list(ROOMS[room])]
        for tests in rounds[:1] if named else rounds:
            code, said = _tested(tree, tests) if tests else (0, "")
            if code != 0:
                outcome = "too long" if code < 0 else "killed"
                return outcome, said, time.monotonic() - began
    finally:
        file.write_text(text)
    return "survived", "", time.monotonic() - began


def _tested(tree: Path, tests: list[str]) -> tuple[int, str]:
    """The exit code of the tests and what failed first; in a fork, which spares the imports."""
    words = ["-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            _test(tree, words, said.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()
    assert code in {-9, -24, 0, 1, 2}, "\n".join(lines)  # else nothing was run
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return code, failed[0][:160] if failed else f"exit {code}"


def _test(tree: Path, words: list[str], said: int) -> NoReturn:
    """Become the process of the tests; nothing of the tree was imported before."""
    code = 3
    try:
        os.setsid()
        os.nice(19 - os.nice(0))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(tree)
        os.environ["PYTHONPATH"] = str(tree)
        sys.path[:] = [str(tree), *(each for each in sys.path if Path(each or ".") != ROOT)]
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]
        code = int(pytest.main(words))
        sys.stdout.flush()
    finally:
        os._exit(code)


def known(results: Path) -> dict[str, str]:
    """What was tried before: outcome by name, the last one counts."""
    lines = results.read_text().splitlines() if results.exists() else []
    return {each["name"]: each["outcome"] for each in map(json.loads, lines)}


def table(outcomes: dict[str, str]) -> str:
    """Counts by room, and the survivors that are not named as equivalent."""
    counts: dict[str, Counter[str]] = {room: Counter() for room in ROOMS}
    survivors = []
    for name, outcome in outcomes.items():
        room = next(room for room in ROOMS if name.startswith(room + "/"))
        equivalent = any(name.startswith(each) for each in EQUIVALENT)
        if outcome == "survived" and not equivalent:
            survivors.append(name)
        counts[room]["equivalent" if outcome == "survived" and equivalent else outcome] += 1
    rows = [f"{room}: {sum(c.values())} mutants, {dict(c)}" for room, c in counts.items()]
    return "\n".join([*rows, "survivors:", *survivors])


def main() -> None:
    """Try mutants until so many are known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1", help="of how many side by side: 1/2 and 2/2")
    parser.add_argument("--only", default="", help="part of the name, of a path for example")
    parser.add_argument("--named", action="store_true", help="only tests that name the module")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--again", action="store_true", help="those that survived before")
    asked = parser.parse_args()
    before = known(asked.results)
    if asked.table:
        print(table(before))
        return
    part, parts = map(int, asked.part.split("/"))
    all_of_them = [*by_hand(), *drawn(asked.seed)][part - 1 :: parts]
    todo = [each for each in all_of_them if asked.only in each.name]
    if asked.again:
        todo = [each for each in todo if before.get(each.name) == "survived"]
    else:
        todo = [each for each in todo if each.name not in before][: asked.number - len(before)]
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    for name in HEAVY:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = copied(Path(folder))
        for mutant in todo:
            outcome, said, seconds = tried(mutant, tree, named=asked.named)
            row = {"name": mutant.name, "outcome": outcome, "by": said, "seconds": round(seconds)}
            with asked.results.open("a") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            print(f"{outcome}, {seconds:.0f} s: {mutant.name} {said}", flush=True)


if __name__ == "__main__":
    main()

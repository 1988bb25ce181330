"""What the scripts of this folder have in common: seeds, quick settings, rows, one thread."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before numpy and torch are loaded

FIRST_SEED = 2000  # development; final figures are taken from 9000 on


@dataclass(frozen=True)
class Settings:
    """What a script was told.

    Attributes:
        seeds: of the campaigns.
        quick: fewer cells, for a first look.
        rows: file of JSON lines, if any.
        only: names of cases to measure; none: all.
    """

    seeds: range
    quick: bool = False
    rows: Path | None = None
    only: tuple[str, ...] = ()


def parser(description: str | None, seeds: int) -> argparse.ArgumentParser:
    """The options every script takes."""
    first = description.splitlines()[0] if description else None
    found = argparse.ArgumentParser(description=first)
    found.add_argument("--seeds", type=int, default=seeds, help="number of campaigns a cell")
    found.add_argument("--first-seed", type=int, default=FIRST_SEED)
    found.add_argument("--quick", action="store_true", help="fewer cells, for a first look")
    found.add_argument("--rows", type=Path, help="keep results in this file of JSON lines")
    found.add_argument("--only", action="append", default=[], help="only this case")
    return found


def read(told: argparse.Namespace) -> Settings:
    """What was told of the options every script takes."""
    first = told.first_seed
    return Settings(range(first, first + told.seeds), told.quick, told.rows, tuple(told.only))


def settings(description: str | None, seeds: int) -> Settings:
    """Read the command line of a script without options of its own."""
    return read(parser(description, seeds).parse_args())


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

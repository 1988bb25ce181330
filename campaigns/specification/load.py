"""Makes a specification from a file, from TOML or from a dict of its tables.

That either succeeds or raises an ``InputError`` with every problem of the whole file. Indices in
field paths count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.specification.read import check_together, read_tables
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import (
    read_source,
    tables_from_toml,
    to_tables,
    toml_text,
)


def load_specification(source: str | Path | Mapping[str, Any]) -> Specification:
    """Reads a specification from a file (.toml, or the same as .json) or a dict.

    Args:
        source: path or dict.

    Raises:
        InputError: the file cannot be read, or its content is wrong; with all problems.
    """
    if isinstance(source, Mapping):
        return from_dict(source)
    text, tables = read_source(Path(source))
    return from_toml(text, str(source)) if tables is None else from_dict(tables)


def from_toml(text: str, source: str = "specification") -> Specification:
    """Reads a specification as written.

    Args:
        text: TOML.
        source: name of the file for messages about its syntax.

    Raises:
        InputError: with all problems.
    """
    return replace(_read(tables_from_toml(text, source), trusted=False), text=text)


def from_dict(tables: Mapping[str, Any], *, trusted: bool = False) -> Specification:
    """Reads the same as a dict of its tables (null = open end of a range or left out).

    Args:
        tables: e.g. what ``text.to_tables`` or ``tomllib.loads`` gave.
        trusted: for what was accepted before and kept unharmed (a verified store): units and
            feasibility are not checked again, which saves half a second.

    Raises:
        InputError: with all problems.
    """
    spec = _read(tables, trusted=trusted)
    return replace(spec, text=toml_text(to_tables(spec)))


def _read(tables: Mapping[str, Any], *, trusted: bool) -> Specification:
    draft = read_tables(tables, trusted=trusted)
    goal = check_together(draft)
    if draft.problems:
        raise InputError(draft.problems)
    return Specification(
        draft.name,
        draft.line,
        goal,
        tuple(draft.stages.values()),
        tuple(draft.factors.values()),
        tuple(draft.givens.values()),
        tuple(draft.mixtures.values()),
        tuple(draft.responses.values()),
        tuple(draft.constraints.values()),
        draft.costs,
        draft.history,
    )


def example_text() -> str:
    """A complete commented specification, valid as it stands."""
    return (Path(__file__).parent / "example.toml").read_text(encoding="utf-8")

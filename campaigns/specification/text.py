"""The specification as TOML text and as a dict: reading files, writing what was read."""

from __future__ import annotations

import json
import math
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from designer.campaigns.errors import InputError
from designer.campaigns.files import File
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.numbers import number_text, plain

if TYPE_CHECKING:
    from designer.campaigns.space.constraints import Constraint
    from designer.campaigns.space.factors import Factor, Given
    from designer.campaigns.space.mixtures import Mixture
    from designer.campaigns.specification.parts import Costs, Stage
    from designer.campaigns.specification.specification import Specification

    _Item = Stage | Factor | Given | Mixture | Response | Constraint | Costs

FORMAT_VERSION: Final = 1
"""Version of the specification format this program reads and writes."""
MOST_BYTES: Final = 1_000_000
"""Largest specification file (assumption: larger ones are something else)."""


def read_source(path: File) -> tuple[str, Mapping[str, Any] | None]:
    """Reads a specification file.

    Args:
        path: a .toml file, or the same as .json; or a file in memory.

    Returns:
        The text, and its tables when it is JSON.

    Raises:
        InputError: it is missing, no regular file, too large, not UTF-8, or no JSON.
    """
    where = str(path)
    try:
        content = _content(path, where) if isinstance(path, Path) else path.content
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start + 1})"
        raise InputError.at(where, what, hint="Save it as UTF-8") from None
    except FileNotFoundError:
        hint = "designer init --example prints a specification to start from"
        raise InputError.at(where, "no such file", hint=hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError.at(where, f"cannot be read: {reason}") from None
    return text, _tables_from_json(text, where) if path.suffix.lower() == ".json" else None


def _content(path: Path, where: str) -> bytes:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise InputError.at(where, "not a regular file", None, "a .toml file")
    if status.st_size > MOST_BYTES:
        found, allowed = f"{status.st_size} bytes", f"at most {MOST_BYTES} bytes"
        raise InputError.at(where, "too large for a specification", found, allowed)
    return path.read_bytes()


def tables_from_toml(text: str, source: str) -> dict[str, Any]:
    """Parses TOML with exact decimals.

    Raises:
        InputError: with the line of the syntax error.
    """
    if len(text) > MOST_BYTES:
        found, allowed = f"{len(text)} characters", f"at most {MOST_BYTES}"
        raise InputError.at(source, "too large for a specification", found, allowed)
    with _syntax(source):
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"), parse_float=Decimal)


@contextmanager
def _syntax(source: str) -> Iterator[None]:
    """Says what makes a text neither TOML nor JSON, and where."""
    try:
        yield
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at ")
        where = f"{source} {place.rstrip(')').replace(',', '')}".strip()
        raise InputError.at(where, f"not valid TOML: {what}") from None
    except json.JSONDecodeError as error:
        place = f"{source} line {error.lineno} column {error.colno}"
        raise InputError.at(place, f"not valid JSON: {error.msg}") from None
    except RecursionError:
        raise InputError.at(source, "not a specification: nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise InputError.at(source, "holds a number that is too long") from None


def _tables_from_json(text: str, where: str) -> dict[str, Any]:
    def distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise InputError.at(where, f"the key {twice!r} is there twice")
        return dict(pairs)

    with _syntax(where):
        tables = json.loads(text, parse_float=Decimal, object_pairs_hook=distinct)
    if not isinstance(tables, dict):
        raise InputError.at(where, "not a specification: no table at the top")
    return tables


def to_tables(spec: Specification) -> dict[str, Any]:
    """The specification as a dict of its tables, defaults filled in, ready for JSON."""
    campaign = {"version": FORMAT_VERSION, "name": spec.name, "line": spec.line, "goal": spec.goal}
    arrays: dict[str, tuple[_Item, ...]] = {
        "stage": spec.stages,
        "factor": spec.factors,
        "given": spec.givens,
        "mixture": spec.mixtures,
        "response": spec.responses,
        "constraint": spec.constraints,
    }
    return {
        "campaign": campaign | {"history": spec.history},
        **{key: [_table(item) for item in items] for key, items in arrays.items() if items},
        "costs": _table(spec.costs),
    }


def _table(item: _Item) -> dict[str, Any]:
    """The attributes of an item that say something, as JSON values; they are named as the keys."""
    table: dict[str, Any] = {}
    for field in fields(item):
        value = getattr(item, field.name)
        if field.name == "log_scale":
            if value or isinstance(item, Response):  # of a factor linear goes without saying
                table["scale"] = "log" if value else "linear"
        elif value is not None and value != {}:
            table[field.name] = _json(value)
    return table


def _json(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, bool):
        return value
    if isinstance(value, (float, int, Decimal)):
        return plain(float(value)) if math.isfinite(value) else None
    return value


def toml_text(tables: Mapping[str, Any]) -> str:
    """Writes the tables of :func:`to_tables` as TOML that reads back as the same."""
    blocks: list[str] = []
    for key, value in tables.items():
        items = value if isinstance(value, list) else [value]
        head = f"[[{key}]]" if isinstance(value, list) else f"[{key}]"
        for item in items:
            lines = [f"{name} = {_toml(told, name)}" for name, told in item.items()]
            blocks.append("\n".join([head, *lines]))
    return "\n\n".join(blocks) + "\n"


def _toml(value: object, key: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        if key in ("window", "possible"):
            ends = zip(("-inf", "inf"), value, strict=True)
            return "[" + ", ".join(o if v is None else _toml(v, "") for o, v in ends) + "]"
        return "[" + ", ".join(_toml(item, "") for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{k} = {_toml(v, '')}" for k, v in value.items()) + " }"
    return number_text(value) if isinstance(value, float) else repr(value)

"""What a person typed (``porosity=31.2/31.9``, ``coating_gap=0.2mm``) as values for the commands.

Names and ranges are judged by the commands; here text is only taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from designer.campaigns.commands import ResultEntry
from designer.campaigns.errors import InputError
from designer.campaigns.files import File
from designer.campaigns.space.settings import unknown_name
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.quantity import Quantity

SpecSource = str | File | Mapping[str, Any]
"""A specification: a TOML file, or the same as a dict."""

Texts = Mapping[str, str]
"""What was typed, by the name before the equals sign."""

BATCH = "batch:"
_REPLICATES = re.compile(r"/(?=\s*[-+]?[.\d])")  # not the slash of mg/cm^2


def typed_values(text: str) -> list[Quantity] | None:
    """Values of one response: replicates apart by ``/``; ``none`` = will never be measured."""
    if text.strip().lower() == "none":
        return None
    return [Quantity.typed(part) for part in _REPLICATES.split(text)]


def result_entry(
    run: str | None,
    responses: Texts,
    settings: Texts | None = None,
    *,
    batch: Texts | None = None,
    at: str | None = None,
    note: str | None = None,
    replicate: bool = False,
) -> ResultEntry:
    """One result from what was typed; settings may name factors and givens."""
    return ResultEntry(
        run=run,
        responses={name: typed_values(text) for name, text in responses.items()},
        used={name: Quantity.typed(text) for name, text in (settings or {}).items()},
        batch=dict(batch or {}),
        made_at=at,
        note=note,
        replicate=replicate,
    )


def attached_entry(
    spec: Specification,
    values: Texts,
    *,
    batch: Texts | None,
    at: str | None,
    note: str | None,
) -> ResultEntry:
    """A run nobody proposed, from values of factors, givens and responses by name."""
    outputs, inputs = ({item.name for item in part} for part in (spec.responses, spec.inputs))
    results = {name: text for name, text in values.items() if name in outputs}
    settings = {name: text for name, text in values.items() if name in inputs}
    return result_entry(None, results, settings, batch=batch, at=at, note=note)


def known_names(spec: Specification) -> set[str]:
    """Names of factors, givens and responses."""
    return {item.name for item in (*spec.inputs, *spec.responses)}


def unknown_names(values: Mapping[str, object], known: set[str], kind: str) -> None:
    """Refuse names that mean nothing here, all at once.

    Raises:
        InputError: names the nearest known name of each.
    """
    unknown = [name for name in values if name not in known]
    if unknown:
        what, names = f"is no {kind} of this campaign", sorted(known)
        raise InputError(unknown_name(name, what, name, names) for name in unknown)

"""What a change of the record looks like: recorded values, what is missing, surprises."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.cli.text.spec_view import SpecView, view_of
from designer.render.table import (
    Column,
    paragraph,
    screen_width,
    table,
)
from designer.render.words import in_unit, number

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data
    from designer.service import Service

NAMED_PARTS = {"responses", "used", "settings", "given", "batch"}


def changed_text(answer: Data, sentence: str) -> list[str]:
    """A sentence about what was done, the service's messages, the log position."""
    return [f"{sentence.removesuffix('.')}.", *messages_text(answer), *head_text(answer)]


def run_changed_text(answer: Data, arguments: Namespace, words: str) -> list[str]:
    """A sentence about one run, named as the store writes it."""
    return changed_text(answer, f"{answer.get('run') or arguments.run} {words}")


def messages_text(answer: Data) -> list[str]:
    """The service's sentences (what is missing, surprises), each as a wrapped item."""
    width = screen_width()
    return [
        line for text in answer.get("messages") or () for line in paragraph("- ", str(text), width)
    ]


def head_text(answer: Data) -> list[str]:
    """The log position, by which a later `store verify --head` knows this state again."""
    return [f"Log position {answer['head']}"] if answer.get("head") else []


def recorded_text(answer: Data, service: Service, arguments: Namespace) -> list[str]:
    """What was recorded for a run; the service's messages tell what is missing or surprising."""
    view = view_of(service, arguments.campaign)
    run = str(answer.get("run"))
    lines = [f"{run} is {answer.get('status')}."]
    rows = _rows(answer.get("recorded") or {}, view)
    if rows:
        names = Column("", [name for name, _ in rows], left=True)
        values = Column("", [value for _, value in rows], left=True, wrap=True)
        lines += [f"  {line}" for line in table([names, values], screen_width() - 2)[1:]]
    return [*lines, *messages_text(answer), *head_text(answer)]


def _rows(recorded: Mapping[str, Any], view: SpecView) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in recorded.items():
        if name in NAMED_PARTS and name not in view.units and isinstance(value, Mapping):
            rows += _rows(value, view)
        else:
            rows.append((name, told(value, view.unit(name))))
    return rows


def told(value: object, unit: str | None) -> str:
    """One entry in words.

    Args:
        value: a number or text; None (never measured); a list of replicates; ``{"text", "unit"}``
            as typed; ``{"old", "new"}`` of a correction.
        unit: the declared unit, for values without one of their own.
    """
    if value is None:
        return "will never be measured"
    if isinstance(value, list | tuple):
        return ", ".join(told(item, unit) for item in value)
    if isinstance(value, Mapping):
        return _told_parts(value, unit)
    return number(value) + ("" if isinstance(value, str) else in_unit(unit))


def _told_parts(value: Mapping[str, Any], unit: str | None) -> str:
    if "new" in value:
        return f"{told(value.get('old'), unit)} → {told(value['new'], unit)}"
    if "text" in value:
        # typed with a unit of its own, the text carries it already: 0.1mm
        return str(value["text"]) + ("" if value.get("unit") else in_unit(unit))
    return ", ".join(f"{key} {told(item, None)}" for key, item in value.items())

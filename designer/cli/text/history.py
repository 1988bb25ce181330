"""The history in words: who did what, oldest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.render.table import Column, table
from designer.render.words import NOTHING, moment

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data


def history_text(answer: Data) -> list[str]:
    """Events as a table; an event that was taken back says so."""
    events = answer["events"]
    if not events:
        return ["Nothing happened in that time."]
    columns = [
        Column("event", [str(event["seq"]) for event in events]),
        Column("when (local time)", [moment(event.get("at")) for event in events], left=True),
        Column("who", [str(event.get("actor") or NOTHING) for event in events], left=True),
        Column("run", [str(event.get("run") or "") for event in events], left=True),
        Column("what", [_what(event) for event in events], left=True, wrap=True),
    ]
    return table(columns)


def _what(event: Mapping[str, Any]) -> str:
    text = str(event.get("summary") or event.get("kind"))
    reason = event.get("reason")
    if reason and str(reason) not in text:
        text += f" – {reason}"
    return f"(taken back) {text}" if event.get("reversed") else text

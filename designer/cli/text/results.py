"""What was done in words: changes of runs and campaigns, what was recorded, the history."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from designer.cli.text.spec_view import view_of
from designer.render.table import Column, paragraphs, screen_width, table
from designer.render.words import in_unit, moment, number

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import (
        DoneAnswer,
        EventObject,
        HistoryAnswer,
        OfCampaign,
        RecordAnswer,
    )


def done_text(answer: DoneAnswer, sentence: str) -> list[str]:
    """A sentence about what was done, the service's messages, the log position."""
    return [
        f"{sentence.removesuffix('.')}.", *messages_text(answer["messages"]), *head_text(answer)
    ]  # fmt: skip


def messages_text(messages: Sequence[str]) -> list[str]:
    """The service's sentences (what is missing, surprises), each as a wrapped item."""
    return paragraphs("- ", messages)


def head_text(answer: OfCampaign) -> list[str]:
    """The log position, by which a later `store verify --head` knows this state again."""
    return [f"Log position {answer['head']}"]


def recorded_text(answer: RecordAnswer, service: Service, arguments: Namespace) -> list[str]:
    """What was recorded for a run; the service's messages tell what is missing or surprising."""
    view = view_of(service, arguments.campaign)
    lines = [f"{answer['run']} is {answer['status']}."]
    recorded = answer["recorded"]
    if recorded:
        told = [told_values(values, view.unit(name)) for name, values in recorded.items()]
        names = Column("", list(recorded), left=True)
        values = Column("", told, left=True, wrap=True)
        lines += [f"  {line}" for line in table([names, values], screen_width() - 2)[1:]]
    return [*lines, *messages_text(answer["messages"]), *head_text(answer)]


def told_values(values: object, unit: str | None) -> str:
    """New values in words.

    Args:
        values: a number or name; None (never measured); a list of replicates; ``{"text", "unit"}``
            as typed in another unit.
        unit: the declared unit, for numbers.
    """
    if values is None:
        return "will never be measured"
    if isinstance(values, list):
        return ", ".join(told_values(value, unit) for value in values)
    if isinstance(values, Mapping):
        return str(values["text"])
    return number(values) + ("" if isinstance(values, str) else in_unit(unit))


def history_text(answer: HistoryAnswer) -> list[str]:
    """Events as a table; an event that was taken back says so."""
    events = answer["events"]
    if not events:
        return ["Nothing happened in that time."]
    columns = [
        Column("event", [str(event["seq"]) for event in events]),
        Column("when (local time)", [moment(event["at"]) for event in events], left=True),
        Column("who", [event["actor"] for event in events], left=True),
        Column("run", [event["run"] or "" for event in events], left=True),
        Column("what", [_what(event) for event in events], left=True, wrap=True),
    ]
    return table(columns)


def _what(event: EventObject) -> str:
    text, reason = event["summary"], event["reason"]
    if reason and reason not in text:
        text += f" – {reason}"
    return f"(taken back) {text}" if event["reversed"] else text

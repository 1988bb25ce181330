"""Earlier lines in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.cli.text.results import changed_text, head_text, messages_text
from designer.render.table import (
    Column,
    paragraph,
    screen_width,
    table,
)
from designer.render.words import (
    NOTHING,
    amount,
    count,
    rounded,
    share,
)

if TYPE_CHECKING:
    from designer.cli.verbs.verb import Data


def lines_text(answer: Data) -> list[str]:
    """All earlier lines of a campaign."""
    if not answer["lines"]:
        return [f"{answer['campaign']} has no earlier lines."]
    told = lines_table(answer["lines"])
    trusts = _trust_table(answer["lines"])
    if trusts:
        told += ["", "Trust per response (80 % interval):", *trusts]
    for line in answer["lines"]:
        told += warnings_text(line if line.get("included") else {})
    return told


def warnings_text(answer: Mapping[str, Any]) -> list[str]:
    """Each warning as a wrapped item."""
    width = screen_width()
    return [
        line for text in answer.get("warnings") or () for line in paragraph("! ", str(text), width)
    ]


def _trust_table(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Trust per line and response; nothing where no evaluation told."""
    rows = [
        (str(line["name"]), str(response), trust)
        for line in lines
        for response, trust in (line.get("responses") or {}).items()
    ]
    if not rows:
        return []
    return table(
        [
            Column("line", [name for name, _, _ in rows], left=True, key=True, wrap=True),
            Column("response", [response for _, response, _ in rows], left=True, key=True),
            Column("trust", [_trust(trust) for _, _, trust in rows], left=True),
            Column("worth", [_worth(trust) for _, _, trust in rows], left=True),
            Column("determined", [share(trust.get("determined")) for _, _, trust in rows]),
        ]
    )


def lines_table(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Table of lines; columns that no line has anything for are left out."""
    columns = [
        Column("line", [str(line["name"]) for line in lines], left=True, key=True, wrap=True),
        Column("rows", [amount(line.get("rows")) for line in lines]),
        Column("used", [_used(line) for line in lines], left=True),
        Column("trust", [_trust(line) for line in lines], left=True),
        Column("worth", [_worth(line) for line in lines], left=True),
        Column("batches", [_yes(line.get("batches")) for line in lines], left=True),
        Column("not recorded", [_listed(line.get("unknown")) for line in lines], left=True),
        Column("why", [_text(line.get("reason")) for line in lines], left=True, wrap=True),
        Column("source", [_text(line.get("source")) for line in lines], left=True, wrap=True),
    ]
    return table([column for column in columns if set(column.cells) != {NOTHING}])


def _used(line: Mapping[str, Any]) -> str:
    """Whether a line is used, and for which responses it is not."""
    if not line.get("included"):
        return "no"
    off = line.get("not_used_for")
    return f"not for {', '.join(off)}" if off else "yes"


def _listed(names: Sequence[str] | None) -> str:
    return ", ".join(names) if names else NOTHING


def _trust(line: Mapping[str, Any]) -> str:
    if line.get("trust") is None:
        return NOTHING
    low, high = line.get("trust_low"), line.get("trust_high")
    span = "" if low is None or high is None else f" ({rounded(low)} to {rounded(high)})"
    return rounded(line["trust"]) + span


def _worth(line: Mapping[str, Any]) -> str:
    worth = line.get("worth_runs")
    return NOTHING if worth is None else f"{rounded(worth, 1)} runs"


def _yes(value: object) -> str:
    return NOTHING if value is None else ("yes" if value else "no")


def _text(value: object) -> str:
    return NOTHING if value is None else str(value)


def line_added_text(answer: Data) -> list[str]:
    """A line was added."""
    batches = ", with batches" if answer.get("batches") else ""
    sentence = f"Added {answer['line']} to {answer['campaign']}: {count(answer['rows'], 'row')}"
    return [f"{sentence}{batches}.", *messages_text(answer), *head_text(answer)]


def line_switched_text(answer: Data, line: str, done: str) -> list[str]:
    """A line was excluded or included."""
    return changed_text(answer, f"{answer.get('line') or line} is {done}")

"""Earlier lines: add their data, leave them out, take them in again."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.campaigns.commands.checks import (
    NAME_LIMIT,
    Refusals,
    ensure_open,
    named,
    required_text,
)
from designer.campaigns.errors import ConflictError, InputError
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState, Line
from designer.campaigns.space.factors import Factor
from designer.campaigns.values.names import suggestion

if TYPE_CHECKING:
    from designer.campaigns.earlier_lines.mapping import LineTable


def add_line(state: CampaignState, table: LineTable, name: str | None = None) -> list[NewEvent]:
    """Add the data of an earlier line.

    Args:
        state: fresh state.
        table: rows already read and converted.
        name: name of the line; default: the table's own.

    Raises:
        InputError: with all problems: name missing or taken, the same data added before, no rows,
            names or values the specification does not allow, closed campaign.
    """
    ensure_open(state)
    refusals = Refusals()
    cleaned = required_text(name or table.name, "name of the line", limit=NAME_LIMIT)
    for line in state.lines.values():
        if line.name.casefold() == cleaned.casefold():
            hint = "Choose another name; undo the event that added it to replace it"
            refusals.input.report(f"line {cleaned}", "there is a line of that name", hint=hint)
        elif _same_rows(line, table):
            what = f"the same data are in the campaign already, as line {line.name}"
            hint = "Counting them twice would make the models too sure"
            refusals.input.report(f"line {cleaned}", what, hint=hint)
    if not table.rows:
        refusals.input.report(f"line {cleaned}", "there are no rows")
    others = table.mapping.get("others") or ()
    _check_rows(state, table.rows, cleaned, refusals, others=others)
    refusals.raise_if_any()
    body = {
        "name": cleaned,
        "rows": table.rows,
        "mapping": dict(table.mapping),
        "sha256": table.sha256,
        "batches": table.batches,
        "source": table.source,
    }
    return [NewEvent("line_added", body)]


def _same_rows(line: Line, table: LineTable) -> bool:
    """Whether a table is the same part of the same file as a line: one file may hold several."""
    parts = [
        (dict(mapping.get("where") or {}), mapping.get("sheet"))
        for mapping in (line.mapping, table.mapping)
    ]
    return line.sha256 == table.sha256 and parts[0] == parts[1]


def exclude_line(state: CampaignState, name: str, reason: str) -> list[NewEvent]:
    """Leave a line out of the models from now on.

    Raises:
        InputError: unknown line, no reason, closed campaign.
        ConflictError: it is left out already.
    """
    return _switch(state, name, reason, included=False)


def include_line(state: CampaignState, name: str, reason: str) -> list[NewEvent]:
    """Use a line again that was left out.

    Raises:
        InputError: unknown line, no reason, closed campaign.
        ConflictError: it is used already.
    """
    return _switch(state, name, reason, included=True)


def _switch(state: CampaignState, name: str, reason: str, *, included: bool) -> list[NewEvent]:
    ensure_open(state)
    line = find_line(state, name)
    reason = required_text(reason, "reason")
    if line.included == included:
        now = "included" if included else "excluded"
        told = f" ({line.reason})" if line.reason else ""
        raise ConflictError.at(f"line {line.name}", f"is {now} already{told}")
    kind = "line_included" if included else "line_excluded"
    return [NewEvent(kind, {"name": line.name, "reason": reason})]


def find_line(state: CampaignState, name: str) -> Line:
    """Find a line; upper and lower case do not matter.

    Raises:
        InputError: no such line; names the nearest.
    """
    for line in state.lines.values():
        if line.name.casefold() == name.strip().casefold():
            return line
    known = list(state.lines)
    raise InputError.at(
        f"line {name}",
        "no such line in this campaign",
        allowed=", ".join(known) or "there are no lines yet",
        hint=suggestion(name, known),
    )


def _check_rows(
    state: CampaignState,
    rows: Sequence[Mapping[str, Any]],
    name: str,
    refusals: Refusals,
    *,
    others: Collection[str],
) -> None:
    """Check once more what every reader of tables has checked: names, categories, finiteness."""
    for count, row in enumerate(rows, start=1):
        where = f"line {name} row {count}"
        told = {**row["settings"], **row.get("given", {})}
        for item, value in named(told, state.spec.inputs, where, "factor or given", refusals):
            # models leave out the rows that a logarithmic scale has no place for
            kept = isinstance(item, Factor) and item.off_scale(value)
            if not kept and not (item.name in others and isinstance(value, str)):
                place = f"{where}, {item.name}"
                refusals.input.extend(item.problems_with(value, place, on_grid=False))
        for response, values in named(
            row["responses"], state.spec.responses, where, "response", refusals
        ):
            for number in (value.get("number") for value in values):
                if not isinstance(number, (int, float)) or not math.isfinite(number):
                    place = f"{where}, {response.name}"
                    refusals.input.report(place, "is not a finite number", repr(number))

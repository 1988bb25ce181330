"""Settings as texts (`--fix`, `--given`, one recipe) to values in the declared units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from designer.campaigns.earlier_lines.mapping import constant
from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.values.names import suggestion


def settings_from_texts(
    items: Sequence[Factor | Given], values: Mapping[str, str], kind: str, *, on_grid: bool
) -> tuple[dict[str, Setting], list[Problem]]:
    """Values of factors or givens in declared units, and everything that is wrong.

    Args:
        items: what may be named.
        values: as typed, a unit may follow a number.
        kind: word for messages.
        on_grid: refuse what the machine cannot be set to.
    """
    known = {item.name: item for item in items}
    found: dict[str, Setting] = {}
    problems: list[Problem] = []
    for name, text in values.items():
        item = known.get(name)
        if item is None:
            problems.append(unknown_name(name, known, kind))
            continue
        value, wrong = constant(item, text, name)
        problems.extend(wrong)
        if value is not None:
            problems.extend(item.problems_with(value, name, on_grid=on_grid))
            found[name] = value
    return found, problems


def unknown_name(name: str, known: Collection[str], kind: str) -> Problem:
    """What is wrong with a name that means nothing here; names the nearest known one."""
    hint = suggestion(name, known)
    return Problem(
        name, f"is no {kind} of this campaign", allowed=", ".join(sorted(known)), hint=hint
    )

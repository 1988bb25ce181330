"""Settings as texts (`--fix`, `--given`, `--set`, one recipe) to values in the declared units."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from designer.campaigns.errors import Findings, InputError, Problem
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import how_to_write
from designer.campaigns.values.quantity import Quantity, far_off, slip_hint


def settings_from_texts(
    items: Sequence[Factor | Given],
    values: Mapping[str, str],
    kind: str,
    findings: Findings,
    *,
    on_grid: bool = False,
    option: str = "",
) -> dict[str, Setting]:
    """Values of factors or givens in declared units; those that are refused are left out.

    Args:
        items: what may be named.
        values: as typed, a unit may follow a number.
        kind: word for messages.
        findings: takes everything that is wrong.
        on_grid: refuse what the machine cannot be set to.
        option: stands before the name in the place of a problem.
    """
    known = {item.name: item for item in items}
    found: dict[str, Setting] = {}
    for name, text in values.items():
        where = f"{option}{name}"
        if name not in known:
            what = f"is no {kind} of this campaign"
            findings.add(unknown_name(where, what, name, sorted(known)))
            continue
        value = _setting(known[name], text, where, findings)
        if value is None:
            continue
        problems = known[name].problems_with(value, where, on_grid=on_grid)
        slip = _slip(known[name], value)
        findings.extend(replace(p, hint=p.hint or slip) for p in problems)
        if not problems:
            found[name] = value
    return found


def _slip(item: Factor | Given, value: Setting) -> str | None:
    """What a number far off the range looks like, as a hint; None: nothing explains it."""
    if item.is_categorical or isinstance(value, str) or not far_off(value, *item.bounds):
        return None
    slip = slip_hint(value, *item.bounds, item.unit)
    return slip and f"It {slip}"


def _setting(item: Factor | Given, text: str, where: str, findings: Findings) -> Setting | None:
    """One value in its declared unit, not checked yet; None after noting that it is no number."""
    if item.is_categorical:
        return text
    found = Quantity.typed(text)
    if found.number is None:
        hint = how_to_write(text)
        findings.report(where, "this is not a number", repr(text), item.allowed, hint)
        return None
    try:
        return found.in_unit(item.unit).number
    except InputError as error:
        for problem in error.problems:
            findings.report(where, problem.what, repr(text))
        return None


def unknown_name(where: str, what: str, name: str, known: Collection[str]) -> Problem:
    """What is wrong with a name that means nothing here; names the nearest known one."""
    allowed = ", ".join(known) or "there are none"
    return Problem(where, what, None, allowed, suggestion(name, known))

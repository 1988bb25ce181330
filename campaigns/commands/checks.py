"""Checks that several commands share; what they find is collected, not raised at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from designer.campaigns.errors import ConflictError, Findings, InputError
from designer.campaigns.log.describe import who_when
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Factor, Given, Setting, quantity_text
from designer.campaigns.space.settings import unknown_name
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.names import clean_text
from designer.campaigns.values.numbers import how_to_write, number_text
from designer.campaigns.values.quantity import Quantity, far_off, slip_hint, unit_contradicted

NAME_LIMIT = 64
REASON_LIMIT = 1000
NOTE_LIMIT = 10_000
"""Most characters of a name, a reason, a note (bad-input table of the reliability notes)."""
_NEAR = 1.5  # times what is possible, up to which no other unit is guessed (assumption)
_NOTHING = ("", "nan", "na", "n/a", "n.a", "n.d", "nd", "n.b", "nil", "null", "missing", "?")


Told = TypeVar("Told")
Item = TypeVar("Item", bound=Factor | Given | Response)


class Refusals:
    """Everything wrong with one command: bad input, and conflicts with recorded facts."""

    def __init__(self) -> None:
        self.input = Findings()
        self.conflicts = Findings()

    def __len__(self) -> int:
        return len(self.input) + len(self.conflicts)

    def contradiction(self, where: str, run: str, told: str) -> None:
        """Note that a fact of a run was told before and is not the same now."""
        what = f"was told differently before, of {run}"
        hint = f"Recorded facts are not overwritten: correct {run}, with a reason. A run of its own"
        self.conflicts.report(where, what, told, hint=f"{hint} is attached alone")

    def raise_if_any(self) -> None:
        """Refuse the command if anything is wrong.

        Raises:
            InputError: something is wrong with the input; conflicts are listed too.
            ConflictError: the input is good but contradicts what was recorded.
        """
        if len(self.input):
            self.input.extend(self.conflicts.problems)
            self.input.raise_if_any(InputError)
        self.conflicts.raise_if_any(ConflictError)


def ensure_open(state: CampaignState) -> None:
    """Refuse to change a closed campaign.

    Raises:
        InputError: it is closed; says by whom and when.
    """
    if not state.closed:
        return
    closing = [
        event
        for event in state.events
        if event.kind == "campaign_closed" and event.seq not in state.reversals
    ]
    told = f" {who_when(closing[-1].actor, closing[-1].recorded_at)}" if closing else ""
    raise InputError.at(
        f"campaign {state.spec.name}",
        f"was closed{told}; only notes are still accepted",
        hint="To go on, undo the closing",
    )


def required_text(
    text: str | None, where: str, *, limit: int = REASON_LIMIT, multiline: bool = False
) -> str:
    """Clean a text that must be there.

    Raises:
        InputError: it is missing, too long, or holds invisible characters.
    """
    try:
        return clean_text(text or "", limit=limit, multiline=multiline)
    except ValueError as error:
        allowed = f"1 to {limit} characters" if not (text or "").strip() else None
        raise InputError.at(where, str(error), allowed=allowed) from None


def optional_text(text: str | None, where: str) -> str | None:
    """Clean a text that may be missing or blank; see `required_text`."""
    return None if text is None or not text.strip() else required_text(text, where)


def named(
    told: Mapping[str, Told], items: Iterable[Item], where: str, kind: str, refusals: Refusals
) -> Iterator[tuple[Item, Told]]:
    """Give what was told with the item it is about; names nobody knows are noted."""
    known = {item.name: item for item in items}
    for name, value in told.items():
        if name in known:
            yield known[name], value
        else:
            what = f"no such {kind} in this campaign"
            refusals.input.add(unknown_name(f"{where}, {name}", what, name, known))


def measured(typed: Quantity, response: Response, where: str, found: Findings) -> Quantity | None:
    """Check a measured value and bring it into the declared unit; None: it is no number."""
    place = f"{where}, {response.name}"
    missing = "Leave it out until it is measured; `none` says that it never will be"
    value = _number(typed, response.unit, place, found, missing)
    if value is None:
        return None
    for problem in response.problems_with(value.value, place):
        low, high = response.possible or (float("-inf"), float("inf"))
        slip = slip_hint(value.value, low, high, response.unit)
        far = not low < value.value < _NEAR * high  # a little above is no other unit
        shown = problem.found if value.unit is None else value.shown
        hint = problem.hint if slip is None or not far else f"It {slip}"
        found.report(problem.where, problem.what, shown, problem.allowed, hint)
    return value


def input_value(
    typed: Quantity, item: Factor | Given, where: str, found: Findings
) -> Quantity | None:
    """Check a really used setting or a given, in the declared unit; None: it cannot be.

    It is a fact even out of range, unless a slip of the unit explains it: a number ten or more
    times out of range is accepted only with its unit, which says that it is meant.
    """
    place = f"{where}, {item.name}"
    if item.is_categorical:
        name = typed.category.strip()
        found.extend(item.problems_with(name, place, on_grid=False))
        return Quantity(typed.text, written=name)
    value = _number(typed, item.unit, place, found)
    if value is None:
        return None
    problems = item.problems_with(value.value, place, on_grid=False)
    if problems:
        found.extend(problems)
        return None
    low, high = item.bounds
    bare = typed.value
    if value.unit is not None and not typed.meant:
        if unit_contradicted(value.value, bare, low, high):
            plain, told = quantity_text(bare, item.unit), quantity_text(value.value, item.unit)
            hint = f"{plain}? Then write {plain}. If {value.shown} is really meant, write {told}"
            hint += f", in a table with --unit {item.name}={value.unit}"
            what = f"far outside the range, but {number_text(bare)} is inside"
            found.report(place, what, f"{value.shown}, which is {told}", item.allowed, hint)
        return value
    if typed.unit is None and not typed.meant and is_slip(value.value, item):
        what, shown = "far outside the range", quantity_text(value.value, item.unit)
        hint = f"It {slip_hint(value.value, low, high, item.unit)}; if it is really meant, write it"
        hint += f" with its unit: '{typed.text} {item.unit or '1'}'"
        if item.unit in (None, "1"):  # a cell `50 1` could be 501
            hint += f", in a table with --unit {item.name}=1"
        found.report(place, what, shown, item.allowed, hint)
    return value


def is_slip(value: float, item: Factor | Given) -> bool:
    """Whether a setting [declared unit] is far off its range in a way that a slip explains."""
    low, high = item.bounds
    return far_off(value, low, high) != 0 and slip_hint(value, low, high, item.unit) is not None


def _number(
    typed: Quantity,
    unit: str | None,
    place: str,
    found: Findings,
    missing: str = "Leave it out if it is not known",
) -> Quantity | None:
    if typed.number is None or not math.isfinite(typed.number):
        hint = how_to_write(typed.text) or _if_missing(typed.text, missing)
        allowed = "a number" if unit in (None, "1") else f"a number in {unit}"
        found.report(place, "is not a number", repr(typed.text), allowed, hint)
        return None
    try:
        return typed.in_unit(unit)
    except InputError as error:
        for problem in error.problems:
            where = f"{place}: {problem.where}" if problem.where else place
            found.report(where, problem.what, problem.found, problem.allowed, problem.hint)
        return None


def _if_missing(text: str, hint: str) -> str | None:
    """The hint for a word that stands for no value; None for other words."""
    return hint if text.strip().strip("./-").casefold() in _NOTHING else None


def batch_id(
    stage: str, text: str, state: CampaignState, where: str, found: Findings
) -> str | None:
    """Check a batch of a stage; an id that differs in case only is the known one."""
    stages = [known.name for known in state.spec.stages]
    if stage not in stages:
        what = "no such stage in this campaign"
        found.add(unknown_name(f"{where}, batch, {stage}", what, stage, stages))
        return None
    place = f"{where}, batch of {stage}"
    cleaned = found.read(place, lambda: clean_text(text, limit=NAME_LIMIT))
    if cleaned is None:
        return None
    known = {batch.casefold(): batch for batch in state.batches.get(stage, ())}
    return known.get(cleaned.casefold(), cleaned)


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked fact about a run besides its results: a setting, a given or a batch.

    Attributes:
        part: where payloads hold it.
        name: of the factor, given or stage.
        where: its place, for messages.
        value: as states hold it.
        stored: as events hold it.
        unit: declared unit.
    """

    part: Literal["used", "given", "batch"]
    name: str
    where: str
    value: Setting
    stored: Any
    unit: str | None = None


def checked_facts(
    state: CampaignState,
    settings: Mapping[str, Quantity],
    batches: Mapping[str, str],
    where: str,
    refusals: Refusals,
) -> Iterator[Fact]:
    """Really used settings, givens and batches; what is wrong is noted and left out."""
    for item, typed in named(settings, state.spec.inputs, where, "factor or given", refusals):
        value = input_value(typed, item, where, refusals.input)
        if value is not None:
            part: Literal["used", "given"] = "used" if isinstance(item, Factor) else "given"
            place, stored = f"{where}, {item.name}", value.stored()
            yield Fact(part, item.name, place, value.setting, stored, item.unit)
    for stage, text in batches.items():
        batch = batch_id(stage, text, state, where, refusals.input)
        if batch is not None:
            yield Fact("batch", stage, f"{where}, batch of {stage}", batch, batch)

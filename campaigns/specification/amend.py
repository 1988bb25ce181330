"""What a new specification changes, in words, and what a running campaign cannot change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.specification.parts import Response, Stage, range_text
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

_Facts = dict[str, str]
"""What an item says, in words; equal facts mean equal items."""

_USUAL = ("none", "1", "used")
"""Facts not worth without_empty about something new."""


def difference(old: Specification, new: Specification) -> list[str]:
    """What a new specification changes.

    Args:
        old: the specification so far.
        new: the one that would replace it.

    Returns:
        One clause per change (``factor coating_gap: values 80, 100 um → 60, 80, 100 um``); empty
        exactly when both say the same.
    """
    changes = list(_changed("", _campaign(old), _campaign(new)))
    before, after = _tables(old), _tables(new)
    for kind, items in before.items():
        changes += _named(kind, items, after[kind])
    changes += _unnamed("mixture", list(map(str, old.mixtures)), list(map(str, new.mixtures)))
    told, now = (list(map(_constraint, spec.constraints)) for spec in (old, new))
    changes += _unnamed("constraint", told, now)
    return changes


def stage_changes(old: Specification, new: Specification) -> list[str]:
    """What of `difference` is about stages, and about the stages that factors belong to.

    Batches, order and costs of a plan hang on it.
    """
    before, after = (_tables(spec)["stage"] for spec in (old, new))
    moved = [
        f"factor {factor.name}: stage {was.stage or 'none'} → {factor.stage or 'none'}"
        for factor in new.factors
        for was in old.factors
        if was.name == factor.name and was.stage != factor.stage
    ]
    return [*_named("stage", before, after), *moved]


def amendment_problems(old: Specification, new: Specification) -> list[Problem]:
    """What cannot be changed while runs are kept.

    The campaign's name and line; taking away or turning round stages; taking away factors, givens
    or responses; units; categories taken away; number to category or back; an added factor or
    given without ``was``, its value in the runs made so far.

    Args:
        old: the specification so far.
        new: the one that would replace it.

    Returns:
        All problems with the new one as an amendment; it is valid by itself.
    """
    problems: list[Problem] = []
    for key, before, after in (("name", old.name, new.name), ("line", old.line, new.line)):
        if before != after:
            where = f"campaign.{key}"
            problems.append(Problem(where, "cannot be changed", f"'{after}'", f"'{before}'"))
    problems += _stage_problems(old, new)
    problems += _input_problems(old, new)
    responses = {response.name: response for response in new.responses}
    for response in old.responses:
        now = responses.get(response.name)
        if now is None:
            problems.append(_removed("response", response.name, "Give it weight = 0 to ignore it"))
        elif now.unit != response.unit:
            problems.append(_new_unit("response", response, now))
    return problems


def _stage_problems(old: Specification, new: Specification) -> Iterator[Problem]:
    before, after = [stage.name for stage in old.stages], [stage.name for stage in new.stages]
    for name in before:
        if name not in after:
            yield _removed("stage", name, "Its batches are part of the runs made so far")
    found = ", ".join(name for name in after if name in before)
    allowed = ", ".join(name for name in before if name in after)
    if found != allowed:
        yield Problem("stage", "the order of the stages cannot be changed", found, allowed)


def _input_problems(old: Specification, new: Specification) -> Iterator[Problem]:
    before = {part.name: part for part in old.inputs}
    after = {part.name: part for part in new.inputs}
    renamed = {
        name: other
        for name, part in before.items()
        for other, now in after.items()
        if name not in after and other not in before and replace(now, name=name) == part
    }
    for name, part in before.items():
        kind, now = _kind(part), after.get(name)
        if name in renamed:
            yield Problem(f"{kind} {name}", "cannot be renamed", f"'{renamed[name]}'", f"'{name}'")
        elif now is None:
            hint = "Keep it, with a range around one value if it no longer changes"
            yield _removed(kind, name, hint)
        elif _kind(now) != kind:
            yield Problem(f"{_kind(now)} {name}", f"was a {kind} so far and stays one")
        elif isinstance(part, Factor) and isinstance(now, Factor):
            yield from _category_problems(part, now)
        if now is not None and now.unit != part.unit and not now.is_categorical:
            yield _new_unit(kind, part, now)
    for name, part in after.items():
        if name not in before and part.was is None and name not in renamed.values():
            what = "missing: the value it had in the runs made so far"
            yield Problem(f"{_kind(part)} {name}.was", what, None, part.allowed)


def _category_problems(before: Factor, after: Factor) -> Iterator[Problem]:
    where = f"factor {after.name}"
    if before.is_categorical != after.is_categorical:
        found, allowed = ("categories" if f.is_categorical else "a number" for f in (after, before))
        yield Problem(where, "numbers and categories cannot be exchanged", found, allowed)
        return
    for category in before.categories or ():
        if category not in (after.categories or ()):
            hint = "Runs made with it are kept; a constraint can exclude it from proposals"
            what = "a category cannot be taken away"
            yield Problem(f"{where}.categories", what, f"'{category}'", hint=hint)


def _kind(part: Factor | Given) -> str:
    return "factor" if isinstance(part, Factor) else "given"


def _removed(kind: str, name: str, hint: str) -> Problem:
    return Problem(f"{kind} {name}", "cannot be taken away: runs have been made with it", hint=hint)


def _new_unit(
    kind: str, before: Factor | Given | Response, after: Factor | Given | Response
) -> Problem:
    where = f"{kind} {after.name}.unit"
    hint = "Values are stored in the declared unit"
    found, allowed = f"'{after.unit or 'none'}'", f"'{before.unit or 'none'}'"
    return Problem(where, "cannot be changed", found, allowed, hint)


def _campaign(spec: Specification) -> _Facts:
    costs = spec.costs
    return {
        "name": spec.name,
        "line": spec.line,
        "goal": spec.goal,
        "cost unit": costs.unit,
        "cost of a run": number_text(costs.run),
        "budget": _optional(costs.budget),
        "history": "used" if spec.history else "not used",
    }


def _tables(spec: Specification) -> dict[str, dict[str, _Facts]]:
    """What every item with a name says, by kind."""
    return {
        "stage": {stage.name: _stage(stage, spec) for stage in spec.stages},
        "factor": {factor.name: _factor(factor) for factor in spec.factors},
        "given": {given.name: _given(given) for given in spec.givens},
        "response": {response.name: _response(response) for response in spec.responses},
    }


def _stage(stage: Stage, spec: Specification) -> _Facts:
    reference = sorted(stage.reference.items())
    told = [f"{name} {spec.factor(name).with_unit(value)}" for name, value in reference]
    return {
        "change cost": number_text(stage.change_cost),
        "usable for": _optional(stage.usable_for),
        "most runs": _optional(stage.most_runs),
        "reference": ", ".join(told) or "none",
    }


def _factor(factor: Factor) -> _Facts:
    kind = "" if factor.kind == "stepped" else f" ({factor.kind})"
    return {
        "values": factor.allowed + kind,
        "scale": "log" if factor.log_scale else "linear",
        "unit": factor.unit or "none",
        "stage": factor.stage or "none",
        "value so far": _optional(factor.was, factor.unit),
    }


def _given(given: Given) -> _Facts:
    so_far = _optional(given.was, given.unit)
    return {"range": given.allowed, "unit": given.unit or "none", "value so far": so_far}


def _response(response: Response) -> _Facts:
    goal, unit = response.goal, response.unit
    possible, window = response.possible, response.window
    return {
        "unit": unit or "none",
        "noise sd": _optional(response.noise_sd, unit),
        "possible": "anything" if possible is None else range_text(possible, unit),
        "window": "none" if window is None else range_text(window, unit),
        "goal": goal if isinstance(goal, str) else quantity_text(goal, unit),
        "weight": number_text(response.weight),
        "stage": response.stage or "none",
        "scale": "log" if response.log_scale else "linear",
        "knowledge": ", ".join(response.knowledge) or "none",
        "history": "used" if response.history else "not used",
    }


def _constraint(constraint: Constraint) -> str:
    reason = "" if constraint.reason is None else f" ({constraint.reason})"
    return f"{constraint}{reason}"


def _optional(value: float | str | None, unit: str | None = None) -> str:
    return "none" if value is None else quantity_text(value, unit)


def _named(kind: str, old: Mapping[str, _Facts], new: Mapping[str, _Facts]) -> Iterator[str]:
    yield from (f"{kind} {name} removed" for name in old if name not in new)
    for name, facts in new.items():
        if name in old:
            yield from _changed(f"{kind} {name}: ", old[name], facts)
        else:
            usual = (*_USUAL, "linear") if kind == "factor" else _USUAL
            said = [f"{key} {text}" for key, text in facts.items() if text not in usual]
            yield f"{kind} {name} added: {'; '.join(said)}"
    before, after = [n for n in old if n in new], [n for n in new if n in old]
    if before != after:
        yield f"order of {kind}s: {', '.join(before)} → {', '.join(after)}"


def _changed(prefix: str, old: _Facts, new: _Facts) -> Iterator[str]:
    for key, text in new.items():
        if old[key] != text:
            yield f"{prefix}{key} {old[key]} → {text}"


def _unnamed(kind: str, old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"{kind} removed: {text}" for text in old if text not in new)
    yield from (f"{kind} added: {text}" for text in new if text not in old)
    if sorted(old) == sorted(new) and old != new:
        yield f"order of {kind}s changed"

"""Is this recipe possible under that specification?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given, Setting, quantity_text
from designer.campaigns.space.intervals import can_hold
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import exact
from designer.campaigns.values.quantity import excess_hint

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification


def recipe_problems(
    spec: Specification, settings: Mapping[str, Setting], where: str, *, on_grid: bool = True
) -> list[Problem]:
    """Everything that is wrong with a recipe.

    Args:
        spec: the specification.
        settings: value of every factor; givens may be among them.
        where: place for the messages; the factor's name is added.
        on_grid: True for a proposal: set-points inside ranges, mixtures, constraints. False for
            settings really used: only what cannot be recorded at all (missing or unknown factor,
            no number, unknown category); see :func:`recipe_flags` for the rest.

    Returns:
        All problems; none for a recipe that is fine.
    """
    inputs = {part.name: part for part in spec.inputs}
    problems = [
        Problem(_at(where, name), "no factor of this name", hint=suggestion(name, inputs))
        for name in settings
        if name not in inputs
    ]
    problems += [
        Problem(_at(where, factor.name), "missing", None, factor.allowed)
        for factor in spec.factors
        if factor.name not in settings
    ]
    for name, value in settings.items():
        if name in inputs:
            problems += inputs[name].problems_with(value, _at(where, name), on_grid=on_grid)
    if on_grid and not problems:
        problems += _together(spec, settings, where)
    return problems


def recipe_flags(
    spec: Specification, settings: Mapping[str, Setting], set_points: Collection[str] = ()
) -> list[str]:
    """What is unusual about settings really used: out of range, off mixture, against constraints.

    Args:
        spec: the specification.
        settings: values of factors (and givens), possibly not of all; as accepted by
            :func:`recipe_problems` with ``on_grid=False``.
        set_points: factors that stand at a planned set-point, and were not read off the machine.

    Returns:
        Sentences without a final full stop; off-step values are ordinary and not mentioned, but
        of `set_points`.
    """
    outside: dict[str, float] = {}
    for name, (low, high) in spec.limits.items():
        value = settings.get(name)
        if isinstance(value, (int, float)) and not low <= value <= high:
            outside[name] = value
    flags = [
        f"{part.name}: outside the range"
        f" (found {quantity_text(outside[part.name], part.unit)}; range: {part.allowed})"
        f"{_looks_like(part, outside[part.name])}"
        for part in (spec.inputs if outside else ())
        if part.name in outside
    ]
    flags += [
        str(problem)
        for factor in (spec.factors if set_points else ())
        if factor.name in set_points and factor.name not in outside and factor.name in settings
        for problem in factor.problems_with(settings[factor.name], factor.name, on_grid=True)
    ]
    return flags + [str(problem) for problem in _together(spec, settings, "")]


def _looks_like(part: Factor | Given, value: float) -> str:
    """``: looks like bar (900 bar is 90 MPa)?``; blank where no slip explains a value."""
    hint = excess_hint(value, *part.bounds, part.unit)
    return "" if hint is None else f": {hint}?"


def _together(
    spec: Specification, settings: Mapping[str, Setting], where: str
) -> Iterator[Problem]:
    for mixture in spec.mixtures:
        if all(name in settings for name in mixture.factors) and not mixture.holds_for(settings):
            parts = [exact(float(settings[name])) for name in mixture.factors]
            unit = spec.factor(mixture.factors[0]).unit
            total = quantity_text(float(mixture.total), unit)
            found = quantity_text(float(sum(parts, Decimal(0))), unit)
            yield Problem(where, f"{' + '.join(mixture.factors)} must sum to {total}", found)
    for constraint in spec.constraints:
        if _can_hold(spec, constraint, settings) is False:
            found = ", ".join(
                f"{part.name} {quantity_text(settings[part.name], part.unit)}"
                for part in spec.inputs
                if part.name in constraint.inputs and part.name in settings
            )
            what = f"against the constraint {constraint.expression}"
            reason = constraint.reason
            hint = reason[:1].upper() + reason[1:] if reason else None
            yield Problem(where, what, found, None, hint)


def _can_hold(
    spec: Specification, constraint: Constraint, settings: Mapping[str, Setting]
) -> bool | None:
    """Whether a constraint holds; None when a value is missing.

    A given that is not known yet may take any value in its range.
    """
    for name, categories in constraint.when.items():
        if name not in settings:
            return None
        if settings[name] not in categories:
            return True
    if all(name in settings for name in constraint.names):
        return constraint.holds_for(settings)
    box = {given.name: given.bounds for given in spec.givens}
    for name in constraint.names:
        if name in settings:
            box[name] = (float(settings[name]), float(settings[name]))
    known = all(name in box for name in constraint.names)
    return can_hold(constraint.comparison, box) if known else None


def _at(where: str, name: str) -> str:
    return f"{where} {name}".strip()

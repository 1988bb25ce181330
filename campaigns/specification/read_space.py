"""Reads one ``[[factor]]`` or ``[[given]]``: ranges, steps, levels, categories."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from designer.campaigns.space.factors import (
    MOST_STEPS,
    Factor,
    Given,
    Grid,
)
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.fields import Fields, as_list, found_text
from designer.campaigns.values.numbers import exact, number_text

_FORMS: Final = "low and high (with or without step), or levels, or categories"


def read_factor(draft: SpecificationDraft, fields: Fields) -> Factor | None:
    """One factor, or None when its values cannot be used."""
    fields.only(("name", "unit", "low", "high", "step", "levels", "categories", "stage", "was"))
    name = draft.declare("factor", fields)
    unit = draft.unit_of(fields)
    stage = draft.stage_of(fields)
    forms = [form for form in ("levels", "categories") if fields.has(form)]
    ranged = [key for key in ("low", "high", "step") if fields.has(key)]
    if len(forms) + bool(ranged) != 1:
        found = ", ".join([*ranged, *forms]) or "none of them"
        fields.wrong("", "write exactly one kind of values", found=found, allowed=_FORMS)
        return None
    factor: Factor | None = None
    if ranged:
        ends = _low_high(fields)
        step = _step(fields, ends)
        if ends is not None and (step is not None or not fields.has("step")):
            factor = Factor(name, unit, low=ends[0], high=ends[1], step=step, stage=stage)
    elif forms == ["levels"]:
        levels = _levels(fields)
        if levels is not None:
            factor = Factor(name, unit, levels=levels, stage=stage)
    else:
        categories = _categories(fields)
        if categories is not None:
            factor = Factor(name, unit, categories=categories, stage=stage)
    return None if factor is None else _with_was(fields, factor)


def read_given(draft: SpecificationDraft, fields: Fields) -> Given | None:
    """One given, or None when its range cannot be used."""
    fields.only(("name", "unit", "low", "high", "was"))
    name = draft.declare("given", fields)
    unit = draft.unit_of(fields)
    ends = _low_high(fields)
    was = fields.number("was")
    return None if ends is None else Given(name, unit, *ends, was=was)


def _low_high(fields: Fields) -> tuple[float, float] | None:
    low = fields.number("low", required=True)
    high = fields.number("high", required=True)
    if low is None or high is None:
        return None
    if not low < high:
        allowed = f"above low, which is {fields.shown(low)}"
        hint = "Leave out what cannot be changed" if low == high else None
        fields.wrong("high", "not above low", found=fields.shown(high), allowed=allowed, hint=hint)
        return None
    return low, high


def _step(fields: Fields, ends: tuple[float, float] | None) -> Decimal | None:
    number = fields.number("step", above=0)
    if number is None or ends is None:
        return None if number is None else exact(number)
    low, high = ends
    step = exact(number)
    if (high - low) / number > MOST_STEPS:
        what = f"makes more than {MOST_STEPS} set-points"
        hint = "Leave step out for a continuous factor"
        fields.wrong("step", what, found=fields.shown(number), hint=hint)
        return None
    grid = Grid.between(low, high, step)
    last = grid.value(grid.count - 1)
    if last != high:
        neighbours = f"{number_text(last)} or {fields.shown(grid.value(grid.count))}"
        if grid.count == 1:
            neighbours = fields.shown(grid.value(1))
        what = f"is not low plus a whole number of steps of {fields.shown(number)}"
        fields.wrong("high", what, found=fields.shown(high), allowed=neighbours)
        return None
    return step


def _levels(fields: Fields) -> tuple[float, ...] | None:
    items = fields.items("levels")
    if items is None:
        return None
    numbers = [fields.finite(f"levels[{index}]", item) for index, item in enumerate(items)]
    levels = [number for number in numbers if number is not None]
    if len(levels) < len(numbers):
        return None
    if len(levels) < 2:
        found = found_text(items)
        hint = "Leave out what cannot be changed"
        fields.wrong("levels", "two or more are needed", found=found, hint=hint)
        return None
    for index in range(1, len(levels)):
        if not levels[index - 1] < levels[index]:
            same = levels[index - 1] == levels[index]
            what = "there twice" if same else "not above the level before it"
            allowed = "levels in ascending order, each once"
            found = fields.shown(levels[index])
            fields.wrong(f"levels[{index}]", what, found=found, allowed=allowed)
            return None
    return tuple(levels)


def _categories(fields: Fields) -> tuple[str, ...] | None:
    if fields.has("unit"):
        fields.wrong("unit", "a categorical factor has no unit", found=found_text(fields.unit))
    categories = fields.texts("categories")
    written = as_list(fields.raw["categories"])
    if categories is None or written is None or len(set(categories)) < len(written):
        return None  # noted item by item
    if len(categories) < 2:
        found = found_text(categories)
        hint = "Leave out what cannot be changed"
        fields.wrong("categories", "two or more are needed", found=found, hint=hint)
        return None
    return tuple(categories)


def _with_was(fields: Fields, factor: Factor) -> Factor:
    if not fields.has("was"):
        return factor
    raw = fields.raw["was"]
    if factor.is_categorical:
        problems = factor.problems_with(raw, fields.where("was"), on_grid=False)
        for problem in problems:
            fields.wrong("was", problem.what, found=found_text(raw), allowed=problem.allowed)
        was = raw if isinstance(raw, str) and not problems else None
        return Factor(factor.name, categories=factor.categories, stage=factor.stage, was=was)
    number = fields.number("was")  # a fact about old runs: may lie outside the range
    return Factor(
        factor.name,
        factor.unit,
        factor.low,
        factor.high,
        factor.step,
        factor.levels,
        stage=factor.stage,
        was=number,
    )

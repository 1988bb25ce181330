"""Reads factors and givens, and the mixtures and constraints that tie them together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression import ExpressionError, parse
from designer.campaigns.space.factors import (
    MOST_STEPS,
    Factor,
    Given,
    Grid,
)
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.fields import Fields, as_list, found_text
from designer.campaigns.values.names import suggestion
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
        return replace(factor, unit=None, was=was)
    return replace(factor, was=fields.number("was"))  # of old runs: may lie outside the range


def read_mixture(draft: SpecificationDraft, fields: Fields) -> Mixture | None:
    """One mixture, or None when a member or the total cannot be used."""
    fields.only(("factors", "total"))
    names = fields.texts("factors", required=True)
    total = fields.number("total", required=True)
    if names is None:
        return None
    usable = len(names) >= 2
    if not usable and len(names) == len(as_list(fields.raw["factors"]) or ()):
        found = found_text(names)
        fields.wrong("factors", "a mixture has two or more factors", found=found)
    before = {name: i for i, other in draft.mixtures.items() for name in other.factors}
    for index, name in enumerate(names):
        at, found = f"factors[{index}]", f"'{name}'"
        factor = draft.factor(name)
        if name not in draft.names.get("factor", []):
            guess = suggestion(name, draft.names.get("factor", []))
            hint = "Declare it as [[factor]] too"
            hint = hint if guess is None else f"{guess} Else declare it as [[factor]] too"
            fields.wrong(at, "no factor of this name", found=found, hint=hint)
        elif factor is not None and factor.is_categorical:
            fields.wrong(at, "a categorical factor has no amount", found=found)
        elif name in before:
            fields.wrong(at, f"already a part of mixture[{before[name]}]", found=found)
        usable = usable and factor is not None and not factor.is_categorical
        usable = usable and name not in before and names.count(name) == 1
    return Mixture(tuple(names), exact(total)) if usable and total is not None else None


def read_constraint(draft: SpecificationDraft, fields: Fields) -> Constraint | None:
    """One constraint, or None when it cannot be evaluated."""
    fields.only(("expression", "reason", "when"))
    text = fields.text("expression", limit=1000, required=True)
    reason = fields.text("reason")
    when, usable = _when(draft, fields)
    if text is None:
        return None
    try:
        comparison = parse(text)
    except ExpressionError as error:
        hint = None if error.hint is None else f"{error.hint}"
        fields.wrong("expression", error.what, found=found_text(text), hint=hint)
        return None
    if not comparison.names:
        fields.wrong("expression", "names no factor or given", found=found_text(text))
        return None
    for name in comparison.names:
        usable = _known(draft, fields, name) and usable
    return Constraint(text, reason, when) if usable else None


def _known(draft: SpecificationDraft, fields: Fields, name: str) -> bool:
    """Whether a name in an expression stands for a number; notes why not."""
    inputs = [*draft.names.get("factor", []), *draft.names.get("given", [])]
    if name not in inputs:
        what = "neither factor nor given"
        if name in draft.names.get("response", []):
            what = "a response, but constraints are about factors and givens"
        hint = suggestion(name, inputs)
        fields.wrong(
            "expression", what, found=f"'{name}'", allowed=", ".join(inputs) or None, hint=hint
        )
        return False
    factor = draft.factor(name)
    if factor is not None and factor.is_categorical:
        hint = f'For some of its categories write when = {{ {name} = ["…"] }}'
        fields.wrong(
            "expression", "a categorical factor is no number", found=f"'{name}'", hint=hint
        )
        return False
    return factor is not None or draft.given(name) is not None


def _when(draft: SpecificationDraft, fields: Fields) -> tuple[dict[str, tuple[str, ...]], bool]:
    """Categories a constraint is for, and whether all of them can be used."""
    if not fields.has("when"):
        return {}, True
    inner = fields.table("when", allowed='{ factor = ["category", …] }')
    if inner is None:
        return {}, False
    when: dict[str, tuple[str, ...]] = {}
    usable = True
    for name in inner.raw:
        categories = _when_categories(draft, inner, str(name))
        usable = usable and categories is not None
        if categories is not None:
            when[name] = categories
    return when, usable


def _when_categories(draft: SpecificationDraft, inner: Fields, name: str) -> tuple[str, ...] | None:
    factor = draft.factor(name)
    if factor is None and name in draft.names.get("factor", []):
        return None  # broken elsewhere
    if factor is None or factor.categories is None:
        categorical = [f.name for f in draft.factors.values() if f.is_categorical]
        hint = suggestion(name, categorical)
        inner.wrong(name, "no categorical factor", allowed=", ".join(categorical), hint=hint)
        return None
    wanted = inner.texts(name, required=True)
    if wanted is None:
        return None
    if not wanted:
        inner.wrong(name, "no category in it, so it would never apply", found="[]")
    for index, category in enumerate(wanted):
        for problem in factor.problems_with(category, "", on_grid=True):
            at = f"{name}[{index}]"
            found, allowed = found_text(category), problem.allowed
            inner.wrong(at, problem.what, found=found, allowed=allowed, hint=problem.hint)
            return None
    return tuple(wanted)

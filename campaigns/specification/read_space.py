"""Reads factors and givens, and the mixtures and constraints that tie them together."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Final

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression import ExpressionError, parse
from designer.campaigns.space.factors import MOST_STEPS, Factor, Given
from designer.campaigns.space.grids import DIGITS, MOST_PER_DECADE, Grid, LogGrid
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.fields import Fields, as_list, found_text
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import exact, number_text

_FACTOR_KEYS: Final = (
    *("name", "unit", "low", "high", "step", "scale", "per_decade"),
    *("levels", "categories", "stage", "was"),
)
_FORMS: Final = "low and high (with or without step), or levels, or categories"
_CONSTANT: Final = "Leave out what cannot be changed"


def read_factor(draft: SpecificationDraft, fields: Fields) -> Factor | None:
    """One factor, or None when its values cannot be used."""
    fields.only(_FACTOR_KEYS)
    name = draft.declare("factor", fields)
    unit = draft.unit_of(fields)
    stage = draft.stage_of(fields)
    log = fields.choice("scale", ("linear", "log"), "linear") == "log"
    forms = [form for form in ("levels", "categories") if fields.has(form)]
    ranged = [key for key in ("low", "high", "step") if fields.has(key)]
    if len(forms) + bool(ranged) != 1:
        found = ", ".join([*ranged, *forms]) or "none of them"
        fields.wrong("", "write exactly one kind of values", found, _FORMS)
        return None
    factor = Factor(name, unit, log_scale=log and "categories" not in forms, stage=stage)
    per_decade = _per_decade(fields, forms, log=log)
    if ranged:
        known = _ranged(fields, factor, per_decade)
        return None if known is None else _with_was(fields, known)
    if forms == ["levels"]:
        factor = replace(factor, levels=_levels(fields, log=log))
        return None if factor.levels is None else _with_was(fields, factor)
    if log:
        fields.wrong("scale", "categories are names and have no scale", "text 'log'")
    factor = replace(factor, categories=_categories(fields))
    return _with_was(fields, factor) if factor.is_categorical else None


def _ranged(fields: Fields, factor: Factor, per_decade: int | None) -> Factor | None:
    """The factor with its range and grid, or None when they cannot be used."""
    ends = _low_high(fields, log=factor.log_scale)
    step = None
    if not factor.log_scale:
        step = _step(fields, ends)
        if step is None and fields.has("step"):
            return None
    elif fields.has("step"):
        hint = "Write per_decade for a grid, or leave step out for a continuous factor"
        what = "steps of equal size are for a linear scale"
        fields.wrong("step", what, found_text(fields.raw["step"]), hint=hint)
    if ends is None or (per_decade is not None and not _ends_on_grid(fields, ends, per_decade)):
        return None
    return replace(factor, low=ends[0], high=ends[1], step=step, per_decade=per_decade)


def read_given(draft: SpecificationDraft, fields: Fields) -> Given | None:
    """One given, or None when its range cannot be used."""
    fields.only(("name", "unit", "low", "high", "was"))
    name = draft.declare("given", fields)
    unit = draft.unit_of(fields)
    ends = _low_high(fields)
    was = fields.number("was")
    return None if ends is None else Given(name, unit, *ends, was=was)


def _low_high(fields: Fields, *, log: bool = False) -> tuple[float, float] | None:
    low = fields.number("low", required=True)
    high = fields.number("high", required=True)
    ends = {"low": low, "high": high}
    fine = [_has_logarithm(fields, k, n) for k, n in ends.items() if log and n is not None]
    if low is None or high is None or not all(fine):
        return None
    if not low < high:
        allowed = f"above low, which is {fields.shown(low)}"
        hint = _CONSTANT if low == high else None
        fields.wrong("high", "not above low", fields.shown(high), allowed, hint)
        return None
    return low, high


def _has_logarithm(fields: Fields, key: str, number: float) -> bool:
    """Whether a number has a place on a logarithmic scale; notes one that has none."""
    if number <= 0:
        fields.wrong(key, "has no place on a logarithmic scale", fields.shown(number), "above 0")
    return number > 0


def _per_decade(fields: Fields, forms: list[str], *, log: bool) -> int | None:
    """Set-points per decade, where they mean something; notes where they do not."""
    number = fields.number("per_decade")
    if number is None:
        return None
    found = number_text(number)
    if forms:
        what = f"makes a grid from low to high, but there are {forms[0]}"
        fields.wrong("per_decade", what, found)
    elif not log and fields.raw.get("scale") in (None, "linear"):
        fields.wrong("per_decade", "is for a logarithmic scale", found, 'scale = "log" with it')
    elif not number.is_integer() or not 1 <= number <= MOST_PER_DECADE:
        allowed = f"a whole number from 1 to {MOST_PER_DECADE}"
        fields.wrong("per_decade", "no number of set-points per decade", found, allowed)
    else:
        return int(number) if log else None
    return None


def _ends_on_grid(fields: Fields, ends: tuple[float, float], per_decade: int) -> bool:
    """Whether both ends are set-points of a logarithmic grid; notes the one that is none."""
    low, high = ends
    if float(f"{low:.{DIGITS - 1}e}") != low:
        unit = exact(low).adjusted() - DIGITS + 1
        below = exact(low).quantize(Decimal((0, (1,), unit)), ROUND_FLOOR)
        above = below + Decimal((0, (1,), unit))
        near = f"{number_text(float(below))} or {fields.shown(float(above))}"
        what = f"set-points of a logarithmic grid have {DIGITS} significant digits"
        fields.wrong("low", what, fields.shown(low), near)
        return False
    below_high, above_high = LogGrid.between(low, high, per_decade).around(high)
    if below_high != above_high:
        near = f"{number_text(below_high)} or {fields.shown(above_high)}"
        if below_high == low:
            near = fields.shown(above_high)
        what = f"is not low times a whole number of steps of 10^(1/{per_decade})"
        fields.wrong("high", what, fields.shown(high), near)
    return below_high == above_high


def _step(fields: Fields, ends: tuple[float, float] | None) -> Decimal | None:
    number = fields.number("step", above=0)
    if number is None or ends is None:
        return None if number is None else exact(number)
    low, high = ends
    step = exact(number)
    if (high - low) / number > MOST_STEPS:
        what = f"makes more than {MOST_STEPS} set-points"
        hint = "Leave step out for a continuous factor"
        fields.wrong("step", what, fields.shown(number), hint=hint)
        return None
    grid = Grid.between(low, high, step)
    last = grid.value(grid.count - 1)
    if last != high:
        neighbours = f"{number_text(last)} or {fields.shown(grid.value(grid.count))}"
        if grid.count == 1:
            neighbours = fields.shown(grid.value(1))
        what = f"is not low plus a whole number of steps of {fields.shown(number)}"
        fields.wrong("high", what, fields.shown(high), neighbours)
        return None
    return step


def _levels(fields: Fields, *, log: bool) -> tuple[float, ...] | None:
    items = fields.items("levels")
    if items is None:
        return None
    numbers = [fields.finite(f"levels[{index}]", item) for index, item in enumerate(items)]
    levels = [number for number in numbers if number is not None]
    if len(levels) < len(numbers):
        return None
    if len(levels) < 2:
        fields.wrong("levels", "two or more are needed", found_text(items), hint=_CONSTANT)
        return None
    for index, (last, level) in enumerate(pairwise(levels), start=1):
        if not last < level:
            what = "there twice" if last == level else "not above the level before it"
            allowed = "levels in ascending order, each once"
            fields.wrong(f"levels[{index}]", what, fields.shown(level), allowed)
            return None
    told = enumerate(levels if log else ())
    fine = [_has_logarithm(fields, f"levels[{index}]", level) for index, level in told]
    return tuple(levels) if all(fine) else None


def _categories(fields: Fields) -> tuple[str, ...] | None:
    if fields.has("unit"):
        fields.wrong("unit", "a categorical factor has no unit", found_text(fields.unit))
    categories = fields.texts("categories")
    written = as_list(fields.raw["categories"])
    if categories is None or written is None or len(set(categories)) < len(written):
        return None  # noted item by item
    if len(categories) < 2:
        fields.wrong("categories", "two or more are needed", found_text(categories), hint=_CONSTANT)
        return None
    return tuple(categories)


def _with_was(fields: Fields, factor: Factor) -> Factor:
    if not fields.has("was"):
        return factor
    raw = fields.raw["was"]
    if factor.is_categorical:
        problems = factor.problems_with(raw, fields.where("was"), on_grid=False)
        for problem in problems:
            fields.wrong("was", problem.what, found_text(raw), problem.allowed)
        was = raw if isinstance(raw, str) and not problems else None
        return replace(factor, unit=None, was=was)
    told = fields.number("was")  # of old runs: may lie outside the range
    if told is not None and factor.log_scale and not _has_logarithm(fields, "was", told):
        return factor
    return replace(factor, was=told)


def read_mixture(draft: SpecificationDraft, fields: Fields) -> Mixture | None:
    """One mixture, or None when a member or the total cannot be used."""
    fields.only(("factors", "total"))
    names = fields.texts("factors", required=True)
    total = fields.number("total", required=True)
    if names is None:
        return None
    usable = len(names) >= 2
    if not usable and len(names) == len(as_list(fields.raw["factors"]) or ()):
        fields.wrong("factors", "a mixture has two or more factors", found_text(names))
    known = draft.names["factor"]
    before = {name: path for path, other in draft.mixtures.items() for name in other.factors}
    for index, name in enumerate(names):
        at, found = f"factors[{index}]", f"'{name}'"
        factor = draft.factor(name)
        if name not in known:
            guess = suggestion(name, known)
            hint = f"{guess} Else declare" if guess else "Declare"
            fields.wrong(at, "no factor of this name", found, hint=f"{hint} it as [[factor]] too")
        elif factor is not None and factor.is_categorical:
            fields.wrong(at, "a categorical factor has no amount", found)
        elif factor is not None and factor.log_scale:
            hint = "Take scale away there: amounts are added up as they are"
            fields.wrong(
                at, "a factor on a logarithmic scale is no part of a sum", found, hint=hint
            )
        elif name in before:
            fields.wrong(at, f"already a part of {before[name]}", found)
        fits = factor is not None and not (factor.is_categorical or factor.log_scale)
        usable = usable and fits
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
        fields.wrong("expression", error.what, found_text(text), hint=error.hint)
        return None
    if not comparison.names:
        fields.wrong("expression", "names no factor or given", found_text(text))
        return None
    for name in comparison.names:
        usable = _known(draft, fields, name) and usable
    return Constraint(text, reason, when) if usable else None


def _known(draft: SpecificationDraft, fields: Fields, name: str) -> bool:
    """Whether a name in an expression stands for a number; notes why not."""
    inputs = [*draft.names["factor"], *draft.names["given"]]
    if name not in inputs:
        what = "neither factor nor given"
        if name in draft.names["response"]:
            what = "a response, but constraints are about factors and givens"
        fields.unknown("expression", what, name, inputs, f"'{name}'")
        return False
    factor = draft.factor(name)
    if factor is not None and factor.is_categorical:
        hint = f'For some of its categories write when = {{ {name} = ["…"] }}'
        fields.wrong("expression", "a categorical factor is no number", f"'{name}'", hint=hint)
        return False
    return factor is not None or draft.given(name) is not None


def _when(draft: SpecificationDraft, fields: Fields) -> tuple[dict[str, tuple[str, ...]], bool]:
    """Categories a constraint is for, and whether all of them can be used."""
    if not fields.has("when"):
        return {}, True
    inner = fields.table("when", allowed='{ factor = ["category", …] }')
    if inner is None:
        return {}, False
    read = {name: _when_categories(draft, inner, str(name)) for name in inner.raw}
    when = {name: categories for name, categories in read.items() if categories is not None}
    return when, len(when) == len(read)


def _when_categories(draft: SpecificationDraft, inner: Fields, name: str) -> tuple[str, ...] | None:
    factor = draft.factor(name)
    if factor is None and name in draft.names["factor"]:
        return None  # broken elsewhere
    if factor is None or factor.categories is None:
        categorical = [f.name for f in draft.factors.values() if f.is_categorical]
        inner.unknown(name, "no categorical factor", name, categorical)
        return None
    wanted = inner.texts(name, required=True)
    if wanted is None:
        return None
    if not wanted:
        inner.wrong(name, "no category in it, so it would never apply", "[]")
    for index, category in enumerate(wanted):
        for problem in factor.problems_with(category, "", on_grid=True):
            found = found_text(category)
            inner.wrong(f"{name}[{index}]", problem.what, found, problem.allowed, problem.hint)
            return None
    return tuple(wanted)

"""Reads one ``[[constraint]]`` or ``[[mixture]]``: what ties factors together."""

from __future__ import annotations

from collections.abc import Mapping

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression import parse
from designer.campaigns.space.expression_words import ExpressionError
from designer.campaigns.specification.draft import SpecificationDraft, sentence
from designer.campaigns.specification.fields import Fields, as_list, found_text
from designer.campaigns.specification.parts import Mixture
from designer.campaigns.values.names import did_you_mean
from designer.campaigns.values.numbers import exact


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
            guess = sentence(did_you_mean(name, draft.names.get("factor", [])))
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
        hint = sentence(did_you_mean(name, inputs))
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
    raw = fields.raw.get("when")
    if raw is None:
        return {}, True
    if not isinstance(raw, Mapping):
        allowed = '{ factor = ["category", …] }'
        fields.wrong("when", "not a table", found=found_text(raw), allowed=allowed)
        return {}, False
    inner = Fields(raw, f"{fields.path}.when", fields.problems)
    when: dict[str, tuple[str, ...]] = {}
    usable = True
    for name in raw:
        categories = _categories(draft, inner, str(name))
        usable = usable and categories is not None
        if categories is not None:
            when[name] = categories
    return when, usable


def _categories(draft: SpecificationDraft, inner: Fields, name: str) -> tuple[str, ...] | None:
    factor = draft.factor(name)
    if factor is None and name in draft.names.get("factor", []):
        return None  # broken elsewhere
    if factor is None or factor.categories is None:
        categorical = [f.name for f in draft.factors.values() if f.is_categorical]
        hint = sentence(did_you_mean(name, categorical))
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

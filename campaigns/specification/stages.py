"""Reads one ``[[stage]]``, and its reference recipe once the factors are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.specification.draft import SpecificationDraft, sentence
from designer.campaigns.specification.fields import Fields, as_list, found_text
from designer.campaigns.specification.parts import Stage
from designer.campaigns.values.names import did_you_mean

_KEYS: Final = ("name", "change_cost", "usable_for", "most_runs", "reference")
_EXAMPLE: Final = "{ factor = value, … }"


def read_stage(draft: SpecificationDraft, fields: Fields) -> Stage:
    """One stage without its reference recipe; broken keys are left at their defaults."""
    fields.only(_KEYS)
    name = draft.declare("stage", fields)
    cost = fields.number("change_cost", required=True, least=0)
    return Stage(
        name,
        0.0 if cost is None else cost,
        fields.number("usable_for", above=0),
        most_runs=_most_runs(fields),
    )


def _most_runs(fields: Fields) -> int | None:
    number = fields.number("most_runs", least=1)
    if number is None or number == int(number):
        return None if number is None else int(number)
    fields.wrong(
        "most_runs", "not a whole number", found=fields.shown(number), allowed="1, 2, 3, …"
    )
    return None


def read_references(draft: SpecificationDraft, raw: Mapping[str, object]) -> None:
    """The reference recipes of all stages, after stages and factors were read."""
    items = as_list(raw.get("stage")) or []
    for index, stage in draft.stages.items():
        item = items[index]
        if isinstance(item, Mapping) and item.get("reference") is not None:
            fields = Fields(item, f"stage[{index}]", draft.problems, name_key="name")
            draft.stages[index] = replace(stage, reference=_reference(draft, fields, stage.name))


def _reference(draft: SpecificationDraft, fields: Fields, stage: str) -> dict[str, Setting]:
    """Settings of every factor that can differ within one batch of a stage."""
    raw = fields.raw["reference"]
    if not isinstance(raw, Mapping):
        fields.wrong("reference", "not a table", found=found_text(raw), allowed=_EXAMPLE)
        return {}
    names = draft.names.get("stage", [])
    made = set(names[: names.index(stage) + 1]) if stage in names else set()
    free = {f.name: f for f in draft.factors.values() if f.stage not in made}
    known = draft.names.get("factor", [])
    inner = Fields(raw, f"{fields.path}.reference", fields.problems)
    settings: dict[str, Setting] = {}
    for name in raw:
        if name in free:
            value = _setting(inner, free[name])
            if value is not None:
                settings[name] = value
        elif name not in known:
            hint = sentence(did_you_mean(str(name), list(free)))
            inner.wrong(str(name), "no factor of this name", allowed=", ".join(free), hint=hint)
        elif draft.factor(name) is not None:  # else it is broken, which was noted already
            what = f"is set once for a whole batch of {stage}: its runs cannot differ in it"
            inner.wrong(name, what, allowed=", ".join(free) or "nothing")
    missing = [name for name in free if name not in raw]
    if missing:
        what = f"leaves out {', '.join(missing)}"
        hint = f"A reference recipe sets every factor that can differ within a batch of {stage}"
        fields.wrong("reference", what, hint=hint)
    if not raw and not free:
        what = f"no factor can differ within a batch of {stage}"
        fields.wrong("reference", what, hint="Leave reference out")
    return settings


def _setting(inner: Fields, factor: Factor) -> Setting | None:
    raw = inner.raw[factor.name]
    value: object = raw if factor.is_categorical else inner.finite(factor.name, raw)
    if value is None:
        return None
    for problem in factor.problems_with(value, "", on_grid=True):
        inner.wrong(
            factor.name, problem.what, found=problem.found, allowed=problem.allowed,
            hint=problem.hint,
        )  # fmt: skip
        return None
    return value if isinstance(value, (str, float)) else None

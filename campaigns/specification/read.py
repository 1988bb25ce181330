"""Reads all tables of a specification into a draft with all its problems.

Every table is read item by item; then it is checked what the tables must say together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar, get_args

from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import Setting
from designer.campaigns.space.feasibility import conflicts
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.fields import MOST_ITEMS, Fields, as_list, found_text
from designer.campaigns.specification.parts import CampaignGoal, Costs
from designer.campaigns.specification.read_parts import read_references, read_response, read_stage
from designer.campaigns.specification.read_space import (
    read_constraint,
    read_factor,
    read_given,
    read_mixture,
)
from designer.campaigns.specification.text import FORMAT_VERSION
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.units import same_unit

TABLES: Final = (
    "campaign", "stage", "factor", "given", "mixture", "response", "constraint", "costs",
)  # fmt: skip
_GOALS: Final[tuple[CampaignGoal, ...]] = get_args(CampaignGoal)
_T = TypeVar("_T")


def read_tables(raw: Mapping[str, object], *, trusted: bool = False) -> SpecificationDraft:
    """Reads every table on its own.

    Args:
        raw: the specification as a dict of its tables.
        trusted: accepted once before, so units are not looked up again.

    Returns:
        What could be read, with the problems found; what tables mean together is not checked yet.
    """
    draft = SpecificationDraft(trusted=trusted)
    top = Fields(raw, "", draft.problems)
    top.only(TABLES)
    _campaign(draft, _table(top, "campaign"))
    _each(draft, top, "stage", read_stage, draft.stages)
    _each(draft, top, "factor", read_factor, draft.factors)
    read_references(draft, raw)
    _each(draft, top, "given", read_given, draft.givens)
    _each(draft, top, "response", read_response, draft.responses)
    for table in ("factor", "response"):
        if not top.has(table) or as_list(raw[table]) == []:
            top.wrong(table, "missing", None, f"one [[{table}]] or more")
    _each(draft, top, "mixture", read_mixture, draft.mixtures)
    _each(draft, top, "constraint", read_constraint, draft.constraints)
    _costs(draft, _table(top, "costs"))
    return draft


def _each(
    draft: SpecificationDraft,
    top: Fields,
    table: str,
    read: Callable[[SpecificationDraft, Fields], _T | None],
    into: dict[int, _T],
) -> None:
    """Reads every item of an array of tables."""
    value = top.raw.get(table)
    if value is None:
        return
    items = as_list(value)
    if items is None:
        hint = f"Write [[{table}]] with two brackets" if isinstance(value, Mapping) else None
        top.wrong(table, "not a list", found_text(value), f"[[{table}]] for each", hint)
        return
    if len(items) > MOST_ITEMS:
        top.wrong(table, "too many", f"{len(items)} items", f"at most {MOST_ITEMS}")
    for index, item in enumerate(items[:MOST_ITEMS]):
        path = f"{table}[{index}]"
        if not isinstance(item, Mapping):
            top.wrong(path, "not a table", found_text(item))
            continue
        result = read(draft, Fields(item, path, draft.problems, name_key="name"))
        if result is not None:
            into[index] = result


def _table(top: Fields, key: str) -> Fields:
    """A table that is there once; an empty one when it is missing or no table."""
    value = top.raw.get(key)
    if value is None or isinstance(value, Mapping):
        return Fields(value or {}, key, top.problems)
    hint = f"Write [{key}] with one bracket" if as_list(value) is not None else None
    top.wrong(key, "not a table", found_text(value), f"[{key}]", hint)
    return Fields({}, key, [])  # noted already: no messages about its missing keys


def _campaign(draft: SpecificationDraft, fields: Fields) -> None:
    fields.only(("version", "name", "line", "goal", "history"))
    version = fields.number("version")
    if version is not None and version != FORMAT_VERSION:
        newer = version > FORMAT_VERSION
        what = "written for a newer version of this program" if newer else "unknown version"
        fields.wrong("version", what, number_text(version), str(FORMAT_VERSION))
    draft.name = fields.text("name", limit=64, required=True) or ""
    draft.line = fields.text("line", limit=64, required=True) or ""
    if fields.has("goal"):
        goal: CampaignGoal = fields.choice("goal", _GOALS, "learn")
        draft.goal = goal
    draft.history = fields.switch("history", default=True)


def _costs(draft: SpecificationDraft, fields: Fields) -> None:
    fields.only(("unit", "run", "budget"))
    stages = draft.stages
    unit = fields.text("unit", limit=40) or ("units" if stages else "runs")
    fields.unit = unit
    run = fields.number("run", above=0)
    if not fields.has("run"):
        run = stages[max(stages)].change_cost if stages else 1.0
        if run == 0:
            what = "missing, and its default, the change_cost of the last stage, is 0"
            fields.wrong("run", what, allowed="above 0")
    draft.costs = Costs(unit, run or 1.0, fields.number("budget", above=0))
    for index, stage in stages.items():
        if stage.usable_for is not None and not draft.costs.is_time:
            where = f"stage[{index}].usable_for ('{stage.name}')"
            what = "a pot life is counted in costs.unit, but that is no time"
            allowed = "costs.unit such as h or min, or no usable_for"
            draft.problems.append(Problem(where, what, f"costs.unit '{unit}'", allowed))


def _campaign_goal(draft: SpecificationDraft) -> CampaignGoal:
    """What the information is about: as written, else ``window`` if there is one, else ``learn``.

    Notes a goal that the responses give no meaning to.
    """
    responses = list(draft.responses.values())
    windows = any(response.window is not None for response in responses)
    if draft.goal is None:
        return "window" if windows else "learn"
    aims = any(response.goal != "none" for response in responses)
    where = "campaign.goal"
    if draft.goal == "window" and not windows and responses:
        what = "no response has a window"
        draft.problems.append(Problem(where, what, "window", "a window, or goal = learn"))
    if draft.goal == "optimum" and not windows and not aims and responses:
        what = "no response has a window or a goal, so nothing is better than anything else"
        draft.problems.append(Problem(where, what, "optimum", "a window or a response goal"))
    return draft.goal


def _check_mixture_units(draft: SpecificationDraft) -> None:
    """Only fractions in the same unit can be added up."""
    for index, mixture in draft.mixtures.items():
        members = [factor for name in mixture.factors if (factor := draft.factor(name))]
        for factor in members[1:]:
            if not same_unit(members[0].unit, factor.unit):
                where = f"mixture[{index}].factors"
                what = f"{members[0].name} and {factor.name} cannot be added up"
                found = f"units '{members[0].unit or 1}' and '{factor.unit or 1}'"
                draft.problems.append(Problem(where, what, found, "the same unit"))


def _check_feasible(draft: SpecificationDraft) -> None:
    """Some recipe must exist; some too at the reference recipe of every stage that has one."""
    found = _conflicts(draft, {})
    draft.problems += found
    if found:
        return
    for index, stage in draft.stages.items():
        for problem in _conflicts(draft, stage.reference) if stage.reference else ():
            where = f"stage[{index}].reference ('{stage.name}')"
            what = f"no recipe with these settings is feasible: {problem.what}"
            draft.problems.append(Problem(where, what, problem.found, problem.allowed))


def _conflicts(draft: SpecificationDraft, fixed: Mapping[str, Setting]) -> list[Problem]:
    """What makes the set of recipes with some settings empty."""
    return conflicts(
        [f.fixed_at(fixed[f.name]) if f.name in fixed else f for f in draft.factors.values()],
        list(draft.givens.values()),
        {f"mixture[{index}]": mixture for index, mixture in draft.mixtures.items()},
        {f"constraint[{index}]": item for index, item in draft.constraints.items()},
    )


def check_together(draft: SpecificationDraft) -> CampaignGoal:
    """Notes everything that is wrong with the tables together.

    Returns:
        The campaign's goal with its default filled in.
    """
    goal = _campaign_goal(draft)
    responses = draft.responses.values()
    if responses and all(response.weight == 0 for response in responses):
        what = "every response has weight 0, so there is nothing to learn"
        draft.problems.append(Problem("response", what, None, "one weight above 0"))
    if not draft.trusted:
        _check_mixture_units(draft)
        _check_feasible(draft)
    return goal

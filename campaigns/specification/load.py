"""Makes a specification from a file, from TOML or from a dict of its tables.

That either succeeds or raises an ``InputError`` with every problem of the whole file: every table
is read item by item, then it is checked what the tables must say together. Indices in field paths
count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.files import File, as_file
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
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import (
    FORMAT_VERSION,
    read_source,
    tables_from_toml,
    to_tables,
    toml_text,
)
from designer.campaigns.values.names import ENDINGS, IN_SPEC, TABLE_COLUMNS
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.units import same_unit

TABLES: Final = (
    "campaign", "stage", "factor", "given", "mixture", "response", "constraint", "costs",
)  # fmt: skip
_GOALS: Final[tuple[CampaignGoal, ...]] = get_args(CampaignGoal)
_T = TypeVar("_T")


def load_specification(source: str | File | Mapping[str, Any]) -> Specification:
    """Reads a specification from a file (.toml, or the same as .json) or a dict.

    Args:
        source: path or dict.

    Raises:
        InputError: the file cannot be read, or its content is wrong; with all problems.
    """
    if isinstance(source, Mapping):
        return from_dict(source)
    text, tables = read_source(as_file(source))
    return from_toml(text, str(source)) if tables is None else from_dict(tables)


def from_toml(text: str, source: str = "specification") -> Specification:
    """Reads a specification as written.

    Args:
        text: TOML.
        source: name of the file for messages about its syntax.

    Raises:
        InputError: with all problems.
    """
    return replace(_read(tables_from_toml(text, source), trusted=False), text=text)


def from_dict(tables: Mapping[str, Any], *, trusted: bool = False) -> Specification:
    """Reads the same as a dict of its tables (null = open end of a range or left out).

    Args:
        tables: e.g. what ``text.to_tables`` or ``tomllib.loads`` gave.
        trusted: for what was accepted before and kept unharmed (a verified store): units and
            feasibility are not checked again, which saves half a second.

    Raises:
        InputError: with all problems.
    """
    spec = _read(tables, trusted=trusted)
    return replace(spec, text=toml_text(to_tables(spec)))


def example_text() -> str:
    """A complete commented specification, valid as it stands."""
    return (Path(__file__).parent / "example.toml").read_text(encoding="utf-8")


def _read(tables: Mapping[str, Any], *, trusted: bool) -> Specification:
    draft = SpecificationDraft(trusted)
    top = Fields(tables, "", draft.problems)
    top.only(TABLES)
    campaign = _table(top, "campaign")
    campaign.only(("version", "name", "line", "goal", "history"))
    _check_version(campaign)
    name = campaign.text("name", limit=64, required=True) or ""
    line = campaign.text("line", limit=64, required=True) or ""
    written: CampaignGoal = campaign.choice("goal", _GOALS, "learn")
    history = campaign.switch("history", default=True)
    _each(draft, top, "stage", read_stage, draft.stages)
    _each(draft, top, "factor", read_factor, draft.factors)
    read_references(draft)
    _each(draft, top, "given", read_given, draft.givens)
    _each(draft, top, "response", read_response, draft.responses)
    for table in ("factor", "response"):
        if not top.has(table) or as_list(tables[table]) == []:
            top.wrong(table, "missing", None, f"one [[{table}]] or more")
    _each(draft, top, "mixture", read_mixture, draft.mixtures)
    _each(draft, top, "constraint", read_constraint, draft.constraints)
    costs = _costs(draft, _table(top, "costs"))
    goal = _campaign_goal(draft, campaign, written)
    responses = draft.responses.values()
    if responses and all(response.weight == 0 for response in responses):
        what = "every response has weight 0, so there is nothing to learn"
        top.wrong("response", what, None, "one weight above 0")
    if not trusted:
        _check_mixture_units(draft)
        _check_table_columns(draft)
        _check_feasible(draft)
    if draft.problems:
        raise InputError(draft.problems)
    return Specification(
        name,
        line,
        goal,
        tuple(draft.stages.values()),
        tuple(draft.factors.values()),
        tuple(draft.givens.values()),
        tuple(draft.mixtures.values()),
        tuple(responses),
        tuple(draft.constraints.values()),
        costs,
        history,
    )


def _each(
    draft: SpecificationDraft,
    top: Fields,
    table: str,
    read: Callable[[SpecificationDraft, Fields], _T | None],
    into: dict[str, _T],
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
        fields = draft.fields[path] = Fields(item, path, draft.problems, name_key="name")
        result = read(draft, fields)
        if result is not None:
            into[path] = result


def _table(top: Fields, key: str) -> Fields:
    """A table that is there once; an empty one when it is missing or no table."""
    value = top.raw.get(key)
    if value is None or isinstance(value, Mapping):
        return Fields(value or {}, key, top.problems)
    hint = f"Write [{key}] with one bracket" if as_list(value) is not None else None
    top.wrong(key, "not a table", found_text(value), f"[{key}]", hint)
    return Fields({}, key, [])  # noted already: no messages about its missing keys


def _check_version(campaign: Fields) -> None:
    version = campaign.number("version")
    if version is not None and version != FORMAT_VERSION:
        newer = version > FORMAT_VERSION
        what = "written for a newer version of this program" if newer else "unknown version"
        campaign.wrong("version", what, number_text(version), str(FORMAT_VERSION))


def _costs(draft: SpecificationDraft, fields: Fields) -> Costs:
    fields.only(("unit", "run", "budget"))
    stages = draft.stages
    unit = fields.text("unit", limit=40) or ("units" if stages else "runs")
    fields.unit = unit
    run = fields.number("run", above=0)
    if not fields.has("run"):
        run = list(stages.values())[-1].change_cost if stages else 1.0
        if run == 0:
            what = "missing, and its default, the change_cost of the last stage, is 0"
            fields.wrong("run", what, allowed="above 0")
    costs = Costs(unit, run or 1.0, fields.number("budget", above=0))
    for path, stage in stages.items():
        if stage.usable_for is not None and not costs.is_time:
            what = "a pot life is counted in costs.unit, but that is no time"
            allowed = "costs.unit such as h or min, or no usable_for"
            draft.fields[path].wrong("usable_for", what, f"costs.unit '{unit}'", allowed)
    return costs


def _campaign_goal(draft: SpecificationDraft, campaign: Fields, goal: CampaignGoal) -> CampaignGoal:
    """What the information is about: as written, else ``window`` if there is one, else ``learn``.

    Notes a goal that the responses give no meaning to.
    """
    responses = list(draft.responses.values())
    windows = any(response.window is not None for response in responses)
    if not campaign.has("goal"):
        return "window" if windows else "learn"
    aims = any(response.goal != "none" for response in responses)
    if goal == "window" and not windows and responses:
        what = "no response has a window"
        campaign.wrong("goal", what, "window", "a window, or goal = learn")
    if goal == "optimum" and not windows and not aims and responses:
        what = "no response has a window or a goal, so nothing is better than anything else"
        campaign.wrong("goal", what, "optimum", "a window or a response goal")
    return goal


def _check_mixture_units(draft: SpecificationDraft) -> None:
    """Only fractions in the same unit can be added up."""
    for path, mixture in draft.mixtures.items():
        members = [factor for name in mixture.factors if (factor := draft.factor(name))]
        for factor in members[1:]:
            if not same_unit(members[0].unit, factor.unit):
                what = f"{members[0].name} and {factor.name} cannot be added up"
                found = f"units '{members[0].unit or 1}' and '{factor.unit or 1}'"
                draft.fields[path].wrong("factors", what, found, "the same unit")


def _check_table_columns(draft: SpecificationDraft) -> None:
    """No name is that of a column of predictions; specifications of old stores may have some."""
    columns = {
        f"{name}{ending}": f"predictions of {name}"
        for name in draft.names["response"]
        for ending in ENDINGS
    } | dict.fromkeys(IN_SPEC, "predictions")
    for name, path in draft.taken.items():
        if name in columns and name not in TABLE_COLUMNS:
            what = f"the name is that of a column with {columns[name]}"
            draft.fields[path].wrong("name", what, f"'{name}'", "another name")


def _check_feasible(draft: SpecificationDraft) -> None:
    """Some recipe must exist; some too at the reference recipe of every stage that has one."""
    found = _conflicts(draft, {})
    draft.problems += found
    if found:
        return
    for path, stage in draft.stages.items():
        for problem in _conflicts(draft, stage.reference) if stage.reference else ():
            what = f"no recipe with these settings is feasible: {problem.what}"
            draft.fields[path].wrong("reference", what, problem.found, problem.allowed)


def _conflicts(draft: SpecificationDraft, fixed: Mapping[str, Setting]) -> list[Problem]:
    """What makes the set of recipes with some settings empty."""
    return conflicts(
        [f.fixed_at(fixed[f.name]) if f.name in fixed else f for f in draft.factors.values()],
        list(draft.givens.values()),
        draft.mixtures,
        draft.constraints,
    )

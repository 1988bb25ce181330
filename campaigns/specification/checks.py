"""What the tables of a specification must say together, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.campaigns.errors import Problem
from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.space.feasibility import conflicts
from designer.campaigns.specification.draft import SpecificationDraft
from designer.campaigns.specification.parts import CampaignGoal
from designer.campaigns.values.units import same_unit


def campaign_goal(draft: SpecificationDraft) -> CampaignGoal:
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


def check_weights(draft: SpecificationDraft) -> None:
    """Some response must count."""
    responses = draft.responses
    if responses and all(response.weight == 0 for response in responses.values()):
        what = "every response has weight 0, so there is nothing to learn"
        draft.problems.append(Problem("response", what, None, "one weight above 0"))


def check_mixture_units(draft: SpecificationDraft) -> None:
    """Only fractions in the same unit can be added up."""
    if draft.trusted:
        return
    for index, mixture in draft.mixtures.items():
        members = [factor for name in mixture.factors if (factor := draft.factor(name))]
        for factor in members[1:]:
            if not same_unit(members[0].unit, factor.unit):
                where = f"mixture[{index}].factors"
                what = f"{members[0].name} and {factor.name} cannot be added up"
                found = f"units '{members[0].unit or 1}' and '{factor.unit or 1}'"
                draft.problems.append(Problem(where, what, found, "the same unit"))


def check_feasible(draft: SpecificationDraft) -> None:
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
        [_at(factor, fixed.get(factor.name)) for factor in draft.factors.values()],
        list(draft.givens.values()),
        {f"mixture[{index}]": mixture for index, mixture in draft.mixtures.items()},
        {f"constraint[{index}]": item for index, item in draft.constraints.items()},
    )


def _at(factor: Factor, setting: Setting | None) -> Factor:
    """The factor with one value only."""
    if setting is None:
        return factor
    if isinstance(setting, str):
        return replace(factor, categories=(setting,))
    return replace(factor, low=None, high=None, step=None, levels=(setting,))


def check_together(draft: SpecificationDraft) -> CampaignGoal:
    """Notes everything that is wrong with the tables together.

    Returns:
        The campaign's goal with its default filled in.
    """
    goal = campaign_goal(draft)
    check_weights(draft)
    check_mixture_units(draft)
    if not draft.trusted:
        check_feasible(draft)
    return goal

"""What a plan is, in words: for the facts of a workbook and the head of a run sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState, Plan
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.values.numbers import number_text
from designer.campaigns.version import program_version
from designer.render.expected import bits_words
from designer.render.words import count, listed, number, priced

_BITS = "expected information"
SINCE = ("told when planned", "changed since")
"""Words of what a plan's notes say, and of what they could not know."""
_RUNS = "runs"
"""Unit of costs where every run costs one: then the cost says nothing new."""
_CHANGES = {
    "result_recorded": "recorded result", "result_corrected": "correction",
    "run_failed": "failed run", "run_abandoned": "abandoned run", "line_added": "earlier line",
    "line_excluded": "excluded line", "line_included": "included line",
}  # fmt: skip

Worth = Sequence[tuple[str, str]]
"""What a plan is worth: what a sentence is about, and the sentence."""
WORTH = "What the plan is worth"
"""Heading of that."""


def plans_of(state: CampaignState, runs: Sequence[Run]) -> list[Plan]:
    """The plans some runs are of, in their order."""
    ids = dict.fromkeys(run.plan for run in runs if run.plan is not None)
    return [state.plans[plan] for plan in ids if plan in state.plans]


def plan_title(state: CampaignState, runs: Sequence[Run]) -> str:
    """``plan P003: 8 runs, 6.5 h``; several plans by their ids."""
    plans = plans_of(state, runs)
    told, unit = [count(len(runs), "run")], state.spec.costs.unit
    if unit != _RUNS and all(run.cost is not None for run in runs):
        cost = sum(run.cost or 0.0 for run in runs)
        told.append(priced(cost, unit))
    which = "plan" if len(plans) < 2 else "plans"
    return f"{which} {', '.join(plan.id for plan in plans)}: {', '.join(told)}".replace(" :", ":")


def plan_facts(state: CampaignState, runs: Sequence[Run]) -> list[tuple[str, str]]:
    """What there is to know of the campaign and of every plan some runs are of.

    Returns:
        Pairs of a word and what there is to say of it; a word may come several times.
    """
    spec = state.spec
    facts = [
        ("campaign", spec.name), ("line", spec.line), ("goal", spec.goal), ("head", state.head),
        ("as of", state.changed_at), ("program version", program_version()),
    ]  # fmt: skip
    for plan in plans_of(state, runs):
        facts += [("plan", plan.id), ("runs", number(len(plan.runs))), ("seed", number(plan.seed))]
        if plan.cost is not None:
            facts.append(("cost", priced(plan.cost, spec.costs.unit)))
        if plan.information_bits is not None:
            facts.append((_BITS, bits_words(plan.information_bits)))
        made_by = plan.versions.get("pilot-designer")
        if made_by is not None:
            facts.append(("planned with version", str(made_by)))
        if plan.design is not None:
            facts.append(("design", plan.design.name))
            facts += [(word, text) for word, text in plan.design.options.items()]
            facts += [("about the design", text) for text in plan.design.facts]
        facts += [("fixed", f"{name} = {number(value)}") for name, value in plan.fixed.items()]
        told, changed = SINCE
        facts += [(told, note) for note in plan.notes]
        facts += [(changed, text) for text in _changes_since(state, plan)]
    return facts


def _changes_since(state: CampaignState, plan: Plan) -> list[str]:
    """What a plan did not know: its notes, reasons and expectations are from before; in words."""
    with_it = state.events[plan.seq - 1].command_id  # it abandons the runs it stands for
    later = [
        event
        for event in state.events[plan.position :]
        if event.seq not in state.reversals and event.command_id != with_it
    ]
    counted = Counter(_CHANGES[event.kind] for event in later if event.kind in _CHANGES)
    told = ["another specification"] if state.spec_seq > plan.position else []
    told += [count(many, word) for word, many in counted.items()]
    if not told:
        return []
    return [f"{listed(told)}; notes, reasons and expected values of {plan.id} are from before"]


def by_word(facts: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Facts with all that is said of a word below it once."""
    return [(word, [text for _, text in said]) for word, said in groupby(facts, itemgetter(0))]


def input_hint(item: Factor | Given) -> str:
    """Between what it can be set or is expected, without the unit: ``50 to 66``."""
    if isinstance(item, Factor) and item.is_categorical:
        return ""
    return range_text(item.bounds, None)


def result_hint(response: Response) -> str:
    """What is wanted of a response, without its unit: its window, else its goal."""
    if response.window is not None:
        return range_text(response.window, None)
    if isinstance(response.goal, str):
        return "" if response.goal == "none" else response.goal
    return f"near {number_text(response.goal)}"

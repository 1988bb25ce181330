"""Planned batches that a later change of the stages does not allow any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from designer.campaigns.errors import Problem
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Stage
from designer.campaigns.specification.specification import Specification

_ROUNDING = 1e-9  # of a time; sums of costs are no exact decimals


def batch_problems(
    state: CampaignState, change: int, planned_under: Callable[[Run], Specification]
) -> dict[str, list[Problem]]:
    """What is wrong with the batches that runs were planned with, by run.

    A batch is what its first run makes it: those that were made, then in the order of making. The
    later ones are told where they differ in what belongs to the stage, or to an earlier one, where
    they are more than a batch may hold, or come after its pot life. What was so already when the
    run was planned is no news, and a batch that somebody told is a fact.

    Args:
        state: the campaign.
        change: event that last changed the specification.
        planned_under: gives the specification of the time a run was planned.
    """
    found: dict[str, list[Problem]] = {}
    overtaken = [run for run in state.runs.values() if is_overtaken(run, change)]
    told: set[tuple[str, str]] = set()  # run and factor, at the first stage where it matters
    for stage in state.spec.stages if overtaken else ():
        wanted = {run.batch.get(stage.name) for run in overtaken}
        for batch, runs in _batches(state, stage.name, wanted).items():
            for place, run in enumerate(runs):
                as_planned = stage.name not in run.reported_batch
                if place == 0 or not (as_planned and is_overtaken(run, change)):
                    continue
                sharing, before = runs[: place + 1], planned_under(run)
                differs = [
                    (name, text)
                    for name, text in _differences(state.spec, before, stage, sharing)
                    if (run.id, name) not in told
                ]
                told.update((run.id, name) for name, _ in differs)
                words = [text for _, text in differs]
                words += _too_many(stage, before, sharing)
                words += _too_late(state.spec, before, stage, sharing)
                if words:
                    what = f"cannot be made from {batch}, as planned: {'; '.join(words)}"
                    hint = f"Of another batch, say so with its result: --batch {stage.name}=ID"
                    problem = Problem(f"run {run.id}", what, hint=hint)
                    found.setdefault(run.id, []).append(problem)
    return found


def _batches(
    state: CampaignState, stage: str, wanted: Collection[str | None]
) -> dict[str, list[Run]]:
    """The runs of the wanted batches of a stage, in the order they were or will be made."""
    batches: dict[str, list[Run]] = {}
    for run in state.runs.values():
        batch = run.batch.get(stage)
        if batch is not None and batch in wanted and run.status != "abandoned":
            batches.setdefault(batch, []).append(run)
    for runs in batches.values():
        runs.sort(key=lambda run: (run.made_seq is None, run.made_seq or run.seq, run.order or 0))
    return batches


def is_overtaken(run: Run, change: int) -> bool:
    """Whether a run was planned before the change, and not made before it."""
    planned = run.planned is not None and run.seq < change and run.status != "abandoned"
    return planned and (run.made_seq is None or run.made_seq > change)


def _differences(
    spec: Specification, before: Specification, stage: Stage, runs: Sequence[Run]
) -> Iterator[tuple[str, str]]:
    """Factors in which the last of some runs is not like the first, each with a clause."""
    first, last = (run.planned or run.used for run in (runs[0], runs[-1]))
    binding, known = _binding(before, stage.name), first.keys() & last.keys()
    for name, of in _binding(spec, stage.name).items():
        if name in binding or name not in known or first[name] == last[name]:
            continue
        unit = spec.factor(name).unit
        here, there = (quantity_text(recipe[name], unit) for recipe in (last, first))
        yield name, f"{name} belongs to {of} now, and is {here} ({runs[0].id}: {there})"


def _binding(spec: Specification, stage: str) -> dict[str, str]:
    """The factors that runs of one batch of a stage have in common, each with its own stage."""
    names = [each.name for each in spec.stages]
    up_to = names[: names.index(stage) + 1] if stage in names else []
    return {factor.name: name for name in up_to for factor in spec.stage_factors(name)}


def _too_many(stage: Stage, before: Specification, runs: Sequence[Run]) -> Iterator[str]:
    limits = [each.most_runs for each in before.stages if each.name == stage.name]
    if stage.most_runs is None or len(runs) <= stage.most_runs:
        return
    if all(limit is None or len(runs) <= limit for limit in limits):
        yield f"it is run {len(runs)} of the batch, which holds {stage.most_runs} at most"


def _too_late(
    spec: Specification, before: Specification, stage: Stage, runs: Sequence[Run]
) -> Iterator[str]:
    """By the costs of the plan, which are times where there is a pot life."""
    limits = [each.usable_for for each in before.stages if each.name == stage.name]
    if stage.usable_for is None or not spec.costs.is_time:
        return
    names = [each.name for each in before.stages]
    later = before.stages[names.index(stage.name) + 1 :] if stage.name in names else ()
    time = before.costs.run + sum(each.change_cost for each in later)  # of the first run
    time += sum(run.cost or 0.0 for run in runs[1:])
    if time > stage.usable_for + _ROUNDING and all(
        limit is None or time <= limit + _ROUNDING for limit in limits
    ):
        ready = quantity_text(float(f"{time:.3g}"), spec.costs.unit)
        usable = quantity_text(stage.usable_for, spec.costs.unit)
        yield f"it is ready {ready} after the batch, which is usable for {usable}"

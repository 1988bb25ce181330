"""Batches that cannot be as planned after a change of the stages, or as somebody told them."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from designer.campaigns.errors import Problem
from designer.campaigns.log.events import Event
from designer.campaigns.log.runs import BREACH, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.off_plan import differs
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.specification.parts import Stage
from designer.campaigns.specification.specification import Specification

_ROUNDING = 1e-9  # of a time; sums of costs are no exact decimals
_ALIKE = 0.85  # of the letters of two names, from which on one may be a typing error of the other
_DIGITS = re.compile(r"[0-9]+")


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
                news = [
                    (name, text)
                    for name, text in _differences(state.spec, before, stage, sharing)
                    if (run.id, name) not in told
                ]
                told.update((run.id, name) for name, _ in news)
                words = [text for _, text in news]
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


# ---- batches that somebody told -----------------------------------------------------------------


def contradicted_batches(state: CampaignState) -> dict[str, str]:
    """Sentences about runs said to be of a batch that was made otherwise, by run.

    The batch is what a run that was planned from it makes it, else the first that was made. Nothing
    of runs whose settings somebody confirmed.
    """
    found: dict[str, list[str]] = {}
    told: set[tuple[str, str]] = set()  # run and factor, at the first stage where it matters
    for stage in state.spec.stages:
        name, binding = stage.name, _binding(state.spec, stage.name)
        wanted = {run.reported_batch.get(name) for run in state.runs.values()} - {None}
        for batch, runs in _batches(state, name, wanted).items() if wanted else ():
            first, *others = sorted(runs, key=lambda run: name in run.reported_batch)
            for run in others:
                if name not in run.reported_batch or run.confirmed_seq(BREACH):
                    continue
                for factor in map(state.spec.factor, binding):
                    here, there = run.used.get(factor.name), first.used.get(factor.name)
                    if here is None or there is None or (run.id, factor.name) in told:
                        continue
                    if here != there and differs(factor, here, there):
                        told.add((run.id, factor.name))
                        made, other = (quantity_text(v, factor.unit) for v in (here, there))
                        text = f"{factor.name} {made}, in {batch} {other} ({first.id})"
                        found.setdefault(run.id, []).append(text)
    what = "its settings are not those of the batch it is said to be of"
    return {run: f"{run}: {what}: {'; '.join(texts)}" for run, texts in found.items()}


def batch_remarks(state: CampaignState, runs: Iterable[str], since: int) -> list[str]:
    """What is odd about the batches told of some runs after a log position."""
    new = [
        (run, stage, batch)
        for event in state.events[since:]
        for run, stage, batch in _told_in(event)
        if event.seq not in state.reversals
    ]
    if not new:
        return []
    found, wanted = contradicted_batches(state), set(runs)
    known = _known_before(state, new)
    texts = []
    for run, stage, batch in new:
        near = None if batch in known[stage] else near_batch(batch, known[stage])
        known[stage][batch] = None
        if near is not None:
            of_run = f"{shlex.quote(state.spec.name)} {run}"
            right = f"designer correct {of_run} --batch {stage}={shlex.quote(near)} --reason TEXT"
            what = f"{batch} is a new batch of {stage}; did you mean {near}?"
            texts.append(f"{run}: {what} If so: {right}")
    told = dict.fromkeys(run for run, _, _ in new if run in found and run in wanted)
    return [*(found[run] for run in told), *texts]


def otherwise_made(
    state: CampaignState, stage: str, batch: str, settings: Mapping[str, Setting]
) -> str | None:
    """Why a run with these settings cannot be of a batch; None: it can, or nobody knows it."""
    runs = _batches(state, stage, [batch]).get(batch)
    if not runs:
        return None
    first = runs[0]
    for factor in map(state.spec.factor, _binding(state.spec, stage)):
        here, there = settings.get(factor.name), first.used.get(factor.name)
        if here is not None and there is not None and differs(factor, here, there):
            made, other = (quantity_text(value, factor.unit) for value in (here, there))
            return f"{factor.name} is {made}, in this batch {other} ({first.id})"
    return None


def near_batch(name: str, known: Iterable[str]) -> str | None:
    """The batch whose name is the same written otherwise: ``slurry-1`` and ``slurry-01``.

    Names with other numbers are other batches, however alike they are.
    """
    numbers, letters = _parts(name)
    for other in known:
        theirs, there = _parts(other)
        if other == name or numbers != theirs:
            continue
        if letters == there or (numbers and not (letters and there)):
            return other
        other_length = len(letters) != len(there)  # batch-A and batch-B are two
        if other_length and difflib.SequenceMatcher(None, letters, there).ratio() >= _ALIKE:
            return other
    return None


def _parts(name: str) -> tuple[list[int], str]:
    numbers = [int(digits[:18]) for digits in _DIGITS.findall(name)]
    return numbers, "".join(filter(str.isalpha, name.casefold()))


def _told_in(event: Event) -> Iterator[tuple[str, str, str]]:
    """Run, stage and batch of everything an event tells about batches."""
    if event.kind in ("result_recorded", "run_planned"):
        told = event.body["batch"]
    elif event.kind == "result_corrected":
        told = {stage: each["new"] for stage, each in event.body["what"].get("batch", {}).items()}
    else:
        return
    for stage, batch in told.items():
        yield event.body["run"], stage, batch


def _known_before(
    state: CampaignState, new: Collection[tuple[str, str, str]]
) -> dict[str, dict[str, None]]:
    """Batches that were there before some were told, by stage: those of runs, and as planned."""
    told = {(run, stage) for run, stage, _ in new}
    known: dict[str, dict[str, None]] = {stage: {} for _, stage, _ in new}
    for run in state.runs.values():
        for stage, batches in known.items():
            is_new = (run.id, stage) in told
            there = _planned_batch(state, run) if is_new else run.batch
            if stage in there:
                batches[there[stage]] = None
    return known


def _planned_batch(state: CampaignState, run: Run) -> Mapping[str, str]:
    event = state.events[run.seq - 1]
    if event.kind != "plan_proposed":
        return {}
    return next((each["batch"] for each in event.body["runs"] if each["run"] == run.id), {})

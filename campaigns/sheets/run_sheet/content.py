"""What stands on a run sheet, in the order of making: batches, runs, boxes, what to watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.batch_blocks import RunPlace, blocks_of, run_places
from designer.campaigns.sheets.plan_facts import (
    SINCE,
    Worth,
    by_word,
    plan_facts,
    plan_title,
)
from designer.campaigns.sheets.run_object import Flags, run_flags
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.numbers import number_text
from designer.render.expected import expected
from designer.render.words import NOTHING, amount, count, listed, number, plain

_FACTS = ("design", "about the design", "fixed", *SINCE)
"""Facts of a plan that matter at the line; a workbook has all of them."""
_WHY = "Why"
"""Why the runs were proposed, where that is the same for all."""

Batches = Collection[tuple[str, str]]
"""Batches of which a run was made: stage and label."""


@dataclass(frozen=True)
class SettingBox:
    """A setting to make, with room for the one really used.

    Attributes:
        name: of the factor or given.
        unit: empty where it has none.
        value: what to set; a dash where nobody knows.
        changed: whether it is another one than for the run before.
        used: what was really used, where that is known and another.
        asked: whether it is not set but found: a given.
    """

    name: str
    unit: str
    value: str
    changed: bool
    used: str
    asked: bool


@dataclass(frozen=True)
class ResultBox:
    """A result to write down.

    Attributes:
        name: of the response.
        unit: empty where it has none.
        known: what is recorded already.
        told: what is wanted, possible and expected, a clause each.
    """

    name: str
    unit: str
    known: str
    told: Sequence[str]


@dataclass(frozen=True)
class RunCard:
    """One run.

    Attributes:
        run: its id.
        order: ``3 of 8``.
        status: what is known of it; empty while it is proposed.
        failure: why it failed or was abandoned.
        made_at: when it was made, as told.
        extra: what a table said of it besides (which foil).
        batches: stage and batch; those that are made for it marked.
        settings: in order.
        results: in order.
        watch: sentences: what is odd about it.
        why: why it was proposed.
    """

    run: str
    order: str
    status: str
    failure: str
    made_at: str
    extra: Sequence[tuple[str, str]]
    batches: Sequence[tuple[str, str, bool]]
    settings: Sequence[SettingBox]
    results: Sequence[ResultBox]
    watch: Sequence[str]
    why: str


@dataclass(frozen=True)
class Heading:
    """The beginning of a batch.

    Attributes:
        level: 0 for the first stage, 1 for a later one.
        batch: its planned label.
        stage: its name.
        settings: how it is made, a clause for each factor of its stage; none for a single run.
        told: clauses: how many runs, what it costs, how long it can be used.
    """

    level: int
    batch: str
    stage: str
    settings: Sequence[str]
    told: Sequence[str]


@dataclass
class BatchBlock:
    """Runs made one after the other, below the headings of what begins with the first.

    Attributes:
        block: block of the design that begins here, in words; empty where none does.
        headings: of batches, that of the earliest stage first; none where none begins.
        cards: the runs.
    """

    block: str
    headings: Sequence[Heading]
    cards: list[RunCard] = field(default_factory=list)


@dataclass(frozen=True)
class SheetContent:
    """A run sheet.

    Attributes:
        campaign: its name.
        line: its line.
        title: which plan, how many runs, what they cost.
        facts: words about the plan, and all there is to say of each.
        rules: what every recipe keeps to: constraints with their reasons.
        blocks: in the order of making.
        position: log position and time it tells of.
        judged: what the plan is worth: a word, and all there is to say of it.
    """

    campaign: str
    line: str
    title: str
    facts: Sequence[tuple[str, Sequence[str]]]
    rules: Sequence[str]
    blocks: Sequence[BatchBlock]
    position: str
    judged: Sequence[tuple[str, Sequence[str]]]


def sheet_content(
    state: CampaignState, runs: Sequence[Run], flags: Flags, judged: Worth = ()
) -> SheetContent:
    """All that stands on the run sheet of a plan; no text of it can command a terminal.

    Args:
        state: the campaign.
        runs: in the order of making.
        flags: what the models found odd, by run id.
        judged: sentences on what the plan is worth.
    """
    spec = state.spec
    facts = [(_headed(word), text) for word, text in plan_facts(state, runs) if word in _FACTS]
    reasons = {run.reason for run in runs}
    shared = plain(reasons.pop() or "") if len(runs) > len(reasons) == 1 else ""
    if shared:
        facts.append((_WHY, shared))
    rules = [
        plain(f"{rule}{f' ({rule.reason})' if rule.reason else ''}") for rule in spec.constraints
    ]
    return SheetContent(
        campaign=plain(spec.name),
        line=plain(spec.line),
        title=plan_title(state, runs),
        facts=_told(facts),
        rules=rules,
        blocks=_blocks(state, runs, flags, shared),
        position=f"log position {state.head}, {state.changed_at[:16].replace('T', ' ')} UTC",
        judged=_told(judged),
    )


def _told(facts: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    return [(word, [*map(plain, texts)]) for word, texts in by_word(facts)]


def _headed(word: str) -> str:
    return f"{word[0].upper()}{word[1:]}"


def _blocks(
    state: CampaignState, runs: Sequence[Run], flags: Flags, shared: str
) -> list[BatchBlock]:
    in_blocks = blocks_of(runs)
    sizes = Counter((stage, batch) for run in runs for stage, batch in run.batch.items())
    made = {b for run in state.runs.values() if run.made_seq for b in run.batch.items()}
    lengths = Counter((run.plan, block) for run in runs if (block := in_blocks.get(run.id)))
    blocks: list[BatchBlock] = []
    for at, place in enumerate(run_places(state.spec, runs), start=1):
        headings = [
            _heading(state.spec, stage, place.run, sizes, made)
            for stage in place.begins
            if stage == state.spec.stages[0].name or sizes[stage, place.run.batch[stage]] > 1
        ]
        title = ""
        if place.block is not None:
            title = f"Block {place.block}: {count(lengths[place.run.plan, place.block], 'run')}"
        if headings or title or not blocks:
            blocks.append(BatchBlock(title, headings))
        order = f"{at} of {len(runs)}"
        card = _card(state.spec, place, order, flags, made)
        blocks[-1].cards.append(replace(card, why="") if shared else card)
    return blocks


def _heading(
    spec: Specification,
    stage: str,
    run: Run,
    sizes: Mapping[tuple[str, str], int],
    made: Batches,
) -> Heading:
    """How a batch is made, and how long it lasts; the settings of a single run stand below."""
    batch, there = run.batch[stage], spec.stage(stage)
    told = [count(sizes[stage, batch], "run")]
    price = f"{amount(there.change_cost)} {plain(spec.costs.unit)}"
    told.append("there already" if (stage, batch) in made else f"new: {price}")
    if there.usable_for is not None:
        told.append(f"use within {amount(there.usable_for)} {plain(spec.costs.unit)}")
    if there.most_runs is not None:
        told.append(f"at most {count(there.most_runs, 'run')}")
    planned = {**run.used, **(run.planned or {})}
    settings = [
        f"{factor.name} {plain(factor.with_unit(planned[factor.name]))}"
        for factor in spec.stage_factors(stage)
        if factor.name in planned and sizes[stage, batch] > 1
    ]
    level = 0 if stage == spec.stages[0].name else 1
    return Heading(level, plain(batch), stage, settings, told)


def _card(spec: Specification, place: RunPlace, order: str, flags: Flags, made: Batches) -> RunCard:
    run = place.run
    found = flags.get(run.id, ())
    return RunCard(
        run=run.id,
        order=order,
        status="" if run.status == "proposed" else run.status,
        failure=plain(run.failure or ""),
        made_at=plain(run.made_at or ""),
        extra=[(plain(name), plain(number(value))) for name, value in run.extra.items()],
        batches=[
            (stage, plain(batch), stage in place.begins and (stage, batch) not in made)
            for stage, batch in run.batch.items()
        ],
        settings=[_setting(item, place) for item in spec.inputs],
        results=[_result(response, run) for response in spec.responses],
        watch=[plain(flag["message"]) for flag in run_flags(run, found)],
        why=plain(run.reason or ""),
    )


def _setting(item: Factor | Given, place: RunPlace) -> SettingBox:
    run = place.run
    planned = {**run.used, **(run.planned or {}), **run.given}.get(item.name)
    used = {**run.reported, **run.reported_given}.get(item.name)
    other = "" if used is None or used == planned else plain(number(used))
    shown = NOTHING if planned is None else plain(number(planned))
    is_given = isinstance(item, Given)
    return SettingBox(
        item.name, _unit(item.unit), shown, item.name in place.changed, other, is_given
    )


def _result(response: Response, run: Run) -> ResultBox:
    told = []
    if response.window is not None:
        told.append(f"in spec {range_text(response.window, None)}")
    elif response.goal != "none":
        goal = response.goal
        told.append(goal if isinstance(goal, str) else f"wanted {number_text(goal)}")
    prediction = run.prediction(response.name)
    if prediction:
        told.append(f"expected {expected(prediction)}")
    if response.possible is not None:
        told.append(f"possible {range_text(response.possible, None)}")
    known = "none" if response.name in run.never else _several(run.values(response.name))
    return ResultBox(response.name, _unit(response.unit), known, told)


def _several(values: Iterable[float]) -> str:
    return " / ".join(map(number_text, values))


def _unit(unit: str | None) -> str:
    return "" if unit in (None, "1") else str(unit)


def watched_runs(content: SheetContent) -> str:
    """The runs that have something to watch, in words; empty where none has."""
    runs = [card.run for block in content.blocks for card in block.cards if card.watch]
    return listed(runs) if runs else ""

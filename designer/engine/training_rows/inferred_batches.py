"""Batches nobody told: consecutive runs with the same settings of a dear stage are taken as one.

Most people write down recipes and results, not which slurry a run was made from. Eight runs of two
slurries then look like eight independent results, and 95 % intervals held 79 to 83 % of the truths
(simulated lines). What is inferred here is used for learning only and never stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from designer.campaigns.log.runs import LEARNED_FROM
from designer.campaigns.log.state import CampaignState, Line
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import Stage
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.times import stored_moment
from designer.engine.answers import InferredBatches

Batch = Mapping[str, int]  # stage → number of an inferred batch
_DAY = timedelta(days=1)  # between neighbours that share no batch, where no pot life is told


@dataclass(frozen=True)
class Made:
    """What is known of one run, or one row of an earlier line.

    Attributes:
        settings: as really used; unknown ones are missing.
        batch: ids by stage, as told.
        made_at: when it was made, as told.
        learned: whether it has results to learn from; a failed run, too, ends a batch.
    """

    settings: Mapping[str, Setting]
    batch: Mapping[str, str] = field(default_factory=dict)
    made_at: str | None = None
    learned: bool = True


def dear_stages(spec: Specification) -> list[Stage]:
    """Stages whose new batch costs more than a run: nobody makes one for every run unasked."""
    return [stage for stage in spec.stages if stage.change_cost > spec.costs.run]


def batches_of_runs(state: CampaignState) -> dict[str, Batch]:
    """The batches that own runs to learn from are taken to share, by run id.

    All runs that were made count, failed ones and those being made, too: in the order of making
    (as told, else as recorded).
    """
    keyed = [
        (key, run)
        for run in state.runs.values()
        if run.status != "abandoned" and (key := run.made_key) is not None
    ]
    runs = [run for _, run in sorted(keyed, key=lambda pair: pair[0])]
    made = [
        Made(
            run.used,
            run.batch,
            run.made_at,
            learned=run.status in LEARNED_FROM and any(run.measurements.values()),
        )
        for run in runs
    ]
    shared = inferred_batches(state.spec, made)
    return {run.id: batch for run, batch in zip(runs, shared, strict=True)}


def batches_of_line(spec: Specification, line: Line) -> list[Batch]:
    """The batches that rows of an earlier line are taken to share, in the order of its rows.

    Looked at in the order of making, where every row tells when that was.
    """
    made = [Made(row.settings, row.batch, row.made_at) for row in line.rows]
    times = [stored_moment(row.made_at) for row in line.rows if row.made_at is not None]
    order = [*range(len(made))]
    if len(times) == len(made):
        order.sort(key=times.__getitem__)
    shared = inferred_batches(spec, [made[index] for index in order])
    by_row = dict(zip(order, shared, strict=True))
    return [by_row[index] for index in range(len(made))]


def inferred_batches(spec: Specification, made: Sequence[Made]) -> Sequence[Batch]:
    """Per run the batches it is taken to share with its neighbours.

    Of a stage nobody told: the longest stretches of runs with the same settings of that stage and
    all before it. Where it is told when runs were made, a stretch ends with the pot life, or with a
    day between neighbours where none is told.

    Args:
        spec: stages, their factors and costs.
        made: in the order of making.

    Returns:
        One mapping per run; empty where a run shares nothing.
    """
    out: list[dict[str, int]] = [{} for _ in made]
    for stage in dear_stages(spec):
        numbers = [
            number if run.learned else None
            for run, number in zip(made, _stretches(spec, stage, made), strict=True)
        ]
        sizes = Counter(number for number in numbers if number is not None)
        for batch, number in zip(out, numbers, strict=True):
            if number is not None and sizes[number] > 1:
                batch[stage.name] = number
    return out


def counted(spec: Specification, inferred: Iterable[Batch]) -> list[InferredBatches]:
    """How many runs share how many batches of each stage; stages without any are left out."""
    told = [*inferred]
    found: list[InferredBatches] = []
    for stage in dear_stages(spec):
        numbers = [batch[stage.name] for batch in told if stage.name in batch]
        if numbers:
            count = len(set(numbers))
            found.append({"stage": stage.name, "rows": len(numbers), "batches": count})
    return found


def inferred_words(found: Iterable[InferredBatches]) -> str:
    """``24 as 6 batches of slurry and 8 as one batch of coating``; empty where nothing is."""
    parts = []
    for each in found:
        batches = f"{each['batches']} batches" if each["batches"] > 1 else "one batch"
        parts.append(f"{each['rows']} as {batches} of {each['stage']}")
    return " and ".join(parts)


def inferred_notes(who: str, spec: Specification, inferred: Iterable[Batch]) -> list[str]:
    """What was assumed, for people; nothing where nothing was.

    Args:
        who: ``own runs`` or the name of an earlier line.
        spec: stages.
        inferred: batches of the runs.
    """
    words = inferred_words(counted(spec, inferred))
    if not words:
        return []
    return [
        f"{who}: batches were not told, so consecutive runs with the same settings are taken"
        f" together, {words}. Tell them with --batch STAGE=ID, or with a column batch:STAGE"
    ]


def _stretches(spec: Specification, stage: Stage, made: Sequence[Made]) -> list[int | None]:
    """Number of each run's stretch; None: the batch is told, or its settings are unknown."""
    names = _settings_up_to(spec, stage)
    numbers: list[int | None] = []
    number, before = -1, None
    started: datetime | None = None  # first and last moment known of a stretch
    latest: datetime | None = None
    for run in made:
        known = [run.settings.get(name) for name in names]
        told = stage.name in run.batch or all(value is None for value in known)
        earlier = tuple(sorted(run.batch.items()))  # an earlier stage may be told
        key = None if told else (tuple(map(str, known)), earlier)
        moment = None if run.made_at is None else stored_moment(run.made_at)
        if key is None or key != before or _is_over(spec, stage, started, latest, moment):
            number, started, latest = number + 1, None, None
        started, latest = started or moment, moment or latest
        before = key
        numbers.append(None if told else number)
    return numbers


def _settings_up_to(spec: Specification, stage: Stage) -> list[str]:
    """Factors of a stage and of all before it."""
    stages = [each.name for each in spec.stages]
    first = stages[: stages.index(stage.name) + 1]
    return [factor.name for name in first for factor in spec.stage_factors(name)]


def _is_over(
    spec: Specification,
    stage: Stage,
    started: datetime | None,
    latest: datetime | None,
    moment: datetime | None,
) -> bool:
    """Whether a batch begun and last used then cannot be what a run of this moment was made of."""
    if started is None or latest is None or moment is None:
        return False
    hours = spec.costs.hours_per_unit
    if stage.usable_for is None or hours is None:
        return moment - latest >= _DAY
    return (moment - started).total_seconds() / 3600.0 / hours > stage.usable_for

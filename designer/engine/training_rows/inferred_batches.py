"""Batches nobody told: consecutive runs with the same settings of a dear stage are taken as one.

Most people write down recipes and results, not which slurry a run was made from. Eight runs of two
slurries then look like eight independent results, and 95 % intervals held 79 to 83 % of the truths
(simulated lines). What is inferred here is used for learning only and never stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import Stage
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.times import stored_moment

Batch = Mapping[str, int]  # stage → number of an inferred batch


@dataclass(frozen=True)
class Made:
    """What is known of one run, or one row of an earlier line.

    Attributes:
        settings: as really used; unknown ones are missing.
        batch: ids by stage, as told.
        made_at: when it was made, as told.
    """

    settings: Mapping[str, Setting]
    batch: Mapping[str, str] = field(default_factory=dict)
    made_at: str | None = None


def dear_stages(spec: Specification) -> list[Stage]:
    """Stages whose new batch costs more than a run: nobody makes one for every run unasked."""
    return [stage for stage in spec.stages if stage.change_cost > spec.costs.run]


def inferred_batches(spec: Specification, made: Sequence[Made]) -> Sequence[Batch]:
    """Per run the batches it is taken to share with its neighbours.

    Of a stage nobody told: the longest stretches of runs with the same settings of that stage and
    all before it. A stretch ends where the pot life is over, if it is told when runs were made.

    Args:
        spec: stages, their factors and costs.
        made: in the order of making.

    Returns:
        One mapping per run; empty where a run shares nothing.
    """
    out: list[dict[str, int]] = [{} for _ in made]
    for stage in dear_stages(spec):
        numbers = _stretches(spec, stage, made)
        sizes = Counter(number for number in numbers if number is not None)
        for batch, number in zip(out, numbers, strict=True):
            if number is not None and sizes[number] > 1:
                batch[stage.name] = number
    return out


def inferred_notes(who: str, spec: Specification, inferred: Sequence[Batch]) -> list[str]:
    """What was assumed, for people; nothing where nothing was.

    Args:
        who: ``these runs`` or the name of an earlier line.
        spec: stages.
        inferred: batches of the runs.
    """
    parts = []
    for stage in dear_stages(spec):
        numbers = [batch[stage.name] for batch in inferred if stage.name in batch]
        if numbers:
            count = len(set(numbers))
            batches = f"{count} batches" if count > 1 else "one batch"
            parts.append(f"{len(numbers)} as {batches} of {stage.name}")
    if not parts:
        return []
    return [
        f"{who}: batches were not told, so consecutive runs with the same settings are taken"
        f" together, {' and '.join(parts)}. Tell them with --batch STAGE=ID, or with a column"
        " batch:STAGE"
    ]


def _stretches(spec: Specification, stage: Stage, made: Sequence[Made]) -> list[int | None]:
    """Number of each run's stretch; None: the batch is told, or its settings are unknown."""
    names = _settings_up_to(spec, stage)
    numbers: list[int | None] = []
    number, before, started = -1, None, None
    for run in made:
        known = [run.settings.get(name) for name in names]
        told = stage.name in run.batch or all(value is None for value in known)
        earlier = tuple(sorted(run.batch.items()))  # an earlier stage may be told
        key = None if told else (tuple(map(str, known)), earlier)
        moment = None if run.made_at is None else stored_moment(run.made_at)
        if key is None or key != before or _is_over(spec, stage, started, moment):
            number, started = number + 1, moment
        before = key
        numbers.append(None if told else number)
    return numbers


def _settings_up_to(spec: Specification, stage: Stage) -> list[str]:
    """Factors of a stage and of all before it."""
    stages = [each.name for each in spec.stages]
    first = stages[: stages.index(stage.name) + 1]
    return [factor.name for name in first for factor in spec.stage_factors(name)]


def _is_over(
    spec: Specification, stage: Stage, started: datetime | None, moment: datetime | None
) -> bool:
    """Whether a batch begun then cannot be used any more."""
    hours = spec.costs.hours_per_unit
    if started is None or moment is None or stage.usable_for is None or hours is None:
        return False
    return (moment - started).total_seconds() / 3600.0 / hours > stage.usable_for

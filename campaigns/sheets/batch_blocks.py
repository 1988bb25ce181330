"""Where batches and blocks begin among the runs of a plan, and what is set anew for each run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from designer.campaigns.log.runs import Run
from designer.campaigns.specification.specification import Specification


@dataclass(frozen=True)
class RunPlace:
    """A run at its place in the order of making.

    Attributes:
        run: the run.
        begins: stages of which a batch begins with it, in process order; those of a stage begin
            anew with every batch of a stage before.
        block: block of its design that begins with it; None: none does.
        changed: inputs that are not set as for the run before; all of the first run.
    """

    run: Run
    begins: tuple[str, ...]
    block: int | None
    changed: frozenset[str]


def run_places(spec: Specification, runs: Iterable[Run]) -> list[RunPlace]:
    """The runs with what begins at each.

    Args:
        spec: of the campaign.
        runs: in the order of making.
    """
    stages = [stage.name for stage in spec.stages]
    runs = [*runs]
    blocks = blocks_of(runs)
    places: list[RunPlace] = []
    before: Run | None = None
    for run in runs:
        there = {stage: run.batch.get(stage) for stage in stages}
        was = {} if before is None else before.batch
        first = next((k for k, s in enumerate(stages) if there[s] != was.get(s)), len(stages))
        begins = tuple(stage for stage in stages[first:] if there[stage] is not None)
        old = {} if before is None else {**before.used, **before.given}
        new = {**run.used, **run.given}
        changed = frozenset(name for name, value in new.items() if old.get(name) != value)
        block = blocks.get(run.id)
        same = before is not None and before.plan == run.plan and blocks.get(before.id) == block
        places.append(RunPlace(run, begins, None if same else block, changed))
        before = run
    return places


def blocks_of(runs: Iterable[Run]) -> dict[str, int]:
    """The block of every run of a design that has several, by run id."""
    placed = [(run, run.design.block) for run in runs if run.design is not None]
    divided = {run.plan for run, block in placed if block > 1}
    return {run.id: block for run, block in placed if run.plan in divided}

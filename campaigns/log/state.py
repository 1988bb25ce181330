"""A campaign as its events tell it: runs, lines, plans, notes. Plain frozen data.

Nothing here is stored; `designer.campaigns.log.fold` derives it from the log. Mappings are to be
read only: states share them with their predecessors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.runs import (
    LEARNED_FROM,
    STATUSES,
    Note,
    Run,
    Status,
    near_run_id,
    normal_run_id,
)
from designer.campaigns.space.factors import Setting

if TYPE_CHECKING:
    from designer.campaigns.log.events import Event
    from designer.campaigns.specification.specification import Specification


class StoredNumbers(Mapping[str, tuple[float, ...]]):
    """Response → numbers of its values, looked up in what is stored.

    Tuples of their own would be 50 MB of 200,000 rows.

    Args:
        stored: response → values as an event keeps them.
    """

    __slots__ = ("_stored",)

    def __init__(self, stored: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._stored = stored

    def __getitem__(self, name: str) -> tuple[float, ...]:
        return tuple(value["number"] for value in self._stored[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of an earlier line; `responses` holds all values of each measured response.

    `extra` holds settings that only this line varied.
    """

    settings: Mapping[str, Setting]
    given: Mapping[str, float]
    responses: Mapping[str, tuple[float, ...]]
    batch: Mapping[str, str]
    made_at: str | None
    extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """An earlier pilot line with its data; `reason` tells why it was excluded or included."""

    name: str
    rows: tuple[LineRow, ...]
    included: bool
    reason: str | None
    sha256: str
    source: str | None
    mapping: Mapping[str, Any]
    has_batches: bool
    seq: int
    actor: str
    at: str

    def on_scale(self, spec: Specification) -> Line:
        """The line without the rows whose settings have no place on the scales of the factors."""
        if not spec.log_factors:
            return self
        return replace(self, rows=tuple(r for r in self.rows if not spec.off_scale(r.settings)))


@dataclass(frozen=True, slots=True)
class PlanDesign:
    """The classical design a plan is.

    Attributes:
        name: as ``--design`` takes it.
        options: as they were given or taken, in words.
        facts: sentences: its resolution, what snapping to the machine's steps cost.
    """

    name: str
    options: Mapping[str, str]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Runs proposed together, with all that is needed to compute the plan again.

    Attributes:
        id: ``P001``.
        runs: run ids in the order of making.
        goal: goal it was made for.
        seed: seed of the random numbers.
        cost: cost of the plan, in cost units.
        information_bits: information it is expected to bring.
        seq: event that holds it.
        nested: whether the first k by rank are what a plan of k would have been.
        notes: sentences for the user.
        versions: program and library versions.
        hyperparameters: of the models it was computed with.
        position: log position it was computed from.
        setup: run whose batches were set up then.
        fixed: factor values the user fixed.
        value: what was maximised, when that is no information.
        value_name: its name.
        deviation: what the fixed values cost compared with the free plan; None: not known.
        outlook: what to expect once all open runs are made; None: not known.
        design: the classical design it is; None: the models chose it.
        actor: who proposed it.
        at: when.
    """

    id: str
    runs: tuple[str, ...]
    goal: str
    seed: int
    cost: float | None
    seq: int
    versions: Mapping[str, Any]
    hyperparameters: Mapping[str, Any]
    position: int
    setup: str | None
    actor: str
    at: str
    information_bits: float | None = None
    nested: bool = True
    notes: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = None
    value_name: str | None = None
    deviation: Mapping[str, Any] | None = None
    outlook: Mapping[str, Any] | None = None
    design: PlanDesign | None = None


@dataclass(slots=True)
class Counters:
    """Highest numbers ever given out, events reversed since included; nothing is used twice."""

    run: int = 0
    plan: int = 0
    batch: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CampaignState:
    """Everything the log of one campaign says.

    Attributes:
        campaign_id: id in the store.
        spec: specification as last amended.
        created_at: time of the first event (UTC).
        changed_at: time of the last event (UTC).
        closed: whether the campaign is finished.
        runs: by id, in the order they came.
        lines: earlier lines by name, excluded ones too.
        plans: by id.
        notes: remarks on the campaign and on runs, oldest first.
        seq: log position, the number of the last event.
        head: ``seq:hash8`` of the last event.
        events: all events, reversed ones too.
        reversals: reversed event to the event that reversed it.
        counters: numbers given out so far.
        spec_seq: event that last gave the campaign another specification; perhaps a reversal.
    """

    campaign_id: str
    spec: Specification
    created_at: str
    changed_at: str
    closed: bool
    runs: Mapping[str, Run]
    lines: Mapping[str, Line]
    plans: Mapping[str, Plan]
    notes: tuple[Note, ...]
    seq: int
    head: str
    events: Sequence[Event]
    reversals: Mapping[int, int]
    counters: Counters
    spec_seq: int

    @property
    def open_runs(self) -> list[Run]:
        """Runs still to be made or being made, in the order they came."""
        return [run for run in self.runs.values() if run.is_open]

    @cached_property
    def used_lines(self) -> list[Line]:
        """Included lines, with the rows that models can learn from."""
        return [line.on_scale(self.spec) for line in self.lines.values() if line.included]

    @property
    def teaching_lines(self) -> list[Line]:
        """Used lines with a result of a response whose model learns from history."""
        used = {r.name for r in self.spec.responses if self.spec.uses_history(r)}
        return [
            line
            for line in self.used_lines
            if any(used & row.responses.keys() for row in line.rows)
        ]

    @property
    def status_counts(self) -> dict[Status, int]:
        """Number of runs of each status, every status present."""
        counts: dict[Status, int] = dict.fromkeys(STATUSES, 0)
        for run in self.runs.values():
            counts[run.status] += 1
        return counts

    @property
    def next_run_number(self) -> int:
        """Number of the next new run."""
        return self.counters.run + 1

    @property
    def next_plan_number(self) -> int:
        """Number of the next plan."""
        return self.counters.plan + 1

    def next_batch_number(self, stage: str) -> int:
        """Number of the next new batch of a stage."""
        return self.counters.batch.get(stage, 0) + 1

    @cached_property
    def setup(self) -> Run | None:
        """The last run made: its batches are what stands on the line now."""
        made = [
            (key, run)
            for run in self.runs.values()
            if run.status != "abandoned" and (key := run.made_key) is not None
        ]
        return max(made, key=lambda pair: pair[0])[1] if made else None

    @cached_property
    def learned_results(self) -> Mapping[str, Sequence[tuple[Run, float]]]:
        """Own results that are believed, by response, each with its run, in the order they came.

        Every response is there.
        """
        found: dict[str, list[tuple[Run, float]]] = {r.name: [] for r in self.spec.responses}
        for run in self.runs.values():
            if run.status in LEARNED_FROM:
                for name, values in run.measurements.items():
                    found.setdefault(name, []).extend((run, value.number) for value in values)
        return found

    @cached_property
    def batches(self) -> dict[str, tuple[str, ...]]:
        """Batch ids in use, by stage, in the order they came."""
        seen: dict[str, dict[str, None]] = {stage.name: {} for stage in self.spec.stages}
        for run in self.runs.values():
            for stage, batch in run.batch.items():
                seen.setdefault(stage, {})[batch] = None
        return {stage: tuple(ids) for stage, ids in seen.items()}

    def run(self, run_id: str) -> Run:
        """Find a run; upper and lower case, and leading zeros, do not matter.

        Raises:
            InputError: no such run; names the nearest ids and the open runs.
        """
        found = self.runs.get(run_id)
        if found is None:
            found = self.runs.get(normal_run_id(run_id))
        if found is None:
            raise InputError(self.unknown_run(run_id))
        return found

    def unknown_run(self, run_id: str) -> Problem:
        """Describe a run id that does not exist: nearest ids, open runs."""
        if not self.runs:
            hint = "This campaign has no runs yet: propose or attach some"
        else:
            near = near_run_id(run_id, self.runs)
            open_ids = [run.id for run in self.open_runs]
            shown = ", ".join(open_ids[:8]) + (", …" if len(open_ids) > 8 else "")
            hint = f"Did you mean {near}? " if near else ""
            hint += f"Open runs: {shown}" if open_ids else "No run is open"
        return Problem(f"run {run_id}", "no such run in this campaign", hint=hint)

"""Runs: what was planned, what was really used, what was measured. Plain frozen data.

Mappings are to be read only: states share them with their predecessors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from designer.campaigns.space.factors import Setting
from designer.campaigns.values import times

Status = Literal["proposed", "running", "partial", "completed", "failed", "abandoned"]
STATUSES: tuple[Status, ...] = get_args(Status)
OPEN: tuple[Status, ...] = ("proposed", "running")
"""Somebody still has to make the run, or is making it."""
WAITING: tuple[Status, ...] = (*OPEN, "partial")
"""The run still wants something: to be made, or further results."""
MEASURED: tuple[Status, ...] = ("partial", "completed")
"""The run was made and has results."""
LEARNED_FROM: tuple[Status, ...] = ("running", *MEASURED)
"""Measurements of the run are believed: what was measured before a run failed is not."""
BREACH = "breaks_specification"
"""Kind of flag: the settings of a run are not what the specification allows."""
REPLACED = "replaced by a new plan"
"""Why the open runs are abandoned in whose place a new plan comes."""
OFF_PLAN = "off_plan"
"""Kind of flag: the settings of a run are not those it was planned with."""
RESULT_IS_RIGHT = ("slip", "outlier")
"""Kinds of flag of which either, once confirmed, says that a result is right."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured value of one response.

    Attributes:
        replicate: 1, 2, …; keeps its number for ever, so there may be gaps after an undo.
        number: value in the response's declared unit.
        text: value as typed.
        unit: unit as typed, where it differs from the declared one.
        seq: event that last set the value.
        actor: who stated it.
        at: when it was stored (UTC).
        history: values this one replaced, oldest first.
    """

    replicate: int
    number: float
    text: str
    unit: str | None
    seq: int
    actor: str
    at: str
    history: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a run, or on the campaign when `run` is None."""

    run: str | None
    text: str
    seq: int
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class DesignPoint:
    """The place of a run in a classical design, as statistics programs number it.

    Attributes:
        std_order: place in the design's standard order, from 1.
        point_type: 1 corner or vertex, 0 centre, -1 axial, 2 edge midpoint or double blend.
        block: from 1.
        whole_plots: hard-to-change stage to the number of its whole plot, from 1; empty where every
            run is set up anew.
    """

    std_order: int
    point_type: int
    block: int = 1
    whole_plots: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One recipe made, or to be made, on the line.

    Attributes:
        id: ``R001``; never used for another run.
        plan: plan that proposed it; None when attached, which is so of a run planned by hand.
        order: place in the plan's order of making, from 1.
        rank: place in the plan's order of value, from 1.
        planned: recipe it was proposed or planned with; None: it was made before it was known here.
        used: really used settings as far as told, else the planned ones.
        reported: the really used settings alone, as far as told.
        given: known values (humidity, …), as told, else as the plan was made for.
        reported_given: the told ones alone.
        batch: stage to batch id, as told, else as proposed; of a stage that is missing here nobody
            knows (the model takes consecutive runs with the same settings together).
        reported_batch: the told ones alone.
        status: see `STATUSES`. ``completed``: every response had a value, or was declared never
            to get one, under the specification of that time; responses added later do not reopen
            it.
        measurements: response to its values, by replicate.
        never: responses that will never be measured.
        failure: why it failed or was abandoned.
        notes: remarks.
        predicted: response to prediction at the time of the proposal.
        information_bits: gain at its rank.
        value: what was maximised, when that is no information.
        cost: what it adds to its plan, in cost units.
        in_spec: predicted probability that the recipe itself is inside all windows.
        in_spec_measured: the same of one more batch of it, made and measured.
        success: predicted probability that it is made successfully; None: nothing failed then.
        reason: why it was proposed.
        extra: what else a table of recipes said of it, by its column.
        design: its place in the classical design its plan is; None: in no such plan.
        made_at: when it was made, as told (date, or UTC time).
        made_seq: first event that says it was made; None while it was not.
        made_recorded_at: when that event was stored.
        recorded_at: when its latest result was stored.
        attached: no plan proposed it: somebody planned it by hand, or told that it was made.
        own_recipe: its recipe is somebody's own (planned by hand, or one of a table of recipes at
            hand), which may lie between the machine's set-points.
        flags: sentences about settings that are out of range.
        off_grid: factors that were left at their planned set-points when the run was made although
            the specification had changed: there, steps and levels count, too.
        judged_seq: event in which its settings were last held against the specification; 0: they
            are those of its plan.
        confirmed: kind of flag and response (None: whatever it is about) to the event in which
            somebody last confirmed it.
        seq: event that brought it.
    """

    id: str
    plan: str | None
    order: int | None
    rank: int | None
    planned: Mapping[str, Setting] | None
    used: Mapping[str, Setting]
    seq: int
    reported: Mapping[str, Setting] = field(default_factory=dict)
    given: Mapping[str, float] = field(default_factory=dict)
    reported_given: Mapping[str, float] = field(default_factory=dict)
    batch: Mapping[str, str] = field(default_factory=dict)
    reported_batch: Mapping[str, str] = field(default_factory=dict)
    status: Status = "proposed"
    measurements: Mapping[str, tuple[Measurement, ...]] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    failure: str | None = None
    notes: tuple[Note, ...] = ()
    predicted: Mapping[str, Any] | None = None
    information_bits: float | None = None
    value: float | None = None
    cost: float | None = None
    in_spec: float | None = None
    in_spec_measured: float | None = None
    success: float | None = None
    reason: str | None = None
    extra: Mapping[str, Setting] = field(default_factory=dict)
    design: DesignPoint | None = None
    made_at: str | None = None
    made_seq: int | None = None
    made_recorded_at: str | None = None
    recorded_at: str | None = None
    attached: bool = False
    own_recipe: bool = False
    flags: tuple[str, ...] = ()
    off_grid: frozenset[str] = frozenset()
    judged_seq: int = 0
    confirmed: Mapping[tuple[str, str | None], int] = field(default_factory=dict)

    def changed(self, **changes: object) -> Run:
        """Return a copy with other values of some fields.

        What `dataclasses.replace` does, but without a call of __init__ for 28 fields: that was
        half the time of folding a long log.
        """
        told = {**self.__dict__, **changes}
        if len(told) > len(self.__dict__):
            raise TypeError(f"a run has no {', '.join(changes.keys() - self.__dict__.keys())}")
        copy = object.__new__(Run)
        copy.__dict__.update(told)
        return copy

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to make it, or is making it."""
        return self.status in OPEN

    @property
    def was_replaced(self) -> bool:
        """Whether a new plan came in its place: nobody objected to its recipe, nor to its coil."""
        return self.status == "abandoned" and (self.failure or "").startswith(REPLACED)

    @property
    def made_key(self) -> tuple[str, int] | None:
        """Sort key of the moment it was made; None while it was not."""
        if self.made_seq is None or self.made_recorded_at is None:
            return None
        return times.sort_key(self.made_at, self.made_recorded_at, self.made_seq)

    def is_confirmed(self, response: str, value: Measurement, *kinds: str) -> bool:
        """Whether a flag of one of these kinds was confirmed after a value of a response came."""
        return bool(self.confirmed) and any(
            self.confirmed.get((kind, about), 0) > value.seq
            for kind in kinds
            for about in (response, None)
        )

    def confirmed_seq(self, kind: str) -> int:
        """The event in which a flag about its settings was last confirmed; 0: in none."""
        return self.confirmed.get((kind, None), 0)

    def prediction(self, response: str) -> Mapping[str, Any] | None:
        """What was expected of a response when it was planned; None: nothing was."""
        return self.predicted.get(response) if self.predicted else None

    def values(self, response: str) -> tuple[float, ...]:
        """Return the measured values of a response, by replicate; empty when there are none."""
        return tuple(value.number for value in self.measurements.get(response, ()))


_RUN_ID = re.compile(r"[Rr]\s*0*([0-9]{1,9})\Z")


def run_id_text(number: int) -> str:
    """Write a run number as its id, ``R001``."""
    return f"R{number:03d}"


def plan_id_text(number: int) -> str:
    """Write a plan number as its id, ``P001``."""
    return f"P{number:03d}"


def batch_id_text(stage: str, number: int) -> str:
    """Write a batch number as its id, ``slurry-03``."""
    return f"{stage}-{number:02d}"


def normal_run_id(text: str) -> str:
    """Bring a run id as typed (``r1``, ``R001``) into the form of the log."""
    number = run_number(text)
    return text.strip() if number is None else run_id_text(number)


def run_number(text: str) -> int | None:
    """The number of a run id as typed (``r1``, ``R001``); None where it is none."""
    match = _RUN_ID.match(text.strip())
    return int(match.group(1)) if match else None


def near_run_id(text: str, known: Iterable[str]) -> str | None:
    """The known run id of which this is a typing error: one character wrong, or two swapped.

    Where several are, the one next in number.
    """
    typed, number = normal_run_id(text).upper(), run_number(text)
    near = [run_id for run_id in known if _one_slip(typed, run_id)]
    if number is None:
        return min(near, default=None)
    return min(near, key=lambda run_id: abs((run_number(run_id) or 0) - number), default=None)


def _one_slip(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    differ = [place for place in range(len(one)) if one[place] != other[place]]
    if len(differ) == 2:
        first, second = differ
        return (one[first], one[second]) == (other[second], other[first]) and second == first + 1
    return len(differ) == 1

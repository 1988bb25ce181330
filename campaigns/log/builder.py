"""What the fold carries along while it reads the log, shared by the handlers of all kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from designer.campaigns.errors import Problem, StoreDamagedError
from designer.campaigns.log.runs import Note, Run
from designer.campaigns.log.state import CampaignState, Counters, Line, Plan
from designer.campaigns.values.names import Named

if TYPE_CHECKING:
    from designer.campaigns.log.events import Event
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

T = TypeVar("T")


class ContradictionError(Exception):
    """An event contradicts the events before it; carries the sentence."""


class InconsistentLogError(StoreDamagedError):
    """The events of a log contradict each other.

    Attributes:
        seq: the event that cannot follow the ones before it.
        text: why, one clause.
    """

    def __init__(self, campaign: str, seq: int, text: str) -> None:
        super().__init__(Problem(f"{campaign}#{seq}", f"event log damaged: {text}"))
        self.seq = seq
        self.text = text


@dataclass
class StateBuilder:
    """A state in the making: like `CampaignState`, but open to change.

    Attributes:
        campaign_id: id in the store.
        spec: specification so far; None before the first event.
        events: all events so far, reversed ones too.
        reversals: reversed event to the event that reversed it.
        spec_seq: event that last gave the campaign another specification; perhaps a reversal.
    """

    campaign_id: str
    spec: Specification | None = None
    spec_seq: int = 1
    closed: bool = False
    runs: dict[str, Run] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reversals: dict[int, int] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)

    @classmethod
    def continuing(cls, state: CampaignState) -> StateBuilder:
        """Start from a finished state without touching it."""
        return cls(
            campaign_id=state.campaign_id,
            spec=state.spec,
            spec_seq=state.spec_seq,
            closed=state.closed,
            runs=dict(state.runs),
            lines=dict(state.lines),
            plans=dict(state.plans),
            notes=list(state.notes),
            events=list(state.events),
            reversals=dict(state.reversals),
            counters=replace(state.counters, batch=dict(state.counters.batch)),
        )

    @property
    def name(self) -> str:
        """Name of the campaign as far as known, for messages."""
        return self.spec.name if self.spec is not None else self.campaign_id

    @property
    def specification(self) -> Specification:
        """The specification; a log that has none yet contradicts itself."""
        if self.spec is None:
            raise ContradictionError("the campaign has not been created yet")
        return self.spec

    def run(self, run_id: str) -> Run:
        """Return a run that must exist."""
        run = self.runs.get(run_id)
        if run is None:
            raise ContradictionError(f"run {run_id} does not exist")
        return run

    def count(self, event: Event) -> None:
        """Remember the numbers an event gives out, whether or not it is reversed later."""
        body, counters = event.body, self.counters
        if event.kind == "plan_proposed":
            counters.plan = max(counters.plan, _number(body["plan"]))
            for run in body["runs"]:
                counters.run = max(counters.run, _number(run["run"]))
                self._count_batches(run["batch"])
        elif event.kind in ("result_recorded", "run_planned"):
            if body.get("attached") or event.kind == "run_planned":
                counters.run = max(counters.run, _number(body["run"]))
            self._count_batches(body["batch"])
        elif event.kind == "result_corrected":
            corrected = body["what"].get("batch", {})
            self._count_batches({stage: change["new"] for stage, change in corrected.items()})

    def _count_batches(self, batches: Mapping[str, str]) -> None:
        for stage, batch in batches.items():
            head, _, tail = batch.rpartition("-")
            if head.casefold() == stage.casefold() and _DIGITS.match(tail):
                known = self.counters.batch
                known[stage] = max(known.get(stage, 0), int(tail))


_DIGITS = re.compile(r"[0-9]{1,9}\Z")


def _number(text: str) -> int:
    """Return the number in ``R001`` or ``P001``."""
    return int(text[1:])


def in_order(items: Iterable[Named], values: Mapping[str, T]) -> dict[str, T]:
    """Return values in the order of the specification's items; the log sorts them by name."""
    return {item.name: values[item.name] for item in items if item.name in values}


def known_names(kind: str, names: Mapping[str, Any], known: AbstractSet[str]) -> None:
    """Refuse names the specification of that time does not have."""
    if names.keys() <= known:
        return
    for name in names:
        if name not in known:
            raise ContradictionError(f"{kind} {name!r} is not in the specification")


def known_settings(settings: Mapping[str, Setting], spec: Specification) -> None:
    """Refuse settings of factors there are not, and numbers for categories or the reverse."""
    known_names("factor", settings, spec.factor_names)
    for name, value in settings.items():
        if isinstance(value, str) != (name in spec.categorical_names):
            kind = "a category" if name in spec.categorical_names else "a number"
            raise ContradictionError(f"factor {name} is set to {value!r}, which is not {kind}")


def whole_recipe(settings: Mapping[str, Setting], spec: Specification) -> None:
    """Refuse a recipe of a run that does not say every factor."""
    known_settings(settings, spec)
    missing = spec.factor_names - settings.keys()
    if missing:
        raise ContradictionError(f"its recipe lacks {', '.join(sorted(missing))}")

"""What a sheet showed when it was written, so that only a changed cell is a statement.

A sheet repeats what was planned or known at the time of its export: settings, batches, results. A
cell that still says so states nothing, whatever was told since; nor does one that says what was
told since, and perhaps corrected again: the same sheet may come a second time. What was taken back
since was not told: a sheet that still says it says it anew. A sheet with its ``head`` says at which
log position it was written. Any other one may be as old as the campaign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from designer.campaigns.log.events import Event, head_text
from designer.campaigns.log.fold import fold
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting
from designer.campaigns.values.quantity import stored_setting

NEVER = "none"
"""What is told of a response that will never be measured."""

_HEAD = re.compile(r"([0-9]{1,9}):[0-9a-f]{8}")

Told = dict[tuple[str, str], list[tuple[int, Setting]]]
"""(Run, name of what was told) to the numbers of the events that told it, each with the value."""


@dataclass(frozen=True)
class Edition:
    """The campaign as one sheet showed it, and all that was told of it later.

    Attributes:
        state: as it was when the sheet was written; as it is now where nobody knows when.
        since: log position of the sheet; 0 where nobody knows.
        told: everything ever told.
        foreign: whether the sheet names a log position this campaign never had.
        planned: whether its settings are those planned, and really used ones stand apart.
    """

    state: CampaignState
    since: int
    told: Told
    foreign: bool = False
    planned: bool = False

    def run(self, run: Run) -> Run:
        """The run as the sheet showed it."""
        return self.state.runs.get(run.id, run)

    def shown(self, run: Run) -> dict[str, Setting]:
        """Settings, batches and time of a run as the sheet showed them, by column."""
        there = self.run(run)
        apart = there.planned or {} if self.planned else {}
        facts: dict[str, Setting] = {**there.given, **there.used, **apart}
        facts.update({f"batch:{stage}": batch for stage, batch in there.batch.items()})
        if there.made_at is not None:
            facts["made_at"] = there.made_at
        return facts

    def repeats(self, run: Run, name: str) -> list[Setting]:
        """Values of a column that state nothing: shown by the sheet, or told since."""
        shown = self.shown(run).get(name)
        since = [value for seq, value in self.told.get((run.id, name), ()) if seq > self.since]
        if self.planned and name in self.run(run).used:
            since.append(self.run(run).used[name])
        return since if shown is None else [shown, *since]

    def told_as_used(self, run: Run, name: str) -> list[Setting]:
        """Values of a column ``used:<factor>`` that state nothing: in force, or told at any time.

        What was planned is no such value where something else was told: then it contradicts.
        """
        told = self.told.get((run.id, name), ())
        really = [value for seq, value in told if seq > run.seq or run.attached]
        return [run.used[name], *really] if name in run.used else really


class Editions:
    """The editions of a campaign's sheets, each looked up once.

    Args:
        state: the campaign now.
        planned: whether settings really used stand apart from those planned.
    """

    def __init__(self, state: CampaignState, *, planned: bool = False) -> None:
        self._state, self._planned = state, planned
        self._found: dict[str, Edition] = {}

    def of(self, head: str) -> Edition:
        """The edition a row was exported with; ``head`` blank: nobody knows which."""
        if head not in self._found:
            self._found[head] = self._look_up(head)
        return self._found[head]

    def _look_up(self, head: str) -> Edition:
        state = self._state
        match = _HEAD.fullmatch(head)
        seq = int(match[1]) if match else 0
        if not 0 < seq <= state.seq or _head(state, seq) != head:
            return Edition(state, 0, self._told, foreign=bool(head), planned=self._planned)
        then = state if seq == state.seq else fold(state.campaign_id, state.events[:seq])
        return Edition(then, seq, self._told, planned=self._planned)

    @cached_property
    def _told(self) -> Told:
        told: Told = defaultdict(list)
        for event in self._state.events:
            if event.seq in self._state.reversals:
                continue
            for run, name, value in _statements(event):
                told[run, name].append((event.seq, value))
        return dict(told)


def _head(state: CampaignState, seq: int) -> str:
    return head_text(seq, state.events[seq - 1].hash)


def _statements(event: Event) -> Iterator[tuple[str, str, Setting]]:
    """Run, column and value of every fact besides measured values an event tells."""
    body = event.body
    if event.kind in ("plan_proposed", "run_planned"):
        yield from _plans(event)
    elif event.kind == "run_started":
        yield from _settings(body["run"], body["settings"])
    elif event.kind == "result_recorded":
        yield from _settings(body["run"], {**body["used"], **body["given"]})
        for stage, batch in body["batch"].items():
            yield body["run"], f"batch:{stage}", batch
        if body["made_at"] is not None:
            yield body["run"], "made_at", body["made_at"]
        for name, values in body["responses"].items():
            if values is None:
                yield body["run"], name, NEVER
    elif event.kind == "result_corrected":
        yield from _corrections(body["run"], body["what"])


def _plans(event: Event) -> Iterator[tuple[str, str, Setting]]:
    body = event.body
    planned = body["runs"] if event.kind == "plan_proposed" else [body]
    for run in planned:
        facts = run.get("given") or {}, run.get("assumed") or {}, run["settings"]
        for name, told in (pair for part in facts for pair in part.items()):
            yield run["run"], name, stored_setting(told) if isinstance(told, Mapping) else told
        for stage, batch in run["batch"].items():
            yield run["run"], f"batch:{stage}", batch


def _settings(run: str, told: Mapping[str, Any]) -> Iterator[tuple[str, str, Setting]]:
    for name, stored in told.items():
        yield run, name, stored_setting(stored)


def _corrections(run: str, what: Mapping[str, Any]) -> Iterator[tuple[str, str, Setting]]:
    for part in ("used", "given"):
        new = {name: change["new"] for name, change in what.get(part, {}).items()}
        yield from _settings(run, new)
    for stage, change in what.get("batch", {}).items():
        yield run, f"batch:{stage}", change["new"]
    if "made_at" in what:
        yield run, "made_at", what["made_at"]["new"]

"""Campaigns in a database: finding, loading, creating and changing them under its lock."""

from __future__ import annotations

import logging
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from designer.campaigns.errors import ConflictError, InputError, Problem, StoreDamagedError
from designer.campaigns.log.describe import describe, who_when
from designer.campaigns.log.events import Event, NewEvent
from designer.campaigns.log.fold import advance, fold
from designer.campaigns.log.state import CampaignState
from designer.campaigns.log.stored import EventRow, chained
from designer.campaigns.log.summary import CampaignSummary, summaries, summary_of
from designer.campaigns.store import event_table
from designer.campaigns.store.last_seen import SeenHead, SeenHeads, Watch, hash_at
from designer.campaigns.store.loading import catch_up, check_name, load
from designer.campaigns.store.sqlite import Database
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.times import utc_text
from designer.campaigns.version import program_version

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification
    from designer.campaigns.store.request import CommandRequest

_LOGGER = logging.getLogger(__name__)

Decide = Callable[[CampaignState], list[NewEvent]]
"""Turns the fresh state into new events, or refuses; pure, since a retry calls it again."""


@dataclass(frozen=True)
class Repeated:
    """A command that was carried out before.

    Attributes:
        before: the campaign as it met it; as it left it, where it created the campaign.
        after: the campaign as it left it.
    """

    before: CampaignState
    after: CampaignState


class Archive:
    """Campaigns of one database, with the states this process has verified already.

    Args:
        database: where they are.
        program: version written into events; None: the installed one.
        clock: gives the present moment, aware.
    """

    def __init__(
        self, database: Database, program: str | None, clock: Callable[[], datetime]
    ) -> None:
        self.database = database
        self._program = program
        self._clock = clock
        # states are immutable and replaced in one step, so threads may share this
        self._known: dict[str, CampaignState] = {}
        self.watch = Watch(None if database.location is None else database.location.path)

    def summaries(self) -> list[CampaignSummary]:
        """What a list tells of all campaigns, the one changed last first.

        One pass over the store, which checks every hash; no log is folded.
        """
        seen = self.watch.seen()
        digests: dict[str, str] = {}
        with self.database.read() as connection:
            names = dict(event_table.campaigns(connection))
            self.watch.campaigns(seen, names)
            rows = _noting(event_table.read_all(connection), seen, digests)
            found = summaries(names.items(), rows)
            self._refuse_losses(connection)
            told = [
                summary or summary_of(self._load(connection, campaign_id, names[campaign_id]))
                for campaign_id, summary in reversed(found.items())
            ]
        for summary in told:
            check_name(summary.name, names[summary.campaign_id])
        heads = {s.campaign_id: SeenHead(s.name, s.seq, s.hash) for s in told}
        known = {k: h for k, h in heads.items() if self.watch.log(seen, k, h, digests.get(k))}
        self.watch.remember(known)
        return told

    def state(self, name: str) -> CampaignState:
        """Load one campaign."""
        seen = self.watch.seen()
        with self.database.read() as connection:
            state = self._load(connection, *self._find(connection, seen, name))
        self._compare(seen, state)
        return state

    def create(
        self,
        spec: Specification,
        drafts: list[NewEvent],
        actor: str,
        request: CommandRequest | None,
    ) -> CampaignState:
        """Store a new campaign: its row and its first events in one transaction."""
        self.ensure()
        seen = self.watch.seen()
        with self.database.write() as connection:
            self._refuse_losses(connection)
            campaigns = dict(event_table.campaigns(connection))
            self.watch.campaigns(seen, campaigns)
            repeated = self._repeated(connection, request, spec.name)
            if repeated is not None:
                return repeated.after
            for name in campaigns.values():
                if name.casefold() == spec.name.casefold():
                    raise InputError.at(
                        "campaign.name",
                        f"a campaign named {name!r} is in this store already",
                        hint="Choose another name, or amend that campaign",
                    )
            campaign_id = str(uuid.uuid4())
            event_table.add_campaign(connection, campaign_id, spec.name)
            events = chained(campaign_id, None, drafts, **self._stamp(actor, request))
            event_table.append(connection, campaign_id, events)
            state = fold(campaign_id, events)
        self._known[campaign_id] = state
        self._compare(seen, state)
        _LOGGER.info("%s: campaign %s created", self.database.name, spec.name)
        return state

    def ensure(self) -> None:
        """Make the store where there is none."""
        if self.database.ensure():
            self.watch.begun_anew()

    def change(
        self,
        name: str,
        decide: Decide,
        actor: str,
        request: CommandRequest | None,
        expected_seq: int | None,
    ) -> CampaignState:
        """Append what `decide` says on the fresh state, all or nothing."""
        seen = self.watch.seen()
        with self.database.write() as connection:
            self._refuse_losses(connection)
            repeated = self._repeated(connection, request, name)
            if repeated is not None:
                decide(repeated.before)  # who answers may have to know what was decided
                return repeated.after
            state = self._load(connection, *self._find(connection, seen, name))
            if expected_seq is not None and expected_seq != state.seq:
                raise ConflictError(_went_on(state, expected_seq))
            drafts = decide(state)
            if not drafts:
                return state
            last, stamp = state.events[-1], self._stamp(actor, request)
            events = chained(state.campaign_id, last, drafts, **stamp)
            event_table.append(connection, state.campaign_id, events)
            # folded before the commit: an event the fold refuses must never be stored
            after = advance(state, events)
        kinds = ", ".join(event.kind for event in events)
        _LOGGER.info("campaign %s: events %d to %d (%s)", name, events[0].seq, after.seq, kinds)
        self._known[after.campaign_id] = after
        self._compare(seen, after)
        return after

    def _find(
        self, connection: sqlite3.Connection, seen: dict[str, SeenHead], name: str
    ) -> tuple[str, str]:
        campaigns = event_table.campaigns(connection)
        self.watch.campaigns(seen, dict(campaigns))
        return _find(campaigns, name)

    def _compare(self, seen: SeenHeads, state: CampaignState) -> None:
        """Notice a log that is not the one seen before, gone on; remember it where it is."""
        key, last = state.campaign_id, state.events[-1]
        now = SeenHead(state.spec.name, last.seq, last.hash)
        before = seen.get(key)
        if self.watch.log(seen, key, now, hash_at(state.events, before)) and before != now:
            self.watch.remember({key: now})

    def repeated(self, request: CommandRequest, name: str) -> Repeated | None:
        """What a request that was carried out before has met and left; None: it is new."""
        with self.database.read() as connection:
            return self._repeated(connection, request, name)

    def _repeated(
        self, connection: sqlite3.Connection, request: CommandRequest | None, name: str
    ) -> Repeated | None:
        """The same; refuses an id that was used for something else."""
        found = None if request is None else event_table.command_of(connection, request.id)
        if request is None or found is None:
            return None
        campaign_id, command_id = found
        known = dict(event_table.campaigns(connection))[campaign_id]
        state = self._load(connection, campaign_id, known)
        there = [event for event in state.events if event.command_id == command_id]
        if command_id != request.command_id or known.casefold() != name.casefold():
            raise ConflictError(_other_command(request, state, there[0]))
        after = fold(campaign_id, state.events[: there[-1].seq])
        first = there[0].seq
        return Repeated(
            after if first == 1 else fold(campaign_id, state.events[: first - 1]), after
        )

    def _stamp(self, actor: str, request: CommandRequest | None) -> dict[str, str]:
        """What all events of one command say besides their contents."""
        return {
            "command_id": str(uuid.uuid4()) if request is None else request.command_id,
            "actor": actor,
            "recorded_at": utc_text(self._clock()),
            "program": self._program or program_version(),
        }

    def _refuse_losses(self, connection: sqlite3.Connection) -> None:
        lost = event_table.lost_rows(connection)
        if lost is not None:
            raise StoreDamagedError.at(self.database.name, lost)

    def _load(self, connection: sqlite3.Connection, campaign_id: str, name: str) -> CampaignState:
        known = self._known.get(campaign_id)
        state = None if known is None else catch_up(connection, known, name)
        if state is None:
            state = load(connection, campaign_id, name)
            _LOGGER.debug("campaign %s: %d events read and verified", name, state.seq)
            self._refuse_losses(connection)
        check_name(state.spec.name, name)
        self._known[campaign_id] = state
        return state


def _noting(
    rows: Iterable[tuple[str, EventRow]], seen: SeenHeads, digests: dict[str, str]
) -> Iterator[tuple[str, EventRow]]:
    """Hand rows on, and note the hash of each that has the number seen."""
    for campaign_id, row in rows:
        if campaign_id in seen and row[0] == seen[campaign_id].seq:
            digests[campaign_id] = row[-1]
        yield campaign_id, row


def _find(known: Sequence[tuple[str, str]], name: str) -> tuple[str, str]:
    """Return (id, name) of a campaign; upper and lower case do not matter."""
    for campaign_id, there in known:
        if there.casefold() == name.casefold():
            return campaign_id, there
    names = [there for _, there in known]
    hint = suggestion(name, names)
    if not names:
        hint = "There are no campaigns yet: create one with init"
    elif hint is None:
        hint = "Campaigns: " + ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    raise InputError.at(f"campaign {name}", "no such campaign in this store", hint=hint)


def _other_command(request: CommandRequest, state: CampaignState, first: Event) -> Problem:
    told = f"{describe(first)} {who_when(first.actor, first.recorded_at)}"
    return Problem(
        f"request id {request.id}",
        "was used before for something else; nothing was written",
        found=f"event {first.seq} of {state.spec.name}: {told}",
        hint="Use a new id for a new command",
    )


def _went_on(state: CampaignState, expected: int) -> list[Problem]:
    """Tell what was recorded since the log position the caller looked at."""
    problems = [
        Problem(
            f"campaign {state.spec.name}",
            f"went on from event {expected} to event {state.seq} meanwhile",
            hint="Look again and repeat; nothing was written",
        )
    ]
    for event in state.events[max(expected, 0) : expected + 20]:
        text = f"{describe(event)} {who_when(event.actor, event.recorded_at)}"
        problems.append(Problem(f"event {event.seq}", text))
    return problems

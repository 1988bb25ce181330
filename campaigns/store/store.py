"""The store: every campaign's log, appended to under a lock and never changed.

Reading verifies every hash and folds the log. Writing is: lock, catch up, decide on the fresh
state, append all or nothing, commit, and only then tell the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from designer.campaigns.commands.campaign import create as created
from designer.campaigns.errors import InputError, StorageError
from designer.campaigns.files import similar_file
from designer.campaigns.store.location import default_url, parse_url
from designer.campaigns.values import times
from designer.campaigns.values.names import clean_text
from designer.campaigns.version import program_version

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.log.summary import CampaignSummary
    from designer.campaigns.specification.specification import Specification
    from designer.campaigns.store.archive import Archive, Decide, Repeated
    from designer.campaigns.store.facts import StoreFacts
    from designer.campaigns.store.request import CommandRequest

__all__ = ["Store", "default_url"]

_ACTOR_LIMIT = 100


class Store:
    """All campaigns of one SQLite file, or of the memory of this process.

    A missing store is created by `create` and `initialise` alone. Everything else refuses it; only
    the default store has no campaigns before it is there.

    Args:
        url: ``sqlite:///path`` or a path; None for a store in memory.
        clock: gives the present moment, aware.
        program: version written into events; default: the installed version.
        busy_seconds: how long a write waits for another writer.
        image: contents of a store in memory, from `image` of another.

    Attributes:
        url: address, ``sqlite:////absolute/path``; ``memory`` for a store in memory.

    Raises:
        StorageError: the address is no file.
        StoreDamagedError: the file is empty.
    """

    def __init__(
        self,
        url: str | None,
        *,
        clock: Callable[[], datetime] = times.utc_now,
        program: str | None = None,
        busy_seconds: float = 30,
        image: bytes | None = None,
    ) -> None:
        location = None if url is None else parse_url(url)
        if location is not None:
            location.exists()  # refuses what can be none
        self.url = "memory" if location is None else location.url
        self._location = location
        self._clock = clock
        self._program = program
        self._busy_seconds = busy_seconds
        self._image = image

    @cached_property
    def _archive(self) -> Archive:
        # imported at the first access: who only asks for help waits for no database
        from designer.campaigns.store.archive import Archive
        from designer.campaigns.store.sqlite import Database

        database = Database(self._location, self._busy_seconds, self._image)
        return Archive(database, self._program, self._clock)

    def image(self) -> bytes | None:
        """All of a store in memory, for a copy of it; None: it is a file."""
        return self._archive.database.image()

    def disconnect(self) -> None:
        """Let a store in memory go, and with it all it holds; a file is open during a verb only."""
        self._archive.database.disconnect()

    @property
    def exists(self) -> bool:
        """Whether the store has been created already."""
        return self._location is None or self._location.exists()

    @property
    def path(self) -> Path | None:
        """The file; None in memory."""
        return None if self._location is None else self._location.path

    @property
    def why_unwritable(self) -> str | None:
        """Why nothing can be written here (read-only, network drive), or None."""
        return None if self._location is None else self._location.unwritable()

    @property
    def writable(self) -> bool:
        """Whether events can be appended here."""
        return self.why_unwritable is None

    @property
    def cache_folder(self) -> Path | None:
        """Folder for derived, deletable data; None in memory. It may not exist yet."""
        return None if self._location is None else self._location.cache_folder

    def initialise(self) -> None:
        """Create the store file now, empty; nothing happens when there is one.

        Raises:
            StorageError: it cannot be created.
        """
        self._archive.ensure()

    def summaries(self) -> list[CampaignSummary]:
        """What a list tells of all campaigns, the one changed last first; none without a store.

        Every hash is checked; events that contradict each other are noticed by `state`.

        Raises:
            StorageError: the store cannot be reached.
            StoreDamagedError: it is damaged or newer than this program.
        """
        self.refuse_missing(default=False)
        return self._archive.summaries() if self.exists else []

    @property
    def alarms(self) -> list[str]:
        """What this process found that an untouched store cannot be, told until it is accepted.

        A log that is shorter than, or another than, the one seen on this computer before, or a
        campaign that is gone; and what was remarked once.
        """
        if "_archive" not in vars(self):  # nothing was looked at yet
            return []
        watch = self._archive.watch
        return [*watch.alarms.values(), *watch.remarks]

    def alarm_of(self, campaign_id: str) -> str | None:
        """The alarm about one campaign."""
        return self._archive.watch.alarms.get(campaign_id)

    def state(self, name: str) -> CampaignState:
        """Load a campaign: verify every hash that is new to this process, and fold.

        Args:
            name: name of the campaign; upper and lower case do not matter.

        Raises:
            InputError: no such campaign; names the nearest.
            StorageError: the store cannot be reached.
            StoreDamagedError: it is damaged or newer than this program; names ``campaign#seq``.
        """
        self.refuse_missing(f"campaign {name}")
        return self._archive.state(name)

    def create(
        self, spec: Specification, actor: str, request: CommandRequest | None = None
    ) -> CampaignState:
        """Create a campaign, and the store when there is none.

        Args:
            spec: specification, already checked.
            actor: who creates it.
            request: as for `change`.

        Raises:
            InputError: the name is taken.
            ConflictError: the request's id was used for something else.
            StorageError: the store cannot be written.
            StoreDamagedError: it is damaged or newer than this program.
        """
        drafts, actor = created(spec), _actor(actor)
        return self._archive.create(spec, drafts, actor, request)

    def change(
        self,
        name: str,
        decide: Decide,
        *,
        actor: str,
        request: CommandRequest | None = None,
        expected_seq: int | None = None,
    ) -> CampaignState:
        """Append what `decide` says to a campaign, all or nothing.

        Args:
            name: name of the campaign.
            decide: called under the write lock with the fresh state; an empty list changes
                nothing. What it raises is passed on, and nothing is written.
            actor: who does it.
            request: makes it safe to repeat the command after an unknown outcome: nothing is
                written twice, and `decide` is called with the state it met the first time.
            expected_seq: log position the caller looked at; None: any.

        Returns:
            The state after the change; of a repeated command, the one it left the first time.

        Raises:
            InputError: no such campaign, or refused by `decide`.
            ConflictError: the log went on since `expected_seq`, the request's id was used for
                something else, or `decide` says so.
            StorageError: the store cannot be written.
            StoreDamagedError: it is damaged or newer than this program.
        """
        self.refuse_missing(f"campaign {name}")
        return self._archive.change(name, decide, _actor(actor), request, expected_seq)

    def repeated(self, request: CommandRequest, name: str) -> Repeated | None:
        """What a request that was carried out before has met and left; None: it is new.

        Args:
            request: of the command.
            name: name of the campaign it is about.

        Raises:
            ConflictError: its id was used for something else.
            StorageError: the store cannot be reached.
            StoreDamagedError: it is damaged or newer than this program.
        """
        return self._archive.repeated(request, name) if self.exists else None

    def verify(self, head: str | None = None, *, accept: bool = False) -> list[str]:
        """Check everything that can be checked.

        Args:
            head: ``seq:hash8`` printed earlier; some campaign must still hold that event.
            accept: take an older copy or a removed campaign as it is from now on, where nothing
                else is wrong.

        Returns:
            One sentence per check that passed, and notes.

        Raises:
            InputError: `head` is not written like that.
            StorageError: there is no store.
            StoreDamagedError: with everything that is wrong.
        """
        from designer.campaigns.store.verify import verify_store

        self.refuse_missing()
        return verify_store(self._archive.database, head, self._archive.watch, accept=accept)

    def info(self) -> StoreFacts:
        """Describe the store: address, size, versions, numbers of campaigns and events."""
        from designer.campaigns.store.verify import describe_store

        self.refuse_missing()
        return {
            "url": self.url,
            "exists": self.exists,
            "writable": self.writable,
            "why_unwritable": self.why_unwritable,
            "program": self._program or program_version(),
            "warnings": [] if self._location is None else self._location.warnings(),
            **describe_store(self._archive.database),
        }

    def refuse_missing(self, where: str = "", *, default: bool = True) -> None:
        """Refuse a store that is not there; names the nearest file beside it.

        Args:
            where: what was looked for in it.
            default: whether the default store is refused, too.

        Raises:
            InputError: the default store is not there yet.
            StorageError: another one is not there.
        """
        if self._location is None or self.exists:
            return
        path = self._location.path
        if self._location.is_default:
            if not default:
                return
            hint = "Create a campaign with init, or name another store"
            raise InputError.at(where, f"there is no store {path} yet", hint=hint)
        hint = similar_file(path) or "init, demo and store init make a new one"
        raise StorageError.at("", f"there is no store {path}", hint=hint)


def _actor(actor: str) -> str:
    """Who does something, as events hold it."""
    try:
        return clean_text(actor, limit=_ACTOR_LIMIT)
    except ValueError as error:
        raise InputError.at("actor", str(error), repr(actor)) from None

"""What every verb needs: the store, who acts, where progress is told."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designer.campaigns.log.events import NewEvent
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.specification.specification import Specification
    from designer.campaigns.store.archive import Decide, Repeated
    from designer.campaigns.store.request import CommandRequest
    from designer.campaigns.store.store import Store
    from designer.engine.fitted_campaign import FittedCampaign

Progress = Callable[[str, float | None], None]
"""Told what is being done and which share of it (0–1, None = unknown) is done."""


class Default(Enum):
    """Says that no store was named."""

    STORE = "default"


DEFAULT = Default.STORE
"""Store of `DESIGNER_STORE`, else the file in the user's data folder."""


def silent(what: str, share: float | None) -> None:
    """Tell nobody."""


def login() -> str:
    """Name of the person at the keyboard, as the system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Session:
    """One user at one store; opening is put off until the first verb needs it.

    Args:
        store: URL or path; None = in memory; `DEFAULT` = the command line's default.
        actor: name written on every event; None = login name.
        progress: called while long work goes on.

    Attributes:
        request: what makes the command that comes safe to repeat; None: nothing does.
    """

    def __init__(
        self,
        store: str | Default | None,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.url = store
        self.actor = actor or login()
        self.progress = progress or silent
        self.request: CommandRequest | None = None
        self.fitted: FittedCampaign | None = None  # models of the last log position

    @cached_property
    def store(self) -> Store:
        """The opened store."""
        from designer.campaigns.store.store import Store, default_url

        return Store(default_url() if isinstance(self.url, Default) else self.url)

    @property
    def alarms(self) -> list[str]:
        """What was found that an untouched store cannot be; nothing before it was opened."""
        return self.store.alarms if "store" in vars(self) else []

    def state(self, campaign: str) -> CampaignState:
        """The campaign as its log tells it now; as a repeated command met it the first time."""
        repeated = self.repeated(campaign)
        return self.store.state(campaign) if repeated is None else repeated.before

    def repeated(self, campaign: str) -> Repeated | None:
        """What the command that comes has done already; None: it is new, or has no request id.

        Raises:
            ConflictError: its request id was used for something else.
        """
        return None if self.request is None else self.store.repeated(self.request, campaign)

    def create(self, spec: Specification) -> CampaignState:
        """Create a campaign, and the store when there is none."""
        return self.store.create(spec, self.actor, self.request)

    def change(
        self, campaign: str, decide: Decide, *, expected_seq: int | None = None
    ) -> CampaignState:
        """Append what ``decide`` returns for the fresh state, all or nothing."""
        return self.store.change(
            campaign, decide, actor=self.actor, request=self.request, expected_seq=expected_seq
        )

    def changed(self, campaign: str, decide: Decide) -> tuple[CampaignState, CampaignState]:
        """As `change`: the state it was decided for, and the one after it."""
        met: list[CampaignState] = []

        def decide_and_remember(state: CampaignState) -> list[NewEvent]:
            met[:] = [state]
            return decide(state)

        after = self.change(campaign, decide_and_remember)
        return met[0], after


@dataclass(frozen=True)
class Verbs:
    """Verbs about one topic.

    Args:
        session: user and store.
    """

    session: Session

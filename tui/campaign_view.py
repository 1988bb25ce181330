"""What the screens show: one campaign at one position of its log, fetched through the service.

Everything here may wait for a disk or for a lock, so it is called in threads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.service import Service

Facts = Mapping[str, Any]

WAITING: Final = ("proposed", "running", "partial")
"""Statuses of runs that still want something: to be made, or further results."""

_ATTEMPTS = 5  # to read everything at one log position while others write


@dataclass(frozen=True)
class StoreStamp:
    """Tells whether something changed: log position, age of the figures, whether one may write."""

    head: str
    figures: int | None
    unwritable: str | None


@dataclass(frozen=True)
class CampaignView:
    """A campaign as it is shown.

    Attributes:
        show: answer of `Service.show`.
        status: answer of `Service.status`.
        events: of `Service.history`, oldest first.
        unwritable: why nothing can be written, or None.
        store: address of the store.
    """

    show: Facts
    status: Facts
    events: Sequence[Facts]
    unwritable: str | None
    store: str

    @cached_property
    def spec(self) -> Specification:
        """The specification; it was checked when it came into the store."""
        return load.from_dict(self.show["spec"], trusted=True)

    @property
    def name(self) -> str:
        """Name of the campaign."""
        return str(self.show["campaign"])

    @property
    def seq(self) -> int:
        """Number of the last event."""
        return int(self.show["head"].partition(":")[0])

    @property
    def stamp(self) -> StoreStamp:
        """What a later look is compared with."""
        return StoreStamp(self.show["head"], self.status["model"]["seq"], self.unwritable)

    @property
    def runs(self) -> Sequence[Facts]:
        """All runs, in the order they came."""
        runs: Sequence[Facts] = self.show["runs"]
        return runs

    @property
    def waiting(self) -> Sequence[Facts]:
        """Runs to be made or with results to come."""
        return [run for run in self.runs if run["status"] in WAITING]

    def run(self, run_id: str | None) -> Facts | None:
        """One run; None when there is none of that id."""
        return next((run for run in self.runs if run["run"] == run_id), None)

    def next_after(self, done: str | None) -> Facts | None:
        """The next run to be made after one that is done, else that one; None after none."""
        if done is None:
            return None
        ids = [run["run"] for run in self.runs]
        to_make = [r for r in self.waiting if r["status"] != "partial" and r["run"] != done]
        later = [run for run in to_make if ids.index(run["run"]) > ids.index(done)]
        return next(iter([*later, *to_make]), self.run(done))

    @property
    def cost_unit(self) -> str:
        """Unit of costs."""
        return self.spec.costs.unit


class ViewReader:
    """Fetches what is shown.

    Args:
        service: the verbs.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def campaigns(self) -> Sequence[Facts]:
        """All campaigns, newest first."""
        found: Sequence[Facts] = self.service.campaigns.list()["campaigns"]
        return found

    def stamp(self, campaign: str) -> StoreStamp:
        """Where the campaign is now."""
        status = self.service.models.status(campaign)
        return StoreStamp(status["head"], status["model"]["seq"], self.unwritable)

    @property
    def unwritable(self) -> str | None:
        """Why nothing can be written to the store, or None."""
        return self.service.session.store.why_unwritable

    def look(self, campaign: str) -> CampaignView:
        """Everything about a campaign, at one position of its log."""
        show, status, history = self._look_once(campaign)
        for _ in range(_ATTEMPTS):
            if show["head"] == status["head"] == history["head"]:
                break
            show, status, history = self._look_once(campaign)
        store = self.service.session.store
        return CampaignView(show, status, history["events"], store.why_unwritable, store.url)

    def _look_once(self, campaign: str) -> tuple[Facts, Facts, Facts]:
        service = self.service
        return (
            service.campaigns.show(campaign),
            service.models.status(campaign),
            service.campaigns.history(campaign),
        )

"""What the screens show: one campaign at one position of its log, fetched through the service.

Everything here may wait for a disk or for a lock, so it is called in threads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from designer.campaigns.log.runs import WAITING
from designer.campaigns.plausibility.open_runs import settings_against
from designer.campaigns.sheets.run_object import Predicted, RunObject
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.render.words import plain_texts
from designer.service import Service
from designer.service.answers import CampaignAnswer, EventObject, ListedCampaign
from designer.service.figures import StatusAnswer
from designer.service.still_true import CHANGES_MODEL

_ATTEMPTS: Final = 6  # to read everything at one log position while others write


StoreStamp = tuple[str, int | None, str | None]
"""Tells whether something changed: log position, age of the figures, why one may not write."""


@dataclass(frozen=True)
class Today:
    """What the waiting runs are expected to give by the models of one log position.

    Attributes:
        campaign: its name.
        seq: the log position.
        predicted: by run id and response.
    """

    campaign: str
    seq: int
    predicted: Mapping[str, Mapping[str, Predicted]]


@dataclass(frozen=True)
class CampaignView:
    """A campaign as it is shown; every text in it can be shown anywhere.

    Attributes:
        name: as the store has it, for the verbs; shown is the one of `details`.
        details: answer of `campaigns.show`.
        status: answer of `models.status`.
        events: of `campaigns.history`, oldest first.
        against: by run id what its settings are against, confirmed or not.
        unwritable: why nothing can be written, or None.
        set_up: the run made last, whose batches stand on the line; None: none was made.
        today: what waiting runs are expected to give now; None: not computed since.
    """

    name: str
    details: CampaignAnswer
    status: StatusAnswer
    events: list[EventObject]
    against: Mapping[str, list[str]]
    unwritable: str | None
    set_up: str | None = None
    today: Today | None = None

    @cached_property
    def spec(self) -> Specification:
        """The specification; it was checked when it came into the store."""
        return load.from_dict(self.details["spec"], trusted=True)

    @property
    def title(self) -> str:
        """Name of the campaign, as it is shown."""
        return self.details["campaign"]

    @property
    def seq(self) -> int:
        """Number of the last event."""
        return int(self.details["head"].partition(":")[0])

    @property
    def stamp(self) -> StoreStamp:
        """What a later look is compared with."""
        return self.details["head"], self.status["model"]["seq"], self.unwritable

    @property
    def runs(self) -> list[RunObject]:
        """All runs, in the order they came."""
        return self.details["runs"]

    @property
    def waiting(self) -> list[RunObject]:
        """Runs to be made or with results to come."""
        return [run for run in self.runs if run["status"] in WAITING]

    @property
    def odd(self) -> list[RunObject]:
        """Runs with a flag."""
        return [run for run in self.runs if run["flags"]]

    def run(self, run_id: str | None) -> RunObject | None:
        """One run; None when there is none of that id."""
        return next((run for run in self.runs if run["run"] == run_id), None)

    def with_status(self, *statuses: str) -> list[str]:
        """Ids of the runs of some statuses."""
        return [run["run"] for run in self.runs if run["status"] in statuses]

    def next_after(self, done: str | None) -> RunObject | None:
        """The next run to be made after one that is done, else that one; None after none."""
        if done is None:
            return None
        ids = [run["run"] for run in self.runs]
        to_make = [r for r in self.waiting if r["status"] != "partial" and r["run"] != done]
        later = [run for run in to_make if ids.index(run["run"]) > ids.index(done)]
        return next(iter([*later, *to_make]), self.run(done))

    def with_today(self, today: Today | None) -> CampaignView:
        """The same with what is expected today, unless something was learned since."""
        model = self.status["model"]
        counts = (
            today is not None
            and today.campaign == self.name
            and not model["stale"]
            and (model["seq"] or 0) <= today.seq
        )
        return replace(self, today=today if counts else None)

    def expected(self, run: RunObject) -> Mapping[str, Predicted]:
        """What a run is expected to give: today if that is known, else when it was planned."""
        known = None if self.today is None else self.today.predicted.get(run["run"])
        return known if known is not None else run["predicted"] or {}

    def since_planned(self, run: RunObject) -> list[EventObject]:
        """What the models learn from and came after a waiting run was predicted."""
        if run["status"] not in WAITING or not run["predicted"]:
            return []
        told = max((each["at"] or 0 for each in run["predicted"].values()), default=0)
        return [
            event
            for event in self.events
            if event["seq"] > told and event["kind"] in CHANGES_MODEL and not event["reversed"]
        ]

    def is_dated(self, run: RunObject) -> bool:
        """Whether all that is known of a waiting run was computed before later results."""
        return self.today is None and bool(self.since_planned(run))

    @cached_property
    def units(self) -> dict[str, str | None]:
        """Units of factors, givens and responses by name."""
        return {item.name: item.unit for item in (*self.spec.inputs, *self.spec.responses)}

    @property
    def cost_unit(self) -> str:
        """Unit of costs."""
        return self.spec.costs.unit


def prediction(run: RunObject, response: str) -> Predicted | None:
    """What a run was expected to give when it was planned; None: nothing was predicted."""
    return run["predicted"].get(response) if run["predicted"] else None


class ViewReader:
    """Fetches what is shown.

    Args:
        service: the verbs.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.store = service.session.store

    def campaigns(self) -> list[ListedCampaign]:
        """All campaigns, newest first."""
        return self.service.campaigns.list()["campaigns"]

    def stamp(self, campaign: str) -> StoreStamp:
        """Where the campaign is now."""
        status = self.service.models.status(campaign)
        return status["head"], status["model"]["seq"], plain_texts(self.store.why_unwritable)

    def read(self, campaign: str) -> CampaignView:
        """Everything about a campaign, at one position of its log."""
        left = _ATTEMPTS
        while True:
            details = self.service.campaigns.show(campaign)
            status = self.service.models.status(campaign)
            history = self.service.campaigns.history(campaign)
            state = self.service.session.state(campaign)
            left -= 1
            if details["head"] == status["head"] == history["head"] == state.head or not left:
                against = {run.id: settings_against(state, run) for run in state.runs.values()}
                return CampaignView(
                    details["campaign"],
                    plain_texts(details),
                    plain_texts(status),
                    plain_texts(history["events"]),
                    plain_texts(against),
                    plain_texts(self.store.why_unwritable),
                    plain_texts(state.setup.id) if state.setup is not None else None,
                )

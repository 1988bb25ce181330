"""A campaign as a fold of events, without a store, for tests of commands and of the state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from designer.campaigns import commands
from designer.campaigns.log.events import KINDS, Event, NewEvent
from designer.campaigns.log.fold import advance, fold
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.quantity import Quantity

TABLES: dict[str, Any] = {
    "campaign": {"version": 1, "name": "demo", "line": "line4"},
    "stage": [{"name": "slurry", "change_cost": 3.0}, {"name": "coating", "change_cost": 0.5}],
    "factor": [
        {"name": "solid", "unit": "wt%", "low": 50, "high": 66, "step": 0.5, "stage": "slurry"},
        {"name": "gap", "unit": "um", "levels": [80, 100, 150], "stage": "coating"},
    ],
    "response": [{"name": "loading", "unit": "mg/cm^2"}, {"name": "porosity", "unit": "%"}],
}
SPEC = load.from_dict(TABLES)
RECIPE = {"solid": 56.5, "gap": 100.0}


def to_events(drafts: Sequence[NewEvent], after: int = 0) -> list[Event]:
    """What a store would make of `drafts`, one a minute."""
    return [
        Event(
            seq, f"c{after}.{seq - after}", draft.kind, KINDS[draft.kind].version, draft.body,
            "anna", f"2026-03-01T08:{seq % 60:02d}:00.000000Z", "0.1.0", f"{seq:08x}",
        )
        for seq, draft in enumerate(drafts, start=after + 1)
    ]  # fmt: skip


def begin(spec: Specification = SPEC) -> CampaignState:
    """A campaign without runs."""
    return fold("c", to_events(commands.create(spec)))


def then(state: CampaignState, drafts: Sequence[NewEvent]) -> CampaignState:
    """The campaign after what a command decided."""
    return advance(state, to_events(drafts, state.seq))


def values(**told: str | None) -> dict[str, list[Quantity] | None]:
    """Typed results: a text may hold several values between slashes, None is `none`."""
    return {
        name: None if text is None else [Quantity.of(part) for part in text.split("/")]
        for name, text in told.items()
    }

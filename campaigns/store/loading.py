"""Logs of a database as states: read, verified, folded; whole, or what came since."""

from __future__ import annotations

import sqlite3

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.fold import advance, fold
from designer.campaigns.log.state import CampaignState
from designer.campaigns.log.stored import verified
from designer.campaigns.store import event_table
from designer.campaigns.values.collector import collector_paused


def load(connection: sqlite3.Connection, campaign_id: str, name: str) -> CampaignState:
    """Read, verify and fold the whole log of a campaign.

    Raises:
        StoreDamagedError: an event is missing, changed or contradicts the ones before it, or the
            log is of another campaign.
    """
    with collector_paused():
        rows = event_table.read_rows(connection, campaign_id)
        state = fold(campaign_id, verified(rows, campaign_id, name))
    check_name(state.spec.name, name)
    return state


def check_name(told: str, name: str) -> None:
    """Refuse a log that tells another name than the row of its campaign."""
    if told != name:
        what = f"holds the log of campaign {told!r}: names were swapped"
        raise StoreDamagedError.at(name, what)


def catch_up(
    connection: sqlite3.Connection, known: CampaignState, name: str
) -> CampaignState | None:
    """Read what came since; None when the log is not the one this process knew."""
    last = known.events[-1]
    rows = event_table.read_since(connection, known.campaign_id, last.seq)
    if not rows or rows[0][-1] != last.hash:
        return None
    new = verified(rows[1:], known.campaign_id, name, before=last.seq, previous=last.hash)
    return advance(known, new)

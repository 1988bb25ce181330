"""What a list tells of a campaign, from its checked rows, without folding the whole log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.campaigns.log.events import KINDS, head_text, parse_json
from designer.campaigns.log.fold import reversed_events
from designer.campaigns.log.payloads import PAYLOADS
from designer.campaigns.log.stored import EventRow, HashChain
from designer.campaigns.values.shape import has_shape
from designer.campaigns.values.times import is_stored_moment

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState

_REVERSAL = "event_reversed"
_SPECIFIES = ("campaign_created", "spec_amended")


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign in a list; every field is the one of `state.CampaignState` and its specification.

    ``runs`` is their number, ``hash`` that of the last event.
    """

    campaign_id: str
    name: str
    line: str
    goal: str
    runs: int
    changed_at: str
    seq: int
    hash: str

    @property
    def head(self) -> str:
        """``seq:hash8`` of the last event."""
        return head_text(self.seq, self.hash)


def summary_of(state: CampaignState) -> CampaignSummary:
    """What a list tells of a campaign that was folded."""
    spec = state.spec
    return CampaignSummary(
        state.campaign_id, spec.name, spec.line, spec.goal, len(state.runs), state.changed_at,
        state.seq, state.events[-1].hash,
    )  # fmt: skip


class Summarizer:
    """Reads the rows of one campaign in order; every link of their chain is checked.

    Only what a list tells is read from the payloads, so a log whose events contradict each other
    is not noticed here, as `fold` would; a changed, missing or cut one is.

    Args:
        campaign_id: id of the campaign.
        name: its name, for messages.
    """

    def __init__(self, campaign_id: str, name: str) -> None:
        self._id = campaign_id
        self._chain = HashChain(campaign_id, name)
        self._changed_at = ""
        self._told: list[tuple[int, str, dict[str, Any]]] = []
        self._reversals: list[tuple[int, object]] = []
        self._plain = True

    def add(self, row: EventRow) -> None:
        """Take in the next row.

        Raises:
            StoreDamagedError: it is missing, changed or unreadable; names ``campaign#seq``.
        """
        self._chain.check(row)
        seq, _, kind, version, body, _, self._changed_at, _, _ = row
        known = KINDS.get(kind)
        # an older or a newer payload, and one that cannot be read: for the fold
        self._plain &= known is not None and known.version == version
        self._plain &= is_stored_moment(self._changed_at)
        # quotes inside a text are escaped, so these quotes are those of a key
        if kind in (*_SPECIFIES, _REVERSAL, "plan_proposed", "run_planned") or (
            kind == "result_recorded" and '"attached":' in body
        ):
            self._take(seq, kind, body)

    def _take(self, seq: int, kind: str, text: str) -> None:
        try:
            body = parse_json(text)
            self._plain &= has_shape(body, PAYLOADS[kind], others=True)
        except (ValueError, RecursionError):
            self._plain = False
            return
        if not self._plain:
            return
        if kind == _REVERSAL:
            self._reversals.append((seq, body["event"]))
        else:
            self._told.append((seq, kind, body))

    def summary(self) -> CampaignSummary | None:
        """What the rows say; None where it takes the fold to tell, or to say what is wrong."""
        if not self._plain:
            return None
        try:
            return self._summary()
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            return None

    def _summary(self) -> CampaignSummary | None:
        gone = reversed_events(self._id, self._reversals)
        alive = [(kind, body) for seq, kind, body in self._told if seq not in gone]
        told = [body["parsed"]["campaign"] for kind, body in alive if kind in _SPECIFIES]
        name, line, goal = (told[-1][key] for key in ("name", "line", "goal"))
        if not has_shape([name, line, goal], list[str]):
            return None
        return CampaignSummary(
            self._id, name, line, goal,
            sum(_runs(kind, body) for kind, body in alive), self._changed_at, *self._chain.position,
        )  # fmt: skip


def _runs(kind: str, body: dict[str, Any]) -> int:
    """How many runs an event brings."""
    if kind == "plan_proposed":
        return len(body["runs"])
    return int(kind == "run_planned" or bool(body.get("attached")))


def summaries(
    campaigns: Iterable[tuple[str, str]], rows: Iterable[tuple[str, EventRow]]
) -> dict[str, CampaignSummary | None]:
    """Summaries by campaign id, the campaign changed last at the end.

    Args:
        campaigns: id and name of each.
        rows: campaign id and row of every event of the store, in the order they were stored.

    Raises:
        StoreDamagedError: a row is missing, changed or unreadable; names ``campaign#seq``.
    """
    readers = {campaign_id: Summarizer(campaign_id, name) for campaign_id, name in campaigns}
    last: dict[str, int] = {}
    for position, (campaign_id, row) in enumerate(rows):
        if campaign_id in readers:  # rows of no campaign are told as losses
            readers[campaign_id].add(row)
            last[campaign_id] = position
    order = sorted(readers, key=lambda campaign_id: last.get(campaign_id, -1))
    return {campaign_id: readers[campaign_id].summary() for campaign_id in order}

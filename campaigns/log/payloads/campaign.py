"""Payloads about the campaign itself: specification, remarks, reversals, the end."""

from __future__ import annotations

from typing import Annotated, TypedDict

from designer.campaigns.log.payloads.typed import (
    MaybeText,
    Plain,
)


class CampaignCreated(TypedDict):
    """The specification: as typed, and as read."""

    text: str
    parsed: dict[str, Plain]  # its own reader checks it


class SpecAmended(CampaignCreated):
    """Another specification, and what changes, in words."""

    difference: list[str]
    reason: MaybeText


class NoteAdded(TypedDict):
    """A remark, which may confirm a flag of some responses, or of all."""

    run: MaybeText
    text: Annotated[str, str.strip]  # something is left of it
    confirms: MaybeText
    responses: list[str] | None


class CampaignClosed(TypedDict):
    """The end."""

    reason: MaybeText


class EventReversed(CampaignClosed):
    """Another event does not count any more."""

    event: int

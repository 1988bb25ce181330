"""Payloads about earlier lines."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from designer.campaigns.log.payloads.typed import (
    MaybeText,
    Moment,
    StoredSettings,
    TypedNumber,
)


class StoredLineRow(TypedDict):
    """One row of an earlier line; see `earlier_lines.mapping.LineTable`."""

    settings: StoredSettings
    given: NotRequired[dict[str, float]]
    responses: dict[str, list[TypedNumber]]
    batch: NotRequired[dict[str, str]]
    made_at: NotRequired[Moment | None]
    extra: NotRequired[dict[str, float]]
    typed: NotRequired[dict[str, dict[str, MaybeText]]]


class StoredMapping(TypedDict):
    """How the columns of a line were read."""

    columns: NotRequired[dict[str, str]]
    constants: NotRequired[dict[str, str]]
    units: NotRequired[dict[str, str]]
    where: NotRequired[dict[str, str]]
    others: NotRequired[list[str]]
    extras: NotRequired[list[str]]
    sheet: NotRequired[MaybeText]
    header: NotRequired[int | None]
    decimal: NotRequired[MaybeText]
    campaign: NotRequired[MaybeText]
    campaign_id: NotRequired[MaybeText]
    head: NotRequired[MaybeText]


class LineAdded(TypedDict):
    """An earlier line with its data."""

    name: str
    rows: list[StoredLineRow]
    mapping: StoredMapping
    sha256: str
    batches: bool
    source: NotRequired[MaybeText]


class LineSwitched(TypedDict):
    """A line is left out, or used again."""

    name: str
    reason: MaybeText

"""What a store tells about itself."""

from __future__ import annotations

from typing import TypedDict


class StoreContents(TypedDict):
    """What is in a store; null where nobody can tell."""

    size_bytes: int | None
    schema_version: int | None
    program_schema_version: int
    sqlite_version: str
    campaigns: int | None
    events: int | None


class StoreFacts(StoreContents):
    """Where a store is, whether it can be written, which program asks, and what is in it."""

    url: str
    exists: bool
    writable: bool
    why_unwritable: str | None
    program: str
    warnings: list[str]

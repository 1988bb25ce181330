"""Times as people type them and as the log keeps them: UTC, ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_SHOWN = re.compile(
    r"(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})"
    r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second_of>\d{2}))?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
_MONTHS = 12
_HALF_DAY = 12
STORED = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How the log writes a moment, UTC."""
_STORED_LENGTH = len("2026-03-01T08:15:00.000000Z")
_FIRST_AND_LAST = (1, 9999)
"""Years of which another time zone may lie beyond the calendar."""
FUTURE = timedelta(days=1)
"""How far in the future a time of making may lie: clocks and time zones differ (assumption)."""


def utc_now() -> datetime:
    """Return the present moment, aware, UTC."""
    return datetime.now(UTC)


def utc_text(moment: datetime) -> str:
    """Write an aware time as ``2026-03-01T08:15:00.000000Z``.

    Raises:
        ValueError: for a naive time.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without its zone cannot be stored")
    return moment.astimezone(UTC).strftime(STORED)


def parse_made_at(text: str, now: datetime) -> str:
    """Read the time a run was made.

    Args:
        text: ISO 8601 date (``2026-03-01``) or date and time; without a zone it is local time.
            Also as spreadsheets write them: ``1.3.2026 14:30``, and ``3/25/2026 2:30 PM`` where
            only one of the two can be the month.
        now: the present moment, aware.

    Returns:
        The date as given, or date and time in UTC as `utc_text` writes them.

    Raises:
        ValueError: with a sentence for the user, when unreadable or more than a day ahead.
    """
    cleaned = iso_of_shown(text.strip())
    try:
        day = date.fromisoformat(cleaned) if _DATE.match(cleaned) else None
        moment = None if day else datetime.fromisoformat(cleaned).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text.strip()!r} is no date or time; write 2026-03-01 or 2026-03-01T14:30"
        ) from None
    latest = now + FUTURE
    if (day and day > latest.astimezone().date()) or (moment and moment > latest):
        raise ValueError(f"{cleaned} lies in the future (it is {utc_text(now)[:16]}Z now)")
    return utc_text(moment) if moment else cleaned


def iso_of_shown(text: str) -> str:
    """A time as a spreadsheet shows it, in ISO 8601; anything else as it is.

    Raises:
        ValueError: day and month cannot be told apart.
    """
    found = _SHOWN.fullmatch(text)
    if found is None:
        return text
    first, second, year = int(found["first"]), int(found["second"]), found["year"]
    day, month = (first, second) if found["sign"] == "." or first > _MONTHS else (second, first)
    if found["sign"] == "/" and max(first, second) <= _MONTHS and first != second:
        either = f"{year}-{first:02}-{second:02} or {year}-{second:02}-{first:02}"
        raise ValueError(f"{text!r} may be {either}; write which")
    if found["hour"] is None:
        return f"{year}-{month:02}-{day:02}"
    hour, half = int(found["hour"]), (found["half"] or "").casefold()
    if half and 1 <= hour <= _HALF_DAY:
        hour = hour % _HALF_DAY + (_HALF_DAY if half == "p" else 0)
    clock = f"{hour:02}:{found['minute']}:{found['second_of'] or '00'}"
    return f"{year}-{month:02}-{day:02}T{clock}"


def stored_moment(text: str) -> datetime:
    """A stored time as a moment; a date alone is its first, UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def is_moment(text: str) -> bool:
    """Whether a text is a date, or a date and time, as the log keeps them."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.year in _FIRST_AND_LAST:
            stored_moment(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def is_stored_moment(text: str) -> bool:
    """Whether a text is a moment as `utc_text` writes it."""
    return len(text) == _STORED_LENGTH and text[-1] == "Z" and is_moment(text)


def sort_key(made_at: str | None, recorded_at: str, seq: int) -> tuple[str, int]:
    """Order moments of making: as told, else as recorded; ties by place in the log."""
    return ((made_at or recorded_at)[:19], seq)

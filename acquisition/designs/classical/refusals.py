"""How a design says that it does not serve."""

from __future__ import annotations

from collections.abc import Sequence

from designer.campaigns.errors import InputError


def refused(
    what: str,
    found: str | None = None,
    allowed: str | None = None,
    hint: str | None = None,
    *,
    where: str = "--design",
) -> InputError:
    """A design that cannot be made of what is there.

    Args:
        what: one clause.
        found: what was found.
        allowed: what would do.
        hint: which design serves instead.
        where: option it is about.
    """
    return InputError.at(where, what, found, allowed, hint)


def sizes_told(sizes: Sequence[int]) -> str:
    """``8, 16 or 32``."""
    *first, last = map(str, sizes)
    return f"{', '.join(first)} or {last}" if first else last

"""How a design says that it does not serve."""

from __future__ import annotations

from collections.abc import Sequence

from designer.campaigns.errors import InputError
from designer.campaigns.specification.parts import MOST_RUNS

_COUNTED = 1e6  # runs beyond are not told one by one


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


def refuse_many(runs: float, what: str) -> None:
    """Refuse a design of more points than a plan may have, before they are made.

    Raises:
        InputError: there are too many.
    """
    if runs > MOST_RUNS:
        raise refused(
            f"{what} makes too many runs",
            f"{runs:.0f} runs" if runs < _COUNTED else "more than a million runs",
            f"at most {MOST_RUNS}",
            "Keep some factors with --fix, or take definitive-screening, sobol or d-optimal",
        )


def sizes_told(sizes: Sequence[int]) -> str:
    """``8, 16 or 32``."""
    *first, last = map(str, sizes)
    return f"{', '.join(first)} or {last}" if first else last

"""The version of the installed program, read only when somebody asks for it."""

from __future__ import annotations

from functools import cache


@cache
def program_version() -> str:
    """Return the installed version of pilot-designer.

    Returns:
        Version text such as ``0.2.0``; ``0+unknown`` in a source tree that is not installed.
    """
    # importlib.metadata costs about 20 ms of start-up: imported at first need.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pilot-designer")
    except PackageNotFoundError:
        return "0+unknown"

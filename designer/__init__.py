"""Experiment designer for battery pilot lines.

    >>> from designer import Campaign

Importing this package is cheap: torch and pandas are loaded at first need.

What is done is told to `logging.getLogger("designer")`, which is silent until somebody listens.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.api import Campaign, DesignerWarning
    from designer.campaigns.errors import (
        ConflictError,
        DesignerError,
        InputError,
        Problem,
        StorageError,
        StoreDamagedError,
    )

    __version__: str

logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = [
    "Campaign",
    "ConflictError",
    "DesignerError",
    "DesignerWarning",
    "InputError",
    "Problem",
    "StorageError",
    "StoreDamagedError",
    "__version__",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: one function for every kind of export
    if name == "__version__":
        from designer.campaigns.version import program_version

        return program_version()
    if name in ("Campaign", "DesignerWarning"):
        from designer import api

        return getattr(api, name)
    if name in __all__:
        from designer.campaigns import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

"""Experiment designer for battery pilot lines.

Importing this package is cheap: torch, pandas and SQLAlchemy are loaded at first need.
"""

from __future__ import annotations

from designer.campaigns.errors import (
    ConflictError,
    DesignerError,
    InputError,
    Problem,
    StorageError,
    StoreDamagedError,
)

__all__ = [
    "ConflictError",
    "DesignerError",
    "InputError",
    "Problem",
    "StorageError",
    "StoreDamagedError",
]

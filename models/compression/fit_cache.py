"""What was computed from earlier lines before, under a hash of everything it was computed from.

A memory may be empty, lose entries or be left out: what it lacks is computed again and is the same
to the last bit, because values are JSON whose numbers survive writing and reading exactly.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

import numpy as np
import scipy

from designer.campaigns.version import program_version
from designer.models.arrays import BoolArray, FloatArray, IntArray

_FORMAT = 1  # to be raised when anything derived from earlier lines is computed differently


class Memory(Protocol):
    """A keeper of JSON-able values."""

    def get(self, key: str) -> object | None:
        """The value kept under a key; None when there is none."""
        ...

    def put(self, key: str, value: object) -> None:
        """Keep a value."""
        ...


class NoMemory:
    """Remembers nothing."""

    def get(self, key: str) -> None:
        """Nothing."""

    def put(self, key: str, value: object) -> None:
        """Nothing."""


def key_of(kind: str, *parts: FloatArray | IntArray | BoolArray | tuple[object, ...]) -> str:
    """Hash of a kind of value, of the program's and its libraries' versions, and of all inputs.

    Args:
        kind: what is computed.
        parts: arrays (their shape, type and bytes count), or tuples of plain values.
    """
    versions = (_FORMAT, program_version(), np.__version__, scipy.__version__)
    digest = hashlib.sha256(repr((kind, versions)).encode())
    for part in parts:
        if isinstance(part, tuple):
            digest.update(repr(part).encode())
        else:
            digest.update(repr((part.shape, part.dtype.str)).encode())
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()

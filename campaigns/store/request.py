"""A command that may be sent again: an id names it, a digest of its arguments says what it asks.

Both stand in the ids of the events it appended, ``<id>:<digest>.<index>``, so that a program that
lost the answer can repeat the call: the store knows what is there already.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from designer.campaigns.errors import InputError
from designer.campaigns.files import FileInMemory, read_regular_file
from designer.campaigns.log.events import canonical_json

_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}\Z")
_DIGITS = 32  # of SHA-256: 128 bit, no two calls of anybody agree by chance


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """What somebody asks for, perhaps for the second time.

    Attributes:
        id: made by the caller, 1 to 64 letters, digits, ``-`` and ``_``.
        digest: of the verb and its arguments.

    Raises:
        InputError: the id is not acceptable.
    """

    id: str
    digest: str

    def __post_init__(self) -> None:
        if not _ID.match(self.id):
            allowed = "1 to 64 letters, digits, - and _"
            raise InputError.at("request id", "is not acceptable", repr(self.id), allowed)

    @classmethod
    def of(cls, request_id: str, verb: str, arguments: Mapping[str, object]) -> CommandRequest:
        """The request of a verb with these arguments; files count by their content.

        What was not told (None, false, empty) does not count, so that options which a later version
        adds leave the digest as it is.

        Raises:
            InputError: the id is not acceptable, or a file cannot be read.
        """
        told = {name: value for name, value in arguments.items() if value or value == 0}
        text = canonical_json([verb, _plain({k: v for k, v in told.items() if v is not False})])
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return cls(request_id, digest[:_DIGITS])

    @property
    def command_id(self) -> str:
        """The id its events carry."""
        return f"{self.id}:{self.digest}"


def _plain(value: object) -> object:
    if isinstance(value, Path | FileInMemory):
        return {"sha256": hashlib.sha256(read_regular_file(value)).hexdigest()}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return repr(value)

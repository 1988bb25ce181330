"""What parent and worker write to each other: one JSON object a line, nothing pickled.

request   {"id": 3, "verb": "plans.propose", "arguments": {"campaign": "small", "n": 4}}
answers   {"id": 3, "kind": "progress", "what": "learning porosity", "share": 0.5}  any number, then
          {"id": 3, "kind": "result", "result": {…}}                                one of these
          {"id": 3, "kind": "error", "error": {"class": "InputError", "problems": [{…}]}}
          {"id": 3, "kind": "bug", "what": "ZeroDivisionError: …"}
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from designer.campaigns.errors import (
    ConflictError,
    DesignerError,
    InputError,
    Problem,
    StorageError,
    StoreDamagedError,
)

Message = dict[str, Any]

ERRORS: dict[str, type[DesignerError]] = {
    kind.__name__: kind for kind in (InputError, ConflictError, StorageError, StoreDamagedError)
}


def encode(message: Message) -> bytes:
    """One message as a line.

    Raises:
        TypeError: it holds something JSON does not know.
    """
    return json.dumps(message, ensure_ascii=True).encode() + b"\n"


def decode(line: bytes) -> Message:
    """One line as a message.

    Raises:
        ValueError: it is no JSON object.
    """
    message = json.loads(line)
    if not isinstance(message, dict):
        raise ValueError(f"no JSON object: {line[:80]!r}")
    return message


def error_to_json(error: DesignerError) -> Message:
    """An error with all its problems; of a child class, the nearest known parent."""
    names = (kind.__name__ for kind in type(error).__mro__)
    name = next((name for name in names if name in ERRORS), DesignerError.__name__)
    return {"class": name, "problems": [asdict(problem) for problem in error.problems]}


def error_from_json(told: Message) -> DesignerError:
    """The error that `error_to_json` wrote."""
    kind = ERRORS.get(told["class"], DesignerError)
    return kind(Problem(**problem) for problem in told["problems"])

"""Stores outlive versions: payloads of older versions are read as the program works with them now.

Every stored event names its kind and the version of its payload (`Event.version`). Reading a store
passes each event through `upcast` behind the check of its hash and before the fold, so that
handlers and commands know the newest payload alone. What is stored is never rewritten: bytes and
hashes stay, and exports show the payload as it was stored (`Event.as_stored`).

To change the payload of a kind:

1. Change what the commands write, what the fold reads, and what the payload holds (`payloads`);
   in `events` its version goes up by one.
2. Append a step to the kind's tuple in `UPCASTERS`: a pure function from a payload of the version
   before to one of the new version, in which everything the new payload asks for has the value that
   says what the old one meant (None for what was never told). Steps are never changed afterwards.
3. Keep a store of the last release as test data: see ``tests/store/test_old_stores.py``.

An event of a version that no step knows (of a newer program) is left as it is: the fold refuses it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from designer.campaigns.errors import StoreDamagedError
from designer.campaigns.log.events import KINDS, Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""From a payload of one version to the payload of the next one."""


def _confirming_nothing(note: dict[str, Any]) -> dict[str, Any]:
    """Notes of version 1 were remarks alone."""
    return {**note, "confirms": None}


def _of_every_response(note: dict[str, Any]) -> dict[str, Any]:
    """A confirmation of version 2 was about every response that was flagged then."""
    return {**note, "responses": None}


def _of_no_design(plan: dict[str, Any]) -> dict[str, Any]:
    """Plans of version 1 were chosen by the models, from all recipes."""
    runs = [{**run, "extra": None, "design": None} for run in plan["runs"]]
    return {**plan, "runs": runs, "design": None}


UPCASTERS: Mapping[str, tuple[Upcaster, ...]] = {
    "note_added": (_confirming_nothing, _of_every_response),
    "plan_proposed": (_of_no_design,),
}
"""Kind to its steps, oldest first; the last one leads to the version in `KINDS`."""


def upcast(event: Event, campaign: str) -> Event:
    """Bring the payload of a stored event to the version this program works with.

    Args:
        event: as stored.
        campaign: name of its campaign, for messages.

    Returns:
        The event itself where its payload is of that version, or of one nobody here knows.

    Raises:
        StoreDamagedError: the payload is not what its version promises; names ``campaign#seq``.
    """
    kind, steps = KINDS.get(event.kind), UPCASTERS.get(event.kind, ())
    behind = 0 if kind is None else kind.version - event.version
    if kind is None or not 0 < behind <= len(steps):
        return event
    body = copy.deepcopy(event.body)
    for step in steps[-behind:]:
        try:
            body = step(body)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            text = (
                f"the payload of {event.kind}, version {event.version}, cannot be read as version"
                f" {kind.version} ({type(error).__name__}: {error})"
            )
            raise StoreDamagedError.at(f"{campaign}#{event.seq}", text) from error
    return replace(event, version=kind.version, body=body, older=(event.version, event.body))

"""What can be done with a run as it stands, for the footer and for the words beside a flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from designer.campaigns.log.runs import OPEN
from designer.campaigns.sheets.run_object import RunObject
from designer.tui.campaign_view import CampaignView

OF_A_RUN: Final = frozenset({"start", "fail", "skip", "correct", "confirm", "replicate"})
"""Actions that some runs allow and others do not."""

LIST_KEYS: Final = {"start": "a", "fail": "f", "skip": "s", "correct": "c", "confirm": "!"}
FORM_KEYS: Final = {"fail": "f9", "correct": "f8", "confirm": "f7"}

CALLED_OFF: Final = ("failed", "abandoned")
DONE: Final = ("completed", *CALLED_OFF)
"""What was recorded of such a run is read, not typed over."""

_OF_RESULTS: Final = ("slip", "outlier", "set_aside")  # kinds of flags that doubt a result


def doable(view: CampaignView, run: RunObject) -> frozenset[str]:
    """Which of `OF_A_RUN` do something with a run."""
    if view.unwritable:
        return frozenset()
    found = {"confirm"} if run["flags"] else set()
    if view.details["closed"]:  # notes are accepted, and a confirmation is one
        return frozenset(found)
    status, measured = run["status"], bool(run["measurements"])
    if status == "proposed":
        found.add("start")
    if status in OPEN:
        found.add("skip")
    if status not in CALLED_OFF:
        found.add("fail")
    if measured or status not in ("proposed", "abandoned"):
        found.add("correct")
    if measured or status in CALLED_OFF:
        found.add("replicate")
    return frozenset(found)


def ways_out(view: CampaignView, run: RunObject, keys: Mapping[str, str] = LIST_KEYS) -> str:
    """Keys that answer the flags of a run; empty where nothing can be done.

    Args:
        view: the campaign.
        run: a run with flags.
        keys: of the screen.
    """
    able = doable(view, run) & keys.keys()
    if not any(flag["kind"] in _OF_RESULTS for flag in run["flags"]):
        able -= {"fail"}
    words = {
        "confirm": "right as it is",
        "correct": "correct it",
        "fail": "the run failed",
        "skip": "skip it",
        "start": "make it all the same",
    }
    told = [f"{keys[action]} {text}" for action, text in words.items() if action in able]
    if "start" in able:
        told.append("g plan anew")
    return " · ".join(told)

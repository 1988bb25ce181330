"""Decisions: pure functions from a fresh state and what somebody wants to new events.

Every check of content is here, so command line, terminal UI and Python API refuse the same things
in the same words. Each function returns drafts for `Store.change`, or raises with all problems at
once; none of them reads or writes anything.
"""

from designer.campaigns.commands.campaign import amend, close, create, undo
from designer.campaigns.commands.correct import correct
from designer.campaigns.commands.entries import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.commands.lines import add_line, exclude_line, find_line, include_line
from designer.campaigns.commands.plans import propose
from designer.campaigns.commands.results import attach, record
from designer.campaigns.commands.runs import abandon, fail, note, reopen, start

__all__ = [
    "PlanDraft",
    "PlannedRun",
    "ResultEntry",
    "abandon",
    "add_line",
    "amend",
    "attach",
    "close",
    "correct",
    "create",
    "exclude_line",
    "fail",
    "find_line",
    "include_line",
    "note",
    "propose",
    "record",
    "reopen",
    "start",
    "undo",
]

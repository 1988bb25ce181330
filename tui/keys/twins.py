"""What does the same in the terminal UI as a verb of the command line; a test compares.

A verb without a twin would be something that can be done in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TWINS: Final[Mapping[str, tuple[str, ...]]] = {
    "demo": ("demo",),
    "init": ("new_campaign",),
    "list": ("show('campaigns')",),
    "show": ("show('campaign')", "show('proposals')", "export"),
    "amend": ("amend_pages", "amend"),
    "close": ("close_campaign", "reopen_campaign"),
    "lines add": ("add_line",),
    "lines show": ("show('lines')",),
    "lines exclude": ("toggle_line",),
    "lines include": ("toggle_line",),
    "propose": ("propose", "propose_held", "design", "replace", "judge"),
    "start": ("start", "decide"),
    "abandon": ("skip", "skip_several", "decide"),
    "reopen": ("reopen", "replicate"),
    "record": ("record", "save", "replicate", "decide"),
    "attach": ("attach", "import_sheet", "decide"),
    "fail": ("fail",),
    "correct": ("correct",),
    "undo": ("undo",),
    "note": ("note", "note_run", "confirm"),
    "import": ("import_sheet",),
    "export": ("export",),
    "status": ("show('campaign')", "refresh_figures"),
    "best": ("best",),
    "predict": ("predict",),
    "history": ("show('history')", "filter"),
    "store info": ("store",),
    "store verify": ("store",),
}
"""Verb → Textual actions of `actions.ACTIONS`."""

NO_TWIN: Final[Mapping[str, str]] = {
    "tui": "it is the terminal UI",
    "serve": "it shows the terminal UI in a browser",
    "store init": "the list of campaigns makes the store with the first campaign",
    "completion": "a script for shells",
    "schema": "for programs that read the JSON",
}
"""Verbs that need none, and why."""

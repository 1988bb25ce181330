"""The help: made from the table of actions, so that it cannot be wrong about the keys."""

from __future__ import annotations

from textual.content import Content

from designer.tui.actions import actions_at

HELP_TITLE = "Help"
_LISTS = (
    ("arrows, j k", "Move in lists; home and end go to the first and the last row."),
    ("tab", "Next field or pane; shift+tab goes back."),
    ("^p", "Palette: find an action by its name."),
)


def help_text(place: str, about: str) -> Content:
    """What a screen is about, and what its keys do."""
    rows = [(action.shown_keys, action.about) for action in actions_at(place)]
    width = max(len(keys) for keys, _ in rows) + 2
    lines = [Content(about), Content("")]
    lines += [
        Content.assemble((f"{keys:<{width}}", "bold $accent"), told)
        for keys, told in (*rows, *_LISTS)
    ]
    return Content("\n").join(lines)

"""The keys of the terminal UI, screen by screen, from the table the program itself uses."""

from __future__ import annotations

from designer.tui.keys.actions import CAMPAIGNS, SCREENS, actions_at

HEAD = """# Keys

Every key of the [terminal UI](../guide/terminal-ui.md), made from the table from which it makes its
last row, its help (`?`) and its palette (`ctrl+p`). `^s` is ctrl+s. In lists arrows, `j` and `k`
move, home and end go to the first and the last row; while you type, keys of a letter go into the
field.
"""


def page() -> str:
    """The page as Markdown: a table per screen."""
    titles = {CAMPAIGNS: "List of campaigns"}
    titles |= {mode: f"{digit} {title}" for mode, (digit, title) in SCREENS.items()}
    parts = [HEAD]
    for mode, title in titles.items():
        parts += [f"## {title}", "", "| key | does | |", "|---|---|---|"]
        parts += [
            f"| {_keys(action.shown_keys)} | {action.label} | {_text(action.about)} |"
            for action in actions_at(mode)
        ]
        parts.append("")
    return "\n".join(parts)


def _keys(shown: str) -> str:
    return " or ".join(f"`{key}`" for key in shown.replace("|", "\\|").split(" or "))


def _text(about: str) -> str:
    return about.replace("|", "\\|").replace("[ ]", "`[ ]`")

"""The colours there are: dark, light, high contrast; which one somebody chose is remembered."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from textual.theme import Theme

from designer.places import state_folder

# calm backgrounds, one blue, and signs that do without colour
DARK: Final = Theme(
    name="pilot-dark",
    dark=True,
    primary="#4ea1d3",
    secondary="#7a88a8",
    accent="#ffb454",
    foreground="#d8dee9",
    background="#0f1319",
    surface="#171c24",
    panel="#202734",
    success="#7fb77e",
    warning="#ffb454",
    error="#f2777a",
    variables={"quiet": "#8391a5"},
)
LIGHT: Final = Theme(
    name="pilot-light",
    dark=False,
    primary="#1f6fa8",
    secondary="#5b6780",
    accent="#a85b00",
    foreground="#1f2733",
    background="#fafbfc",
    surface="#f0f2f5",
    panel="#e2e6ec",
    success="#2f7d32",
    warning="#a85b00",
    error="#b3261e",
    variables={"quiet": "#5d6878"},
)
# black and white, for sunlight on a screen and for tired eyes: 7 : 1 and more for every text
CONTRAST: Final = Theme(
    name="pilot-contrast",
    dark=True,
    primary="#6cc7ff",
    secondary="#c8c8c8",
    accent="#ffd400",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#6dff6d",
    warning="#ffd400",
    error="#ff8a80",
    variables={"quiet": "#d0d0d0"},
)
THEMES: Final = (DARK, LIGHT, CONTRAST)


def after(name: str) -> Theme:
    """The theme that comes after another one."""
    names = [theme.name for theme in THEMES]
    return THEMES[(names.index(name) + 1) % len(THEMES)] if name in names else DARK


def _file() -> Path:
    return state_folder() / "theme"


def remembered() -> Theme:
    """The theme that was chosen last; dark when none was, or nothing readable is there."""
    try:
        name = _file().read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return DARK
    return next((theme for theme in THEMES if theme.name == name), DARK)


def remember(name: str) -> None:
    """Keep a choice, in one step; nothing is said when that fails: it is chosen again."""
    path = _file()
    beside = path.with_name(f".theme-{os.getpid()}")
    with suppress(OSError):
        beside.write_text(f"{name}\n", encoding="utf-8")
        beside.replace(path)

"""Dark and light: calm backgrounds, one blue, and signs that do without colour."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
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
LIGHT = Theme(
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

"""The steps of the wizard: what is typed on each, and what is said about every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class CellColumn:
    """One column of a table that is typed.

    Attributes:
        key: of the cell.
        title: above it.
        share: of the width.
        about: what is to be typed, one sentence.
    """

    key: str
    title: str
    share: int
    about: str


@dataclass(frozen=True)
class SpecPage:
    """One step of the wizard: an array of tables of the specification.

    Attributes:
        table: name of the table.
        title: what it is about.
        about: what to know before typing.
        columns: of its rows.
    """

    table: str
    title: str
    about: str
    columns: tuple[CellColumn, ...] = ()


_NAME = CellColumn("name", "name", 15, "Letters, digits and _, such as coating_gap.")
_UNIT = CellColumn("unit", "unit", 8, "um, MPa, wt%, mg/cm^2, 1 …; names (categories) have none.")

PAGES: Final = (
    SpecPage(
        "campaign", "What it is about", "Where to begin from, and how the campaign is called."
    ),
    SpecPage(
        "stage",
        "Stages and costs",
        "Steps of the process in their order, each with the cost of one new batch. None: every run"
        " stands alone.",
        (
            _NAME,
            CellColumn("change_cost", "new batch costs", 12, "Cost of one new batch, 0 or more."),
            CellColumn("usable_for", "usable for", 12, "Pot life; empty: as long as you like."),
            CellColumn("most_runs", "most runs", 10, "Most runs of one batch; empty: no limit."),
        ),
    ),
    SpecPage(
        "factor",
        "Factors",
        "What can be set: a range with the step of the machine, or values, numbers (shims) or"
        " names.",
        (
            _NAME,
            _UNIT,
            CellColumn("low", "low", 7, "The lowest setting; empty where values are listed."),
            CellColumn("high", "high", 7, "The highest setting, on the grid of the step."),
            CellColumn(
                "step",
                "step",
                6,
                "Resolution of the machine (with log: points a decade); or empty.",
            ),
            CellColumn(
                "values", "or values", 14, "80, 100, 150 (shims) or PVDF-A, PVDF-B (names)."
            ),
            CellColumn("stage", "stage", 10, "Stage that is made anew when it changes."),
            CellColumn("scale", "log", 4, "log: it spans decades, 1e-6 to 1e-3; empty: linear."),
        ),
    ),
    SpecPage(
        "response",
        "Responses",
        "What is measured. The window says which results are in spec; an open end stays empty.",
        (
            _NAME,
            _UNIT,
            CellColumn("window_low", "window ≥", 7, "Lowest result in spec; empty: no limit."),
            CellColumn("window_high", "window ≤", 7, "Highest result in spec; empty: no limit."),
            CellColumn("possible_low", "possible≥", 8, "Below it is a typing error, 0 as a rule."),
            CellColumn("possible_high", "possible≤", 8, "Above it is a typing error."),
            CellColumn("goal", "goal", 9, "maximize, minimize, a number to hit; empty: none."),
            CellColumn("noise_sd", "noise", 6, "Known repeatability, 1 sd; empty: it is learned."),
        ),
    ),
    SpecPage(
        "constraint",
        "Limits",
        "What every recipe must satisfy; none is usual. Factors, numbers, + - * / ** and <= or >=.",
        (
            CellColumn("expression", "limit", 30, "solid_content * coating_gap <= 15000"),
            CellColumn("reason", "because of", 14, "Why, such as dryer capacity."),
        ),
    ),
)
"""The steps, in their order; a last one shows the TOML."""

WAS: Final = CellColumn("was", "was", 6, "Of a factor that is new: its value until now.")
"""A further column where a specification is changed."""


def columns_of(table: str) -> tuple[CellColumn, ...]:
    """Every column that a table may have."""
    own = next((page.columns for page in PAGES if page.table == table), ())
    return (*own, WAS) if table == "factor" else own

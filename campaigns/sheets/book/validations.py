"""What spreadsheets check while somebody types, and what they tell about a cell.

A program that only warns lets everything through that means something here: replicates as
``31.2/31.9``, ``none``, a setting beyond its range that was really used. What cannot be right is
refused when the sheet comes back, with its cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from designer.campaigns.sheets.book.looks import cut
from designer.campaigns.sheets.plan_columns import STATUS_WORDS
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.specification.parts import Response, range_text
from designer.render.words import unicode_escaped

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation

_LONGEST_TITLE, _LONGEST_TEXT = 32, 255  # UTF-16 units (ECMA-376)
_ANY = 1e300
"""Spreadsheets take no larger bound; it stands for any number."""


def of_result(response: Response) -> DataValidation:
    """A number that is possible; others are asked about."""
    low, high = response.possible or (-math.inf, math.inf)
    told = [response.unit] if response.unit not in (None, "1") else []
    if response.possible is not None:
        told.append(f"possible: {range_text(response.possible, None)}")
    if response.window is not None:
        told.append(f"in spec: {range_text(response.window, None)}")
    if response.goal != "none":
        told.append(f"goal: {response.goal}")
    prompt = "; ".join([*told, "replicates: 1/2; none: will never be measured"])
    wrong = f"{response.name} should be a number"
    if response.possible is not None:
        wrong += f", possible: {range_text(response.possible, response.unit)}"
    error = f"{wrong}. Keep it only if it is replicates (1/2) or none."
    return _made(_between(low, high), response.name, prompt, error)


def of_input(item: Factor | Given, choices: str | None, *, prompt: str) -> DataValidation:
    """A setting that can be set, from a list where there is one.

    Args:
        item: the factor or given.
        choices: cells with its levels or categories; None: it has none.
        prompt: what the cell is for, before what is allowed.
    """
    allowed = item.allowed if len(item.allowed) <= _LONGEST_TEXT // 2 else "see sheet Facts"
    told = f"{prompt}: {allowed}"
    if choices is not None:
        form = _Form("list", choices)
        if item.is_categorical:
            error = f"{item.name} has no such category. Choose one of the list."
            return _made(form, item.name, told, error, style="stop")
    else:
        form = _between(*item.bounds)
    error = f"{item.name} should be {allowed}. Keep it only if it was really so."
    return _made(form, item.name, told, error)


def of_status() -> DataValidation:
    """One of the words for what became of a run."""
    words = ", ".join(STATUS_WORDS)
    form = _Form("list", f'"{",".join(STATUS_WORDS)}"')
    prompt = "blank: as its results say; failed: made and went wrong; abandoned: will not be made"
    return _made(form, "status", prompt, f"Write {words}, or leave it blank.", style="stop")


def of_words(title: str, prompt: str, longest: int) -> DataValidation:
    """A text, of which something is told."""
    form = _Form("textLength", str(longest), operator="lessThanOrEqual")
    return _made(form, title, prompt, f"At most {longest} characters.")


@dataclass(frozen=True)
class _Form:
    """What is checked of a cell, in the words of spreadsheets."""

    kind: Literal["decimal", "list", "textLength"]
    first: str
    second: str | None = None
    operator: Literal["between", "lessThanOrEqual"] | None = None


def _between(low: float, high: float) -> _Form:
    return _Form("decimal", repr(max(low, -_ANY)), repr(min(high, _ANY)), "between")


def _made(
    form: _Form,
    title: str,
    prompt: str,
    error: str,
    *,
    style: Literal["stop", "warning"] = "warning",
) -> DataValidation:
    from openpyxl.worksheet.datavalidation import DataValidation

    return DataValidation(
        type=form.kind,
        formula1=form.first,
        formula2=form.second,
        operator=form.operator,
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        errorStyle=style,
        promptTitle=_told(title, _LONGEST_TITLE),
        prompt=_told(prompt, _LONGEST_TEXT),
        errorTitle=_told(title, _LONGEST_TITLE),
        error=_told(error, _LONGEST_TEXT),
    )


def _told(text: str, most: int) -> str:
    return cut(unicode_escaped(text), most)

"""Leaves of payloads: texts, numbers, times, values as typed."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from designer.campaigns.values.shape import is_plain
from designer.campaigns.values.times import is_moment

MaybeText = str | None
MaybeNumber = float | None
Moment = Annotated[str, is_moment]
StoredSettings = dict[str, str | float]
Plain = Annotated[object, is_plain]


class TypedNumber(TypedDict):
    """A number in the declared unit, and how it was typed."""

    number: float
    text: str
    unit: NotRequired[MaybeText]


class TypedCategory(TypedDict):
    """The name of a category, and how it was typed."""

    category: str
    text: str

"""Options of a design as they are typed, ``type=inscribed``: read, and refused all at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from designer.acquisition.designs.design import Option
from designer.campaigns.errors import Findings
from designer.campaigns.values.names import suggestion
from designer.campaigns.values.numbers import number_text

if TYPE_CHECKING:
    from designer.acquisition.designs.classical.room import DesignRoom

_WHOLE = re.compile(r"[0-9]{1,4}\Z")
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,9})?\Z")


@dataclass(frozen=True)
class OptionForm:
    """One option of a design.

    Attributes:
        name: as typed before the equals sign; with ``per`` also ``name:factor``.
        help: what it is for.
        words: the words it may be.
        whole: least and most, where it may be a whole number.
        real: least and most, where it may be any number.
        default: without it; None: the design decides.
        per: of what it can be told for one: numbers that vary, stages; empty: of nothing.
        text: whether it may be any text.
    """

    name: str
    help: str
    words: tuple[str, ...] = ()
    whole: tuple[int, int] | None = None
    real: tuple[float, float] | None = None
    default: str | None = None
    per: Literal["", "number", "stage"] = ""
    text: bool = False

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        ends = self.whole or self.real
        numbers = [] if ends is None else [f"{ends[0]:g} to {ends[1]:g}"]
        return ", ".join([*self.words, *numbers]) or "a text"

    def reads(self, text: str) -> bool:
        """Whether a value is one of those it may be."""
        if self.text or text in self.words:
            return True
        for ends, form in ((self.whole, _WHOLE), (self.real, _NUMBER)):
            if ends is not None and form.match(text) and ends[0] <= float(text) <= ends[1]:
                return True
        return False


ORDER = OptionForm(
    "order",
    "order of making: random within whole plots of shared batches, wholly random with every run set"
    " up anew, or standard",
    ("whole-plots", "random", "standard"),
)
"""An option of every design."""


def read_options(
    forms: tuple[OptionForm, ...], typed: Mapping[str, str], room: DesignRoom, findings: Findings
) -> dict[str, Option]:
    """Options by name, defaults filled in; of one told per factor a mapping, "" for the others.

    Args:
        forms: options of the design.
        typed: option to value, as typed.
        room: factors that vary.
        findings: gets every problem.
    """
    known = {form.name: form for form in (*forms, ORDER)}
    found: dict[str, Option] = {
        name: form.default for name, form in known.items() if form.default is not None
    }
    for key, value in typed.items():
        name, _, factor = key.partition(":")
        form = known.get(name)
        where = f"option {key}"
        if form is None or (":" in key and not form.per):
            allowed = ", ".join(f"{form.name}=" for form in known.values())
            findings.report(
                where, "no option of this design", None, allowed, suggestion(name, known)
            )
            continue
        numbers = [each.name for each in room.process if not each.is_categorical]
        stages = [each.name for each in room.spec.stages]
        names = stages if form.per == "stage" else numbers
        if ":" in key and factor not in names:
            what = f"there is no {form.per} of this name to vary"
            allowed = ", ".join(names) or f"none: there is no {form.per}"
            findings.report(where, what, None, allowed, suggestion(factor, names))
        elif form.per == "stage" and ":" not in key:
            findings.report(where, "is told per stage", None, f"{name}:STAGE=")
        elif form.per == "number" and not numbers:
            findings.report(where, "is about numbers, and none is left to vary")
        elif not form.reads(value.strip()):
            findings.report(where, "cannot be that", value, form.allowed)
        elif form.per:
            own = found.get(name, {})
            others = own if isinstance(own, Mapping) else {"": own}
            found[name] = {**others, factor: value.strip()}
        else:
            found[name] = value.strip()
    return found


def options_told(options: Mapping[str, Option]) -> dict[str, str]:
    """Options as they would be typed."""
    told: dict[str, str] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            told |= {f"{name}:{part}".rstrip(":"): _word(own) for part, own in value.items()}
        else:
            told[name] = _word(value)
    return told


def _word(value: str | float) -> str:
    return value if isinstance(value, str) else number_text(float(value))

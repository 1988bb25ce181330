"""A strict little grammar of units: ``mg/cm^2``, ``g cm-3``, ``kN/(m s)``, ``wt%``, ``1/s``.

It splits a unit into names and exponents without evaluating anything, so that a hostile "unit" such
as ``9**9**9`` never reaches an evaluator.
"""

from __future__ import annotations

import re
from typing import Final

MOST_CHARACTERS: Final = 40
"""Longest unit (assumption)."""

_LETTER: Final = "A-Za-zµμΩ°Å_"
_WORDS: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<share>(?i:(?:wt|vol|mol|at|mass|gew|ma)[.\s-]*|rel\.?\s*)?%(?i:\s*r\.?\s?[hf]\b\.?)?)"
    r"|(?P<power>(?:\^|\*\*)\s*(?:\(\s*[-+]?[0-9](?:\.[0-9])?\s*\)|[-+]?[0-9](?:\.[0-9])?))"
    r"|(?P<small>⁻?[¹²³])"
    r"|(?P<operator>[*/·⋅]|\.(?=[A-Za-zµμΩ°]))"
    r"|(?P<bracket>[()])"
    r"|(?P<one>1(?![0-9.]))"
    rf"|(?P<name>[{_LETTER}]+(?:[0-9]+[{_LETTER}]+)*)(?P<tail>-?[0-9](?![0-9.]))?"
    r"|(?P<wrong>.)"
)
_SMALL: Final = str.maketrans("⁻¹²³", "-123")
_PLAIN: Final = str.maketrans({"−": "-", "–": "-", "℃": "°C", "º": "°"})
_SPELT: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "rpm": (("min", -1.0),),
    "rps": (("s", -1.0),),
    "Upm": (("min", -1.0),),
    **dict.fromkeys(("U", "rev", "revs", "revolution", "revolutions"), ()),
    **dict.fromkeys(("turn", "turns", "cycle", "cycles"), ()),
    **dict.fromkeys(("pct", "Prozent"), (("percent", 1.0),)),
    "Pas": (("Pa", 1.0), ("s", 1.0)),
    "mPas": (("mPa", 1.0), ("s", 1.0)),
    "ccm": (("cm", 3.0),),
    **{f"{prefix}Ohm": ((f"{prefix}ohm", 1.0),) for prefix in ("", "u", "µ", "m", "k", "M")},
}
"""How laboratories write units that pint does not know, or reads as something else.

Turns are counted: 600 rpm are 600/min, where pint has 2π radian a turn.
"""


def parse_unit(unit: str) -> tuple[tuple[str, float], ...]:
    """Splits a unit into names and exponents, products and quotients from left to right.

    Args:
        unit: e.g. ``mg/cm2``.

    Returns:
        E.g. ``(("mg", 1), ("cm", -2))``; empty for ``1``. Percentages are named ``percent``.

    Raises:
        ValueError: it cannot be read; the message is one clause for people.
    """
    if not unit.strip():
        raise ValueError("is empty")
    if len(unit) > MOST_CHARACTERS:
        raise ValueError(f"has {len(unit)} characters; at most {MOST_CHARACTERS} are allowed")
    text = re.sub(r"\bper\b", "/", unit.translate(_PLAIN))
    text = re.sub(r"(\bdeg|°)\s+([CF])\b", r"\1\2", text)
    text = re.sub(r"\(?\b([vw])/\1\b\)?", "1", text, flags=re.IGNORECASE)
    words = [word for word in _WORDS.finditer(text) if word.lastgroup != "space"][::-1]
    powers = _product(words)
    if words:
        raise _unreadable(words[-1])
    return tuple(powers)


def _product(words: list[re.Match[str]]) -> list[tuple[str, float]]:
    """Term (('*' | '/' | blank) term)*, from the end of the list."""
    powers = _term(words)
    while words and words[-1].group() != ")":
        divide = words[-1].group() == "/"
        if words[-1]["operator"]:
            words.pop()
        powers += [(name, -power if divide else power) for name, power in _term(words)]
    return powers


def _term(words: list[re.Match[str]]) -> list[tuple[str, float]]:
    if not words:
        raise ValueError("cannot be read: it ends too early")
    word = words.pop()
    if word["name"]:
        powers = _named(word["name"], float(word["tail"] or 1))
    elif word["share"] or word["one"]:
        powers = [("percent", 1.0)] if word["share"] else []
    elif word.group() == "(":
        powers = _product(words)
        if not words:
            raise ValueError("cannot be read: a bracket is not closed")
        words.pop()
    else:
        raise _unreadable(word)
    if word["tail"] or not words or words[-1].lastgroup not in ("power", "small"):
        return powers
    exponent = float(re.sub(r"[\^*()\s]", "", words.pop().group().translate(_SMALL)))
    return [(name, power * exponent) for name, power in powers]


def _named(name: str, power: float) -> list[tuple[str, float]]:
    return [(each, inner * power) for each, inner in _SPELT.get(name, ((name, 1.0),))]


def _unreadable(word: re.Match[str]) -> ValueError:
    return ValueError(f"cannot be read at {word.string[word.start() :]!r}")

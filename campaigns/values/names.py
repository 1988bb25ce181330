"""Names and short texts: what may be in them, and the nearest known name to a misspelt one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, Protocol

RESERVED: Final = frozenset(
    {"min", "max", "abs", "inf", "nan", "run", "note", "replicate", "batch", "line"}
)
"""Words of the expression language and columns of every table (contract)."""

TABLE_COLUMNS: Final = frozenset({"in_spec", "made_at"})
"""Columns our own tables put beside factors and responses."""

RESERVED_ENDINGS: Final = ("_mean", "_sd", "_sd_result")
"""Endings no name may have (contract)."""

ENDINGS: Final = (*RESERVED_ENDINGS, "_low", "_high", "_low95", "_high95")
"""Endings of the columns that predictions add to a response's name."""

IN_SPEC: Final = ("in_spec", "in_spec_measured")
"""Columns of the probability that the recipe itself, and that one more result, is in spec."""


class Named(Protocol):
    """What has a name: a factor, a given, a response, a stage."""

    @property
    def name(self) -> str:
        """Its name."""
        ...


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NEAR: Final = 0.6
"""Least difflib similarity of a suggestion (difflib's own default)."""


def clean_text(text: str, *, limit: int, multiline: bool = False) -> str:
    """Brings a short text into the one form that is stored.

    Unicode NFC; every kind of blank becomes a plain space; blanks at both ends go.

    Args:
        text: what was typed.
        limit: most characters allowed after cleaning.
        multiline: whether line ends and tabs may stay (notes).

    Returns:
        The cleaned text, never empty.

    Raises:
        ValueError: with a sentence for people, when the text is empty, too long, or holds control,
            direction-changing (bidi) or other invisible characters, which could make it look like
            something else on a screen.
    """
    text = unicodedata.normalize("NFC", text)
    if multiline:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(" " if unicodedata.category(c) == "Zs" else c for c in text)
    text = text.strip()
    kept = "\n\t" if multiline else ""
    for character in text:
        if not character.isprintable() and character not in kept:
            name = unicodedata.name(character, "a control character")
            raise ValueError(
                f"holds an invisible character (U+{ord(character):04X}, {name.lower()})"
            )
    if not text:
        raise ValueError("is empty")
    if len(text) > limit:
        raise ValueError(f"has {len(text)} characters; at most {limit} are allowed")
    return text


def name_problem(name: str) -> str | None:
    """Says why this cannot name a factor, given, response or stage; None when it can."""
    if not _NAME.fullmatch(name):
        return (
            "is no valid name: 1 to 64 letters A-Z a-z, digits and _, and no digit at the beginning"
        )
    if name.casefold() in RESERVED:
        return "is a reserved word"
    if name.casefold() in TABLE_COLUMNS:
        return "is the name of a column in the program's own tables"
    for ending in RESERVED_ENDINGS:
        if name.casefold().endswith(ending):
            return f"ends in {ending}, which is kept for predicted values"
    return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None when nothing is near.

    Case, blanks, hyphens and underscores do not count; then difflib's similarity decides, then
    being a part of exactly one known name (``gap`` in ``coating_gap``).
    """
    folded = {_fold(candidate): candidate for candidate in known if candidate}
    wanted = _fold(name[:64])
    if wanted in folded:
        return folded[wanted]
    matcher = difflib.SequenceMatcher(b=wanted)

    def similarity(key: str) -> float:
        matcher.set_seq1(key)
        return matcher.ratio()

    best = max(folded, key=similarity, default="")  # the first of equally near ones
    if best and similarity(best) >= _NEAR:
        return folded[best]
    long = [key for key in folded if min(len(key), len(wanted)) >= 3]
    parts = [key for key in long if wanted in key or key in wanted]
    return folded[parts[0]] if len(parts) == 1 else None


def suggestion(name: str, known: Iterable[str]) -> str | None:
    """``Did you mean 'coating_gap'?``, or None when no known name is near."""
    guess = nearest(name, known)
    return None if guess is None else f"Did you mean '{guess}'?"


def _fold(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name.casefold())


def shell_pair(key: str, value: str) -> str:
    """``'key=value'`` as a word of a command line, always in quotes."""
    word = f"{key}={value}".replace("'", "'\"'\"'")
    return f"'{word}'"

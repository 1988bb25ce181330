"""What verbs take: arguments with their forms, and how the words typed for them are read.

Strict: every malformed ``name=value`` is told at once, numbers are plain ASCII numbers.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from designer.campaigns.errors import Problem
from designer.campaigns.tables.options import both_conditions, split_condition
from designer.campaigns.values.numbers import how_to_write
from designer.cli.errors import UsageError

PAIR_FORM = "name=value"


def positive_whole(text: str) -> int:
    """A whole number of 1 or more (argparse type)."""
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")


def whole(text: str) -> int:
    """A whole number of 0 or more (argparse type)."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")


def seed_number(text: str) -> int:
    """A whole number of 0 or more that fits 63 bits (argparse type)."""
    if re.fullmatch(r"[0-9]{1,19}", text) and int(text) < 2**63:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**63 - 1}")


def positive_amount(text: str) -> float:
    """A finite number above 0 (argparse type)."""
    if re.fullmatch(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        value = float(text)
        if 0 < value < math.inf:
            return value
    advice = how_to_write(text)
    more = "" if advice is None else f". {advice}"
    raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0{more}")


STREAM = Path("-")
"""Stands for standard input or output. This very object: `./-` is a file of that name."""


def file_of(text: str) -> Path:
    """A file as typed, `STREAM` for ``-`` (argparse type)."""
    return STREAM if text == "-" else Path(text)


def file_or_pairs(arguments: argparse.Namespace, name: str) -> bool:
    """Take a positional of one file or several ``name=value`` as what it is; whether a file.

    A file may have an equals sign in its name, but a factor is never called "./a" or "old data".
    """
    first, *more = getattr(arguments, name)
    if more or re.match(r"\s*(?:[A-Za-z_]\w*\s*)?=", first):
        return False
    setattr(arguments, name, file_of(first))
    return True


READERS: dict[str, Callable[[str], object]] = {
    "N": positive_whole,
    "K": positive_whole,
    "COUNT": whole,
    "EVENT": positive_whole,
    "ROW": positive_whole,
    "S": seed_number,
    "COST": positive_amount,
    "FILE": file_of,
    "FILE.toml": file_of,
    "SPEC.toml": file_of,
}
"""What reads a value, by the form of it; others are text."""


@dataclass(frozen=True)
class Argument:
    """One argument of a verb.

    Attributes:
        name: of a positional, or an option as typed (``--dry-run``).
        form: how its value is written in the help, which also tells how it is read: see `READERS`;
            with an equals sign, one or more ``name=value`` that become a dictionary. None without
            a value, or where choices tell it.
        help: what it is for.
        nargs: how many values, in argparse's signs.
        default: without it.
        required: whether an option has to be there.
        choices: the only values.
        known: values that completion offers; what else is typed is for the verb to judge.
        dest: attribute of the arguments, where it is not the name.
        last: split pairs at the last ``=`` (left sides may hold one, as columns of a file).
        empty: whether the value of a pair may be empty.
        twice: what to do instead of giving a name twice.
        condition: whether its pairs are conditions (``column<10``), several of which may be about
            one name.
        writes: formats of a file to write; empty: it is none.
    """

    name: str
    form: str | None
    help: str
    nargs: str | None = None
    default: object = None
    required: bool = False
    choices: tuple[str, ...] | None = None
    known: tuple[str, ...] = ()
    dest: str | None = None
    last: bool = False
    empty: bool = False
    twice: str | None = None
    condition: bool = False
    writes: tuple[str, ...] = ()

    @property
    def attribute(self) -> str:
        """Where the parsed arguments have it."""
        return self.dest or self.name.lstrip("-").replace("-", "_")

    @property
    def has_pairs(self) -> bool:
        """Whether its values are ``name=value``."""
        return "=" in (self.form or "")

    @property
    def holds_file(self) -> bool:
        """Whether its value names a file, or may do so."""
        return re.match(r"(FILE|SPEC)\b", self.form or "") is not None

    @property
    def formats(self) -> tuple[str, ...]:
        """What the file may be, by the endings, the usual one first; empty: it holds no file."""
        if self.writes or not self.holds_file:
            return self.writes
        return _READ.get(self.form or "", ("csv", "xlsx"))

    def add_to(self, parser: argparse._ActionsContainer) -> argparse.Action:
        """Add it to a parser or to a group of one."""
        words: dict[str, Any] = {"help": self.help, "default": self.default}
        if self.form is None and self.choices is None:
            words |= {"action": "store_true", "default": self.default or False}
        else:
            nargs = self.nargs or ("+" if self.has_pairs else None)
            reader = READERS.get(self.form or "")
            words |= {"metavar": self.form, "nargs": nargs, "type": reader, "choices": self.choices}
            if self.name.startswith("-"):
                words |= {"required": self.required, "dest": self.attribute}
                words["action"] = "extend" if nargs == "+" else "store"
        return parser.add_argument(self.name, **words)

    def read_pair(self, token: str, found: dict[str, str]) -> Problem | None:
        """Add one ``name=value`` to those found; what is wrong with it, if so."""
        if self.condition:
            name, sign, value = split_condition(token)
        else:
            name, sign, value = token.rpartition("=") if self.last else token.partition("=")
        name, value = name.strip(), value.strip()
        where = self.name if self.name.startswith("-") else str(self.form).rpartition("|")[2]
        if not sign:
            return Problem(where, "an equals sign is missing", token, PAIR_FORM)
        if not name:
            return Problem(where, "the name is missing", token, PAIR_FORM)
        if not value and not self.empty:
            return Problem(where, f"the value of {name} is missing", token, PAIR_FORM)
        if name in found and self.condition:
            value = both_conditions(found[name], value)
        elif name in found:
            both = f"{found[name]} and {value}"
            return Problem(where, f"{name} is given twice", both, hint=self.twice)
        found[name] = value
        return None


_READ = {"FILE.toml": ("toml",), "SPEC.toml": ("toml", "json")}
FORMAT = Argument("--format", None, "of - in the place of a file")
CAMPAIGN = Argument("campaign", "CAMPAIGN", "name of the campaign")
RUN = Argument("run", "RUN", "such as R007")
OPTIONAL_REASON = Argument("--reason", "TEXT", "why, for the history")
REASON = replace(OPTIONAL_REASON, required=True)
GIVEN = Argument("--given", "name=value", "what is known before")

COMMON = (
    Argument(
        "--store",
        "URL",
        "where the campaigns are: a file or sqlite:///file (default: DESIGNER_STORE, "
        "else a file in your data folder)",
    ),
    Argument("--json", None, "print one JSON document"),
    Argument("--quiet", None, "no notes and no progress"),
    Argument("--actor", "NAME", "who does it (default: your login)"),
    Argument(
        "--request-id",
        "ID",
        "of a verb that writes: called again with the same ID, it writes nothing twice",
    ),
)


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options every verb has, accepted before and after it."""
    group = parser.add_argument_group("everywhere")
    for option in COMMON:
        # else a default after the verb would undo the option before it
        replace(option, default=argparse.SUPPRESS).add_to(group)


def read_pairs(arguments: argparse.Namespace, declared: Iterable[Argument]) -> None:
    """Replace lists of ``name=value`` tokens by dictionaries, in the order typed.

    Raises:
        UsageError: with every malformed pair of all arguments.
    """
    problems: list[Problem] = []
    for argument in declared:
        tokens = getattr(arguments, argument.attribute, None)
        if not argument.has_pairs or isinstance(tokens, Path):  # the name of a file after all
            continue
        found: dict[str, str] = {}
        problems += filter(None, [argument.read_pair(token, found) for token in tokens or ()])
        setattr(arguments, argument.attribute, found)
    if problems:
        raise UsageError(problems)

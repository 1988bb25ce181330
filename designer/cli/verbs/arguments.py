"""argparse, made strict and forgiving where it matters.

Strict: no abbreviated options, every malformed ``name=value`` is told at once, numbers are plain
ASCII numbers. Forgiving: options and positionals in any order, texts that begin with a dash.
"""

from __future__ import annotations

import argparse
import difflib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from designer.campaigns.errors import Problem
from designer.campaigns.tables.options import both_conditions, split_condition
from designer.cli.errors import UsageError

PAIR_FORM = "name=value"
END_OF_OPTIONS = "--"
_TABLE_FILE = re.compile(r"^-$|\.(csv|tsv|txt|xls[bmx]?|ods)$", re.IGNORECASE)
"""What is a file to read rather than the name of a column or factor."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser of one verb that raises UsageError instead of leaving the program."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        verb = self.prog.removeprefix("designer").strip()
        told = f"{verb}: {message}" if verb else message
        raise UsageError(Problem("", told, hint=" ".join(self.format_usage().split())))

    def set_usage(self) -> None:
        """Write the usage as people think of it: verb, what it is about, options."""
        words = [self.prog]
        for action in self._actions:
            form = str(action.metavar or action.dest)
            if action.option_strings:
                if action.required:
                    words.append(f"{action.option_strings[0]} {form}")
            elif action.nargs == "+":
                words.append(f"{form} ...")
            else:
                words.append({"?": f"[{form}]", "*": f"[{form} ...]"}.get(str(action.nargs), form))
        self.usage = " ".join([*words, "[options]"])

    def read(self, tokens: Sequence[str]) -> argparse.Namespace:
        """Parse the tokens of this verb, options and positionals in any order.

        Raises:
            UsageError: the tokens do not parse.
        """
        return self.parse_args(self._arranged(tokens))

    def _arranged(self, tokens: Sequence[str]) -> list[str]:
        """Options with their values glued on, then ``--``, then the positionals.

        argparse alone would take ``--reason -dirty`` for two options, and every positional after
        ``--set a=1`` for another setting; glued, an option of several values takes only what
        looks like a pair, or names that are neither a file nor a positional that is missing.
        """
        options: list[str] = []
        positionals: list[str] = []
        lists: list[tuple[str, list[str], int]] = []
        rest = list(tokens)
        while rest:
            token = rest.pop(0)
            if token == END_OF_OPTIONS:
                positionals += rest
                break
            name, action = self._option(token)
            if action is None:
                positionals.append(token)
            elif action.nargs == 0 or token != name:
                options.append(token)
            elif action.nargs == "+" and "=" not in str(action.metavar):
                lists.append((token, self._names(rest), len(positionals)))
            else:
                options += self._with_values(token, action, rest)
        self._give_back(lists, positionals)
        for name, values, _ in lists:
            options += [f"{name}={value}" for value in values] or [name]
        return [*options, END_OF_OPTIONS, *positionals] if positionals else options

    def _names(self, rest: list[str]) -> list[str]:
        """The values of an option of several names, up to the next option or a file."""
        names: list[str] = []
        while rest and self._is_value(rest[0]) and not (names and _TABLE_FILE.search(rest[0])):
            names.append(rest.pop(0))
        return names

    def _give_back(self, lists: list[tuple[str, list[str], int]], positionals: list[str]) -> None:
        """Positionals that an option before them has taken: ``--other binder CAMPAIGN f.csv``."""
        expected = [action.nargs for action in self._actions if not action.option_strings]
        files = any(_TABLE_FILE.search(token) for token in positionals)
        needed = sum(nargs != "*" and (nargs != "?" or files) for nargs in expected)
        for _, values, place in reversed(lists):
            while len(values) > 1 and len(positionals) < needed:
                positionals.insert(place, values.pop())

    def _with_values(self, token: str, action: argparse.Action, rest: list[str]) -> list[str]:
        if action.nargs != "+":
            return [f"{token}={rest.pop(0)}"] if rest and self._is_value(rest[0]) else [token]
        glued = []
        while rest and self._is_value(rest[0]) and re.search("[=<>]", rest[0]):
            glued.append(f"{token}={rest.pop(0)}")
        if not glued and rest and self._is_value(rest[0]):  # to be told as malformed
            glued.append(f"{token}={rest.pop(0)}")
        return glued or [token]

    def _is_value(self, token: str) -> bool:
        known = token.partition("=")[0] in self._option_string_actions
        return token != END_OF_OPTIONS and not known

    def _option(self, token: str) -> tuple[str, argparse.Action | None]:
        """The option a token is (its name, its action); action None for a positional."""
        if not re.match("-.", token):
            return token, None
        name = token.partition("=")[0]
        if name in self._option_string_actions:
            return name, self._option_string_actions[name]
        short = self._option_string_actions.get(token[:2])  # -n4
        if short is not None and short.nargs != 0:
            return token[:2], short
        if not re.search(r"\s|^-[0-9.]", token):  # neither a text nor a number
            known = difflib.get_close_matches(name, self._option_string_actions, n=1)
            hint = f", did you mean {known[0]}?" if known else " (a text can follow after --)"
            self.error(f"there is no option {name}{hint}")
        return token, None


def positive_whole(text: str) -> int:
    """A whole number of 1 or more (argparse type)."""
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")


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
    raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")


READERS: dict[str, Callable[[str], object]] = {
    "N": positive_whole,
    "K": positive_whole,
    "EVENT": positive_whole,
    "ROW": positive_whole,
    "S": seed_number,
    "COST": positive_amount,
    "FILE": Path,
    "FILE.toml": Path,
    "SPEC.toml": Path,
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
        dest: attribute of the arguments, where it is not the name.
        last: split pairs at the last ``=`` (left sides may hold one, as columns of a file).
        empty: whether the value of a pair may be empty.
        twice: what to do instead of giving a name twice.
        condition: whether its pairs are conditions (``column<10``), several of which may be about
            one name.
    """

    name: str
    form: str | None
    help: str
    nargs: str | None = None
    default: object = None
    required: bool = False
    choices: tuple[str, ...] | None = None
    dest: str | None = None
    last: bool = False
    empty: bool = False
    twice: str | None = None
    condition: bool = False

    @property
    def attribute(self) -> str:
        """Where the parsed arguments have it."""
        return self.dest or self.name.lstrip("-").replace("-", "_")

    @property
    def has_pairs(self) -> bool:
        """Whether its values are ``name=value``."""
        return "=" in (self.form or "")

    def add_to(self, parser: argparse._ActionsContainer) -> None:
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
        parser.add_argument(self.name, **words)

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

"""argparse, made strict and forgiving where it matters.

Strict: no abbreviated options, and every refusal is an error of ours. Forgiving: options and
positionals in any order, texts that begin with a dash.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import NoReturn

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError

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
        usage = " ".join(self.format_usage().split())
        about = re.match(r"argument (-[\w-]+)", message)
        option = None if about is None else self._option_string_actions.get(about[1])
        if option is not None:  # the usage names no options but those that are needed
            form = option.metavar or "|".join(option.choices or ())
            shown = f"{option.option_strings[0]} {form}".strip()
            usage = f"{usage.replace('[options]', f'[{shown}] [options]')}. {shown}: {option.help}"
        raise UsageError(Problem("", told, hint=usage))

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

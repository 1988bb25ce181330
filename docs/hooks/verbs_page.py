"""The reference of the command line, made from the verbs and their parsers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import ClassVar

from designer.cli.parser import verb_parser
from designer.cli.strict_parser import Parser
from designer.cli.verbs import TOPICS
from designer.cli.verbs.arguments import add_common_options

HEAD = """# Command line

Made from the program's own verbs: what stands here is what `designer VERB --help` prints.
`designer` alone opens the [terminal UI](../guide/terminal-ui.md).

## Options of every verb

They are accepted before and after the verb.

"""


class MarkdownHelp(argparse.HelpFormatter):
    """Writes the help of a parser as Markdown instead of text for a terminal.

    Attributes:
        left_out: arguments that are told once for all verbs.
    """

    left_out: ClassVar[frozenset[str]] = frozenset({"help", "store", "json", "quiet", "actor"})

    def __init__(self, prog: str, *_more: object) -> None:
        super().__init__(prog)
        self._parts: list[str] = []
        self._head = ""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """The form of the command line, as code."""
        del actions, groups, prefix  # every verb writes its usage itself
        self._parts.append(f"```text\n{usage}\n```")

    def start_section(self, heading: str | None) -> None:
        """Remembered for the head of the table that follows."""
        self._head = "argument" if heading == "positional arguments" else "option"

    def end_section(self) -> None:
        """Nothing to close."""

    def add_text(self, text: str | None) -> None:
        """The description, and the examples as commands."""
        if not text:
            return
        first, _, rest = text.partition("\n")
        if rest and first.endswith(":"):
            commands = "\n".join(line.strip() for line in rest.splitlines())
            self._parts.append(f"{first[0].upper()}{first[1:]}\n\n```sh\n{commands}\n```")
        else:
            self._parts.append(text)

    def add_arguments(self, actions: Iterable[argparse.Action]) -> None:
        """A table of arguments or options."""
        rows = [
            f"| {_form(action)} | {_cell(action.help)} |"
            for action in actions
            if action.dest not in self.left_out
        ]
        if rows:
            self._parts.append("\n".join([f"| {self._head} | |", "|---|---|", *rows]))

    def format_help(self) -> str:
        """All parts, one below the other."""
        return "\n\n".join(self._parts) + "\n"


class CommonHelp(MarkdownHelp):
    """The options of every verb."""

    left_out = frozenset({"help"})


def page() -> str:
    """The page as Markdown: every verb by topic, in the order of the help."""
    parts = [HEAD + _common_options()]
    for topic, verbs in TOPICS.items():
        parts.append(f"## {topic[0].upper()}{topic[1:]}\n")
        for verb in verbs:
            parser = verb_parser(verb)
            parser.formatter_class = MarkdownHelp
            parts.append(f"### {verb.name}\n\n{parser.format_help()}")
    return "\n".join(parts)


def _common_options() -> str:
    parser = Parser("designer", "")
    parser.formatter_class = CommonHelp
    add_common_options(parser)
    return parser.format_help().partition("\n\n")[2]  # without the usage


def _form(action: argparse.Action) -> str:
    choices = "|".join(map(str, action.choices)) if action.choices else action.dest
    value = "" if action.nargs == 0 else str(action.metavar or choices)
    if not action.option_strings:
        many = " …" if action.nargs in ("+", "*") else ""
        return f"`{value}`{many}".replace("|", "\\|")
    more = " …" if action.nargs in ("+", "*") else ""
    names = ", ".join(action.option_strings)
    required = " (required)" if action.required else ""
    form = f"`{names}{' ' + value if value else ''}`{more}{required}"
    return form.replace("|", "\\|")


def _cell(text: str | None) -> str:
    return re.sub(r"([|<\[])", r"\\\1", text or "")

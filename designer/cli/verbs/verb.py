"""What a verb of the command line consists of."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from designer.cli.verbs.arguments import COMMON, FORMAT, Argument

if TYPE_CHECKING:
    from designer.service import Service

Answer = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""What ``--json`` prints: an object, or a list of them."""
_NOT_THE_VERBS = {option.attribute for option in COMMON} | {"version", FORMAT.attribute}


@dataclass(frozen=True)
class Verb:
    """One verb.

    Attributes:
        name: as typed, ``propose`` or ``lines add``.
        summary: one line for the list of verbs.
        arguments: the verb's own arguments.
        ask: verb of the service by group and name, ``plans.propose``, whose parameters are called
            as the arguments are; or what asks the service with the arguments.
        text: the answer for people; may ask the service for units.
        check: refuses (UsageError) what argparse cannot see, before ``name=value`` tokens are read
            and anything else is loaded.
        examples: command lines for the verb's help, without ``designer``.
        writes: whether it enters one command into the log, which a request id makes safe to repeat.
        not_repeatable: why a request id cannot make it safe to repeat, although it enters
            something into the log; a sentence for its help.
        paged: whether a long answer is paged on a terminal.
        notes: whether the answer's remarks, if it has any, go to stderr.
        exit_code: of the answer; other than 0 where it is no error, but not good either.
    """

    name: str
    summary: str
    arguments: tuple[Argument, ...]
    ask: str | Callable[[Service, Namespace], Answer]
    text: Callable[[Any, Service, Namespace], list[str]]
    check: Callable[[Namespace], None] | None = None
    examples: tuple[str, ...] = ()
    writes: bool = False
    not_repeatable: str = ""
    paged: bool = False
    notes: bool = True
    exit_code: Callable[[Any], int] = lambda _answer: 0

    @property
    def format(self) -> Argument | None:
        """The option that says what `-` in the place of a file is; None: the verb takes none."""
        files = [each for each in self.arguments if each.holds_file and each.form != "FILE.toml"]
        choices = dict.fromkeys(name for each in files for name in each.formats)
        usual = f"{FORMAT.help} (default: {next(iter(choices), None)}"
        usual += ", of a specification toml)" if "csv" in choices and "toml" in choices else ")"
        return replace(FORMAT, help=usual, choices=(*choices,)) if files else None

    def run(self, service: Service, arguments: Namespace) -> Answer:
        """Ask the service; the answer is what ``--json`` prints."""
        if not isinstance(self.ask, str):
            return self.ask(service, arguments)
        answer: Mapping[str, Any] = attrgetter(self.ask)(service)(**self.told(arguments))
        return answer

    def told(self, arguments: Namespace) -> dict[str, object]:
        """The verb's own arguments, without the common ones."""
        return {k: v for k, v in vars(arguments).items() if k not in _NOT_THE_VERBS}

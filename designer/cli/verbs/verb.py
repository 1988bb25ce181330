"""What a verb of the command line consists of."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.cli.verbs.arguments import Parser

if TYPE_CHECKING:
    from designer.service import Service

Data = Any


def always_fine(_answer: Data) -> int:
    """Exit code 0: verbs whose failures are all raised as errors."""
    return 0


def told_notes(answer: Data) -> Iterable[str]:
    """The answer's remarks, as most answers carry them."""
    return answer.get("notes") or ()


def no_notes(_answer: Data) -> Iterable[str]:
    """For answers whose ``notes`` are something else."""
    return ()


@dataclass(frozen=True)
class Verb:
    """One verb.

    Attributes:
        name: as typed, ``propose`` or ``lines add``.
        summary: one line for the list of verbs.
        arguments: adds the verb's own arguments to its parser.
        check: refuses (UsageError) what argparse cannot see and turns ``name=value`` tokens into
            dictionaries, before anything else is loaded.
        run: asks the service; the dictionary is what ``--json`` prints.
        text: the same for people; may ask the service for units.
        examples: command lines for the verb's help, without ``designer``.
        notes: remarks of an answer, for stderr.
        exit_code: of an answer that is no error, but not good either.
    """

    name: str
    summary: str
    arguments: Callable[[Parser], None]
    run: Callable[[Service, Namespace], Data]
    text: Callable[[Data, Service, Namespace], list[str]]
    check: Callable[[Namespace], None] | None = None
    examples: tuple[str, ...] = ()
    notes: Callable[[Data], Iterable[str]] = told_notes
    exit_code: Callable[[Data], int] = always_fine

"""What a verb of the command line consists of."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from designer.cli.verbs.arguments import Argument

if TYPE_CHECKING:
    from designer.service import Service

Answer = TypeVar("Answer", bound=Mapping[str, Any])


def told_notes(answer: Mapping[str, Any]) -> Iterable[str]:
    """The answer's remarks; many answers have none."""
    return cast("Iterable[str]", answer.get("notes", ()))


@dataclass(frozen=True)
class Verb(Generic[Answer]):
    """One verb.

    Attributes:
        name: as typed, ``propose`` or ``lines add``.
        summary: one line for the list of verbs.
        arguments: the verb's own arguments.
        check: refuses (UsageError) what argparse cannot see, before ``name=value`` tokens are read
            and anything else is loaded.
        run: asks the service; the answer is what ``--json`` prints.
        text: the same for people; may ask the service for units.
        examples: command lines for the verb's help, without ``designer``.
        notes: remarks of an answer, for stderr.
        exit_code: of the answer; other than 0 where it is no error, but not good either.
    """

    name: str
    summary: str
    arguments: tuple[Argument, ...]
    run: Callable[[Service, Namespace], Answer]
    text: Callable[[Answer, Service, Namespace], list[str]]
    check: Callable[[Namespace], None] | None = None
    examples: tuple[str, ...] = ()
    notes: Callable[[Answer], Iterable[str]] = told_notes
    exit_code: Callable[[Answer], int] = lambda _answer: 0


AnyVerb = Verb[Any]

"""Verbs about the store itself: info, verify, init."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.cli.errors import DAMAGED
from designer.cli.text.files import checks_text, facts_text
from designer.cli.verbs.arguments import Parser
from designer.cli.verbs.verb import Data, Verb

if TYPE_CHECKING:
    from argparse import Namespace

    from designer.service import Service


def _no_arguments(_parser: Parser) -> None:
    pass


def _verify_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--head", metavar="SEQ:HASH",
        help="log position printed on a plan or status: is it still in the store?",
    )  # fmt: skip


def _facts(answer: Data, _service: Service, _arguments: Namespace) -> list[str]:
    return facts_text(answer)


VERBS = (
    Verb(
        "store info",
        "where the store is and what it holds",
        _no_arguments,
        lambda service, _arguments: service.store.info(),
        _facts,
    ),
    Verb(
        "store verify",
        "check everything in the store",
        _verify_arguments,
        lambda service, arguments: service.store.verify(arguments.head),
        lambda answer, _service, _arguments: checks_text(answer),
        exit_code=lambda answer: 0 if answer["ok"] else DAMAGED,
    ),
    Verb(
        "store init",
        "make an empty store",
        _no_arguments,
        lambda service, _arguments: service.store.init(),
        _facts,
    ),
)

"""Verbs about results: record, attach, fail, correct, undo, note."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.results import done_text, recorded_text
from designer.cli.verbs.arguments import (
    Pairs,
    Parser,
    positive_whole,
    read_pairs,
)
from designer.cli.verbs.campaign import add_campaign, add_optional_reason
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import RecordAnswer

RUN_FORM = "such as R007"


def _add_batch(parser: Parser) -> None:
    parser.add_argument(
        "--batch", metavar="stage=ID", nargs="+", action="extend",
        help="made from this slurry, strip, ...",
    )  # fmt: skip


def _add_circumstances(parser: Parser) -> None:
    _add_batch(parser)
    parser.add_argument("--at", metavar="TIME", help="when it was made (default: unknown)")
    parser.add_argument("--note", metavar="TEXT", help="a remark to keep with it")


def _add_run_and_values(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("run", metavar="RUN", help=RUN_FORM)
    parser.add_argument(
        "values", metavar="response=value", nargs="*", default=[],
        help="porosity=31.2; replicates: porosity=31.2/31.9/32.0; will never be measured: "
        "porosity=none",
    )  # fmt: skip
    parser.add_argument(
        "--set", metavar="factor=value", nargs="+", action="extend",
        help="the setting really used (write responses before it)",
    )  # fmt: skip


def _record_arguments(parser: Parser) -> None:
    _add_run_and_values(parser)
    _add_circumstances(parser)
    parser.add_argument(
        "--replicate", action="store_true", help="one more measurement of the same recipe"
    )


def _read_run_and_values(arguments: Namespace, verb: str) -> None:
    if "=" in arguments.run:
        told = "the run is missing in front of the values"
        raise UsageError(Problem(verb, told, arguments.run, RUN_FORM))
    read_pairs(
        arguments,
        Pairs("values", "response=value", twice="write replicates as porosity=31.2/31.9"),
        Pairs("set", "--set"),
        Pairs("batch", "--batch"),
    )


def _record_check(arguments: Namespace) -> None:
    _read_run_and_values(arguments, "record")
    told = (arguments.values, arguments.set, arguments.batch, arguments.at, arguments.note)
    if not any(told):
        raise UsageError(Problem("record", "nothing to record", allowed="response=value"))


def _record(service: Service, arguments: Namespace) -> RecordAnswer:
    return service.runs.record(
        arguments.campaign,
        arguments.run,
        arguments.values,
        settings=arguments.set,
        batch=arguments.batch,
        at=arguments.at,
        note=arguments.note,
        replicate=arguments.replicate,
    )


def _attach_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "values", metavar="name=value", nargs="+", help="every factor, and what was measured"
    )
    _add_circumstances(parser)


def _attach_check(arguments: Namespace) -> None:
    read_pairs(arguments, Pairs("values", "name=value"), Pairs("batch", "--batch"))


def _attach(service: Service, arguments: Namespace) -> RecordAnswer:
    return service.runs.attach(
        arguments.campaign,
        arguments.values,
        batch=arguments.batch,
        at=arguments.at,
        note=arguments.note,
    )


def _fail_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("run", metavar="RUN", help=RUN_FORM)
    parser.add_argument("--reason", metavar="TEXT", required=True, help="what went wrong")


def _correct_arguments(parser: Parser) -> None:
    _add_run_and_values(parser)
    _add_batch(parser)
    parser.add_argument(
        "--replicate", metavar="K", type=positive_whole, help="which of several values, from 1"
    )
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why, for the history")


def _correct_check(arguments: Namespace) -> None:
    _read_run_and_values(arguments, "correct")
    if not (arguments.values or arguments.set or arguments.batch):
        allowed = "response=value, --set factor=value or --batch stage=ID"
        raise UsageError(Problem("correct", "nothing to correct", allowed=allowed))


def _correct(service: Service, arguments: Namespace) -> RecordAnswer:
    return service.runs.correct(
        arguments.campaign,
        arguments.run,
        arguments.values,
        settings=arguments.set,
        batch=arguments.batch,
        replicate=arguments.replicate,
        reason=arguments.reason,
    )


def _undo_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "event", metavar="EVENT", nargs="?", type=positive_whole,
        help="number of the event in the history (default: the last one)",
    )  # fmt: skip
    add_optional_reason(parser)


def _note_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("words", metavar="[RUN] TEXT", nargs="+", help="the text in quotes")


def _note_check(arguments: Namespace) -> None:
    if len(arguments.words) > 2:
        told = f"takes a run and a text, not {len(arguments.words)} words"
        raise UsageError(Problem("note", told, hint="put the text in quotes"))
    *run, arguments.text = arguments.words
    arguments.run = run[0] if run else None


VERBS = (
    Verb(
        "record",
        "results of a run, all at once or in pieces",
        _record_arguments,
        _record,
        recorded_text,
        check=_record_check,
        examples=(
            "record nmc622-line4 R007 mass_loading=12.1 porosity=31.2/31.9/32.0",
            "record nmc622-line4 R007 porosity=31.2 --set coating_gap=105 --note 'edge bead'",
        ),
    ),
    Verb(
        "attach",
        "a run that nobody proposed",
        _attach_arguments,
        _attach,
        recorded_text,
        check=_attach_check,
        examples=("attach nmc622-line4 solid_content=56 coating_gap=100 mass_loading=11.9",),
    ),
    Verb(
        "fail",
        "a run was made and failed; teaches where the process fails",
        _fail_arguments,
        lambda service, arguments: service.runs.fail(
            arguments.campaign, arguments.run, arguments.reason
        ),
        lambda answer, _service, arguments: done_text(
            answer, f"{answer['run']} is noted as failed: {arguments.reason}"
        ),
        examples=("fail nmc622-line4 R007 --reason 'web break'",),
    ),
    Verb(
        "correct",
        "replace a wrong entry; the old value is kept",
        _correct_arguments,
        _correct,
        recorded_text,
        check=_correct_check,
        examples=("correct nmc622-line4 R007 porosity=31.2 --reason 'digits swapped'",),
    ),
    Verb(
        "undo",
        "take back an event by appending its reversal",
        _undo_arguments,
        lambda service, arguments: service.campaigns.undo(
            arguments.campaign, arguments.event, arguments.reason
        ),
        lambda answer, _service, arguments: done_text(
            answer,
            "The last event is taken back"
            if arguments.event is None
            else f"Event {arguments.event} is taken back",
        ),
    ),
    Verb(
        "note",
        "keep a remark on the campaign or on a run",
        _note_arguments,
        lambda service, arguments: service.campaigns.note(
            arguments.campaign, arguments.text, arguments.run
        ),
        lambda answer, _service, _arguments: done_text(answer, "Noted"),
        check=_note_check,
        examples=("note nmc622-line4 R007 'slurry was 3 h old'",),
    ),
)

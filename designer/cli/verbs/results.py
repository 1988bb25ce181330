"""Verbs about results: record, attach, fail, correct, undo, note."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.campaigns.errors import Problem
from designer.cli.errors import UsageError
from designer.cli.text.results import done, recorded_text
from designer.cli.text.tables_in import attached_text
from designer.cli.verbs.arguments import (
    CAMPAIGN,
    OPTIONAL_REASON,
    REASON,
    RUN,
    Argument,
    file_or_pairs,
)
from designer.cli.verbs.tables import DRY_RUN, TABLE_OPTIONS, take_table_options
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import AttachedAnswer, RecordAnswer, UndoAnswer

_RESULTS = Argument(
    "responses",
    "response=value",
    "porosity=31.2; replicates: porosity=31.2/31.9/32.0; will never be measured: porosity=none",
    nargs="*",
    twice="write replicates as porosity=31.2/31.9",
)
_SET = Argument(
    "--set", "factor=value", "the setting really used (write responses before it)", dest="settings"
)
_BATCH = Argument("--batch", "stage=ID", "made from this slurry, strip, ...")
_RUN_AND_RESULTS = (CAMPAIGN, RUN, _RESULTS, _SET, _BATCH)
_AT = Argument("--at", "TIME", "when it was made (default: unknown)")
_NOTE = Argument("--note", "TEXT", "a remark to keep with it")


def _check_typed(arguments: Namespace, verb: str, told: tuple[object, ...], allowed: str) -> None:
    if "=" in arguments.run:
        what = "the run is missing in front of the values"
        raise UsageError(Problem(verb, what, arguments.run, RUN.help))
    if not any(told):
        raise UsageError(Problem(verb, f"nothing to {verb}", allowed=allowed))


def _record_check(arguments: Namespace) -> None:
    told = (arguments.responses, arguments.settings, arguments.batch, arguments.at, arguments.note)
    _check_typed(arguments, "record", told, "response=value")


def _correct_check(arguments: Namespace) -> None:
    told = (arguments.responses, arguments.settings, arguments.batch)
    allowed = "response=value, --set factor=value or --batch stage=ID"
    _check_typed(arguments, "correct", told, allowed)


def _note_check(arguments: Namespace) -> None:
    words = vars(arguments).pop("words")
    if len(words) > 2:
        told = f"takes a run and a text, not {len(words)} words"
        raise UsageError(Problem("note", told, hint="put the text in quotes"))
    *run, arguments.text = words
    arguments.run = run[0] if run else None


def _undone_text(answer: UndoAnswer, service: Service, arguments: Namespace) -> list[str]:
    told = "The last event" if arguments.event is None else "Event {event}"
    return done(f"{told} is taken back")(answer, service, arguments)


_ONE_RUN = (_BATCH, _AT, _NOTE)


def _attach_check(arguments: Namespace) -> None:
    """A table or one run: each has options of its own."""
    table = file_or_pairs(arguments, "values")
    foreign = _ONE_RUN if table else TABLE_OPTIONS
    kind = "one run (name=value), not to a FILE" if table else "a FILE, not to name=value"
    problems = [
        Problem(argument.name, f"belongs to {kind}")
        for argument in foreign
        if getattr(arguments, argument.attribute)
    ]
    if problems:
        raise UsageError(problems)


def _attach(service: Service, arguments: Namespace) -> AttachedAnswer | RecordAnswer:
    from designer.campaigns.tables.options import TableOptions

    options = take_table_options(arguments, TableOptions)
    if isinstance(arguments.values, dict):
        return service.runs.attach(
            arguments.campaign,
            arguments.values,
            batch=arguments.batch,
            at=arguments.at,
            note=arguments.note,
            dry_run=arguments.dry_run,
        )
    return service.tables.attach_file(
        arguments.campaign, arguments.values, options=options, dry_run=arguments.dry_run
    )


def _attached_text(
    answer: AttachedAnswer | RecordAnswer, service: Service, arguments: Namespace
) -> list[str]:
    if "runs" in answer:
        return attached_text(answer)
    told = recorded_text(answer, service, arguments)
    return ["Nothing was recorded; it would be:", *told] if arguments.dry_run else told


VERBS = (
    Verb(
        "record",
        "results of a run, all at once or in pieces",
        (
            *_RUN_AND_RESULTS,
            _AT,
            _NOTE,
            Argument("--replicate", None, "one more measurement of the same recipe"),
        ),
        "runs.record",
        recorded_text,
        check=_record_check,
        examples=(
            "record nmc622-line4 R007 mass_loading=12.1 porosity=31.2/31.9/32.0",
            "record nmc622-line4 R007 porosity=31.2 --set coating_gap=105 --note 'edge bead'",
        ),
        writes=True,
    ),
    Verb(
        "attach",
        "a run that nobody proposed, or a table of them",
        (
            CAMPAIGN,
            Argument(
                "values",
                "FILE|name=value",
                "every factor, and what was measured (nothing: it is planned by hand); or a table"
                " of runs, which may grow: rows that are recorded already are passed over",
            ),
            *_ONE_RUN,
            DRY_RUN,
            *TABLE_OPTIONS,
        ),
        _attach,
        _attached_text,
        check=_attach_check,
        examples=(
            "attach nmc622-line4 solid_content=56 coating_gap=100 mass_loading=11.9",
            "attach nmc622-line4 solid_content=56 coating_gap=150",
            "attach nmc622-line4 trials.xlsx --map 'Gap=coating_gap' --unit Gap=mm --dry-run",
        ),
        writes=True,
    ),
    Verb(
        "fail",
        "a run was made and failed; teaches where the process fails",
        (CAMPAIGN, RUN, replace(REASON, help="what went wrong")),
        "runs.fail",
        done("{run} is noted as failed: {reason}"),
        examples=("fail nmc622-line4 R007 --reason 'web break'",),
        writes=True,
    ),
    Verb(
        "correct",
        "replace a wrong entry; the old value is kept",
        (
            *_RUN_AND_RESULTS,
            Argument("--replicate", "K", "which of several values, from 1"),
            REASON,
        ),
        "runs.correct",
        recorded_text,
        check=_correct_check,
        examples=("correct nmc622-line4 R007 porosity=31.2 --reason 'digits swapped'",),
        writes=True,
    ),
    Verb(
        "undo",
        "take back an event by appending its reversal",
        (
            CAMPAIGN,
            Argument(
                "event",
                "EVENT",
                "number of the event in the history (default: the last one)",
                nargs="?",
            ),
            OPTIONAL_REASON,
        ),
        "campaigns.undo",
        _undone_text,
        writes=True,
    ),
    Verb(
        "note",
        "keep a remark on the campaign or on a run",
        (
            CAMPAIGN,
            Argument("words", "[RUN] TEXT", "the text in quotes", nargs="+"),
            Argument(
                "--confirm",
                "KIND",
                "this flag of the run (slip, outlier, …) is looked at and right; where several"
                " responses have it, slip:porosity",
            ),
        ),
        "campaigns.note",
        done("Noted"),
        check=_note_check,
        examples=(
            "note nmc622-line4 R007 'slurry was 3 h old'",
            "note nmc622-line4 R007 'measured again: right' --confirm slip",
        ),
        writes=True,
    ),
)

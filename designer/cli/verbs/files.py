"""Verbs about files and the store: import, export, store info, verify, init."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.cli.errors import DAMAGED
from designer.cli.text.files import checks_text, exported_text, facts_text, imported_text
from designer.cli.verbs.arguments import Parser
from designer.cli.verbs.campaign import add_campaign
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import ExportAnswer


def _import_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument("file", metavar="FILE", help="a filled plan sheet, .csv or .xlsx")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be recorded")


def _export_arguments(parser: Parser) -> None:
    add_campaign(parser)
    parser.add_argument(
        "file",
        metavar="FILE",
        help="its ending chooses: .csv or .json, a specification .toml or .json",
    )
    parser.add_argument(
        "--what", choices=("plan", "data", "events", "spec"), default="plan",
        help="plan: all open runs (default); data: all results; events: the whole record",
    )  # fmt: skip
    parser.add_argument("--plan", metavar="ID", help="only the runs of this plan")
    parser.add_argument("--force", action="store_true", help="overwrite the file")


def _export(service: Service, arguments: Namespace) -> ExportAnswer:
    return service.campaigns.export(
        arguments.campaign,
        Path(arguments.file),
        what=arguments.what,
        plan=arguments.plan,
        force=arguments.force,
    )


VERBS = (
    Verb(
        "import",
        "results from a filled plan sheet",
        _import_arguments,
        lambda service, arguments: service.runs.import_sheet(
            arguments.campaign, Path(arguments.file), dry_run=arguments.dry_run
        ),
        lambda answer, _service, _arguments: imported_text(answer),
        examples=("import nmc622-line4 plan.xlsx --dry-run",),
    ),
    Verb(
        "export",
        "plan, data, events or specification as a file",
        _export_arguments,
        _export,
        lambda answer, _service, _arguments: exported_text(answer),
        examples=("export nmc622-line4 plan.csv", "export nmc622-line4 data.csv --what data"),
    ),
)


def _verify_arguments(parser: Parser) -> None:
    parser.add_argument(
        "--head", metavar="SEQ:HASH",
        help="log position printed on a plan or status: is it still in the store?",
    )  # fmt: skip


STORE_VERBS = (
    Verb(
        "store info",
        "where the store is and what it holds",
        lambda _parser: None,
        lambda service, _arguments: service.store.info(),
        lambda answer, _service, _arguments: facts_text(answer),
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
        lambda _parser: None,
        lambda service, _arguments: service.store.init(),
        lambda answer, _service, _arguments: facts_text(answer),
    ),
)

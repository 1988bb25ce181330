"""Verbs about files and the store: import, export, store info, verify, init."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from designer.cli.errors import DAMAGED
from designer.cli.text.results import checks_text, exported_text, facts_text
from designer.cli.text.tables_in import imported_text
from designer.cli.verbs.arguments import CAMPAIGN, Argument
from designer.cli.verbs.tables import DRY_RUN, TABLE_OPTIONS, take_table_options
from designer.cli.verbs.verb import Verb

if TYPE_CHECKING:
    from designer.service import Service
    from designer.service.answers import ImportAnswer


def _import(service: Service, arguments: Namespace) -> ImportAnswer:
    from designer.campaigns.tables.options import TableOptions

    options = take_table_options(arguments, TableOptions)
    return service.tables.import_sheet(
        arguments.campaign,
        arguments.path,
        options=options,
        dry_run=arguments.dry_run,
        force_settings=arguments.force_settings,
        attach_new=arguments.attach_new,
    )


VERBS = (
    Verb(
        "import",
        "results from a filled plan sheet",
        (
            CAMPAIGN,
            Argument("path", "FILE", "a filled plan sheet, .csv, .xlsx or .ods"),
            DRY_RUN,
            Argument("--attach-new", None, "rows without a run id become runs nobody proposed"),
            Argument(
                "--force-settings", None, "the settings are right although they are of other runs"
            ),
            *TABLE_OPTIONS,
        ),
        _import,
        lambda answer, _service, _arguments: imported_text(answer),
        examples=(
            "import nmc622-line4 plan.xlsx --dry-run",
            "import nmc622-line4 plan.csv --map 'Flächengewicht=mass_loading'",
        ),
        writes=True,
    ),
    Verb(
        "export",
        "plan, data, events or specification as a file",
        (
            CAMPAIGN,
            Argument(
                "path",
                "FILE",
                "its ending chooses: a plan .csv, .xlsx, .html, .md or .json, data .csv, .xlsx or"
                " .json, events .csv or .json, a specification .toml or .json",
                writes=("csv", "xlsx", "json", "toml", "html", "md"),
            ),
            Argument(
                "--what",
                None,
                "plan: all open runs (default); data: all results; events: the whole record",
                choices=("plan", "data", "events", "spec"),
                default="plan",
            ),
            Argument("--plan", "ID", "only the runs of this plan"),
            Argument(
                "--decimal",
                None,
                "of the numbers of a .csv; comma: semicolons between its cells (default: point)",
                choices=("comma", "point"),
                default="point",
            ),
            Argument(
                "--judge",
                None,
                "tell what the plan is worth, too (.xlsx, .html, .md): cost, bits, aliases, power",
            ),
            Argument("--force", None, "overwrite the file"),
        ),
        "campaigns.export",
        lambda answer, _service, _arguments: exported_text(answer),
        examples=(
            "export nmc622-line4 plan.xlsx",
            "export nmc622-line4 plan.html --judge",
            "export nmc622-line4 plan.csv --decimal comma",
            "export nmc622-line4 data.csv --what data",
        ),
    ),
)


STORE_VERBS = (
    Verb(
        "store info",
        "where the store is and what it holds",
        (),
        "store.info",
        lambda answer, _service, _arguments: facts_text(answer),
    ),
    Verb(
        "store verify",
        "check everything in the store",
        (
            Argument(
                "--head",
                "SEQ:HASH",
                "log position printed on a plan or status: is it still in the store?",
            ),
            Argument(
                "--accept",
                None,
                "an older copy was put back, or a campaign removed, on purpose: warn no more",
            ),
        ),
        "store.verify",
        lambda answer, _service, _arguments: checks_text(answer),
        exit_code=lambda answer: 0 if answer["ok"] else DAMAGED,
    ),
    Verb(
        "store init",
        "make an empty store",
        (),
        "store.init",
        lambda answer, _service, _arguments: facts_text(answer),
    ),
)

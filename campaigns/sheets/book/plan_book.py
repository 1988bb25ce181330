"""A plan as a workbook: one sheet to fill in at the line, one of predictions, one of facts."""

from __future__ import annotations

from collections.abc import Sequence

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.book import facts_sheet, predictions_sheet
from designer.campaigns.sheets.book.archive import book_bytes
from designer.campaigns.sheets.book.facts_sheet import FactsSheet
from designer.campaigns.sheets.book.first_sheet import TITLE, FirstSheet
from designer.campaigns.sheets.book.looks import Looks
from designer.campaigns.sheets.book.predictions_sheet import write_predictions
from designer.campaigns.sheets.plan_facts import Worth, plan_facts, plan_title


def plan_book(state: CampaignState, runs: Sequence[Run], judged: Worth = ()) -> bytes:
    """The workbook of a plan; the same bytes for the same state of the campaign.

    Args:
        state: the campaign.
        runs: in the order of making.
        judged: what the plan is worth.
    """
    from openpyxl import Workbook

    book = Workbook(iso_dates=False)
    looks = Looks(book)
    first = book.worksheets[0]
    first.title = TITLE
    predictions = book.create_sheet(predictions_sheet.TITLE)
    facts = book.create_sheet(facts_sheet.TITLE)
    lists = FactsSheet(facts, looks).write(state.spec, plan_facts(state, runs), judged)
    FirstSheet(first, looks, state, runs, lists).write()
    write_predictions(predictions, looks, state, runs)
    return book_bytes(book, f"{state.spec.name}, {plan_title(state, runs)}", state.changed_at)

"""The data of a campaign as a workbook: every measurement in a row, and the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.book import facts_sheet
from designer.campaigns.sheets.book.archive import book_bytes
from designer.campaigns.sheets.book.facts_sheet import FactsSheet
from designer.campaigns.sheets.book.looks import Look, Looks
from designer.campaigns.sheets.book.paper import put_on_paper
from designer.campaigns.sheets.data_sheet import DataCell
from designer.campaigns.sheets.plan_facts import plan_facts
from designer.render.words import count

TITLE = "Data"
_WIDTH, _WIDEST = 10, 30


def data_book(
    state: CampaignState, headers: Mapping[str, str], rows: Sequence[Mapping[str, DataCell]]
) -> bytes:
    """The workbook of all results; the same bytes for the same state of the campaign.

    Args:
        state: the campaign.
        headers: column to what stands above it.
        rows: by column.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    looks = Looks(book)
    sheet = book.worksheets[0]
    sheet.title = TITLE
    for place, (name, header) in enumerate(headers.items(), start=1):
        looks.put(sheet, 1, place, header, Look("header"))
        for at, row in enumerate(rows, start=2):
            value = row.get(name)
            told = Look("told", "text" if isinstance(value, str) else "number")
            looks.put(sheet, at, place, value, Look("run") if name == "run" else told)
        longest = max((len(str(row.get(name) or "")) for row in rows), default=0)
        width = min(max(_WIDTH, longest + 1, len(header) + 2), _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{len(rows) + 1}"
    put_on_paper(sheet, state.spec.name, f"{TITLE} as of {state.head}", head=1)
    FactsSheet(book.create_sheet(facts_sheet.TITLE), looks).write(state.spec, plan_facts(state, ()))
    return book_bytes(
        book, f"{state.spec.name}: {count(len(rows), 'row')} of data", state.changed_at
    )

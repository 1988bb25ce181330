"""How sheets of a workbook lie on paper: landscape, the width of one page, heads on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.campaigns.sheets.book.looks import safe_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

PAGE = 150.0
"""Characters of usual size that lie beside each other on a page of A4 in landscape."""

_A4 = "9"
_MARGIN, _FOOT = 0.4, 0.6  # inches


def put_on_paper(sheet: Worksheet, name: str, told: str, *, head: int = 0) -> None:
    """Set up the page of a sheet.

    Args:
        sheet: the sheet.
        name: of the campaign, at the foot of every page.
        told: beside it.
        head: rows that stand at the top of every page; with them, the first column is repeated.
    """
    from openpyxl.worksheet.properties import PageSetupProperties

    if head:
        sheet.print_title_rows = f"1:{head}"
        sheet.print_title_cols = "A:A"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = _MARGIN
    margins.bottom, margins.footer = _FOOT, _MARGIN / 2
    foot = sheet.oddFooter
    if foot is None or foot.left is None or foot.center is None or foot.right is None:
        return  # never: a new sheet has them
    foot.left.text = safe_text(name).replace("&", "&&")
    foot.center.text = told
    foot.right.text = "page &P of &N"

"""The run sheet of a plan in one of its formats."""

from __future__ import annotations

from collections.abc import Sequence

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.plan_facts import Worth
from designer.campaigns.sheets.run_object import Flags
from designer.campaigns.sheets.run_sheet.content import sheet_content
from designer.campaigns.sheets.run_sheet.html import run_sheet_html
from designer.campaigns.sheets.run_sheet.markdown import run_sheet_markdown


def run_sheet(
    state: CampaignState,
    runs: Sequence[Run],
    flags: Flags,
    ending: str,
    judged: Worth = (),
) -> bytes:
    """A run sheet.

    Args:
        state: the campaign.
        runs: in the order of making.
        flags: what the models found odd, by run id.
        ending: ``.html`` or ``.md``.
        judged: sentences on what the plan is worth.
    """
    content = sheet_content(state, runs, flags, judged)
    return run_sheet_html(content) if ending == ".html" else run_sheet_markdown(content)

"""What is said below the form: what saving would do, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content

from designer.tui.campaign_view import CampaignView, Facts

HINT: Final = Content.styled(
    "31.2/31.9: replicates   none: will never be measured   blank: comes later", "$quiet"
)


def accepted_text(
    view: CampaignView, run: Facts, typed: Mapping[str, str], answer: Facts
) -> Content:
    """Warnings, and what the run will be once this is saved.

    Args:
        view: the campaign.
        run: the run of the form.
        typed: what is in the fields.
        answer: of `Service.check_record`.
    """
    lines = [Content.styled(f"! {message}", "$text-warning") for message in answer["messages"]]
    told = f"✓ ctrl+s saves; {answer['run']} will be {answer['status']}"
    missing = _missing(view, run, typed)
    if missing and answer["status"] == "partial":
        told += f", still to come: {', '.join(missing)}"
    return Content("\n").join([*lines, Content.styled(told, "$text-success")])


def _missing(view: CampaignView, run: Facts, typed: Mapping[str, str]) -> list[str]:
    return [
        response.name
        for response in view.spec.responses
        if f"response:{response.name}" not in typed
        and response.name not in run["measurements"]
        and response.name not in run["never"]
    ]

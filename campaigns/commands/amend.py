"""A new specification for a running campaign."""

from __future__ import annotations

from designer.campaigns.commands.checks import ensure_open, optional_text
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.amend import amendment_problems
from designer.campaigns.specification.specification import Specification


def amend(state: CampaignState, spec: Specification, reason: str | None = None) -> list[NewEvent]:
    """Take a new specification; runs and lines keep their data.

    Args:
        state: fresh state.
        spec: the new specification, already checked by itself.
        reason: why.

    Returns:
        One ``spec_amended`` event; ``body["difference"]`` says in words what changes.

    Raises:
        InputError: with all problems: what cannot change while runs are kept, nothing that
            changes, closed campaign.
    """
    ensure_open(state)
    problems = amendment_problems(state.spec, spec)
    if problems:
        raise InputError(problems)
    difference = state.spec.difference(spec)
    if not difference:
        raise InputError(
            Problem(f"campaign {state.spec.name}", "the new specification changes nothing")
        )
    body = {
        "text": spec.text,
        "parsed": spec.to_dict(),
        "difference": difference,
        "reason": optional_text(reason, "reason"),
    }
    return [NewEvent("spec_amended", body)]

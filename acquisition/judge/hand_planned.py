"""Runs that somebody chose, as the runs of a plan: made in the best order, told what they teach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.acquisition.judge.making import Making
from designer.acquisition.judge.worth import Worth
from designer.acquisition.predictions import Prediction
from designer.campaigns.commands.entries import PlannedRun

if TYPE_CHECKING:
    from designer.campaigns.sheets.brought_plan import BroughtRun

_NOTHING = Prediction({}, None, None)


def chosen_runs(
    runs: Sequence[BroughtRun], making: Making, worth: Worth | None, reason: str
) -> list[PlannedRun]:
    """The runs in the order they are made in; who chose them gave them no order of value.

    Args:
        runs: as they were chosen.
        making: how they are made.
        worth: of the runs in that order; None: nothing is known yet.
        reason: why they are planned.
    """
    return [
        PlannedRun(
            order=k + 1,
            rank=k + 1,
            settings=runs[place].settings,
            batch=making.batches[k],
            predicted=(told := _NOTHING if worth is None else worth.predictions[k]).responses,
            bits=None if worth is None else worth.each[k],
            cost=making.costs[k],
            in_spec=told.in_spec,
            reason=reason,
            given=runs[place].given,
            success=None if worth is None or worth.success is None else worth.success[k],
            in_spec_measured=told.in_spec_measured,
        )
        for k, place in enumerate(making.order)
    ]

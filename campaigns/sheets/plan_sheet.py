"""A plan as a sheet to be filled in, and as the JSON of ``propose``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import WAITING, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.design_columns import design_cells, design_columns
from designer.campaigns.sheets.own_columns import own_headers
from designer.campaigns.sheets.plan_columns import cells_of, plan_columns
from designer.campaigns.sheets.run_object import Flags, run_objects
from designer.campaigns.tables.formats.csv_file import Cell
from designer.campaigns.values.names import IN_SPEC, suggestion

_PLAN_NUMBERS = 4
"""Significant digits of predictions in a sheet for people; JSON keeps all."""
_TOLD = ("_mean", "_low", "_high")
"""Predictions in a sheet for people: one more measured result. A standard deviation, which JSON
has, may lie far beyond what is possible."""
_OF_PLAN = ("campaign", "order", "rank", "plan")
_OF_WORTH = ("information_bits", "cost", *IN_SPEC, "why", "head")


def plan_runs(state: CampaignState, plan: str | None = None) -> list[Run]:
    """The runs of one plan in the order of making, or all that still wait; one at least.

    Args:
        state: the campaign.
        plan: plan id, case-insensitive; None: all proposed, running and partial runs.

    Raises:
        InputError: no such plan (names the nearest), or no run waits.
    """
    if plan is None:
        runs = [run for run in state.runs.values() if run.status in WAITING]
    else:
        found = {known.casefold(): known for known in state.plans}.get(plan.strip().casefold())
        if found is None:
            allowed = ", ".join(list(state.plans)[-20:]) or "there are no plans yet"
            hint = suggestion(plan.upper(), state.plans)
            raise InputError.at(f"plan {plan}", "no such plan", None, allowed, hint)
        runs = [state.runs[run] for run in state.plans[found].runs if run in state.runs]
    if not runs:
        raise InputError.at("plan", "no run waits for results", hint="Propose some runs first.")
    # Plans follow each other; within one, runs follow the order of making.
    return sorted(runs, key=lambda run: (run.plan is None, run.plan or "", run.order or 0))


def plan_sheet(
    state: CampaignState, runs: Iterable[Run]
) -> tuple[list[str], list[dict[str, Cell]]]:
    """A sheet to be filled in: recipe, a cell for every result, then what is only told.

    Returns:
        Header, and rows by header; results recorded so far are filled in.
    """
    runs = [*runs]
    filled = plan_columns(state.spec, runs, apart=False)
    columns = [column.header for column in filled]
    of_plan = [*_OF_PLAN, *design_columns(state.spec, [run.design for run in runs])]
    predictions = [f"{r.name}{ending}" for r in state.spec.responses for ending in _TOLD]
    told = own_headers(state.spec, (*of_plan, *predictions, *_OF_WORTH))
    rows: list[dict[str, Cell]] = []
    for run in runs:
        cells = _told(state, run)
        ours = {header: cells.get(name) for name, header in told.items()}
        rows.append({**ours, **cells_of(filled, run)})
    return columns + [header for header in told.values() if header not in columns], rows


def _told(state: CampaignState, run: Run) -> dict[str, Cell]:
    """What a sheet only tells of a run."""
    row: dict[str, Cell] = {
        "campaign": state.spec.name,
        "order": run.order,
        "rank": run.rank,
        "plan": run.plan,
        "information_bits": brief(run.information_bits),
        "cost": run.cost,
        "in_spec": brief(run.in_spec),
        "in_spec_measured": brief(run.in_spec_measured),
        "why": run.reason,
        "head": state.head,
        **design_cells(state.spec, run.design, run.order),
    }
    for response in state.spec.responses:
        predicted = run.prediction(response.name) or {}
        row.update({f"{response.name}{end}": brief(predicted.get(end[1:])) for end in _TOLD})
    return row


def brief(value: float | None) -> float | None:
    """A computed figure with as many digits as people read; JSON keeps all."""
    return None if value is None else float(f"{value:.{_PLAN_NUMBERS}g}")


def plan_json(
    state: CampaignState, runs: list[Run], plan: str | None, flags: Flags
) -> dict[str, Any]:
    """The plan in the shape of ``propose --json``; figures of several plans together are null."""
    ids = {run.plan for run in runs}
    only = state.plans.get(next(iter(ids)) or "") if len(ids) == 1 else None
    whole = only if only is not None and (plan or len(runs) == len(only.runs)) else None
    return {
        "campaign": state.spec.name,
        "plan": only.id if only else None,
        "seed": only.seed if only else None,
        "goal": only.goal if only else state.spec.goal,
        "information_bits": whole.information_bits if whole else None,
        "cost": whole.cost if whole else None,
        "nested": whole.nested if whole else None,
        # results also under their name in plan files
        "runs": [{**run, "measured": run["results"]} for run in run_objects(runs, flags)],
        "head": state.head,
    }

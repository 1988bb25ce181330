"""Verbs that need the models: propose, predict, best, status. The engine is loaded when called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns import commands
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.specification import Specification
from designer.campaigns.store.cache import EvaluationCache, LineCache
from designer.service.advice import spent
from designer.service.learning import learned, remember, remembered
from designer.service.session import Session, with_head
from designer.service.status import keep_figures
from designer.service.values import input_values

if TYPE_CHECKING:
    from botorch.models.model import Model

    from designer.campaigns.commands.entries import PlanDraft

MOST_RUNS = 1000
DEFAULT_RUNS = 4
_ROUNDING = 1e-9
REPLACED = "replaced by a new plan"
# ---- propose ------------------------------------------------------------------------------------


def propose(
    session: Session,
    campaign: str,
    runs: int | None,
    *,
    budget: float | None,
    fix: Mapping[str, str],
    given: Mapping[str, str],
    replace: bool,
    seed: int | None,
    dry_run: bool,
) -> dict[str, Any]:
    """Compute the next plan and enter it into the log."""
    from designer.engine.proposing import Request
    from designer.engine.proposing import propose as compute

    state = session.state(campaign)
    _check_numbers(state, runs, budget, seed)
    fixed, known = _checked_values(state.spec, fix, given)
    left = _budget_left(state, replace=replace)
    limits = [limit for limit in (budget, left) if limit is not None]
    wanted = DEFAULT_RUNS if runs is None and budget is None else runs
    request = Request(
        runs=wanted, budget=min(limits, default=None), fixed=fixed, given=known,
        replace=replace, seed=seed,
    )  # fmt: skip
    memory = LineCache(session.store, state.campaign_id)
    proposal = compute(
        state, request, session.progress, knowledge=remembered(session, state), memory=memory
    )
    memory.save()
    if proposal.knowledge is not None:
        remember(session, proposal.knowledge)
    if not proposal.draft.runs:
        raise InputError(
            Problem(
                "propose",
                "no run fits",
                found=f"{min(limits, default=0):g} {state.spec.costs.unit} to spend",
                hint="Allow more cost, or free a fixed setting",
            )
        )
    if proposal.evaluation is not None and not dry_run:  # about runs that exist nowhere
        EvaluationCache(session.store).write(state.campaign_id, state.seq, proposal.evaluation)
    shortened = _budget_note(state, left, wanted or 0, proposal.draft)
    notes = [*proposal.draft.notes, *shortened]
    reason = REPLACED if replace else None
    drafts = commands.propose(state, proposal.draft, replace=reason)
    if not dry_run:
        state = session.change(
            campaign,
            lambda fresh: commands.propose(fresh, proposal.draft, replace=reason),
            expected_seq=state.seq,
        )
    return with_head(state, **_plan_json(drafts[-1].body), notes=notes, dry_run=dry_run)


def _check_numbers(
    state: CampaignState, runs: int | None, budget: float | None, seed: int | None
) -> None:
    problems: list[Problem] = []
    if state.closed:
        problems.append(
            Problem(f"campaign {state.spec.name}", "is closed", hint="To go on, undo the closing")
        )
    if runs is not None and not (_is_whole(runs) and 1 <= runs <= MOST_RUNS):
        problems.append(Problem("-n", "number of runs", repr(runs), f"1 to {MOST_RUNS}"))
    if budget is not None and not (_is_number(budget) and 0 < budget < float("inf")):
        problems.append(Problem("--budget", "is no positive number", repr(budget)))
    if seed is not None and not (_is_whole(seed) and 0 <= seed < 2**63):
        problems.append(Problem("--seed", "is no seed", repr(seed), "0 to 2^63 - 1"))
    if problems:
        raise InputError(problems)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _checked_values(
    spec: Specification, fix: Mapping[str, str], given: Mapping[str, str]
) -> tuple[dict[str, Setting], dict[str, float]]:
    """Fixed settings and givens in declared units; everything wrong with both at once."""
    problems: list[Problem] = []
    found: list[dict[str, Setting]] = []
    for items, told, kind in ((spec.factors, fix, "factor"), (spec.givens, given, "given")):
        try:
            found.append(input_values(items, told, kind, on_grid=True))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    fixed, known = found
    return fixed, {name: float(value) for name, value in known.items()}


def _budget_left(state: CampaignState, *, replace: bool) -> float | None:
    """What is left of the campaign's budget; None: there is none.

    Raises:
        InputError: nothing is left.
    """
    budget = state.spec.costs.budget
    if budget is None:
        return None
    dropped = {run.id for run in state.open_runs} if replace else set()
    used = spent(state, without=frozenset(dropped))
    left = budget - used
    if left < state.spec.costs.run - _ROUNDING:
        unit = state.spec.costs.unit
        raise InputError(
            Problem(
                "costs.budget",
                "the campaign's budget is used up",
                found=f"{used:g} {unit} spent or planned",
                allowed=f"{budget:g} {unit}",
                hint="Raise the budget with amend, or abandon open runs",
            )
        )
    return left


def _budget_note(
    state: CampaignState, left: float | None, wanted: int, plan: PlanDraft
) -> list[str]:
    """A sentence when the campaign's budget has shortened the plan."""
    if left is None or len(plan.runs) >= wanted:
        return []
    costs = state.spec.costs
    return [
        f"shortened to fit the campaign's budget: {left:g} of {costs.budget:g} {costs.unit} are"
        f" left, and this plan takes {plan.cost:g} {costs.unit}"
    ]


def _plan_json(body: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's JSON of a plan from the event that holds it."""
    runs = [
        {
            "run": run["run"],
            "order": run["order"],
            "rank": run["rank"],
            "settings": run["settings"],
            "given": run["given"],
            "batch": run["batch"],
            "information_bits": run["bits"],
            "cost": run["cost"],
            "predicted": run["predicted"],
            "in_spec": run["in_spec"],
            "success": run["success"],
            "value": run["value"],
            "reason": run["reason"],
        }
        for run in body["runs"]
    ]
    keys = (
        "plan",
        "seed",
        "goal",
        "information_bits",
        "cost",
        "nested",
        "value",
        "value_name",
        "deviation",
    )
    return {key: body[key] for key in keys} | {"fixed": body["fixed"], "runs": runs}


# ---- predict, best ------------------------------------------------------------------------------


def predict(
    session: Session,
    campaign: str,
    source: Path | Mapping[str, str],
    *,
    given: Mapping[str, str],
    out: Path | None,
    force: bool,
) -> dict[str, Any]:
    """Predict recipes of a table, or one as typed."""
    from designer.campaigns.sheets.recipes import recipes_from_texts, recipes_of, write_predictions

    state = session.state(campaign)
    if isinstance(source, Path):
        from designer.campaigns.tables.read import read_table

        recipes = recipes_of(read_table(source), state.spec)
    else:
        recipes = recipes_from_texts(state.spec, source)
    answer = _predicted(session, state, recipes, given)
    if out is not None:
        write_predictions(out, answer["columns"], answer["rows"], force=force)
        answer["file"] = str(out)
    return answer


def predict_columns(
    session: Session,
    campaign: str,
    columns: Mapping[str, Sequence[object]],
    *,
    given: Mapping[str, str],
) -> dict[str, Any]:
    """Predict recipes of columns in memory."""
    from designer.campaigns.sheets.recipes import recipes_of
    from designer.campaigns.tables.table_frames import table_of_columns

    state = session.state(campaign)
    return _predicted(session, state, recipes_of(table_of_columns(columns), state.spec), given)


def _predicted(
    session: Session,
    state: CampaignState,
    recipes: Sequence[Mapping[str, Setting]],
    given: Mapping[str, str],
) -> dict[str, Any]:
    told = input_values(state.spec.givens, given, "given", on_grid=False)
    knowledge = learned(session, state)
    from designer.engine.predicting import predict_recipes

    known, notes = knowledge.givens({name: float(value) for name, value in told.items()})
    if all(given.name in recipe for given in state.spec.givens for recipe in recipes):
        notes = []
    filled = [{**known, **recipe} for recipe in recipes]
    found = predict_recipes(knowledge, filled)
    keep_figures(session, knowledge)
    inputs = [item.name for item in state.spec.inputs]
    names = list(knowledge.posteriors)
    columns = inputs + [f"{name}_{figure}" for name in names for figure in _FIGURES] + ["in_spec"]
    cells = [
        [
            *(recipe[name] for name in inputs),
            *(prediction.responses[name][figure] for name in names for figure in _FIGURES),
            prediction.in_spec,
        ]
        for recipe, prediction in zip(filled, found, strict=True)
    ]
    rows = [dict(zip(columns, row, strict=True)) for row in cells]
    notes += _odd_recipes(state.spec, filled)
    return with_head(state, columns=columns, rows=rows, file=None, notes=[*notes, *knowledge.notes])


def _odd_recipes(spec: Specification, recipes: Sequence[Mapping[str, Setting]]) -> list[str]:
    """Sentences about recipes outside the range or the constraints; the first few."""
    told: list[str] = []
    for number, recipe in enumerate(recipes, start=1):
        settings = {factor.name: recipe[factor.name] for factor in spec.factors}
        place = f"recipe {number}: " if len(recipes) > 1 else ""
        told += [f"{place}{flag}" for flag in spec.recipe_flags(settings)]
    hidden = len(told) - _SHOWN
    return told[:_SHOWN] + ([f"… and {hidden} more such remarks"] if hidden > 0 else [])


_FIGURES = ("mean", "sd", "sd_result")
_SHOWN = 5  # remarks about odd recipes


def best(session: Session, campaign: str, count: int) -> dict[str, Any]:
    """Recommended set-points with their probability of being in spec."""
    state = session.state(campaign)
    if count < 1:
        raise InputError(Problem("-n", "how many recipes", str(count), "1 or more"))
    knowledge = learned(session, state)
    from designer.engine.predicting import best_recipes

    found = best_recipes(knowledge, count)
    notes = [*knowledge.notes]
    if not found:
        notes.append(
            "no response has a window or a goal, so no recipe is better than another:"
            " add one with amend"
        )
    return with_head(state, best=found, notes=notes)


def botorch_model(session: Session, campaign: str) -> Model:
    """All responses as one BoTorch model."""
    knowledge = learned(session, session.state(campaign))
    from designer.engine.bridge import to_model

    return to_model(knowledge)

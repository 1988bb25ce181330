"""Verbs that need the models: propose, predict, best, status. The engine is loaded when called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns import commands
from designer.campaigns.cache import EvaluationCache
from designer.campaigns.errors import InputError, Problem
from designer.campaigns.factors import Setting
from designer.campaigns.specification import Specification
from designer.campaigns.state import CampaignState

from .learning import learned
from .session import Session, with_head
from .standing import keep_figures
from .values import input_values

if TYPE_CHECKING:
    from botorch.models.model import Model

    from designer.campaigns.entries import PlanDraft

MOST_RUNS = 1000
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
    request = Request(
        runs=runs, budget=budget, fixed=fixed, given=known, replace=replace, seed=seed
    )
    proposal = compute(state, request, session.progress)
    if not proposal.draft.runs:
        raise InputError(
            Problem(
                "propose",
                "no run fits",
                found=f"budget {budget:g} {state.spec.costs.unit}" if budget is not None else None,
                hint="Allow more cost, or free a fixed setting",
            )
        )
    if proposal.evaluation is not None:
        EvaluationCache(session.store).write(state.campaign_id, state.seq, proposal.evaluation)
    notes = [*proposal.draft.notes, *_campaign_budget(state, proposal.draft)]
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
    if runs is not None and not 1 <= runs <= MOST_RUNS:
        problems.append(Problem("-n", "number of runs", str(runs), f"1 to {MOST_RUNS}"))
    if budget is not None and not 0 < budget < float("inf"):
        problems.append(Problem("--budget", "is no positive number", str(budget)))
    if seed is not None and not 0 <= seed < 2**63:
        problems.append(Problem("--seed", "is no seed", str(seed), "0 to 2^63 - 1"))
    if problems:
        raise InputError(problems)


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


def _campaign_budget(state: CampaignState, plan: PlanDraft) -> list[str]:
    """A sentence when this plan takes the campaign beyond its budget."""
    budget = state.spec.costs.budget
    if budget is None:
        return []
    spent = sum(run.cost or 0.0 for run in state.runs.values() if run.status != "abandoned")
    if spent + plan.cost <= budget + 1e-9:
        return []
    unit = state.spec.costs.unit
    return [
        f"the campaign's budget is {budget:g} {unit}: {spent:g} {unit} are spent or planned, and"
        f" this plan adds {plan.cost:g} {unit}"
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
            "reason": run["reason"],
        }
        for run in body["runs"]
    ]
    keys = ("plan", "seed", "goal", "information_bits", "cost", "nested", "value", "value_name")
    return {key: body[key] for key in keys} | {"fixed": body["fixed"], "runs": runs}


# ---- predict, best ------------------------------------------------------------------------------


def predict(
    session: Session,
    campaign: str,
    source: Path | Mapping[str, str],
    *,
    given: Mapping[str, str],
    out: Path | None,
) -> dict[str, Any]:
    """Predict recipes of a table, or one as typed."""
    from designer.campaigns.recipe_files import recipes_from_texts, recipes_of, write_predictions

    state = session.state(campaign)
    if isinstance(source, Path):
        from designer.campaigns.tables import read_table

        recipes = recipes_of(read_table(source), state.spec)
    else:
        recipes = recipes_from_texts(state.spec, source)
    answer = _predicted(session, state, recipes, given)
    if out is not None:
        write_predictions(out, answer["columns"], answer["rows"])
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
    from designer.campaigns.recipe_files import recipes_of
    from designer.campaigns.table_frames import table_of_columns

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
    rows = [
        [
            *(recipe[name] for name in inputs),
            *(prediction.responses[name][figure] for name in names for figure in _FIGURES),
            prediction.in_spec,
        ]
        for recipe, prediction in zip(filled, found, strict=True)
    ]
    return with_head(state, columns=columns, rows=rows, file=None, notes=[*notes, *knowledge.notes])


_FIGURES = ("mean", "sd", "sd_result")


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

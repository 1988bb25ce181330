"""What to do next. The engine is loaded when called."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, cast

from designer.campaigns import commands
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import WAITING
from designer.campaigns.log.state import CampaignState, Plan
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.sheets.run_object import run_object
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.parts import DEFAULT_RUNS, MOST_RUNS
from designer.campaigns.store.cache import LineCache
from designer.render.words import count
from designer.service.advice import outlook, spent
from designer.service.answers import PlanAnswer
from designer.service.fits import keep_evaluation, remembered
from designer.service.flags import breach_sentences
from designer.service.session import Verbs
from designer.service.values import Texts

if TYPE_CHECKING:
    from designer.campaigns.commands.entries import PlanDraft
    from designer.engine.answers import Ahead

REPLACED = "replaced by a new plan"
_ROUNDING = 1e-9


class PlanVerbs(Verbs):
    """What to do next."""

    def propose(
        self,
        campaign: str,
        n: int | None = None,
        *,
        budget: float | None = None,
        fix: Texts | None = None,
        given: Texts | None = None,
        replace: bool = False,
        top_up: bool = False,
        seed: int | None = None,
        dry_run: bool = False,
    ) -> PlanAnswer:
        """Compute the next plan and enter it into the log.

        Args:
            campaign: its name.
            n: number of runs; default 4, with ``budget`` alone as many as fit.
            budget: most the plan may cost, in ``costs.unit``.
            fix: settings every run shall have, by factor.
            given: values of givens.
            replace: abandon the open runs first.
            top_up: propose only what is missing to ``n`` open runs; nothing where none is. Proposed
                runs whose recipe or batches break the specification are not counted.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.

        Raises:
            InputError: a value is refused, or nothing is left to propose.
            ConflictError: somebody changed the campaign meanwhile.
        """
        from designer.engine.proposing import Request
        from designer.engine.proposing import propose as compute

        session = self.session
        repeated = None if dry_run else session.repeated(campaign)
        if repeated is not None:
            return _told(repeated.after, [*repeated.after.plans.values()][-1])
        state = session.state(campaign)
        findings = Findings()
        _check_numbers(state, n, budget, seed, findings)
        if top_up and (replace or budget is not None):
            other = "--replace" if replace else "--budget"
            findings.report("--top-up", f"does not go together with {other}")
        factors, givens = state.spec.factors, state.spec.givens
        fixed = settings_from_texts(factors, fix or {}, "factor", findings, on_grid=True)
        known = settings_from_texts(givens, given or {}, "given", findings, on_grid=True)
        findings.raise_if_any()
        if top_up:
            goal = DEFAULT_RUNS if n is None else n
            waiting = _standing(state)
            n = goal - len(waiting)
            if n <= 0:
                return _enough(state, waiting, goal, dry_run=dry_run)
        left = _budget_left(state, replace=replace)
        limit = min((limit for limit in (budget, left) if limit is not None), default=None)
        wanted = DEFAULT_RUNS if n is None and budget is None else n
        request = Request(
            runs=wanted,
            budget=limit,
            fixed=fixed,
            given={name: float(value) for name, value in known.items()},
            replace=replace,
            seed=seed,
        )
        memory = LineCache(session.store, state.campaign_id)
        computed = compute(
            state, request, session.progress, fitted=remembered(session, state), memory=memory
        )
        memory.save()
        if computed.fitted is not None:
            session.fitted = computed.fitted
        if not computed.draft.runs:
            raise _nothing_fits(state, limit)
        if computed.evaluation is not None and not dry_run:  # about runs that exist nowhere
            keep_evaluation(session, state, computed.evaluation)
        # all that is told is kept with the plan, so that a repeated call can tell it again
        draft = dataclasses.replace(
            computed.draft,
            notes=[
                *computed.draft.notes,
                *_budget_note(state, left, wanted or 0, computed.draft),
                *([] if replace else breach_sentences(state)),
            ],
            outlook=None if computed.evaluation is None else computed.evaluation["outlook"],
        )
        reason = REPLACED if replace else None
        if dry_run:
            after = tried(state, commands.propose(state, draft, replace=reason))
            return {**_told(after, [*after.plans.values()][-1], dry_run=True), "head": state.head}
        after = session.change(
            campaign,
            lambda fresh: commands.propose(fresh, draft, replace=reason),
            expected_seq=state.seq,
        )
        return _told(after, [*after.plans.values()][-1])


def _told(state: CampaignState, plan: Plan, *, dry_run: bool = False) -> PlanAnswer:
    """What is told of a plan that has just been made."""
    return {
        "campaign": state.spec.name,
        "plan": plan.id,
        "seed": plan.seed,
        "goal": plan.goal,
        "information_bits": plan.information_bits,
        "cost": plan.cost or 0.0,
        "nested": plan.nested,
        "value": plan.value,
        "value_name": plan.value_name,
        "deviation": plan.deviation,
        "fixed": plan.fixed,
        "runs": [run_object(state.runs[run]) for run in plan.runs],
        "outlook": outlook(state.spec, cast("Ahead | None", plan.outlook)),
        "notes": [*plan.notes],
        "dry_run": dry_run,
        "head": state.head,
    }


def _standing(state: CampaignState) -> list[str]:
    """Open runs that need no other in their place, by id.

    A proposed one that breaks the specification is not to be made. One that is being made, or was,
    still brings results.
    """
    waiting = [run for run in state.runs.values() if run.status in WAITING]
    broken = {each.run for each in breaches(state)}
    return [run.id for run in waiting if run.status != "proposed" or run.id not in broken]


def _enough(state: CampaignState, runs: Sequence[str], goal: int, *, dry_run: bool) -> PlanAnswer:
    """What is told where no run is missing."""
    told = f"{count(len(runs), 'run')} {'is' if len(runs) == 1 else 'are'} open already"
    return {
        "campaign": state.spec.name,
        "plan": None,
        "seed": None,
        "goal": state.spec.goal,
        "information_bits": None,
        "cost": 0.0,
        "nested": True,
        "value": None,
        "value_name": None,
        "deviation": None,
        "fixed": {},
        "runs": [],
        "outlook": None,
        "notes": [
            f"{told} ({', '.join(runs)}): none is missing to {goal}",
            *breach_sentences(state),
        ],
        "dry_run": dry_run,
        "head": state.head,
    }


def _nothing_fits(state: CampaignState, limit: float | None) -> InputError:
    return InputError.at(
        "propose",
        "no run fits",
        found=f"{limit or 0:g} {state.spec.costs.unit} to spend",
        hint="Allow more cost, or free a fixed setting",
    )


def _check_numbers(
    state: CampaignState,
    runs: int | None,
    budget: float | None,
    seed: int | None,
    findings: Findings,
) -> None:
    if state.closed:
        hint = "To go on, undo the closing"
        findings.report(f"campaign {state.spec.name}", "is closed", hint=hint)
    if runs is not None and not (_is_whole(runs) and 1 <= runs <= MOST_RUNS):
        findings.report("-n", "number of runs", repr(runs), f"1 to {MOST_RUNS}")
    is_number = isinstance(budget, Real) and not isinstance(budget, bool)
    if budget is not None and not (is_number and 0 < budget < float("inf")):
        findings.report("--budget", "is no positive number", repr(budget))
    if seed is not None and not (_is_whole(seed) and 0 <= seed < 2**63):
        findings.report("--seed", "is no seed", repr(seed), "0 to 2^63 - 1")


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _budget_left(state: CampaignState, *, replace: bool) -> float | None:
    """What is left of the campaign's budget; None: there is none.

    Raises:
        InputError: nothing is left.
    """
    budget = state.spec.costs.budget
    if budget is None:
        return None
    used = spent(state, open_runs=not replace)
    left = budget - used
    if left < state.spec.costs.run - _ROUNDING:
        unit = state.spec.costs.unit
        raise InputError.at(
            "costs.budget",
            "the campaign's budget is used up",
            found=f"{used:g} {unit} spent or planned",
            allowed=f"{budget:g} {unit}",
            hint="Raise the budget with amend, or abandon open runs",
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

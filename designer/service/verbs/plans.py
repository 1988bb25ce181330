"""What to do next. The engine is loaded when called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.runs import WAITING
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.specification.parts import DEFAULT_RUNS
from designer.campaigns.store.cache import LineCache
from designer.render.words import count
from designer.service.answers import PlanAnswer
from designer.service.asked.checked import check_numbers, checked_inputs
from designer.service.asked.wishes import (
    AmongSource,
    check_together,
    offer_of,
    parted_designs,
    unwanted,
)
from designer.service.entering import budget_left, enter, repeated_plan
from designer.service.fits import remembered
from designer.service.flags import breach_sentences
from designer.service.session import Verbs
from designer.service.values import Texts

if TYPE_CHECKING:
    from designer.campaigns.commands.entries import PlanDraft
    from designer.campaigns.tables.options import TableOptions
    from designer.engine.proposing import Request


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
        among: AmongSource | None = None,
        options: TableOptions | None = None,
        instead_of: Sequence[str] | None = None,
        reason: str | None = None,
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
            among: only recipes of this table, each once; its further columns come back with the
                runs.
            options: what somebody says about that table.
            instead_of: abandon these open runs, and propose as many that are not nearly the same.
            reason: why they are abandoned, or those that are replaced.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.

        Raises:
            InputError: a value is refused, or nothing is left to propose.
            ConflictError: somebody changed the campaign meanwhile, or a run of ``instead_of`` is
                not open.
        """
        from designer.engine import proposing

        session = self.session
        repeated = repeated_plan(session, campaign, dry_run=dry_run)
        if repeated is not None:
            return repeated
        state = session.state(campaign)
        findings = Findings()
        check_numbers(state, n, budget, seed, findings)
        told = {"--top-up": top_up, "--replace": replace, "--budget": budget, "-n": n}
        check_together(findings, {**told, "--instead-of": instead_of, "--reason": reason})
        fixed, known = checked_inputs(state, fix, given, findings)
        if top_up:
            goal = DEFAULT_RUNS if n is None else n
            waiting = _standing(state)
            n = goal - len(waiting)
            if n <= 0:
                return _enough(state, waiting, goal, dry_run=dry_run)
        gone = unwanted(state, replace=replace, instead_of=instead_of, reason=reason)
        n = len(gone.runs) if gone.instead_of else n
        offer, told_of_it = offer_of(state, among, options, fixed, known, gone=gone)
        left = budget_left(state, gone.runs)
        limit = min((limit for limit in (budget, left) if limit is not None), default=None)
        wanted = DEFAULT_RUNS if n is None and budget is None else n
        request = proposing.Request(
            runs=wanted,
            budget=limit,
            fixed=fixed,
            given=known,
            gone=frozenset(gone.runs),
            instead_of=gone.runs if gone.instead_of else (),
            offer=offer,
            notes=told_of_it,
            seed=seed,
        )
        memory = LineCache(session.store, state.campaign_id)
        computed = proposing.propose(
            state, request, session.progress, fitted=remembered(session, state), memory=memory
        )
        memory.save()
        if not computed.draft.runs:
            raise _nothing_fits(state, limit, request)
        notes = [
            *parted_designs(state, gone.runs if gone.instead_of else (), others_come=True),
            *_budget_note(state, left, wanted or 0, computed.draft),
            *([] if gone.runs else breach_sentences(state)),
        ]
        return enter(session, state, computed, notes, gone=gone, dry_run=dry_run)


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
        "design": None,
        "runs": [],
        "abandoned": [],
        "outlook": None,
        "notes": [
            f"{told} ({', '.join(runs)}): none is missing to {goal}",
            *breach_sentences(state),
        ],
        "dry_run": dry_run,
        "head": state.head,
    }


def _nothing_fits(state: CampaignState, limit: float | None, request: Request) -> InputError:
    others = ["free a fixed setting"] if request.fixed else []
    others += [] if request.offer is None else ["offer other recipes"]
    return InputError.at(
        "propose",
        "no run fits",
        found=f"{limit or 0:g} {state.spec.costs.unit} to spend",
        hint=" or ".join(["Allow more cost", *others]),
    )


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

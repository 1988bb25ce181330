"""Classical designs as plans. The engine is loaded when called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification.parts import MOST_RUNS
from designer.campaigns.store.cache import LineCache
from designer.render.words import priced
from designer.service.advice import spent
from designer.service.answers import PlanAnswer
from designer.service.asked.checked import check_numbers, check_whole, checked_inputs
from designer.service.asked.wishes import check_together, unwanted
from designer.service.entering import enter, repeated_plan
from designer.service.fits import remembered
from designer.service.flags import breach_sentences
from designer.service.session import Verbs
from designer.service.values import Texts

_MOST_REPLICATES: Final = 100
_ROUNDING = 1e-9


class DesignVerbs(Verbs):
    """Classical designs."""

    def propose(
        self,
        campaign: str,
        name: str,
        options: Texts | None = None,
        n: int | None = None,
        *,
        replicates: int = 1,
        center_points: int | None = None,
        blocks: int = 1,
        budget: float | None = None,
        fix: Texts | None = None,
        given: Texts | None = None,
        replace: bool = False,
        reason: str | None = None,
        seed: int | None = None,
        dry_run: bool = False,
    ) -> PlanAnswer:
        """Make a classical design the next plan and enter it into the log.

        Args:
            campaign: its name.
            name: name of the design.
            options: options of the design, by name.
            n: number of points, where the design leaves it open.
            replicates: how often every point but the centre is made.
            center_points: centre points in all; default: what is usual for the design.
            blocks: number of blocks.
            budget: most the plan may cost, in ``costs.unit``: a design that costs more is refused.
            fix: settings every run shall have, by factor.
            given: values of givens.
            replace: abandon the open runs first.
            reason: why they are abandoned.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.

        Raises:
            InputError: there is no such design, it does not suit these factors, or a value is
                refused.
            ConflictError: somebody changed the campaign meanwhile.
        """
        from designer.acquisition.designs.make import DesignRequest, option_names
        from designer.engine.designing import DesignPlanRequest, plan_design

        session = self.session
        repeated = repeated_plan(session, campaign, dry_run=dry_run)
        if repeated is not None:
            return repeated
        state = session.state(campaign)
        findings = Findings()
        check_numbers(state, n, budget, seed, findings)
        check_together(findings, {"--replace": replace, "--reason": reason})
        check_whole("--replicates", replicates, 1, _MOST_REPLICATES, findings)
        check_whole("--center-points", center_points, 0, MOST_RUNS, findings)
        check_whole("--blocks", blocks, 1, MOST_RUNS, findings)
        held, strays = _apart(state, fix or {}, option_names(name))
        for each in strays:
            hint = f"It is an option of {name}: say it right after the design's name"
            findings.report(f"--fix {each}", "is no factor of this campaign", hint=hint)
        fixed, known = checked_inputs(state, held, given, findings)
        gone = unwanted(state, replace=replace, reason=reason)
        wanted = DesignRequest(name, dict(options or {}), n, replicates, center_points, blocks)
        request = DesignPlanRequest(
            design=wanted,
            fixed=fixed,
            given=known,
            gone=frozenset(gone.runs),
            seed=seed,
        )
        memory = LineCache(session.store, state.campaign_id)
        computed = plan_design(
            state, request, session.progress, fitted=remembered(session, state), memory=memory
        )
        memory.save()
        _check_budget(state, computed.draft.cost, budget)
        notes = [
            *_budget_note(state, computed.draft.cost, gone.runs),
            *([] if gone.runs else breach_sentences(state)),
        ]
        return enter(session, state, computed, notes, gone=gone, dry_run=dry_run)


def _apart(
    state: CampaignState, fix: Texts, options: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Fixed values, and what stands among them as it came after ``--fix`` by a slip: options."""
    factors = state.spec.factor_names
    strays = [n for n in fix if n not in factors and n.partition(":")[0] in options]
    return {n: text for n, text in fix.items() if n not in strays}, strays


def _check_budget(state: CampaignState, cost: float, budget: float | None) -> None:
    """Refuse a design that costs more than was allowed: a part of a design is none."""
    if budget is not None and cost > budget + _ROUNDING:
        unit = state.spec.costs.unit
        raise InputError.at(
            "--budget",
            "the design costs more, and a part of it is none",
            priced(cost, unit),
            f"at most {priced(budget, unit)}",
            "Allow more, keep some factors with --fix, or take a smaller design",
        )


def _budget_note(state: CampaignState, cost: float, gone: Collection[str]) -> list[str]:
    """A sentence when the plan costs more than is left of the campaign's budget."""
    whole = state.spec.costs.budget
    if whole is None:
        return []
    left = whole - spent(state, without=gone)
    if cost <= left + _ROUNDING:
        return []
    unit = state.spec.costs.unit
    return [
        f"the design costs {priced(cost, unit)}, but {priced(max(left, 0.0), unit)} of the"
        f" campaign's budget of {priced(whole, unit)} are left"
    ]

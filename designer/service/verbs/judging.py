"""What plans are worth, whoever made them. The engine is loaded when called; nothing is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, final

from designer.acquisition.judge.answers import Judged, JudgedFact
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.store.cache import LineCache
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.values.quantity import Quantity
from designer.service.answers import OfCampaign
from designer.service.fits import remembered
from designer.service.session import Verbs

if TYPE_CHECKING:
    from designer.acquisition.judge.estimation.figures import EffectSizes
    from designer.campaigns.files import File
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.sheets.brought_plan import BroughtPlan
    from designer.engine.judging import JudgeRequest
    from designer.service.values import Texts

    PlanSource = File | str | Mapping[str, Sequence[object]]

_PLAN_ID = re.compile(r"\s*[Pp][0-9]+\s*")
OPEN_RUNS = "open"
"""Stands for all open runs where a plan is named."""


@final
class JudgeAnswer(OfCampaign, Judged):
    """A judged plan of a campaign."""


class JudgeVerbs(Verbs):
    """What plans are worth."""

    def judge(
        self,
        campaign: str,
        plans: Sequence[PlanSource],
        *,
        options: TableOptions | None = None,
        given: Texts | None = None,
        effect: Sequence[str] = (),
        seed: int | None = None,
        compare: bool = True,
    ) -> list[JudgeAnswer]:
        """Judge plans side by side.

        Args:
            campaign: its name.
            plans: tables with a recipe per row (a file, or columns in memory), ids of plans of
                ours, or ``open`` for all open runs. A path that is a file is no such word.
            options: what is said about the tables.
            given: values of givens, where a row does not tell its own.
            effect: sizes of the effects a plan should find: ``2`` (standard deviations of the
                noise), ``porosity=0.5`` (in the response's unit, or with one).
            seed: of the plans they are compared with; default as of a plan.
            compare: put plans of ours, a D-optimal one and what is set up beside them.

        Raises:
            InputError: a table cannot be read, or a value is refused.
        """
        from designer.engine.judging import JudgeRequest

        session = self.session
        state = session.state(campaign)
        findings = Findings()
        known = settings_from_texts(state.spec.givens, given or {}, "given", findings, on_grid=True)
        sizes = _effect_sizes(state, effect, findings)
        findings.raise_if_any()
        read = _read(state, plans, options or TableOptions())
        request = JudgeRequest(
            given={name: float(value) for name, value in known.items()},
            effect=sizes,
            seed=seed,
            compare=compare,
        )
        return self._answers(state, read, request)

    def worth(self, campaign: str, plan: str | None = None) -> list[JudgedFact]:
        """What a plan of ours is worth, in sentences.

        Args:
            campaign: its name.
            plan: its id; None: all open runs.

        Raises:
            InputError: no such plan, or no run of it is to be made any more.
        """
        from designer.campaigns.sheets.brought_plan import plan_of_runs
        from designer.campaigns.sheets.plan_sheet import plan_runs
        from designer.engine.judging import JudgeRequest

        state = self.session.state(campaign)
        name = "the open runs" if plan is None else plan.strip().upper()
        read = [_waiting(plan_of_runs(state, plan_runs(state, plan), name))]
        (judged,) = self._answers(state, read, JudgeRequest())
        return judged["summary"]

    def _answers(
        self, state: CampaignState, read: list[BroughtPlan], request: JudgeRequest
    ) -> list[JudgeAnswer]:
        from designer.engine.judging import judge_plans

        session = self.session
        memory = LineCache(session.store, state.campaign_id)
        found = judge_plans(
            state,
            read,
            request,
            session.progress,
            fitted=remembered(session, state),
            memory=memory,
        )
        memory.save()
        session.fitted = found.fitted
        return [
            {
                **judged,
                "notes": [*judged["notes"], *found.notes],
                "campaign": state.spec.name,
                "head": state.head,
            }
            for judged in found.plans
        ]


def _read(
    state: CampaignState, plans: Sequence[PlanSource], options: TableOptions
) -> list[BroughtPlan]:
    """The plans, each with a name of its own; all that is wrong with any of them at once."""
    if not plans:
        raise InputError.at("judge", "no plan is named", allowed="a table, a plan's id, or open")
    findings = Findings()
    read = []
    for number, plan in enumerate(plans, start=1):
        try:
            read.append(_one(state, plan, options, f"plan {number}" if plans[1:] else "the plan"))
        except InputError as error:
            findings.extend(error.problems)
    findings.raise_if_any()
    return read


def _one(state: CampaignState, plan: PlanSource, options: TableOptions, name: str) -> BroughtPlan:
    from designer.campaigns.sheets.brought_plan import plan_of_runs, plan_of_table
    from designer.campaigns.sheets.plan_sheet import plan_runs

    word = str(plan) if isinstance(plan, str | Path) and not Path(plan).exists() else None
    if word is not None and word.casefold() == OPEN_RUNS:
        return _waiting(plan_of_runs(state, plan_runs(state), "the open runs"))
    if word is not None and _PLAN_ID.fullmatch(word):
        return _waiting(plan_of_runs(state, plan_runs(state, word), word.strip().upper()))
    source = Path(plan) if isinstance(plan, str) else plan
    named = name if isinstance(source, Mapping) else source.name
    return plan_of_table(source, state, options, named)


def _waiting(plan: BroughtPlan) -> BroughtPlan:
    if not plan.runs:
        raise InputError.at(plan.name, "no run of it is to be made any more", hint=None)
    return plan


def _effect_sizes(state: CampaignState, effect: Sequence[str], findings: Findings) -> EffectSizes:
    """How large the effects are, as typed."""
    from designer.acquisition.judge.estimation.figures import DEFAULT_EFFECT, EffectSizes

    sd, own = DEFAULT_EFFECT, dict[str, float]()
    responses = {response.name: response for response in state.spec.responses}
    for text in effect:
        name, sign, size = text.rpartition("=")
        name = name.strip()
        if sign and name not in responses:
            findings.report("--effect", "no response of this name", name, ", ".join(responses))
            continue
        try:
            value = Quantity.typed(size.strip())
            value = value.in_unit(responses[name].unit) if sign else value
        except InputError as error:
            findings.extend(error.problems)
            continue
        number = value.number
        if number is None or not number > 0 or (not sign and value.unit is not None):
            allowed = "a number above 0, in standard deviations of the noise; or response=size"
            findings.report("--effect", "is no size of an effect", text, allowed)
        elif sign:
            own[name] = number
        else:
            sd = number
    return EffectSizes(sd, own)

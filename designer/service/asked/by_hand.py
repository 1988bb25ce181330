"""Runs planned by hand come in: judged outside the write lock, entered where the log stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.campaigns.commands.by_hand import with_figures
from designer.campaigns.commands.entries import OfferedRecipe
from designer.campaigns.errors import ConflictError
from designer.campaigns.log.fold import tried
from designer.campaigns.store.cache import LineCache
from designer.campaigns.values.quantity import stored_setting
from designer.render.expected import bits_words, in_spec_words, predicted_items
from designer.render.words import count, listed, priced
from designer.service.fits import remembered
from designer.service.session import Session

if TYPE_CHECKING:
    from designer.campaigns.log.events import NewEvent
    from designer.campaigns.log.runs import Run
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.store.archive import Decide

_TRIES = 3  # the log may go on while runs are judged
_TOLD = 6  # runs of which each is told


def carried_out(
    session: Session, campaign: str, decide: Decide, *, dry_run: bool = False
) -> tuple[CampaignState, CampaignState]:
    """Append what ``decide`` says, runs planned by hand with what they were judged to be worth.

    Returns:
        The state it was decided for, and the one after it, which a dry run does not store.

    Raises:
        ConflictError: the log went on again and again while they were judged.
    """
    for attempt in range(_TRIES):
        state = session.state(campaign)
        drafts = decide(state)
        known = session.repeated(campaign) is not None
        if known or all(draft.kind != "run_planned" for draft in drafts):
            return (state, tried(state, drafts)) if dry_run else session.changed(campaign, decide)
        judged = _judged(session, state, drafts)
        if dry_run:
            return state, tried(state, judged)

        def decide_again(fresh: CampaignState, judged: list[NewEvent] = judged) -> list[NewEvent]:
            decide(fresh)  # who answers may have to know what was decided
            return judged

        try:
            return state, session.change(campaign, decide_again, expected_seq=state.seq)
        except ConflictError:
            if session.state(campaign).seq == state.seq or attempt + 1 == _TRIES:
                raise
    raise AssertionError("the last attempt returns or raises")


def _judged(session: Session, state: CampaignState, drafts: list[NewEvent]) -> list[NewEvent]:
    """The drafts with figures of the runs planned by hand."""
    from designer.engine.asked.by_hand import HandPlanned, judge_by_hand

    others = [draft for draft in drafts if draft.kind != "run_planned"]
    planned = []
    for draft in drafts:
        if draft.kind == "run_planned":
            body = draft.body
            settings = {name: stored_setting(typed) for name, typed in body["settings"].items()}
            given = {name: typed["number"] for name, typed in body["given"].items()}
            recipe = OfferedRecipe(settings, given)
            planned.append(HandPlanned(body["run"], recipe, body["batch"]))
    known = tried(state, others)  # results of the same table teach about them, too
    memory = LineCache(session.store, state.campaign_id)
    fitted = None if others else remembered(session, state)
    figures, fitted = judge_by_hand(known, planned, session.progress, fitted=fitted, memory=memory)
    memory.save()
    if not others and fitted.posteriors:
        session.fitted = fitted
    return with_figures(state, drafts, figures, known.seq)


def planned_words(state: CampaignState, before: int) -> list[str]:
    """What is told of the runs planned by hand after a log position: that, and what was judged."""
    runs = [
        state.runs[event.body["run"]]
        for event in state.events[before:]
        if event.kind == "run_planned" and event.body["run"] in state.runs
    ]
    if not runs:
        return []
    many = runs[_TOLD:]
    told = [_told(state, run, before) for run in runs[: _TOLD if many else None]]
    if many:
        told.append(f"{count(len(many), 'more run')} likewise: show and export tell them")
    reasons = dict.fromkeys(run.reason for run in runs if run.information_bits is not None)
    told += [f"compared with ours: {reason}" for reason in reasons]
    told += [
        str(problem)
        for run in runs
        for factor in state.spec.factors
        if not isinstance(value := run.used[factor.name], str)
        and factor.bounds[0] <= value <= factor.bounds[1]
        for problem in factor.problems_with(value, f"{run.id}, {factor.name}", on_grid=True)
    ]
    names = listed([run.id for run in runs])
    verb, is_told = ("is", "a result") if len(runs) == 1 else ("are", "results")
    what = f"{names} {verb} planned, not made: a time (--at, made_at) or {is_told} would say so"
    return [what, *told]


def _told(state: CampaignState, run: Run, before: int) -> str:
    """``R005: number 1 to make, coating-09 (new); 0.62 bit for 0.55 h; porosity 31 ± 1 %, …``."""
    units = {item.name: item.unit for item in state.spec.responses}
    parts = [f"number {run.order} to make of those planned by hand"]
    old = {
        (stage, batch)
        for other in state.runs.values()
        if other.seq <= before
        for stage, batch in other.batch.items()
    }
    batches = [f"{batch}{'' if (s, batch) in old else ' (new)'}" for s, batch in run.batch.items()]
    parts += [", ".join(batches)] if batches else []
    if run.cost is not None:
        cost = priced(run.cost, state.spec.costs.unit)
        bits = run.information_bits
        parts.append(f"costs {cost}" if bits is None else f"{bits_words(bits)} for {cost}")
    expected = ", ".join(predicted_items(run.predicted or {}, units))
    parts += [f"expected {expected}"] if expected else []
    chances = in_spec_words(run.in_spec, run.in_spec_measured)
    parts += [chances] if chances else []
    return f"{run.id}: {'; '.join(parts)}"

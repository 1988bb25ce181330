"""Fitted models and the figures of their last evaluation, both kept; the engine is loaded late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.campaigns.earlier_lines.doubt import unseen_doubt
from designer.campaigns.log.state import CampaignState
from designer.campaigns.store.cache import EvaluationCache, LineCache
from designer.service.details import known_lines
from designer.service.session import Session

if TYPE_CHECKING:
    from designer.engine.fitted_campaign import FittedCampaign

CHANGES_MODEL = frozenset(
    {
        "spec_amended", "line_added", "line_excluded", "line_included", "result_recorded",
        "result_corrected", "run_failed", "run_reopened", "event_reversed",
    }
)  # fmt: skip
"""Events after which the figures of an evaluation are no longer those of the log."""


def learned(session: Session, state: CampaignState) -> FittedCampaign:
    """The fitted models of a campaign; those of the last log position looked at are kept.

    Raises:
        InputError: there is nothing to learn from.
    """
    known = remembered(session, state)
    if known is not None:
        return known
    from designer.engine.fitted_campaign import learn_something
    from designer.engine.threads import one_thread

    memory = LineCache(session.store, state.campaign_id)
    with one_thread():
        session.fitted = learn_something(state, session.progress, memory)
    memory.save()
    return session.fitted


def remembered(session: Session, state: CampaignState) -> FittedCampaign | None:
    """What was learned before from exactly this log; a fit depends on nothing else."""
    known = session.fitted
    if known is None or known.state.campaign_id != state.campaign_id:
        return None
    return known if known.state.head == state.head else None


def keep_figures(session: Session, knowledge: FittedCampaign) -> dict[str, Any]:
    """The evaluation of this log position, kept beside the store."""
    from designer.engine.evaluation import evaluate

    state, cache = knowledge.state, EvaluationCache(session.store)
    kept = cache.read(state.campaign_id)
    if kept is not None and kept["seq"] == state.seq and kept.keys() >= {"report", "outlook"}:
        return kept  # without them it was written by an older version
    session.progress("judging the models", None)
    figures = evaluate(knowledge)
    cache.write(state.campaign_id, state.seq, figures)
    return {**figures, "seq": state.seq}


def is_stale(state: CampaignState, figures: Mapping[str, Any] | None) -> bool:
    """Whether something the models learn from came after the last evaluation (or there is none)."""
    if figures is None:
        return True
    return (
        any(event.seq > figures["seq"] and event.kind in CHANGES_MODEL for event in state.events)
        or figures["seq"] > state.seq
    )


def warnings(state: CampaignState, figures: Mapping[str, Any]) -> list[str]:
    """What the figures shown must not make anybody forget."""
    doubt = unseen_doubt(state)
    about_lines = [
        warning
        for line in known_lines(state, figures)
        if line["included"]
        for warning in line["warnings"]
    ]
    return [*([] if doubt is None else [doubt]), *about_lines, *figures.get("warnings", [])]

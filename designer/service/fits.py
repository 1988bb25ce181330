"""Fitted models and the figures of their last evaluation, both kept; the engine is loaded late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from designer.campaigns.earlier_lines.untested import untested_lines_note
from designer.campaigns.log.state import CampaignState
from designer.campaigns.store.cache import EvaluationCache, LineCache
from designer.engine.answers import Evaluation
from designer.service.figures import Figures, JudgedLine
from designer.service.session import Session
from designer.service.still_true import missing_figures, still_true

if TYPE_CHECKING:
    from designer.engine.fitted_campaign import FittedCampaign


def learned(session: Session, state: CampaignState) -> FittedCampaign:
    """The fitted models of a campaign; those of the last log position looked at are kept.

    Raises:
        InputError: there is nothing to learn from.
    """
    known = remembered(session, state)
    if known is not None:
        return known
    from designer.engine.fitted_campaign import fit_known_campaign
    from designer.engine.threads import one_thread

    memory = LineCache(session.store, state.campaign_id)
    with one_thread():
        session.fitted = fit_known_campaign(state, session.progress, memory)
    memory.save()
    return session.fitted


def remembered(session: Session, state: CampaignState) -> FittedCampaign | None:
    """What was learned before from exactly this log; a fit depends on nothing else."""
    known = session.fitted
    if known is None or known.state.campaign_id != state.campaign_id:
        return None
    return known if known.state.head == state.head else None


def read_figures(session: Session, state: CampaignState) -> Figures:
    """What of the last evaluation of this log may be told, and what the log tells by itself."""
    return still_true(state, _kept(session, state))


def _kept(session: Session, state: CampaignState) -> Figures | None:
    """What was kept of this log: not of one that went on otherwise (an older copy came back)."""
    found = EvaluationCache(session.store).read(state.campaign_id, Evaluation)
    if found is None:
        return None
    seq, event_hash = found.pop("seq"), found.pop("hash")
    there = 1 <= seq <= len(state.events) and state.events[seq - 1].hash == event_hash
    return cast("Figures", {**found, "seq": seq}) if there else None


def keep_evaluation(session: Session, state: CampaignState, found: Evaluation) -> None:
    """Keep figures computed from exactly this log."""
    cache = EvaluationCache(session.store)
    cache.write(state.campaign_id, state.seq, state.events[-1].hash, found)


def keep_figures(session: Session, fitted: FittedCampaign) -> Figures:
    """The evaluation of this log position, kept beside the store."""
    from designer.engine.evaluation import evaluate

    state = fitted.state
    kept = _kept(session, state)
    if kept is None or kept["seq"] != state.seq:
        session.progress("judging the models", None)
        found = evaluate(fitted)
        keep_evaluation(session, state, found)
        kept = cast("Figures", {**found, "seq": state.seq})
    return kept


def warnings(state: CampaignState, lines: Sequence[JudgedLine], figures: Figures) -> list[str]:
    """What the figures shown must not make anybody forget.

    Args:
        state: the campaign.
        lines: its earlier lines, as judged by the figures.
        figures: of the last evaluation.
    """
    doubt = untested_lines_note(state)
    about_lines = [warning for line in lines if line["included"] for warning in line["warnings"]]
    told = [*([] if doubt is None else [doubt]), *about_lines, *figures["warnings"]]
    return [*missing_figures(state, figures), *told]

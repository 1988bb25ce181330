"""Where a campaign stands: figures of the last evaluation, kept beside the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from designer.campaigns.earlier_lines.doubt import unseen_doubt
from designer.campaigns.log.state import CampaignState
from designer.campaigns.store.cache import EvaluationCache
from designer.service.advice import advice, outlook
from designer.service.learning import learned
from designer.service.overview import known_lines
from designer.service.session import Session, with_head

if TYPE_CHECKING:
    from designer.engine.fitted_campaign import FittedCampaign

CHANGES_MODEL = frozenset(
    {
        "spec_amended", "line_added", "line_excluded", "line_included", "result_recorded",
        "result_corrected", "run_failed", "run_reopened", "event_reversed",
    }
)  # fmt: skip
"""Events after which the figures of an evaluation are no longer those of the log."""

_NO_FIGURES: dict[str, Any] = {"error_sd": None, "coverage": None}


def status(
    session: Session, campaign: str, *, refresh: bool | Literal["stale"] = False
) -> dict[str, Any]:
    """Where the campaign stands.

    Args:
        session: user and store.
        campaign: its name.
        refresh: evaluate the models anew; ``stale``: only when events came after.
    """
    state = session.state(campaign)
    figures = EvaluationCache(session.store).read(state.campaign_id)
    if refresh is True or (refresh == "stale" and is_stale(state, figures)):
        figures = _evaluated(session, state) or figures
    known = figures or {}
    responses, names = known.get("responses", {}), [r.name for r in state.spec.responses]
    warnings = _warnings(state, known)
    return with_head(
        state,
        line=state.spec.line,
        goal=state.spec.goal,
        closed=state.closed,
        runs=dict(state.status_counts),
        information_bits=known.get("information_bits"),
        expected_next_bits=known.get("expected_next_bits"),
        responses={name: responses.get(name, _NO_FIGURES) for name in names},
        lines=known_lines(state, known),
        best=known.get("best"),
        outlook=outlook(state.spec, known),
        advice=advice(state, known),
        model={"seq": known.get("seq"), "stale": is_stale(state, figures)},
        report={name: known.get("report", {}).get(name) for name in names},
        history_odds={name: known.get("history_odds", {}).get(name) for name in names},
        warnings=warnings,
        notes=[note for note in known.get("notes", []) if note not in warnings],
    )


def _warnings(state: CampaignState, known: Mapping[str, Any]) -> list[str]:
    """What the figures shown must not make anybody forget."""
    doubt = unseen_doubt(state)
    about_lines = [
        warning
        for line in known_lines(state, known)
        if line["included"]
        for warning in line["warnings"]
    ]
    return [*([] if doubt is None else [doubt]), *about_lines, *known.get("warnings", [])]


def is_stale(state: CampaignState, figures: Mapping[str, Any] | None) -> bool:
    """Whether something the models learn from came after the last evaluation (or there is none)."""
    if figures is None:
        return True
    return (
        any(event.seq > figures["seq"] and event.kind in CHANGES_MODEL for event in state.events)
        or figures["seq"] > state.seq
    )


def _evaluated(session: Session, state: CampaignState) -> dict[str, Any] | None:
    """Evaluate and keep the figures; None when nothing is known yet."""
    from designer.engine.training import has_knowledge

    return keep_figures(session, learned(session, state)) if has_knowledge(state) else None


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

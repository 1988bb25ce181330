"""The fitted models of a campaign; the engine is loaded when called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.campaigns.log.state import CampaignState
from designer.campaigns.store.cache import LineCache
from designer.service.session import Session

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
    from designer.engine.fitted_campaign import learn_something
    from designer.engine.threads import one_thread

    memory = LineCache(session.store, state.campaign_id)
    with one_thread():
        knowledge = learn_something(state, session.progress, memory)
    memory.save()
    remember(session, knowledge)
    return knowledge


def remembered(session: Session, state: CampaignState) -> FittedCampaign | None:
    """What was learned before from exactly this log; a fit depends on nothing else."""
    known: FittedCampaign | None = session.knowledge
    if known is None or known.state.campaign_id != state.campaign_id:
        return None
    return known if known.state.head == state.head else None


def remember(session: Session, knowledge: FittedCampaign) -> None:
    """Keep what was learned, in place of what was kept before."""
    session.knowledge = knowledge

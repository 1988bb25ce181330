"""The fitted models of a campaign; the engine is loaded when called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.campaigns.state import CampaignState

from .session import Session

if TYPE_CHECKING:
    from designer.engine.knowledge import Knowledge


def learned(session: Session, state: CampaignState) -> Knowledge:
    """The fitted models of a campaign.

    Raises:
        InputError: there is nothing to learn from.
    """
    from designer.engine.knowledge import learn_something
    from designer.engine.threads import one_thread

    with one_thread():
        return learn_something(state, session.progress)

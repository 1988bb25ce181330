"""The words around every screen: bar, banner, status line."""

from __future__ import annotations

from textual.content import Content

from designer.tui.actions import CAMPAIGNS
from designer.tui.campaign_view import CampaignView
from designer.tui.ui import Ui
from designer.tui.widgets.common import shortened

_NAME = 14  # cells of a campaign's name, so that all screens fit beside it in 80


def bar_text(ui: Ui, mode: str) -> Content:
    """Campaign and runs made of all."""
    view = ui.view
    if mode == CAMPAIGNS or view is None:
        return Content("designer" if mode == CAMPAIGNS else ui.first or "designer")
    counts = view.status["runs"]
    made = counts["completed"] + counts["partial"] + counts["failed"]
    planned = sum(counts.values()) - counts["abandoned"]
    return Content(f"{shortened(view.name, _NAME)} {made}/{planned}")


def banner_text(ui: Ui, mode: str) -> Content:
    """Why nothing can be written, if so."""
    view = ui.view
    if view is None or mode == CAMPAIGNS:
        return Content("")
    if view.unwritable:
        return Content(f"! Read only: {view.unwritable}")
    closed = "! This campaign is closed; only notes are accepted."
    return Content(closed if view.details["closed"] else "")


def store_text(ui: Ui, mode: str) -> Content:
    """Where the store is and how old what is shown."""
    if ui.store_problem is not None:
        return Content.styled(f"✗ {ui.store_problem}", "$text-error")
    view, file = ui.view, ui.service.session.store.url.rpartition("/")[2]
    if view is None or mode == CAMPAIGNS:
        return Content(file)
    return Content(f"{file} · event {view.seq} · {_age(view)}")


def _age(view: CampaignView) -> str:
    model = view.status["model"]
    if model["seq"] is None:
        return "no figures yet"
    return f"figures of event {model['seq']}{' (stale)' if model['stale'] else ''}"


def job_text(ui: Ui) -> Content:
    """What is computed, else when something was saved."""
    job = ui.jobs.current
    if job is not None:
        return Content.styled(f"◔ {job.text}", "$text-accent")
    return Content(f"● saved {ui.saved_at}" if ui.saved_at else "")

"""The words around every screen: bar, banner, status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from designer.tui.actions import CAMPAIGNS
from designer.tui.campaign_view import CampaignView

if TYPE_CHECKING:
    from designer.tui.app import DesignerApp

_NAME = 14  # cells of a campaign's name, so that all screens fit beside it in 80


def bar_text(app: DesignerApp, place: str) -> str:
    """Campaign and runs made of all."""
    view = app.view
    if place == CAMPAIGNS or view is None:
        return "designer" if place == CAMPAIGNS else app.first or "designer"
    counts = view.status["runs"]
    made = counts["completed"] + counts["partial"] + counts["failed"]
    name = view.name if len(view.name) <= _NAME else view.name[: _NAME - 1] + "…"
    return f"{name} {made}/{sum(counts.values()) - counts['abandoned']}"


def banner_text(app: DesignerApp, place: str) -> str:
    """Why nothing can be written, if so."""
    view = app.view
    if view is None or place == CAMPAIGNS:
        return ""
    if view.unwritable:
        return f"! Read only: {view.unwritable}"
    return "! This campaign is closed; only notes are accepted." if view.show["closed"] else ""


def store_text(app: DesignerApp, place: str) -> Content:
    """Where the store is and how old what is shown."""
    if app.trouble is not None:
        return Content.styled(f"✗ {app.trouble}", "$text-error")
    view = app.view
    if view is None or place == CAMPAIGNS:
        return Content(app.service.session.store.url.rpartition("/")[2])
    return Content(f"{view.store.rpartition('/')[2]} · event {view.seq} · {_age(view)}")


def _age(view: CampaignView) -> str:
    model = view.status["model"]
    if model["seq"] is None:
        return "no figures yet"
    return f"figures of event {model['seq']}{' (stale)' if model['stale'] else ''}"


def job_text(app: DesignerApp) -> Content:
    """What is computed, else when something was saved."""
    job = app.jobs.current
    if job is not None:
        return Content.styled(f"◔ {job.text}", "$text-accent")
    return Content(f"● saved {app.saved}" if app.saved else "")

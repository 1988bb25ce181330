"""Starts the terminal UI and ends it with an exit code."""

from __future__ import annotations

from designer.campaigns.errors import StorageError
from designer.service import Service
from designer.worker import Worker


def open_ui(service: Service, campaign: str | None) -> int:
    """Run the terminal UI until it is left.

    Args:
        service: verbs on a store that is a file.
        campaign: what to open first; None: the list of campaigns.

    Returns:
        The exit code.

    Raises:
        DesignerError: there is no such campaign, or the store cannot be opened.
        Exception: a fault of the program ended it; whoever called writes the report.
    """
    from designer.tui.app import DesignerApp

    store = service.session.store
    if store.path is None:
        raise StorageError("the terminal UI needs a store that is a file")
    if campaign is not None:
        campaign = service.campaigns.show(campaign)["campaign"]
    worker = Worker(store.url, service.session.actor)
    try:
        app = DesignerApp(service, worker, campaign)
        app.run()
    finally:
        worker.close()
    if app.crash is not None:
        raise app.crash
    return app.return_code or 0

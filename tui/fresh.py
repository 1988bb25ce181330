"""Figures that follow the results by themselves, and what waiting runs are expected to give today.

They are computed in the warm worker once nothing new has come for a moment; whatever somebody
asks for goes first, and what somebody cancelled is not begun again until there is something new.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from designer.campaigns.errors import DesignerError
from designer.campaigns.sheets.run_object import Predicted, predicted_object
from designer.campaigns.values.names import ENDINGS
from designer.tui.campaign_view import CampaignView, Today
from designer.tui.ui import Ui

QUIET: Final = 2.0  # s without another entry until figures are begun (assumption)


class FreshFigures:
    """Keeps the figures of the open campaign up to date.

    Args:
        ui: the application.
        quiet: how long nothing new must have come [s]; None: nothing is begun by itself.
    """

    def __init__(self, ui: Ui, quiet: float | None = QUIET) -> None:
        self.quiet = quiet
        self._ui = ui
        self._seen: tuple[str, int] | None = None
        self._since = 0.0
        self._tried: tuple[str, int] | None = None

    def look(self) -> None:
        """Begin if it is time; called now and then."""
        ui, view = self._ui, self._ui.view
        if view is None:
            return
        here = view.name, view.seq
        if here != self._seen:
            self._seen, self._since = here, time.monotonic()
        if self.quiet is None or ui.jobs.cancelled_at > self._since:
            return
        waited = time.monotonic() - self._since >= self.quiet
        if waited and here != self._tried and ui.jobs.current is None and is_due(view):
            self._tried = here  # once: what was cancelled or refused stays so
            ui.run_worker(self._compute(view), group="fresh", exclusive=True)

    async def _compute(self, view: CampaignView) -> None:
        ui = self._ui
        if view.status["model"]["stale"]:
            arguments = {"campaign": view.name, "refresh": "stale"}
            told = await ui.jobs.run("new figures", "models.status", arguments, polite=True)
            if told is None or isinstance(told, DesignerError) or told["model"]["seq"] is None:
                return  # why is told when somebody asks for them (r)
            await ui.refresh_view()
        await predict_waiting(ui)


def is_due(view: CampaignView) -> bool:
    """Whether figures or predictions are of another day than the results."""
    if view.status["model"]["stale"]:
        return any(run["measurements"] for run in view.runs) or bool(view.status["lines"])
    return any(view.is_dated(run) for run in view.waiting)


async def predict_waiting(ui: Ui) -> None:
    """Have the waiting runs predicted by today's models; nothing is said when that fails."""
    view = ui.view
    runs = [] if view is None else view.waiting
    if view is None or not runs:
        return
    names = [item.name for item in view.spec.inputs]
    known = [{**run["given"], **run["used"]} for run in runs]
    columns = {
        name: [settings[name] for settings in known]
        for name in names
        if all(name in settings for settings in known)
    }
    arguments = {"campaign": view.name, "columns": columns}
    told = await ui.jobs.run(
        "today's predictions", "models.predict_columns", arguments, polite=True
    )
    if told is None or isinstance(told, DesignerError) or ui.view is None:
        return
    found = {run["run"]: _predicted(row) for run, row in zip(runs, told["rows"], strict=True)}
    seq = int(str(told["head"]).partition(":")[0])
    ui.show_today(Today(view.name, seq, found))


def _predicted(row: Mapping[str, Any]) -> dict[str, Predicted]:
    """What is expected of each response, from a row of predictions."""
    names = [name.removesuffix("_mean") for name in row if name.endswith("_mean")]
    return {
        name: predicted_object({ending[1:]: row[f"{name}{ending}"] for ending in ENDINGS})
        for name in names
    }

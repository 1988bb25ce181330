"""Verbs about what is on record: the history, the measurements, files of them."""

from __future__ import annotations

from datetime import timedelta

from designer.acquisition.judge.answers import LABELS
from designer.campaigns.errors import InputError
from designer.campaigns.files import File
from designer.campaigns.log.describe import describe
from designer.campaigns.log.events import Event
from designer.campaigns.tables.options import DecimalWord
from designer.campaigns.values.times import parse_made_at, utc_now
from designer.service import answers
from designer.service.fits import read_figures
from designer.service.flags import breach_sentences, flags_of_runs
from designer.service.session import Verbs
from designer.service.verbs.judging import JudgeVerbs

_ANY_TIME = timedelta(days=36_500)  # a time to look back to may lie anywhere, even ahead


class RecordVerbs(Verbs):
    """Verbs about what is on record."""

    def history(
        self,
        campaign: str,
        run: str | None = None,
        since: str | None = None,
        limit: int | None = None,
    ) -> answers.HistoryAnswer:
        """Who did what, oldest first.

        Args:
            campaign: its name.
            run: only what concerns this run.
            since: only what was entered from then on.
            limit: only the last events, so many.
        """
        state = self.session.state(campaign)
        run_id = None if run is None else state.run(run).id
        start = "" if since is None else _since(since)
        wanted = [
            event
            for event in state.events
            if event.recorded_at >= start and (run_id is None or _concerns(event, run_id))
        ]
        events: list[answers.EventObject] = [
            {
                "seq": event.seq,
                "at": event.recorded_at,
                "actor": event.actor,
                "kind": event.kind,
                "run": event.body.get("run"),
                "summary": describe(event),
                "reversed": event.seq in state.reversals,
                "reason": event.body.get("reason"),
            }
            for event in (wanted if limit is None else wanted[-limit:])
        ]
        return {"campaign": state.spec.name, "events": events, "head": state.head}

    def data(self, campaign: str) -> answers.DataAnswer:
        """Every measurement as a table: planned and used settings, status, batches, times."""
        from designer.campaigns.sheets.data_sheet import data_rows

        state = self.session.state(campaign)
        columns, rows = data_rows(state)
        return {
            "campaign": state.spec.name,
            "columns": columns,
            "rows": [[row.get(name) for name in columns] for row in rows],
            "head": state.head,
        }

    def export(
        self,
        campaign: str,
        path: File,
        *,
        what: str = "plan",
        plan: str | None = None,
        decimal: DecimalWord = "point",
        judge: bool = False,
        force: bool = False,
    ) -> answers.ExportAnswer:
        """Write plan, data, events or specification; the ending of the file names the format.

        Args:
            campaign: its name.
            path: the file.
            what: `plan`, `data`, `events` or `spec`.
            plan: only the runs of this plan.
            decimal: decimal mark of a .csv; with commas, semicolons between its cells.
            judge: tell what the plan is worth, too, in a workbook or on a run sheet.
            force: replace an existing file.
        """
        from designer.campaigns.sheets import export as sheets

        state = self.session.state(campaign)
        flags = flags_of_runs(state, read_figures(self.session, state))

        def worth() -> list[tuple[str, str]]:
            found = JudgeVerbs(self.session).worth(campaign, plan)
            return [(LABELS[fact["about"]], fact["text"]) for fact in found]

        rows = sheets.export(
            state,
            path,
            what,
            plan=plan,
            decimal=decimal,
            force=force,
            flags=flags,
            judge=worth if judge else None,
        )
        told = breach_sentences(state, plan) if what == "plan" else []
        return {
            "campaign": state.spec.name,
            "file": str(path),
            "what": what,
            "rows": rows,
            "messages": told,
            "head": state.head,
        }


def _since(text: str) -> str:
    try:
        return parse_made_at(text, utc_now() + _ANY_TIME)
    except ValueError as error:
        raise InputError.at("--since", str(error), found=repr(text)) from None


def _concerns(event: Event, run: str) -> bool:
    if event.kind == "plan_proposed":
        return any(proposed["run"] == run for proposed in event.body["runs"])
    return event.body.get("run") == run

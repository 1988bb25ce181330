"""Verbs that take tables of results in: filled plan sheets, one's own past runs, data frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from designer.campaigns.log.runs import run_number
from designer.campaigns.plausibility.off_plan import off_plan_since
from designer.campaigns.plausibility.open_batches import batch_remarks
from designer.campaigns.plausibility.open_runs import broken_by
from designer.campaigns.sheets.filled.preview import counts_of, with_status
from designer.campaigns.sheets.run_object import AddedRun, run_flags
from designer.service.answers import AttachedAnswer, ImportAnswer
from designer.service.asked.by_hand import carried_out, planned_words
from designer.service.asked.wishes import parted_designs
from designer.service.details import remarks_on
from designer.service.session import Verbs

if TYPE_CHECKING:
    from designer.campaigns.files import File
    from designer.campaigns.log.events import NewEvent
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.sheets.filled.attached import AttachedRows
    from designer.campaigns.sheets.filled.results import SheetResults
    from designer.campaigns.tables.options import TableOptions

    class TakenIn(Protocol):
        """What a table brings."""

        @property
        def brings(self) -> bool:
            """Whether anything of it is new."""
            ...

        def events(self, state: CampaignState) -> list[NewEvent]:
            """What is new as events."""
            ...


Brought = TypeVar("Brought", bound="TakenIn")


_TOLD = 8  # runs a message names


class TableVerbs(Verbs):
    """Verbs that take tables of results in, each all or nothing."""

    def import_sheet(
        self,
        campaign: str,
        path: File,
        *,
        options: TableOptions | None = None,
        dry_run: bool = False,
        force_settings: bool = False,
        attach_new: bool = False,
    ) -> ImportAnswer:
        """Take a filled plan sheet in by run id; what is recorded already is passed over.

        Args:
            campaign: its name.
            path: the sheet.
            options: what somebody says about the table.
            dry_run: only tell what would be recorded.
            force_settings: take settings as they stand although they are those of other runs.
            attach_new: take rows without a run id as runs nobody proposed.

        Raises:
            InputError: with every problem of the file.
            ConflictError: with everything that contradicts the record.
        """
        from designer.campaigns.sheets.filled.results import SheetRules, read_results

        rules = SheetRules(force_settings=force_settings, attach_new=attach_new)
        return self._imported(
            campaign, lambda state: read_results(path, state, options, rules), dry_run=dry_run
        )

    def record_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        options: TableOptions | None = None,
        force_settings: bool = False,
    ) -> ImportAnswer:
        """Record results of columns in memory (a DataFrame); as `import_sheet`."""
        from designer.campaigns.sheets.filled.results import SheetRules, results_from_columns

        rules = SheetRules(force_settings=force_settings)
        answer = self._imported(
            campaign, lambda state: results_from_columns(columns, state, options, rules)
        )
        again = [run["run"] for run in answer["runs"] if run["skipped"]]
        if again and not answer["applied"]:  # a file tells every run that was passed over
            answer["messages"].append(
                f"nothing is new: the values of {', '.join(again[:_TOLD])}"
                f"{', …' if len(again) > _TOLD else ''} are recorded already; further"
                " measurements are told by a column replicate"
            )
        return answer

    def attach_file(
        self,
        campaign: str,
        path: File,
        *,
        options: TableOptions | None = None,
        dry_run: bool = False,
    ) -> AttachedAnswer:
        """Record runs nobody proposed, one per row of a file that may grow.

        Rows that are recorded already are passed over; those that say more continue their run.

        Args:
            campaign: its name.
            path: the file.
            options: what somebody says about the table.
            dry_run: only tell what would be recorded.

        Raises:
            InputError: with every problem of the file.
            ConflictError: rows say something else than was recorded of them.
        """
        from designer.campaigns.sheets.filled.attached import attach_file

        return self._attached(
            campaign, lambda state: attach_file(path, state, options), dry_run=dry_run
        )

    def attach_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        options: TableOptions | None = None,
    ) -> AttachedAnswer:
        """Record runs nobody proposed, one per row of columns in memory; as `attach_file`."""
        from designer.campaigns.sheets.filled.attached import attach_columns

        return self._attached(campaign, lambda state: attach_columns(columns, state, options))

    def _imported(
        self, campaign: str, read: Callable[[CampaignState], SheetResults], *, dry_run: bool = False
    ) -> ImportAnswer:
        before, after, sheet = self._take_in(campaign, read, dry_run=dry_run)
        attached = _new_runs(before, after)
        changed = [*(run["run"] for run in sheet.runs), *attached]
        runs = with_status(sheet.runs, after)
        return {
            "campaign": after.spec.name,
            "runs": runs,
            "attached": attached,
            "added": _added(after, attached),
            "counts": counts_of(runs, attached),
            "messages": [*sheet.notes, *_told(before, after, changed)],
            "applied": sheet.brings and not dry_run,
            "head": before.head if dry_run else after.head,
        }

    def _attached(
        self, campaign: str, read: Callable[[CampaignState], AttachedRows], *, dry_run: bool = False
    ) -> AttachedAnswer:
        before, after, table = self._take_in(campaign, read, dry_run=dry_run)
        attached = _new_runs(before, after)
        new = iter(attached)
        runs = [run or next(new) for run in table.runs]
        return {
            "campaign": after.spec.name,
            "runs": runs,
            "attached": attached,
            "added": _added(after, attached),
            "known": with_status(table.summaries, after),
            "messages": [*table.notes, *_told(before, after, runs)],
            "applied": table.brings and not dry_run,
            "head": before.head if dry_run else after.head,
        }

    def _take_in(
        self, campaign: str, read: Callable[[CampaignState], Brought], *, dry_run: bool
    ) -> tuple[CampaignState, CampaignState, Brought]:
        """Compare a table with the fresh state under the write lock, and record what is new.

        Returns:
            The state it was compared with, the state after it, and what it brought.
        """
        compared: list[tuple[CampaignState, Brought]] = []

        def decide(state: CampaignState) -> list[NewEvent]:
            brought = read(state)
            compared[:] = [(state, brought)]
            return brought.events(state)

        _, after = carried_out(self.session, campaign, decide, dry_run=dry_run)
        return compared[0][0], after, compared[0][1]


def _new_runs(before: CampaignState, after: CampaignState) -> list[str]:
    """Ids of the new runs in the order of their rows."""
    new = (run for run in after.runs if run not in before.runs)
    return sorted(new, key=lambda run: run_number(run) or 0)


def _added(after: CampaignState, attached: Sequence[str]) -> list[AddedRun]:
    """The new runs as they are, or would be."""
    return [
        {
            "run": run.id,
            "status": run.status,
            "settings": dict(run.used),
            "given": dict(run.given),
            "batch": dict(run.batch),
            "results": {
                response.name: list(values)
                for response in after.spec.responses
                if (values := run.values(response.name))
            },
            "made_at": run.made_at,
        }
        for run in map(after.run, attached)
    ]


def _told(before: CampaignState, after: CampaignState, runs: Sequence[str]) -> list[str]:
    """What is odd about the settings and results a table has brought, by run."""
    known = {run: before.runs[run].flags for run in runs if run in before.runs}
    flags = [
        f"{run}: {flag['message']}"
        for run in dict.fromkeys(runs)
        for flag in run_flags(after.run(run))
        if flag["message"] not in known.get(run, ())
    ]
    off_plan = off_plan_since(after, runs, before.seq)
    batches = batch_remarks(after, runs, before.seq)
    results = [*remarks_on(before, after, runs), *planned_words(after, before.seq)]
    dropped = [
        run
        for run in dict.fromkeys(runs)
        if run in before.runs and before.run(run).status != after.run(run).status == "abandoned"
    ]
    return [
        *parted_designs(before, dropped),
        *flags,
        *broken_by(after, runs),
        *off_plan,
        *batches,
        *results,
    ]

"""Verbs of the API about plans, runs and their results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.api.arguments import Names, verb
from designer.api.handle import Handle
from designer.api.messages import python_answer
from designer.api.plans import AttachedRuns, ProposedPlan
from designer.api.tables import Table, Values, columns_of, of_runs, texts_of, with_labels
from designer.campaigns.tables.options import TableOptions

if TYPE_CHECKING:
    from designer.service import answers


class CampaignRuns(Handle):
    """What to make next, what came of it, and what was wrong about that."""

    @verb
    def propose(
        self,
        n: int | None = None,
        *,
        budget: float | None = None,
        fix: Values | None = None,
        given: Values | None = None,
        replace: bool = False,
        top_up: bool = False,
        among: Table | None = None,
        units: Values | None = None,
        instead_of: Names | None = None,
        reason: str | None = None,
        seed: int | None = None,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> ProposedPlan:
        """Propose the next runs for the most information.

        Args:
            n: number of runs; default 4, with ``budget`` alone as many as fit.
            budget: most the plan may cost, in the campaign's cost unit.
            fix: settings every run shall have.
            given: values of givens, in their declared units.
            replace: abandon the open runs first.
            top_up: only what is missing to ``n`` open runs; an empty plan where none is. Proposed
                runs that break the changed specification do not count.
            among: only recipes of this table, each once: foils at hand, coils in store; factors
                without a column are free, further columns (ids) come back with the runs.
            units: unit of a column's numbers of that table, where it is not the declared one.
            instead_of: open runs that are abandoned; as many are proposed that are not nearly the
                same, neither in their settings nor in what they give.
            reason: why runs are abandoned.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: a value is refused, or nothing is left to propose.
            ConflictError: somebody changed the campaign meanwhile, or a run is not open.
        """
        cells = None
        if among is not None:
            factors = [factor.name for factor in self.spec.factors]
            cells = with_labels(columns_of(among, "among", factors))
        answer = self._writing(request_id).plans.propose(
            self.name,
            n,
            budget=budget,
            fix=texts_of(fix, "fix"),
            given=texts_of(given, "given"),
            replace=replace,
            top_up=top_up,
            among=cells,
            options=TableOptions(units=texts_of(units, "units")),
            instead_of=None if instead_of is None else [*instead_of],
            reason=reason,
            seed=seed,
            dry_run=dry_run,
        )
        return ProposedPlan(self._tell(answer), self.spec)

    @verb
    def record(
        self,
        frame: Table,
        *,
        units: Values | None = None,
        force_settings: bool = False,
        request_id: str | None = None,
    ) -> answers.ImportAnswer:
        """Record results; a frame is read as the same sheet in a file would be.

        What is recorded already is passed over, and what is not used is told.

        Args:
            frame: indexed by run id, or with a column ``run``; response columns (NaN = not
                measured), optionally factors as really set, ``batch:<stage>``, ``made_at``,
                ``replicate``, ``note``, ``status`` (failed, abandoned) with ``failure``. The
                columns of a plan's frame may stay. A Series or dict is one run, a Series named
                as a response that response of several.
            units: unit of a column's numbers, where it is not the declared one.
            force_settings: take settings as they stand although they are those of other runs.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: with every bad column and cell; nothing was written.
            ConflictError: a response already has another value.
        """
        service = self._writing(request_id)
        responses = [response.name for response in self.spec.responses]
        columns = of_runs(columns_of(frame, "frame", column=responses), "frame")
        answer = service.tables.record_columns(
            self.name,
            columns,
            options=TableOptions(units=texts_of(units, "units")),
            force_settings=force_settings,
        )
        return self._tell(answer)

    @verb
    def attach(
        self,
        frame: Table,
        *,
        units: Values | None = None,
        constants: Values | None = None,
        request_id: str | None = None,
    ) -> AttachedRuns:
        """Record runs nobody proposed: one row each, every factor; returns their run ids.

        The frame is read as the same table in a file would be: units may stand in its headers,
        ``porosity_1`` and ``porosity_2`` are replicates, and what is not used is told.
        A row that is recorded already (the same settings and results) is passed over, and its run
        named again, so that a table that grows can be attached every day; ``replicate=2`` in a row
        says that it was made again. A row without results, ``made_at`` and ``status`` is planned by
        hand: proposed, and judged beside our plan of as many runs.
        What is odd about their results stands in ``messages`` of the returned list, too.

        Args:
            frame: factors, responses (NaN = not measured), optionally givens, ``batch:<stage>``,
                ``made_at``, ``replicate``, ``note``, ``status`` (failed) with ``failure``.
            units: unit of a column's numbers, where it is not the declared one.
            constants: settings that are the same in all rows.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: with every bad column and cell; nothing was written.
            ConflictError: a row contradicts what is recorded of its run.
        """
        service = self._writing(request_id)
        factors = [factor.name for factor in self.spec.factors]
        cells = columns_of(frame, "frame", factors).cells
        options = TableOptions(
            units=texts_of(units, "units"), constants=texts_of(constants, "constants")
        )
        answer = service.tables.attach_columns(self.name, cells, options=options)
        return AttachedRuns(self._tell(answer))

    @verb
    def start(self, run: str, *, anyway: bool = False, request_id: str | None = None) -> None:
        """Say that a run is being made; `anyway`: although it breaks the specification."""
        self._tell(self._writing(request_id).runs.start(self.name, run, anyway=anyway))

    @verb
    def fail(self, run: str, reason: str, *, request_id: str | None = None) -> None:
        """A run was made and failed: it teaches where the process fails."""
        self._tell(self._writing(request_id).runs.fail(self.name, run, reason))

    @verb
    def abandon(self, runs: Names, reason: str, *, request_id: str | None = None) -> None:
        """Runs that will not be made: no longer pending, not proposed again."""
        self._tell(self._writing(request_id).runs.abandon(self.name, [*runs], reason))

    @verb
    def reopen(self, run: str, reason: str | None = None, *, request_id: str | None = None) -> None:
        """Take back a failure or abandonment."""
        self._tell(self._writing(request_id).runs.reopen(self.name, run, reason))

    @verb
    def correct(
        self,
        run: str,
        responses: Values | None = None,
        *,
        reason: str,
        settings: Values | None = None,
        batch: Values | None = None,
        replicate: int | None = None,
        request_id: str | None = None,
    ) -> answers.RecordAnswer:
        """Correct a recorded value, setting or batch; the old value is kept.

        Args:
            run: run id.
            responses: the right values by response; None: will never be measured.
            reason: why, for the history.
            settings: the right settings of factors and givens.
            batch: the right batch id by stage.
            replicate: which of several values, from 1.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: a name or value is refused, or there is no such value.
        """
        answer = self._writing(request_id).runs.correct(
            self.name,
            run,
            texts_of(responses, "responses", never=True),
            settings=texts_of(settings, "settings"),
            batch=texts_of(batch, "batch"),
            replicate=replicate,
            reason=reason,
        )
        return self._tell(answer)

    @verb
    def undo(
        self,
        event: int | None = None,
        *,
        reason: str | None = None,
        request_id: str | None = None,
    ) -> answers.UndoAnswer:
        """Reverse an event (default: the last one) by appending its reversal."""
        return python_answer(self._writing(request_id).campaigns.undo(self.name, event, reason))

    @verb
    def note(
        self,
        text: str,
        run: str | None = None,
        *,
        confirm: str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Keep a remark on the campaign or on a run.

        Args:
            text: the remark.
            run: run id; left out: about the campaign.
            confirm: a kind of flag of that run that was looked at and is right; where several
                responses have it, with theirs: ``slip:porosity``.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: the run has no such flag, or several responses have it.
        """
        self._tell(self._writing(request_id).campaigns.note(self.name, text, run, confirm=confirm))

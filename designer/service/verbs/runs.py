"""Verbs about runs and their results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.campaigns import commands
from designer.campaigns.errors import InputError
from designer.campaigns.log.fold import tried
from designer.campaigns.log.runs import normal_run_id
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.sheets.run_object import run_object
from designer.service.answers import (
    AbandonAnswer,
    RecordAnswer,
    RunAnswer,
)
from designer.service.asked.by_hand import carried_out, planned_words
from designer.service.asked.wishes import parted_designs
from designer.service.details import remarks_on, run_changed
from designer.service.fits import read_figures
from designer.service.flags import flags_of_runs
from designer.service.session import Verbs
from designer.service.still_true import missing_figures
from designer.service.values import (
    Texts,
    attached_entry,
    known_names,
    result_entry,
    typed_values,
    unknown_names,
)

if TYPE_CHECKING:
    from designer.campaigns.log.events import NewEvent
    from designer.campaigns.store.archive import Decide
    from designer.campaigns.values.quantity import Quantity


class RunVerbs(Verbs):
    """Verbs about runs and their results."""

    def show(self, campaign: str, run: str) -> RunAnswer:
        """Details of a run."""
        state = self.session.state(campaign)
        found = state.run(run)
        figures = read_figures(self.session, state)
        return {
            **run_object(found, flags_of_runs(state, figures).get(found.id, ())),
            "warnings": missing_figures(state, figures),
            "campaign": state.spec.name,
            "head": state.head,
        }

    def start(self, campaign: str, run: str, *, anyway: bool = False) -> RecordAnswer:
        """Say that a run is being made.

        Args:
            campaign: its name.
            run: run id.
            anyway: also where it breaks the specification, which changed since it was planned.

        Raises:
            InputError: it breaks the specification.
        """
        told: list[str] = []

        def decide(state: CampaignState) -> list[NewEvent]:
            drafts = commands.start(state, run, anyway=anyway)
            told[:] = [breach.message for breach in breaches(state, [run])]
            return drafts

        answer = self._change(campaign, run, decide)
        return {**answer, "messages": told or answer["messages"]}

    def record(
        self,
        campaign: str,
        run: str,
        responses: Texts,
        *,
        settings: Texts | None = None,
        batch: Texts | None = None,
        at: str | None = None,
        note: str | None = None,
        replicate: bool = False,
        dry_run: bool = False,
    ) -> RecordAnswer:
        """Record results of a run as typed.

        Args:
            campaign: its name.
            run: run id.
            responses: values by response; replicates apart by ``/``, ``none``: never measured.
            settings: factors and givens as really set.
            batch: batch id by stage.
            at: when it was made; None: unknown.
            note: a remark to keep with it.
            replicate: further measurements of responses that have a value.
            dry_run: answer or refuse from the log as it is now, but write nothing.

        Raises:
            InputError: a name or value is refused.
            ConflictError: a response already has a value.
        """
        entry = result_entry(
            run, responses, settings, batch=batch, at=at, note=note, replicate=replicate
        )
        if not dry_run:
            return self._change(campaign, run, lambda state: commands.record(state, [entry]))
        state = self.session.state(campaign)
        after = tried(state, commands.record(state, [entry]))
        return {**run_changed(state, after, run), "head": state.head}

    def attach(
        self,
        campaign: str,
        values: Texts,
        *,
        batch: Texts | None = None,
        at: str | None = None,
        note: str | None = None,
        dry_run: bool = False,
    ) -> RecordAnswer:
        """Record a run nobody proposed, from values of every factor and of responses.

        Without a result, nor a time when it was made, it is planned by hand.
        """
        before = self.session.state(campaign)
        unknown_names(values, known_names(before.spec), "factor, given or response")
        entry = attached_entry(before.spec, values, batch=batch, at=at, note=note)
        before, state = carried_out(
            self.session, campaign, lambda s: commands.attach(s, [entry]), dry_run=dry_run
        )
        answer = run_changed(before, state, [*state.runs][-1])
        answer["messages"] += planned_words(state, before.seq)
        return {**answer, "head": before.head} if dry_run else answer

    def fail(self, campaign: str, run: str, reason: str) -> RecordAnswer:
        """A run was made and failed."""
        return self._change(campaign, run, lambda state: commands.fail(state, run, reason))

    def abandon(self, campaign: str, runs: Sequence[str], reason: str) -> AbandonAnswer:
        """Runs that will not be made."""
        before, state = self.session.changed(campaign, lambda s: commands.abandon(s, runs, reason))
        abandoned = [state.run(run).id for run in runs]
        return {
            "campaign": state.spec.name,
            "runs": abandoned,
            "status": "abandoned",
            "messages": [
                *parted_designs(before, abandoned),
                *remarks_on(before, state, abandoned),
            ],
            "head": state.head,
        }

    def reopen(self, campaign: str, run: str, reason: str | None = None) -> RecordAnswer:
        """Take back a failure or abandonment."""
        return self._change(campaign, run, lambda state: commands.reopen(state, run, reason))

    def correct(
        self,
        campaign: str,
        run: str,
        responses: Texts,
        *,
        reason: str,
        settings: Texts | None = None,
        batch: Texts | None = None,
        replicate: int | None = None,
    ) -> RecordAnswer:
        """Correct what was recorded; the old value is kept.

        Args:
            campaign: its name.
            run: run id.
            responses: the right values by response.
            reason: why, for the history.
            settings: the right settings of factors and givens.
            batch: the right batch id by stage.
            replicate: which of several values, from 1.

        Raises:
            InputError: a name or value is refused, or there is no such value.
        """
        values = {name: _one_value(run, name, text) for name, text in responses.items()}
        used = result_entry(run, {}, settings).used
        return self._change(
            campaign,
            run,
            lambda state: commands.correct(
                state,
                run,
                reason=reason,
                responses=values,
                used=used,
                batch=batch or {},
                replicate=replicate,
            ),
        )

    def _change(self, campaign: str, run: str, decide: Decide) -> RecordAnswer:
        """Change one run, and tell what is new since it was decided."""
        before, state = self.session.changed(campaign, decide)
        return run_changed(before, state, run)


def _one_value(run: str, name: str, text: str) -> Quantity | None:
    """The value of a correction; None: will never be measured.

    Raises:
        InputError: several values are named.
    """
    typed = typed_values(text)
    if typed is None:
        return None
    if len(typed) > 1:
        raise InputError.at(
            f"run {normal_run_id(run)}, {name}",
            "a correction names one value",
            found=text,
            hint="Correct one replicate at a time with --replicate",
        )
    return typed[0]

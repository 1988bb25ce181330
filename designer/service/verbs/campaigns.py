"""Verbs about a campaign as a whole: create, look at, amend, close, undo, note."""

from __future__ import annotations

from typing import Any

from designer.campaigns import commands
from designer.campaigns.commands.amended import overtaken_results
from designer.campaigns.earlier_lines.off_scale import off_scale_notes
from designer.campaigns.log.describe import describe
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.fold import tried
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import run_objects
from designer.campaigns.specification.amend import difference
from designer.campaigns.specification.load import example_text, load_specification
from designer.campaigns.specification.read_parts import scale_text
from designer.campaigns.specification.specification import Specification
from designer.campaigns.specification.text import to_tables
from designer.engine.training_rows.left_out import turned_linear
from designer.service import answers
from designer.service.details import doubted_beside, line_answer, plan_summary
from designer.service.fits import read_figures
from designer.service.flags import (
    breach_sentences,
    confirmed_flags,
    flags_of_runs,
    stage_sentences,
)
from designer.service.still_true import missing_figures
from designer.service.values import SpecSource
from designer.service.verbs.record import RecordVerbs

_UNCHANGED = "the specification says what the campaign has already: nothing was written"
_STILL_ASIDE = "the flag is gone; the models set it aside all the same until it is corrected"
_NAMED = 3  # results that make a scale linear, of those that do


class CampaignVerbs(RecordVerbs):
    """Verbs about a campaign as a whole."""

    def example(self) -> str:
        """A commented specification, valid as it stands."""
        return example_text()

    def create(self, source: SpecSource) -> answers.CreatedAnswer:
        """Create a campaign from a specification (path, or the same as a dict)."""
        spec = load_specification(source)
        state = self.session.create(spec)
        return {
            "campaign": spec.name,
            "line": spec.line,
            "goal": spec.goal,
            "store": self.session.store.url,
            "seq": state.seq,
            "scales": _scales(spec),
            "head": state.head,
        }

    def list(self) -> answers.ListAnswer:
        """All campaigns of the store, newest first."""
        return {
            "campaigns": [
                {
                    "name": summary.name,
                    "line": summary.line,
                    "goal": summary.goal,
                    "runs": summary.runs,
                    "changed_at": summary.changed_at,
                }
                for summary in self.session.store.summaries()
            ],
            "warnings": self.session.store.alarms,
        }

    def show(self, campaign: str) -> answers.CampaignAnswer:
        """Details of a campaign."""
        state = self.session.state(campaign)
        figures = read_figures(self.session, state)
        return {
            "campaign": state.spec.name,
            "line": state.spec.line,
            "goal": state.spec.goal,
            "closed": state.closed,
            "created_at": state.created_at,
            "changed_at": state.changed_at,
            "spec": to_tables(state.spec),
            "scales": {**_scales(state.spec), **_scales_now(state)},
            "runs": run_objects(state.runs.values(), flags_of_runs(state, figures)),
            "lines": [line_answer(state, name) for name in state.lines],
            "plans": [plan_summary(plan) for plan in state.plans.values()],
            "notes": [
                {"run": n.run, "text": n.text, "actor": n.actor, "at": n.at} for n in state.notes
            ],
            "warnings": missing_figures(state, figures),
            "head": state.head,
        }

    def specification(self, campaign: str) -> dict[str, Any]:
        """The tables of the specification with all defaults, and nothing else of a campaign."""
        return to_tables(self.session.state(campaign).spec)

    def amend(
        self,
        campaign: str,
        source: SpecSource,
        *,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> answers.AmendAnswer:
        """Take a new specification; runs and lines keep their data."""
        spec = load_specification(source)
        state = self.session.state(campaign)
        changes = difference(state.spec, spec)
        drafts = commands.amend(state, spec, reason)
        before, after = state, tried(state, drafts)
        if not dry_run and drafts:
            after = state = self.session.change(
                campaign, lambda fresh: commands.amend(fresh, spec, reason)
            )
        told = [*_overtaken(before, after), *doubted_beside(before, after)]
        return {
            "campaign": state.spec.name,
            "difference": changes,
            "applied": bool(drafts) and not dry_run,
            "messages": told if changes else [_UNCHANGED],
            "head": state.head,
        }

    def close(self, campaign: str, *, reason: str | None = None) -> answers.DoneAnswer:
        """Finish a campaign; only notes are accepted from then on."""
        state = self.session.change(campaign, lambda fresh: commands.close(fresh, reason))
        open_runs = ", ".join(run.id for run in state.open_runs)
        messages = [f"still open when it was closed: {open_runs}"] if open_runs else []
        return {"campaign": state.spec.name, "messages": messages, "head": state.head}

    def undo(
        self, campaign: str, event: int | None = None, reason: str | None = None
    ) -> answers.UndoAnswer:
        """Reverse an event (default: the last one); nothing is erased."""
        before, state = self.session.changed(
            campaign, lambda fresh: commands.undo(fresh, event, reason)
        )
        undone = [
            e.body["event"]
            for e in state.events
            if e.kind == "event_reversed" and e.command_id == state.events[-1].command_id
        ]
        by_seq = {e.seq: e for e in state.events}
        messages = [f"event {seq} no longer counts: {describe(by_seq[seq])}" for seq in undone]
        if any(by_seq[seq].kind == "spec_amended" for seq in undone):
            messages += _overtaken(before, state)
        messages += doubted_beside(before, state)
        return {
            "campaign": state.spec.name,
            "events": undone,
            "messages": messages,
            "head": state.head,
        }

    def note(
        self, campaign: str, text: str, run: str | None = None, *, confirm: str | None = None
    ) -> answers.NoteAnswer:
        """Keep a remark on the campaign or on a run.

        Args:
            campaign: its name.
            text: the remark.
            run: run id; None: about the campaign.
            confirm: kind of flag of that run that somebody has looked at and found right; with
                the response (``slip:porosity``) where several are flagged.

        Raises:
            InputError: the run has no such flag, or several responses have it.
        """
        told: list[str] = []

        def decide(state: CampaignState) -> list[NewEvent]:
            if confirm is None:
                return commands.note(state, text, run)
            figures = read_figures(self.session, state)
            kind, responses, found = confirmed_flags(state, figures, run, confirm)
            told[:] = [f"{kind} is confirmed: {flag['message']}" for flag in found]
            told.extend([_STILL_ASIDE] if kind == "set_aside" else [])
            return commands.note(state, text, run, confirms=kind, responses=responses)

        before, state = self.session.changed(campaign, decide)
        if confirm is not None:
            told += doubted_beside(before, state)
        return {
            "campaign": state.spec.name,
            "run": None if run is None else state.run(run).id,
            "messages": told,
            "head": state.head,
        }


def _overtaken(before: CampaignState, after: CampaignState) -> list[str]:
    """What a change of the specification means for the runs and results that are there."""
    known = off_scale_notes(before)
    return [
        *breach_sentences(after),
        *stage_sentences(before, after),
        *overtaken_results(before, after),
        *(note for note in off_scale_notes(after) if note not in known),
    ]


def _scales(spec: Specification) -> dict[str, str]:
    return {response.name: scale_text(response) for response in spec.responses}


def _scales_now(state: CampaignState) -> dict[str, str]:
    """The responses whose results do not allow the scale of the specification."""
    found = {}
    for response in state.spec.responses:
        low = turned_linear(state, response)
        if low:
            more = f" and {len(low) - _NAMED} more" if len(low) > _NAMED else ""
            found[response.name] = (
                f"{response.name} is modelled on a linear scale, although its specification asks"
                f" for a logarithmic one: not positive are {', '.join(low[:_NAMED])}{more}"
            )
    return found

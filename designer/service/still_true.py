"""What of the figures of an evaluation may still be told once the log went on."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from designer.campaigns.log.runs import LEARNED_FROM, RESULT_IS_RIGHT, Measurement
from designer.campaigns.log.state import CampaignState
from designer.engine.answers import LineFigures, OddResult
from designer.engine.training_rows.left_out import (
    has_training_data,
    left_out_of,
    notes_of_the_log,
)
from designer.service.figures import Figures

CHANGES_MODEL = frozenset(
    {
        "spec_amended", "line_added", "line_excluded", "line_included", "result_recorded",
        "result_corrected", "run_failed", "run_reopened", "event_reversed",
    }
)  # fmt: skip
"""Events after which the figures of an evaluation are no longer those of the log."""


ENOUGH = 5
"""Completed runs from which on errors of the models are told, and their silence means something."""


def is_stale(state: CampaignState, seq: int | None) -> bool:
    """Whether something the models learn from came after an evaluation at ``seq`` (None: none)."""
    if seq is None:
        return True
    later = (event.kind in CHANGES_MODEL for event in state.events if event.seq > seq)
    return any(later) or seq > state.seq


def no_figures() -> Figures:
    """Before the first evaluation."""
    return {
        "seq": None,
        "information_bits": None,
        "expected_next_bits": None,
        "outlook": None,
        "responses": {},
        "lines": {},
        "line_events": {},
        "best": None,
        "report": {},
        "history_odds": {},
        "set_aside": None,
        "doubtful": [],
        "warnings": [],
        "notes": [],
    }


def missing_figures(state: CampaignState, figures: Figures) -> list[str]:
    """A sentence where nothing is known of the models although it was, or could be.

    A plan with an outlook was evaluated when it was made; without one, so many results are enough.
    A cache that is gone, damaged or of another version must not look like "nothing is odd".
    """
    if figures["seq"] is not None or not has_training_data(state):
        return []
    refresh = f"designer status {shlex.quote(state.spec.name)} --refresh"
    unknown = "what the models set aside or doubt is not told"
    if any(plan.outlook is not None for plan in state.plans.values()):
        return [
            f"the figures of the last evaluation are gone, so {unknown}. Compute them: {refresh}"
        ]
    if state.status_counts["completed"] >= ENOUGH:
        return [f"the models are not evaluated, so {unknown}. Evaluate them: {refresh}"]
    return []


def still_true(state: CampaignState, kept: Figures | None) -> Figures:
    """The figures of an evaluation as they may be told now.

    Nothing where nothing is left to learn from. Of a line that was taken back and added anew
    nothing; of results that were corrected since, or whose run failed, nothing; sentences that may
    have become wrong say of which event they are. What the log alone tells is added.

    Args:
        state: the campaign.
        kept: figures of the last evaluation of this log; None: there are none.
    """
    found = kept if kept is not None and has_training_data(state) else no_figures()
    seq = found["seq"]
    old = seq if is_stale(state, seq) else None
    lines = {
        name: _dated_line(old, line)
        for name, line in found["lines"].items()
        if _is_the_line(state, found, name)
    }
    aside = [each for each in found["set_aside"] or () if _stands(state, found, each)]
    of_log = left_out_of(state)
    unused = [each for each in of_log if each not in aside]
    doubtful = [each for each in found["doubtful"] if _is_doubted(state, each)]
    settled = {each["message"] for each in found["doubtful"] if each not in doubtful}
    notes = (note for note in found["notes"] if note not in settled)
    return {
        **found,
        "lines": lines,
        "set_aside": None if found["set_aside"] is None and not unused else [*aside, *unused],
        "doubtful": doubtful,
        "warnings": _dated(old, found["warnings"]),
        "notes": [*_dated(old, notes), *notes_of_the_log(state, of_log)],
    }


def measured(state: CampaignState, found: OddResult) -> Measurement | None:
    """The result of a run that was found odd; None: it does not stand any more."""
    run = state.runs.get(found["run"] or "")
    if run is None or run.status not in LEARNED_FROM:
        return None
    values = run.measurements.get(found["response"], ())
    return next((value for value in values if value.number == found["value"]), None)


def _dated(seq: int | None, sentences: Iterable[str]) -> list[str]:
    """Sentences with the event they are of; None: they are up to date."""
    told = dict.fromkeys(sentences)
    return [*told] if seq is None else [f"As of event {seq}: {each}" for each in told]


def _dated_line(seq: int | None, line: LineFigures) -> LineFigures:
    return {**line, "warnings": _dated(seq, line["warnings"])}


def _stands(state: CampaignState, kept: Figures, found: OddResult) -> bool:
    """Whether a result is still one that is learned from."""
    name = found["line"]
    if name is None:
        return measured(state, found) is not None
    return _is_the_line(state, kept, name) and state.lines[name].included


def _is_doubted(state: CampaignState, found: OddResult) -> bool:
    """Whether a result that counted although it looked like a slip still stands, unconfirmed."""
    run, value = found["run"], measured(state, found)
    if run is None or value is None:
        return False
    return not state.runs[run].is_confirmed(found["response"], value, *RESULT_IS_RIGHT)


def _is_the_line(state: CampaignState, kept: Figures, name: str) -> bool:
    """Whether a line is the one that was judged, not another added later under its name."""
    return name in state.lines and state.lines[name].seq == kept["line_events"].get(name)

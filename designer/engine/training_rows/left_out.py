"""Results no model can use, taken out before the models see them, and named."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from designer.campaigns.earlier_lines.off_scale import off_scale_notes
from designer.campaigns.earlier_lines.untested import untested_lines_note
from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import quantity_text
from designer.campaigns.specification.parts import Response
from designer.campaigns.values.usual import is_computable, unusable
from designer.engine.answers import SetAside

_SHOWN = 3


def has_training_data(state: CampaignState) -> bool:
    """Whether there is anything to predict from."""
    own = ([value for _, value in found] for found in state.learned_results.values())
    used = [r.name for r in state.spec.responses if state.spec.uses_history(r)]
    rows = (row for line in state.teaching_lines for row in line.rows)
    theirs = (row.responses.get(name, ()) for row in rows for name in used)
    return any(is_computable(value) for values in chain(own, theirs) for value in values)


def left_out(
    response: Response, values: Sequence[float], places: Sequence[tuple[str | None, str | None]]
) -> tuple[list[bool], list[SetAside]]:
    """Say which results of a response are not used.

    Args:
        response: the response.
        values: all its results.
        places: the run and the line of each, one of them None.

    Returns:
        Whether each is left out, and those that are.
    """
    own = [line is None for _, line in places]
    odd = unusable(values, own, log=response.log_scale)
    found = [
        set_aside_of(response, value, run=run, line=line, why=_why(value))
        for value, (run, line), out in zip(values, places, odd if any(odd) else (), strict=False)
        if out
    ]
    return odd, found


def left_out_of(state: CampaignState) -> list[SetAside]:
    """The same of a whole campaign, from its log alone."""
    found: list[SetAside] = []
    for response in state.spec.responses:
        found += left_out(response, *_results(state, response))[1]
    return found


def turned_linear(state: CampaignState, response: Response) -> list[str]:
    """Results, each with its place, that make a logarithmic response linear; mostly none."""
    values, places = _results(state, response)
    odd, _ = left_out(response, values, places)
    return [
        f"{quantity_text(value)} in {run}" if line is None else f"{quantity_text(value)} on {line}"
        for value, (run, line), out in zip(values, places, odd, strict=True)
        if response.log_scale and value <= 0 and not out
    ]


def _results(
    state: CampaignState, response: Response
) -> tuple[list[float], list[tuple[str | None, str | None]]]:
    """All results of a response to learn from, with the run or the line of each."""
    name, own = response.name, state.learned_results[response.name]
    values = [value for _, value in own]
    places: list[tuple[str | None, str | None]] = [(run.id, None) for run, _ in own]
    for line in state.teaching_lines if state.spec.uses_history(response) else ():
        for row in line.rows:
            values += row.responses.get(name, ())
            places += [(None, line.name)] * len(row.responses.get(name, ()))
    return values, places


def _why(value: float) -> str:
    if is_computable(value):
        return "does not exist on its logarithmic scale: left out"
    return "is no size of a measurement: left out"


def set_aside_of(
    response: Response, value: float, *, run: str | None, line: str | None, why: str
) -> SetAside:
    """One result that hardly counts, or not at all."""
    place = f"in {run}" if line is None else f"on {line}"
    message = f"{response.name} {quantity_text(value, response.unit)} {place} {why}"
    return {
        "run": run,
        "line": line,
        "response": response.name,
        "value": value,
        "message": f"{message} until it is corrected",
    }


def notes_of_the_log(state: CampaignState, unused: Sequence[SetAside]) -> list[str]:
    """What the log alone tells about its data, without a model: true at every moment.

    Args:
        state: the campaign.
        unused: what is left out of it (`left_out_of`).
    """
    doubt = untested_lines_note(state)
    history = state.spec.unused_history if state.lines else ()
    aside = [*off_scale_notes(state), *left_out_notes(unused)]
    return [*history, *aside, *([] if doubt is None else [doubt])]


def left_out_notes(found: Sequence[SetAside]) -> list[str]:
    """Sentences about what is left out, the first few of each response by name."""
    notes = []
    for name in dict.fromkeys(each["response"] for each in found):
        of_response = [each["message"] for each in found if each["response"] == name]
        more = len(of_response) - _SHOWN
        notes += of_response[:_SHOWN]
        notes += [f"{name}: {more} more results are left out likewise"] if more > 0 else []
    return notes

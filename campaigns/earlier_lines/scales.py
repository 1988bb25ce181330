"""Earlier lines whose results look like another unit: told when they are added, never refused."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from designer.campaigns.log.runs import LEARNED_FROM
from designer.campaigns.log.state import CampaignState, Line
from designer.campaigns.specification.parts import Response
from designer.campaigns.tables.columns import IGNORED
from designer.campaigns.tables.conditions import condition_word
from designer.campaigns.tables.headers import split_unit
from designer.campaigns.tables.options import TableOptions
from designer.campaigns.values.usual import (
    SHARE,
    ScaleDoubt,
    Usual,
    agrees,
    holds_shares,
    is_calm,
    other_scale,
)

_OWN, _WINDOW, _POSSIBLE = "your results", "the window", "what is possible"
_CERTAIN = (_OWN, _WINDOW, _POSSIBLE)  # other lines may be wrong themselves
_ROWS = 2000  # rows of a line that show its bulk
_FEWEST = 3  # results of a line; fewer are judged by nobody


@dataclass(frozen=True, slots=True)
class LineScaleDoubt:
    """One response of an earlier line that looks like another unit.

    Attributes:
        response: name of the response.
        doubt: how far it is off, and what may have happened.
        beside: what it was compared with: ``your results``, ``the window``, a line.
        message: the same as a sentence, with the way to convert it.
    """

    response: str
    doubt: ScaleDoubt
    beside: str
    message: str


def scale_doubts(state: CampaignState, line: Line) -> list[LineScaleDoubt]:
    """Say which responses of a line look like another unit or scale.

    Beside the window and own results; where neither exists, beside the lines added before, else
    beside what is possible. What agrees with one of the first two is not doubted.

    Args:
        state: the campaign.
        line: one of its earlier lines.
    """
    found = []
    for response in state.spec.responses:
        values = _results((line,), response)
        sizes = Usual.of_values(values, log=response.log_scale)
        if sizes is None or len(values) < _FEWEST:
            continue
        known = list(_known(state, line, response))
        if any(agrees(sizes, usual) for _, usual in known):
            continue
        for beside, usual in known:
            log, limits = response.log_scale, response.possible
            calm = beside == _OWN and is_calm(values) and is_calm(_own(state, response))
            doubt = other_scale(sizes, usual, response.unit, possible=limits, log=log, calm=calm)
            if doubt is not None:
                message = f"{response.name} of {line.name} is {doubt.size} {beside}: {doubt.guess}?"
                if beside in _CERTAIN:
                    how = "If so" if doubt.unit is None else "To convert it"
                    message += f" {how}: {_conversion(state, line, response, doubt)}"
                    if beside == _OWN and _came_later(state, line, response):
                        message += ". Or are your results in another unit?"
                else:
                    inverse = other_scale(usual, sizes, response.unit, possible=limits, log=log)
                    message += _either(state, line, response, doubt, inverse)
                found.append(LineScaleDoubt(response.name, doubt, beside, message))
                break
    return found


def lines_off_now(before: CampaignState, state: CampaignState) -> list[str]:
    """Lines in use that look like another unit, where a change has brought that to light."""
    told = []
    for name, line in state.lines.items():
        now = scale_doubts(state, line) if line.included and name in before.lines else []
        known = {each.response for each in scale_doubts(before, line)} if now else set()
        told += [each.message for each in now if each.response not in known]
    return told


def _own(state: CampaignState, response: Response) -> list[float]:
    """Own results that tell what is usual."""
    return [
        value
        for run in state.runs.values()
        if run.status in LEARNED_FROM
        for value in run.values(response.name)
    ]


def _came_later(state: CampaignState, line: Line, response: Response) -> bool:
    """Whether there are own results that came after a line: either may be the wrong one."""
    return any(
        value.seq > line.seq
        for run in state.runs.values()
        for value in run.measurements.get(response.name, ())
    )


def _known(state: CampaignState, line: Line, response: Response) -> Iterator[tuple[str, Usual]]:
    """What the results of a line can be compared with, the most telling first."""
    own = _own(state, response)
    results = Usual.of_values(own, log=response.log_scale)
    window = None if response.window is None else Usual.of_window(response.window)
    if results is not None:
        yield _OWN, results
    if window is not None:
        yield _WINDOW, window
    if results is not None or window is not None:
        return
    others = _lines_before(state, line)
    usual = Usual.of_values(_results(others, response), log=response.log_scale)
    if usual is not None:
        yield ", ".join(o.name for o in others if _results((o,), response)), usual
    elif not response.log_scale and holds_shares(response.unit, response.possible):
        yield _POSSIBLE, SHARE


def _lines_before(state: CampaignState, line: Line) -> list[Line]:
    return [o for o in state.lines.values() if o.included and o.seq < line.seq]


def _results(lines: Sequence[Line], response: Response) -> list[float]:
    """Results of a response on some lines; of many rows, evenly spread ones."""
    return [
        value
        for line in lines
        for row in line.rows[:: max(1, len(line.rows) // _ROWS)]
        for value in row.responses.get(response.name, ())
    ]


def _either(
    state: CampaignState,
    line: Line,
    response: Response,
    doubt: ScaleDoubt,
    inverse: ScaleDoubt | None,
) -> str:
    """What to do where only other lines speak against a line: either may be the wrong one.

    Args:
        state: the campaign.
        line: the line in question.
        response: the response in question.
        doubt: of the line, beside those added before.
        inverse: of those, beside the line; None: no unit explains that.
    """
    told = [o for o in _lines_before(state, line) if _results((o,), response)]
    names = ", ".join(other.name for other in told)
    guess = "" if inverse is None else f" ({inverse.guess}?)"
    mine = f"To convert {line.name}: {_conversion(state, line, response, doubt)}"
    verb, them = ("is", "it") if len(told) == 1 else ("are", "them")
    either = f" Or {verb} {names} wrong{guess}? Compare both with their source. {mine}."
    if inverse is None or len(told) > 1:
        return f"{either} If {names} {verb} wrong, take {them} back and add {them} again converted"
    return f"{either} To convert {names}: {_conversion(state, told[0], response, inverse)}"


def _conversion(state: CampaignState, line: Line, response: Response, doubt: ScaleDoubt) -> str:
    """The way to convert a response of a line."""
    take_back = f"designer undo {shlex.quote(state.spec.name)} {line.seq}"
    if doubt.unit is None:
        return (
            f"take the line back ({take_back}), multiply its {response.name} by"
            f" {doubt.factor:g} and add it again"
        )
    if line.mapping.get("campaign") is None and line.source == "data frame":
        python = f"units={{{response.name!r}: {doubt.unit!r}}}"
        return f"take the line back (campaign.undo({line.seq})) and add it again with {python}"
    again = shlex.join(_add_again(state.spec.name, line, f"{response.name}={doubt.unit}"))
    return f"{take_back}, then {again}"


def _add_again(campaign: str, line: Line, unit: str) -> list[str]:
    """The command that adds a line as before, with one more unit."""
    mapping: dict[str, Any] = dict(line.mapping)
    words = ["designer", "lines", "add", campaign]
    source = mapping.get("campaign")
    words += [line.source or "FILE"] if source is None else ["--from", source]
    words += ["--name", line.name]
    name = unit.partition("=")[0]
    columns = mapping.get("columns") or {}
    if source is None:
        for header, target in columns.items():
            if target == IGNORED or split_unit(header)[0] != target:
                words += ["--map", f"{header}={target}"]
        for header, told in (mapping.get("units") or {}).items():
            if columns.get(header) != name and split_unit(header)[1] != told:
                words += ["--unit", f"{header}={told}"]
        for header, value in (mapping.get("where") or {}).items():
            words += ["--where", condition_word(header, value)]
        for option in TableOptions.SINGLE:
            if mapping.get(option) is not None:
                words += [f"--{option}", str(mapping[option])]
        if mapping.get("extras"):
            words += ["--extra", *mapping["extras"]]
    for factor, value in (mapping.get("constants") or {}).items():
        words += ["--set", f"{factor}={value}"]
    if mapping.get("others"):
        words += ["--other", *mapping["others"]]
    return [*words, "--unit", unit]

"""Rows of an earlier line that the campaign has already: own results, or those of another line."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence

from designer.campaigns.log.state import CampaignState, Line, LineRow
from designer.campaigns.space.factors import Setting

_FEWEST, _SHARE = 2, 0.2  # rows, and share of all, that are no chance (assumption)
_DIGITS = 9  # by which equal numbers are found: files keep at least as many
_NAMED = 5

Results = Mapping[str, Sequence[float]]
Known = tuple[str, Mapping[str, Setting], Results]
"""Where something was measured, its settings, its results."""


def doubled_rows(state: CampaignState, line: Line) -> list[str]:
    """Sentences about rows that would count twice.

    Args:
        state: the campaign.
        line: one of its earlier lines.
    """
    own: list[Known] = [
        (run.id, {**run.used, **run.given}, {name: run.values(name) for name in run.measurements})
        for run in state.runs.values()
    ]
    sources = [("own results", own)]
    for other in state.lines.values():
        if other.included and other.name != line.name:
            rows: list[Known] = [
                ("", {**row.settings, **row.given}, row.responses) for row in other.rows
            ]
            sources.append((f"rows of line {other.name}", rows))
    told = []
    for what, known in sources:
        found = _found(line.rows, known) if known else []
        enough = min(max(_FEWEST, _SHARE * len(line.rows)), len(line.rows))
        if len(found) < enough or not found:
            continue
        names = [name for name in dict.fromkeys(found) if name]
        more = ", …" if len(names) > _NAMED else ""
        shown = f" ({', '.join(names[:_NAMED])}{more})" if names else ""
        told.append(
            f"{len(found)} of {len(line.rows)} rows of {line.name} are {what}{shown} over"
            " again: counted twice they make the models too sure. If so: designer undo"
            f" {shlex.quote(state.spec.name)} {line.seq}"
        )
    return told


def _found(rows: Sequence[LineRow], known: Sequence[Known]) -> list[str]:
    """For each row with settings and results of something known, where that was measured."""
    found: list[str] = []
    by_inputs: dict[tuple[str, ...], dict[tuple[str, ...], list[tuple[str, Results]]]] = {}
    for row in rows:
        recipe = {**row.settings, **row.given}
        names = tuple(sorted(recipe))
        if names not in by_inputs:  # inputs that a line never recorded say nothing
            index = by_inputs[names] = defaultdict(list)
            for name, settings, results in known:
                if settings.keys() >= recipe.keys():
                    index[_key(settings, names)].append((name, results))
        there = by_inputs[names].get(_key(recipe, names), ())
        same = next((name for name, results in there if _is_part(row.responses, results)), None)
        found += [] if same is None else [same]
    return found


def _key(settings: Mapping[str, Setting], names: Sequence[str]) -> tuple[str, ...]:
    values = [settings[name] for name in names]
    return tuple(v if isinstance(v, str) else f"{v:.{_DIGITS}g}" for v in values)


def _is_part(said: Results, known: Results) -> bool:
    """Whether all results that are said are among those known."""
    told = {(name, f"{v:.{_DIGITS}g}") for name, values in said.items() for v in values}
    there = {(name, f"{v:.{_DIGITS}g}") for name, values in known.items() for v in values}
    return bool(told) and told <= there

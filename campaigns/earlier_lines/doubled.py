"""Rows of an earlier line that the campaign has already: own results, or those of another line."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from designer.campaigns.log.state import CampaignState, Line, LineRow
from designer.campaigns.space.factors import Setting

_FEWEST, _SHARE = 2, 0.2  # rows, and share of the fewer, that are no chance (assumption)
_DIGITS = 9  # by which equal numbers are found: files keep at least as many
_NAMED = 5
_LONG = 20_000  # rows of a line from which on it holds no results of this campaign

Results = Mapping[str, Sequence[float]]
Known = tuple[str, Mapping[str, Setting], Results]
"""Where something was measured, its settings, its results."""
Index = dict[tuple[str, ...], list[tuple[str, Results]]]
"""Places and results by the inputs as texts."""


def doubled_rows(state: CampaignState, line: Line) -> list[str]:
    """Sentences about rows of a line that would count twice.

    Args:
        state: the campaign.
        line: one of its earlier lines.
    """
    sources = [("own results", _own(state, state.runs))]
    sources += [
        (f"rows of line {other.name}", _rows(other))
        for other in state.lines.values()
        if other.included and other.name != line.name
    ]
    rows, told = _rows(line), []
    for what, known in sources:
        found = [name for _, name in _same(rows, known)]
        if _is_no_chance(len(found), len(rows), len(known)):
            who = f"{len(found)} of {len(rows)} rows of {line.name} are {what}{_named(found)}"
            told.append(_sentence(who, state, line))
    return told


def doubled_runs(state: CampaignState, runs: Collection[str]) -> list[str]:
    """Sentences about own results that are rows of an earlier line: they would count twice.

    Args:
        state: the campaign.
        runs: ids of those whose results came in now; what they are with those before counts.
    """
    new, told = _own(state, runs), []
    for line in state.lines.values():
        if len(line.rows) > _LONG or not line.included or not _same(new, _rows(line, new)):
            continue
        own = _own(state, state.runs)
        found = [run for run, _ in _same(own, _rows(line, own))]
        if _is_no_chance(len(found), len(line.rows), len(own)):
            who = f"{len(found)} of {len(own)} own results{_named(found)} are rows of {line.name}"
            told.append(_sentence(who, state, line))
    return told


def _own(state: CampaignState, runs: Iterable[str]) -> list[Known]:
    there = (state.runs[run] for run in runs)
    return [
        (run.id, {**run.used, **run.given}, {name: run.values(name) for name in run.measurements})
        for run in there
        if run.measurements
    ]


def _rows(line: Line, like: Iterable[Known] | None = None) -> list[Known]:
    """The rows of a line; those alone that have a number of others: a long line has few of them."""
    rows: Iterable[LineRow] = line.rows
    if like is not None:
        wanted = {text for _, _, results in like for _, text in _texts(results)}
        rows = (row for row in rows if any(text in wanted for _, text in _texts(row.responses)))
    return [("", {**row.settings, **row.given}, row.responses) for row in rows]


def _is_no_chance(found: int, said: int, known: int) -> bool:
    fewer = min(said, known)
    return found > 0 and found >= min(max(_FEWEST, _SHARE * fewer), said)


def _named(found: Sequence[str]) -> str:
    """`` (R001, R002)``; empty where the places have no names."""
    names = [name for name in dict.fromkeys(found) if name]
    more = ", …" if len(names) > _NAMED else ""
    return f" ({', '.join(names[:_NAMED])}{more})" if names else ""


def _sentence(who: str, state: CampaignState, line: Line) -> str:
    return (
        f"{who} over again: counted twice they make the models too sure. If so: designer undo"
        f" {shlex.quote(state.spec.name)} {line.seq}"
    )


def _same(said: Sequence[Known], known: Sequence[Known]) -> list[tuple[str, str]]:
    """What is said and known alike: the place where it is said, and the first where it is known.

    Alike in the inputs that both have recorded; the results of one are among those of the other.
    """
    found: list[tuple[str, str]] = []
    indices: dict[tuple[tuple[str, ...], ...], Index] = {}
    recorded = dict.fromkeys(tuple(sorted(settings)) for _, settings, _ in known)
    for name, settings, results in said:
        for inputs in recorded:
            common = tuple(name for name in inputs if name in settings)
            index = indices.get((inputs, common))
            if index is None:
                there = [each for each in known if tuple(sorted(each[1])) == inputs]
                index = indices[inputs, common] = _index(there, common)
            alike = index.get(_key(settings, common), ()) if common else ()
            same = next((place for place, values in alike if _is_part(results, values)), None)
            if same is not None:
                found.append((name, same))
                break
    return found


def _index(known: Iterable[Known], names: Sequence[str]) -> Index:
    index: Index = defaultdict(list)
    for name, settings, results in known:
        index[_key(settings, names)].append((name, results))
    return index


def _key(settings: Mapping[str, Setting], names: Sequence[str]) -> tuple[str, ...]:
    values = [settings[name] for name in names]
    return tuple(v if isinstance(v, str) else f"{v:.{_DIGITS}g}" for v in values)


def _is_part(one: Results, other: Results) -> bool:
    """Whether all results of one are among those of the other."""
    a, b = set(_texts(one)), set(_texts(other))
    return bool(a and b) and (a <= b or b <= a)


def _texts(results: Results) -> Iterator[tuple[str, str]]:
    return ((name, f"{v:.{_DIGITS}g}") for name, values in results.items() for v in values)

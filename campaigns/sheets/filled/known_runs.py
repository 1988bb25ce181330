"""Which rows of a lab's own table are runs the campaign has already.

Such a file has no run ids of ours, and grows: tomorrow it holds yesterday's rows and some more. A
row is a run that is there when it says the same settings, and the same results as far as both have
any; also where a result was corrected since. A row with the number of a replicate is the second,
third … such run. A row that says more continues its run. A row that
says something else is a new run, unless its place in the file was another run's: of the runs that
one file brought, together or one by one, the ones it does not hold any more have been changed in
it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.filled.apart import close_settings
from designer.campaigns.sheets.filled.editions import Edition, Editions
from designer.campaigns.sheets.filled.exported_column import alike
from designer.campaigns.sheets.filled.likeness import Likeness
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.tables.rows import TableRow

_DIGITS = 9
"""Digits by which equal settings are found: files and spreadsheets keep at least as many."""
_SURE = 2  # results in common that make a row a run whose settings were changed
_TELLING = 5  # digits of results that two runs hardly have in common by chance


@dataclass
class KnownRuns:
    """Finds the run that each row is.

    Attributes:
        state: the campaign.
        rows: what the rows say.
        found: place of a row → the run it is; rows that are missing here are new runs.
        gone: runs that came with others of this file, and are not in it any more.
    """

    state: CampaignState
    rows: Sequence[TableRow]
    found: dict[int, Run] = field(default_factory=dict)
    gone: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._edition: Edition = Editions(self.state).of("")
        self._used: set[str] = set()
        self._assign(lambda like, _: not like.more and not like.other)
        self._assign(_continued)
        self._find_changed()

    @cached_property
    def made(self) -> set[int]:
        """Rows with the settings of runs that have results."""
        rows = range(len(self.rows))
        return {row for row in rows if any(run.measurements for run in self._alike(row))}

    @cached_property
    def repeated(self) -> list[int]:
        """New rows with the settings of runs that have other results, and no number."""
        return [
            row
            for row in self.new
            if row in self.made and _number(self.rows[row]) == 1 and row not in self.copies
        ]

    @cached_property
    def copies(self) -> dict[int, int]:
        """New rows that say no more than another row above them does → that row."""
        first: dict[tuple[object, ...], int] = {}
        found = {}
        for row, said in enumerate(self.rows):
            if _number(said) > 1:  # says that it was made again
                continue
            settings = {name: _key(value.setting) for name, value in said.settings.items()}
            results = (
                (name, None if values is None else tuple(value.number for value in values))
                for name, values in sorted(said.responses.items())
            )
            batch = sorted(said.batch.items())
            key = (*sorted(settings.items()), *results, *batch, said.made_at)
            above = first.setdefault(key, row)
            if above != row and not {above, row} <= self.found.keys():
                found[row] = above
        return found

    @cached_property
    def proposed(self) -> list[tuple[int, Run]]:
        """New rows with the settings of runs that were proposed and are still to be made."""
        return [
            (row, run)
            for row in self.new
            for run in self._alike(row)[:1]
            if run.is_open and not run.attached
        ]

    @cached_property
    def same_results(self) -> list[tuple[int, Run]]:
        """New rows with all results of a run at other settings, one of which may be mended."""
        by_results: dict[tuple[str, ...], list[Run]] = defaultdict(list)
        for run in self.state.runs.values():
            if run.id not in self._used:
                by_results[_results({n: run.values(n) for n in run.measurements})].append(run)
        sure: list[tuple[int, Run]] = []
        coarse: list[tuple[int, Run]] = []
        for row in self.new:
            said = self.rows[row].responses
            results = _results({n: [v.value for v in there] for n, there in said.items() if there})
            runs = by_results.get(results, ()) if results else ()
            if len(runs) == 1 and runs[0] not in self._alike(row):
                digits = _digits(results)
                (sure if digits >= _TELLING else coarse).append((row, runs[0]))
        if not self.found and len(coarse) == 1:  # else equal coarse numbers prove nothing
            row, run = coarse[0]
            sure += coarse if len(self._differing(self.rows[row], run)) == 1 else []
        return sorted(sure, key=lambda each: each[0])

    @property
    def new(self) -> list[int]:
        """Places of rows that are new runs."""
        return [row for row in range(len(self.rows)) if row not in self.found]

    def _assign(self, fits: Callable[[Likeness, Run], bool]) -> None:
        """Give rows their runs; each run once, the one with most in common first."""
        for row in self.new:
            said = self.rows[row]
            able = [
                (Likeness.of(said, run).same, self._same_time(said, run), -place, run)
                for place, run in enumerate(self._alike(row))
                if (run.attached or run.made_seq is not None)
                and self._facts_fit(said, run)
                and fits(Likeness.of(said, run), run)
            ]
            free = [each for each in able if each[-1].id not in self._used]
            if free and len(able) >= _number(said):
                self._take(row, max(free, key=lambda each: each[:3])[-1])

    def _take(self, row: int, run: Run) -> None:
        self.found[row] = run
        self._used.add(run.id)

    def _find_changed(self) -> None:
        """Rows of runs that came with others of this file, and say something else now."""
        attached = [run for run in self.state.runs.values() if run.attached]
        together = {self._command(run) for run in attached if run.id in self._used}
        left = [run for run in attached if run.id not in self._used]
        came = [run for run in left if self._command(run) in together]
        one_by_one = [run for run in self._missing(attached) if run not in came]
        for run in (*came, *one_by_one):
            rows = (row for row in self.new if run in came or _number(self.rows[row]) == 1)
            row = next((row for row in rows if self._changed(self.rows[row], run)), None)
            if row is not None:
                self._take(row, run)
            elif run in came:
                self.gone.append(run)
        for row in self.new:  # a moment of making belongs to one run, whatever file it came with
            said = self.rows[row]
            for run in self._alike(row):
                free = run.id not in self._used and "T" in (said.made_at or "")
                if free and self._same_time(said, run) and self._facts_fit(said, run):
                    self._take(row, run)
                    break

    def _missing(self, attached: Sequence[Run]) -> list[Run]:
        """Runs that probably came from this file one by one, as it grew, and are not in it now.

        Those recorded since the first run that it holds (before it, as many as it has new rows
        above that run), unless more of them are missing than there.

        Args:
            attached: runs nobody proposed, in their order.
        """
        there = {run.id: row for row, run in self.found.items()}
        known = [place for place, run in enumerate(attached) if run.id in there]
        if not known:
            return []
        top = min(there[attached[place].id] for place in known)
        above = sum(row < top for row in self.new)
        since = attached[max(0, known[0] - above) :]
        missing = [run for run in since if run.id not in self._used]
        return missing if len(missing) <= len(known) else []

    def _changed(self, said: TableRow, run: Run) -> bool:
        """Whether a row is a run of this file with another result, or with another setting."""
        like, differ = Likeness.of(said, run), self._differing(said, run)
        if not differ:
            return self._facts_fit(said, run)
        if like.other or not like.same or self._time_differs(said, run):
            return False
        return like.same >= _SURE or len(differ) == 1

    def _differing(self, said: TableRow, run: Run) -> list[str]:
        """Settings of a row that the run never had."""
        return [
            item.name
            for item in self.state.spec.inputs
            if item.name in said.settings
            and not self._untold(run, item)
            and (there := self._edition.repeats(run, item.name))
            and not _among(said.settings[item.name].setting, there, close_settings(item))
        ]

    def _facts_fit(self, said: TableRow, run: Run) -> bool:
        """Whether settings, batches and time of a row contradict those of a run nowhere."""
        if self._differing(said, run) or self._time_differs(said, run):
            return False
        return all(
            not (there := self._edition.repeats(run, f"batch:{stage}"))
            or batch.casefold() in {str(known).casefold() for known in there}
            for stage, batch in said.batch.items()
        )

    def _same_time(self, said: TableRow, run: Run) -> bool:
        return said.made_at is not None and said.made_at in self._edition.repeats(run, "made_at")

    def _time_differs(self, said: TableRow, run: Run) -> bool:
        known = self._edition.repeats(run, "made_at")
        return bool(known) and said.made_at is not None and said.made_at not in known

    def _command(self, run: Run) -> str:
        return self.state.events[run.seq - 1].command_id

    def _alike(self, row: int) -> list[Run]:
        """Runs with the settings of a row, now or as first told."""
        said = {name: value.setting for name, value in self.rows[row].settings.items()}
        return [
            run
            for run in self._by_recipe.get(self._recipe(said), ())
            if all(
                item.name not in said
                or self._untold(run, item)
                or _key(said[item.name]) in map(_key, self._edition.repeats(run, item.name)[:2])
                for item in self.state.spec.givens
            )
        ]

    @staticmethod
    def _untold(run: Run, item: Factor | Given) -> bool:
        """Whether nobody has told a given of a run planned by hand, so that a row may tell it."""
        return isinstance(item, Given) and run.attached and item.name not in run.reported_given

    @cached_property
    def _by_recipe(self) -> Mapping[tuple[str, ...], list[Run]]:
        found: dict[tuple[str, ...], list[Run]] = defaultdict(list)
        for run in self.state.runs.values():
            if run.status == "abandoned":
                continue
            told = {i.name: self._edition.repeats(run, i.name) for i in self.state.spec.factors}
            now, first = (
                self._recipe({n: v[min(place, len(v) - 1)] for n, v in told.items() if v})
                for place in (0, 1)
            )
            for recipe in {now, first}:
                found[recipe].append(run)
        return found

    def _recipe(self, settings: Mapping[str, Setting]) -> tuple[str, ...]:
        """The factors of a recipe as one key."""
        names = (factor.name for factor in self.state.spec.factors)
        return tuple(_key(settings[name]) for name in names if name in settings)


def _key(value: Setting) -> str:
    return value if isinstance(value, str) else f"{value:.{_DIGITS}g}"


def _results(values: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """All results as one key."""
    return tuple(f"{name} {value:.{_DIGITS}g}" for name in sorted(values) for value in values[name])


def _digits(results: Sequence[str]) -> int:
    """How many digits results have, but for zeros in front."""
    numbers = (text.rpartition(" ")[2].partition("e")[0] for text in results)
    return sum(len(re.sub(r"\D", "", number).lstrip("0")) for number in numbers)


def _number(said: TableRow) -> int:
    """How many runs that say the same there are with this one; a row tells it as its replicate."""
    return said.replicate if isinstance(said.replicate, int) else 1


def _continued(like: Likeness, run: Run) -> bool:
    """Whether a row says more of a run: of the same results, or of one that has none yet."""
    known = like.same > 0 or (run.attached and not run.measurements)
    return known and like.more > 0 and not like.other


def _among(value: Setting, there: Iterable[Setting], close: float) -> bool:
    return any(alike(value, known, close) for known in there)

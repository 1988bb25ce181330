"""Plans out, through LibreOffice, and back in: nothing that nobody changed may change.

Random campaigns with names that spreadsheets like to change, numbers of 17 digits and results that
are there already. Each plan is opened in an English and a German LibreOffice and saved as .xlsx,
.ods and .csv: once as it is, once with results typed in by the local rules. What comes back must
leave every known fact as it was, bit by bit, and bring exactly what was typed.

    .venv/bin/python -m tests.benchmarks.round_trip --campaigns 200
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun, ResultEntry
from designer.campaigns.errors import DesignerError
from designer.campaigns.log.fold import tried
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import read_results
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.numbers import number_text
from designer.campaigns.values.quantity import Quantity
from tests.office.cases import places
from tests.office.office import Job, Locale, Step, office_sessions

NAMES = (
    "007", "10E2", "1-2", "TRUE", "FALSE", "=x", "+1", "@a", "-", "'q", "PVDF-Ä", "ß µ", "1/2",
    "3.40", "1e5", "a  b", "MAR1", "none", "NA", "R001", "12:30", "5 %", "#N/A", "2026-10-15",
    "日本", "a;b,c", '"q"', "0x10", "1,5", "½",
)  # fmt: skip
LOCALES: tuple[Locale, ...] = ("en-US", "de-DE")
ENDINGS = (".xlsx", ".ods", ".csv")
HOW = ("same", "filled")


@dataclass
class Case:
    """One campaign, and what people type for its runs.

    Attributes:
        folder: for its files.
        state: with its plan, some results known.
        typed: (run, column) to the value.
    """

    folder: Path
    state: CampaignState
    typed: dict[tuple[str, str], float | tuple[float, ...]] = field(default_factory=dict)

    def file(self, locale: Locale, how: str, ending: str) -> Path:
        """Where LibreOffice saves it."""
        return self.folder / f"{how}-{locale}{ending}"

    def jobs(self, locale: Locale) -> list[Job]:
        """What a person does with its book and its table."""
        book, table = self.folder / f"plan-{locale}.xlsx", self.folder / f"plan-{locale}.csv"
        shutil.copy(self.folder / "plan.xlsx", book)
        export(self.state, table, decimal="comma" if locale == "de-DE" else "point", force=True)
        return [
            Job(book, [self.file(locale, "same", ending) for ending in ENDINGS]),
            Job(book, [self.file(locale, "filled", e) for e in ENDINGS], self._steps(book, locale)),
            Job(table, [self.file(locale, "table", ".csv")], self._steps(table, locale)),
        ]

    def _steps(self, path: Path, locale: Locale) -> list[Step]:
        where = places(path)
        texts = {
            place: "/".join(map(number_text, told if isinstance(told, tuple) else (told,)))
            for place, told in self.typed.items()
        }
        comma = locale == "de-DE"
        return [
            ("type", where[place], text.replace(".", ",") if comma else text)
            for place, text in texts.items()
        ]


def setting(chance: random.Random, low: float, high: float) -> float:
    """A number with all digits, or with few."""
    value = chance.uniform(low, high)
    return value if chance.random() < 0.5 else float(f"{value:.3g}") if value else value


def specification(chance: random.Random, number: int) -> str:
    """A random one, as TOML."""
    text = f'[campaign]\nversion = 1\nname = "c{number}"\nline = "l"\n'
    stages = [f"s{k}" for k in range(chance.randrange(3))]
    text += "".join(f'[[stage]]\nname = "{stage}"\nchange_cost = 1\n' for stage in stages)
    for k in range(chance.randrange(1, 4)):
        low = 10.0 ** chance.randrange(-4, 4)
        unit = chance.choice(["um", "mg/cm^2", "%", "1", "MPa"])
        text += f'[[factor]]\nname = "x{k}"\nunit = "{unit}"\nlow = {low}\nhigh = {low * 900}\n'
    for k in range(chance.randrange(1, 3)):
        names = chance.sample(NAMES, chance.randrange(2, 6))
        told = ", ".join(f"'''{name}'''" if "'" not in name else f'"{name}"' for name in names)
        text += f'[[factor]]\nname = "c{k}"\ncategories = [{told}]\n'
    if chance.random() < 0.4:
        text += '[[given]]\nname = "humidity"\nunit = "%"\nlow = 0\nhigh = 60\n'
    for k in range(chance.randrange(1, 4)):
        text += f'[[response]]\nname = "y{k}"\nunit = "{chance.choice(["%", "mg/cm^2", "1"])}"\n'
    return text


def case(folder: Path, chance: random.Random, number: int) -> Case:
    """A campaign with a plan, of which some is known and some will be typed."""
    store = Store(None)
    name = f"c{number}"
    store.create(load.from_toml(specification(chance, number)), "anna")
    spec = store.state(name).spec
    runs = []
    for k in range(chance.randrange(3, 9)):
        settings: dict[str, Setting] = {}
        for factor in spec.factors:
            names = factor.categories
            settings[factor.name] = (
                chance.choice(names) if names else setting(chance, *factor.bounds)
            )
        given = {item.name: setting(chance, *item.bounds) for item in spec.givens}
        batch = {stage.name: f"new-{1 + k // 2}" for stage in spec.stages}
        runs.append(
            PlannedRun(k + 1, k + 1, settings, batch, {}, 1.0, 1.0, None, "explore", given=given)
        )
    draft = PlanDraft("learn", number, runs, store.state(name).seq, cost=1.0, information_bits=1.0)
    store.change(name, lambda state: commands.propose(state, draft), actor="ben")
    known = []
    for k in range(1, len(runs)):
        measured = chance.choice(spec.responses).name
        if chance.random() < 0.4:
            values = [Quantity.of(chance.uniform(1, 90)) for _ in range(chance.choice((1, 1, 2)))]
            used = {f.name: Quantity.of(setting(chance, *f.bounds)) for f in spec.factors
                    if not f.is_categorical and chance.random() < 0.2}  # fmt: skip
            known.append(ResultEntry(f"R{k + 1:03d}", {measured: values}, used=used))
        elif chance.random() < 0.1 and len(spec.responses) > 1:
            known.append(ResultEntry(f"R{k + 1:03d}", {measured: None}))
    if known:
        store.change(name, lambda state: commands.record(state, known), actor="ben")
    state = store.state(name)
    made = Case(folder, state)
    for run in state.runs.values():
        for response in spec.responses:
            blank = run.status in ("proposed", "partial") and response.name not in run.measurements
            if blank and response.name not in run.never and chance.random() < 0.5:
                value = float(f"{chance.uniform(1, 90):.{chance.choice((3, 4, 9, 15))}g}")
                several = chance.random() < 0.15
                made.typed[run.id, response.name] = (value, 31.25) if several else value
    folder.mkdir()
    export(state, folder / "plan.xlsx")
    return made


def facts(state: CampaignState) -> dict[str, tuple[object, ...]]:
    """Everything a sheet can tell of every run, results apart."""
    return {
        run.id: (
            tuple(sorted(run.used.items())), tuple(sorted(run.given.items())),
            tuple(sorted(run.batch.items())), run.made_at, run.never, run.failure,
            tuple(note.text for note in run.notes),
        )
        for run in state.runs.values()
    }  # fmt: skip


def judged(case: Case, path: Path, *, filled: bool) -> str:
    """What has become of a file: ``equal``, ``changed``, ``lost``, or ``refused`` and why."""
    try:
        after = tried(case.state, read_results(path, case.state).events(case.state))
    except DesignerError as error:
        return f"refused: {str(error)[:300]}"
    wanted = {
        (run.id, name): run.values(name)
        for run in case.state.runs.values()
        for name in run.measurements
    }
    for place, told in case.typed.items() if filled else ():
        wanted[place] = told if isinstance(told, tuple) else (told,)
    found = {
        (run.id, name): run.values(name) for run in after.runs.values() for name in run.measurements
    }
    if found != wanted:
        return "lost"
    return "equal" if facts(after) == facts(case.state) else "changed"


def measure(
    folder: Path, campaigns: int, *, seed: int = 11, locales: Sequence[Locale] = LOCALES
) -> tuple[Counter[str], list[str]]:
    """Count what became of every file, by way and outcome; and tell the first failures.

    Args:
        folder: for the files.
        campaigns: how many.
        seed: of chance.
        locales: of LibreOffice.
    """
    chance = random.Random(seed)
    cases = [case(folder / f"c{k}", chance, k) for k in range(campaigns)]
    of_locale: list[tuple[Locale, list[Job]]] = [
        (locale, [job for c in cases for job in c.jobs(locale)]) for locale in locales
    ]
    office_sessions(folder, of_locale, seconds=60 + 20 * campaigns)
    counts: Counter[str] = Counter()
    failures = []
    for each in cases:
        ways = {"own writer .xlsx": (each.folder / "plan.xlsx", False)}
        for locale in locales:
            ways[f"own writer .csv {locale}"] = (each.folder / f"plan-{locale}.csv", False)
            for how in HOW:
                for ending in ENDINGS:
                    path = each.file(locale, how, ending)
                    ways[f"{how} {ending} {locale}"] = (path, how == "filled")
            ways[f"table .csv {locale}"] = (each.file(locale, "table", ".csv"), True)
        for way, (path, filled) in ways.items():
            outcome = judged(each, path, filled=filled)
            counts[f"{way}: {outcome.partition(':')[0]}"] += 1
            if outcome != "equal":
                failures.append(f"{path.parent.name}/{path.name}: {outcome}")
    return counts, failures


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=200)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    began = time.monotonic()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="round-trip-"))
    folder.mkdir(exist_ok=True)
    counts, failures = measure(folder, asked.campaigns, seed=asked.seed)
    for way, number in sorted(counts.items()):
        print(f"{number:5} {way}")
    print(*failures[:40], sep="\n")
    print(f"{time.monotonic() - began:.0f} s; files in {folder}")


if __name__ == "__main__":
    main()

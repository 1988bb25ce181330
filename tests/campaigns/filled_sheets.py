"""A campaign with a plan on a three-stage line, and its sheet as a spreadsheet would change it."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun
from designer.campaigns.log.events import NewEvent
from designer.campaigns.log.runs import Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import SheetResults, SheetRules, read_results
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store

SPEC = """
[campaign]
version = 1
name = "nmc"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3.0
[[stage]]
name = "coating"
change_cost = 0.5
[[factor]]
name = "solid_content"
unit = "wt%"
low = 50
high = 66
step = 0.5
stage = "slurry"
[[factor]]
name = "coating_gap"
unit = "um"
low = 80
high = 300
step = 10
stage = "coating"
[[factor]]
name = "pressure"
unit = "MPa"
low = 20
high = 200
step = 5
[[factor]]
name = "binder"
categories = ["A", "B"]
[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
"""
PLAN = (
    (58.5, 190, 195, "A"),
    (58.5, 190, 115, "A"),
    (58.5, 190, 45, "B"),
    (58.5, 190, 45, "B"),
    (58.5, 110, 105, "A"),
    (58.5, 110, 105, "A"),
)
"""Six recipes; R003 and R004, R005 and R006 are the same."""
NAMES = ("solid_content", "coating_gap", "pressure", "binder")
SETTINGS = ("solid_content [wt%]", "coating_gap [um]", "pressure [MPa]", "binder")
LOADING, POROSITY = "mass_loading [mg/cm^2]", "porosity [%]"

Rows = list[dict[str, str]]


class FilledSheets:
    """One campaign in memory, its plan exported and read again.

    Args:
        folder: for files.
        plan: the recipes.
        spec: the specification, with the same factors.
    """

    def __init__(
        self, folder: Path, plan: Sequence[Sequence[Any]] = PLAN, spec: str = SPEC
    ) -> None:
        self.folder = folder
        self.store = Store(None)
        self.store.create(load.from_toml(spec), "anna")
        runs = [
            PlannedRun(
                order=place + 1, rank=len(plan) - place,
                settings=dict(zip(NAMES, recipe, strict=True)),
                batch={"slurry": "new-1", "coating": f"new-{1 if recipe[1] == 190 else 2}"},
                predicted={
                    "mass_loading": {"mean": recipe[1] / 15 + place / 50, "sd": 1.0,
                                     "sd_result": 1.5, "low": recipe[1] / 20,
                                     "high": recipe[1] / 10},
                    "porosity": {"mean": 45 - recipe[2] / 15, "sd": 1.0, "sd_result": 1.5},
                },
                bits=1.5 / (place + 1), cost=0.5, in_spec=None, reason="explore",
            )
            for place, recipe in enumerate(plan)
        ]  # fmt: skip
        if runs:
            self.change(lambda state: commands.propose(state, draft(state, runs)))

    @property
    def state(self) -> CampaignState:
        return self.store.state("nmc")

    def run(self, name: str) -> Run:
        return self.state.run(name)

    def change(self, decide: Callable[[CampaignState], list[NewEvent]]) -> None:
        self.store.change("nmc", decide, actor="ben")

    def sheet(self) -> Rows:
        """The rows of the plan as exported now."""
        path = self.folder / "plan.csv"
        export(self.state, path, force=True)
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def read(self, rows: Rows, *, force: bool = False) -> SheetResults:
        path = self.folder / "filled.csv"
        path.write_text(written(rows), encoding="utf-8")
        return read_results(path, self.state, rules=SheetRules(force_settings=force))

    def put(self, rows: Rows, *, force: bool = False) -> SheetResults:
        """Import as the service does."""
        results = self.read(rows, force=force)
        if results.brings:
            self.change(results.events)
        return results


def draft(state: CampaignState, runs: Sequence[PlannedRun]) -> PlanDraft:
    return PlanDraft("learn", 7, runs, state.seq, cost=4.0, information_bits=3.0)


def written(rows: Rows) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def sorted_apart(rows: Rows, columns: Iterable[str], by: Callable[[dict[str, str]], Any]) -> Rows:
    """The rows with some columns sorted alone."""
    names = list(columns)
    parts = [{name: row[name] for name in names} for row in sorted(rows, key=by)]
    return [{**row, **part} for row, part in zip(rows, parts, strict=True)]


def filled(rows: Rows, column: str, *values: object) -> Rows:
    """The rows with one column filled from the top."""
    texts = [str(value) for value in values] + [""] * len(rows)
    return [{**row, column: text} for row, text in zip(rows, texts, strict=False)]

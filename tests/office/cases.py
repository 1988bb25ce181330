"""A plan with names that spreadsheets like to change, and where its cells are."""

import csv
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun
from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.export import export
from designer.campaigns.sheets.filled.results import SheetResults, SheetRules, read_results
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity

SPEC = """
[campaign]
version = 1
name = "büro"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3.0
[[factor]]
name = "gap"
unit = "um"
low = 80
high = 300
stage = "slurry"
[[factor]]
name = "salt"
unit = "mol/L"
low = 1e-7
high = 1e7
scale = "log"
[[factor]]
name = "binder"
categories = ["007", "10E2", "1-2", "TRUE", "=x", "PVDF-Ä", "8"]
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
"""
BINDERS = ("007", "10E2", "1-2", "TRUE", "=x", "PVDF-Ä", "8")
SALTS = (5.623e-6, 1e-5, 3.162e-5, 0.0001778, 99999.5, 2.5e5, 1e7)
"""Over decades, as spreadsheets show them with an exponent or without."""
LONG = 31.234567890123456
"""A recorded value with all its digits."""


class Desk:
    """A campaign, its exported plan, and what comes back of it.

    Args:
        folder: with its files, or for them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "office.db"
        there = path.exists()
        self.store = Store(f"sqlite:///{path}")
        if not there:
            self._plan()

    def _plan(self) -> None:
        self.store.create(load.from_toml(SPEC), "anna")
        runs = [
            PlannedRun(
                order=k + 1, rank=k + 1,
                settings={"gap": 120.5 + k / 3, "salt": SALTS[k], "binder": binder},
                batch={"slurry": "new-1"}, predicted={}, bits=1.0, cost=1.0, in_spec=None,
                reason="explore", given={"humidity": 30.0},
            )
            for k, binder in enumerate(BINDERS)
        ]  # fmt: skip
        state = self.store.state("büro")
        draft = PlanDraft("learn", 7, runs, state.seq, cost=4.0, information_bits=3.0)
        self.store.change("büro", lambda state: commands.propose(state, draft), actor="ben")
        known = commands.ResultEntry("R007", {"porosity": [Quantity.of(LONG)]})
        self.store.change("büro", lambda state: commands.record(state, [known]), actor="ben")
        export(self.state, self.folder / "plan.xlsx")
        export(self.state, self.folder / "plan.csv")
        export(self.state, self.folder / "plan-comma.csv", decimal="comma")

    @property
    def state(self) -> CampaignState:
        return self.store.state("büro")

    def read(self, name: str, *, attach: bool = True) -> SheetResults:
        """What a file says."""
        rules = SheetRules(attach_new=attach)
        return read_results(self.folder / name, self.state, rules=rules)

    def after(self, name: str) -> CampaignState:
        """The state a file leads to; nothing is recorded here."""
        from designer.campaigns.log.fold import tried

        return tried(self.state, self.read(name).events(self.state))


def places(path: Path) -> dict[tuple[str, str], str]:
    """Run id and column, without its unit, to the cell of a sheet; blank rows as ``1``, ``2``, …"""
    if path.suffix == ".csv":
        text = path.read_text(encoding="utf-8-sig")
        lines = text.splitlines()
        rows = list(csv.reader(lines, delimiter=";" if ";" in lines[0] else ","))
    else:
        sheet = openpyxl.load_workbook(path).worksheets[0]
        rows = [
            ["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)
        ]
    top = next(place for place, row in enumerate(rows) if row[0] == "run")
    names = [header.split("\n")[0].split(" [")[0] for header in rows[top]]
    found, blank = {}, 0
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        blank += not row[0]
        run = row[0] or str(blank)
        for place, name in enumerate(names, start=1):
            found[run, name] = f"{get_column_letter(place)}{number}"
    return found

"""A day at a line: a plan goes out as a workbook, and comes back filled in, in two pieces."""

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

from designer.cli.main import main
from tests.office.cases import places
from tests.office.office import Job, Step

SPEC = """
[campaign]
version = 1
name = "day"
line = "line4"
goal = "window"
[[stage]]
name = "slurry"
change_cost = 3.0
[[factor]]
name = "solid"
unit = "wt%"
low = 50
high = 66
step = 0.5
stage = "slurry"
[[factor]]
name = "gap"
unit = "um"
low = 80
high = 300
step = 10
[[factor]]
name = "binder"
categories = ["007", "1-2"]
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "loading"
unit = "mg/cm^2"
possible = [0, 60]
window = [5, 30]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
"""
MORNING = {
    ("R001", "loading"): "12,125", ("R001", "porosity"): "31,2/31,9",
    ("R002", "loading"): "14,0625", ("R002", "used:gap"): "125,5", ("R002", "note"): "thin edges",
    ("R003", "status"): "failed", ("R003", "reason"): "web break",
}  # fmt: skip
"""What is typed first, as in Germany; R002 waits for its porosity."""
AFTERNOON = {
    ("R002", "porosity"): "33,75", ("R004", "loading"): "9,5", ("R004", "porosity"): "40,0625",
    ("R004", "batch:slurry"): "S-117", ("R005", "status"): "entfällt",
    ("R005", "reason"): "no slurry", ("R006", "loading"): "17", ("R006", "porosity"): "28,3",
    ("1", "solid"): "57", ("1", "gap"): "150", ("1", "binder"): "1-2", ("1", "humidity"): "33,5",
    ("1", "loading"): "11,7", ("1", "porosity"): "35",
}  # fmt: skip


class Day:
    """The campaign, its book, and what a German LibreOffice saves in the morning and later.

    Args:
        folder: for its files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "day.db"
        self.plan, self.morning, self.evening = (
            folder / name for name in ("day.xlsx", "morning.xlsx", "evening.ods")
        )

    def begin(self) -> None:
        """The plan goes out."""
        (self.folder / "day.toml").write_text(SPEC)
        self("init", self.folder / "day.toml")
        self("propose", "day", "-n", 6, "--given", "humidity=30", "--seed", 1)
        self("export", "day", self.plan)

    def jobs(self) -> list[Job]:
        """What is typed into it, the second time into what was saved the first time."""
        where = places(self.plan)
        opened = self.folder / "opened.xlsx"  # who opens a file locks it
        shutil.copy(self.plan, opened)

        def typed(cells: dict[tuple[str, str], str]) -> list[Step]:
            return [("type", where[place], text) for place, text in cells.items()]

        return [
            Job(opened, [self.morning], typed(MORNING)),
            Job(self.morning, [self.evening], typed(AFTERNOON)),
        ]

    def __call__(self, *words: object) -> Any:
        """What the command line answers."""
        answer = io.StringIO()
        with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(io.StringIO()):
            code = main([*map(str, words), "--json", "--store", str(self.store)])
        told = json.loads(answer.getvalue())
        assert code == 0, told
        return told

    def head(self) -> str:
        """The log position."""
        return str(self("status", "day")["head"])

"""Draws all pictures of README and documentation from today's program.

    .venv/bin/python -m tests.pictures

Stores, seeds and sizes are fixed. Tests compare the pictures with what the program shows, so a
changed screen or another plan asks for new pictures.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import io
import json
import os
import re
import tempfile
from pathlib import Path

from designer.cli.main import main as main_of_designer
from tests.places import ROOT

FOLDER = ROOT / "docs" / "pictures"
DEMO, TUI = FOLDER / "demo.svg", FOLDER / "tui.svg"
DEMO_RUNS, DEMO_WIDTH = 16, 80
COLUMN = 12.2  # width of a character in rich's pictures
TUI_RUNS, TUI_SEED, TUI_SIZE = 8, 0, (80, 24)
WIDE = (132, 38)
WIDE_PICTURES = {
    "campaign": (("1",), "predicted without its"),
    "proposals": (("2",), "slices through"),
    "explore": (("4",), "± 95 % of"),
    "lines": (("5",), "of own runs, as"),
}
"""By name: keys that lead there, and a text that is there when all is."""


def main() -> None:
    """Draw every picture."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        DEMO.write_text(demo_picture(Path(folder) / "demo.db"), encoding="utf-8")
        store = Path(folder) / "pilot.db"
        prepare_tui(store)
        TUI.write_text(asyncio.run(tui_picture(store)), encoding="utf-8")
        for name, picture in asyncio.run(wide_pictures(store)).items():
            wide_file(name).write_text(picture, encoding="utf-8")


def wide_file(name: str) -> Path:
    """Where a picture of a wide terminal is kept."""
    return FOLDER / f"tui-{name}.svg"


def demo_picture(store: Path) -> str:
    """``designer demo`` on a terminal, as SVG."""
    from rich.console import Console

    from designer.cli.text.demo import demo_table, demo_text

    answer = json.loads(
        _designer("demo", "--runs", str(DEMO_RUNS), "--store", str(store), "--json")
    )
    console = Console(record=True, width=DEMO_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(demo_table(answer["runs"], answer["steps"]))
    for line in demo_text(answer):
        console.print(line, highlight=False, markup=False)
    console.print()  # the frame cuts into the last row
    return _tidy(console.export_svg(title="designer demo", unique_id="demo"))


def prepare_tui(store: Path) -> None:
    """The demo campaign and a plan that waits."""
    where = ("--store", str(store), "--actor", "anna")
    _designer("demo", "--runs", str(TUI_RUNS), *where)
    _designer("propose", "demo", "-n", "4", "--seed", str(TUI_SEED), *where)


def _designer(*words: str) -> str:
    """Call the program; returns what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main_of_designer(words)
    assert code == 0, printed.getvalue()
    return printed.getvalue()


async def tui_picture(store: Path) -> str:
    """The proposals of the demo campaign in the terminal UI, as SVG."""
    from tests.tui.cases import open_ui

    async with open_ui(store, campaign="demo", size=TUI_SIZE, actor="anna") as ui:
        await ui.until("checks")
        await ui.press("down")
        await ui.until("number 2 to make")
        return _tidy(ui.app.export_screenshot(title="designer tui demo", simplify=True))


async def wide_pictures(store: Path) -> dict[str, str]:
    """The screens of the demo campaign on a wide terminal, as SVG by name."""
    from tests.tui.cases import open_ui

    drawn = {}
    async with open_ui(store, campaign="demo", size=WIDE, actor="anna") as ui:
        for name, (keys, text) in WIDE_PICTURES.items():
            await ui.press(*keys)
            await ui.until(text, 60.0)
            await ui.until(lambda: ui.app.jobs.current is None, 60.0)
            await ui.pilot.pause(0.3)
            told = ui.app.export_screenshot(title="designer tui demo", simplify=True)
            drawn[name] = _tidy(told)
    return drawn


def _tidy(svg: str) -> str:
    """Without fonts from other hosts, and without numbers that differ from drawing to drawing."""
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def rows(svg: str) -> list[str]:
    """The text of a picture, row by row, each character in its column."""
    found: dict[float, str] = {}
    for x, y, text in re.findall(r'<text[^>]*? x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', svg):
        row = found.get(float(y), "").ljust(round(float(x) / COLUMN))
        found[float(y)] = row + html.unescape(text)
    return [found[y].replace("\xa0", " ").rstrip() for y in sorted(found)]


if __name__ == "__main__":
    main()

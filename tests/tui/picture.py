"""Draws the README's picture of the terminal UI: the proposals of the demo campaign.

    .venv/bin/python tests/tui/picture.py

The store, the seed and the size are fixed; a test compares the frame of the picture with what is
drawn today, so a changed screen asks for a new picture.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import tempfile
from pathlib import Path

from tests.places import ROOT

PICTURE = ROOT / "designer" / "pictures" / "tui.svg"
SIZE = (80, 24)
RUNS, SEED = 8, 0


def prepare(store):
    """The demo campaign and a plan that waits."""
    from designer.service import Service
    from designer.service.demo import demo

    service = Service(str(store), actor="anna")
    demo(service, RUNS)
    service.plans.propose("demo", 4, seed=SEED)


async def draw(store):
    """The picture as SVG."""
    from tests.tui.cases import open_ui

    async with open_ui(store, campaign="demo", size=SIZE, actor="anna") as ui:
        await ui.until("checks")
        await ui.press("down")
        await ui.until("order 2")
        return ui.app.export_screenshot(title="designer tui demo", simplify=True)


def rows(svg):
    """The text of a picture, row by row."""
    found: dict[float, str] = {}
    for place, text in re.findall(r'<text[^>]*?y="([\d.]+)"[^>]*>(.*?)</text>', svg):
        found[float(place)] = found.get(float(place), "") + html.unescape(text)
    return [found[place].replace("\xa0", " ").rstrip() for place in sorted(found)]


def main():
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        store = Path(folder) / "pilot.db"
        prepare(store)
        PICTURE.write_text(asyncio.run(draw(store)))
    print(PICTURE)


if __name__ == "__main__":
    main()

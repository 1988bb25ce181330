"""Draws the pictures of a workbook and a run sheet: as they come out of a printer.

    .venv/bin/python -m tests.sheet_pictures

Needs LibreOffice, Chromium and poppler (``soffice``, ``chromium``, ``pdftoppm``), so no test
compares them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.sheets.export import export
from designer.campaigns.space.factors import Setting
from tests.pictures import FOLDER
from tests.sheets.planned import LINE, RECIPES, Planned

WIDTH = 900  # pixels of a page
_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--no-pdf-header-footer",
)  # fmt: skip


def main() -> None:
    """Draw both."""
    planned = _half_made()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for ending in ("xlsx", "html"):
            export(planned.state, folder / f"plan.{ending}", plan="P001")
        profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
        _call("soffice", "--headless", profile, "--convert-to", "pdf:calc_pdf_Export",
              "--outdir", name, f"{name}/plan.xlsx")  # fmt: skip
        _draw(folder / "plan.pdf", "workbook")
        page = folder / "plan.html"
        text = page.read_text(encoding="utf-8").replace("&lt;high&gt;", "high")
        page.write_text(text.replace("@page { ", "@page { size: A4; "), encoding="utf-8")
        _call(*_CHROMIUM, f"--user-data-dir={name}/chromium", f"--print-to-pdf={name}/sheet.pdf",
              page.as_uri())  # fmt: skip
        _draw(folder / "sheet.pdf", "run-sheet")


def _half_made() -> Planned:
    """A plan of six runs in two blocks, of which the first is made."""
    binders = ("PVDF-A", "PVDF-B", "PVDF-A", "PVDF-A", "PVDF-B", "PVDF-B")
    recipes: list[dict[str, Setting]] = [
        {**recipe, "binder": binder} for recipe, binder in zip(RECIPES, binders, strict=True)
    ]
    text = LINE.replace("line & <b>four</b>", "graphite").replace(
        '"007", "10E2"', '"PVDF-A", "PVDF-B"'
    )
    points = [DesignPoint(k + 1, 1, 1 + k // 3) for k in range(len(recipes))]
    planned = Planned(text, recipes, design=points)
    planned.record("R001", {"gap": "82"}, loading="12.1/12.3", porosity="33", adhesion="4")
    return planned


def _draw(pdf: Path, name: str) -> None:
    """The first page as a picture."""
    _call("pdftoppm", "-png", "-singlefile", "-scale-to-x", str(WIDTH), "-scale-to-y", "-1",
          str(pdf), str(FOLDER / name))  # fmt: skip


def _call(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main()

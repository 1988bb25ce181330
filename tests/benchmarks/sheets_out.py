"""What it costs to write the plan book and the run sheet, and how many runs print on a page.

    .venv/bin/python -m tests.benchmarks.sheets_out            # with pages, where Chromium is there
    .venv/bin/python -m tests.benchmarks.sheets_out --quick    # CPU alone

CPU is that of the process, one thread, loading the libraries included for the first of each.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from designer.campaigns.sheets.book.plan_book import plan_book
from designer.campaigns.sheets.plan_sheet import plan_runs
from designer.campaigns.sheets.run_sheet.sheet import run_sheet
from tests.sheets.planned import BATCHES, LINE, RECIPES, Planned

PAPER = ("A4", "Letter")
FACTORS = (3, 6, 12)


def plan_of(runs: int, factors: int) -> Planned:
    """A plan of a two-stage line: batches of three runs of the second stage, six of the first."""
    more = factors - 3
    text = "".join(f'[[factor]]\nname = "setting_{k}"\nunit = "um"\nlow = 0\nhigh = 900\n'
                   for k in range(more))  # fmt: skip
    extra = {f"setting_{k}": 100.0 + k for k in range(more)}
    recipes = [{**RECIPES[k % 6], **extra} for k in range(runs)]
    batches = [
        tuple(f"new-{int(name.removeprefix('new-')) + 9 * (k // 6)}" for name in BATCHES[k % 6])
        for k in range(runs)
    ]
    return Planned(LINE.replace("[[given]]", f"{text}[[given]]"), recipes, batches)


def cpu(made: Callable[[], bytes]) -> tuple[float, int]:
    """Seconds of CPU, and bytes made."""
    began = time.process_time()
    content = made()
    return time.process_time() - began, len(content)


def costs(runs: int, factors: int) -> dict[str, tuple[float, int]]:
    """CPU and bytes of every format of a plan for people."""
    state = plan_of(runs, factors).state
    waiting = plan_runs(state)
    return {
        ".xlsx": cpu(lambda: plan_book(state, waiting)),
        ".html": cpu(lambda: run_sheet(state, waiting, {}, ".html")),
        ".md": cpu(lambda: run_sheet(state, waiting, {}, ".md")),
    }


def runs_on_pages(factors: int, paper: str, runs: int = 30) -> list[int] | None:
    """Runs on each printed page; None where Chromium or pdftotext is not there."""
    chromium, reader = shutil.which("chromium"), shutil.which("pdftotext")
    if chromium is None or reader is None:
        return None
    state = plan_of(runs, factors).state
    page = run_sheet(state, plan_runs(state), {}, ".html").decode()
    page = page.replace("@page { margin", f"@page {{ size: {paper}; margin")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "plan.html").write_text(page, encoding="utf-8")
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--print-to-pdf={place / 'plan.pdf'}", str(place / "plan.html")],
            check=True, capture_output=True,
        )  # fmt: skip
        text = subprocess.run(
            [reader, "-layout", str(place / "plan.pdf"), "-"], check=True, capture_output=True
        ).stdout.decode()
    pages = text.split("\f")[:-1]
    return [len({*re.findall(r"^\s*(R\d{3})\b", page, re.MULTILINE)}) for page in pages]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without pages")
    quick = parser.parse_args().quick
    for factors in FACTORS:
        for ending, (seconds, size) in costs(100, factors).items():
            print(f"100 runs, {factors} factors, {ending}: {seconds:.2f} s, {size / 1000:.0f} kB")
        for paper in () if quick else PAPER:
            print(f"30 runs, {factors} factors, {paper}: {runs_on_pages(factors, paper)} on a page")


if __name__ == "__main__":
    main()

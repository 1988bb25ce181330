"""A plan of few factors and responses goes out as a workbook and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.command_line import CommandLine

SPEC = """
[campaign]
version = 1
name = "graphite"
line = "line4"
{factors}
[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
window = [11.4, 12.6]
"""
FACTOR = """
[[factor]]
name = "{}"
low = 50
high = 350
step = 10
"""


@pytest.mark.parametrize("names", [("gap",), ("gap", "temperature")])
@pytest.mark.parametrize("without", [(), ("Facts",)])
def test_the_sheet_with_the_results_is_read_of_a_book_of_ours(
    tmp_path: Path, cli: CommandLine, names: tuple[str, ...], without: tuple[str, ...]
) -> None:
    factors = "".join(FACTOR.format(name) for name in names)
    (tmp_path / "spec.toml").write_text(SPEC.format(factors=factors), encoding="utf-8")
    cli("init", tmp_path / "spec.toml")
    cli("propose", "graphite", "--design", "full-factorial", "levels=3")
    cli("export", "graphite", tmp_path / "plan.xlsx")
    path = tmp_path / "plan.xlsx"
    book = load_workbook(path)
    for title in without:
        del book[title]
    sheet = book["Plan"]
    rows = list(sheet.iter_rows(max_row=7))
    (head,) = (place for place, row in enumerate(rows) if row[0].value == "run")
    names_of_columns = [str(cell.value).split()[0] for cell in rows[head]]
    sheet.cell(head + 2, names_of_columns.index("mass_loading") + 1, 12.1)
    book.save(path)
    cli("import", "graphite", path)
    runs = cli.json("show", "graphite")["runs"]
    assert [run["results"] for run in runs if run["results"]] == [{"mass_loading": [12.1]}]

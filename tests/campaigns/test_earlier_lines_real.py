"""The real data sets of the project, read as a user would."""

from pathlib import Path

import pytest

from designer.campaigns import commands
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.earlier_lines.read import read_line
from designer.campaigns.errors import InputError
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from tests.places import SHARED_DATA as DATA

CELLS = DATA / "drakopoulos_graphite" / "cells.csv"
CONDITIONS = DATA / "wmg_calendering_doe" / "conditions_18.csv"

GRAPHITE = load.from_toml("""
[campaign]
version = 1
name = "graphite"
line = "ASC"
[[factor]]
name = "coating_gap"
unit = "um"
low = 100
high = 300
step = 50
[[factor]]
name = "coating_speed"
unit = "m/min"
low = 0.1
high = 0.5
[[factor]]
name = "drying_temperature"
unit = "degC"
low = 60
high = 120
step = 5
[[response]]
name = "active_mass"
unit = "mg"
possible = [0, 100]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]
""")
COLUMNS = {
    "coating_gap_um": "coating_gap",
    "coating_speed_m_per_min": "coating_speed",
    "drying_temperature_c": "drying_temperature",
    "active_mass_mg": "active_mass",
    "porosity_pct": "porosity",
}
needs_cells = pytest.mark.skipif(not CELLS.exists(), reason=f"no {CELLS}")
needs_conditions = pytest.mark.skipif(not CONDITIONS.exists(), reason=f"no {CONDITIONS}")


@needs_cells
def test_drakopoulos_by_series() -> None:
    earlier = read_line(CELLS, GRAPHITE, LineMapping(COLUMNS, where={"series": "AS"}))
    target = read_line(CELLS, GRAPHITE, LineMapping(COLUMNS, where={"series": "ASC"}))
    assert (len(earlier.rows), len(target.rows)) == (143, 108)
    masses = [row["responses"]["active_mass"][0]["number"] for row in earlier.rows + target.rows]
    assert sum(masses) / 251 == pytest.approx(17.3350, abs=1e-4)
    assert not any("porosity" in row["responses"] for row in earlier.rows)
    assert all("porosity" in row["responses"] for row in target.rows)
    gaps = {row["settings"]["coating_gap"] for row in earlier.rows}
    assert gaps == {70, 140, 300}
    assert "took 143 of 251 rows (series = AS)" in earlier.notes
    thin = sum(row["settings"]["coating_gap"] == 70 for row in earlier.rows)
    assert thin > 0
    assert any(
        note.startswith(f"coating_gap: {thin} of 143 values lie outside") for note in earlier.notes
    )
    assert earlier.sha256 == target.sha256


@needs_cells
def test_drakopoulos_goes_into_a_campaign() -> None:
    store = Store(None)
    store.create(GRAPHITE, "anna")
    table = read_line(CELLS, GRAPHITE, LineMapping(COLUMNS, where={"series": "AS"}), name="AS")
    state = store.change("graphite", lambda s: commands.add_line(s, table), actor="anna")
    line = state.lines["AS"]
    assert len(line.rows) == 143
    assert line.rows[0].responses == {"active_mass": (15.6401,)}
    assert line.mapping["where"] == {"series": "AS"}
    with pytest.raises(InputError):
        store.change("graphite", lambda s: commands.add_line(s, table, "again"), actor="anna")


@needs_cells
def test_drakopoulos_names_its_units_behind_its_columns() -> None:
    told = read_line(CELLS, GRAPHITE)
    assert told.rows == read_line(CELLS, GRAPHITE, LineMapping(COLUMNS)).rows
    assert {
        "coating_gap_um: read in um, as its name says",
        "coating_speed_m_per_min: read in m/min, as its name says",
        "drying_temperature_c: read in C, as its name says",
        "active_mass_mg: read in mg, as its name says",
        "porosity_pct: read in pct, as its name says",
    } <= {*told.notes}


@needs_cells
def test_drakopoulos_without_a_column_tells_what_to_say(tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(CELLS.read_text().replace("drying_temperature_c", "drying_temp"))
    with pytest.raises(InputError, match="--map 'drying_temp=drying_temperature'"):
        read_line(path, GRAPHITE)


@needs_cells
def test_drakopoulos_with_the_wrong_unit_is_noticed() -> None:
    with pytest.raises(InputError, match="coating_gap_um"):
        read_line(CELLS, GRAPHITE, LineMapping(COLUMNS, units={"coating_gap_um": "kg"}))
    text = GRAPHITE.text.replace(
        'unit = "um"\nlow = 100\nhigh = 300\nstep = 50',
        'unit = "mm"\nlow = 0.1\nhigh = 0.3\nstep = 0.05',
    )
    spec = load.from_toml(text)
    table = read_line(CELLS, spec, LineMapping(COLUMNS))
    assert "coating_gap_um: read in um, as its name says" in table.notes
    assert {row["settings"]["coating_gap"] for row in table.rows} >= {0.07, 0.14, 0.3}


@needs_conditions
def test_wmg_by_day() -> None:
    spec = load.from_toml("""
[campaign]
version = 1
name = "calender"
line = "wmg"
[[stage]]
name = "day"
change_cost = 1
[[factor]]
name = "roll_gap"
unit = "um"
low = 390
high = 495
step = 1
[[factor]]
name = "coat_weight"
unit = "gsm"
low = 120
high = 190
step = 0.01
[[response]]
name = "porosity"
unit = "%"
[[response]]
name = "thickness"
unit = "um"
possible = [0, 200]
""")
    columns = {
        "roll_gap_um": "roll_gap",
        "target_coat_weight_gsm": "coat_weight",
        "cal_porosity_pct": "porosity",
        "cal_thickness_sheet_um": "thickness",
        "calendering_date": "batch:day",
    }
    day = LineMapping(columns, where={"calendering_date": "2021-10-15"})
    table = read_line(CONDITIONS, spec, day)
    assert len(table.rows) == 6
    assert table.batches
    assert {row["batch"]["day"] for row in table.rows} == {"2021-10-15"}
    first = table.rows[0]
    assert first["settings"] == {"roll_gap": 475.0, "coat_weight": 122.48}
    assert first["responses"]["porosity"] == [{"number": 41.40267832, "text": "41.40267832"}]
    columns["calendering_date"] = "made_at"
    every = read_line(CONDITIONS, spec, LineMapping(columns))
    assert len(every.rows) == 18
    assert min(row["made_at"] for row in every.rows) == "2021-10-15"

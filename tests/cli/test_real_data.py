"""Both real data sets through the command line, as the engineer would do it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.command_line import CommandLine

GRAPHITE = """
[campaign]
version = 1
name = "graphite-asc"
line = "ASC"
goal = "learn"
[[factor]]
name = "coating_speed_m_per_min"
unit = "m/min"
low = 0.1
high = 0.5
step = 0.1
[[factor]]
name = "coating_gap_um"
unit = "um"
low = 50
high = 350
step = 10
[[factor]]
name = "drying_temperature_c"
unit = "degC"
low = 60
high = 120
step = 5
[[response]]
name = "active_mass_mg"
unit = "mg"
possible = [0, 60]
"""
COMPOSITION = """
[[factor]]
name = "mixing_solids_pct"
unit = "%"
low = 47.5
high = 50
step = 0.5
[[factor]]
name = "active_material_fraction_pct"
unit = "%"
low = 93
high = 96
"""
CALENDERING = """
[campaign]
version = 1
name = "calender-1018"
line = "day-2021-10-18"
[[factor]]
name = "target_coat_weight_gsm"
unit = "gsm"
levels = [122.48, 182.73]
[[factor]]
name = "roll_gap_um"
unit = "um"
low = 380
high = 500
step = 1
[[response]]
name = "cal_thickness_discs_um"
unit = "um"
possible = [0, 200]
noise_sd = 0.75
[[response]]
name = "cal_density_g_cm3"
unit = "g/cm^3"
possible = [1, 4.4]
noise_sd = 0.05
"""
SPEED_GAP_TEMPERATURE = ("coating_speed_m_per_min", "coating_gap_um", "drying_temperature_c")


Recipes = dict[tuple[str, ...], list[str]]


def graphite_recipes(
    folder: Path, series: str, factors: Sequence[str] = SPEED_GAP_TEMPERATURE
) -> Recipes:
    """Recipe → measured active masses, in the order of the file."""
    found: Recipes = {}
    for row in csv.DictReader((folder / "drakopoulos_graphite" / "cells.csv").open()):
        if row["series"] == series:
            recipe = tuple(f"{name}={float(row[name]):.6g}" for name in factors)
            found.setdefault(recipe, []).append(row["active_mass_mg"])
    return found


@pytest.fixture
def graphite(cli: CommandLine, tmp_path: Path, real_data: Path) -> CommandLine:
    (tmp_path / "asc.toml").write_text(GRAPHITE)
    cli("init", "asc.toml")
    cells = real_data / "drakopoulos_graphite" / "cells.csv"
    added = cli.json("lines", "add", "graphite-asc", cells, "--name", "AS", "--where", "series=AS")
    assert added["rows"] == 143
    return cli


def test_graphite_from_the_earlier_series_to_the_later(
    graphite: CommandLine, real_data: Path
) -> None:
    plan = graphite.json("propose", "graphite-asc", "-n", "3")
    assert plan["information_bits"] > 0
    recipes = graphite_recipes(real_data, "ASC")
    before = predicted(graphite, recipes)
    for recipe, masses in list(recipes.items())[::3]:
        graphite("attach", "graphite-asc", *recipe, f"active_mass_mg={'/'.join(masses)}")
    after = predicted(graphite, recipes)
    assert error(after, recipes) < 0.75 * error(before, recipes)
    status = graphite.json("status", "graphite-asc", "--refresh")
    assert status["runs"]["completed"] >= 5
    assert status["responses"]["active_mass_mg"]["error_sd"] < 6
    assert status["information_bits"] > 0.3
    assert 0 < status["lines"][0]["trust"] <= 1


def predicted(
    cli: CommandLine, recipes: Recipes, campaign: str = "graphite-asc"
) -> list[tuple[float, float]]:
    found = []
    for recipe in recipes:
        answer = cli.json("predict", campaign, *recipe)
        row = answer["rows"][0]
        found.append((row["active_mass_mg_mean"], row["active_mass_mg_sd"]))
    return found


def error(predictions: list[tuple[float, float]], recipes: Recipes) -> float:
    means = [sum(map(float, masses)) / len(masses) for masses in recipes.values()]
    squares = [(p[0] - m) ** 2 for p, m in zip(predictions, means, strict=True)]
    return float((sum(squares) / len(squares)) ** 0.5)


def test_constant_composition_columns_make_the_earlier_line_say_less(
    cli: CommandLine, tmp_path: Path, real_data: Path
) -> None:
    """The data's trap: all ASC compositions lie outside what AS ever made."""
    cells = real_data / "drakopoulos_graphite" / "cells.csv"
    factors = (*SPEED_GAP_TEMPERATURE, "mixing_solids_pct", "active_material_fraction_pct")
    sds = {}
    for name, text, used in (
        ("graphite-asc", GRAPHITE, SPEED_GAP_TEMPERATURE),
        ("with-composition", GRAPHITE.replace("graphite-asc", "with-composition") + COMPOSITION,
         factors),
    ):  # fmt: skip
        (tmp_path / "spec.toml").write_text(text)
        cli("init", "spec.toml")
        cli("lines", "add", name, cells, "--name", "AS", "--where", "series=AS")
        recipes = graphite_recipes(real_data, "ASC", used)
        predictions = predicted(cli, recipes, name)
        sds[name] = sum(sd / mean for mean, sd in predictions) / len(predictions)
    assert sds["with-composition"] > 1.1 * sds["graphite-asc"]


def test_calendering_one_day_after_the_others(
    cli: CommandLine, tmp_path: Path, real_data: Path
) -> None:
    conditions = real_data / "wmg_calendering_doe" / "conditions_18.csv"
    (tmp_path / "wmg.toml").write_text(CALENDERING)
    cli("init", "wmg.toml")
    for day in ("2021-10-15", "2021-10-27"):
        added = cli.json(
            "lines", "add", "calender-1018", conditions, "--name", f"day-{day}",
            "--where", f"calendering_date={day}",
        )  # fmt: skip
        assert added["rows"] == 6
    plan = cli.json("propose", "calender-1018", "-n", "2")
    assert plan["information_bits"] > 0
    assert all(380 <= run["settings"]["roll_gap_um"] <= 500 for run in plan["runs"])
    rows = [
        row for row in csv.DictReader(conditions.open()) if row["calendering_date"] == "2021-10-18"
    ]
    assert len(rows) == 6
    for row in rows[:5]:
        cli(
            "attach", "calender-1018", *(f"{n}={row[n]}" for n in
            ("target_coat_weight_gsm", "roll_gap_um", "cal_thickness_discs_um",
             "cal_density_g_cm3")),
        )  # fmt: skip
    last = rows[5]
    answer = cli.json(
        "predict", "calender-1018",
        *(f"{n}={last[n]}" for n in ("target_coat_weight_gsm", "roll_gap_um")),
    )  # fmt: skip
    told = answer["rows"][0]
    off = float(last["cal_thickness_discs_um"]) - told["cal_thickness_discs_um_mean"]
    assert abs(off) < 3 * told["cal_thickness_discs_um_sd_result"]
    assert abs(off) < 5
    status = cli.json("status", "calender-1018", "--refresh")
    assert len(status["lines"]) == 2
    assert all(line["trust"] is not None for line in status["lines"])

"""Small specifications that several tests use."""

from collections.abc import Mapping
from typing import Any

SMALL = """
[campaign]
version = 1
name = "small"
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
high = 60
step = 1
stage = "slurry"
[[factor]]
name = "coating_gap"
unit = "um"
levels = [80, 100, 150, 200]
stage = "coating"
[[factor]]
name = "binder"
categories = ["PVDF-A", "PVDF-B"]
stage = "slurry"

[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
window = [11, 13]
[[response]]
name = "porosity"
unit = "%"
possible = [0, 100]

[[constraint]]
expression = "solid_content * coating_gap <= 11000"
reason = "dryer capacity"

[costs]
unit = "h"
run = 0.1
"""


def loading(recipe: Mapping[Any, Any]) -> float:
    """A made-up truth for `SMALL` [mg/cm^2]."""
    extra = 0.6 if recipe["binder"] == "PVDF-B" else 0.0
    return float(0.0013 * recipe["coating_gap"] * recipe["solid_content"] + extra)


def porosity(recipe: Mapping[Any, Any]) -> float:
    """A made-up truth for `SMALL` [%]."""
    return float(62.0 - 0.4 * recipe["solid_content"] + 0.02 * recipe["coating_gap"])


def line_rows() -> dict[str, Any]:
    """Columns of an earlier line that resembles the target."""
    recipes = [
        {"solid_content": 50 + k % 11, "coating_gap": (80, 100, 150)[k % 3],
         "binder": ("PVDF-A", "PVDF-B")[k % 2]}
        for k in range(16)
    ]  # fmt: skip
    columns: dict[str, list[Any]] = {
        name: [recipe[name] for recipe in recipes] for name in recipes[0]
    }
    columns["mass_loading"] = [round(loading(r) + 0.05 * (k % 3), 3) for k, r in enumerate(recipes)]
    columns["porosity"] = [round(porosity(r) + 0.1 * (k % 4), 3) for k, r in enumerate(recipes)]
    return columns

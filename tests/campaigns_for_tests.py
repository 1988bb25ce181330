"""Small specifications that several tests use."""

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


def loading(recipe):
    """A made-up truth for `SMALL` [mg/cm^2]."""
    extra = 0.6 if recipe["binder"] == "PVDF-B" else 0.0
    return 0.0013 * recipe["coating_gap"] * recipe["solid_content"] + extra


def porosity(recipe):
    """A made-up truth for `SMALL` [%]."""
    return 62.0 - 0.4 * recipe["solid_content"] + 0.02 * recipe["coating_gap"]

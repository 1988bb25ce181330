"""From answers to pictures: a map of one layer, band plots through a recipe, values at a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from designer.campaigns.space.factors import Setting
from designer.engine.pictures.answers import (
    Grid,
    InformationMap,
    PictureAxis,
    PictureReading,
    RecipeMap,
    ResponseFacts,
    Slice,
    Slices,
)
from designer.render.words import with_unit
from designer.tui.drawing.band_plot import BandPlot, Reading
from designer.tui.drawing.field import Field, GridAxis
from designer.tui.drawing.heat_map import HeatMap, Point
from designer.tui.explore.state import Exploring, Layer

_LINE_NEAR: Final = 0.9  # how alike a row of a line must be to be drawn on a map (assumption)
_MAPS: Final = {"mean": "mean", "width": "width", "chance": "chance", "bits": "bits"}


def grid_axis(axis: PictureAxis) -> GridAxis:
    """An axis of an answer, to be drawn."""
    return GridAxis(axis["factor"], axis["unit"], axis["values"], axis["log"])


def layer_title(here: Exploring, layer: Layer, unit: str | None) -> str:
    """What a map shows, in words."""
    if layer == "bits":
        return "bits of one more run"
    if layer == "chance":
        return "probability in spec (recipe)"
    name = with_unit(here.response, unit)
    return name if layer == "mean" else f"± 95 % of {name}"


def heat_map(
    here: Exploring, found: RecipeMap, layer: Layer, bits: InformationMap | None
) -> HeatMap | None:
    """The map of a layer; None while its data are not there."""
    facts = found["responses"][here.response]
    grid = _grid(found, layer, here.response, bits)
    if grid is None:
        return None
    axes = found if layer != "bits" or bits is None else bits
    x, y = grid_axis(axes["x"]), grid_axis(axes["y"])
    feasible = [[1.0 if fine else 0.0 for fine in row] for row in found["feasible"]]
    return HeatMap(
        Field(x, y, grid),
        layer_title(here, layer, facts["unit"]),
        map_name=_MAPS[layer],
        feasible=Field(grid_axis(found["x"]), grid_axis(found["y"]), feasible),
        span=(0.0, 1.0) if layer == "chance" else None,
        window=_window(facts) if layer == "mean" else None,
        points=[*_points(found["readings"], x, y)],
    )


def _grid(
    found: RecipeMap, layer: Layer, response: str, bits: InformationMap | None
) -> Grid | None:
    if layer == "mean":
        return found["mean"][response]
    if layer == "width":
        return found["width"][response]
    if layer == "chance":
        return found["in_spec"]
    return None if bits is None else bits["bits"]


def _window(facts: ResponseFacts) -> tuple[float, float] | None:
    low, high = facts["low"], facts["high"]
    if low is None and high is None:
        return None
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def _points(readings: Sequence[PictureReading], x: GridAxis, y: GridAxis) -> Iterator[Point]:
    for reading in readings:
        settings = reading["settings"]
        if x.name not in settings or y.name not in settings:
            continue
        if reading["kind"] == "line" and reading["near"] < _LINE_NEAR:
            continue
        places = x.place(settings[x.name]), y.place(settings[y.name])
        if all(0 <= place <= 1 for place in places):
            near = max(0.0, min(1.0, reading["near"]))
            yield Point(places[0], places[1], reading["kind"], near)


def band_plot(found: Slices, part: Slice, response: str, at: Setting) -> BandPlot:
    """A response along one factor, with the setting that is looked at."""
    facts, bands = found["responses"][response], part["responses"][response]
    axis = grid_axis(part["axis"])
    return BandPlot(
        axis,
        with_unit(response, facts["unit"]),
        median=_numbers(bands["median"]),
        inner=(_numbers(bands["low_50"]), _numbers(bands["high_50"])),
        outer=(_numbers(bands["low_95"]), _numbers(bands["high_95"])),
        window=_window(facts),
        feasible=part["feasible"],
        readings=[*_readings(found, part, axis, response)],
        at=at,
        log=facts["log"],
    )


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _readings(found: Slices, part: Slice, axis: GridAxis, response: str) -> Iterator[Reading]:
    for reading, near in zip(found["readings"], part["near"], strict=True):
        value = reading["values"].get(response)
        setting = reading["settings"].get(axis.name)
        if value is None or setting is None:
            continue
        if reading["kind"] == "line" and near < _LINE_NEAR:
            continue
        yield Reading(axis.place(setting), value, reading["kind"], max(0.0, min(1.0, near)))


def value_at(
    grid: Grid | None, found: RecipeMap | InformationMap, here: Mapping[str, Setting]
) -> float | None:
    """The value of a grid at a recipe, between its points where it lies between."""
    if grid is None:
        return None
    x, y = grid_axis(found["x"]), grid_axis(found["y"])
    return Field(x, y, grid).value(x.place(here[x.name]), y.place(here[y.name]))

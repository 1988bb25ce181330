"""Heat maps: what is seen of a surface, at every size, in colours and without."""

import time
from itertools import pairwise

import pytest

from designer.tui.drawing.canvas import Palette, luminance
from designer.tui.drawing.colours import MAPS, colours
from designer.tui.drawing.contours import Level, contour_dots
from designer.tui.drawing.field import Field, GridAxis
from designer.tui.drawing.heat_map import HeatMap, Point
from tests.speed import allowed
from tests.tui.drawing.cases import ASCII, BINDER, DARK, GAP, LIGHT, ONE, surface

ALL = Point(0.5, 0.5, "made"), Point(0, 0, "failed"), Point(1, 1, "open"), Point(2, 0, "line")


def half() -> Field:
    return surface(value=lambda x, _: 1.0 if x < 140 else 0.0)


@pytest.mark.parametrize("name", MAPS)
def test_colours_grow_brighter_with_the_value(name: str) -> None:
    shades = [luminance(colour) for colour in colours(name)]
    assert all(one <= other + 0.004 for one, other in pairwise(shades))
    assert shades[-1] - shades[0] > 0.5


@pytest.mark.parametrize("palette", [DARK, LIGHT, ASCII])
@pytest.mark.parametrize(
    "field", [surface(), surface(BINDER, GAP), surface(ONE, BINDER), Field(ONE, ONE, [[None]])]
)
def test_every_size_can_be_drawn(field: Field, palette: Palette) -> None:
    heat_map = HeatMap(field, "loading [mg/cm^2]", points=ALL, window=(2.5, 3.5))
    for width in (0, 1, 5, 12, 24, 60):
        for height in (0, 1, 2, 4, 9, 20):
            canvas = heat_map.draw(width, height, palette)
            assert [len(row) for row in canvas.rows()] == [width] * height
            assert [strip.cell_length for strip in canvas.strips()] == [width] * height


def test_axes_title_bar_and_marks_are_named() -> None:
    rows = HeatMap(surface(), "loading [mg/cm^2]", points=ALL).draw(80, 22, DARK).rows()
    assert rows[0].startswith("pressure [MPa]")
    assert rows[0].endswith("loading [mg/cm^2]")
    assert "coating_gap [um]" in rows[-1]
    assert all(label in rows[-2] for label in ("100", "150", "200"))
    assert all(any(row.lstrip().startswith(label) for row in rows) for label in ("20", "50", "100"))
    text = "\n".join(rows)
    assert all(sign in text for sign in "●✗◆")


def test_narrow_maps_keep_the_title_and_cut_the_axis() -> None:
    row = HeatMap(surface(), "loading [mg/cm^2]").draw(24, 9, DARK).rows()[0]
    assert row.endswith("  loading [mg/cm^2]")
    assert "…" in row


def test_without_colours_everything_is_ascii_and_values_are_told_by_density() -> None:
    heat_map = HeatMap(surface(), "loading", points=ALL, window=(2.9, 3.1), feasible=half())
    text = "\n".join(heat_map.draw(60, 18, ASCII).rows())
    assert text.isascii()
    assert "/" in text
    grey = surface(value=lambda x, _: x)
    row = HeatMap(grey, "x", contours=False).draw(60, 9, ASCII).rows()[4]
    found = [" .:-=*#%@".index(char) for char in row[4:50] if char in " .:-=*#%@"]
    assert found == sorted(found)


def test_what_cannot_be_made_is_hatched_and_has_no_contours() -> None:
    canvas = HeatMap(surface(), "loading", feasible=half()).draw(60, 20, DARK)
    frame = HeatMap(surface(), "loading").frame(60, 20)
    middle = frame.left + frame.width // 2
    left = [row[frame.left : middle - 1] for row in canvas.rows()[1:-2]]
    right = [row[middle + 1 : frame.left + frame.width] for row in canvas.rows()[1:-2]]
    assert not any("╱" in row for row in left)
    assert all(set(row) <= {"╱", " "} and "╱" in row for row in right)


def test_a_contour_is_one_dot_wide_and_where_the_value_is() -> None:
    slope = [[float(column) for column in range(11)] for _ in range(6)]
    found = contour_dots(slope, [Level(4.25, False)])
    assert found == {(row, 4): (0x40 | 0x04 | 0x02 | 0x01, False) for row in range(5)}
    across = [[float(row)] * 5 for row in range(6)]
    found = contour_dots(across, [Level(2.3, True)])
    assert found == {(2, column): (0x04 | 0x20, True) for column in range(4)}


def test_no_line_goes_through_what_is_flat_or_not_known() -> None:
    assert contour_dots([[1.0, 1.0], [1.0, 1.0]], [Level(1.0, False)]) == {}
    assert contour_dots([[0.0, None], [2.0, 2.0]], [Level(1.0, False)]) == {}


def test_the_cursor_is_seen_on_any_colour_and_leaves_the_map_as_it_was() -> None:
    heat_map = HeatMap(surface(), "loading")
    canvas = heat_map.draw(60, 20, DARK)
    before = [strip.text for strip in canvas.strips()]
    for place in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
        x, row, char, ink, paper = heat_map.cursor_cell(canvas, DARK, place)
        assert canvas.strip_with(x, row, char, ink, paper).text[x] == "╋"
        assert paper is not None
        assert abs(luminance(ink) - luminance(paper)) > 0.45
    assert [strip.text for strip in canvas.strips()] == before


def test_a_map_is_drawn_in_little_time_and_a_cursor_in_next_to_none() -> None:
    x = GridAxis("gap", "um", [float(k) for k in range(33)])
    y = GridAxis("pressure", "MPa", [float(k) for k in range(21)])
    heat_map = HeatMap(surface(x, y), "loading", window=(2.9, 3.1))
    canvas = heat_map.draw(140, 38, DARK)
    canvas.strips()
    drawing, moving = [], []
    for _ in range(3):
        began = time.process_time()
        heat_map.draw(140, 38, DARK).strips()
        drawn = time.process_time()
        for step in range(20):
            canvas.strip_with(*heat_map.cursor_cell(canvas, DARK, (step / 20, step / 20)))
        drawing.append(drawn - began)
        moving.append((time.process_time() - drawn) / 20)
    # measured: 50 ms and 0.3 ms; a key may take 60 ms in all
    assert min(drawing) < allowed(0.15)
    assert min(moving) < allowed(0.003)

"""Band plots: edges of an eighth of a row, the middle, windows, categories, what is missing."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from designer.tui.drawing.band_plot import BandPlot, Reading
from designer.tui.drawing.blocks import behind, block
from designer.tui.drawing.canvas import Canvas, Palette
from designer.tui.drawing.field import GridAxis
from tests.tui.drawing.cases import ASCII, BINDER, DARK, GAP, LIGHT, ONE, PRESSURE, hill


def plot(axis: GridAxis = GAP) -> BandPlot:
    median = [hill(8 * k, 30) for k in range(len(axis.values))]

    def shifted(by: float) -> Sequence[float]:
        return [value + by for value in median]

    inner, outer = (shifted(-0.1), shifted(0.1)), (shifted(-0.4), shifted(0.4))
    return BandPlot(axis, "loading [mg/cm^2]", median, inner, outer, window=(2.5, 3.5))


def marks(canvas: Canvas, char: str) -> list[tuple[int, int]]:
    return [(x, y) for y, row in enumerate(canvas.rows()) for x, c in enumerate(row) if c == char]


@pytest.mark.parametrize("palette", [DARK, LIGHT, ASCII])
@pytest.mark.parametrize("axis", [GAP, PRESSURE, BINDER, ONE])
@pytest.mark.parametrize("named", [True, False])
def test_every_size_can_be_drawn(axis: GridAxis, palette: Palette, *, named: bool) -> None:
    found = replace(plot(axis), named=named, at=axis.values[0], feasible=[False] * len(axis.values))
    for width in (0, 1, 5, 12, 24, 60):
        for height in (0, 1, 2, 4, 9, 20):
            canvas = found.draw(width, height, palette)
            assert [len(row) for row in canvas.rows()] == [width] * height
            assert [strip.cell_length for strip in canvas.strips()] == [width] * height


def test_axis_title_window_setting_and_results_are_seen() -> None:
    readings = [Reading(0.5, 3.2, "made"), Reading(0.2, 2.6, "failed"), Reading(0.9, 99.0, "open")]
    canvas = replace(plot(), at=120.0, readings=readings).draw(80, 16, DARK)
    rows = canvas.rows()
    assert rows[0].startswith("loading [mg/cm^2]")
    assert "coating_gap [um]" in rows[-1]
    assert len({y for _, y in marks(canvas, "╌")}) == 2
    assert len({x for x, _ in marks(canvas, "┊")}) == 1
    assert len(marks(canvas, "●")) == len(marks(canvas, "✗")) == 1
    assert not marks(canvas, "◆"), "a result far away does not stretch the axis"


def test_three_labels_stand_at_an_axis_of_seven_rows() -> None:
    rows = plot().draw(60, 10, DARK).rows()
    assert sum("┤" in row for row in rows) >= 3


def test_a_cell_shows_two_colours_exactly_and_of_three_the_nearest() -> None:
    edge = block(8, ((0, 11, DARK.outer),), DARK)
    assert edge == ("▃", DARK.outer, DARK.paper)
    assert block(8, ((0, 16, DARK.outer),), DARK) == (" ", None, DARK.outer)
    assert block(8, ((0, 8, DARK.outer),), DARK) == (" ", None, DARK.paper)
    char, ink, paper = block(0, ((0, 7, DARK.outer), (0, 4, DARK.inner)), DARK)
    assert char == "▄"
    assert ink == DARK.inner
    assert paper is not None
    assert all(
        min(a, b) <= c <= max(a, b) for a, b, c in zip(DARK.outer, DARK.paper, paper, strict=True)
    )


def test_a_mark_stands_on_as_much_of_a_band_as_there_is() -> None:
    canvas = Canvas(1, 1)
    canvas.put(0, 0, "▂", (100, 0, 0), (0, 0, 0))
    assert behind(canvas, 0, 0) == (25, 0, 0)


def test_between_categories_there_is_a_gap() -> None:
    canvas = plot(BINDER).draw(66, 12, DARK)
    row = next(y for y, text in enumerate(canvas.rows()) if any(ord(c) > 0x2800 for c in text))
    columns = {x for x, y in marks(canvas, "⠒") + marks(canvas, "⠤") + marks(canvas, "⠉")}
    assert row > 0
    assert len(columns) < 60


def test_what_is_not_known_is_left_out() -> None:
    known = plot()
    gone = [math.nan if k < 16 else v for k, v in enumerate(known.median)]
    both = (gone, gone)
    canvas = replace(known, median=gone, inner=both, outer=both, window=None).draw(60, 12, DARK)
    middle = [x for row in canvas.rows() for x, c in enumerate(row) if ord(c) > 0x2800]
    assert middle
    assert min(middle) > 30
    nothing = [math.nan] * len(gone)
    replace(known, median=nothing, inner=(nothing, nothing), outer=(nothing, nothing)).draw(
        60, 12, DARK
    )


def test_where_a_recipe_cannot_be_made_it_is_hatched() -> None:
    feasible = [value < 140 for value in GAP.numbers]
    canvas = replace(plot(), feasible=feasible).draw(80, 16, DARK)
    hatch = [x for x, _ in marks(canvas, "╱")]
    assert hatch
    assert min(hatch) > 35


def test_without_colours_everything_is_ascii_and_bands_differ() -> None:
    readings = [Reading(0.5, 3.2, "made"), Reading(0.2, 2.6, "line")]
    text = "\n".join(replace(plot(), at=120.0, readings=readings).draw(60, 24, ASCII).rows())
    assert text.isascii()
    assert all(sign in text for sign in ".:=-|Oo")


def test_a_response_over_decades_is_drawn_on_its_logarithm() -> None:
    values = [10.0**k for k in range(5)]
    axis = GridAxis("a", None, [float(k) for k in range(5)])
    found = BandPlot(axis, "viscosity", values, (values, values), (values, values), log=True)
    assert found.scale.log
    middle = found.scale.place(100.0)
    assert middle == pytest.approx(0.5)
    zero = [0.0, *values[1:]]
    assert not replace(found, outer=(zero, zero)).scale.log

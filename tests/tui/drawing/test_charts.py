"""Charts and bars: what stands where, in every size, with and without colours."""

import pytest

from designer.tui.drawing.bars import Bar, Bars
from designer.tui.drawing.canvas import Palette
from designer.tui.drawing.chart import Chart, Curve, Mark
from tests.tui.drawing.cases import ASCII, DARK, LIGHT

PARITY = Chart(
    "porosity [%] predicted", "measured", diagonal=True,
    marks=[
        Mark(20.0, 21.0, 19.0, 23.0), Mark(30.0, 29.0, 27.0, 31.0), Mark(40.0, 25.0, kind="odd"),
    ],
)  # fmt: skip
CONTROL = Chart(
    "porosity [%]", "runs", window=(24.0, 30.0),
    marks=[Mark(1, 25.0, 24.0, 27.0), Mark(2, None, kind="failed"), Mark(3, 33.0, 24.0, 28.0)],
    ticks=[(1, "R001"), (2, "R002"), (3, "R003")],
)  # fmt: skip
PROGRESS = Chart(
    "bit", "spent [h]", zero=True,
    curves=[Curve([(0, 0), (4, 1.0), (5, 1.5)]), Curve([(5, 1.5), (9, 2.0)], promised=True)],
)  # fmt: skip
EMPTY = Chart("nothing", "nowhere")


@pytest.mark.parametrize("palette", [DARK, LIGHT, ASCII])
@pytest.mark.parametrize("chart", [PARITY, CONTROL, PROGRESS, EMPTY])
def test_every_size_can_be_drawn(chart: Chart, palette: Palette) -> None:
    for width in (0, 1, 6, 20, 60):
        for height in (0, 1, 3, 8, 20):
            canvas = chart.draw(width, height, palette)
            assert [len(row) for row in canvas.rows()] == [width] * height
            if palette.ascii:
                assert all(row.isascii() for row in canvas.rows())


def place(rows: list[str], char: str) -> tuple[int, int]:
    return next((row.index(char), y) for y, row in enumerate(rows) if char in row)


def test_higher_values_stand_higher_and_later_ones_to_the_right() -> None:
    rows = PARITY.draw(60, 16, DARK).rows()
    x, y = place(rows, "!")
    dots = [(row.index("●"), k) for k, row in enumerate(rows) if "●" in row]
    assert [k for _, k in dots] == sorted(k for _, k in dots)
    assert dots[0][0] > dots[-1][0]  # the higher one lies further to the right
    assert x > dots[0][0]
    assert dots[0][1] < y < dots[-1][1] + 1


def test_both_axes_of_a_parity_chart_are_one() -> None:
    assert PARITY.up == PARITY.right
    assert PARITY.up.low <= 19.0
    assert PARITY.up.high >= 40.0


def test_the_window_and_runs_without_a_value_are_seen() -> None:
    rows = CONTROL.draw(60, 16, DARK).rows()
    assert sum("╌╌╌╌" in row for row in rows) == 2
    _, failed = place(rows, "✗")
    axis = next(k for k, row in enumerate(rows) if "└" in row)
    assert failed == axis - 1
    assert all(name in "".join(rows) for name in ("R001", "R002", "R003"))


def test_what_is_promised_is_dotted() -> None:
    def dots(promised: bool) -> int:
        curve = Curve([(0.0, 0.0), (10.0, 1.0)], promised=promised)
        rows = Chart("y", "x", curves=[curve]).draw(60, 16, DARK).rows()
        return sum((ord(c) - 0x2800).bit_count() for row in rows for c in row if c >= "\u2800")

    assert 0 < dots(True) < 0.7 * dots(False)


def test_bars_are_as_long_as_their_share() -> None:
    told = Bars("trust", [Bar("a", 0.0), Bar("b", 0.5, words="helps", good=True), Bar("c", 1.0)])
    rows = told.draw(40, 5, DARK).rows()
    full = [row.count("█") for row in rows[1:4]]
    assert full[0] == 0
    assert full[2] == 2 * full[1] or full[2] == 2 * full[1] + 1
    assert "helps" in rows[2]


def test_ends_and_marks_of_bars_stand_at_their_shares() -> None:
    bar = Bar("trust", 0.5, 0.25, 0.75, wanted=0.9)
    row = Bars("", [bar]).draw(46, 2, DARK).rows()[1]
    track = 46 - len("trust") - 3
    left = len("trust") + 1
    assert row.index("├") == left + int(0.25 * track)
    assert row.index("┤") == left + int(0.75 * track)
    assert row.index("│") == left + int(0.9 * track)
    assert "not known yet" in Bars("", [Bar("x", None)]).draw(46, 2, DARK).rows()[1]


def test_bars_that_do_not_fit_are_counted() -> None:
    told = Bars("trust", [Bar(f"line{k}", 0.5) for k in range(9)])
    assert "6 more" in told.draw(40, 4, DARK).rows()[0]

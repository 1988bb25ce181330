"""The README's picture of the terminal UI shows what the program shows today."""

from tests.tui.picture import PICTURE, draw, prepare, rows


def frame(svg):
    """Bar, headers and footer; the numbers between may differ in their last digits elsewhere."""
    told = rows(svg)
    return [*told[:5], told[-1]]


async def test_the_picture_is_up_to_date(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    prepare(tmp_path / "pilot.db")
    kept, drawn = PICTURE.read_text(), await draw(tmp_path / "pilot.db")
    assert frame(drawn) == frame(kept), "draw it again: tests/tui/picture.py"
    assert any(" R010" in row and " ± " in row for row in rows(kept))

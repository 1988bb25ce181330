"""The README's picture of the terminal UI shows what the program shows today."""

from pathlib import Path

import pytest

from tests.pictures import (
    TUI,
    WIDE_PICTURES,
    prepare_tui,
    rows,
    tui_picture,
    wide_file,
    wide_pictures,
)


def frame(svg: str) -> list[str]:
    """Bar, headers and footer; the numbers between may differ in their last digits elsewhere."""
    told = rows(svg)
    return [*told[:5], told[-1]]


async def test_the_picture_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    prepare_tui(tmp_path / "pilot.db")
    kept, drawn = TUI.read_text(encoding="utf-8"), await tui_picture(tmp_path / "pilot.db")
    assert frame(drawn) == frame(kept), "draw it again: python -m tests.pictures"
    assert any(" R010" in row and " ± " in row for row in rows(kept))


async def test_the_pictures_of_wide_terminals_are_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    prepare_tui(tmp_path / "pilot.db")
    for name, picture in (await wide_pictures(tmp_path / "pilot.db")).items():
        kept, drawn = rows(wide_file(name).read_text(encoding="utf-8")), rows(picture)
        assert (kept[0], kept[-1]) == (drawn[0], drawn[-1]), "python -m tests.pictures"
        assert any(WIDE_PICTURES[name][1] in row for row in kept)
        assert wide_file(name).stat().st_size < 500_000

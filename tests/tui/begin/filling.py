"""Text comes into a field at once: what a hundred keys take is not what is tried here."""

from textual.widgets import Input

from tests.tui.cases import Ui


async def fill(ui: Ui, text: str) -> None:
    """Put a text where the cursor is, as if it was pasted."""
    field = ui.screen.focused
    assert isinstance(field, Input), field
    field.insert_text_at_cursor(text)
    await ui.pilot.pause()

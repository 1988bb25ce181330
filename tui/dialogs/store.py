"""What the store is and whether everything in it is sound."""

from __future__ import annotations

from designer.campaigns.errors import DesignerError
from designer.render.words import NOTHING, number
from designer.tui.dialogs.begin.asking import show_text
from designer.tui.ui import Ui


async def about_store(ui: Ui) -> None:
    """Check the store in a thread and show what it holds."""
    facts = await ui.attempt(ui.service.store.info)
    if facts is None:
        return

    def verify() -> list[str]:
        try:
            checked = ui.service.store.verify()
        except DesignerError as error:
            return [f"✗ {problem}" for problem in error.problems]
        return ["The store is sound.", *(f"✓ {check}" for check in checked["checks"])]

    ui.notify("Checking the store")
    checks = await ui.attempt(verify) or []
    width = max(map(len, facts))
    told = [f"{name.replace('_', ' '):<{width}}  {_fact(value)}" for name, value in facts.items()]
    command = "designer store info; designer store verify"
    await show_text(ui, "The store", [*checks, "", *told], command)


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_fact, value)) or NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{name} {_fact(item)}" for name, item in value.items()) or NOTHING
    return number(value)

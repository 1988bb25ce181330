"""What the store is and whether everything in it is sound."""

from __future__ import annotations

from designer.render.words import NOTHING, number
from designer.service.answers import VerifyAnswer
from designer.tui.dialogs.actions import ask
from designer.tui.dialogs.begin.asking import show_text
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui


async def about_store(ui: Ui) -> None:
    """Show what the store holds, check it in a thread, and show what was checked."""
    facts = await ui.attempt(ui.service.store.info)
    if facts is None:
        return
    width = max(map(len, facts))
    told = [f"{name.replace('_', ' '):<{width}}  {_fact(value)}" for name, value in facts.items()]
    question = Question[VerifyAnswer](
        "The store",
        [
            Ask("head", "A log position", "", "5:1a2b3c4d of a printed plan: is it still there?"),
            Ask("accept", "an older copy was put back on purpose: warn no more", tick=True),
        ],
        lambda values: ui.service.store.verify(
            values["head"] or None, accept=values["accept"] == "yes"
        ),
        text="\n".join(told),
        do="check everything",
        same_as=verify_command,
    )
    checked = await ask(ui, question)
    if checked is not None:
        checks = [f"✓ {check}" for check in checked["checks"]]
        await show_text(ui, "The store is sound", checks, "designer store verify")


def verify_command(values: Values) -> str:
    """The command line that checks the same."""
    words = ["--accept"] if values["accept"] else []
    return quoted("store", "verify", *words, options={"--head": values["head"]})


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_fact, value)) or NOTHING
    if isinstance(value, dict):
        return ", ".join(f"{name} {_fact(item)}" for name, item in value.items()) or NOTHING
    return number(value)

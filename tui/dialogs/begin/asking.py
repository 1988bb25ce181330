"""What questions about files and figures share: what was typed last, the worker, previews."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from textual.content import Content

from designer.campaigns.errors import DesignerError, InputError
from designer.render.words import plain_texts
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, told
from designer.tui.dialogs.form import Question, TextModal
from designer.tui.ui import Ui

T = TypeVar("T")


def last_typed(ui: Ui, key: str) -> dict[str, str]:
    """What was typed when the same was asked last; empty at first."""
    return ui.typed.get(key, {})


async def ask_again(ui: Ui, key: str, question: Question[T]) -> T | None:
    """Ask, and remember what is typed under a key, also when the question is left."""

    def keep(values: dict[str, str]) -> None:
        ui.typed[key] = {name: text for name, text in values.items() if text}

    return await ask(ui, replace(question, keep=keep))


async def ask_and_preview(
    ui: Ui, key: str, question: Callable[[], Question[T]], preview: Callable[[T], Question[T]]
) -> T | None:
    """Ask, show what it would do, do it; leaving the preview goes back to what was typed."""
    while (found := await ask_again(ui, key, question())) is not None:
        done = await ask(ui, preview(found))
        if done is not None:
            ui.typed.pop(key, None)
            return done
    return None


def worker_call(ui: Ui, label: str) -> Callable[[str, Mapping[str, object]], Any]:
    """What carries out a verb in the worker from a thread of a question, and waits for it.

    Args:
        ui: the application.
        label: what is computed, for the status line.
    """
    loop = asyncio.get_running_loop()

    def call(verb: str, arguments: Mapping[str, object]) -> Any:  # noqa: ANN401 - any answer
        running = asyncio.run_coroutine_threadsafe(ui.jobs.run(label, verb, arguments), loop)
        answer = running.result()
        if answer is None:
            raise DesignerError("stopped: nothing was done")
        if isinstance(answer, DesignerError):
            raise answer
        return answer

    return call


def file_of(text: str, where: str = "file") -> Path:
    """The path that was typed.

    Raises:
        InputError: nothing was.
    """
    if not text:
        raise InputError.at(where, "is missing", allowed="the path of a file; tab completes it")
    return Path(text).expanduser()


async def say_done(ui: Ui, done: str, messages: Sequence[str] = ()) -> None:
    """Say what was done and what is to be known of it, and show what is new."""
    ui.notify(told(done, messages), severity="warning" if messages else "information")
    await ui.show_entry()


async def show_text(ui: Ui, title: str, lines: Sequence[str], command: str = "") -> None:
    """Show lines that somebody asked for, and the command line that prints the same."""
    shown = [*lines, *(["", f"same as: {command}"] if command else [])]
    await ui.show_modal(TextModal(title, Content("\n".join(map(plain_texts, shown)))))


def shown_campaign(view: CampaignView) -> str:
    """The campaign in the title of a question."""
    return view.title

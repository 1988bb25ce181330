"""What questions about files and figures share: what was typed last, the worker, previews."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from textual.content import Content

from designer.campaigns.errors import DesignerError, InputError
from designer.render.words import plain_texts
from designer.tui.dialogs.actions import ask, told
from designer.tui.dialogs.form import Question, TextModal
from designer.tui.drafts import DraftKeeper, Drafts
from designer.tui.ui import Ui

T = TypeVar("T")


_KEEPER: Final = DraftKeeper()  # writes in a thread of its own, which ends with the program


def _drafts(ui: Ui) -> Drafts:
    return Drafts(ui.service.session.store.url, "questions")


async def recall(ui: Ui, key: str) -> None:
    """Fetch what was typed in a question that was left, perhaps by the end of the program."""
    if key not in ui.typed:
        ui.typed[key] = await _KEEPER.read(_drafts(ui), key)


def last_typed(ui: Ui, key: str) -> dict[str, str]:
    """What was typed when the same was asked last; empty at first."""
    return ui.typed.get(key, {})


def forget(ui: Ui, key: str) -> None:
    """It was done: nothing has to be kept."""
    ui.typed.pop(key, None)
    _KEEPER.forget(_drafts(ui), key)


def keeps(ui: Ui, key: str) -> Callable[[dict[str, str]], None]:
    """What keeps the values of a question at every key."""

    def keep(values: dict[str, str]) -> None:
        ui.typed[key] = {name: text for name, text in values.items() if text}
        _KEEPER.keep(_drafts(ui), key, values)

    return keep


async def ask_again(ui: Ui, key: str, question: Question[T]) -> T | None:
    """Ask, and remember what is typed under a key, also when the question is left."""
    return await ask(ui, replace(question, keep=keeps(ui, key)))


async def ask_and_preview(
    ui: Ui, key: str, question: Callable[[], Question[T]], preview: Callable[[T], Question[T]]
) -> T | None:
    """Ask, show what it would do, do it; leaving the preview goes back to what was typed."""
    await recall(ui, key)
    while (found := await ask_again(ui, key, question())) is not None:
        done = await ask(ui, replace(preview(found), back="back"))
        if done is not None:
            forget(ui, key)
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
            hint = "What was entered before that, if anything, stands in the history (6)"
            raise DesignerError.at("", "stopped", hint=hint)
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

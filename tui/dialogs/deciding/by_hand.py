"""A run that nobody proposed, or that somebody plans by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from designer.campaigns.plausibility.remarks import without_commands
from designer.render.words import in_unit, number
from designer.service.answers import RecordAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import (
    ask_and_preview,
    last_typed,
    say_done,
    worker_call,
)
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_SHORT = 14  # cells of the name of a factor beside its unit


async def attach(ui: Ui) -> None:
    """Ask for settings and results, show what the run would be, and enter it."""
    view, key = campaign_view(ui), f"attach {campaign_view(ui).name}"
    compute = worker_call(ui, "judging the run")
    typed: Values = {}

    def carry_out(values: Values, *, dry_run: bool) -> RecordAnswer:
        typed.update(values)
        told = attach_arguments(view, values) | {"dry_run": dry_run}
        return cast("RecordAnswer", compute("runs.attach", told))

    def question() -> Question[RecordAnswer]:
        return Question(
            f"A run nobody proposed in {view.title}",
            _asks(view, last_typed(ui, key)),
            lambda values: carry_out(values, dry_run=True),
            text="Every factor, and what was measured (31.2/31.9: replicates). Without a result or"
            " a time it is planned by hand: it waits, with what it is worth.",
            do="look at it",
            same_as=lambda values: attach_command(view, values, dry_run=True),
        )

    def preview(answer: RecordAnswer) -> Question[RecordAnswer]:
        told = [
            f"It would be {answer['run']}, {answer['status']}.",
            *(f"  {name}: {_values(v)}" for name, v in answer["recorded"].items()),
            "",
            *(f"! {without_commands(message)}" for message in answer["messages"]),
        ]
        return Question(
            "Nothing is written yet",
            (),
            lambda _values: carry_out(typed, dry_run=False),
            text="\n".join(told),
            do="enter it",
            same_as=lambda _values: attach_command(view, typed),
        )

    done = await ask_and_preview(ui, key, question, preview)
    if done is not None:
        ui.new_run = done["run"]
        await say_done(ui, f"{done['run']} is there: {done['status']}")


def _values(values: list[float] | None) -> str:
    return "never measured" if values is None else "/".join(map(number, values))


def _asks(view: CampaignView, last: Mapping[str, str]) -> list[Ask]:
    spec = view.spec

    def told(key: str, label: str, hint: str = "") -> Ask:
        return Ask(key, label, last.get(key, ""), hint)

    return [
        *(told(f"in-{f.name}", f"{f.name}{in_unit(f.unit)}") for f in spec.factors),
        *(told(f"in-{g.name}", f"{g.name}{in_unit(g.unit)}", "given") for g in spec.givens),
        *(told(f"out-{r.name}", f"{r.name}{in_unit(r.unit)}", "result") for r in spec.responses),
        *(told(f"batch-{s.name}", f"batch of {s.name}", "one of its own") for s in spec.stages),
        told("at", "Made at", "2026-12-01 14:30; empty: unknown"),
        told("note", "Note"),
    ]


def _named(values: Mapping[str, str], *kinds: str) -> dict[str, str]:
    return {
        key.removeprefix(kind): text
        for kind in kinds
        for key, text in values.items()
        if key.startswith(kind) and text
    }


def attach_arguments(view: CampaignView, values: Values) -> dict[str, object]:
    """Arguments of `runs.attach` from what was typed."""
    return {
        "campaign": view.name,
        "values": _named(values, "in-", "out-"),
        "batch": _named(values, "batch-"),
        "at": values["at"] or None,
        "note": values["note"] or None,
    }


def attach_command(view: CampaignView, values: Values, *, dry_run: bool = False) -> str:
    """The command line that enters the same."""
    pairs = [f"{name}={text}" for name, text in _named(values, "in-", "out-").items()]
    batches = [f"{name}={text}" for name, text in _named(values, "batch-").items()]
    words = [*pairs, *(["--batch", *batches] if batches else [])]
    for name in ("at", "note"):
        words += [f"--{name}", values[name]] if values[name] else []
    return quoted("attach", view.name, *words, *(["--dry-run"] if dry_run else []))

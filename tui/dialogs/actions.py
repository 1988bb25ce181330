"""What the keys do: ask what is needed, carry it out through the service, say what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from designer.campaigns.errors import InputError, Problem
from designer.render.words import moment
from designer.tui.campaign_view import CampaignView, Facts
from designer.tui.dialogs.form import (
    Ask,
    FormModal,
    Question,
    Values,
    quoted,
)
from designer.tui.ui import Ui

FAILURES: Final = ("coating defect", "delamination", "web break", "operator error")


async def ask(ui: Ui, question: Question) -> Any:  # noqa: ANN401 - whatever submit gives
    """Show a question; its answer, or None when it was left."""
    return await ui.push_screen_wait(FormModal(question))


async def ask_and_show(ui: Ui, question: Question, done: str) -> bool:
    """Show a question; when it was carried out, say so and show what is new."""
    answer = await ask(ui, question)
    if answer is None:
        return False
    told = answer.get("messages") or []
    ui.notify("\n".join([done, *told]), markup=False, severity="warning" if told else "information")
    await ui.wrote()
    return True


async def quit_if_sure(ui: Ui) -> None:
    """Ask whether to end although something is computed."""
    job = ui.jobs.current
    question = Question(
        "A computation is going on",
        (),
        lambda _values: {},
        text=f"{job.label if job else 'Computing'}: ending the program stops it."
        " Nothing that was recorded is lost.",
        do="stop it and end",
    )
    if await ask(ui, question) is not None:
        ui.exit()


# ---- runs ---------------------------------------------------------------------------------------


async def fail(ui: Ui, run: str) -> bool:
    """A run was made and failed."""
    view = campaign_view(ui)
    return await ask_and_show(
        ui,
        Question(
            f"{run} failed",
            (Ask("reason", "What went wrong", suggestions=FAILURES, placeholder=FAILURES[0]),),
            lambda values: ui.service.runs.fail(view.name, run, values["reason"]),
            text="A failed run stays: it teaches where the process fails. Usual reasons: "
            + ", ".join(FAILURES)
            + ".",
            do="note the failure",
            same_as=lambda values: quoted(
                "fail", view.name, run, options={"--reason": values["reason"]}
            ),
        ),
        f"{run} is noted as failed",
    )


async def skip(ui: Ui, run: str) -> bool:
    """A run will not be made."""
    view = campaign_view(ui)
    return await ask_and_show(
        ui,
        Question(
            f"Skip {run}",
            (Ask("reason", "Why"),),
            lambda values: ui.service.runs.abandon(view.name, [run], values["reason"]),
            text="It will not be made, and its recipe is not proposed again.",
            do="skip it",
            same_as=lambda values: quoted(
                "abandon", view.name, run, options={"--reason": values["reason"]}
            ),
        ),
        f"{run} is abandoned",
    )


async def start(ui: Ui, run: str) -> None:
    """A run is being made."""
    view = campaign_view(ui)
    if await ui.attempt(lambda: ui.service.runs.start(view.name, run)) is not None:
        ui.notify(f"{run} is being made", markup=False)
        await ui.wrote()


# ---- lines, history, notes, files ---------------------------------------------------------------


async def toggle_line(ui: Ui, line: Facts) -> bool:
    """Leave an earlier line out, or take it in again."""
    view, name = campaign_view(ui), str(line["name"])
    verb, word = ("exclude", "left out") if line["included"] else ("include", "in use again")
    method = ui.service.lines.exclude if line["included"] else ui.service.lines.include
    return await ask_and_show(
        ui,
        Question(
            f"{'Leave out' if line['included'] else 'Use again'}: line {name}",
            (Ask("reason", "Why"),),
            lambda values: method(view.name, name, values["reason"]),
            text=f"Its {line['rows']} rows stay in the campaign; the next plan is computed"
            f" {'without' if line['included'] else 'with'} them.",
            do=f"{verb} it",
            same_as=lambda values: quoted(
                "lines", verb, view.name, name, options={"--reason": values["reason"]}
            ),
        ),
        f"Line {name} is {word}",
    )


async def undo(ui: Ui, event: Facts | None) -> bool:
    """Take back an event, after showing which."""
    view = campaign_view(ui)
    alive = [e for e in view.events[1:] if not e["reversed"] and e["kind"] != "event_reversed"]
    target = event or (alive[-1] if alive else None)
    if target is None:
        ui.notify("There is nothing to undo", markup=False)
        return False
    seq = int(target["seq"])
    redo = target["kind"] == "event_reversed"
    return await ask_and_show(
        ui,
        Question(
            f"{'Redo' if redo else 'Undo'}: event {seq}",
            (Ask("reason", "Why (optional)"),),
            lambda values: ui.service.campaigns.undo(view.name, seq, values["reason"] or None),
            text=f"{target['summary']}\nby {target['actor']}, {moment(target['at'])}\n\n"
            "A reversal is appended; nothing is erased.",
            do="take it back",
            same_as=lambda values: quoted(
                "undo", view.name, str(seq), options={"--reason": values["reason"]}
            ),
        ),
        f"Event {seq} is taken back",
    )


async def note(ui: Ui) -> bool:
    """Keep a remark on the campaign."""
    view = campaign_view(ui)
    return await ask_and_show(
        ui,
        Question(
            f"Note on {view.name}",
            (Ask("text", "Note"),),
            lambda values: ui.service.campaigns.note(view.name, values["text"]),
            same_as=lambda values: quoted("note", view.name, values["text"]),
        ),
        "Noted",
    )


async def export(ui: Ui) -> None:
    """Write a file; the folder is the one the program was started in."""
    view = campaign_view(ui)
    kinds = ("plan", "data", "events", "spec")
    about = ("runs to be made, with blank results", "every measurement", "the log", "specification")
    safe = re.sub(r"[^\w.-]+", "-", view.name)

    def submit(values: Values) -> Any:  # noqa: ANN401 - JSON
        if not values["path"]:
            raise InputError(
                Problem("file", "is missing", allowed="a path ending in .csv, .xlsx, …")
            )
        path = Path(values["path"]).expanduser()
        return ui.service.campaigns.export(
            view.name, path, what=values["what"], force=values["force"] == "yes"
        )

    answer = await ask(
        ui,
        Question(
            f"Export from {view.name}",
            (
                Ask("what", "What", options=[
                    (f"{kind}: {told}", kind) for kind, told in zip(kinds, about, strict=True)
                ]),
                Ask("path", "File", value=f"{safe}-plan.csv"),
                Ask("force", "overwrite a file that is there", tick=True),
            ),
            submit,
            text=f"Folder: {Path.cwd()}\nThe ending names the format: .csv .xlsx .json"
            " (specification: .toml).",
            do="write it",
            same_as=lambda values: quoted(
                "export", view.name, values["path"],
                *(["--force"] if values["force"] else []),
                options={"--what": values["what"]},
            ),
        ),
    )  # fmt: skip
    if answer is not None:
        ui.notify(f"{answer['file']} written, {answer['rows']} rows", markup=False)


def campaign_view(ui: Ui) -> CampaignView:
    """The campaign that is shown."""
    if ui.view is None:
        raise RuntimeError("no campaign is open")
    return ui.view

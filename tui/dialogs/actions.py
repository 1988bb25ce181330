"""What the keys do: ask what is needed, carry it out through the service, say what came of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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

if TYPE_CHECKING:
    from designer.tui.app import DesignerApp

FAILURES: Final = ("coating defect", "delamination", "web break", "operator error")


async def ask(app: DesignerApp, question: Question) -> Any:  # noqa: ANN401 - whatever submit gives
    """Show a question; its answer, or None when it was left."""
    return await app.push_screen_wait(FormModal(question))


async def ask_and_show(app: DesignerApp, question: Question, done: str) -> bool:
    """Show a question; when it was carried out, say so and show what is new."""
    answer = await ask(app, question)
    if answer is None:
        return False
    told = answer.get("messages") or []
    app.notify(
        "\n".join([done, *told]), markup=False, severity="warning" if told else "information"
    )
    await app.wrote()
    return True


async def quit_if_sure(app: DesignerApp) -> None:
    """Ask whether to end although something is computed."""
    job = app.jobs.current
    question = Question(
        "A computation is going on",
        (),
        lambda _values: {},
        text=f"{job.label if job else 'Computing'}: ending the program stops it."
        " Nothing that was recorded is lost.",
        do="stop it and end",
    )
    if await ask(app, question) is not None:
        app.exit()


# ---- runs ---------------------------------------------------------------------------------------


async def fail(app: DesignerApp, run: str) -> bool:
    """A run was made and failed."""
    view = campaign_view(app)
    return await ask_and_show(
        app,
        Question(
            f"{run} failed",
            (Ask("reason", "What went wrong", suggestions=FAILURES, placeholder=FAILURES[0]),),
            lambda values: app.service.runs.fail(view.name, run, values["reason"]),
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


async def skip(app: DesignerApp, run: str) -> bool:
    """A run will not be made."""
    view = campaign_view(app)
    return await ask_and_show(
        app,
        Question(
            f"Skip {run}",
            (Ask("reason", "Why"),),
            lambda values: app.service.runs.abandon(view.name, [run], values["reason"]),
            text="It will not be made, and its recipe is not proposed again.",
            do="skip it",
            same_as=lambda values: quoted(
                "abandon", view.name, run, options={"--reason": values["reason"]}
            ),
        ),
        f"{run} is abandoned",
    )


async def start(app: DesignerApp, run: str) -> None:
    """A run is being made."""
    view = campaign_view(app)
    if await app.attempt(lambda: app.service.runs.start(view.name, run)) is not None:
        app.notify(f"{run} is being made", markup=False)
        await app.wrote()


# ---- lines, history, notes, files ---------------------------------------------------------------


async def toggle_line(app: DesignerApp, line: Facts) -> bool:
    """Leave an earlier line out, or take it in again."""
    view, name = campaign_view(app), str(line["name"])
    verb, word = ("exclude", "left out") if line["included"] else ("include", "in use again")
    method = app.service.lines.exclude if line["included"] else app.service.lines.include
    return await ask_and_show(
        app,
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


async def undo(app: DesignerApp, event: Facts | None) -> bool:
    """Take back an event, after showing which."""
    view = campaign_view(app)
    alive = [e for e in view.events[1:] if not e["reversed"] and e["kind"] != "event_reversed"]
    target = event or (alive[-1] if alive else None)
    if target is None:
        app.notify("There is nothing to undo", markup=False)
        return False
    seq = int(target["seq"])
    redo = target["kind"] == "event_reversed"
    return await ask_and_show(
        app,
        Question(
            f"{'Redo' if redo else 'Undo'}: event {seq}",
            (Ask("reason", "Why (optional)"),),
            lambda values: app.service.campaigns.undo(view.name, seq, values["reason"] or None),
            text=f"{target['summary']}\nby {target['actor']}, {moment(target['at'])}\n\n"
            "A reversal is appended; nothing is erased.",
            do="take it back",
            same_as=lambda values: quoted(
                "undo", view.name, str(seq), options={"--reason": values["reason"]}
            ),
        ),
        f"Event {seq} is taken back",
    )


async def note(app: DesignerApp) -> bool:
    """Keep a remark on the campaign."""
    view = campaign_view(app)
    return await ask_and_show(
        app,
        Question(
            f"Note on {view.name}",
            (Ask("text", "Note"),),
            lambda values: app.service.campaigns.note(view.name, values["text"]),
            same_as=lambda values: quoted("note", view.name, values["text"]),
        ),
        "Noted",
    )


async def export(app: DesignerApp) -> None:
    """Write a file; the folder is the one the program was started in."""
    view = campaign_view(app)
    kinds = ("plan", "data", "events", "spec")
    about = ("runs to be made, with blank results", "every measurement", "the log", "specification")
    safe = re.sub(r"[^\w.-]+", "-", view.name)

    def submit(values: Values) -> Any:  # noqa: ANN401 - JSON
        if not values["path"]:
            raise InputError(
                Problem("file", "is missing", allowed="a path ending in .csv, .xlsx, …")
            )
        path = Path(values["path"]).expanduser()
        return app.service.campaigns.export(
            view.name, path, what=values["what"], force=values["force"] == "yes"
        )

    answer = await ask(
        app,
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
        app.notify(f"{answer['file']} written, {answer['rows']} rows", markup=False)


def campaign_view(app: DesignerApp) -> CampaignView:
    """The campaign that is shown."""
    if app.view is None:
        raise RuntimeError("no campaign is open")
    return app.view

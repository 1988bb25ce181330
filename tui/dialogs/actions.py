"""What the keys do: ask what is needed, carry it out through the service, say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar, cast

from designer.campaigns.commands.checks import required_text
from designer.campaigns.log.runs import BREACH
from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.sheets.run_object import RunObject
from designer.render.words import moment
from designer.service.answers import DoneAnswer, EventObject, OfCampaign
from designer.service.figures import JudgedLine
from designer.service.flags import confirmable
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.form import Ask, FormModal, Question, quoted
from designer.tui.keys.run_keys import CALLED_OFF
from designer.tui.ui import Ui

T = TypeVar("T")
_WHY: Final = Ask("reason", "Why")
_CONFIRMED: Final = "It is right as it stands: the flag goes, the remark stays."
FAILURES: Final = ("coating defect", "delamination", "web break", "operator error")


def campaign_view(ui: Ui) -> CampaignView:
    """The campaign that is shown."""
    if ui.view is None:
        raise RuntimeError("no campaign is open")
    return ui.view


async def ask(ui: Ui, question: Question[T]) -> T | None:
    """Show a question; its answer, or None when it was left."""
    return await ui.show_modal(FormModal(question))


async def ask_and_show(ui: Ui, question: Question[OfCampaign], done: str) -> bool:
    """Show a question; when it was carried out, say `done` and show what is new."""
    answer = await ask(ui, question)
    if answer is None:
        return False
    messages = cast("DoneAnswer", answer)["messages"] if "messages" in answer else []
    ui.notify(told(done, messages), severity="warning" if messages else "information")
    await ui.show_entry()
    return True


def told(done: str, messages: Iterable[str]) -> str:
    """What was done, and what is to be said about it; keys answer it here, not commands."""
    return "\n".join([done, *(f"! {without_commands(message)}" for message in messages)])


async def _ask_reason(
    ui: Ui,
    title: str,
    act: Callable[[str], OfCampaign],
    *,
    reason: Ask = _WHY,
    text: str,
    do: str,
    command: tuple[str, ...],
    done: str,
) -> bool:
    """Ask for a reason, then act; `command` are the words of the same on the command line."""
    question = Question(
        title,
        (reason,),
        lambda values: act(values["reason"]),
        text=text,
        do=do,
        same_as=lambda values: quoted(*command, options={"--reason": values["reason"]}),
    )
    return await ask_and_show(ui, question, done)


async def quit_if_sure(ui: Ui) -> None:
    """Ask whether to end although something is computed."""
    job = ui.jobs.current
    question = Question(
        "A computation is going on",
        (),
        lambda _values: True,
        text=f"{job.label if job else 'Computing'}: ending the program stops it."
        " Nothing that was recorded is lost.",
        do="stop it and end",
    )
    if await ask(ui, question):
        ui.exit()


# ---- runs ---------------------------------------------------------------------------------------


async def fail(ui: Ui, run: RunObject) -> bool:
    """A run was made and failed."""
    name, run_id = campaign_view(ui).name, run["run"]
    usual = ", ".join(FAILURES)
    return await _ask_reason(
        ui,
        f"{run_id} failed",
        lambda reason: ui.service.runs.fail(name, run_id, reason),
        reason=Ask("reason", "What went wrong", suggestions=FAILURES, placeholder=FAILURES[0]),
        text=f"A failed run stays: it teaches where the process fails. Usual reasons: {usual}.",
        do="note the failure",
        command=("fail", name, run_id),
        done=f"{run_id} is noted as failed",
    )


async def reopen(ui: Ui, run: RunObject) -> bool:
    """A run that is called failed or abandoned goes on all the same."""
    name, run_id, status = campaign_view(ui).name, run["run"], run["status"]
    if status not in CALLED_OFF:
        ui.notify(f"{run_id} is {status}: there is nothing to reopen")
        return False
    why = f": {run['failure']}" if run["failure"] else ""
    return await _ask_reason(
        ui,
        f"{run_id} is {status}",
        lambda reason: ui.service.runs.reopen(name, run_id, required_text(reason, "reason")),
        reason=Ask("reason", "Why", suggestions=("it was made after all", "called so by mistake")),
        text=f"{run_id} is {status}{why}. To record a result, put it back first: then it counts"
        " again as what its results say.",
        do="reopen it",
        command=("reopen", name, run_id),
        done=f"{run_id} is open again",
    )


async def skip(ui: Ui, run: RunObject) -> bool:
    """A run will not be made."""
    name, run_id = campaign_view(ui).name, run["run"]
    return await _ask_reason(
        ui,
        f"Skip {run_id}",
        lambda reason: ui.service.runs.abandon(name, [run_id], reason),
        text="It will not be made, and its recipe is not proposed again.",
        do="skip it",
        command=("abandon", name, run_id),
        done=f"{run_id} is abandoned",
    )


def start(ui: Ui, run: RunObject) -> None:
    """A run is being made; asks where it breaks the changed specification."""
    broken = [flag["message"] for flag in run["flags"] if flag["kind"] == BREACH]
    if broken and run["status"] == "proposed":
        ui.run_dialog(_start_anyway(ui, run, broken))
    else:  # without a question the next key is for the list
        ui.run_worker(_start(ui, run), group="start")


async def _start(ui: Ui, run: RunObject) -> None:
    name, run_id = campaign_view(ui).name, run["run"]
    if await ui.attempt(lambda: ui.service.runs.start(name, run_id)) is not None:
        ui.notify(f"{run_id} is being made")
        await ui.show_entry()


async def _start_anyway(ui: Ui, run: RunObject, broken: list[str]) -> None:
    name, run_id = campaign_view(ui).name, run["run"]
    question = Question[OfCampaign](
        f"{run_id} breaks the changed specification",
        (),
        lambda _values: ui.service.runs.start(name, run_id, anyway=True),
        text="\n".join([*broken, "Better: skip it (s), or a new plan (g) in its place."]),
        do="start it all the same",
        same_as=lambda _values: f"{quoted('start', name, run_id)} --anyway",
    )
    await ask_and_show(ui, question, f"{run_id} is being made")


async def confirm(ui: Ui, run: RunObject) -> bool:
    """What is flagged about a run is looked at and right; asks for the remark to keep."""
    name, run_id = campaign_view(ui).name, run["run"]
    kinds = confirmable(run["flags"])
    if not kinds:
        ui.notify(f"{run_id} has no flag to confirm")
        return False
    words = [(kind.replace("_", " ").replace(":", " of "), kind) for kind in kinds]
    question = Question[OfCampaign](
        f"Confirm {run_id}",
        (Ask("text", "What was checked"), Ask("kind", "Flag", value=kinds[0], options=words)),
        lambda values: ui.service.campaigns.note(
            name, values["text"], run_id, confirm=values["kind"]
        ),
        text="\n".join([*(f"! {flag['message']}" for flag in run["flags"]), "", _CONFIRMED]),
        do="confirm it",
        same_as=lambda values: quoted(
            "note", name, run_id, values["text"], options={"--confirm": values["kind"]}
        ),
    )
    return await ask_and_show(ui, question, f"{run_id}: confirmed")


# ---- lines, history, notes ---------------------------------------------------------------


async def toggle_line(ui: Ui, line: JudgedLine) -> bool:
    """Leave an earlier line out, or take it in again."""
    campaign, name, included = campaign_view(ui).name, line["name"], line["included"]
    verb = "exclude" if included else "include"
    switch = ui.service.lines.exclude if included else ui.service.lines.include
    return await _ask_reason(
        ui,
        f"{'Leave out' if included else 'Use again'}: line {name}",
        lambda reason: switch(campaign, name, reason),
        text=f"Its {line['rows']} rows stay in the campaign; the next plan is computed"
        f" {'without' if included else 'with'} them.",
        do=f"{verb} it",
        command=("lines", verb, campaign, name),
        done=f"Line {name} is {'left out' if included else 'in use again'}",
    )


async def undo(ui: Ui, event: EventObject | None) -> bool:
    """Take back an event (None: the last that counts), after showing which."""
    view = campaign_view(ui)
    counting = [e for e in view.events[1:] if not e["reversed"] and e["kind"] != "event_reversed"]
    target = event or (counting[-1] if counting else None)
    if target is None:
        ui.notify("There is nothing to undo")
        return False
    seq = target["seq"]
    return await _ask_reason(
        ui,
        f"{'Redo' if target['kind'] == 'event_reversed' else 'Undo'}: event {seq}",
        lambda reason: ui.service.campaigns.undo(view.name, seq, reason or None),
        reason=Ask("reason", "Why (optional)"),
        text=f"{target['summary']}\nby {target['actor']}, {moment(target['at'])}\n\n"
        "A reversal is appended; nothing is erased.",
        do="take it back",
        command=("undo", view.name, str(seq)),
        done=f"Event {seq} is taken back",
    )


async def note(ui: Ui) -> bool:
    """Keep a remark on the campaign."""
    return await _note(ui, None)


async def note_run(ui: Ui, run: RunObject) -> bool:
    """Keep a remark on a run."""
    return await _note(ui, run["run"])


async def _note(ui: Ui, run: str | None) -> bool:
    name = campaign_view(ui).name
    about = [] if run is None else [run]
    question: Question[OfCampaign] = Question(
        f"Note on {run or name}",
        (Ask("text", "Note"),),
        lambda values: ui.service.campaigns.note(name, values["text"], run),
        same_as=lambda values: quoted("note", name, *about, values["text"]),
    )
    return await ask_and_show(ui, question, "Noted")

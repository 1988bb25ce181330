"""What is said about a run in its form, and what its fields say to the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypedDict

from textual.content import Content

from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.sheets.run_object import RunObject
from designer.render.words import plain_texts
from designer.service.answers import RecordAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.keys.run_keys import CALLED_OFF, DONE, FORM_KEYS, ways_out
from designer.tui.widgets.overview_text import recipe_text
from designer.tui.widgets.run_text import run_sign

_NAMED: Final = 3  # flagged runs that are named in the head
HINT: Final = Content.styled(
    "31.2/31.9: replicates   none: will never be measured   blank: comes later", "$quiet"
)


def is_locked(run: RunObject, key: str, *, replicate: bool) -> bool:
    """Whether a field of a run is read only: what is done is corrected, not typed over.

    Args:
        run: the run.
        key: of the field.
        replicate: whether further measurements are to be typed in.
    """
    further = replicate and key.startswith(("response:", "at", "note"))
    return run["status"] in DONE and not further


def hint_of(run: RunObject, *, replicate: bool) -> Content:
    """What can be done with the form of a run before anything is typed."""
    if run["status"] not in DONE or replicate:
        return HINT
    more = "reopens it, with a reason" if run["status"] in CALLED_OFF else "further measurements"
    corrects = " · c corrects a value" if run["status"] != "abandoned" else ""
    return Content.styled(f"Read only: {run['status']}{corrects} · ctrl+r {more}", "$text-accent")


class ResultArguments(TypedDict):
    """Arguments of `runs.record`, as typed."""

    responses: dict[str, str]
    settings: dict[str, str]
    batch: dict[str, str]
    at: str | None
    note: str | None
    replicate: bool


def head_text(view: CampaignView, run: RunObject, *, replicate: bool) -> Content:
    """Which run it is, where it stands, what is odd about it, its recipe; other odd runs."""
    ids = [waiting["run"] for waiting in view.waiting]
    place = f"{ids.index(run['run']) + 1} of {len(ids)} waiting" if run["run"] in ids else ""
    state = " · ".join(filter(None, [run["status"], place, run["plan"]]))
    more = "  further measurements: type them" if replicate else ""
    head = Content.assemble(
        (run_sign(run), "bold $primary"), f"  {state}", (more, "bold $text-accent"),
        (_others_flagged(view, run), "$text-warning"),
    )  # fmt: skip
    recipe = Content.styled(recipe_text(view, run["settings"] or run["used"]), "bold")
    flags = [Content.styled(f"! {flag['message']}", "$text-warning") for flag in run["flags"]]
    if flags:
        flags.append(Content.styled(ways_out(view, run, FORM_KEYS), "$quiet"))
    return Content("\n").join([head, recipe, *flags])


def _others_flagged(view: CampaignView, run: RunObject) -> str:
    """Runs with a flag besides the one that is shown, so that none is forgotten."""
    others = [other["run"] for other in view.odd if other is not run]
    if not others:
        return ""
    more = f", {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"  look at {', '.join(f'{name}!' for name in others[-_NAMED:])}{more}"


def arguments_of(typed: Mapping[str, str], *, replicate: bool) -> ResultArguments:
    """Arguments of `runs.record` from the fields."""
    parts: dict[str, dict[str, str]] = {"response": {}, "setting": {}, "batch": {}}
    for key, text in typed.items():
        kind, _, name = key.partition(":")
        if kind in parts:
            parts[kind][name] = text.strip()
    return {
        "responses": parts["response"],
        "settings": parts["setting"],
        "batch": parts["batch"],
        "at": typed.get("at", "").strip() or None,
        "note": typed.get("note", "").strip() or None,
        "replicate": replicate,
    }


def news_about(run: RunObject, answer: RecordAnswer) -> list[str]:
    """What is odd about results beyond the flags the run had; keys answer it, not commands.

    Args:
        run: as it was before.
        answer: of `runs.record`.
    """
    known = {flag["message"] for flag in run["flags"]}
    told = map(without_commands, plain_texts(answer["messages"]))
    return [message for message in told if message not in known]


def accepted_text(
    view: CampaignView, run: RunObject, typed: Mapping[str, str], odd: Iterable[str], status: str
) -> Content:
    """Warnings, and what the run will be once this is saved.

    Args:
        view: the campaign.
        run: the run of the form.
        typed: what is in the fields.
        odd: what is odd about it.
        status: of the run, once it is saved.
    """
    lines = [Content.styled(f"! {message}", "$text-warning") for message in odd]
    outcome = f"✓ ctrl+s saves; {run['run']} will be {status}"
    missing = [
        response.name
        for response in view.spec.responses
        if f"response:{response.name}" not in typed
        and response.name not in run["measurements"]
        and response.name not in run["never"]
    ]
    if missing and status == "partial":
        outcome += f", still to come: {', '.join(missing)}"
    return Content("\n").join([*lines, Content.styled(outcome, "$text-success")])

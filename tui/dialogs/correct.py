"""Replacing a recorded value: which one, by what, and why."""

from __future__ import annotations

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.sheets.run_object import RunObject
from designer.render.words import in_unit, moment, number
from designer.service.answers import OfCampaign
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask_and_show, campaign_view
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui
from designer.tui.widgets.common import ACTOR, shortened


async def correct(ui: Ui, run: RunObject) -> bool:
    """Replace a recorded value."""
    view = campaign_view(ui)
    options = _correctable(view, run)
    if not options:
        ui.notify(f"{run['run']} has no recorded value to correct")
        return False

    def submit(values: Values) -> OfCampaign:
        part, name, replicate = values["what"].split(":")
        if not values["value"]:
            raise InputError(Problem("right value", "is missing"))
        right = {name: values["value"]}
        return ui.service.runs.correct(
            view.name,
            run["run"],
            right if part == "response" else {},
            settings=right if part == "setting" else {},
            batch=right if part == "batch" else {},
            replicate=int(replicate) if replicate else None,
            reason=values["reason"],
        )

    reasons = ("digits swapped", "wrong unit", "typing error")
    question = Question(
        f"Correct {run['run']}",
        (
            Ask("what", "Wrong value", _doubted(run, options), options=options),
            Ask("value", "Right value", placeholder="number, none = it was no measurement"),
            Ask("reason", "Reason", suggestions=reasons),
        ),
        submit,
        text="The new value counts from now on; the old one stays in the history.",
        do="correct it",
        same_as=lambda values: _correction_line(view.name, run, values),
    )
    return await ask_and_show(ui, question, f"{run['run']} is corrected")


def _correctable(view: CampaignView, run: RunObject) -> list[tuple[str, str]]:
    """What can be corrected, in the order of the form, and the key of each."""
    spec, used = view.spec, {**run["given"], **run["used"]}
    found = [
        (
            f"{response.name} = {value['text']}{in_unit(value['unit'] or response.unit)}"
            f"  ({shortened(value['actor'], ACTOR)}, {moment(value['at'])[5:]})",
            f"response:{response.name}:{value['replicate']}",
        )
        for response in spec.responses
        for value in run["measurements"].get(response.name, ())
    ]
    if found or run["status"] not in ("proposed", "abandoned"):
        found += [
            (f"{item.name} was set to {number(used[item.name])}{in_unit(item.unit)}",
             f"setting:{item.name}:")
            for item in spec.inputs if item.name in used
        ]  # fmt: skip
        found += [
            (f"{stage.name} batch {run['batch'][stage.name]}", f"batch:{stage.name}:")
            for stage in spec.stages
            if stage.name in run["batch"]
        ]
    return found


def _doubted(run: RunObject, options: list[tuple[str, str]]) -> str:
    """Key of the first value that a flag doubts, else of the first of all."""
    names = [flag["response"] for flag in run["flags"] if flag["response"] is not None]
    keys = [key for _, key in options]
    doubted = [key for name in names for key in keys if key.startswith(f"response:{name}:")]
    return [*doubted, *keys][0]


def _correction_line(campaign: str, run: RunObject, values: Values) -> str:
    """The command line that corrects the same."""
    part, name, replicate = values["what"].split(":")
    pair = f"{name}={values['value']}"
    words = ["correct", campaign, run["run"], *([pair] if part == "response" else [])]
    options = {"setting": {"--set": pair}, "batch": {"--batch": pair}}.get(part, {})
    several = len(run["measurements"].get(name, ())) > 1
    more = {"--replicate": replicate if several else ""}
    return quoted(*words, options={**options, **more, "--reason": values["reason"]})

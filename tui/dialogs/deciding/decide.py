"""Another setting of a proposed run: what it would bring is told while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as replaced
from typing import ClassVar, cast

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from designer.campaigns.errors import DesignerError, InputError
from designer.campaigns.log.runs import OPEN, run_id_text, run_number
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.values.numbers import parse_number
from designer.engine.pictures.answers import RunFigures, WhatIf
from designer.render.expected import expected, in_spec_words
from designer.render.words import in_unit, number, plain_texts, priced, rounded
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import (
    forget,
    keeps,
    last_typed,
    recall,
    say_done,
    worker_call,
)
from designer.tui.dialogs.form import Ask, Question, Values, problems_text, quoted
from designer.tui.dialogs.live_form import LiveForm, Teller
from designer.tui.ui import Ui

_INSTEAD, _AS_MADE = "instead", "made"
_STEPS = 50  # parts of the range of a continuous factor, one for each key (assumption)
_WHY = "another setting was chosen"


async def decide(ui: Ui, run: RunObject) -> None:
    """Edit the settings of a run that waits; enter it anew, or start it as really set."""
    view, run_id = campaign_view(ui), run["run"]
    if run["status"] not in OPEN:
        ui.notify(f"{run_id} is {run['status']}: c corrects what was really set")
        return
    key = f"decide {view.name} {run_id}"
    await recall(ui, key)
    compute = worker_call(ui, "judging the run")

    def submit(values: Values) -> str:
        changed = changed_settings(view, run, values)
        if values["then"] == _AS_MADE:
            if changed:  # refused before anything is entered
                ui.service.runs.record(view.name, run_id, {}, settings=changed, dry_run=True)
            if run["status"] == "proposed":
                ui.service.runs.start(view.name, run_id)
            if changed:
                ui.service.runs.record(view.name, run_id, {}, settings=changed)
            return run_id
        if not changed:
            raise InputError.at("settings", "are those of the run", hint="Change one, or leave")
        recipe = {**_texts(view, run), **changed}
        told = {"campaign": view.name, "values": recipe, "note": f"instead of {run_id}"}
        entered = cast("dict[str, str]", compute("runs.attach", told))
        reason = values["reason"] or _WHY
        ui.service.runs.abandon(view.name, [run_id], f"{reason}: see {entered['run']}")
        return entered["run"]

    async def tell(values: Values) -> Content | None:
        recipe = {factor.name: values[f"in-{factor.name}"] for factor in view.spec.factors}
        asked = {"campaign": view.name, "recipe": recipe, "run": run_id}
        label = "what it would bring"
        answer = await ui.jobs.run(label, "pictures.what_if", asked, polite=True)
        if isinstance(answer, DesignerError):
            return problems_text(answer)
        return None if answer is None else what_if_text(view, cast("WhatIf", answer))

    asked = _question(view, run, submit, last_typed(ui, key))
    question = replaced(asked, keep=keeps(ui, key))
    done = await ui.show_modal(DecideForm(question, tell, view))
    if done is not None:
        forget(ui, key)
        ui.new_run = done
        await say_done(ui, f"{done} is being made" if done == run_id else f"{done}: {run_id} anew")


def _question(
    view: CampaignView,
    run: RunObject,
    submit: Callable[[Values], str],
    last: Mapping[str, str],
) -> Question[str]:
    thens = [("it is being made so (really used)", _AS_MADE)]
    if not run["measurements"]:
        thens.insert(0, ("propose this instead, by hand", _INSTEAD))
    return Question(
        f"{run['run']}: another setting",
        [
            *(_ask(factor, run, last) for factor in view.spec.factors),
            Ask("then", "Then", options=thens),
            Ask("reason", "Why", last.get("reason", ""), _WHY),
        ],
        submit,
        do="do it",
        same_as=lambda values: decide_command(view, run, values),
    )


def _ask(factor: Factor, run: RunObject, last: Mapping[str, str]) -> Ask:
    if factor.is_categorical:
        hint = ", ".join(factor.categories or ())
    else:
        hint = " to ".join(map(number, factor.bounds))
    value = last.get(f"in-{factor.name}", number(run["used"].get(factor.name)))
    return Ask(f"in-{factor.name}", f"{factor.name}{in_unit(factor.unit)}", value, hint)


def _texts(view: CampaignView, run: RunObject) -> dict[str, str]:
    """Settings and givens of a run as they are typed."""
    known = {**run["given"], **run["used"]}
    return {item.name: number(known[item.name]) for item in view.spec.inputs if item.name in known}


def changed_settings(view: CampaignView, run: RunObject, values: Values) -> dict[str, str]:
    """What was typed that the run does not have."""
    old = _texts(view, run)
    typed = {factor.name: values[f"in-{factor.name}"] for factor in view.spec.factors}
    return {name: text for name, text in typed.items() if text and text != old.get(name)}


def decide_command(view: CampaignView, run: RunObject, values: Values) -> str:
    """The command lines that do the same, one after the other."""
    run_id, changed = run["run"], changed_settings(view, run, values)
    if values["then"] == _AS_MADE:
        started = [quoted("start", view.name, run_id)] if run["status"] == "proposed" else []
        pairs = [f"{name}={text}" for name, text in changed.items()]
        used = [quoted("record", view.name, run_id, "--set", *pairs)] if pairs else []
        return " && ".join([*started, *used])
    pairs = [f"{name}={text}" for name, text in {**_texts(view, run), **changed}.items()]
    entered = quoted("attach", view.name, *pairs, options={"--note": f"instead of {run_id}"})
    new = run_id_text(max(run_number(each["run"]) or 0 for each in view.runs) + 1)
    reason = f"{values['reason'] or _WHY}: see {new}"
    return f"{entered} && {quoted('abandon', view.name, run_id, options={'--reason': reason})}"


# ---- what it would bring ------------------------------------------------------------------------


def what_if_text(view: CampaignView, told: WhatIf) -> Content:
    """Bits, cost and predictions, as they were and as they would be."""
    before = told["before"]
    rows = [
        _row("bits", _bits(before), _bits(told)),
        _row("cost", _cost(view, before), _cost(view, told)),
    ]
    old = {} if before is None else before["predicted"]
    for response in view.spec.responses:
        new = told["predicted"].get(response.name)
        if new is not None:
            name = f"{response.name}{in_unit(response.unit)}"
            was = "" if response.name not in old else expected(old[response.name])
            rows.append(_row(name, was, expected(new)))
    if told["in_spec"] is not None:
        rows.append(_row("in spec", _chances(before), _chances(told)))
    if told["new_batches"]:
        rows.append(Content(f"new batches: {plain_texts(', '.join(told['new_batches']))}"))
    rows += [Content.styled(f"! {plain_texts(text)}", "$text-warning") for text in told["problems"]]
    return Content("\n").join(rows)


def _row(name: str, old: str, new: str) -> Content:
    style = "$quiet" if old == new else "bold $text-accent"
    shown = "as it is" if old == new else new
    head = f"{plain_texts(name):<26}{old:<22}"
    return Content.assemble(head, ("→ ", "$quiet"), (shown, style))


def _chances(told: RunFigures | None) -> str:
    if told is None:
        return ""
    words = in_spec_words(told["in_spec"], told["in_spec_measured"], brief=True)
    return words.removeprefix("in spec ")


def _bits(told: RunFigures | None) -> str:
    bits = None if told is None else told["bits"]
    return "" if bits is None else f"{rounded(bits)} bit"


def _cost(view: CampaignView, told: RunFigures | None) -> str:
    return "" if told is None else priced(told["cost"], view.cost_unit)


class DecideForm(LiveForm[str]):
    """The form; arrows up and down move a setting by one step of the machine."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # they win over the body, which would scroll
        Binding("up", "step(1)", show=False, priority=True),
        Binding("down", "step(-1)", show=False, priority=True),
    ]

    def __init__(self, question: Question[str], tell: Teller, view: CampaignView) -> None:
        super().__init__(question, tell)
        self._factors = {f"ask-in-{factor.name}": factor for factor in view.spec.factors}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Lists have their own use for arrows."""
        if action == "step":
            return isinstance(self.focused, Input) and self.focused.id in self._factors
        return super().check_action(action, parameters)

    def action_step(self, steps: int) -> None:
        """Move the setting that has the focus."""
        field = self.focused
        if isinstance(field, Input) and field.id in self._factors:
            field.value = stepped(self._factors[field.id], field.value, steps)
            field.cursor_position = len(field.value)


def _set_points(factor: Factor) -> Sequence[Setting]:
    """What the machine can be set to; of a continuous factor some settings evenly apart."""
    listed = factor.values()
    if listed is not None:
        return listed
    return [float(f"{factor.scale.at(k / _STEPS):.4g}") for k in range(_STEPS + 1)]


def stepped(factor: Factor, text: str, steps: int) -> str:
    """The next setting of the machine above or below; the text as it is where there is none."""
    values = [number(value) for value in _set_points(factor)]
    if text in values:
        place = values.index(text) + steps
        return values[place] if 0 <= place < len(values) else text
    typed = parse_number(text)
    if typed is None or factor.is_categorical:
        return values[0] if values else text
    ahead = [value for value in values if (float(value) - typed) * steps > 0]
    return text if not ahead else min(ahead, key=lambda value: abs(float(value) - typed))

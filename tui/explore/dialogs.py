"""What the maps ask: which axes, which recipe, and whether a run of it shall be planned."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.space.factors import Setting
from designer.campaigns.space.settings import settings_from_texts
from designer.engine.pictures.answers import WhatIf
from designer.render.words import in_unit, number, share
from designer.service.answers import RecordAnswer
from designer.tui.dialogs.actions import ask
from designer.tui.dialogs.begin.asking import say_done, worker_call
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.explore.state import Exploring
from designer.tui.explore.texts import recipe_words, rounded_to, worth_words
from designer.tui.ui import Ui

Go = Callable[[Exploring], None]


async def choose_axes(ui: Ui, here: Exploring, go: Go) -> None:
    """Ask which two factors the map is over."""
    names = [factor.name for factor in here.spec.factors]
    if len(names) < 2:
        ui.notify("a map needs two factors: this campaign has one, and slices show it")
        return
    options = [(name, name) for name in names]

    def chosen(values: Values) -> tuple[str, str]:
        x, y = values["x"], values["y"]
        if x == y:
            findings = Findings()
            findings.report("upwards", "is the same factor as across", y, "another factor")
            findings.raise_if_any()
        return x, y

    found = await ask(
        ui,
        Question(
            "The axes of the map",
            (
                Ask("x", "Across", here.x, options=options),
                Ask("y", "Upwards", here.y or "", options=options),
            ),
            chosen,
            text="All other factors are held; [ ] change them.",
            do="show it",
        ),
    )
    if found is not None:
        go(here.axes(*found))


async def type_recipe(ui: Ui, here: Exploring, go: Go) -> None:
    """Ask for settings, and look there."""
    asks = [
        Ask(f.name, f"{f.name}{in_unit(f.unit)}", _text(here.recipe[f.name]), f.allowed)
        for f in here.spec.factors
    ]

    def typed(values: Values) -> dict[str, Setting]:
        findings = Findings()
        told = {name: text for name, text in values.items() if text}
        found = settings_from_texts(here.spec.factors, told, "factor", findings, on_grid=True)
        findings.raise_if_any()
        return found

    found = await ask(
        ui,
        Question(
            "What if …",
            asks,
            typed,
            text="The map and all numbers follow; nothing is written.",
            do="look there",
            same_as=lambda values: quoted(
                "predict",
                here.spec.name,
                *(f"{name}={text}" for name, text in values.items() if text),
            ),
        ),
    )
    if found is not None:
        go(here.at(found))


def _text(value: Setting) -> str:
    return value if isinstance(value, str) else number(value)


async def propose_here(ui: Ui, here: Exploring) -> None:
    """Show what a run of the recipe brings and costs; plan it when that is wanted."""
    view = ui.view
    if view is None:
        return
    arguments = {"campaign": view.name, "recipe": dict(here.recipe)}
    told = await ui.jobs.run("what a run here brings", "pictures.what_if", arguments)
    if told is None:
        return
    if isinstance(told, DesignerError):
        ui.show_error("Not computed", told)
        return
    found = cast("WhatIf", told)
    pairs = {name: _text(value) for name, value in here.recipe.items()}
    compute = worker_call(ui, "planning the run")

    def carry_out(values: Values) -> RecordAnswer:
        wanted = {"campaign": view.name, "values": pairs, "note": values["note"] or None}
        return cast("RecordAnswer", compute("runs.attach", wanted))

    def command(values: Values) -> str:
        note = ["--note", values["note"]] if values["note"] else []
        words = [f"{name}={text}" for name, text in pairs.items()]
        return quoted("attach", view.name, *words, *note)

    done = await ask(
        ui,
        Question(
            "Plan a run here",
            (Ask("note", "Why", "", "kept as a note; may stay empty"),),
            carry_out,
            text="\n".join(_expected(here, found)),
            do="plan it",
            same_as=command,
        ),
    )
    if done is not None:
        ui.new_run = done["run"]
        await say_done(ui, f"{done['run']} is planned: it waits on 2", done["messages"])


def _expected(here: Exploring, found: WhatIf) -> list[str]:
    """Recipe, what it is expected to give, bring and cost, and what is against it."""
    lines = [recipe_words(here), ""]
    units = {response.name: response.unit for response in here.spec.responses}
    for name, told in found["predicted"].items():
        low, high = told["low95"], told["high95"]
        spread = (high - low) / 2 if low is not None and high is not None else 0.0
        span = (
            f" (95 %: {rounded_to(low, spread)} to {rounded_to(high, spread)})"
            if low is not None and high is not None
            else ""
        )
        mean = rounded_to(told["mean"], spread)
        lines.append(f"{name} {mean}{in_unit(units.get(name))}{span}")
    if found["in_spec"] is not None:
        measured = share(found["in_spec_measured"])
        lines.append(f"in spec {share(found['in_spec'])}, one batch measured {measured}")
    if found["success"] is not None:
        lines.append(f"can be made: {share(found['success'])}")
    lines += ["", worth_words(found, found["cost_unit"])]
    lines += [f"! {problem}" for problem in found["problems"]]
    return lines

"""What recipes would give: one that is typed, a table of them, the best ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from designer.campaigns.errors import Findings, InputError
from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.space.factors import Setting
from designer.campaigns.values.names import ENDINGS, IN_SPEC
from designer.render.expected import (
    EXPLAINED,
    EXPLAINED_IN_SPEC,
    expected,
    expected_95,
    in_spec_words,
)
from designer.render.words import count, in_unit, number, setting_items, share
from designer.service.answers import BestAnswer, PredictAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import ask, campaign_view
from designer.tui.dialogs.begin.asking import (
    ask_again,
    file_of,
    last_typed,
    recall,
    show_text,
    worker_call,
)
from designer.tui.dialogs.computing import read_whole
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_BEST = 5


async def best(ui: Ui) -> None:
    """Compute the recommended set-points and show them."""
    view = campaign_view(ui)
    compute = worker_call(ui, "computing the best set-points")

    def submit(values: Values) -> BestAnswer:
        findings = Findings()
        number_of = read_whole(values, "n", "how many", 1, findings)
        findings.raise_if_any()
        told = {"campaign": view.name, "n": number_of or _BEST}
        return cast("BestAnswer", compute("models.best", told))

    def line(values: Values) -> str:
        return quoted("best", view.name, options={"-n": values["n"]})

    found = await ask(
        ui,
        Question(
            f"Best set-points of {view.title}",
            [Ask("n", "How many", str(_BEST))],
            submit,
            text="Recipes with the best chance to be in spec, or nearest to the goals.",
            do="compute",
            same_as=line,
        ),
    )
    if found is not None:
        lines = [line for k, each in enumerate(found["best"], start=1) for line in (
            *recipe_lines(
                view, each["settings"], each["predicted"],
                in_spec_words(each["in_spec"], each["in_spec_measured"]), f"{k}. "
            ),
            *([f"  can be made: {share(each['success'])}"] if each["success"] is not None else []),
            "",
        )]  # fmt: skip
        lines += [EXPLAINED, EXPLAINED_IN_SPEC] if lines else []
        lines += [f"! {without_commands(note)}" for note in found["notes"]]
        command = line({"n": str(len(found["best"]) or _BEST)})
        await show_text(ui, f"Set-points: {view.title}", lines, command)


async def predict(ui: Ui, run: RunObject | None = None) -> None:
    """Ask for recipes and show what they would give.

    Args:
        ui: the application.
        run: whose recipe the fields begin with.
    """
    view, key = campaign_view(ui), f"predict {campaign_view(ui).name}"
    await recall(ui, key)
    compute = worker_call(ui, "predicting")
    typed: Values = {}

    def submit(values: Values) -> PredictAnswer:
        typed.update(values)
        told: dict[str, object] = {"campaign": view.name, "given": _typed(view.spec.givens, values)}
        if values["path"]:
            told["source"] = str(file_of(values["path"]))
        else:
            told["source"] = _typed(view.spec.factors, values)
            if not told["source"]:
                raise InputError.at("recipe", "nothing is typed", allowed="settings, or a file")
        if values["out"]:
            told |= {"out": values["out"], "force": bool(values["force"])}
        return cast("PredictAnswer", compute("models.predict", told))

    question = Question(
        f"Predict for {view.title}",
        _asks(view, last_typed(ui, key), run),
        submit,
        text="One recipe, or a table of them; the worker computes.",
        do="predict",
        same_as=lambda values: predict_command(view, values),
    )
    answer = await ask_again(ui, key, question)
    if answer is not None:
        title = count(len(answer["rows"]), "recipe")
        written = [f"Written to {answer['file']}", ""] if answer["file"] else []
        lines = [*written, *_predicted(view, answer)]
        await show_text(ui, f"Predicted: {title}", lines, predict_command(view, typed))


def _asks(view: CampaignView, last: Mapping[str, str], run: RunObject | None) -> list[Ask]:
    known: Mapping[str, object] = {} if run is None else {**run["given"], **run["used"]}

    def told(name: str) -> str:
        return number(known[name]) if name in known else last.get(f"in-{name}", "")

    return [
        *(
            Ask(
                f"in-{item.name}", f"{item.name}{in_unit(item.unit)}", told(item.name), _range(item)
            )
            for item in view.spec.inputs
        ),
        Ask("path", "Or a table", last.get("path", ""), "recipes.csv", path=True),
        Ask(
            "out", "Write it to", last.get("out", ""), "predicted.csv; empty: only show", path=True
        ),
        Ask("force", "overwrite a file that is there", tick=True),
    ]


def _range(item: object) -> str:
    for name in ("categories", "levels"):
        values = getattr(item, name, None)
        if values:
            return ", ".join(map(number, values))
    return f"{number(getattr(item, 'low', None))} to {number(getattr(item, 'high', None))}"


def _typed(items: Sequence[object], values: Mapping[str, str]) -> dict[str, str]:
    names = [str(getattr(item, "name", "")) for item in items]
    return {name: text for name in names if (text := values.get(f"in-{name}", ""))}


def predict_command(view: CampaignView, values: Values) -> str:
    """The command line that predicts the same."""
    pairs = [f"{n}={text}" for n, text in _typed(view.spec.factors, values).items()]
    given = [f"{n}={text}" for n, text in _typed(view.spec.givens, values).items()]
    words = [values["path"]] if values["path"] else pairs
    words += ["--given", *given] if given else []
    words += ["--out", values["out"]] if values["out"] else []
    words += ["--force"] if values["force"] and values["out"] else []
    return quoted("predict", view.name, *words)


# ---- what came of it ----------------------------------------------------------------------------


def recipe_lines(
    view: CampaignView,
    settings: Mapping[str, Setting],
    predicted: Mapping[str, Mapping[str, object]],
    chances: str,
    head: str = "",
) -> list[str]:
    """A recipe and what it is expected to give: a row per response with its window."""
    width = max((len(response.name) for response in view.spec.responses), default=0)
    rows = [f"{head}{', '.join(setting_items(settings, view.units))}"]
    for response in view.spec.responses:
        told = predicted.get(response.name)
        if told is None:
            continue
        unit = in_unit(response.unit)
        window = "" if response.window is None else f"  window {_window(response.window)}"
        values = f"{expected(told)}{unit}  95 %: {expected_95(told)}"
        rows.append(f"  {response.name:<{width}}  {values}{window}")
    return [*rows, *([f"  {chances}"] if chances else [])]


def _window(window: tuple[float, float]) -> str:
    return " to ".join(number(end) for end in window)


def _predicted(view: CampaignView, answer: PredictAnswer) -> list[str]:
    lines: list[str] = []
    inputs = [item.name for item in view.spec.inputs]
    many = len(answer["rows"]) > 1
    for place, row in enumerate(answer["rows"], start=1):
        told = {
            response.name: {ending[1:]: row[f"{response.name}{ending}"] for ending in ENDINGS}
            for response in view.spec.responses
            if f"{response.name}_mean" in row
        }
        itself, measured = (_number(row[name]) for name in IN_SPEC)
        settings = {name: cast("Setting", row[name]) for name in inputs if row[name] is not None}
        chances = in_spec_words(itself, measured)
        lines += [*recipe_lines(view, settings, told, chances, f"{place}. " if many else ""), ""]
    lines += [EXPLAINED, EXPLAINED_IN_SPEC]
    return [*lines, *(f"! {without_commands(note)}" for note in answer["notes"])]


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None

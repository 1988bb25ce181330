"""What plans are worth: somebody's table, a plan of ours, the open runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from designer.acquisition.judge.answers import LABELS
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.runs import OPEN
from designer.campaigns.plausibility.remarks import without_commands
from designer.campaigns.tables.options import TableOptions
from designer.render.expected import bits_words
from designer.render.words import number, priced, rounded, setting_items
from designer.service.verbs.judging import JudgeAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import (
    ask_again,
    last_typed,
    recall,
    show_text,
    worker_call,
)
from designer.tui.dialogs.begin.table_options import read_table_options, table_asks, table_words
from designer.tui.dialogs.computing import BLANKS, pairs_in, read_pairs
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.ui import Ui

_SEED_DIGITS = 18


async def judge(ui: Ui) -> None:
    """Ask which plans, and show what they are worth; nothing is written."""
    view, key = campaign_view(ui), f"judge {campaign_view(ui).name}"
    await recall(ui, key)
    compute = worker_call(ui, "judging")
    typed: Values = {}

    def submit(values: Values) -> list[JudgeAnswer]:
        typed.update(values)
        return cast("list[JudgeAnswer]", compute("judging.judge", judge_arguments(view, values)))

    answer = await ask_again(
        ui,
        key,
        Question(
            f"Judge plans for {view.title}",
            _asks(view, last_typed(ui, key)),
            submit,
            text="A table with a recipe per row, P003 for a plan of ours, open for the open runs;"
            " several stand side by side. Nothing is written.",
            do="judge",
            same_as=lambda values: judge_command(view, values),
        ),
    )
    if answer is not None:
        lines = [line for each in answer for line in judged_lines(view, each)]
        await show_text(ui, "What it is worth", lines, judge_command(view, typed))


def _asks(view: CampaignView, last: dict[str, str]) -> list[Ask]:
    plan = last.get("plan") or ("open" if view.with_status(*OPEN) else "")
    asks = [
        Ask("path", "A table", last.get("path", ""), "my-plan.xlsx; tab completes", path=True),
        Ask("plan", "Or plans", plan, "P003 open other.csv"),
        Ask("effect", "Effect to find", last.get("effect", ""), "2 (noise sd) or porosity=0.5"),
    ]
    if view.spec.givens:
        names = " ".join(f"{given.name}=…" for given in view.spec.givens)
        asks.append(Ask("given", "Known values", last.get("given", ""), names))
    return [
        *asks,
        Ask("seed", "Seed", last.get("seed", ""), "from the campaign"),
        *table_asks(last),
    ]


def _plans(values: Values) -> list[str]:
    return [*([values["path"]] if values["path"] else []), *pairs_in(values["plan"], BLANKS)]


def judge_arguments(view: CampaignView, values: Values) -> dict[str, object]:
    """Arguments of `judging.judge` from what was typed.

    Raises:
        InputError: with everything that is wrong.
    """
    findings = Findings()
    options = read_table_options(values, TableOptions, findings)
    given = read_pairs(pairs_in(values.get("given", "")), "known values", findings)
    plans, seed = _plans(values), values["seed"]
    if not plans:
        findings.report("plans", "none is named", allowed="a table, P003, or open")
    if seed and not (seed.isascii() and seed.isdigit() and len(seed) <= _SEED_DIGITS):
        findings.report("seed", "is no whole number", seed, "0 or more")
    findings.raise_if_any(InputError)
    return {
        "campaign": view.name,
        "plans": plans,
        "options": asdict(options),
        "given": given,
        "effect": pairs_in(values["effect"], BLANKS),
        "seed": int(seed) if seed else None,
    }


def judge_command(view: CampaignView, values: Values) -> str:
    """The command line that judges the same."""
    words = ["--judge", *_plans(values)]
    if values["effect"]:
        words += ["--effect", *pairs_in(values["effect"], BLANKS)]
    if values.get("given"):
        words += ["--given", *pairs_in(values["given"])]
    words += ["--seed", values["seed"]] if values["seed"] else []
    return quoted("propose", view.name, *words, *table_words(values))


def judged_lines(view: CampaignView, answer: JudgeAnswer) -> list[str]:
    """The verdict, what stands behind it, plans beside it, its runs."""
    width = max(map(len, LABELS.values())) + 2
    lines = [f"{answer['plan']}", ""]
    last = ""
    for fact in answer["summary"]:
        label = LABELS.get(fact["about"], "")
        lines.append(f"{label if label != last else '':<{width}}{fact['text']}")
        last = label
    lines += [f"! {broken['text']}" for broken in answer["infeasible"]]
    lines += ["", "Runs in the order of the rows (bits, cost):"]
    for run in answer["runs"]:
        bits, name = run["information_bits"], run["run"] or f"row {number(run['row'])}"
        worth = _for(None if bits is None else f"{rounded(bits)} bit", run["cost"], answer)
        lines.append(f"  {name}: {worth}; {', '.join(setting_items(run['settings'], view.units))}")
    total = answer["information_bits"]
    worth = _for(None if total is None else bits_words(total), answer["cost"], answer)
    lines.append(f"  in all: {worth}")
    return [*lines, *(f"! {without_commands(note)}" for note in answer["notes"]), ""]


def _for(bits: str | None, cost: float, answer: JudgeAnswer) -> str:
    price = priced(cost, answer["cost_unit"])
    return price if bits is None else f"{bits} for {price}"

"""Plans that the worker computes: what all ask for, and what is said when one is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Final, TypedDict, cast

from designer.campaigns.errors import DesignerError, Findings
from designer.campaigns.log.runs import OPEN
from designer.campaigns.space.factors import Factor, Given
from designer.campaigns.space.settings import settings_from_texts
from designer.campaigns.specification.parts import MOST_RUNS
from designer.campaigns.values.numbers import parse_number
from designer.render.expected import bits_words
from designer.render.words import count, priced
from designer.service.answers import PlanAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.form import Ask, Values, quoted
from designer.tui.ui import Ui

BLANKS: Final = " \t\r\n"


class PlanArguments(TypedDict, total=False):
    """Arguments of every verb that proposes, as far as they were typed."""

    n: int
    budget: float
    fix: dict[str, str]
    given: dict[str, str]
    replace: bool
    reason: str
    seed: int


def is_busy(ui: Ui) -> bool:
    """Whether the worker computes already; if so, that is said."""
    if ui.jobs.busy:
        ui.notify("Something is being computed already: esc cancels it")
    return ui.jobs.busy


async def compute_plan(
    ui: Ui, view: CampaignView, verb: str, arguments: Mapping[str, object], what: str
) -> None:
    """Let the worker compute and enter a plan; say what came of it, and show its first run.

    Args:
        ui: the application.
        view: the campaign as it was when the plan was asked for.
        verb: of the service.
        arguments: of the verb, but for the campaign.
        what: what is computed, such as ``plan``.
    """
    answer = await ui.jobs.run(f"computing a {what}", verb, {"campaign": view.name, **arguments})
    if isinstance(answer, DesignerError):
        await ui.refresh_view()
        ui.show_error(f"No new {what}", answer)
    elif answer is None:
        await ui.refresh_view()
        new = _new_plans(view, ui.view)
        state = f"{new[-1]} had been entered already; u takes it back" if new else "nothing entered"
        ui.notify(f"Cancelled: {state}", severity="warning")
    else:
        plan = cast("PlanAnswer", answer)
        ui.new_run = plan["runs"][0]["run"]
        await ui.show_entry()
        ui.notify(_plan_text(view, plan), title=f"New {what}")
        if ui.mode == "campaign" and not ui.screen.is_modal:
            ui.action_show("proposals")


# ---- what is asked for --------------------------------------------------------------------------


def explained(view: CampaignView) -> str:
    """The lines above the values."""
    factors = ", ".join(factor.name for factor in view.spec.factors)
    return f"Factors: {factors}. The worker computes; you can go on meanwhile."


def wishes_asked(view: CampaignView, last: Mapping[str, str]) -> list[Ask]:
    """What can be asked of every plan: its cost, fixed settings, known values, open runs."""
    asks = [
        Ask("budget", f"At most [{view.cost_unit}]", last.get("budget", ""), "no limit"),
        Ask("fix", "Fixed settings", last.get("fix", ""), "name=value name=value"),
    ]
    if view.spec.givens:
        names = " ".join(f"{given.name}=…" for given in view.spec.givens)
        asks.append(Ask("given", "Known values", last.get("given", ""), names))
    open_runs = view.with_status(*OPEN)
    if open_runs:
        asks.append(Ask("replace", f"abandon the {count(len(open_runs), 'open run')}", tick=True))
        asks.append(Ask("reason", "Why", "", "they are abandoned: optional"))
    return [*asks, Ask("seed", "Seed", "", "from the campaign")]


def command(
    view: CampaignView, values: Values, *words: str, options: Mapping[str, str] | None = None
) -> str:
    """The command line that asks for the same; `words` and `options` are the plan's own."""
    line = [*words, *(["--replace"] if values.get("replace") else [])]
    told = {**(options or {}), "--budget": values["budget"], "--seed": values.get("seed", "")}
    if values.get("replace"):
        told["--reason"] = values.get("reason", "")
    pairs = (
        word
        for name in ("fix", "given")
        if values.get(name)
        for word in (f"--{name}", *pairs_in(values[name]))
    )
    own = [word for option, value in told.items() if value for word in (option, value)]
    return quoted("propose", view.name, *line, *own, *pairs)


def read_wishes(view: CampaignView, values: Mapping[str, str], findings: Findings) -> PlanArguments:
    """Arguments of every verb that proposes, from what was typed; adds to `findings`."""
    wishes: PlanArguments = {}
    runs = read_whole(values, "n", "number of runs", 1, findings)
    if runs is not None:
        wishes["n"] = runs
    if values["budget"]:
        budget = parse_number(values["budget"])
        if budget is not None and budget > 0:
            wishes["budget"] = budget
        else:
            findings.report("at most", "is no amount", values["budget"], "above 0")
    fix = _checked_pairs(values["fix"], view.spec.factors, "factor", findings)
    given = _checked_pairs(values.get("given", ""), view.spec.givens, "given", findings)
    if fix:
        wishes["fix"] = fix
    if given:
        wishes["given"] = given
    if values.get("replace"):
        wishes["replace"] = True
        if values.get("reason"):
            wishes["reason"] = values["reason"]
    elif values.get("reason") and "replace" in values:
        findings.report("why", "no run is abandoned", allowed="with: abandon the open runs")
    seed = values.get("seed", "")
    if re.fullmatch(r"[0-9]{1,18}", seed):
        wishes["seed"] = int(seed)
    elif seed:
        findings.report("seed", "is no whole number", seed, "0 or more")
    return wishes


def read_whole(
    values: Mapping[str, str], name: str, label: str, least: int, findings: Findings
) -> int | None:
    """A whole number; None where nothing is typed, or none, which `findings` then has."""
    text = values[name]
    if re.fullmatch(r"[0-9]{1,4}", text) and least <= int(text) <= MOST_RUNS:
        return int(text)
    if text:
        findings.report(label, "is none", text, f"{least} to {MOST_RUNS}")
    return None


def pairs_in(text: str, between: str = f"{BLANKS},") -> list[str]:
    """``gap=100, binder='PVDF A'``: what stands between blanks or commas, quotes taken off."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace, lexer.whitespace_split = between, True
    lexer.commenters = lexer.escape = ""
    try:
        return list(lexer)
    except ValueError:  # a quote that is not closed is a sign like others
        return [token for token in re.split(f"[{between}]+", text) if token]


def read_pairs(tokens: Sequence[str], label: str, findings: Findings) -> dict[str, str]:
    """What is said by ``name=value``; adds to `findings`."""
    found: dict[str, str] = {}
    for token in tokens:
        name, sign, value = token.partition("=")
        if not (name and sign and value):
            findings.report(label, "is no pair", token, "name=value")
        elif name in found:
            findings.report(label, f"{name} is given twice", f"{found[name]} and {value}")
        else:
            found[name] = value
    return found


def _checked_pairs(
    text: str, items: Sequence[Factor | Given], kind: str, findings: Findings
) -> dict[str, str]:
    label = "fixed settings" if kind == "factor" else "known values"
    found = read_pairs(pairs_in(text), label, findings)
    settings_from_texts(items, found, kind, findings, on_grid=True)
    return found


# ---- what came of it ----------------------------------------------------------------------------


def _new_plans(then: CampaignView, now: CampaignView | None) -> list[str]:
    known = {plan["plan"] for plan in then.details["plans"]}
    plans = [] if now is None else now.details["plans"]
    return [plan["plan"] for plan in plans if plan["plan"] not in known]


def _plan_text(view: CampaignView, plan: PlanAnswer) -> str:
    head = f"{plan['plan']}: {count(len(plan['runs']), 'run')}"
    if plan["information_bits"] is not None:
        head += f", {bits_words(plan['information_bits'])}"
    head += f", {priced(plan['cost'], view.cost_unit)}"
    notes = [plan["deviation"]["text"]] if plan["deviation"] else []
    # first sentences only: a toast must not hide the run it speaks about
    notes += [note.partition(". ")[0] for note in plan["notes"]]
    return "\n".join([head, *notes[:2]])

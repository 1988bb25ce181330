"""The campaign in words and small pictures, for the overview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any, Final

from textual.content import Content

from designer.campaigns.specification.parts import range_text
from designer.render.words import (
    amount,
    count,
    in_unit,
    moment,
    number,
    rounded,
    share,
    with_error,
)
from designer.tui.campaign_view import CampaignView
from designer.tui.widgets.headers import shortened

LABEL: Final = 11
_ENOUGH: Final = 5  # completed runs from which on errors are told
_HARD_BLANK: Final = "\u00a0"
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def overview(view: CampaignView, width: int) -> Content:
    """Everything about a campaign that fits one screen.

    Args:
        view: the campaign.
        width: cells of a row.
    """
    parts = [
        *_heading(view),
        *_runs(view),
        *_learned(view),
        *_ahead(view, width),
        *_responses(view),
        *_best(view, width),
        *_lines(view),
        *_last(view, width),
    ]
    return Content("\n").join(parts)


def what_next(view: CampaignView) -> Content:
    """The next thing to do, and the key that does it."""
    status = view.status
    running = [run["run"] for run in view.runs if run["status"] == "running"]
    open_runs = [run["run"] for run in view.runs if run["status"] == "proposed"]
    partial = [run["run"] for run in view.runs if run["status"] == "partial"]
    if view.show["closed"]:
        told = status["advice"]
    elif running:
        told = f"{_names(running)} being made: press 3 and type in the results."
    elif open_runs:
        told = f"{count(len(open_runs), 'proposed run waits', 'proposed runs wait')}:"
        told += " press 2 to look, 3 to record."
    elif partial:
        told = f"{_names(partial)}: some results are still to come (3), or press g for a new plan."
    elif status["advice"].startswith("Stop"):
        told = status["advice"]
    else:
        told = f"{status['advice']} Press g for a new plan."
    return Content.assemble(("Next  ", "bold $accent"), (told, "bold"))


def _names(runs: list[str]) -> str:
    return ", ".join(runs[:4]) + (", …" if len(runs) > 4 else "")


def line(label: str, text: str | Content) -> Content:
    """A labelled line."""
    return Content.assemble((f"{label:<{LABEL}}", "$quiet"), text)


def lines(label: str, items: Iterable[str], width: int) -> Iterator[Content]:
    """Labelled items; further rows below the first, broken between items only."""
    unbroken = " · ".join(item.replace(" ", _HARD_BLANK) for item in items)
    for number_of, row in enumerate(wrap(unbroken, max(20, width - LABEL - 1)) or [""]):
        yield line("" if number_of else label, row.replace(_HARD_BLANK, " "))


def _heading(view: CampaignView) -> Iterator[Content]:
    spec = view.spec
    told = f" · line {spec.line} · goal: {spec.goal}"
    if view.show["closed"]:
        told += " · closed"
    yield Content.assemble((view.name, "bold"), told)


def _runs(view: CampaignView) -> Iterator[Content]:
    counts = view.status["runs"]
    made = counts["completed"] + counts["partial"]
    waits = counts["proposed"] + counts["running"]
    told = [f"● {made} made", f"○ {waits} waiting", f"✗ {counts['failed']} failed"]
    if counts["partial"]:
        told[0] += f" ({counts['partial']} in part)"
    if counts["abandoned"]:
        told.append(f"– {counts['abandoned']} abandoned")
    yield line("Runs", "   ".join(told))
    budget = view.spec.costs.budget
    spent = sum(run["cost"] or 0.0 for run in view.runs if run["status"] != "abandoned")
    if spent or budget:
        limit = f" of {amount(budget)}" if budget else ""
        yield line("Cost", f"{amount(spent)}{limit} {view.cost_unit} spent or planned")


def _learned(view: CampaignView) -> Iterator[Content]:
    status = view.status
    bits, coming = status["information_bits"], status["expected_next_bits"]
    if bits is None:
        known = view.status["lines"] or any(run["measurements"] for run in view.runs)
        yield line("Learned", "not evaluated yet: press r" if known else "nothing is known yet")
    else:
        told = f"{rounded(bits)} bit so far"
        if coming is not None:
            told += f" · the next run would bring about {rounded(coming)} bit"
        yield line("Learned", told)
    plans = [plan for plan in view.show["plans"] if plan["information_bits"] is not None]
    if plans:
        shown = plans[-12:]
        gains = [plan["information_bits"] for plan in shown]
        top = max([*gains, 1e-9])
        bars = "".join(_BLOCKS[min(7, int(8 * max(0.0, gain) / top))] for gain in gains)
        last = f" {shown[-1]['plan']} was expected to bring {rounded(gains[-1])} bit"
        yield line("Per plan", Content.assemble((bars, "$primary"), last))
    yield line("Figures", _age(view))


def _age(view: CampaignView) -> Content:
    model = view.status["model"]
    if model["seq"] is None:
        return Content("none yet")
    if not model["stale"]:
        return Content(f"as of event {model['seq']}, up to date")
    told = f"as of event {model['seq']}, results came since: press r"
    return Content.styled(told, "$text-warning")


def _responses(view: CampaignView) -> Iterator[Content]:
    width = max(len(response.name) for response in view.spec.responses)
    yield Content("")
    head = f"{'response':<{width}}  {'window':<22}{'error (1 sd)':<16}inside 95 %"
    yield Content.styled(head, "$quiet")
    unknown = "press r" if _overdue(view) else "too early"
    for response in view.spec.responses:
        figures = view.status["responses"][response.name]
        window = "–" if response.window is None else range_text(response.window, response.unit)
        error = figures["error_sd"]
        shown = unknown if error is None else f"{error:.2g}{in_unit(response.unit)}"
        inside = share(figures["coverage"])
        yield Content(f"{response.name:<{width}}  {window:<22}{shown:<16}{inside}")


def _ahead(view: CampaignView, width: int) -> Iterator[Content]:
    """What will be known after the runs that wait, and what a further step brings."""
    ahead = view.status["outlook"]
    if ahead is not None:
        for place, row in enumerate(wrap(ahead["text"], max(20, width - LABEL - 1))):
            yield line("" if place else "Ahead", row)


def _overdue(view: CampaignView) -> bool:
    """Whether errors could be told by now, had the models been evaluated since."""
    model, made = view.status["model"], view.status["runs"]["completed"]
    return bool(model["stale"]) and made >= _ENOUGH


def _best(view: CampaignView, width: int) -> Iterator[Content]:
    best: dict[str, Any] | None = view.status["best"]
    if best is None:
        return
    yield Content("")
    yield from lines("Best", recipe_items(view, best["settings"]), width)
    yield from lines("", predicted_texts(view, best["predicted"]), width)
    if best["in_spec"] is not None:
        yield line("", Content.styled(f"in spec {share(best['in_spec'])}", "bold $text-success"))


def recipe_text(view: CampaignView, settings: dict[str, Any]) -> str:
    """``solid_content 56 wt% · coating_gap 150 um``."""
    return " · ".join(recipe_items(view, settings))


def recipe_items(view: CampaignView, settings: dict[str, Any]) -> list[str]:
    """``solid_content 56 wt%`` for each factor."""
    units = {factor.name: factor.unit for factor in view.spec.factors}
    return [f"{name} {number(value)}{in_unit(units.get(name))}" for name, value in settings.items()]


def predicted_texts(view: CampaignView, predicted: dict[str, Any] | None) -> list[str]:
    """``porosity 31.4 ± 0.8 %`` for each response that was predicted."""
    units = {response.name: response.unit for response in view.spec.responses}
    return [
        f"{name} {with_error(told['mean'], told['sd_result'])}{in_unit(units.get(name))}"
        for name, told in (predicted or {}).items()
    ]


def _lines(view: CampaignView) -> Iterator[Content]:
    if not view.status["lines"]:
        return
    yield Content("")
    told = []
    for earlier in view.status["lines"]:
        sign = "○" if earlier["included"] else "–"
        trust = "" if earlier["trust"] is None else f" trust {rounded(earlier['trust'])}"
        told.append(f"{sign} {earlier['name']}{trust}")
    yield line("Lines", "   ".join(told))


def _last(view: CampaignView, width: int) -> Iterator[Content]:
    last = view.events[-1]
    told = f"{last['actor']}, {moment(last['at'])[5:]}: {last['summary']}"
    yield line("Last", shortened(told, max(20, width - LABEL)))

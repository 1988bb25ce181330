"""The campaign in words and small pictures, for the overview."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Final

from textual.content import Content

from designer.campaigns.log.runs import WAITING
from designer.campaigns.space.factors import Setting
from designer.campaigns.specification.parts import range_text
from designer.render.expected import bits_words, in_spec_words, predicted_items
from designer.render.figures import figure_text
from designer.render.table import item_lines
from designer.render.words import (
    amount,
    count,
    in_unit,
    moment,
    priced,
    rounded,
    setting_items,
    share,
)
from designer.service.flags import doubt_words
from designer.tui.campaign_view import CampaignView
from designer.tui.widgets.common import shortened

_LABEL: Final = 11
_ENOUGH: Final = 5  # completed runs from which on there are errors
_DIGITS: Final = 6  # of a setting; the record keeps all of them
_DOUBTS: Final = 3  # rows of warnings on top
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
        *_last(view, width),
        *_doubts(view, width),
        *_learned(view),
        *_ahead(view, width),
        *_responses(view),
        *_best(view, width),
        *_lines(view),
        *_told(view, width),
    ]
    return Content("\n").join(parts)


def what_next(view: CampaignView) -> Content:
    """The next thing to do, and the key that does it."""
    proposed, running, partial = (view.with_status(kind) for kind in WAITING)
    advice = view.status["advice"]
    if view.details["closed"]:
        text = advice
    elif running:
        text = f"{_names(running)} being made: press 3 and type in the results."
    elif proposed:
        text = f"{count(len(proposed), 'proposed run waits', 'proposed runs wait')}:"
        text += " press 2 to look, 3 to record."
    elif partial:
        text = f"{_names(partial)}: some results are still to come (3), or press g for a new plan."
    elif advice.startswith("Stop"):
        text = advice
    else:
        text = f"{advice} Press g for a new plan."
        if not view.runs and not view.status["lines"]:
            text += " An earlier line comes in by 5, then a."
    return Content.assemble(("Next  ", "bold $accent"), (text, "bold"))


def _names(runs: list[str]) -> str:
    return ", ".join(runs[:4]) + (", …" if len(runs) > 4 else "")


def _row(label: str, text: str | Content) -> Content:
    return Content.assemble((f"{label:<{_LABEL}}", "$quiet"), text)


def _rows(label: str, text: str, width: int) -> Iterator[Content]:
    """A label and a text, which goes on below its beginning."""
    for place, row in enumerate(wrap(text, max(20, width - _LABEL - 1)) or [""]):
        yield _row("" if place else label, row)


def _item_rows(label: str, items: Iterable[str], width: int) -> Iterator[Content]:
    """The same for a list of items, broken between items only."""
    for place, row in enumerate(item_lines(items, max(20, width - _LABEL - 1), " · ")):
        yield _row("" if place else label, row)


def _heading(view: CampaignView) -> Iterator[Content]:
    spec = view.spec
    closed = " · closed" if view.details["closed"] else ""
    yield Content.assemble((view.title, "bold"), f" · line {spec.line} · goal: {spec.goal}{closed}")


def _runs(view: CampaignView) -> Iterator[Content]:
    counts = view.status["runs"]
    made = counts["completed"] + counts["partial"]
    waits = counts["proposed"] + counts["running"]
    in_part = f" ({counts['partial']} in part)" if counts["partial"] else ""
    text = f"● {made} made{in_part}   ○ {waits} waiting   ✗ {counts['failed']} failed"
    if counts["abandoned"]:
        text += f"   – {counts['abandoned']} abandoned"
    yield _row("Runs", text)
    budget = view.spec.costs.budget
    spent = sum(run["cost"] or 0.0 for run in view.runs if run["status"] != "abandoned")
    if spent or budget:
        limit = f"{amount(spent)} of " if budget else ""
        told = priced(budget or spent, view.cost_unit)
        yield _row("Cost", f"{limit}{told} spent or planned")


def _doubts(view: CampaignView, width: int) -> Iterator[Content]:
    """What must not be forgotten, a row each; whole below, where the small screen ends."""
    texts = doubt_words(view.status["set_aside"], view.status["flags"])
    texts += [("Warning", text) for text in view.status["warnings"]]
    room = max(20, width - _LABEL - 1)
    for label, text in texts[:_DOUBTS]:
        yield _row(label, Content.styled(shortened(text, room), "$text-warning"))
    if len(texts) > _DOUBTS:
        yield _row("", Content.styled(f"{len(texts) - _DOUBTS} more below", "$text-warning"))


def _told(view: CampaignView, width: int) -> Iterator[Content]:
    """Why results are set aside, every warning and every note, whole."""
    flags, status = view.status["flags"], view.status
    older, aside, odd, slipped, broken, off_plan = (
        [flag["message"] for flag in flags if flag["kind"] == kind]
        for kind in (
            "older_copy", "set_aside", "outlier", "slip", "breaks_specification", "off_plan",
        )
    )  # fmt: skip
    for label, told in (
        ("Store", older),
        ("Open", [*slipped, *broken, *off_plan]),
        ("Set aside", aside),
        ("Doubtful", odd),
        ("Warning", status["warnings"]),
        ("Note", [note for note in status["notes"] if note not in odd]),
    ):
        for place, text in enumerate(told):
            if not place:
                yield Content("")
            yield from _rows("" if place else label, text, width)


def _learned(view: CampaignView) -> Iterator[Content]:
    status = view.status
    bits = status["information_bits"]
    measured = any(run["measurements"] for run in view.runs)
    if bits is None:
        known = status["lines"] or measured
        yield _row("Learned", "not evaluated yet: press r" if known else "nothing is known yet")
    elif measured:
        yield _row("Learned", f"{bits_words(bits)} from all results so far")
    gains = [
        (plan["plan"], plan["information_bits"])
        for plan in view.details["plans"]
        if plan["information_bits"] is not None
    ][-12:]
    if gains:
        top = max([*(bits for _, bits in gains), 1e-9])
        bars = "".join(_BLOCKS[min(7, int(8 * max(0.0, bits) / top))] for _, bits in gains)
        last = f" {gains[-1][0]} was expected to bring {rounded(gains[-1][1])} bit"
        yield _row("Per plan", Content.assemble((bars, "$primary"), last))
    yield _row("Figures", _age(view))


def _age(view: CampaignView) -> Content:
    model = view.status["model"]
    if model["seq"] is None:
        return Content("none yet")
    if not model["stale"]:
        return Content(f"as of event {model['seq']}, up to date")
    text = f"as of event {model['seq']}, results came since: press r"
    return Content.styled(text, "$text-warning")


def _responses(view: CampaignView) -> Iterator[Content]:
    width = max(len(response.name) for response in view.spec.responses)
    yield Content("")
    head = f"{'response':<{width}}  {'window':<22}{'error (1 sd)':<16}inside 95 %"
    yield Content.styled(head, "$quiet")
    # there could be errors by now, had the models been evaluated since
    overdue = view.status["model"]["stale"] and view.status["runs"]["completed"] >= _ENOUGH
    unknown = "press r" if overdue else "too early"
    for response in view.spec.responses:
        figures = view.status["responses"][response.name]
        window = "–" if response.window is None else range_text(response.window, response.unit)
        error = figures["error_sd"]
        shown = unknown if error is None else f"{figure_text(error, 2)}{in_unit(response.unit)}"
        inside = share(figures["coverage"])
        yield Content(f"{response.name:<{width}}  {window:<22}{shown:<16}{inside}")


def _ahead(view: CampaignView, width: int) -> Iterator[Content]:
    """What will be known after the runs that wait, and what a further step brings."""
    ahead = view.status["outlook"]
    if ahead is not None:
        yield from _rows("Ahead", ahead["text"], width)


def _best(view: CampaignView, width: int) -> Iterator[Content]:
    best = view.status["best"]
    if best is None:
        return
    yield Content("")
    label, chances = "Best", in_spec_words(best["in_spec"], best["in_spec_measured"])
    if chances:  # first: the rows below may be off a small screen
        yield _row(label, Content.styled(chances, "bold $text-success"))
        label = ""
    yield from _item_rows(label, setting_items(best["settings"], view.units), width)
    yield from _item_rows("", predicted_items(best["predicted"], view.units), width)


def recipe_text(view: CampaignView, settings: Mapping[str, Setting]) -> str:
    """``solid_content 56 wt% · coating_gap 150 um``; of many digits six are shown."""
    short = {
        name: value if isinstance(value, str) else float(f"{value:.{_DIGITS}g}")
        for name, value in settings.items()
    }
    return " · ".join(setting_items(short, view.units))


def _lines(view: CampaignView) -> Iterator[Content]:
    if not view.status["lines"]:
        return
    yield Content("")
    texts = []
    for earlier in view.status["lines"]:
        sign = "○" if earlier["included"] else "–"
        trust = "" if earlier["trust"] is None else f" trust {rounded(earlier['trust'])}"
        texts.append(f"{sign} {earlier['name']}{trust}")
    yield _row("Lines", "   ".join(texts))


def _last(view: CampaignView, width: int) -> Iterator[Content]:
    last = view.events[-1]
    text = f"{last['actor']}, {moment(last['at'])[5:]}: {last['summary']}"
    yield _row("Last", shortened(text, max(20, width - _LABEL - 1)))

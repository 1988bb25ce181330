"""One run in words: what is predicted, why it was chosen, what was checked, what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median, stdev
from typing import Final

from textual.content import Content

from designer.campaigns.log.runs import BREACH, WAITING
from designer.campaigns.sheets.run_object import RunObject
from designer.campaigns.specification.parts import Response, range_text
from designer.campaigns.specification.recipes import recipe_flags
from designer.engine.pictures.answers import WhatIf
from designer.render.expected import expected, in_spec_words
from designer.render.figures import figure_text
from designer.render.words import count, in_unit, moment, number, priced, rounded
from designer.tui.campaign_view import CampaignView, prediction
from designer.tui.keys.run_keys import ways_out
from designer.tui.widgets.overview_text import recipe_text

GLYPHS: Final = {
    "proposed": "○", "running": "▶", "partial": "◐", "completed": "●", "failed": "✗",
    "abandoned": "–",
}  # fmt: skip
"""A sign for each status, distinct without colours."""

STATUS_STYLES: Final = {
    "proposed": "primary", "running": "accent", "partial": "warning", "completed": "success",
    "failed": "error", "abandoned": "",
}  # fmt: skip

_SEVERAL: Final = 2  # runs of a plan that are told apart by rank
_NAMED: Final = 4  # runs whose results came since
_MAD: Final = 0.6745  # a normal distribution's median absolute deviation in standard ones
_FAR: Final = 3.5  # of them from which a value is odd (Iglewicz & Hoaglin 1993)
_FOUND: Final = " (found "  # what follows in a sentence about settings


def run_sign(run: RunObject) -> str:
    """``● R004!``: status and id, with ``!`` where something is odd about it."""
    return f"{GLYPHS[run['status']]} {run['run']}{'!' if run['flags'] else ''}"


def kept_words(told: WhatIf) -> str:
    """What the open runs bring without one of them: ``the open runs keep 0.07 of 0.08 bit``."""
    every, before = told["open_bits"], told["before"]
    if every is None or before is None or before["bits"] is None:
        return ""
    kept = max(0.0, every - before["bits"])
    return f"without it the open runs keep {rounded(kept)} of {rounded(every)} bit"


def run_text(view: CampaignView, run: RunObject, kept: str = "") -> Content:
    """Everything about one run, for the pane beside or below a list.

    Args:
        view: the campaign.
        run: the run.
        kept: what is left without it, where that is known.
    """
    lines = [_head(view, run), Content(recipe_text(view, run["used"]))]
    if run["extra"]:  # which foil, which coil: who makes it looks for that first
        told = (f"{name} {number(value)}" for name, value in run["extra"].items())
        lines.append(_row("of", " · ".join(told)))
    lines += _responses(view, run)
    since = _since(view, run)
    if since:
        lines.append(_row("since", Content.styled(since, "$quiet")))
    # checks and flags come first: a long reason must not push them off the screen
    lines.append(_row("checks", Content("  ").join(_checks(view, run))))
    lines += [Content.styled(f"! {flag['message']}", "$text-warning") for flag in run["flags"]]
    if run["flags"]:
        lines.append(Content.styled(ways_out(view, run), "$quiet"))
    if run["reason"]:
        lines.append(_row("why", run["reason"]))
    if kept:
        lines.append(_row("skip", kept))
    deviation = next(
        (p["deviation"] for p in view.details["plans"] if p["plan"] == run["plan"]), None
    )
    if deviation is not None:
        lines.append(_row("plan", deviation["text"]))
    if run["failure"]:
        lines.append(Content.styled(f"{run['status']}: {run['failure']}", "$text-error"))
    lines += [_row("note", f"{note['text']} ({note['actor']})") for note in run["notes"]]
    batches = [run["batch"][s.name] for s in view.spec.stages if s.name in run["batch"]]
    if batches:
        lines.append(_row("batches", " · ".join(batches)))
    return Content("\n").join(lines)


def _row(label: str, text: str | Content) -> Content:
    return Content.assemble((f"{label:<8}", "$quiet"), text)


def _head(view: CampaignView, run: RunObject) -> Content:
    facts = [run["status"]]
    if run["plan"]:
        facts.append(f"{run['plan']}, number {run['order']} to make{_rank(view, run)}")
    elif run["settings"] is not None:
        facts.append(f"planned by hand, order {run['order']}")
    if run["information_bits"] is not None:
        facts.append(
            f"{rounded(run['information_bits'])} bit for {priced(run['cost'], view.cost_unit)}"
        )
    if run["made_at"]:
        facts.append(f"made {moment(run['made_at'])}")
    return Content.assemble((run_sign(run), "bold"), "  ", (" · ".join(facts), "$quiet"))


def _rank(view: CampaignView, run: RunObject) -> str:
    """``, rank 2 of 4``: how much it teaches among those of its plan."""
    ranks = [each["rank"] for each in view.runs if each["plan"] == run["plan"]]
    return (
        ""
        if run["rank"] is None or len(ranks) < _SEVERAL
        else f", rank {run['rank']} of {len(ranks)}"
    )


def _responses(view: CampaignView, run: RunObject) -> Iterator[Content]:
    width = max(len(response.name) for response in view.spec.responses)
    for response in view.spec.responses:
        predicted = predicted_text(view, run, response.name)
        predicted += in_unit(response.unit) if predicted else ""
        measured = _measured(run, response)
        style = "$quiet italic" if view.is_dated(run) and not measured else ""
        if predicted or measured:
            window = response.window and f"  window {range_text(response.window, response.unit)}"
            yield Content.assemble(
                (f"{response.name:<{width}}  ", "$quiet"),
                (predicted, style),
                "  → " if predicted and measured else "",
                measured,
                (_before(view, run, response), "$quiet"),
                (window or "", "$quiet"),
            )


def predicted_text(view: CampaignView, run: RunObject, response: str) -> str:
    """``31.4 ± 0.8`` or ``12.1 … 15.3``; empty where nothing was predicted."""
    told = view.expected(run).get(response)
    return "" if told is None else expected(told)


def _before(view: CampaignView, run: RunObject, response: Response) -> str:
    """What was expected when the run was planned, where that is another by now."""
    told = prediction(run, response.name)
    planned = "" if told is None else expected(told)
    same = planned == predicted_text(view, run, response.name)
    return f"  planned with {planned}" if planned and not same else ""


def _since(view: CampaignView, run: RunObject) -> str:
    """What was learned since a run was planned; empty: nothing."""
    events = view.since_planned(run)
    runs = [*dict.fromkeys(event["run"] for event in events if event["run"])]
    others = sum(not event["run"] for event in events)
    told = [f"news of {', '.join(runs[:_NAMED])}"] if runs else []
    if len(runs) > _NAMED:
        told[0] += f" and {len(runs) - _NAMED} more"
    if others:
        told.append(count(others, "other change"))
    if not told:
        return ""
    state = "not counted in yet" if view.today is None else "counted in"
    return f"{' and '.join(told)} came after the plan: {state}"


def _measured(run: RunObject, response: Response) -> Content:
    if response.name in run["never"]:
        return Content.styled("never measured", "$quiet")
    values = run["measurements"].get(response.name)
    if not values:
        return Content("")
    shown = " / ".join(number(value["number"]) for value in values) + in_unit(response.unit)
    shown += _spread([value["number"] for value in values])
    corrected = " (corrected)" if any(value["corrected"] for value in values) else ""
    return Content.styled(f"measured {shown}{corrected}", "bold")


def _spread(values: Sequence[float]) -> str:
    """``, mean 31.55 ± 0.49, 33.9 is odd``: mean and sd of replicates, and the one far off."""
    if len(values) < _SEVERAL:
        return ""
    centre, spread = mean(values), stdev(values)
    told = f", mean {figure_text(centre, 4)} ± {figure_text(spread, 2)}"
    middle = median(values)
    away = sorted(abs(value - middle) for value in values)
    usual, worst = median(away) / _MAD, max(values, key=lambda value: abs(value - middle))
    odd = len(values) > _SEVERAL and usual > 0 and abs(worst - middle) > _FAR * usual
    return f"{told}, {number(worst)} is odd" if odd else told


def measured_text(numbers: Sequence[float]) -> str:
    """One value as it is, several as their mean and how many they are: ``13.4 ×3``."""
    if len(numbers) == 1:
        return number(numbers[0])
    return f"{figure_text(sum(numbers) / len(numbers), 4)} ×{len(numbers)}"


def _checks(view: CampaignView, run: RunObject) -> Iterator[Content]:
    yield _settings_check(view, run)
    if run["in_spec"] is not None:
        style = "$text-warning" if run["in_spec"] < 0.05 else "$text-success"
        chances = in_spec_words(run["in_spec"], run["in_spec_measured"], brief=True)
        yield Content.styled(chances, style)


def _settings_check(view: CampaignView, run: RunObject) -> Content:
    """Whether the settings are what the specification that counts for the run allows."""
    against = view.against[run["run"]]
    counts_today = run["status"] in WAITING
    today = [] if counts_today else recipe_flags(view.spec, {**run["used"], **run["given"]})
    if not against:
        inside = "✓ inside all ranges and limits"
        changed = " of its time, not of today's" if today else ""
        return Content.styled(inside + changed, "$text-success")
    # the flags below tell the values and what is allowed
    told = ", ".join(sentence.partition(_FOUND)[0] for sentence in against)
    if not any((flag["kind"], flag["response"]) == (BREACH, None) for flag in run["flags"]):
        told += " (confirmed)"
    if not counts_today and not today:
        told += ", inside today's ranges and limits"
    return Content.styled(f"! {told}", "$text-warning")

"""What was done in words: changes, what was recorded or imported, the history, files; one run."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from designer.cli.text.spec_view import SpecView, view_of
from designer.render.expected import expected, expected_95, in_spec_words
from designer.render.table import (
    Column,
    item_lines,
    paragraph,
    paragraphs,
    screen_width,
    table,
    without_empty,
)
from designer.render.words import (
    NOTHING,
    count,
    in_unit,
    moment,
    number,
    pairs,
    priced,
    rounded,
    with_unit,
)

if TYPE_CHECKING:
    from designer.campaigns.sheets.run_object import Flag, MeasurementObject, RunObject
    from designer.engine.answers import SetAside
    from designer.service import Service, answers


def done(sentence: str) -> Callable[[answers.DoneAnswer, Service, Namespace], list[str]]:
    """The text of a verb of which there is no more to tell than that it was carried out.

    Args:
        sentence: what was done; ``{run}`` is filled in from the answer or the arguments.

    Returns:
        What makes the text: the sentence, the service's messages, the log position.
    """

    def text(answer: answers.DoneAnswer, _service: Service, arguments: Namespace) -> list[str]:
        told = sentence.format_map({**vars(arguments), **answer}).removesuffix(".")
        return [f"{told}.", *paragraphs("- ", answer["messages"]), *head_text(answer)]

    return text


def abandoned_text(
    answer: answers.AbandonAnswer, _service: Service, _arguments: Namespace
) -> list[str]:
    """Runs will not be made."""
    told = f"Abandoned: {', '.join(answer['runs'])}."
    return [told, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def head_text(answer: answers.OfCampaign) -> list[str]:
    """The log position, by which a later `store verify --head` knows this state again."""
    return [f"Log position {answer['head']}"]


def recorded_text(
    answer: answers.RecordAnswer, service: Service, arguments: Namespace
) -> list[str]:
    """What was recorded for a run; the service's messages tell what is missing or surprising."""
    view = view_of(service, arguments.campaign)
    lines = [f"{answer['run']} is {answer['status']}."]
    recorded = answer["recorded"]
    if recorded:
        told = [values_text(values, view.units.get(name)) for name, values in recorded.items()]
        names = Column("", list(recorded), left=True)
        values = Column("", told, left=True, wrap=True)
        lines += [f"  {line}" for line in table([names, values], screen_width() - 2)[1:]]
    return [*lines, *paragraphs("- ", answer["messages"]), *head_text(answer)]


def values_text(values: object, unit: str | None) -> str:
    """New values in words.

    Args:
        values: a number or name; None (never measured); a list of replicates; ``{"text", "unit"}``
            as typed in another unit.
        unit: the declared unit, for numbers.
    """
    if values is None:
        return "will never be measured"
    if isinstance(values, list):
        return ", ".join(values_text(value, unit) for value in values)
    if isinstance(values, Mapping):
        return str(values["text"])
    return number(values) + ("" if isinstance(values, str) else in_unit(unit))


def doubts_text(
    campaign: str, flags: Sequence[Flag], aside: Sequence[SetAside] | None = None
) -> list[str]:
    """What is open about runs, set aside or doubtful, and the commands that end it."""
    from designer.service.flags import doubt_words, flag_reasons  # `--version` loads no service

    told = [f"{label}: {text}" for label, text in doubt_words(aside, flags)]
    return list(paragraphs("! ", [*told, *flag_reasons(campaign, flags)]))


def history_text(answer: answers.HistoryAnswer) -> list[str]:
    """Events as a table; an event that was taken back says so."""
    events = answer["events"]
    if not events:
        return ["Nothing happened in that time."]
    columns = [
        Column("event", [str(event["seq"]) for event in events]),
        Column("when (local time)", [moment(event["at"]) for event in events], left=True),
        Column("who", [event["actor"] for event in events], left=True),
        Column("run", [event["run"] or "" for event in events], left=True),
        Column("what", [_what(event) for event in events], left=True, wrap=True),
    ]
    return table(columns)


def _what(event: answers.EventObject) -> str:
    text, reason = event["summary"], event["reason"]
    if reason and reason not in text:
        text += f" – {reason}"
    return f"(taken back) {text}" if event["reversed"] else text


def exported_text(answer: answers.ExportAnswer) -> list[str]:
    """Where an export went."""
    told = f"Wrote {answer['file']} ({answer['what']}, {count(answer['rows'], 'row')})"
    return [told, *paragraphs("! ", answer["messages"])]


def facts_text(answer: Mapping[str, object]) -> list[str]:
    """A flat dictionary as ``name  value`` lines."""
    column = max(map(len, answer), default=0)
    lines = []
    for name, value in answer.items():
        lines += paragraph(f"{name.replace('_', ' '):<{column}}  ", _fact(value))
    return lines


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_fact(item) for item in value) or NOTHING
    return pairs(value) if isinstance(value, dict) else number(value)


def checks_text(answer: answers.VerifyAnswer) -> list[str]:
    """The result of `store verify`."""
    verdict = "The store is sound." if answer["ok"] else "The store is NOT sound."
    return [*(f"  {check}" for check in answer["checks"]), verdict]


# ---- one run ------------------------------------------------------------------------------------


def run_text(run: answers.RunAnswer, service: Service, campaign: str) -> list[str]:
    """Everything about one run."""
    view = view_of(service, campaign)
    lines = [*_opening(run, view), "", *_settings(run, view)]
    responses = _responses(run, view)
    if responses:
        lines += ["", *responses]
    remarks = [*_remarks(run), *paragraphs("! ", run["warnings"])]
    return [*lines, "", *remarks] if remarks else lines


def _opening(run: RunObject, view: SpecView) -> list[str]:
    by_hand = "not proposed by a plan" if run["settings"] is None else "planned by hand"
    place = f"proposed in {run['plan']}" if run["plan"] else by_hand
    lines = [f"{run['run']}: {run['status']}, {place}"]
    facts = []
    if run["order"] is not None:
        facts.append(f"order {run['order']}, rank {number(run['rank'])}")
    if run["information_bits"] is not None:
        facts.append(f"{rounded(run['information_bits'])} bits expected")
    if run["cost"] is not None:
        facts.append(f"cost {priced(run['cost'], view.cost_unit)}")
    if run["in_spec"] is not None:
        facts.append(in_spec_words(run["in_spec"], run["in_spec_measured"]))
    if run["made_at"]:
        facts.append(f"made {moment(run['made_at'])}")
    if facts:
        lines += item_lines(facts, screen_width(), " · ")
    if run["batch"]:
        lines.append(f"Batches: {pairs(run['batch'])}")
    if run["extra"]:
        lines += paragraph("Of its table: ", pairs(run["extra"]))
    return lines


def _settings(run: RunObject, view: SpecView) -> list[str]:
    planned, used = run["settings"] or {}, run["used"]
    names = [*dict.fromkeys([*planned, *used]), *run["given"]]
    really = {**used, **run["given"]}
    titles = [with_unit(name, view.units.get(name)) for name in names]
    columns = [Column("setting", titles, left=True)]
    if planned:
        columns.append(Column("planned", [number(planned.get(name)) for name in names]))
    columns.append(Column("used", [number(really.get(name)) for name in names]))
    changed = [name in planned and name in used and planned[name] != used[name] for name in names]
    if any(changed):
        columns.append(Column("", ["differs" if mark else "" for mark in changed], left=True))
    return table(columns)


def _responses(run: RunObject, view: SpecView) -> list[str]:
    measured, predicted = run["measurements"], run["predicted"] or {}
    names = list(dict.fromkeys([*view.responses, *predicted, *measured]))
    if not names:
        return []
    cells = []
    for name in names:
        values = [_value(value) for value in measured.get(name, ())]
        cells.append(" / ".join(values) or ("never" if name in run["never"] else NOTHING))
    told = [predicted.get(name) for name in names]
    by = [
        dict.fromkeys(f"{value['actor']} {moment(value['at'])}" for value in measured.get(name, ()))
        for name in names
    ]
    titles = [with_unit(name, view.units.get(name)) for name in names]
    columns = [
        Column("response", titles, left=True, key=True),
        Column("predicted (68 %)", [NOTHING if p is None else expected(p) for p in told]),
        Column("95 %", [NOTHING if p is None else expected_95(p) for p in told]),
        Column("measured", cells, left=True, wrap=True),
        Column("entered by", ["; ".join(each) for each in by], left=True, wrap=True),
    ]
    return table(without_empty(columns))


def _value(value: MeasurementObject) -> str:
    as_number = number(value["number"])
    # typed in another unit: both are told, the stored number first
    return f"{as_number} (typed {value['text']})" if value["unit"] else as_number


def _remarks(run: RunObject) -> Iterable[str]:
    if run["failure"]:
        yield from paragraph(f"Why {run['status']}: ", run["failure"])
    if run["reason"]:
        yield from paragraph("Why proposed: ", run["reason"])
    for flag in run["flags"]:
        told = f"{flag['message'].rstrip('.')}. {flag['hint']}" if flag["hint"] else flag["message"]
        yield from paragraph("! ", told)
    for note in run["notes"]:
        signature = f"({note['actor']}, {moment(note['at'])})"
        yield from paragraph("Note: ", f"{note['text']} {signature}")

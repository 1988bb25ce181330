"""What is odd, by the log or by the models, as flags on runs and on the campaign."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import BREACH, OFF_PLAN, RESULT_IS_RIGHT, Measurement, Run
from designer.campaigns.log.state import CampaignState
from designer.campaigns.plausibility.off_plan import off_plan
from designer.campaigns.plausibility.open_batches import contradicted_batches
from designer.campaigns.plausibility.open_runs import breaches
from designer.campaigns.plausibility.remarks import ways_to_answer
from designer.campaigns.plausibility.slips import SLIP, slips
from designer.campaigns.sheets.run_object import Flag, run_flags
from designer.campaigns.specification.amend import stage_changes
from designer.engine.answers import OddResult, SetAside
from designer.render.words import count, listed
from designer.service.figures import Figures
from designer.service.session import Session
from designer.service.still_true import measured

_NAMED = 20  # runs that are named one by one


def flags_of_runs(state: CampaignState, figures: Figures) -> dict[str, list[Flag]]:
    """Flags by run id that the log and the last evaluation give rise to.

    What somebody confirmed is left out. A result that looks like a slip is no outlier besides, and
    one that was confirmed to be none is no outlier either.
    """
    flags: dict[str, list[Flag]] = {}
    for flag in (*_flags_of_settings(state), *_flags_of_results(state, figures)):
        flags.setdefault(str(flag["run"]), []).append(flag)
    return flags


def _flags_of_settings(state: CampaignState) -> Iterator[Flag]:
    """What runs break, batches they cannot be of, settings off their plan."""
    name = state.spec.name
    for breach in breaches(state):
        hint = _plan_anew(name, state.run(breach.run))
        yield Flag(
            kind=BREACH, run=breach.run, response=breach.response, message=breach.message,
            since=breach.since, hint=hint,
        )  # fmt: skip
    for run, message in contradicted_batches(state).items():
        since = state.runs[run].recorded_at
        hint = _confirm(name, run, BREACH)
        yield Flag(kind=BREACH, run=run, response=None, message=message, since=since, hint=hint)
    for each in off_plan(state, state.runs.values()):
        hint = _confirm(name, each.run, OFF_PLAN)
        yield Flag(
            kind=OFF_PLAN, run=each.run, response=None, message=each.message, since=each.since,
            hint=hint,
        )  # fmt: skip


def _flags_of_results(state: CampaignState, figures: Figures) -> Iterator[Flag]:
    """Results that look like slips, and those that the models set aside or doubt."""

    def of_result(kind: str, run: str, response: str, value: Measurement, message: str) -> Flag:
        hint = _ways(state, run, response, value, f"{kind}:{response}")
        return Flag(
            kind=kind, run=run, response=response, message=message, since=value.at, hint=hint
        )

    slipped = set()
    for slip in slips(state):
        slipped.add((slip.run, slip.response))
        yield of_result(SLIP, slip.run, slip.response, slip.value, slip.message)
    doubtful = figures["doubtful"]
    odd = [found for found in doubtful if (found["run"], found["response"]) not in slipped]
    of_kind: tuple[tuple[str, Sequence[OddResult], tuple[str, ...]], ...] = (
        ("set_aside", figures["set_aside"] or (), ("set_aside",)),
        ("outlier", odd, RESULT_IS_RIGHT),
    )
    for kind, found, answers in of_kind:
        for result in found:
            run, response, value = result["run"], result["response"], measured(state, result)
            if run is None or value is None:
                continue
            if not state.runs[run].is_confirmed(response, value, *answers):
                yield of_result(kind, run, response, value, result["message"])


class Confirmed(NamedTuple):
    """What somebody says is right: a kind of flag, the responses it is about, the flags."""

    kind: str
    responses: list[str]
    flags: list[Flag]


def confirmed_flags(
    state: CampaignState, figures: Figures, run: str | None, text: str
) -> Confirmed:
    """What a confirmation is about; who confirms one result must not silence another.

    Args:
        state: the campaign.
        figures: of the last evaluation.
        run: run id.
        text: ``slip``, ``slip:porosity`` or ``slip:porosity,mass_loading``; without a response
            where one alone is flagged.

    Raises:
        InputError: no or an unknown run, it has no such flag, or several responses are flagged
            and none is named; names the flags it has.
    """
    if run is None:
        hint = "Name the run whose flag is confirmed"
        raise InputError.at("--confirm", "flags belong to runs", repr(text), hint=hint)
    there = state.run(run)
    flags = run_flags(there, flags_of_runs(state, figures).get(there.id, ()))
    kind, colon, names = (part.strip() for part in text.partition(":"))
    kind = kind.casefold()
    of_kind = [flag for flag in flags if flag["kind"] == kind]
    known = _responses_of(of_kind)
    told = [name.strip() for name in names.split(",")] if colon else known
    where, choices = f"run {there.id}", confirmable(flags)
    if not of_kind or not set(told) <= set(known):
        allowed = ", ".join(choices) or "it has no flags"
        raise InputError.at(where, "has no such flag to confirm", repr(text), allowed)
    if not colon and len(known) > 1:
        what = f"{listed(known)} are flagged: say which of them is looked at"
        hint = f"Both or all at once: --confirm '{kind}:{','.join(known)}'"
        allowed = ", ".join(choice for choice in choices if choice.startswith(f"{kind}:"))
        raise InputError.at(where, what, repr(text), allowed, hint)
    about = [flag for flag in of_kind if not known or flag["response"] in told]
    return Confirmed(kind, told, about)


def confirmable(flags: Sequence[Flag]) -> list[str]:
    """What of the flags of a run can be confirmed, each as `confirmed_flags` takes it.

    ``slip`` where one response is flagged, ``slip:porosity`` where several are.
    """
    told: dict[str, None] = {}
    for flag in flags:
        kind = flag["kind"]
        several = len(_responses_of(f for f in flags if f["kind"] == kind)) > 1
        told[f"{kind}:{flag['response']}" if several else kind] = None
    return [*told]


def _responses_of(flags: Iterable[Flag]) -> list[str]:
    """The responses that flags of a kind are about; none where a kind is about all of a run."""
    about = dict.fromkeys(f["response"] for f in flags if f["kind"] not in (BREACH, OFF_PLAN))
    return [name for name in about if name is not None]


def all_flags(state: CampaignState, figures: Figures) -> list[Flag]:
    """Flags of every run, then those of the campaign: what is set aside of its earlier lines."""
    found = flags_of_runs(state, figures)
    flags = [flag for run in state.runs.values() for flag in run_flags(run, found.get(run.id, ()))]
    of_lines: dict[tuple[str, str], list[SetAside]] = {}
    for each in figures["set_aside"] or ():
        if each["line"] is not None:
            of_lines.setdefault((each["line"], each["response"]), []).append(each)
    for (line, _), rows in of_lines.items():
        more = f"; {count(len(rows) - 1, 'more result')} of {line} likewise" if rows[1:] else ""
        flag = Flag(
            kind="set_aside", run=None, response=rows[0]["response"],
            message=rows[0]["message"] + more, since=None, hint=None,
        )  # fmt: skip
        flags.append(flag)
    return flags


def _set_aside_words(found: Iterable[tuple[str | None, str | None, str | None]]) -> str:
    """``porosity in R004 and R006, 3 results of line2``; empty where nothing is set aside.

    Args:
        found: response, run and line of each.
    """
    runs: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for response, run, line in found:
        if run is not None:
            runs.setdefault(str(response), []).append(run)
        elif line is not None:
            lines[line] = lines.get(line, 0) + 1
    told = [f"{response} in {', '.join(dict.fromkeys(where))}" for response, where in runs.items()]
    told += [f"{count(rows, 'result')} of {line}" for line, rows in lines.items()]
    return ", ".join(told)


def _outlier_words(flags: Sequence[Flag]) -> str:
    """``porosity in R004 looks like a slip, but counts``; empty where no result does."""
    odd = [f"{flag['response']} in {flag['run']}" for flag in flags if flag["kind"] == "outlier"]
    if not odd:
        return ""
    verb = "looks like a slip, but counts" if len(odd) == 1 else "look like slips, but count"
    return f"{', '.join(odd)} {verb}"


def older_copy_flags(session: Session, state: CampaignState) -> list[Flag]:
    """A flag of the campaign when its log is not the one this computer saw before, gone on."""
    alarm = session.store.alarm_of(state.campaign_id)
    if alarm is None:
        return []
    return [Flag(kind="older_copy", run=None, response=None, message=alarm, since=None, hint=None)]


def doubt_words(aside: Sequence[SetAside] | None, flags: Sequence[Flag]) -> list[tuple[str, str]]:
    """What must not be forgotten, each with its label; the flags themselves tell why.

    Args:
        aside: what is set aside of runs and lines; None: what the flags say of runs.
        flags: of runs.
    """
    found: list[tuple[str | None, str | None, str | None]]
    found = [(each["response"], each["run"], each["line"]) for each in aside or ()]
    if aside is None:
        found = [(f["response"], f["run"], None) for f in flags if f["kind"] == "set_aside"]
    told = [("Open", text) for text in _flag_words(flags)]
    told += [("Set aside", _set_aside_words(found)), ("Doubtful", _outlier_words(flags))]
    return [(label, text) for label, text in told if text]


def _flag_words(flags: Sequence[Flag]) -> list[str]:
    """What is open about runs besides what the models say, a clause per response and kind.

    ``porosity in R004 and R006 may be slips``, ``R007 breaks the specification``.
    """
    slipped: dict[str, dict[str, None]] = {}
    for flag in flags:
        if flag["kind"] == "slip":
            slipped.setdefault(str(flag["response"]), {})[str(flag["run"])] = None
    told = [
        f"{name} in {listed(list(runs))} may be {'a slip' if len(runs) == 1 else 'slips'}"
        for name, runs in slipped.items()
    ]
    of_kinds = (
        (BREACH, "breaks the specification", "break the specification"),
        (OFF_PLAN, "was not made as planned", "were not made as planned"),
    )
    for kind, one, several in of_kinds:
        runs = list(dict.fromkeys(str(flag["run"]) for flag in flags if flag["kind"] == kind))
        if runs:
            who = listed(runs) if len(runs) <= _NAMED else count(len(runs), "run")
            told.append(f"{who} {one if len(runs) == 1 else several}")
    return told


def flag_reasons(campaign: str, flags: Sequence[Flag]) -> list[str]:
    """Why something is open about runs, and the commands that end it, where a line says it.

    A sentence where one flag of a kind is there; of many that break the specification the first
    one and the command for all; of other kinds, where to look.
    """
    told, name = [], shlex.quote(campaign)
    for kind in ("slip", BREACH, OFF_PLAN):
        of_kind = [flag for flag in flags if flag["kind"] == kind and flag["run"] is not None]
        if not of_kind:
            continue
        reason, hint = of_kind[0]["message"].rstrip("."), of_kind[0]["hint"]
        if len(of_kind) == 1:
            told.append(f"{reason}. {hint or ''}".rstrip())
            continue
        look = f"designer show {name} RUN"
        anew = next((flag["hint"] for flag in of_kind if kind == BREACH and flag["hint"]), None)
        more = f"{len(of_kind) - 1} more: {look}"
        joined = f"{reason} And {more}" if reason.endswith("?") else f"{reason}; and {more}"
        told.append(f"{joined}. {anew or ''}".rstrip())
    return told


def _ways(state: CampaignState, run: str, response: str, value: Measurement, confirm: str) -> str:
    return f"If it is a slip: {ways_to_answer(state, run, response, value, confirm)}"


def _plan_anew(campaign: str, run: Run) -> str:
    if run.status == "proposed":
        return f"Plan anew: designer propose {shlex.quote(campaign)} --replace"
    return _confirm(campaign, run.id, BREACH)


def _confirm(campaign: str, run: str, kind: str) -> str:
    return f"If it is right: designer note {shlex.quote(campaign)} {run} TEXT --confirm {kind}"


def breach_sentences(state: CampaignState, plan: str | None = None) -> list[str]:
    """What open runs (of a plan) break since the specification was changed, and what to do."""
    found = [each for each in breaches(state) if plan in (None, state.runs[each.run].plan)]
    if not found:
        return []
    campaign, runs = shlex.quote(state.spec.name), list(dict.fromkeys(each.run for each in found))
    verb, them = ("breaks", "it") if len(runs) == 1 else ("break", "them")
    return [
        f"{listed(runs)} {verb} the changed specification. Plan anew: designer propose {campaign}"
        f" --replace; or take {them} back: designer abandon {campaign} {' '.join(runs[:6])}"
        f"{' …' if len(runs) > 6 else ''} --reason TEXT",
        *(each.message for each in found),
    ]


def stage_sentences(before: CampaignState, after: CampaignState) -> list[str]:
    """A sentence where proposed runs were planned with other stages than there are now."""
    changes = stage_changes(before.spec, after.spec)
    runs = [r.id for r in after.runs.values() if r.status == "proposed"]
    if not changes or not runs:
        return []
    who = listed(runs) if len(runs) <= _NAMED else count(len(runs), "open run")
    return [
        f"{who} {'was' if len(runs) == 1 else 'were'} planned with other stages"
        f" ({'; '.join(changes)}): batches, order and costs are those of then. Plan anew: designer"
        f" propose {shlex.quote(after.spec.name)} --replace"
    ]

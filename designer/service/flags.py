"""What the models found odd, as flags on runs and on the campaign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import Flag, run_flags
from designer.engine.answers import OddResult, SetAside
from designer.render.words import count
from designer.service.figures import Figures
from designer.service.session import Session
from designer.service.still_true import measured_at

Kind = Literal["set_aside", "outlier"]


def flags_of_runs(state: CampaignState, figures: Figures) -> dict[str, list[Flag]]:
    """Flags by run id that the last evaluation gives rise to."""
    flags: dict[str, list[Flag]] = {}
    of_kind: dict[Kind, Sequence[OddResult]] = {
        "set_aside": figures["set_aside"] or (),
        "outlier": figures["doubtful"],
    }
    for kind, found in of_kind.items():
        for each in found:
            if each["run"] is not None:
                flag = _flag(kind, each, measured_at(state, each))
                flags.setdefault(each["run"], []).append(flag)
    return flags


def all_flags(state: CampaignState, figures: Figures) -> list[Flag]:
    """Flags of every run, then those of the campaign: what is set aside of its earlier lines."""
    found = flags_of_runs(state, figures)
    flags = [flag for run in state.runs.values() for flag in run_flags(run, found.get(run.id, ()))]
    of_lines: dict[tuple[str, str], list[SetAside]] = {}
    for each in figures["set_aside"] or ():
        if each["line"] is not None:
            of_lines.setdefault((each["line"], each["response"]), []).append(each)
    for (line, _), rows in of_lines.items():
        flag = _flag("set_aside", rows[0], None)
        if len(rows) > 1:
            flag["message"] += f"; {count(len(rows) - 1, 'more result')} of {line} likewise"
        flags.append(flag)
    return flags


def set_aside_words(found: Sequence[SetAside]) -> str:
    """``porosity in R004 and R006, 3 results of line2``; empty where nothing is set aside."""
    runs: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for each in found:
        if each["run"] is not None:
            runs.setdefault(each["response"], []).append(each["run"])
        elif each["line"] is not None:
            lines[each["line"]] = lines.get(each["line"], 0) + 1
    told = [f"{response} in {', '.join(dict.fromkeys(where))}" for response, where in runs.items()]
    told += [f"{count(rows, 'result')} of {line}" for line, rows in lines.items()]
    return ", ".join(told)


def outlier_words(flags: Sequence[Flag]) -> str:
    """``porosity in R004 looks like a slip, but counts``; empty where no result does."""
    odd = [f"{flag['response']} in {flag['run']}" for flag in flags if flag["kind"] == "outlier"]
    if not odd:
        return ""
    verb = "looks like a slip, but counts" if len(odd) == 1 else "look like slips, but count"
    return f"{', '.join(odd)} {verb}"


def _flag(kind: Kind, found: OddResult, since: str | None) -> Flag:
    return {
        "kind": kind,
        "run": found["run"],
        "response": found["response"],
        "message": found["message"],
        "since": since,
    }


def older_copy_flags(session: Session, state: CampaignState) -> list[Flag]:
    """A flag of the campaign when its log is not the one this computer saw before, gone on."""
    alarm = session.store.alarm_of(state.campaign_id)
    if alarm is None:
        return []
    return [Flag(kind="older_copy", run=None, response=None, message=alarm, since=None)]

"""What the models found odd, as flags on runs and on the campaign."""

from __future__ import annotations

from collections.abc import Sequence

from designer.campaigns.log.state import CampaignState
from designer.campaigns.sheets.run_object import Flag, run_objects
from designer.engine.answers import SetAside
from designer.render.words import count
from designer.service.figures import Figures
from designer.service.still_true import measured_at


def flags_of_runs(state: CampaignState, figures: Figures) -> dict[str, list[Flag]]:
    """Flags by run id that the last evaluation gives rise to."""
    flags: dict[str, list[Flag]] = {}
    for each in figures["set_aside"] or ():
        if each["run"] is not None:
            flags.setdefault(each["run"], []).append(_flag(each, measured_at(state, each)))
    return flags


def all_flags(state: CampaignState, figures: Figures) -> list[Flag]:
    """Flags of every run, then those of the campaign: what is set aside of its earlier lines."""
    runs = run_objects(state.runs.values(), flags_of_runs(state, figures))
    flags = [flag for run in runs for flag in run["flags"]]
    of_lines: dict[tuple[str, str], list[SetAside]] = {}
    for each in figures["set_aside"] or ():
        if each["line"] is not None:
            of_lines.setdefault((each["line"], each["response"]), []).append(each)
    for (line, _), rows in of_lines.items():
        flag = _flag(rows[0], None)
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


def _flag(found: SetAside, since: str | None) -> Flag:
    return {
        "kind": "set_aside",
        "run": found["run"],
        "response": found["response"],
        "message": found["message"],
        "since": since,
    }

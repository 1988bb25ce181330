"""Earlier lines in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from designer.cli.text.results import head_text
from designer.render.table import Column, paragraphs, table, without_empty
from designer.render.words import NOTHING, amount, count, number, rounded, share

if TYPE_CHECKING:
    from designer.engine.answers import ResponseTrust
    from designer.service.answers import LineAddedAnswer, LinesAnswer, LineSwitchedAnswer
    from designer.service.figures import ComparedLine, JudgedLine, LineAnswer

_OVERLAP = "Share of the campaign's ranges that their settings cover:"


def lines_text(answer: LinesAnswer) -> list[str]:
    """All earlier lines of a campaign."""
    lines = answer["lines"]
    if not lines:
        return [f"{answer['campaign']} has no earlier lines."]
    told = judged_lines_table(lines)
    trusts = _trust_table(lines)
    if trusts:
        told += ["", "Trust per response (80 % interval):", *trusts]
    told += ["", _OVERLAP, *_overlap_table([(line["name"], line) for line in lines])]
    for line in lines:
        told += paragraphs("! ", line["warnings"] if line["included"] else ())
    return told


def _overlap_table(lines: Sequence[tuple[str, ComparedLine]]) -> list[str]:
    """Share of each range of the campaign that the settings of the lines cover."""
    told = [
        {factor["factor"]: share(factor["covered"]) for factor in of["factors"]} for _, of in lines
    ]
    names = dict.fromkeys(name for cells in told for name in cells)
    return table(
        [
            Column("line", [name for name, _ in lines], left=True, key=True, wrap=True),
            *(Column(name, [cells.get(name, NOTHING) for cells in told]) for name in names),
            Column("rows inside", [share(of["overlap"]) for _, of in lines]),
        ]
    )


def _trust_table(lines: Sequence[JudgedLine]) -> list[str]:
    """Trust per line and response; nothing where no evaluation told."""
    rows = [
        (line["name"], response, trust)
        for line in lines
        for response, trust in line["responses"].items()
    ]
    if not rows:
        return []
    return table(
        [
            Column("line", [name for name, _, _ in rows], left=True, key=True, wrap=True),
            Column("response", [response for _, response, _ in rows], left=True, key=True),
            Column("trust", [_trust(trust) for _, _, trust in rows], left=True),
            Column("worth", [_worth(trust) for _, _, trust in rows], left=True),
            Column("determined", [share(trust["determined"]) for _, _, trust in rows]),
        ]
    )


def judged_lines_table(lines: Sequence[JudgedLine]) -> list[str]:
    """Table of lines with their trust; columns that no line has anything for are left out."""
    trust = Column("trust", [_trust(line) for line in lines], left=True)
    worth = Column("worth", [_worth(line) for line in lines], left=True)
    return lines_table(lines, trust, worth)


def lines_table(lines: Sequence[LineAnswer], *judged: Column) -> list[str]:
    """Table of lines; columns that no line has anything for are left out."""
    columns = [
        Column("line", [line["name"] for line in lines], left=True, key=True, wrap=True),
        Column("rows", [amount(line["rows"]) for line in lines]),
        Column("used", [_used(line) for line in lines], left=True),
        *judged,
        Column("batches", [_batches(line) for line in lines], left=True, wrap=True),
        Column(
            "not recorded", [", ".join(line["unknown"]) or NOTHING for line in lines], left=True
        ),
        Column("why", [number(line["reason"]) for line in lines], left=True, wrap=True),
        Column("source", [number(line["source"]) for line in lines], left=True, wrap=True),
    ]
    return table(without_empty(columns))


def _batches(line: LineAnswer) -> str:
    """``told``, ``taken as 6 of slurry``, ``not told``."""
    told = ["told"] if line["batches"] else []
    taken = ", ".join(f"{each['batches']} of {each['stage']}" for each in line["inferred_batches"])
    return ", ".join([*told, *([f"taken as {taken}"] if taken else [])]) or "not told"


def _used(line: LineAnswer) -> str:
    """Whether a line is used, and for which responses it is not."""
    if not line["included"]:
        return "no"
    off = line["not_used_for"]
    return f"not for {', '.join(off)}" if off else "yes"


def _trust(line: JudgedLine | ResponseTrust) -> str:
    if line["trust"] is None:
        return NOTHING
    span = f"{rounded(line['trust_low'])} to {rounded(line['trust_high'])}"
    return f"{rounded(line['trust'])} ({span})"


def _worth(line: JudgedLine | ResponseTrust) -> str:
    worth = line["worth_runs"]
    return NOTHING if worth is None else f"{rounded(worth, 1)} runs"


def line_added_text(answer: LineAddedAnswer) -> list[str]:
    """A line was added, or would be."""
    batches = ", with batches" if answer["batches"] else ""
    done = "Added" if answer["applied"] else "Nothing was added; it would be"
    sentence = f"{done} {answer['line']} to {answer['campaign']}: {count(answer['rows'], 'row')}"
    overlap = _overlap_table([(answer["line"], answer)])
    read = [] if answer["applied"] else _columns_read(answer)
    return [f"{sentence}{batches}.", *read, "", _OVERLAP, *overlap, "", *head_text(answer)]


def _columns_read(answer: LineAddedAnswer) -> list[str]:
    """Which column of the file is what."""
    units = answer["units"]
    told = [
        f"{column} → {name}{f' (from {units[column]})' if column in units else ''}"
        for column, name in answer["columns"].items()
    ]
    return paragraphs("Columns: ", [", ".join(told)]) if told else []


def line_switched_text(answer: LineSwitchedAnswer) -> list[str]:
    """A line was excluded or included."""
    done = "included" if answer["included"] else "excluded"
    told = f"{answer['line']} is {done}."
    return [told, *paragraphs("- ", answer["messages"]), *head_text(answer)]

"""The run sheet as Markdown: for wikis and notebooks, to be filled in there or by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from designer.campaigns.sheets.plan_columns import STATUS_WORDS
from designer.campaigns.sheets.plan_facts import WORTH
from designer.campaigns.sheets.run_sheet.content import (
    Heading,
    RunCard,
    SheetContent,
    watched_runs,
)

_SPECIAL = re.compile(r"[\\`*\[\]|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""What means something inside a line (CommonMark, tables and strike-through of GitHub, formulas);
an underscore inside a word means nothing."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SETTINGS = ("setting", "to set", "unit", "really used")
_RESULTS = ("result", "value", "unit", "wanted, expected, possible")
_LINE = "…" * 8


def run_sheet_markdown(content: SheetContent) -> bytes:
    """The file; no text of the campaign is taken for Markdown or HTML."""
    lines = [f"# {_text(content.campaign)}: {_text(content.title)}", ""]
    lines += [f"On {_text(content.line)}; {_text(content.position)}.", ""]
    lines += [
        "Make the runs in this order; a bold setting is another one than for the run before.",
        "",
    ]
    watched = watched_runs(content)
    told: list[tuple[str, Sequence[str]]] = [("Watch", [watched])] if watched else []
    told += [("Always", content.rules)] if content.rules else []
    lines += _facts([*told, *content.facts])
    staged = any(block.headings for block in content.blocks)
    for block in content.blocks:
        lines += ["", f"## {block.block}"] if block.block else []
        for heading in block.headings:
            lines += ["", *_heading(heading)]
        for card in block.cards:
            lines += ["", *_card(card, "#### " if staged else "## ")]
    if content.judged:
        marks = "##" if staged else "#"
        lines += ["", f"{marks} {WORTH}", "", *_facts(content.judged)]
    return ("\n".join(lines) + "\n").encode()


def _facts(facts: Iterable[tuple[str, Sequence[str]]]) -> Iterable[str]:
    """A word with what there is to say of it: behind it, or as a list below."""
    for word, texts in facts:
        if len(texts) == 1:
            yield f"- **{_text(word)}:** {_text(texts[0])}"
        else:
            yield f"- **{_text(word)}:**"
            yield from (f"    - {_text(text)}" for text in texts)


def _heading(heading: Heading) -> list[str]:
    told = "; ".join(map(_text, heading.told))
    recipe = ", ".join(map(_text, heading.settings))
    marks = "#" * (2 + heading.level)
    return [
        f"{marks} {_text(heading.batch)}", "",
        f"{f'**{recipe}**; ' if recipe else ''}{told}; label: {_LINE}",
    ]  # fmt: skip


def _card(card: RunCard, marks: str) -> list[str]:
    lines = [f"{marks}{card.run}", "", ", ".join(_about(card)), ""]
    settings = [
        (
            _text(tile.name),
            f"**{_text(tile.value)}**" if tile.changed else _text(tile.value),
            _text(tile.unit),
            _text(tile.used),
        )
        for tile in card.settings
        if not tile.asked
    ]
    lines += [*_table(_SETTINGS, settings), ""]
    results = [
        (_text(tile.name), _text(tile.used), _text(tile.unit), f"planned for {_text(tile.value)}")
        for tile in card.settings
        if tile.asked
    ]
    results += [
        (_text(box.name), _text(box.known), _text(box.unit), _text("; ".join(box.told)))
        for box in card.results
    ]
    lines += [*_table(_RESULTS, results), ""]
    lines += [f"- [{'x' if card.status == word else ' '}] {word}" for word in STATUS_WORDS]
    failure, made_at = _text(card.failure) or _LINE, _text(card.made_at) or _LINE
    lines += ["", f"Reason: {failure} made at: {made_at} note: {_LINE}"]
    for label, texts in (("Watch", card.watch), ("Why", [card.why] if card.why else [])):
        for text in texts:
            lines += ["", f"**{label}:** {_text(text)}"]
    return lines


def _about(card: RunCard) -> Iterable[str]:
    """Place, status, batches and what a table said of a run."""
    yield card.order
    if card.status:
        yield card.status
    for _, batch, new in card.batches:
        yield f"{_text(batch)}{' (new)' if new else ''}"
    for name, text in card.extra:
        yield f"{_text(name)} **{_text(text)}**"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(header)} |",
        f"|{' --- |' * len(header)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _text(text: str) -> str:
    """A text as it is read, on one line."""
    plain = " ".join(text.split())
    escaped = _SPECIAL.sub(lambda match: f"\\{match[0]}", plain)
    return re.sub("[&<>]", lambda match: _ENTITIES[match[0]], escaped)

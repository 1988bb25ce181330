"""The run sheet as one HTML file that prints: everything in it, nothing fetched, nothing run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from designer.campaigns.sheets.plan_facts import WORTH
from designer.campaigns.sheets.run_sheet.content import (
    BatchBlock,
    SettingBox,
    SheetContent,
    watched_runs,
)

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATE = "run_sheet.html"
_NARROWEST, _WIDEST, _BOX = 27, 52, 15
"""Millimetres: of a setting, and of what stands in it beside its value."""
_SHORT = 9
"""Letters of a value that is written large."""
_FEW = 4
"""Settings of a run that have room for larger letters."""
_MANY = 8
"""Settings above which a run is printed in less height, so that four fit on a page."""


@dataclass(frozen=True)
class _PrintedGroup:
    """What hangs together on paper: runs of one batch of the first stage, or of a design's block.

    Attributes:
        name: of block and batch; empty: it has none.
        settings: of all its runs.
        blocks: in the order of making.
    """

    name: str
    settings: Sequence[str]
    blocks: list[BatchBlock] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        """Whether it may go on to a further page, and has a name to stand there."""
        return bool(self.name) and sum(len(block.cards) for block in self.blocks) > 1


def _groups(blocks: Iterable[BatchBlock]) -> list[_PrintedGroup]:
    groups: list[_PrintedGroup] = []
    part = ""
    for block in blocks:
        part = block.block.partition(":")[0] or part
        first = [heading for heading in block.headings if heading.level == 0]
        if block.block or first or not groups:
            name = ", ".join(filter(None, [part, *(heading.batch for heading in first)]))
            groups.append(_PrintedGroup(name, [s for heading in first for s in heading.settings]))
        groups[-1].blocks.append(block)
    return groups


def run_sheet_html(content: SheetContent) -> bytes:
    """The file; every text of the campaign is escaped, and the ids of runs are QR codes, too."""
    cards = [card for block in content.blocks for card in block.cards]
    tiles = [tile for card in cards for tile in card.settings if not tile.asked]
    told = _template().render(
        sheet=content,
        watched=watched_runs(content),
        worth=WORTH,
        groups=_groups(content.blocks),
        tile=max((_room(tile) for tile in tiles), default=_NARROWEST),
        few=len(tiles) <= _FEW * len(cards),
        dense=len(tiles) > _MANY * len(cards),
        longest_short=_SHORT,
    )
    return told.encode()


def _room(tile: SettingBox) -> int:
    """Millimetres a setting needs beside the box for the one really used."""
    length = len(tile.value)
    letters = 3.0 * length if length <= _SHORT else 2.1 * min(length, 2 * _SHORT)
    return min(max(_NARROWEST, math.ceil(letters + 1.8 * len(tile.unit) + _BOX)), _WIDEST)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["qr"] = _qr
    return environment.get_template(_TEMPLATE)


def _qr(run: str) -> str:
    """The id of a run as a QR code, an SVG without a size of its own.

    A quarter of it may be dirty (level Q, ISO/IEC 18004); two modules around it are blank, and the
    cell it stands in leaves two more.
    """
    import segno
    from markupsafe import Markup

    dark = segno.make(run, micro=False, error="q", boost_error=False).matrix
    strokes = (
        f"M{place} {row}.5h{length}"
        for row, modules in enumerate(dark)
        for place, length in _stretches(modules)
    )
    return Markup(
        '<svg viewBox="-2 -2 {0} {0}" role="img" aria-label="{1}">'
        '<path stroke="#000" d="{2}"/></svg>'
    ).format(len(dark) + 4, run, "".join(strokes))


def _stretches(modules: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules beside each other begin, and how many there are."""
    place = 0
    for dark, group in groupby(modules):
        length = len([*group])
        if dark:
            yield place, length
        place += length

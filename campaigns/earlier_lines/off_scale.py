"""Rows of earlier lines that a logarithmic scale has no place for: left out, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from designer.campaigns.log.state import CampaignState
from designer.campaigns.space.factors import Setting, quantity_text
from designer.campaigns.specification.specification import Specification

_SHOWN = 5


def rows_off_scale(
    spec: Specification,
    rows: Iterable[Mapping[str, Setting]],
    place: Callable[[int], str],
) -> list[str]:
    """A sentence for every factor whose scale has no place for settings of some rows.

    Args:
        spec: of the campaign.
        rows: settings of the rows.
        place: the words for a row, by its place among them.
    """
    if not spec.log_factors:
        return []
    found: dict[str, list[tuple[int, float]]] = {}
    count = 0
    for count, settings in enumerate(rows, start=1):
        for factor in spec.off_scale(settings):
            found.setdefault(factor.name, []).append((count - 1, float(settings[factor.name])))
    told = []
    for name, odd in found.items():
        unit = spec.factor(name).unit
        named = [f"{quantity_text(value, unit)} in {place(row)}" for row, value in odd[:_SHOWN]]
        more = ", …" if len(odd) > _SHOWN else ""
        told.append(
            f"{name}: {len(odd)} of {count} rows have no place on its logarithmic scale and are"
            f" left out ({', '.join(named)}{more})"
        )
    return told


def off_scale_notes(state: CampaignState) -> list[str]:
    """What is left out of the lines in use; their rows are counted as they were taken."""
    return [
        f"{line.name}: {told}"
        for line in state.lines.values()
        if line.included
        for told in rows_off_scale(
            state.spec, (row.settings for row in line.rows), lambda row: f"its row {row + 1}"
        )
    ]

"""Verbs about earlier lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.campaigns import commands
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.store.cache import EvaluationCache
from designer.service.overview import known_lines
from designer.service.session import Session, with_head

if TYPE_CHECKING:
    from designer.campaigns.earlier_lines.table import LineTable


def add_line(
    session: Session,
    campaign: str,
    path: Path,
    *,
    name: str,
    told: LineMapping,
    mapping: Path | None,
) -> dict[str, Any]:
    """Add an earlier line from a CSV or XLSX file; the command line wins over the mapping file."""
    from designer.campaigns.earlier_lines.read import read_line

    merged = told if mapping is None else LineMapping.from_file(mapping).merged(told)
    table = read_line(path, session.state(campaign).spec, merged, name=name)
    return _add(session, campaign, table, name)


def add_line_from_campaign(
    session: Session,
    campaign: str,
    other: str,
    *,
    name: str | None,
    constants: Mapping[str, str],
    others: Collection[str] = (),
) -> dict[str, Any]:
    """Add the results of another campaign of the same store as an earlier line."""
    from designer.campaigns.earlier_lines.read import line_from_campaign

    spec = session.state(campaign).spec
    table = line_from_campaign(session.state(other), spec, name, constants, others)
    return _add(session, campaign, table, name)


def add_line_columns(
    session: Session,
    campaign: str,
    columns: Mapping[str, Sequence[object]],
    *,
    name: str,
    told: LineMapping | None = None,
) -> dict[str, Any]:
    """Add an earlier line from columns in memory (a DataFrame)."""
    from designer.campaigns.earlier_lines.read import line_from_columns

    table = line_from_columns(columns, session.state(campaign).spec, told, name=name)
    return _add(session, campaign, table, name)


def _add(session: Session, campaign: str, table: LineTable, name: str | None) -> dict[str, Any]:
    state = session.change(campaign, lambda fresh: commands.add_line(fresh, table, name))
    line = [*state.lines.values()][-1]
    return with_head(
        state, line=line.name, rows=len(line.rows), batches=line.has_batches, notes=table.notes
    )


def lines(session: Session, campaign: str) -> dict[str, Any]:
    """All earlier lines, with trust as of the last evaluation."""
    state = session.state(campaign)
    figures = EvaluationCache(session.store).read(state.campaign_id) or {}
    return with_head(
        state,
        lines=known_lines(state, figures),
        notes=list(state.spec.unused_history) if state.lines else [],
    )


def exclude_line(session: Session, campaign: str, line: str, reason: str) -> dict[str, Any]:
    """Leave a line out of the models."""
    state = session.change(campaign, lambda fresh: commands.exclude_line(fresh, line, reason))
    return with_head(state, line=commands.find_line(state, line).name, included=False)


def include_line(session: Session, campaign: str, line: str, reason: str) -> dict[str, Any]:
    """Take a line into the models again."""
    state = session.change(campaign, lambda fresh: commands.include_line(fresh, line, reason))
    return with_head(state, line=commands.find_line(state, line).name, included=True)

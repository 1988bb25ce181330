"""Verbs about earlier lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from designer.campaigns import commands
from designer.campaigns.earlier_lines.doubled import doubled_rows
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.files import File
from designer.campaigns.log.fold import tried
from designer.campaigns.plausibility.line_slips import line_slips
from designer.service.answers import LineAddedAnswer, LinesAnswer, LineSwitchedAnswer
from designer.service.details import compared_line, doubted_beside, judged_lines
from designer.service.fits import read_figures
from designer.service.session import Verbs

if TYPE_CHECKING:
    from designer.campaigns.store.archive import Decide


class LineVerbs(Verbs):
    """Verbs about earlier lines."""

    def add(
        self,
        campaign: str,
        source: File | str | Mapping[str, Sequence[object]],
        *,
        name: str | None = None,
        mapping: LineMapping | None = None,
        dry_run: bool = False,
    ) -> LineAddedAnswer:
        """Add an earlier line.

        Args:
            campaign: its name.
            source: a CSV or XLSX file; the name of another campaign of the store, of which
                ``constants``, ``units``, ``others`` tell more; or columns in memory (a DataFrame).
            name: of the line; None: that of the other campaign.
            mapping: what is said about its columns and rows.
            dry_run: only tell what would be added.
        """
        from designer.campaigns.earlier_lines.read import (
            line_from_campaign,
            line_from_columns,
            read_line,
        )

        told = mapping or LineMapping()
        spec = self.session.state(campaign).spec
        if isinstance(source, File):
            table = read_line(source, spec, told, name=name)
        elif isinstance(source, str):
            other = self.session.state(source)
            table = line_from_campaign(other, spec, name, told)
        else:
            table = line_from_columns(source, spec, told, name=name)
        if dry_run:
            before = self.session.state(campaign)
            state = tried(before, commands.add_line(before, table, name))
        else:
            before, state = self.session.changed(
                campaign, lambda s: commands.add_line(s, table, name)
            )
        line = [*state.lines.values()][-1]
        compared = compared_line(state, line.name)
        return {
            **compared,
            "campaign": state.spec.name,
            "line": line.name,
            "rows": len(line.rows),
            "batches": line.has_batches,
            "columns": table.mapping["columns"],
            "units": table.mapping["units"],
            "applied": not dry_run,
            "notes": [
                *table.notes,
                *doubled_rows(state, line),
                *doubted_beside(before, state),
                *compared["warnings"],
                *line_slips(state, line),
            ],
            "head": before.head if dry_run else state.head,
        }

    def list(self, campaign: str) -> LinesAnswer:
        """All earlier lines, with trust as of the last evaluation."""
        state = self.session.state(campaign)
        return {
            "campaign": state.spec.name,
            "lines": judged_lines(state, read_figures(self.session, state)),
            "notes": [*state.spec.unused_history] if state.lines else [],
            "head": state.head,
        }

    def exclude(self, campaign: str, line: str, reason: str) -> LineSwitchedAnswer:
        """Leave a line out of the models."""
        return self._switch(campaign, line, lambda s: commands.exclude_line(s, line, reason))

    def include(self, campaign: str, line: str, reason: str) -> LineSwitchedAnswer:
        """Take a line into the models again."""
        return self._switch(campaign, line, lambda s: commands.include_line(s, line, reason))

    def _switch(self, campaign: str, name: str, decide: Decide) -> LineSwitchedAnswer:
        before, state = self.session.changed(campaign, decide)
        line = commands.find_line(state, name)
        doubled = doubled_rows(state, line) if line.included else []
        return {
            "campaign": state.spec.name,
            "line": line.name,
            "included": line.included,
            "messages": [*doubled, *doubted_beside(before, state)],
            "head": state.head,
        }

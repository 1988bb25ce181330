"""Verbs about earlier lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.campaigns import commands
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.service.answers import LineAddedAnswer, LinesAnswer, LineSwitchedAnswer
from designer.service.details import judged_lines
from designer.service.fits import read_figures
from designer.service.session import Verbs
from designer.service.values import Texts

if TYPE_CHECKING:
    from designer.campaigns.earlier_lines.mapping import LineTable
    from designer.campaigns.store.archive import Decide


class LineVerbs(Verbs):
    """Verbs about earlier lines."""

    def add(
        self,
        campaign: str,
        path: Path,
        *,
        name: str,
        columns: Texts | None = None,
        constants: Texts | None = None,
        units: Texts | None = None,
        where: Texts | None = None,
        others: Sequence[str] = (),
        extras: Sequence[str] = (),
        mapping: Path | None = None,
    ) -> LineAddedAnswer:
        """Add an earlier line from a CSV or XLSX file; the arguments win over the mapping file."""
        from designer.campaigns.earlier_lines.read import read_line

        told = LineMapping(columns or {}, constants or {}, units or {}, where or {}, others, extras)
        merged = told if mapping is None else LineMapping.from_file(mapping).merged(told)
        table = read_line(path, self.session.state(campaign).spec, merged, name=name)
        return self._add(campaign, table, name)

    def add_from_campaign(
        self,
        campaign: str,
        other: str,
        *,
        name: str | None = None,
        constants: Texts | None = None,
        others: Collection[str] = (),
    ) -> LineAddedAnswer:
        """Add the results of another campaign of the same store as an earlier line."""
        from designer.campaigns.earlier_lines.read import line_from_campaign

        spec = self.session.state(campaign).spec
        source = self.session.state(other)
        return self._add(
            campaign, line_from_campaign(source, spec, name, constants or {}, others), name
        )

    def add_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        name: str,
        others: Sequence[str] = (),
        extras: Sequence[str] = (),
    ) -> LineAddedAnswer:
        """Add an earlier line from columns in memory (a DataFrame)."""
        from designer.campaigns.earlier_lines.read import line_from_columns

        told = LineMapping(others=others, extras=extras)
        spec = self.session.state(campaign).spec
        return self._add(campaign, line_from_columns(columns, spec, told, name=name), name)

    def _add(self, campaign: str, table: LineTable, name: str | None) -> LineAddedAnswer:
        state = self.session.change(campaign, lambda fresh: commands.add_line(fresh, table, name))
        line = [*state.lines.values()][-1]
        return {
            "campaign": state.spec.name,
            "line": line.name,
            "rows": len(line.rows),
            "batches": line.has_batches,
            "notes": table.notes,
            "head": state.head,
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
        state = self.session.change(campaign, decide)
        line = commands.find_line(state, name)
        return {
            "campaign": state.spec.name,
            "line": line.name,
            "included": line.included,
            "head": state.head,
        }

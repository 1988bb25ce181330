"""Columns of our own exports: what they are called, and which are never read back."""

from __future__ import annotations

from collections.abc import Iterable

from designer.campaigns.log.runs import Run, run_number
from designer.campaigns.sheets.design_columns import all_design_columns
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import plain_name, split_unit, with_unit
from designer.campaigns.values.names import ENDINGS, IN_SPEC, RESERVED_ENDINGS

OWN_COLUMNS = frozenset(
    {"order", "rank", "plan", "head", "information_bits", "cost"}
    | {"recorded_at", "actor", "success", "value", "why", *IN_SPEC}
)
"""Columns of our own exports that tell, but are never read back."""

PLANNED = "planned:"
"""Before the name of a factor: what was planned, beside what was used."""

OWN = "run:"
"""Before the name of a column of ours where a factor, given or response has that name."""

EXTRA = "extra:"
"""Before the name of a column of the table a plan is from, where that name means another thing."""

_READ = ("run", "campaign", "replicate", "failure", "order", "rank", "plan", "head")
"""Names that say something else in a sheet that comes back."""

_EXPORTED = frozenset({"head", "plan", "information_bits"})
"""Columns of which one stands in every sheet of ours that has predictions."""


def prediction_columns(spec: Specification) -> frozenset[str]:
    """Columns of predictions in our own exports."""
    return frozenset(f"{r.name}{ending}" for r in spec.responses for ending in ENDINGS)


def own_columns(spec: Specification) -> frozenset[str]:
    """All columns of our own exports that are never read back."""
    planned = {f"{PLANNED}{factor.name}": factor.unit for factor in spec.factors}
    with_units = (with_unit(name, unit) for name, unit in planned.items())
    ours = OWN_COLUMNS | prediction_columns(spec) | all_design_columns(spec)
    return frozenset((*own_headers(spec, ours).values(), *planned, *with_units))


def own_headers(spec: Specification, names: Iterable[str]) -> dict[str, str]:
    """Columns of ours → what they are called beside the columns of a specification.

    A factor may be called ``status`` or ``Order``; what became of a run stands under
    ``run:status`` then.

    Args:
        spec: of the campaign.
        names: such as ``status``.
    """
    taken = {plain_name(item.name) for item in (*spec.inputs, *spec.responses)}
    return {name: f"{OWN}{name}" if plain_name(name) in taken else name for name in names}


def our_columns(spec: Specification, headers: Iterable[str]) -> frozenset[str]:
    """What is not somebody's own in a table of recipes: all that a sheet of ours tells of runs.

    In a table that is no sheet of ours a column ``status`` is as good as any other.
    """
    there = frozenset(headers)
    if there & _EXPORTED:
        return own_columns(spec) | {"run", "campaign", "status", "reason"}
    return prediction_columns(spec) - foreign_columns(spec, there)


def foreign_columns(
    spec: Specification, headers: Iterable[str], runs: Iterable[str] = ()
) -> frozenset[str]:
    """Columns named like predictions where nothing says that they are ours.

    A lab calls the mean of its replicates ``porosity_mean``. Ours stand in a plan sheet, beside
    the ids of runs, or with all three kinds of a predicted file.

    Args:
        spec: of the campaign.
        headers: of the table.
        runs: cells of its column ``run``.
    """
    there, exported = frozenset(headers), own_headers(spec, _EXPORTED).values()
    ids = [text for text in runs if text.strip()]
    if not there.isdisjoint(exported) or (
        ids and all(run_number(text) is not None for text in ids)
    ):
        return frozenset()
    return frozenset(
        f"{response.name}{ending}"
        for response in spec.responses
        if not {f"{response.name}{ending}" for ending in RESERVED_ENDINGS} <= there
        for ending in ENDINGS
    )


def extra_headers(runs: Iterable[Run], taken: Iterable[str]) -> dict[str, str]:
    """Further columns of the tables that runs were chosen from → their headers in an export.

    Args:
        runs: some of which may have further columns.
        taken: other headers of the export.
    """
    others = {_bare(header) for header in (*taken, *_READ)}
    names = dict.fromkeys(name for run in runs for name in run.extra)
    return {name: f"{EXTRA}{name}" if _bare(name) in others else name for name in names}


def _bare(header: str) -> str:
    """A header without unit, case and punctuation."""
    return plain_name(split_unit(header)[0])


def proposal_figures(run: Run) -> dict[str, float | None]:
    """The figures a run was proposed with, by the column that shows them; they never change."""
    figures: dict[str, float | None] = {
        "rank": run.rank,
        "information_bits": run.information_bits,
        "cost": run.cost,
        "in_spec": run.in_spec,
        "in_spec_measured": run.in_spec_measured,
    }
    for name, told in (run.predicted or {}).items():
        figures.update({f"{name}{ending}": told.get(ending[1:]) for ending in ENDINGS})
    return figures

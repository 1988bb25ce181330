"""Columns of our own exports: what they tell of a run, and is never read back as a result."""

from __future__ import annotations

from collections.abc import Iterable

from designer.campaigns.log.runs import Run, run_number
from designer.campaigns.sheets.design_columns import all_design_columns
from designer.campaigns.specification.specification import Specification
from designer.campaigns.tables.headers import with_unit
from designer.campaigns.values.names import ENDINGS, IN_SPEC, RESERVED_ENDINGS

OWN_COLUMNS = frozenset(
    {"order", "rank", "plan", "head", "information_bits", "cost"}
    | {"recorded_at", "actor", "success", "value", "why", *IN_SPEC}
)
"""Columns of our own exports that tell, but are never read back."""

PLANNED = "planned:"
"""Before the name of a factor: what was planned, beside what was used."""


_EXPORTED = frozenset({"head", "plan", "information_bits"})
"""Columns of which one stands in every sheet of ours that has predictions."""


def prediction_columns(spec: Specification) -> frozenset[str]:
    """Columns of predictions in our own exports."""
    return frozenset(f"{r.name}{ending}" for r in spec.responses for ending in ENDINGS)


def own_columns(spec: Specification) -> frozenset[str]:
    """All columns of our own exports that are never read back."""
    planned = {f"{PLANNED}{factor.name}": factor.unit for factor in spec.factors}
    with_units = (with_unit(name, unit) for name, unit in planned.items())
    return (
        OWN_COLUMNS
        | prediction_columns(spec)
        | planned.keys()
        | frozenset(with_units)
        | all_design_columns(spec)
    )


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
    there = frozenset(headers)
    ids = [text for text in runs if text.strip()]
    if there & _EXPORTED or (ids and all(run_number(text) is not None for text in ids)):
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
    others = set(taken)
    names = dict.fromkeys(name for run in runs for name in run.extra)
    return {name: f"extra:{name}" if name in others else name for name in names}


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

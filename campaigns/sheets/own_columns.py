"""Columns of our own exports: what they tell of a run, and is never read back as a result."""

from __future__ import annotations

from designer.campaigns.log.runs import Run
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.names import ENDINGS, IN_SPEC

OWN_COLUMNS = frozenset(
    {"order", "rank", "plan", "head", "information_bits", "cost"}
    | {"recorded_at", "actor", "success", "value", *IN_SPEC}
)
"""Columns of our own exports that tell, but are never read back."""

PLANNED = "planned:"
"""Before the name of a factor: what was planned, beside what was used."""


def prediction_columns(spec: Specification) -> frozenset[str]:
    """Columns of predictions in our own exports."""
    return frozenset(f"{r.name}{ending}" for r in spec.responses for ending in ENDINGS)


def own_columns(spec: Specification) -> frozenset[str]:
    """All columns of our own exports that are never read back."""
    planned = (f"{PLANNED}{factor.name}" for factor in spec.factors)
    return OWN_COLUMNS | prediction_columns(spec) | frozenset(planned)


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

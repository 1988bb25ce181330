"""Which factor is the gap, the solid content, the load: what process knowledge is about.

Roles follow from units, stages and, where several factors have the same unit, from names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.campaigns.space.factors import Factor
from designer.campaigns.specification.parts import Response
from designer.campaigns.specification.specification import Specification
from designer.campaigns.values.units import is_share, measures

_LOADS = ("MPa", "N/mm")  # pressure, line load
_LENGTH, _LOADING = "um", "mg/cm^2"


@dataclass(frozen=True)
class ProcessRoles:
    """Factors and responses that process knowledge needs; None: there is none.

    Attributes:
        gap: coating gap, a length.
        solids: solid content of the slurry, a share.
        load: calendering pressure or line load.
        loading: mass loading, a mass per area.
    """

    gap: Factor | None
    solids: Factor | None
    load: Factor | None
    loading: Response | None


def process_roles(spec: Specification) -> ProcessRoles:
    """Roles in a specification."""
    numeric = [factor for factor in spec.factors if not factor.categories]
    loads = [f for f in numeric if any(measures(f.unit, load) for load in _LOADS)]
    gaps = [f for f in numeric if measures(f.unit, _LENGTH)]
    shares = [f for f in numeric if is_share(f.unit)]
    loading = [r for r in spec.responses if measures(r.unit, _LOADING)]
    order = {stage.name: index for index, stage in enumerate(spec.stages)}
    loads.sort(key=lambda f: -order.get(f.stage or "", len(order)))
    return ProcessRoles(
        gap=_named(gaps, "gap"),
        solids=_named(shares, "solid"),
        load=loads[0] if loads else None,
        loading=loading[0] if loading else None,
    )


def _named(found: Sequence[Factor], word: str) -> Factor | None:
    """The one whose name says so, else the only one."""
    named = [factor for factor in found if word in factor.name.casefold()]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None


def missing_roles(response: Response, roles: ProcessRoles) -> list[str]:
    """Sentences about process knowledge that a specification gives nothing to work on."""
    found = []
    if "compaction" in response.knowledge:
        if roles.load is None:
            found.append(
                f'{response.name}: knowledge "compaction" is not used, because no numeric factor'
                " has a unit of pressure or line load (MPa, N/mm)"
            )
        elif roles.loading is None or roles.loading.name == response.name:
            found.append(
                f'{response.name}: knowledge "compaction" works without the loading, because no'
                " other response has a unit of mass per area (mg/cm^2)"
            )
    if "loading" in response.knowledge and roles.gap is None:
        found.append(
            f'{response.name}: knowledge "loading" is not used, because no numeric factor has a'
            " unit of length (um) and, of several, gap in its name"
        )
    return found

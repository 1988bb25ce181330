"""What texts need of a specification: names in order, units, stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from designer.campaigns.errors import DesignerError

if TYPE_CHECKING:
    from designer.service import Service


@dataclass(frozen=True)
class SpecView:
    """Names and units as declared; empty when the specification could not be had.

    Attributes:
        units: factor, given or response to its declared unit; None when it has none.
        responses: names of the responses in order.
        cost_unit: unit of costs, ``runs`` without costs.
    """

    units: Mapping[str, str | None] = field(default_factory=dict)
    responses: tuple[str, ...] = ()
    cost_unit: str = "runs"


def spec_view(spec: Mapping[str, Any]) -> SpecView:
    """The view of a specification in its JSON form."""
    items = [item for kind in ("factor", "given", "response") for item in spec.get(kind, ())]
    return SpecView(
        units={item["name"]: item.get("unit") for item in items},
        responses=tuple(response["name"] for response in spec["response"]),
        cost_unit=spec["costs"]["unit"],
    )


def view_of(service: Service, campaign: str) -> SpecView:
    """The view of a campaign's specification.

    Units only embellish an answer that is already there: when the store fails at this moment,
    the answer is shown without them rather than as an error.
    """
    try:
        return spec_view(service.campaigns.specification(campaign))
    except DesignerError:
        return SpecView()

"""The columns of a classical design, called as statistics programs call them."""

from __future__ import annotations

from collections.abc import Iterable

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.specification.specification import Specification

BLOCKS = "Blocks"
_ALWAYS = ("StdOrder", "RunOrder", "PtType", BLOCKS)
_WHOLE_PLOT = "WP"


def design_columns(spec: Specification, points: Iterable[DesignPoint | None]) -> list[str]:
    """Columns that place runs in their design; none where no run is of one.

    ``PtType`` is 1 at a corner or vertex, 0 at the centre, -1 on an axis, 2 at the midpoint of an
    edge. ``WP`` numbers the whole plots of the stage that is hardest to change, ``WP:<stage>``
    those of a later one.

    Args:
        spec: of the campaign.
        points: of each run its place, where it is of a design.
    """
    placed = [point for point in points if point is not None]
    if not placed:
        return []
    there = {stage for point in placed for stage in point.whole_plots}
    stages = [stage.name for stage in spec.stages if stage.name in there]
    return [*_ALWAYS, *_whole_plots(stages)]


def all_design_columns(spec: Specification) -> frozenset[str]:
    """Every name a column of a design may have."""
    stages = [stage.name for stage in spec.stages]
    later = (f"{_WHOLE_PLOT}:{stage}" for stage in stages)
    return frozenset((*_ALWAYS, _WHOLE_PLOT, *later))


def design_cells(
    spec: Specification, point: DesignPoint | None, order: int | None
) -> dict[str, int]:
    """The place of a run in its design, by column.

    Args:
        spec: of the campaign.
        point: its place; None: it is of no design.
        order: its place in the order of making.
    """
    if point is None:
        return {}
    numbers = (point.std_order, order or 0, point.point_type, point.block)
    cells: dict[str, int] = dict(zip(_ALWAYS, numbers, strict=True))
    stages = [stage.name for stage in spec.stages if stage.name in point.whole_plots]
    cells.update(
        (name, point.whole_plots[stage])
        for name, stage in zip(_whole_plots(stages), stages, strict=True)
    )
    return cells


def _whole_plots(stages: list[str]) -> list[str]:
    """The columns of the whole plots of these stages, the hardest to change first."""
    return [
        f"{_WHOLE_PLOT}:{stage}" if place else _WHOLE_PLOT for place, stage in enumerate(stages)
    ]

"""The type of a design: what is kept of it."""

from __future__ import annotations

from designer.acquisition.designs.design import AXIAL, CENTRE, CORNER, EDGE, Design, DesignRun
from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.log.state import PlanDesign


def test_a_plan_keeps_name_options_and_facts() -> None:
    run = DesignRun({"gap": 100.0, "binder": "A"}, DesignPoint(3, AXIAL, 2, {"slurry": 4}))
    design = Design("central-composite", {"type": "face"}, (run,), ("told",))
    assert len(design) == 1
    assert design.told == PlanDesign("central-composite", {"type": "face"}, ("told",))


def test_kinds_of_points_are_minitabs() -> None:
    assert (CORNER, CENTRE, AXIAL, EDGE) == (1, 0, -1, 2)

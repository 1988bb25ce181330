"""The type of a design: what is kept of it and of its runs."""

from __future__ import annotations

import json

from designer.acquisition.designs.design import AXIAL, CENTRE, CORNER, EDGE, Design, DesignRun


def test_what_is_kept_is_json_and_says_everything_but_the_recipe_twice() -> None:
    run = DesignRun({"gap": 100.0, "binder": "A"}, 3, AXIAL, 2, {"slurry": 4})
    assert json.loads(json.dumps(run.to_dict())) == {
        "std_order": 3,
        "point_type": -1,
        "block": 2,
        "whole_plots": {"slurry": 4},
    }
    design = Design("central-composite", {"type": "face", "levels": {"gap": 3}}, (run,), ("told",))
    assert len(design) == 1
    assert json.loads(json.dumps(design.to_dict())) == {
        "name": "central-composite",
        "options": {"type": "face", "levels": {"gap": 3}},
        "facts": ["told"],
    }


def test_kinds_of_points_are_minitabs() -> None:
    assert (CORNER, CENTRE, AXIAL, EDGE) == (1, 0, -1, 2)

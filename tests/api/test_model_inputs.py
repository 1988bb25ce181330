"""Recipes to and from the inputs of the model."""

import itertools
import tomllib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, DesignerWarning, InputError

SPEC = tomllib.loads("""
[campaign]
version = 1
name = "inputs"
line = "line4"
[[factor]]
name = "gap"
unit = "um"
low = 0.1
high = 0.7
step = 0.1
[[factor]]
name = "level"
levels = [1, 3, 10]
[[factor]]
name = "binder"
categories = ["PVDF-A", "PVDF-B", "CMC"]
[[factor]]
name = "speed"
low = 1
high = 4
[[given]]
name = "humidity"
low = 0
high = 60
[[response]]
name = "loading"
[[constraint]]
expression = "gap * level <= 6"
""")


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return Campaign.create(SPEC, store=None)


def test_every_set_point_comes_back_exactly(campaign: Campaign) -> None:
    torch = pytest.importorskip("torch")
    gaps = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    points = [
        (gap, level, binder, speed, humidity)
        for gap, level, binder in itertools.product(gaps, (1.0, 3.0, 10.0), ("PVDF-A", "CMC"))
        for speed, humidity in ((1.0, 0.0), (1.37, 33.3), (4.0, 60.0))
        if gap * level <= 6
    ]
    frame = pd.DataFrame(points, columns=["gap", "level", "binder", "speed", "humidity"])
    X = campaign.encode(frame)
    assert X.dtype == torch.float64
    assert X.shape == (len(points), 5)
    assert X[:, [0, 1, 3, 4]].min() == 0
    assert X[:, [0, 1, 3, 4]].max() == 1
    assert set(X[:, 2].tolist()) == {0.0, 2.0}
    for given in (X, X.numpy(), X.clone().requires_grad_()):
        pd.testing.assert_frame_equal(campaign.decode(given), frame)
    pd.testing.assert_frame_equal(campaign.decode(X, snap=False), frame)


def test_points_between_go_to_the_nearest_set_point(campaign: Campaign) -> None:
    found = campaign.decode([0.49, 0.2, 1.4, 0.123456789012345, 1.0]).iloc[0]  # type: ignore[arg-type]
    assert (found["gap"], found["level"], found["binder"]) == (0.4, 3.0, "PVDF-B")
    as_it_is = campaign.decode(np.array([0.49, 0.2, 1.4, 0.5, 1.0]), snap=False).iloc[0]
    assert (as_it_is["gap"], as_it_is["level"]) == (0.394, 2.8)
    with pytest.warns(DesignerWarning, match="recipe 0"):  # the grid knows no constraint
        campaign.decode(np.array([1.0, 1.0, 0.0, 0.0, 0.0]))
    outside = campaign.decode(np.array([1.5, 0.0, 7.0, -0.5, 0.0])).iloc[0]
    assert (outside["gap"], outside["binder"], outside["speed"]) == (0.7, "CMC", 1.0)


@pytest.mark.parametrize(
    "points",
    [np.zeros((2, 4)), np.zeros((2, 3, 5)), np.zeros(()), np.full(5, np.nan), "x", None, [["a"]]],
    ids=str,
)
def test_what_is_no_point_is_refused(campaign: Campaign, points: Any) -> None:
    with pytest.raises(InputError, match="X"):
        campaign.decode(points)


def test_recipes_need_every_factor_and_given(campaign: Campaign) -> None:
    with pytest.raises(InputError, match="humidity: a value is missing"):
        campaign.encode({"gap": 0.1, "level": 1, "binder": "CMC", "speed": 2})
    with pytest.raises(InputError, match="level"):
        campaign.encode({"gap": 0.1, "binder": "CMC", "speed": 2, "humidity": 5})

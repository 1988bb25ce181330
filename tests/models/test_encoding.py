"""Encoding of recipes: bounds from the specification, categories equally far apart."""

from typing import Any

import numpy as np
import pytest

from designer.campaigns.errors import InputError
from designer.campaigns.specification.load import load_specification
from designer.models.encoding import InputAxis, Space, cube_points

SPACE = Space(
    (
        InputAxis("gap", 50.0, 250.0),
        InputAxis("binder", categories=("A", "B", "C")),
        InputAxis("humidity", 0.0, 60.0),
        InputAxis("fixed", 7.0, 7.0),
    )
)


def columns(**changes: Any) -> dict[str, Any]:
    return {"gap": [50, 150], "binder": ["A", "C"], "humidity": [0, 90], "fixed": [7, 7]} | changes


def test_numbers_go_to_the_unit_cube_and_beyond_it() -> None:
    X = SPACE.encode(columns())
    np.testing.assert_allclose(X[:, [0, 4, 5]], np.array([[0, 0, 0], [0.5, 1.5, 0]]))


def test_every_two_categories_are_one_apart() -> None:
    X = SPACE.encode(columns(gap=[50] * 3, binder=["A", "B", "C"], humidity=[0] * 3, fixed=[7] * 3))
    distance = np.linalg.norm(X[:, None] - X[None], axis=2)
    np.testing.assert_allclose(distance, 1 - np.eye(3), atol=1e-12)


def test_codes_stand_for_categories() -> None:
    by_code = SPACE.encode(columns(binder=np.array([0, 2])))
    np.testing.assert_array_equal(by_code, SPACE.encode(columns()))


def test_groups_and_widths_belong_together() -> None:
    assert SPACE.names == ("gap", "binder", "humidity", "fixed")
    assert SPACE.widths == (1, 3, 1, 1)
    assert SPACE.groups.tolist() == [0, 1, 1, 1, 2, 3]
    assert SPACE.dimension == 6


def test_recipes_are_encoded_like_columns() -> None:
    recipes: list[dict[str, Any]] = [
        {"gap": 50, "binder": "A", "humidity": 0, "fixed": 7, "extra": "x"},
        {"gap": 150, "binder": "C", "humidity": 90, "fixed": 7},
    ]
    np.testing.assert_array_equal(SPACE.encode_recipes(recipes), SPACE.encode(columns()))
    assert SPACE.encode_recipes([]).shape == (0, 6)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        SPACE.encode({"gap": ["wide", "x"], "binder": ["A", "D"], "humidity": [np.nan, 1]})
    text = str(caught.value)
    for word in ("gap", "D", "A, B, C", "humidity", "fixed"):
        assert word in text


def test_unknown_categories_are_listed_by_name() -> None:
    """Sets have another order in every process."""
    axis = InputAxis("binder", categories=("A", "B"))
    with pytest.raises(InputError) as caught:
        Space((axis,)).encode({"binder": ["A", *"hcxfyegd"]})
    assert caught.value.problems[0].found == "c, d, e, f, g, h, x, y"


@pytest.mark.parametrize("code", [3, -1, 0.5, np.nan, True])
def test_a_code_that_names_no_category_is_refused(code: int) -> None:
    with pytest.raises(InputError, match="binder"):
        SPACE.encode(columns(binder=[code, 0]))


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match="different numbers"):
        SPACE.encode(columns(gap=[50]))


def test_the_space_of_a_specification_has_its_factors_then_its_givens() -> None:
    spec = load_specification(
        {
            "campaign": {"version": 1, "name": "c", "line": "l"},
            "factor": [
                {"name": "gap", "levels": [80, 100, 300]},
                {"name": "binder", "categories": ["A", "B"]},
                {"name": "speed", "low": 1, "high": 2},
            ],
            "given": [{"name": "humidity", "low": 0, "high": 60}],
            "response": [{"name": "loading"}],
        }
    )
    space = Space.from_specification(spec)
    assert space.names == ("gap", "binder", "speed", "humidity")
    assert space.widths == (1, 2, 1, 1)
    X = space.encode({"gap": [300], "binder": ["B"], "speed": [1.5], "humidity": [30]})
    np.testing.assert_allclose(X, [[1, 0, np.sqrt(0.5), 0.5, 0.5]])


def test_points_of_the_space_are_valid_and_repeatable() -> None:
    X = cube_points(SPACE.groups, 64, seed=3)
    np.testing.assert_array_equal(X, cube_points(SPACE.groups, 64, seed=3))
    assert ((X >= 0) & (X <= 1)).all()
    np.testing.assert_allclose(np.square(X[:, 1:4]).sum(axis=1), 0.5)  # every row at a corner
    assert np.ptp(X[:, 0]) > 0.9


def test_what_another_line_did_not_record_or_had_otherwise() -> None:
    space = Space((InputAxis("gap", 50, 250), InputAxis("binder", categories=("A", "B", "C"))))
    rows: list[dict[str, Any]] = [
        {"gap": 100.0, "binder": "B"},
        {"binder": "A"},
        {"gap": 100.0},
        {"gap": 100.0, "binder": "CMC"},
    ]
    X = space.encode_known(rows)
    np.testing.assert_array_equal(X[0], space.encode_recipes(rows[:1])[0])
    assert X[1, 0] == 0.5
    corners = np.sqrt(0.5) * np.eye(3)
    from_centre = np.linalg.norm(corners - X[2, 1:], axis=1)
    np.testing.assert_allclose(from_centre, np.sqrt(1 / 3))
    np.testing.assert_allclose(np.linalg.norm(corners - X[3, 1:], axis=1), 1.0)
    assert space.encode_known([]).shape == (0, 4)

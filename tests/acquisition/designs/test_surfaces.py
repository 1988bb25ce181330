"""Designs for curved surfaces against published tables and by what defines them."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from designer.campaigns.errors import InputError
from designer.models.arrays import FloatArray
from tests.acquisition.designs.rooms import letters, made, points, rows, signs

# Box & Behnken (1960), Table 4, as in Montgomery and the NIST handbook: factors, runs, centres
BEHNKEN = [(3, 15, 3), (4, 27, 3), (5, 46, 6), (6, 54, 6), (7, 62, 6)]
# Montgomery, table 11.6 and Minitab's catalogue: factors, corners, centres, alpha for rotatability
COMPOSITE = [
    (2, 4, 5, 1.414),
    (3, 8, 6, 1.682),
    (4, 16, 7, 2.0),
    (5, 16, 6, 2.0),
    (6, 32, 9, 2.378),
]


def quadratic(D: FloatArray) -> FloatArray:
    """Model matrix of the second order."""
    pairs = [D[:, i] * D[:, j] for i, j in combinations(range(D.shape[1]), 2)]
    return np.column_stack([np.ones(len(D)), D, *pairs, D * D])


@pytest.mark.parametrize(("factors", "runs", "centres"), BEHNKEN)
def test_box_behnken_is_as_published(factors: int, runs: int, centres: int) -> None:
    D = points(made(letters(factors), "box-behnken"))
    assert len(D) == runs
    assert set(D.ravel()) == {-1.0, 0.0, 1.0}
    assert np.sum(~D.any(axis=1)) == centres
    X = quadratic(D)
    assert np.linalg.matrix_rank(X) == X.shape[1]
    M = X.T @ X
    linear = M[1 : factors + 1, 1 : factors + 1]
    assert np.array_equal(linear, np.diag(np.diag(linear)))
    assert np.ptp(np.diag(linear)) == 0
    cross = M[1:-factors, 1:-factors]
    assert np.array_equal(cross, np.diag(np.diag(cross)))  # main effects and products orthogonal


def test_box_behnken_of_three_is_the_textbooks() -> None:
    edges = [
        point for point in product((-1, 0, 1), repeat=3) if sum(value == 0 for value in point) == 1
    ]
    D = points(made(letters(3), "box-behnken"))
    assert rows(D) == rows(np.array([*edges, *[(0, 0, 0)] * 3], dtype=float))


@pytest.mark.parametrize(("factors", "blocks"), [(4, 3), (5, 2), (6, 2), (7, 2)])
def test_published_blocks_leave_the_model_alone(factors: int, blocks: int) -> None:
    """Box & Hunter (1957): sums of every term over a block are in proportion to its runs."""
    design = made(letters(factors), "box-behnken", blocks=blocks)
    own = np.array([run.point.block for run in design.runs])
    X = quadratic(points(design))[:, 1:]
    for block in range(1, blocks + 1):
        share = np.mean(own == block)
        assert np.allclose(X[own == block].sum(axis=0), share * X.sum(axis=0))


@pytest.mark.parametrize(("factors", "corners", "centres", "alpha"), COMPOSITE)
def test_central_composite_is_as_tabled(
    factors: int, corners: int, centres: int, alpha: float
) -> None:
    design = made(letters(factors), "central-composite", type="inscribed")
    kinds = [run.point.point_type for run in design.runs]
    assert [kinds.count(kind) for kind in (1, -1, 0)] == [corners, 2 * factors, centres]
    D = points(design)
    star = D[np.array(kinds) == -1]
    assert np.array_equal(np.abs(star).max(axis=0), np.ones(factors))
    assert np.allclose(np.abs(D[np.array(kinds) == 1]), 1 / alpha, atol=6e-4)
    # rotatable: fourth moments Σx⁴ = 3 Σx²y² (Box & Hunter 1957), up to the rounded settings
    fourth, mixed = np.sum(D[:, 0] ** 4), np.sum(D[:, 0] ** 2 * D[:, 1] ** 2)
    assert fourth == pytest.approx(3 * mixed, rel=0.01)


def test_central_composite_by_type() -> None:
    face = points(made(letters(3), "central-composite"))
    assert set(face.ravel()) == {-1.0, 0.0, 1.0}
    assert len(face) == 20
    circumscribed = made(letters(3), "central-composite", type="circumscribed", alpha=1.5)
    assert np.abs(points(circumscribed)).max() == 1.0
    assert any("alpha 1.5" in fact for fact in circumscribed.facts)
    spherical = points(made(letters(3), "central-composite", type="inscribed", alpha="spherical"))
    radius = np.linalg.norm(spherical, axis=1)
    assert np.allclose(radius[radius > 0], 1, atol=1e-3)
    full = made(letters(5), "central-composite", cube="full")
    assert sum(run.point.point_type == 1 for run in full.runs) == 32


def test_alpha_for_orthogonality_makes_squares_independent() -> None:
    D = points(made(letters(3), "central-composite", type="inscribed", alpha="orthogonal"))
    squares = D * D - np.mean(D * D, axis=0)
    together = squares.T @ squares
    assert np.allclose(together, np.diag(np.diag(together)), atol=2e-3 * together[0, 0])


@pytest.mark.parametrize(("factors", "blocks"), [(2, 2), (3, 3), (4, 3), (5, 2)])
def test_blocks_of_a_composite_leave_the_model_alone(factors: int, blocks: int) -> None:
    design = made(letters(factors), "central-composite", type="inscribed", blocks=blocks)
    own = np.array([run.point.block for run in design.runs])
    assert set(own) == {*range(1, blocks + 1)}
    X = quadratic(points(design))[:, 1:]
    for block in range(1, blocks + 1):
        share = np.mean(own == block)
        gap = X[own == block].sum(axis=0) - share * X.sum(axis=0)
        assert np.abs(gap).max() < 0.01 * len(X)  # settings are rounded to three digits


# Jones & Nachtsheim (2011): 2k + 1 runs of an even number of factors, 2k + 3 of an odd one
@pytest.mark.parametrize("factors", [4, 5, 6, 7, 8, 9, 10, 12])
def test_definitive_screening_is_as_published(factors: int) -> None:
    D = points(made(letters(factors), "definitive-screening"))
    assert len(D) == 2 * factors + (1 if factors % 2 == 0 else 3)
    assert np.array_equal(np.sum(D == 0, axis=0), np.full(factors, 3))
    assert np.array_equal(D.T @ D, (len(D) - 3) * np.eye(factors))
    squares = D * D
    assert not (D.T @ squares).any()
    for i, j in combinations(range(factors), 2):
        assert not (D.T @ (D[:, i] * D[:, j])).any()
    assert rows(D) == rows(-D)  # a fold-over


def test_definitive_screening_of_six_is_a_conference_matrix_and_its_mirror_image() -> None:
    """Xiao, Lin & Bai (2012): C C' = 5 I, of every row one zero."""
    D = points(made(letters(6), "definitive-screening", order="standard"))
    C = D[:6]
    assert np.array_equal(C @ C.T, 5 * np.eye(6))
    assert np.array_equal(D[6:12], -C)
    assert not D[12].any()


def test_definitive_screening_with_categories_and_in_blocks() -> None:
    spec = letters(4, categories={"c": 2, "d": 2})
    D = signs(made(spec, "definitive-screening"))
    assert len(D) == 14  # Jones & Nachtsheim (2013): 2m + 2
    assert set(D[:, 4:].ravel()) == {-1.0, 1.0}
    assert not (D[:, :4].T @ (D[:, :4] ** 2)).any()
    design = made(letters(6), "definitive-screening", blocks=3)
    own, D = np.array([run.point.block for run in design.runs]), points(design)
    for block in (1, 2, 3):
        assert not D[own == block].sum(axis=0).any()
        assert sum(not row.any() for row in D[own == block]) == 1
    assert len(points(made(letters(4), "definitive-screening", extra_factors=2))) == 13


def test_a_surface_is_made_for_every_category() -> None:
    design = made(letters(2, categories={"c": 3}), "central-composite", center_points=2)
    D = points(design)
    assert len(D) == 3 * 8 + 2  # centre points are told in all
    for place in range(3):
        assert rows(D[:24][D[:24, 2] == place][:, :2]) == rows(D[:8, :2])


def test_a_number_of_two_settings_is_a_switch() -> None:
    pair = {"name": "Z", "levels": [3, 7]}
    numbers = [{"name": name, "low": -1, "high": 1} for name in "ABC"]
    spec = letters(0, factor=[pair, *numbers])
    D = points(made(spec, "definitive-screening"))
    assert set(D[:, 0]) == {3.0, 7.0}
    assert np.array_equal(np.sum(D == 0, axis=0), [0, 4, 4, 4])
    design = made(spec, "box-behnken", center_points=2)
    assert len(design) == 26
    assert [run.settings["Z"] for run in design.runs[-2:]] == [3.0, 7.0]
    assert not any("off by" in fact for fact in design.facts)


@pytest.mark.parametrize(
    ("name", "factors"), [("central-composite", 1), ("box-behnken", 2), ("box-behnken", 8),
                          ("definitive-screening", 2)],
)  # fmt: skip
def test_too_few_or_many_factors_are_refused_with_what_serves(name: str, factors: int) -> None:
    with pytest.raises(InputError) as caught:
        made(letters(factors), name)
    (problem,) = caught.value.problems
    assert problem.hint is not None
    assert "serve" in problem.hint or "take " in problem.hint


def test_centre_points_can_be_left_out_and_replicates_added() -> None:
    assert len(made(letters(3), "box-behnken", center_points=0)) == 12
    design = made(letters(3), "box-behnken", center_points=1, replicates=2, blocks=2)
    assert len(design) == 25
    for block in (1, 2):
        own = [run for run in design.runs if run.point.block == block]
        assert sum(run.point.point_type == 2 for run in own) == 12
        assert {run.passed for run in own} == {block}
    assert [run.point.std_order for run in design.runs] == [*range(1, 26)]


def test_the_cube_of_many_factors_is_a_fraction_of_resolution_five() -> None:
    design = made(letters(12), "central-composite", center_points=0)
    D = points(design)[:256]
    assert len(design) == 256 + 24
    effects = [*D.T, *(D[:, i] * D[:, j] for i, j in combinations(range(12), 2))]
    X = np.column_stack([np.ones(256), *effects])
    assert np.array_equal(X.T @ X, 256 * np.eye(X.shape[1]))


def test_definitive_screening_tells_how_far_products_and_squares_are_mixed_up() -> None:
    design = made(letters(6), "definitive-screening")
    D, told = points(design), " ".join(design.facts)
    products = np.array([D[:, i] * D[:, j] for i, j in combinations(range(6), 2)])
    for what, own_columns, places in (
        ("products of two factors with each other", products, np.triu_indices(15, 1)),
        ("squares with each other", (D**2).T, np.triu_indices(6, 1)),
    ):
        own = np.abs(np.asarray(np.corrcoef(own_columns))[places])
        pairs = f"{(own > 1e-9).sum()} of {len(own)} pairs"
        assert f"{what} ({pairs}, correlation {own.max():.2f} at most)" in told
    assert "not mixed up: main effects with each other, main effects with products" in told

"""Designs of mixtures against published entries and by what defines them."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from designer.campaigns.errors import InputError
from tests.acquisition.designs.rooms import letters, made, mixture, points, rows

FREE = (0.0, 1.0)


@pytest.mark.parametrize(("components", "degree"), [(3, 1), (3, 2), (3, 4), (4, 2), (5, 2)])
def test_simplex_lattice_has_every_point_of_scheffes(components: int, degree: int) -> None:
    """Scheffé (1958): C(q + m - 1, m) points, shares 0, 1/m, …, 1."""
    spec = mixture(*[FREE] * components)
    D = points(made(spec, "simplex-lattice", degree=degree))
    assert len(D) == comb(components + degree - 1, degree)
    assert np.allclose(D.sum(axis=1), 1)
    steps = D * degree
    assert np.allclose(steps, np.rint(steps), atol=2e-3 * degree)
    assert len(np.unique(np.rint(steps), axis=0)) == len(D)


def test_the_lattice_of_three_and_two_is_cornells() -> None:
    """Cornell, Experiments with Mixtures, table 2.1: three pure blends, three halves."""
    design = made(mixture(FREE, FREE, FREE), "simplex-lattice", order="standard")
    assert rows(points(design)) == rows(
        np.array([[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1]])
    )
    kinds = {
        tuple(point): run.point.point_type
        for point, run in zip(points(design), design.runs, strict=True)
    }
    assert kinds[1.0, 0.0, 0.0] == 1
    assert kinds[0.5, 0.5, 0.0] == 2


def test_simplex_centroid_has_every_set_of_components() -> None:
    """Scheffé (1963): 2^q - 1 points."""
    D = points(made(mixture(*[FREE] * 4), "simplex-centroid"))
    expected = [
        [1 / size if k in chosen else 0 for k in range(4)]
        for size in range(1, 5)
        for chosen in combinations(range(4), size)
    ]
    assert len(D) == 15
    assert np.allclose(sorted(D.tolist()), sorted(expected), atol=1.1e-3)


def test_least_amounts_are_taken_off_first() -> None:
    """Kurotori's pseudocomponents: x = L + (1 - ΣL) z."""
    spec = mixture((80.0, 98.0), (1.0, 19.0), (1.0, 19.0), total=100)
    D = points(made(spec, "simplex-centroid"))
    assert rows(D[:3]) == rows(np.array([[98, 1, 1], [80, 19, 1], [80, 1, 19]], dtype=float))
    assert np.allclose(D.sum(axis=1), 100)


# McLean & Anderson (1966), flares of four components: eight corners
FLARES = ((0.40, 0.60), (0.10, 0.50), (0.10, 0.50), (0.03, 0.08))
PUBLISHED = [
    (0.40, 0.10, 0.47, 0.03), (0.40, 0.10, 0.42, 0.08), (0.60, 0.10, 0.27, 0.03),
    (0.60, 0.10, 0.22, 0.08), (0.40, 0.47, 0.10, 0.03), (0.40, 0.42, 0.10, 0.08),
    (0.60, 0.27, 0.10, 0.03), (0.60, 0.22, 0.10, 0.08),
]  # fmt: skip


def test_extreme_vertices_are_those_of_mclean_and_anderson() -> None:
    design = made(mixture(*FLARES), "extreme-vertices")
    D = points(design)
    assert rows(D[:-1], 4) == rows(np.array(PUBLISHED), 4)
    assert np.allclose(D[-1], [0.5, 0.2225, 0.2225, 0.055], atol=1e-3)
    assert design.runs[-1].point.point_type == 0
    # a hexahedron with eight corners has twelve edges (Euler)
    edges = made(mixture(*FLARES), "extreme-vertices", edges="yes")
    assert sum(run.point.point_type == 2 for run in edges.runs) == 12


def test_linear_constraints_cut_corners_off() -> None:
    rules = [{"expression": "4 <= x2 + x3"}, {"expression": "x1 * x2 <= 1e6"}]
    limits = ((90, 97), (1, 5), (1, 6))
    design = made(mixture(*limits, total=100, constraint=rules), "extreme-vertices", edges="yes")
    kinds = np.array([run.point.point_type for run in design.runs])
    assert rows(points(design)[kinds == 1]) == rows(
        np.array([[96, 1, 3], [96, 3, 1], [94, 5, 1], [90, 5, 5], [90, 4, 6], [93, 1, 6]], float)
    )
    assert np.sum(kinds == 2) == 6  # a hexagon
    assert not any("not feasible" in fact for fact in design.facts)


def test_points_beyond_limits_from_above_are_told() -> None:
    design = made(mixture((0.0, 0.5), FREE, FREE), "simplex-centroid")
    told = " ".join(design.facts)
    assert "x1 is limited from above: extreme-vertices fits such a mixture" in told
    assert "1 of 7 points is not feasible (limits of x1)" in told


def test_other_factors_are_crossed() -> None:
    spec = mixture(FREE, FREE, FREE, factor=[{"name": "t", "low": 0, "high": 10}])
    D = points(made(spec, "simplex-centroid"))
    assert len(D) == 14
    for end in (0.0, 10.0):
        assert len(np.unique(D[D[:, 3] == end], axis=0)) == 7


def test_mixtures_and_designs_that_do_not_fit_are_refused_with_what_serves() -> None:
    for name in ("full-factorial", "central-composite", "definitive-screening"):
        with pytest.raises(InputError, match="extreme-vertices"):
            made(mixture(FREE, FREE, FREE), name)
    with pytest.raises(InputError, match="definitive-screening"):
        made(letters(3), "simplex-lattice")
    fixed = {"x1": 0.4, "x2": 0.3, "x3": 0.3}
    spec = mixture(
        FREE,
        FREE,
        FREE,
        factor=[{"name": "t", "low": 0, "high": 10}, {"name": "u", "low": 0, "high": 1}],
    )
    assert len(made(spec, "full-factorial", fixed=fixed)) == 4


def test_spreads_vary_mixtures_within_their_limits() -> None:
    spec = mixture((0.1, 0.4), (0.2, 0.8), (0.1, 0.6))
    for name in ("latin-hypercube", "sobol"):
        D = points(made(spec, name, 16))
        assert np.allclose(D.sum(axis=1), 1)
        assert (np.array([0.1, 0.2, 0.1]) <= D).all()
        assert (np.array([0.4, 0.8, 0.6]) >= D).all()
        assert len(np.unique(D, axis=0)) >= 15


def test_a_latin_hypercube_has_one_run_in_every_part_of_every_range() -> None:
    D = points(made(letters(4), "latin-hypercube", 10))
    parts = np.floor((D + 1) / 2 * 10).clip(0, 9)
    assert np.array_equal(np.sort(parts, axis=0), np.repeat(np.arange(10.0)[:, None], 4, axis=1))
    assert not np.array_equal(D, points(made(letters(4), "latin-hypercube", 10, seed=1)))


def test_sobol_points_are_those_of_scipy_and_go_on() -> None:
    from scipy.stats import qmc

    few, many = (points(made(letters(3), "sobol", n)) for n in (4, 16))
    expected = 2 * qmc.Sobol(3, rng=np.random.default_rng(0)).random(16) - 1
    assert np.allclose(many, expected, atol=1.1e-3)
    assert np.array_equal(few, many[:4])


def test_a_latin_hypercube_of_a_mixture_tells_how_far_it_covers_every_range() -> None:
    gap = {"name": "gap", "low": 100, "high": 300}
    spec = mixture((90.0, 98.0), (1.0, 6.0), (1.0, 5.0), total=100, factor=[gap])
    design = made(spec, "latin-hypercube", 8)
    limits = {"x1": (90, 98), "x2": (1, 6), "x3": (1, 5), "gap": (100, 300)}
    met = {
        name: np.count_nonzero(
            np.histogram([run.settings[name] for run in design.runs], bins=8, range=ends)[0]
        )
        for name, ends in limits.items()
    }
    full, short = (fact for fact in design.facts if "8 parts" in fact)
    for name, number in met.items():
        if number == 8:
            assert name in full
        else:
            assert f"{name} in {number}" in short
    assert met["gap"] == 8
    assert "every number's range in 8 parts, a run in each" in (
        made(letters(3), "latin-hypercube", 8, replicates=2).facts
    )

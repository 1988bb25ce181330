"""Factorial designs against published tables and by what defines them, computed from the points."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from designer.acquisition.designs.classical.fractions import LEAST_ABERRATION
from designer.campaigns.errors import InputError
from designer.models.arrays import FloatArray
from tests.acquisition.designs.rooms import LETTERS, letters, made, points, rows, signs

# Box, Hunter & Hunter, Statistics for Experimenters, table 12.15; Montgomery, Design and Analysis
# of Experiments, table 8.14: factors, runs, resolution
PUBLISHED = [
    (3, 4, 3), (4, 8, 4), (5, 8, 3), (5, 16, 5), (6, 8, 3), (6, 16, 4), (6, 32, 6), (7, 8, 3),
    (7, 16, 4), (7, 32, 4), (7, 64, 7), (8, 16, 4), (8, 32, 4), (8, 64, 5), (8, 128, 8),
    (9, 16, 3), (9, 32, 4), (9, 64, 4), (9, 128, 6), (10, 16, 3), (10, 32, 4), (10, 64, 4),
    (10, 128, 5), (11, 16, 3), (11, 32, 4), (11, 64, 4), (11, 128, 5), (12, 16, 3), (13, 16, 3),
    (14, 16, 3), (15, 16, 3),
    # minimum distances of binary codes [factors, factors - basic] (Brouwer 1998, Handbook of Coding
    # Theory, ch. 4): no fraction has more
    (14, 128, 4), (15, 128, 4), (9, 256, 9), (10, 256, 6), (11, 256, 6), (12, 256, 6),
    (13, 256, 5), (14, 256, 5), (15, 256, 5), (10, 512, 10), (11, 512, 7), (12, 512, 6),
    (13, 512, 6), (14, 512, 6), (15, 512, 6),
]  # fmt: skip
# Chen, Sun & Wu (1993), tables of 16, 32 and 64 runs: numbers of words of three, four and five
WORDS = {
    (16, 6): (0, 3, 0), (16, 7): (0, 7, 0), (16, 8): (0, 14, 0), (16, 9): (4, 14, 8),
    (16, 10): (8, 18, 16), (16, 11): (12, 26, 28), (16, 12): (16, 39, 48), (32, 7): (0, 1, 2),
    (32, 8): (0, 3, 4), (32, 9): (0, 6, 8), (32, 10): (0, 10, 16), (32, 11): (0, 25, 0),
    (32, 12): (0, 38, 0), (64, 8): (0, 0, 2), (64, 9): (0, 1, 4), (64, 10): (0, 2, 8),
    (64, 11): (0, 4, 14), (64, 12): (0, 6, 24), (64, 13): (0, 14, 28),
}  # fmt: skip


def word_counts(D: FloatArray, longest: int) -> list[int]:
    """How many products of so many columns are constant, by length from 1."""
    found = []
    for size in range(1, longest + 1):
        sets = combinations(range(D.shape[1]), size)
        found.append(sum(abs(D[:, chosen].prod(axis=1).sum()) == len(D) for chosen in sets))
    return found


@pytest.mark.parametrize(("factors", "runs", "published"), PUBLISHED)
def test_fractions_have_the_published_resolution(factors: int, runs: int, published: int) -> None:
    D = points(made(letters(factors), "fractional-factorial", runs, order="standard"))
    assert D.shape == (runs, factors)
    assert np.array_equal(D.T @ D, runs * np.eye(factors))
    counts = word_counts(D, min(published, factors))
    assert counts[:-1] == [0] * (len(counts) - 1)
    assert published > factors or counts[-1] > 0


@pytest.mark.parametrize(("runs", "factors"), WORDS)
def test_generators_are_those_of_least_aberration(runs: int, factors: int) -> None:
    D = points(made(letters(factors), "fractional-factorial", runs))
    assert tuple(word_counts(D, 5)[2:]) == WORDS[runs, factors]


def test_the_table_of_generators_holds_every_size_once() -> None:
    for basic, table in LEAST_ABERRATION.items():
        for factors, columns in table.items():
            assert len({*columns, *(1 << k for k in range(basic))}) == factors
            assert max(columns) < 1 << basic


def test_generators_of_the_user_and_what_is_told() -> None:
    # Montgomery, example 8.4: the 2^(6-2) with E = ABC, F = BCD
    design = made(letters(6), "fractional-factorial", generators="E=ABC,F=BCD")
    D = points(design)
    assert np.array_equal(D[:, 4], D[:, :3].prod(axis=1))
    assert np.array_equal(D[:, 5], D[:, 1:4].prod(axis=1))
    assert "2^(6-2) of resolution IV: E = A × B × C, F = B × C × D" in design.facts[0]
    # its published aliases of two factors: AB = CE, AC = BE, AD = EF, AE = BC = DF, AF = DE, …
    for chain in ("A × B = C × E", "A × C = B × E", "A × D = E × F", "A × E = B × C = D × F"):
        assert chain in design.facts[1]


@pytest.mark.parametrize(
    "generators",
    ["E", "E=A", "E=AZ", "E=AB F=AB", "E=AB E=AC", "E=AE", "D=E E=AB", "E=AB;F=E", "F=AA"],
)
def test_generators_that_make_no_fraction_are_refused(generators: str) -> None:
    with pytest.raises(InputError) as caught:
        made(letters(6), "fractional-factorial", generators=generators)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].where == "option generators"


# Plackett & Burman (1946): the published first rows of 12, 20 and 24 runs
FIRST = {12: "++-+++---+-", 20: "++--++++-+-+----++-", 24: "+++++-+-++--++--+-+----"}


@pytest.mark.parametrize("runs", FIRST)
def test_plackett_burman_is_as_published(runs: int) -> None:
    D = points(made(letters(runs - 1), "plackett-burman", order="standard"))
    row = [1 if sign == "+" else -1 for sign in FIRST[runs]]
    cyclic = [np.roll(row, k) for k in range(runs - 1)]
    assert rows(D) == rows(np.array([*cyclic, [-1] * (runs - 1)]))


@pytest.mark.parametrize("runs", [8, 12, 16, 20, 24, 32, 36, 44, 48])
def test_plackett_burman_is_orthogonal_in_every_size(runs: int) -> None:
    spec = letters(min(runs - 1, 24), categories={f"c{k}": 2 for k in range(runs - 25)})
    D = signs(made(spec, "plackett-burman", runs))
    assert np.array_equal(D.T @ D, runs * np.eye(runs - 1))
    assert not D.sum(axis=0).any()


def test_plackett_burman_of_twelve_mixes_up_a_third_of_every_product() -> None:
    D = points(made(letters(11), "plackett-burman"))
    for i, j, k in combinations(range(11), 3):
        assert abs((D[:, i] * D[:, j] * D[:, k]).sum()) == 4  # of 12


def test_full_factorials_have_every_combination_once() -> None:
    spec = letters(2, categories={"c": 3})
    assert rows(points(made(spec, "full-factorial"))) == rows(
        np.array([*product((-1, 1), (-1, 1), (0, 1, 2))], dtype=float)
    )
    design = made(spec, "full-factorial", levels=3, levels__B=4, center_points=3)
    assert rows(points(design)[:36]) == rows(
        np.array([*product((-1, 0, 1), (-1, -0.333, 0.333, 1), (0, 1, 2))], dtype=float)
    )
    assert [run.settings["c"] for run in design.runs[36:]] == ["0", "1", "2"]
    assert all(run.point.point_type == 0 for run in design.runs[36:])


@pytest.mark.parametrize(
    ("factors", "runs", "blocks"), [(3, 8, 2), (4, 16, 4), (5, 16, 2), (6, 32, 4)]
)
def test_blocks_of_factorials_are_orthogonal(factors: int, runs: int, blocks: int) -> None:
    design = made(letters(factors), "fractional-factorial", runs, blocks=blocks)
    D, own = points(design), np.array([run.point.block for run in design.runs])
    assert np.array_equal(np.bincount(own)[1:], [runs // blocks] * blocks)
    pairs = np.array([D[:, i] * D[:, j] for i, j in combinations(range(factors), 2)]).T
    for block in range(1, blocks + 1):
        assert not D[own == block].sum(axis=0).any()
        if (factors, blocks) != (4, 4):  # Montgomery, table 7.9: there two products are lost
            assert not pairs[own == block].sum(axis=0).any() or factors > 4


def test_what_two_levels_cannot_hold_is_refused_with_what_serves() -> None:
    spec = letters(2, categories={"c": 3, "d": 4})
    for name in ("fractional-factorial", "plackett-burman"):
        with pytest.raises(InputError) as caught:
            made(spec, name)
        (problem,) = caught.value.problems
        assert "c: 0, 1, 2; d: 0, 1, 2, 3" in str(problem)
        assert "full-factorial" in str(problem)


@pytest.mark.parametrize(
    ("name", "n"), [("fractional-factorial", 12), ("plackett-burman", 14), ("full-factorial", 9)]
)
def test_sizes_that_are_not_there_are_refused_with_those_that_are(name: str, n: int) -> None:
    with pytest.raises(InputError) as caught:
        made(letters(5), name, n)
    (problem,) = caught.value.problems
    assert problem.where == "-n"
    assert problem.found == str(n)
    assert problem.allowed is not None


def test_letters_skip_the_identity() -> None:
    assert LETTERS[7:10] == "HJK"


def test_generated_factors_may_be_any_and_have_a_minus() -> None:
    D = points(made(letters(5), "fractional-factorial", generators="b=-ac, E=acd"))
    assert len(D) == 8
    assert np.array_equal(D[:, 1], -D[:, [0, 2]].prod(axis=1))
    assert np.array_equal(D[:, 4], D[:, [0, 2, 3]].prod(axis=1))
    assert np.array_equal(D.T @ D, 8 * np.eye(5))


@pytest.mark.parametrize(
    ("n", "options"),
    [
        (8, {"generators": "D=AB,E=AC,F=BC", "resolution": "4"}),
        (16, {"generators": "D=AB,E=AC,F=BC"}),
        (8, {"resolution": "4"}),
    ],
)
def test_what_cannot_be_kept_together_is_refused(n: int, options: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        made(letters(6), "fractional-factorial", n, options=options)
    assert caught.value.problems[0].where in {"-n", "option resolution"}


@pytest.mark.parametrize("name", ["fractional-factorial", "plackett-burman"])
def test_a_mirror_image_frees_main_effects_of_products(name: str) -> None:
    spec = letters(6, categories={"c": 2})
    own = {"resolution": 3} if name == "fractional-factorial" else {}
    design = made(spec, name, foldover="yes", blocks=2, center_points=2, **own)
    D = signs(design)[:-2]
    half = len(D) // 2
    assert rows(D[half:]) == rows(-D[:half])
    pairs = np.array([D[:, i] * D[:, j] for i, j in combinations(range(7), 2)]).T
    assert not (D.T @ pairs).any()
    assert [run.point.block for run in design.runs[:-2]] == [1] * half + [2] * half
    assert made(spec, name, **own).facts != design.facts
    with pytest.raises(InputError, match="no other half"):
        made(letters(3), "fractional-factorial", foldover="yes")


def test_every_point_of_a_factorial_is_of_one_type() -> None:
    spec = letters(2, categories={"c": 3})
    assert {run.point.point_type for run in made(spec, "full-factorial", levels=3).runs} == {1}
    design = made(spec, "full-factorial", center_points=3)
    assert [run.point.point_type for run in design.runs] == [1] * 12 + [0] * 3


def test_products_that_blocks_take_are_told() -> None:
    told = " ".join(made(letters(7), "fractional-factorial", 16, blocks=8).facts)
    assert "blocks do not disturb the linear model; cannot be told from them: A × B" in told


@pytest.mark.parametrize(
    ("factors", "resolution", "runs"), [(12, 5, 256), (11, 6, 256), (10, 6, 256), (15, 6, 512)]
)
def test_a_resolution_gets_the_smallest_fraction(factors: int, resolution: int, runs: int) -> None:
    assert len(made(letters(factors), "fractional-factorial", resolution=resolution).runs) == runs


def test_a_resolution_no_fraction_has_is_refused_with_the_greatest() -> None:
    with pytest.raises(
        InputError, match=r"of 11 factors within 1000 runs has this resolution.*VIII.*at most VII"
    ):
        made(letters(11), "fractional-factorial", resolution=8)


@pytest.mark.parametrize(
    ("runs", "foldover"), [(12, "no"), (12, "yes"), (20, "yes"), (24, "yes"), (24, "no")]
)
def test_effects_mixed_up_in_part_are_told_with_their_correlation(runs: int, foldover: str) -> None:
    design = made(letters(6), "plackett-burman", runs, foldover=foldover)
    D, told = points(design), " ".join(design.facts)
    pairs = np.array([D[:, i] * D[:, j] for i, j in combinations(range(6), 2)])
    together = np.abs(np.asarray(np.corrcoef(pairs))[np.triu_indices(15, 1)])
    assert 0.1 < together.max() < 0.9
    assert (
        f"products of two factors with each other ({(together > 1e-9).sum()} of 105 pairs,"
        f" correlation {together.max():.2f} at most)"
    ) in told
    clear = told.partition("not mixed up: ")[2]
    assert clear.startswith("main effects with each other")
    assert ("main effects with products" in clear) == (foldover == "yes")


@pytest.mark.parametrize("foldover", ["no", "yes"])
def test_effects_that_cannot_be_told_apart_have_their_signs(foldover: str) -> None:
    spec = letters(4, categories={"c": 2, "d": 2})
    generators = "D=-AB,E=-AC,F=-BC"
    design = made(spec, "fractional-factorial", generators=generators, foldover=foldover)
    D, names = signs(design), (*"ABCD", "c", "d")
    columns = {name: D[:, k] for k, name in enumerate(names)}
    columns |= {f"{a} × {b}": columns[a] * columns[b] for a, b in combinations(names, 2)}
    (told,) = [fact for fact in design.facts if fact.startswith("cannot be told apart: ")]
    groups = told.partition(": ")[2].partition(", and")[0].split("; ")
    assert len(groups) == 6
    for first, *others in (group.split(" = ") for group in groups):
        for other in others:
            sign = -1 if other.startswith("-") else 1
            assert np.array_equal(columns[first], sign * columns[other.removeprefix("-")])
    assert foldover == "yes" or "D = -A × B = -c × d" in told


def test_centre_points_in_turn_mix_categories_up() -> None:
    spec = letters(2, categories={"c": 2, "d": 2})
    design = made(spec, "fractional-factorial", 16, center_points=3)
    D = signs(design)
    assert abs(np.corrcoef(D[:, 2], D[:, 3])[0, 1]) > 0.1
    assert not any("no effect of one or two" in fact for fact in design.facts)
    assert any("main effects with each other (1 of 6 pairs, " in fact for fact in design.facts)

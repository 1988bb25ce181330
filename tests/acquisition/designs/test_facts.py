"""What a design says of itself holds for its runs as they are made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.acquisition.designs.classical.combinations import evenly_spread
from designer.acquisition.designs.design import Design
from designer.acquisition.designs.model_terms import ModelTerms
from designer.campaigns.errors import InputError
from designer.campaigns.specification.specification import Specification
from designer.models.arrays import FloatArray
from tests.acquisition.designs.rooms import letters, made, mixture, points


def correlation_with_blocks(spec: Specification, design: Design) -> float:
    """Largest correlation of a quadratic term with membership of the blocks, by regression."""
    columns = {f.name: points(design)[:, k] for k, f in enumerate(spec.factors)}
    X = ModelTerms.of(spec, "quadratic").matrix(columns)[:, 1:]
    X = X - X.mean(axis=0)
    number = np.array([run.point.block for run in design.runs])
    B = (number[:, None] == np.unique(number)).astype(float)
    explained = B @ np.linalg.lstsq(B, X, rcond=None)[0]
    return float(np.sqrt((explained**2).sum(axis=0) / (X**2).sum(axis=0)).max())


@pytest.mark.parametrize(
    ("factors", "blocks", "options"),
    [
        (2, 2, {}), (2, 3, {}), (3, 3, {}), (3, 5, {}), (5, 3, {}), (3, 2, {"alpha": "spherical"}),
        (3, 3, {"type": "face"}),
    ],
)  # fmt: skip
def test_what_is_told_of_blocks_is_so(factors: int, blocks: int, options: dict[str, str]) -> None:
    spec = letters(factors)
    options = {"type": "inscribed", **options}
    design = made(spec, "central-composite", blocks=blocks, options=options)
    true = correlation_with_blocks(spec, design)
    told = design.facts[-1]
    assert ("do not disturb" in told) == (true <= 0.005)
    assert true <= 0.005 or f"correlation with them is {true:.2f} at most" in told


def test_properties_of_moved_designs_are_told_as_those_published() -> None:
    spec = letters(4, constraint=[{"expression": "A + B <= 0.5"}])
    for name in ("central-composite", "sobol"):
        free, moved = made(letters(4), name).facts, made(spec, name).facts
        assert not any("as published" in fact for fact in free)
        if any("not feasible" in fact for fact in moved):
            assert any(fact.startswith("as published: ") for fact in moved)
    design = made(spec, "definitive-screening")
    D = points(design)[:, :4]
    D = D - D.mean(axis=0)
    second = np.array([points(design)[:, i] * points(design)[:, j]
                       for i in range(4) for j in range(i, 4)]).T  # fmt: skip
    second = second - second.mean(axis=0)
    sizes = np.outer(np.linalg.norm(D, axis=0), np.linalg.norm(second, axis=0))
    most = float(np.abs(D.T @ second / sizes).max())
    told = (
        f"largest correlation of a factor with a product or square: 0.00 as published, {most:.2f}"
    )
    assert any(told in fact for fact in design.facts)
    mixed = f"{most:.2f} at most"  # of effects as they are made, not as published
    assert any("mixed up in part: " in fact and mixed in fact for fact in design.facts)


def test_a_design_without_room_is_refused() -> None:
    spec = letters(3, constraint=[{"expression": "A + B + C <= -2.99"}])
    for name in ("definitive-screening", "full-factorial", "sobol"):
        with pytest.raises(InputError, match="leaves no room for this design"):
            made(spec, name)


# ---- levels --------------------------------------------------------------------------------------


def shims(*levels: float, scale: str | None = None) -> Specification:
    own = {"name": "shim", "levels": [*levels]} | ({} if scale is None else {"scale": scale})
    return letters(1, factor=[own])


def settings_of(spec: Specification, levels: int | str) -> list[float]:
    return sorted({*points(made(spec, "full-factorial", levels__shim=levels))[:, 0].tolist()})


def test_levels_are_different_settings_of_the_machine() -> None:
    assert settings_of(shims(1, 2, 3, 50), "all") == [1, 2, 3, 50]
    assert settings_of(shims(1, 2, 3, 4, 50), 4) == [1, 3, 4, 50]
    assert settings_of(shims(1, 2, 3, 50), 2) == [1, 50]
    assert settings_of(shims(1, 10, 40, 1000, scale="log"), 3) == [1, 40, 1000]
    design = made(shims(1, 2, 3, 50), "full-factorial", levels__shim="all")
    assert any("1, 2, 3 and 50: off by 63 % of the range of shim" in f for f in design.facts)
    assert not any("fell together" in fact for fact in design.facts)


@given(st.lists(st.integers(0, 60), min_size=3, max_size=9, unique=True), st.data())
@settings(max_examples=30)
def test_levels_are_as_even_as_they_can_be(places: list[int], data: st.DataObject) -> None:
    there = np.sort(np.array(places, dtype=float))
    there = (there - there[0]) / (there[-1] - there[0])
    number = data.draw(st.integers(2, len(places)))
    aimed = np.linspace(0.0, 1.0, number)

    def off(chosen: Sequence[int]) -> float:
        return float(((there[list(chosen)] - aimed) ** 2).sum())

    found = evenly_spread(there, number).tolist()
    assert found == sorted({*found})
    assert off(found) <= min(map(off, combinations(range(len(there)), number))) + 1e-6


def test_levels_that_a_factor_has_not_are_refused() -> None:
    endless = letters(0, factor=[{"name": "shim", "low": 0, "high": 1}])
    for spec, value in ((shims(1, 2, 3), "4"), (endless, "all")):
        with pytest.raises(InputError) as caught:
            made(spec, "full-factorial", options={"levels:shim": value})
        assert caught.value.problems[0].where == "option levels"
    with pytest.raises(InputError, match="none is left to vary"):
        made(letters(0, categories={"c": 3}), "full-factorial", levels=3)


def test_snapping_is_on_the_factors_own_scale_and_keeps_symmetry() -> None:
    grid = [{"name": "t", "levels": [1, 8, 40, 1000], "scale": "log"},
            {"name": "a", "low": 0, "high": 9, "step": 1},
            {"name": "b", "low": 0, "high": 10, "step": 1}]  # fmt: skip
    D = points(made(letters(0, factor=grid), "central-composite", type="inscribed", alpha=2))
    assert {*D[:, 0]} == {1.0, 8.0, 40.0, 1000.0}  # 31.6 is nearer to 40, 5.6 to 8, 178 to 40
    assert {*D[:, 2]} == {0.0, 3.0, 5.0, 7.0, 10.0}


# ---- mixtures ------------------------------------------------------------------------------------


def centre_rows(design: Design) -> FloatArray:
    return points(design)[[run.point.point_type == 0 for run in design.runs]]


def test_centre_points_of_a_mixture_are_its_centroid_and_counted_in_all() -> None:
    spec = mixture((0.2, 0.6), (0.1, 0.5), (0.1, 0.6))
    for name in ("extreme-vertices", "simplex-centroid"):
        usual, three = centre_rows(made(spec, name)), centre_rows(made(spec, name, center_points=3))
        assert len(usual) == 1
        assert np.array_equal(three, np.repeat(usual, 3, axis=0))
    assert not len(centre_rows(made(spec, "extreme-vertices", center_points=0)))


def test_a_moved_blend_is_the_nearest_there_is() -> None:
    spec = mixture(
        (0.2, 0.6), (0.1, 0.5), (0.1, 0.6), constraint=[{"expression": "x1 + x2 <= 0.7"}]
    )
    found = points(made(spec, "simplex-lattice"))
    published = np.array(
        [(0.8, 0.1, 0.1), (0.5, 0.4, 0.1), (0.5, 0.1, 0.4), (0.2, 0.7, 0.1), (0.2, 0.4, 0.4),
         (0.2, 0.1, 0.7)]
    )  # fmt: skip
    first, second = np.meshgrid(np.linspace(0.2, 0.6, 401), np.linspace(0.1, 0.5, 401))
    every = np.column_stack([first.ravel(), second.ravel(), 1.0 - first.ravel() - second.ravel()])
    every = every[(every[:, 2] >= 0.3 - 1e-9) & (every[:, 2] <= 0.6 + 1e-9)]
    width = np.array([0.4, 0.4, 0.5])  # distances are shares of the ranges
    for made_at, aimed in zip(found, published, strict=True):
        least = np.sqrt((((every - aimed) / width) ** 2).sum(axis=1)).min()
        assert np.sqrt((((made_at - aimed) / width) ** 2).sum()) <= least + 2e-3

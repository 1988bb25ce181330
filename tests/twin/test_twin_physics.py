"""The physics of the twin: balances, directions, nonlinearity, sane values on any line."""

import numpy as np
import pytest

from designer.twin.factors import (
    BASE_FACTORS,
    FACTORS,
    TwinOptions,
    columns_of,
    settings_of,
)
from designer.twin.lines import TwinLine
from designer.twin.physics import REFERENCE, binder_at_foil, make_electrode

SHAPE = (9, 8, 19)
EVERYTHING = TwinOptions(
    coating_speed=True, drying_temperature=True, thickness=True, areal_capacity=True
)


def full_grid(shape: tuple[int, int, int] = SHAPE) -> dict[str, np.ndarray]:
    axes = [np.linspace(f.low, f.high, k) for f, k in zip(FACTORS, shape, strict=False)]
    mesh = np.meshgrid(*axes, indexing="ij")
    return {name: m.ravel() for name, m in zip(BASE_FACTORS, mesh, strict=True)}


GRID = settings_of(full_grid(), TwinOptions())
LINES = [TwinLine.draw(seed) for seed in range(200)]


def on_grid(values: np.ndarray) -> np.ndarray:
    return values.reshape(SHAPE)


def test_loading_rises_with_solids_and_gap_on_every_line() -> None:
    for line in LINES:
        loading = on_grid(make_electrode(GRID, line.constants).mass_loading)
        assert (np.diff(loading, axis=0) > 0).all()
        assert (np.diff(loading, axis=1) > 0).all()
        assert np.ptp(loading, axis=2).max() == 0.0  # the calender cannot change the loading


def test_porosity_falls_with_pressure_and_thick_coatings_resist() -> None:
    for line in LINES:
        porosity = on_grid(make_electrode(GRID, line.constants).porosity)
        assert (np.diff(porosity, axis=2) < 0).all()
    reference = make_electrode(GRID, REFERENCE)
    porosity, dry = on_grid(reference.porosity), on_grid(reference.porosity_dry)
    left = ((porosity - REFERENCE.porosity_min) / (dry - REFERENCE.porosity_min))[4, :, 5]
    assert (np.diff(left) > 0).all()
    assert left[-1] > 1.5 * left[0]


def test_adhesion_has_an_interior_optimum_in_pressure_on_typical_lines() -> None:
    inside = []
    for line in LINES:
        best = on_grid(make_electrode(GRID, line.constants).adhesion).argmax(axis=2)
        inside.append(((best > 0) & (best < SHAPE[2] - 1)).mean())
    assert np.median(inside) > 0.95
    assert min(inside) > 0.5


def test_adhesion_falls_with_wet_thickness_at_equal_calendering() -> None:
    # migration alone: same relative pressure, only the film gets thicker
    film = np.array([60.0, 120.0, 240.0])
    left = binder_at_foil(film, 0.5 * film, np.full(3, 363.15), REFERENCE)
    assert (np.diff(left) < 0).all()
    assert 0 < left[-1] < left[0] < 1


def test_fast_hot_drying_moves_more_binder() -> None:
    film = np.full(3, 150.0)
    left = binder_at_foil(film, 0.5 * film, 273.15 + np.array([70.0, 100.0, 130.0]), REFERENCE)
    assert (np.diff(left) < 0).all()


def test_mass_balance_closes() -> None:
    for line in LINES[:20]:
        made = make_electrode(GRID, line.constants)
        solids = GRID["solid_content"] / 100
        # 1 g/cm³ · 1 um = 0.1 mg/cm²
        wet = 0.1 * made.slurry_density * made.wet_film
        solvent = 0.1 * line.constants.solvent_density * made.wet_film
        volume_share = 1 - made.mass_loading / (0.1 * made.wet_film * line.constants.solid_density)
        np.testing.assert_allclose(made.mass_loading + solvent * volume_share, wet, rtol=1e-12)
        np.testing.assert_allclose(made.mass_loading, solids * wet, rtol=1e-12)
        dry = 0.1 * (1 - made.porosity) * line.constants.solid_density * made.thickness
        np.testing.assert_allclose(dry, made.mass_loading, rtol=1e-12)


def test_wet_film_depends_on_viscosity_and_stays_inside_the_gap() -> None:
    made = make_electrode(GRID, REFERENCE)
    ratio = on_grid(made.wet_film / GRID["coating_gap"])
    assert (np.diff(ratio[:, -1, 0]) < 0).all()  # stiffer slurry, thinner film
    assert ratio[0, -1, 0] > 1.15 * ratio[-1, -1, 0]
    assert ratio.min() > 0.5
    assert ratio.max() < 1.0
    assert 0.1 < made.viscosity.min() < made.viscosity.max() < 10


def test_the_surfaces_are_not_tame() -> None:
    """A plane explains little of adhesion, not all of porosity; every factor matters."""
    made = make_electrode(GRID, REFERENCE)
    X = np.column_stack([np.ones(len(made.porosity)), *(GRID[name] for name in BASE_FACTORS)])
    explained = {}
    for name in ("mass_loading", "porosity", "adhesion"):
        y = made.response(name)
        rest = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        explained[name] = 1 - rest.var() / y.var()
        assert y.max() / y.min() > 1.7
    assert explained["adhesion"] < 0.6
    assert explained["porosity"] < 0.92
    # loading is a product: not additive even on the log scale, as the film ratio depends on both
    ln = np.log(on_grid(made.mass_loading)[:, :, 0])
    additive = ln.mean(0) + ln.mean(1)[:, None] - ln.mean()
    assert np.abs(ln - additive).max() > 0.03
    for axis in range(3):
        assert np.ptp(on_grid(made.adhesion), axis=axis).mean() > 0.15 * made.adhesion.mean()


@pytest.mark.parametrize("misleading", [False, True])
def test_every_line_is_physically_sane(misleading: bool) -> None:
    rng = np.random.default_rng(5)
    columns = {f.name: rng.uniform(f.low, f.high, 300) for f in FACTORS}
    corners = full_grid((2, 2, 2))
    for seed in range(200):
        line = TwinLine.draw(seed, misleading=misleading)
        for recipes in (columns, corners):
            truth = line.truth(recipes)
            assert truth["mass_loading"].min() > 2
            assert truth["mass_loading"].max() < 45
            assert truth["porosity"].min() > 15
            assert truth["porosity"].max() < 60
            assert truth["adhesion"].min() > 0
            assert truth["adhesion"].max() < 200
        wide = TwinLine.draw(seed, misleading=misleading, options=EVERYTHING).truth(columns)
        assert set(wide) == {r.name for r in EVERYTHING.responses}
        assert all(np.isfinite(v).all() and v.min() > 0 for v in wide.values())
        assert wide["mass_loading"].max() < 45
        assert 15 < wide["porosity"].min() < wide["porosity"].max() < 60
        assert wide["thickness"].max() < 400
        assert wide["areal_capacity"].max() < 12


def test_truth_and_measurements_are_inside_the_possible_ranges() -> None:
    responses = {r.name: r for r in EVERYTHING.responses}
    rng = np.random.default_rng(6)
    columns = {f.name: rng.uniform(f.low, f.high, 50) for f in FACTORS}
    for seed in range(30):
        line = TwinLine.draw(seed, options=EVERYTHING)
        for name, values in line.make(columns, seed=seed).items():
            low, high = responses[name].possible
            assert values.min() > low
            assert values.max() < high


def test_drying_temperature_has_an_optimum_and_a_fast_line_leaves_solvent() -> None:
    line = TwinLine.draw(0, options=EVERYTHING)
    middle = {f.name: f.usual for f in FACTORS}
    temperature = np.linspace(70, 130, 13)
    adhesion = line.truth({**middle, "coating_speed": 2.5, "drying_temperature": temperature})
    best = int(adhesion["adhesion"].argmax())
    assert 0 < best < 12
    slow, fast = line.truth({**middle, "coating_speed": np.array([1.0, 3.0])})["adhesion"]
    assert fast < slow


def test_optional_factors_that_are_off_have_their_usual_value() -> None:
    base, wide = TwinOptions(), EVERYTHING
    recipe = dict.fromkeys(BASE_FACTORS, 60.0)
    settings = settings_of({**recipe, "coating_speed": 3.0}, base)
    assert settings["coating_speed"].tolist() == [1.0]
    assert [f.name for f in base.factors] == list(BASE_FACTORS)
    assert [f.name for f in wide.factors] == [f.name for f in FACTORS]


def test_settings_that_make_no_sense_are_refused() -> None:
    recipe = {"solid_content": 58.0, "coating_gap": 150.0, "calendering_pressure": 100.0}
    with pytest.raises(ValueError, match="calendering_pressure, coating_gap"):
        settings_of({"solid_content": 58.0}, TwinOptions())
    for bad in (np.nan, np.inf, 0.0, -5.0):
        with pytest.raises(ValueError, match="coating_gap"):
            settings_of({**recipe, "coating_gap": [100.0, bad]}, TwinOptions())
    with pytest.raises(ValueError, match="100 wt%"):
        settings_of({**recipe, "solid_content": 100.0}, TwinOptions())
    with pytest.raises(ValueError, match="recipe 1 lacks coating_gap"):
        columns_of([recipe, {"solid_content": 58.0, "calendering_pressure": 1.0}])


def test_grid_and_snap_are_exact() -> None:
    solids = FACTORS[0]
    grid = solids.grid()
    assert len(grid) == 33
    assert grid.tolist() == [50 + 0.5 * k for k in range(33)]
    assert FACTORS[3].grid().tolist() == [round(0.5 + 0.1 * k, 6) for k in range(26)]
    assert solids.snap([49.0, 50.26, 70.0]).tolist() == [50.0, 50.5, 66.0]

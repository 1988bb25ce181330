"""Lines, gauges and noise of the twin, and the plans earlier lines were run by."""

from dataclasses import fields

import numpy as np
import pytest
from scipy.stats import qmc

from designer.twin.designs import (
    sobol,
    sobol_plan,
    split_plot_plan,
    stratified,
)
from designer.twin.factors import TwinOptions
from designer.twin.lines import TwinLine
from designer.twin.physics import OTHER_MATERIAL, REFERENCE, Constants
from designer.twin.variation import (
    MATERIAL,
    USUAL_SD,
    WIDE,
    WIDE_SD,
    draw_constants,
)

RECIPE = {"solid_content": 58.0, "coating_gap": 190.0, "calendering_pressure": 110.0}
FACTORS = TwinOptions().factors
TRUNCATED = 0.9546  # sd of a standard normal truncated at ±2.5


def repeated(n: int) -> dict[str, np.ndarray]:
    return {name: np.full(n, value) for name, value in RECIPE.items()}


@pytest.mark.parametrize("material", [REFERENCE, OTHER_MATERIAL])
def test_constants_differ_between_lines_as_specified(material: Constants) -> None:
    rng = np.random.default_rng(0)
    lines = [draw_constants(rng, material) for _ in range(1500)]
    for name in (f.name for f in fields(Constants)):
        ratio = np.log([getattr(c, name) for c in lines]) - np.log(getattr(material, name))
        if name in MATERIAL:
            assert np.ptp(ratio) == 0
            continue
        sd = WIDE_SD if name in WIDE else USUAL_SD
        assert abs(np.median(ratio)) < 0.1 * sd, name
        assert ratio.std() == pytest.approx(sd * TRUNCATED, rel=0.07), name
        assert np.abs(ratio).max() <= 2.5 * sd + 1e-12, name
    assert {"viscosity", "resistance", "adhesion"} == WIDE


def test_variation_scales_how_much_lines_differ() -> None:
    usual, half = (TwinLine.draw(1, options=TwinOptions(variation=v)).constants for v in (1.0, 0.5))
    for name in (f.name for f in fields(Constants) if f.name not in MATERIAL):
        median = getattr(REFERENCE, name)
        expected = median * (getattr(usual, name) / median) ** 0.5
        assert getattr(half, name) == pytest.approx(expected, rel=1e-9)
    same = [TwinLine.draw(s, options=TwinOptions(variation=0.0)).constants for s in (1, 2)]
    assert same == [REFERENCE, REFERENCE]


def test_gauges_and_noise_shares_are_as_specified() -> None:
    gauges = [TwinLine.draw(seed).gauges for seed in range(300)]
    for name in ("mass_loading", "porosity", "adhesion"):
        gain = np.array([g[name].gain for g in gauges])
        assert ((np.abs(gain - 1) >= 0.01) & (np.abs(gain - 1) <= 0.06)).all()
        assert 0.35 < (gain > 1).mean() < 0.65
        multiplicative = name == "adhesion"
        unit = np.array([1.0 if multiplicative else g[name].spread for g in gauges])
        for values, low, high in (
            (
                [g[name].noise for g in gauges],
                0.02 * (1 + multiplicative),
                0.04 * (1 + multiplicative),
            ),
            ([g[name].batch["slurry"] for g in gauges], 0.03, 0.06),
            ([g[name].batch["coating"] for g in gauges], 0.01, 0.03),
        ):
            share = np.array(values) / unit
            assert low <= share.min() < low + 0.1 * (high - low)
            assert high - 0.1 * (high - low) < share.max() <= high
        offset = np.array([g[name].offset / g[name].spread for g in gauges])
        if multiplicative:
            assert offset.min() > 0  # readings stay above zero
        else:
            assert offset.std() == pytest.approx(0.03 * TRUNCATED, rel=0.12)
            assert abs(offset.mean()) < 0.006


def test_the_spread_of_a_gauge_is_the_sd_over_the_ranges() -> None:
    line = TwinLine.draw(3)
    points = qmc.Sobol(3, seed=1).random(2048)
    columns = {f.name: f.low + points[:, d] * (f.high - f.low) for d, f in enumerate(FACTORS)}
    for name, values in line.truth(columns).items():
        assert line.gauges[name].spread == pytest.approx(values.std(), rel=0.05)


def test_measurements_scatter_by_noise_slurry_and_strip() -> None:
    """Variance components of 400 slurries × 2 strips × 2 runs of one recipe (nested ANOVA)."""
    line = TwinLine.draw(11)
    slurry = np.repeat(np.arange(400), 4)
    strip = np.repeat(np.arange(800), 2)
    batches = {"slurry": [f"s{k}" for k in slurry], "coating": [f"c{k}" for k in strip]}
    measured = line.make(repeated(1600), batches, seed=5)
    truth = line.truth(RECIPE)
    for name, gauge in line.gauges.items():
        y = np.log(measured[name]) if gauge.multiplicative else measured[name]
        centre = np.log(truth[name][0]) if gauge.multiplicative else truth[name][0]
        y = y.reshape(400, 2, 2)
        within = y.var(axis=2, ddof=1).mean()
        strips = y.mean(axis=2).var(axis=1, ddof=1).mean() - within / 2
        slurries = y.mean(axis=(1, 2)).var(ddof=1) - y.mean(axis=2).var(axis=1, ddof=1).mean() / 2
        assert np.sqrt(within) == pytest.approx(gauge.noise, rel=0.08), name
        assert np.sqrt(slurries) == pytest.approx(gauge.batch["slurry"], rel=0.15), name
        tolerance = 0.2 * gauge.batch["coating"] ** 2 + 0.2 * gauge.noise**2
        assert strips == pytest.approx(gauge.batch["coating"] ** 2, abs=tolerance), name
        assert y.mean() == pytest.approx(centre, abs=4 * gauge.batch["slurry"] / 20), name


def test_noise_of_different_responses_is_independent() -> None:
    line = TwinLine.draw(12)
    measured = line.make(repeated(1000), seed=6)
    correlation = np.corrcoef([measured[name] for name in measured])
    assert np.abs(correlation - np.eye(3)).max() < 0.12


def test_batches_persist_within_a_campaign_and_differ_between_campaigns() -> None:
    line = TwinLine.draw(1)
    campaign = line.campaign(7)
    before = campaign.batch_effects("slurry", "slurry-01")
    campaign.make(repeated(5))
    assert campaign.batch_effects("slurry", "slurry-01") == before
    assert campaign.batch_effects("coating", "slurry-01") != before
    assert campaign.batch_effects("slurry", "slurry-02") != before
    assert line.campaign(8).batch_effects("slurry", "slurry-01") != before
    # the effect is in the measurement: same noise, once in a shared batch, once in another
    one = line.campaign(9).make(repeated(1), {"slurry": ["a"], "coating": ["k"]})
    two = line.campaign(9).make(repeated(1), {"slurry": ["b"], "coating": ["k"]})
    effects = line.campaign(9)
    for name, gauge in line.gauges.items():
        step = (
            effects.batch_effects("slurry", "b")[name] - effects.batch_effects("slurry", "a")[name]
        )
        step *= gauge.batch["slurry"]
        found = np.log(two[name] / one[name]) if gauge.multiplicative else two[name] - one[name]
        assert found[0] == pytest.approx(step, rel=1e-9)


def test_making_in_pieces_gives_the_same_results() -> None:
    line = TwinLine.draw(2)
    recipes = [dict(RECIPE, coating_gap=100.0 + 10 * k) for k in range(8)]
    batches = [{"slurry": f"s{k // 4}", "coating": f"c{k // 2}"} for k in range(8)]
    batches[3] = {}  # a batch of its own
    whole = line.campaign(4).make(recipes, batches)
    pieces = line.campaign(4)
    parts = [pieces.make(recipes[:3], batches[:3]), pieces.make(recipes[3:], batches[3:])]
    for name, values in whole.items():
        np.testing.assert_array_equal(values, np.concatenate([p[name] for p in parts]))
    columns = {name: [r[name] for r in recipes] for name in RECIPE}
    ids = {
        "slurry": [b.get("slurry") for b in batches],
        "coating": [b.get("coating") for b in batches],
    }
    again = line.campaign(4).make(columns, ids)
    assert all((again[name] == whole[name]).all() for name in whole)


def test_runs_without_batch_ids_are_batches_of_their_own() -> None:
    line = TwinLine.draw(2)
    alone = line.make(repeated(400), seed=1)["mass_loading"]
    shared = line.make(repeated(400), {"slurry": ["a"] * 400, "coating": ["b"] * 400}, seed=1)[
        "mass_loading"
    ]
    gauge = line.gauges["mass_loading"]
    total = np.sqrt(gauge.noise**2 + gauge.batch["slurry"] ** 2 + gauge.batch["coating"] ** 2)
    assert alone.std() == pytest.approx(total, rel=0.1)
    assert shared.std() == pytest.approx(gauge.noise, rel=0.1)


def test_batch_ids_must_fit_the_recipes() -> None:
    with pytest.raises(ValueError, match="slurry: 2 batch ids for 3 recipes"):
        TwinLine.draw(0).make(repeated(3), {"slurry": ["a", "b"]}, seed=0)


def test_seeds_decide_everything() -> None:
    def everything(seed: int) -> dict[str, np.ndarray]:
        line = TwinLine.draw(seed)
        return line.make(repeated(4), seed=seed)

    for name, values in everything(5).items():
        assert (values == everything(5)[name]).all()
        assert (values != everything(6)[name]).all()
    first = TwinLine.draw(np.random.default_rng(1))
    second = TwinLine.draw(np.random.default_rng(1))
    assert first.constants == second.constants
    assert first.seed == second.seed
    generator = np.random.default_rng(1)
    assert TwinLine.draw(generator).constants != TwinLine.draw(generator).constants


def test_misleading_lines_log_two_factors_mirrored() -> None:
    pairs = set()
    for seed in range(30):
        line = TwinLine.draw(seed, misleading=True)
        assert len(line.mirrored) == 2
        pairs.add(line.mirrored)
        real = line.true_settings(
            {"solid_content": 52.0, "coating_gap": 100.0, "calendering_pressure": 30.0}
        )
        expected = {"solid_content": 64.0, "coating_gap": 280.0, "calendering_pressure": 190.0}
        for name in RECIPE:
            kept = {"solid_content": 52.0, "coating_gap": 100.0, "calendering_pressure": 30.0}
            assert real[name][0] == (expected if name in line.mirrored else kept)[name]
    assert len(pairs) == 3
    assert TwinLine.draw(0).mirrored == ()
    assert TwinLine.draw(
        0, misleading=True, mirrored=("solid_content", "coating_gap")
    ).mirrored == (
        "solid_content",
        "coating_gap",
    )


def test_sobol_is_the_sobol_sequence() -> None:
    np.testing.assert_allclose(sobol(256, 5), qmc.Sobol(5, scramble=False).random(256), atol=1e-8)
    shifted = sobol(64, 3, np.random.default_rng(0))
    assert 0 < shifted.min() < shifted.max() < 1
    for d in range(3):  # one point in each 64th, as before the shift
        assert sorted((shifted[:, d] * 64).astype(int)) == list(range(64))
    with pytest.raises(ValueError, match="dimensions"):
        sobol(8, 6)


def test_sobol_plan_is_on_the_grid_and_shares_nothing() -> None:
    plan = sobol_plan(FACTORS, 40, np.random.default_rng(0))
    for factor in FACTORS:
        assert np.isin(plan.settings[factor.name], factor.grid()).all()
        span = np.ptp(plan.settings[factor.name]) / (factor.high - factor.low)
        assert span > 0.9
    assert all(len(set(ids)) == 40 for ids in plan.batches.values())


@pytest.mark.parametrize("n", [40, 37, 8, 3])
def test_split_plot_plan_shares_slurries_and_strips(n: int) -> None:
    plan = split_plot_plan(FACTORS, n, np.random.default_rng(1))
    slurry, strip = plan.batches["slurry"], plan.batches["coating"]
    assert len(slurry) == len(strip) == n
    assert len(set(slurry)) == -(-n // 8)
    assert len(set(strip)) == -(-n // 2)
    for ids, names in ((slurry, ["solid_content"]), (strip, ["solid_content", "coating_gap"])):
        for batch in set(ids):
            rows = [k for k in range(n) if ids[k] == batch]
            for name in names:
                assert len(set(plan.settings[name][rows])) == 1
    assert strip[0] == "coating-01"
    for factor in FACTORS:
        assert np.isin(plan.settings[factor.name], factor.grid()).all()
    if n == 40:
        assert len(set(plan.settings["solid_content"])) == 5
        assert np.ptp(plan.settings["coating_gap"]) > 150
        assert len(set(plan.settings["calendering_pressure"])) > 15


def test_stratified_values_fill_every_stratum() -> None:
    values = stratified(50, np.random.default_rng(2))
    assert sorted((values * 50).astype(int)) == list(range(50))

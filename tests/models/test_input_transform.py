"""What the covariance sees of a point: slopes, upstream levels, process features."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from designer.campaigns.space.grids import SettingScale
from designer.campaigns.specification import load
from designer.engine.process_links import response_links, unused_knowledge
from designer.models.data.dataset import ResponseData
from designer.models.data.scaling import Scaling
from designer.models.encoding import Space
from designer.models.fitting import fit as fitting
from designer.models.fitting.all_responses import Link, fit_responses, upstream_column
from designer.models.fitting.fit import fit
from designer.models.gp.process_features import Compaction, Loading
from designer.models.gp.upstream import Upstream
from tests.models.cases import FEATURES, Variant, make_data, posterior_of

GROUPS = np.arange(2)


def history(
    truth: Callable[..., Any],
    *,
    runs: int = 6,
    lines: int = 3,
    rows: int = 25,
    shift: float = 0.0,
    noise: float = 0.01,
    seed: int = 0,
    log: bool = False,
) -> ResponseData:
    """Lines that see the same surface, each shifted along its inputs; the target is line 0."""
    rng = np.random.default_rng(seed)
    line = np.concatenate([np.repeat(np.arange(1, lines + 1), rows), np.zeros(runs, int)])
    X = rng.random((len(line), 2))
    moved = X + shift * rng.standard_normal((lines + 1, 2))[line]
    y = truth(moved, line) + noise * rng.standard_normal(len(line))
    return ResponseData("y", log, None, X, np.exp(y) if log else y, line)


def wave(X: np.ndarray, _line: np.ndarray | None = None) -> np.ndarray:
    return np.asarray(np.sin(6 * X[:, 0]) + np.cos(4 * X[:, 1]))


# ---- slopes ------------------------------------------------------------------------------------


def test_slopes_are_those_of_the_shared_surface() -> None:
    slopes = posterior_of(Variant("three lines", 3, 16)).fitted.input_transform.slopes
    X, step = np.random.default_rng(1).random((7, 3)), 1e-6

    def surface(U: np.ndarray) -> np.ndarray:
        assert slopes is not None
        q = np.sqrt(5) * np.sqrt(
            (((U[:, None] - slopes.centres) / slopes.lengthscale) ** 2).sum(-1)
        )
        return np.asarray(((1 + q + q**2 / 3) * np.exp(-q)) @ slopes.weights)

    assert slopes is not None
    for k, column in enumerate(slopes.columns):
        up, down = X.copy(), X.copy()
        up[:, column] += step
        down[:, column] -= step
        numeric = (surface(up) - surface(down)) / (2 * step)
        np.testing.assert_allclose(slopes(X)[:, k], numeric, rtol=1e-5, atol=1e-6)


def test_lines_shifted_along_their_inputs_are_learned_with_few_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ratios = []
    points = np.random.default_rng(9).random((300, 2))
    for seed in range(6):
        data = history(wave, runs=4, shift=0.06, seed=seed)
        with_slopes = fit(data, GROUPS, 3)
        assert with_slopes.fitted.input_transform.slopes is not None
        target = data.X[data.line == 0][0], data.y[data.line == 0][0]
        rng = np.random.default_rng(seed)
        rng.random((len(data.y), 2))
        own = 0.06 * rng.standard_normal((4, 2))[0]
        truth = wave(points + own)
        assert abs(wave(target[0][None] + own)[0] - target[1]) < 0.1  # the shift was found again
        with monkeypatch.context() as patch:
            patch.setattr(fitting, "with_slopes", lambda fitted, start=None: fitted)
            without = fit(data, GROUPS, 3)
        errors = [
            np.sqrt(np.mean((p.to_raw(p.mean(points), p.variance(points))[0] - truth) ** 2))
            for p in (with_slopes, without)
        ]
        ratios.append(errors[0] / errors[1])
    assert np.median(ratios) < 0.9


def test_without_history_there_are_no_slopes() -> None:
    data = history(wave, runs=10, lines=0)
    posterior = fit(data, GROUPS, 0)
    transform = posterior.fitted.input_transform
    assert (transform.upstream, transform.slopes, transform.feature) == (None, None, None)
    assert posterior.transformed(data.X) is data.X


def test_categories_have_no_slope() -> None:
    posterior = posterior_of(Variant("categories", 3, 16, categorical=True))
    slopes = posterior.fitted.input_transform.slopes
    assert slopes is not None
    assert slopes.columns.tolist() == [0, 1]


# ---- upstream ----------------------------------------------------------------------------------


def loading_of(data: ResponseData, gain: float = 0.0) -> ResponseData:
    """A loading that rises with x1, on every line at its own rate."""
    y = np.exp((1.0 + gain * data.line) * data.X[:, 1] + 0.3 * data.X[:, 0])
    return dataclasses.replace(data, name="loading", log_scale=True, y=y)


def test_levels_are_each_lines_own_prediction() -> None:
    data = history(wave)
    loading = loading_of(data, gain=0.3)
    upstream = Upstream(fit(loading, GROUPS, 3), column=1)
    level = upstream.level(data.X, data.line)
    np.testing.assert_allclose(upstream.posterior.scaling.median(level), loading.y, rtol=0.02)
    ratio = upstream.log_ratio(level)
    np.testing.assert_allclose(
        np.exp(ratio + upstream.posterior.scaling.center), loading.y, rtol=0.02
    )
    seen = upstream.replaced(data.X, level)
    np.testing.assert_array_equal(seen[:, 0], data.X[:, 0])
    np.testing.assert_allclose(seen[:, 1], 0.5 + level / 4)


def test_a_line_without_upstream_rows_sees_the_shared_surface() -> None:
    data = history(wave)
    loading = loading_of(data).subset(np.flatnonzero(data.line != 2))
    upstream = Upstream(fit(loading, GROUPS, 3), column=1)
    points = np.random.default_rng(4).random((20, 2))
    missing = upstream.level(points, np.full(20, 2))
    other = upstream.level(points, np.full(20, 1))
    np.testing.assert_allclose(missing, other, atol=0.3)


def test_only_a_one_way_effect_can_stand_for_a_coordinate() -> None:
    data = history(wave)
    rising = fit(loading_of(data), GROUPS, 3)
    assert upstream_column(rising, [0, 1]) == 1  # of two, the larger effect
    assert upstream_column(rising, [0]) == 0
    assert upstream_column(rising, []) is None
    bent = fit(dataclasses.replace(data, y=(data.X[:, 1] - 0.5) ** 2), GROUPS, 3)
    assert upstream_column(bent, [1]) is None


def test_the_evidence_decides_whether_the_upstream_response_is_used() -> None:
    """One response follows the loading, whatever each line makes of x1; another follows x1."""
    rng = np.random.default_rng(0)
    data = history(wave, rows=40, runs=8)
    loading = loading_of(data, gain=0.4)
    follows = np.sin(2.5 * np.log(loading.y)) + 0.01 * rng.standard_normal(len(data.y))
    ignores = np.sin(5 * data.X[:, 1]) + 0.01 * rng.standard_normal(len(data.y))
    links = {name: Link("loading", (1,)) for name in ("follows", "ignores")}
    found = fit_responses(
        {
            "follows": dataclasses.replace(data, name="follows", y=follows),
            "ignores": dataclasses.replace(data, name="ignores", y=ignores),
            "loading": loading,
        },
        GROUPS,
        3,
        links,
    )
    assert list(found) == ["follows", "ignores", "loading"]  # the order of the data
    upstream = found["follows"].fitted.input_transform.upstream
    assert upstream is not None
    assert upstream.column == 1
    assert found["ignores"].fitted.input_transform.upstream is None
    few = loading_of(history(wave, lines=0, runs=12))
    alone = fit_responses(
        {"loading": few, "follows": dataclasses.replace(few, name="follows", y=np.log(few.y))},
        GROUPS,
        0,
        links,
    )
    assert alone["follows"].fitted.input_transform.upstream is None  # runs alone cannot tell


# ---- process features --------------------------------------------------------------------------


@pytest.mark.parametrize("name", FEATURES)
def test_feature_slopes_are_those_of_the_feature(name: str) -> None:
    raw = FEATURES[name]
    assert raw is not None
    feature = raw.scaled(Scaling(1.0, 0.5, log=True))
    rng = np.random.default_rng(0)
    E = feature.inputs(rng.random((9, 3)), rng.standard_normal(9))
    h = np.array([prior[1] for prior in feature.shape]) + 0.2
    numeric = [
        (feature.at(E, h + 1e-6 * e) - feature.at(E, h - 1e-6 * e)) / 2e-6 for e in np.eye(len(h))
    ]
    found = feature.shape_gradients(E, h)
    assert found.shape == (len(h), 9, feature.at(E, h).shape[1])
    np.testing.assert_allclose(found, np.reshape(numeric, found.shape), atol=1e-7)


def test_compaction_without_history_needs_few_runs() -> None:
    """Porosity by the law the feature is about: half the error with five runs."""
    errors: dict[bool, list[float]] = {True: [], False: []}
    feature = Compaction(column=1, load=SettingScale(0.1, 1.0), amplitude=30.0)
    points = np.random.default_rng(3).random((200, 2))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X = rng.random((5, 2))

        def porosity(U: np.ndarray) -> np.ndarray:
            return 20 + 28 * np.exp(-(0.1 + 0.9 * U[:, 1]) / 0.3)

        y = porosity(X) + 0.2 * rng.standard_normal(5)
        data = ResponseData("porosity", False, None, X, y, np.zeros(5, dtype=int))
        for used, found in errors.items():
            p = fit(data, GROUPS, 0, feature=feature if used else None)
            mean = p.to_raw(p.mean(points), p.variance(points))[0]
            found.append(np.sqrt(np.mean((mean - porosity(points)) ** 2)))
    assert np.median(errors[True]) < 0.5 * np.median(errors[False])


def test_loading_is_for_responses_without_history_only() -> None:
    data = make_data(Variant("log scale", 3, 16, log=True))
    links = {"y": Link(feature=FEATURES["loading"], only_without_history=True)}
    with_lines = fit_responses({"y": data}, np.arange(3), 3, links)["y"]
    assert with_lines.fitted.input_transform.feature is None
    own = data.subset(np.flatnonzero(data.line == 0))
    alone = fit_responses({"y": own}, np.arange(3), 0, links)["y"]
    assert isinstance(alone.fitted.input_transform.feature, Loading)


# ---- from a specification ----------------------------------------------------------------------

SPEC: dict[str, Any] = {
    "campaign": {"version": 1, "name": "roles", "line": "line4"},
    "stage": [{"name": s, "change_cost": 1.0} for s in ("slurry", "coating", "calendering")],
    "factor": [
        {"name": "solids", "unit": "wt%", "low": 50, "high": 66, "step": 1, "stage": "slurry"},
        {"name": "gap", "unit": "mm", "low": 0.1, "high": 0.3, "step": 0.01, "stage": "coating"},
        {"name": "load", "unit": "N/mm", "low": 10, "high": 200, "step": 5, "stage": "calendering"},
    ],
    "response": [
        {"name": "mass_loading", "unit": "gsm", "stage": "coating", "knowledge": ["loading"]},
        {"name": "porosity", "unit": "%", "knowledge": ["compaction"]},
    ],
}


def test_links_follow_from_stages_units_and_knowledge() -> None:
    spec = load.from_dict(SPEC)
    links = response_links(spec, Space.from_specification(spec))
    assert links["mass_loading"].upstream is None
    loading = links["mass_loading"].feature
    assert isinstance(loading, Loading)
    assert (loading.gap, loading.solids) == (1, 0)
    assert loading.shares.low == pytest.approx(0.5)
    assert links["mass_loading"].only_without_history
    porosity = links["porosity"]
    assert (porosity.upstream, porosity.columns) == ("mass_loading", (1,))
    assert isinstance(porosity.feature, Compaction)
    assert porosity.feature.column == 2
    assert porosity.feature.load.low == pytest.approx(0.05)
    assert porosity.feature.amplitude == 30.0
    assert unused_knowledge(spec) == ()


def test_knowledge_that_has_nothing_to_work_on_is_told() -> None:
    tables: dict[str, Any] = {
        **SPEC,
        "factor": [SPEC["factor"][0]],
        "response": [SPEC["response"][1]],
    }
    tables["response"] = [{**SPEC["response"][1], "knowledge": ["loading", "compaction"]}]
    spec = load.from_dict(tables)
    told = unused_knowledge(spec)
    assert len(told) == 2
    assert all("not used" in sentence for sentence in told)
    assert response_links(spec, Space.from_specification(spec))["porosity"].feature is None


def test_without_stages_nothing_is_downstream() -> None:
    tables = {k: v for k, v in SPEC.items() if k != "stage"}
    tables["factor"] = [{k: v for k, v in f.items() if k != "stage"} for f in SPEC["factor"]]
    tables["response"] = [{k: v for k, v in r.items() if k != "stage"} for r in SPEC["response"]]
    spec = load.from_dict(tables)
    links = response_links(spec, Space.from_specification(spec))
    assert links["porosity"].columns == ()
    assert links["porosity"].upstream == "mass_loading"  # compaction needs the loading

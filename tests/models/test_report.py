"""The model report against refits and regressions written with plain numpy."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.collinearity import collinearity
from designer.models.diagnostics.cross_validation import (
    leave_one_run_out,
    result_errors,
)
from designer.models.diagnostics.history_evidence import history_evidence
from designer.models.diagnostics.line_coverage import FLAT, LineShare, line_shares
from designer.models.diagnostics.report import (
    count,
    model_report,
    run_folds,
)
from designer.models.encoding import cube_points
from designer.models.fitting.all_responses import fit_without_history
from designer.models.fitting.fit import fit
from designer.models.gp.fitted import HistoryOdds
from tests.models.cases import Dense, Variant, fit_variant, make_data, model_scale
from tests.models.test_degenerate import CASES
from tests.models.test_degenerate import GROUPS as CASE_GROUPS

GROUPS = np.arange(3)
NAMES = ("x0", "x1", "x2")
CASE_NAMES = [f"x{i}" for i in range(len(CASE_GROUPS))]
VARIANTS = [
    Variant("three lines", 3, 16),
    Variant("batches and replicates", 3, 16, stages=2),
    Variant("log scale", 1, 14, log=True, noise_sd=0.2),
    Variant("without history", 0, 12),
]
each = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


class Refit:
    """The same hyperparameters, some target rows really taken out of the data."""

    def __init__(self, variant: Variant) -> None:
        self.data = make_data(variant)
        self.posterior = fit_variant(variant, self.data)
        z, base = model_scale(self.posterior, self.data)
        K = Dense(self.posterior, variant).rows(self.data, base)
        self.K, self.z = K, z
        assert self.data.run is not None
        self.run = np.where(self.data.line == 0, self.data.run, -1)

    def without(
        self, out: np.ndarray, known: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and covariance of the rows ``out`` from the others (or the rows ``known``)."""
        if known is None:
            known = np.setdiff1d(np.arange(len(self.z)), out)
        solved = np.linalg.solve(
            self.K[np.ix_(known, known)],
            np.column_stack([self.z[known], self.K[np.ix_(known, out)]]),
        )
        cross = self.K[np.ix_(out, known)]
        return cross @ solved[:, 0], self.K[np.ix_(out, out)] - cross @ solved[:, 1:]

    def raw(self, z: float) -> float:
        s = self.posterior.scaling
        return float(np.exp(s.center + s.spread * z) if s.log else s.center + s.spread * z)

    def errors(self, folds: list[list[int]]) -> dict[str, Any]:
        """RMSE, MAE, R2, log density and coverage with folds of runs left out one after another."""
        error: list[float] = []
        density: list[float] = []
        size: list[float] = []
        values: list[float] = []
        for runs in folds:
            out = np.flatnonzero(np.isin(self.run, runs))
            mean, covariance = self.without(out)
            for i, row in enumerate(out):
                y, v = self.data.y[row], covariance[i, i]
                error.append(y - self.raw(mean[i]))
                values.append(y)
                slope = self.posterior.scaling.spread
                slope *= y if self.posterior.scaling.log else 1.0
                gap = self.z[row] - mean[i]
                density.append(np.log(np.exp(-0.5 * gap**2 / v) / np.sqrt(2 * np.pi * v) / slope))
                size.append(abs(gap) / np.sqrt(v))
        missed, measured = np.array(error), np.array(values)
        return {
            "rmse": np.sqrt(np.mean(missed**2)),
            "mae": np.mean(np.abs(missed)),
            "r2": 1 - np.sum(missed**2) / np.sum((measured - measured.mean()) ** 2),
            "log_density": np.mean(density),
            "coverage": {
                level: sum(s <= q for s in size) / len(size)
                for level, q in (("50", 0.67449), ("80", 1.28155), ("95", 1.95996))
            },
        }


@each
def test_errors_are_those_of_really_leaving_runs_out(variant: Variant) -> None:
    refit = Refit(variant)
    report = model_report(refit.posterior.fitted, GROUPS, GROUPS, NAMES)
    runs = sorted(set(refit.run[refit.run >= 0]))
    assert report["counts"]["runs"] == len(runs)
    fifths = [runs[start::5] for start in range(5)]
    for found, folds in (
        (report["leave_one_run_out"], [[run] for run in runs]),
        (report["k_fold"], [fold for fold in fifths if fold]),
    ):
        wanted = refit.errors(folds)
        assert found is not None
        for name, figure in found.items():
            if name not in ("coverage", "folds"):
                assert figure == pytest.approx(wanted[name], rel=1e-6), name
        assert found["coverage"] == pytest.approx(wanted["coverage"])
    assert report["leave_one_run_out"] == result_errors(leave_one_run_out(refit.posterior.fitted))


@each
def test_the_learning_curve_predicts_later_runs_from_the_first(variant: Variant) -> None:
    refit = Refit(variant)
    report = model_report(refit.posterior.fitted, GROUPS, GROUPS, NAMES)
    runs = sorted(set(refit.run[refit.run >= 0]))
    *points, last = report["learning_curve"]
    assert [point["runs"] for point in points] == [k for k in (2, 4, 8, 16) if k < len(runs)]
    assert last["leave_one_run_out"]
    assert report["leave_one_run_out"] is not None
    assert (last["runs"], last["rmse"]) == (len(runs), report["leave_one_run_out"]["rmse"])
    for point in points:
        later = np.flatnonzero(np.isin(refit.run, runs[point["runs"] :]))
        known = np.flatnonzero((refit.run < 0) | np.isin(refit.run, runs[: point["runs"]]))
        mean, _ = refit.without(later, known)
        error = refit.data.y[later] - [refit.raw(z) for z in mean]
        assert point["predicted"] == len(later)
        assert point["rmse"] == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-6)


def test_replicates_are_told_from_unique_recipes() -> None:
    X = np.array([[0.1, 0.2, 0.9], [0.1, 0.2, 0.9], [0.1, 0.2, 0.5], [0.7, 0.2, 0.5], [0.3] * 3])
    line, run = np.array([0, 0, 0, 0, 1]), np.array([4, 4, 6, 9, -1])
    data = ResponseData("y", False, None, X, np.arange(5.0), line, run=run)
    counts = count(data, np.array([0, 1]))  # the third input is a given
    found = (counts["measurements"], counts["runs"], counts["unique_recipes"], counts["replicates"])
    assert found == (4, 3, 2, 2)
    assert counts["earlier_measurements"] == 1
    assert count(data, np.arange(3))["unique_recipes"] == 3


def test_folds_keep_runs_together_and_are_even() -> None:
    runs = np.repeat([3, 5, 8, 9, 12, 13, 20], [1, 3, 1, 2, 1, 1, 1])
    folds = run_folds(runs)
    assert all(len(set(folds[runs == run])) == 1 for run in runs)
    assert sorted(np.bincount([folds[runs == run][0] for run in set(runs)])) == [1, 1, 1, 2, 2]


# ---- collinearity --------------------------------------------------------------------------------


def vif_by_regression(X: np.ndarray, j: int) -> float:
    """1 / (1 - R²) of column j on the others and a constant."""
    others = np.column_stack([np.ones(len(X)), np.delete(X, j, axis=1)])
    left = X[:, j] - others @ np.linalg.lstsq(others, X[:, j], rcond=None)[0]
    return float(np.sum((X[:, j] - X[:, j].mean()) ** 2) / np.sum(left**2))


def test_vif_is_that_of_regressions() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((30, 4))
    X[:, 2] = 0.8 * X[:, 0] + 0.2 * X[:, 1] + 0.05 * rng.random(30)
    X[:, 3] += 0.3 * X[:, 1]
    found = collinearity(X, np.arange(4))
    for j, each_input in enumerate(found):
        assert each_input["vif"] == pytest.approx(vif_by_regression(X, j), rel=1e-9)
    verdicts = {j: each_input["verdict"] for j, each_input in enumerate(found)}
    assert verdicts == {0: "collinear", 1: verdicts[1], 2: "collinear", 3: "independent"}
    assert found[2]["vif"] is not None
    assert found[2]["vif"] > 10


def test_a_category_has_a_generalised_vif_that_does_not_depend_on_the_order_of_its_levels() -> None:
    rng = np.random.default_rng(1)
    level = rng.integers(0, 3, 40)
    X = np.column_stack([level + rng.random(40), np.sqrt(0.5) * np.eye(3)[level]])
    groups = np.array([0, 1, 1, 1])
    number, category = collinearity(X, groups)
    dummies = np.eye(3)[level][:, 1:]
    assert number["vif"] == pytest.approx(vif_by_regression(np.column_stack([X[:, 0], dummies]), 0))

    def correlation(columns: list[np.ndarray]) -> float:
        return np.linalg.det(np.corrcoef(np.column_stack(columns).T)) if len(columns) > 1 else 1.0

    whole = correlation([X[:, 0], *dummies.T])
    generalised = correlation([*dummies.T]) * 1.0 / whole  # Fox & Monette 1992
    assert category["vif"] == pytest.approx(np.sqrt(generalised))
    swapped = collinearity(X[:, [0, 3, 1, 2]], groups)[1]
    assert swapped["vif"] == pytest.approx(category["vif"])


def test_lost_constant_and_saturated_designs_have_no_vif() -> None:
    rng = np.random.default_rng(2)
    a = rng.random(12)
    X = np.column_stack([a, 1 - a, np.full(12, 0.3), rng.random(12)])
    found = collinearity(X, np.arange(4))
    assert [each_input["verdict"] for each_input in found] == [
        "collinear", "collinear", "constant", "independent",
    ]  # fmt: skip
    assert [each_input["vif"] is None for each_input in found] == [True, True, True, False]
    few = collinearity(rng.random((4, 3)), np.arange(3))
    assert {each_input["verdict"] for each_input in few} == {"too few runs"}
    assert collinearity(np.zeros((0, 2)), np.arange(2))[0]["vif"] is None


# ---- history -------------------------------------------------------------------------------------


def surface(X: np.ndarray) -> np.ndarray:
    return np.asarray(8 + 3 * np.sin(4 * X[:, 0]) + 2 * X[:, 1] ** 2)


def wrong(X: np.ndarray) -> np.ndarray:
    return np.asarray(8 + 3 * np.cos(6 * X[:, 1]) - 3 * X[:, 2])


def campaign(
    truths: list[Callable[..., Any]], runs: int, *, log: bool = False, rows: int = 25, seed: int = 0
) -> ResponseData:
    """Earlier lines with these truths, then target runs of ``surface``."""
    rng = np.random.default_rng(seed)
    X = rng.random((len(truths) * rows + runs, 3))
    line = np.concatenate([np.repeat(np.arange(1, len(truths) + 1), rows), np.zeros(runs, int)])
    y = surface(X)
    for k, truth in enumerate(truths, start=1):
        y[line == k] = truth(X[line == k])
    y = y + 0.05 * rng.standard_normal(len(y))
    return ResponseData("y", log, None, X, y, line)


def odds_of(data: ResponseData) -> HistoryOdds | None:
    lines = int(data.line.max())
    plain = fit_without_history({"y": data}, GROUPS, {})["y"]
    return history_evidence(fit(data, GROUPS, lines), plain)


def known_odds(data: ResponseData) -> HistoryOdds:
    odds = odds_of(data)
    assert odds is not None
    return odds


def test_odds_speak_for_good_lines_and_against_wrong_ones() -> None:
    good = [known_odds(campaign([surface] * 3, 4, seed=seed)) for seed in range(3)]
    bad = [known_odds(campaign([wrong] * 3, 4, seed=seed)) for seed in range(3)]
    assert min(odds.log_odds for odds in good) > 9
    assert max(odds.log_odds for odds in bad) < -5
    assert {odds.runs for odds in (*good, *bad)} == {4}


def test_odds_do_not_depend_on_the_unit() -> None:
    data = campaign([surface] * 2, 8, log=True)
    other = dataclasses.replace(data, y=1000 * data.y)
    assert known_odds(other).log_odds == pytest.approx(known_odds(data).log_odds, abs=0.05)


def test_no_odds_without_history_or_below_three_runs() -> None:
    assert odds_of(campaign([surface], 2)) is None
    assert odds_of(campaign([surface], 3)) is not None
    own = fit(campaign([], 8), GROUPS, 0)
    assert history_evidence(own, own) is None


# ---- lines that say nothing ----------------------------------------------------------------------


def shares(data: ResponseData) -> dict[int, LineShare]:
    found = line_shares(fit(data, GROUPS, int(data.line.max())), cube_points(GROUPS, 256, 0))
    return {share.line: share for share in found}


@pytest.mark.parametrize("runs", [0, 8])
def test_lines_that_cover_the_region_are_not_flat(runs: int) -> None:
    for truths in ([surface] * 3, [surface, surface, wrong]):
        found = shares(campaign(truths, runs))
        assert len(found) == 3
        assert min(share.determined for share in found.values()) > 0.8


def test_a_line_at_one_setting_is_flat() -> None:
    data = campaign([surface] * 2, 6)
    X = data.X.copy()
    X[data.line == 2] = 0.5
    noise = 0.05 * np.random.default_rng(0).standard_normal(len(X))
    found = shares(dataclasses.replace(data, X=X, y=surface(X) + noise))
    assert found[2].flat
    assert found[2].determined < FLAT < found[1].determined


def test_a_constant_line_is_flat_and_named_so() -> None:
    data = campaign([surface] * 2, 6)
    found = shares(dataclasses.replace(data, y=np.where(data.line == 2, 9.0, data.y)))
    assert found[2].flat
    assert found[2].constant
    assert not found[1].flat
    assert not found[1].constant


def test_three_rows_as_the_only_line_are_flat() -> None:
    assert shares(campaign([surface], 0, rows=3))[1].flat


def test_shares_are_those_of_dense_algebra() -> None:
    variant = Variant("shares", 2, 6)
    data = make_data(variant)
    posterior = fit_variant(variant, data)
    X = np.random.default_rng(3).random((20, 3))
    dense = Dense(posterior, variant)
    z, base = model_scale(posterior, data)
    K = dense.rows(data, base)
    for share in line_shares(posterior, X):
        rows = np.flatnonzero(data.line == share.line)
        cross = np.array(
            [[dense.surface(x, share.line, data.X[j], share.line) for j in rows] for x in X]
        )
        prior = np.array([[dense.surface(x, share.line, w, share.line) for w in X] for x in X])
        own = K[np.ix_(rows, rows)]
        mean = cross @ np.linalg.solve(own, z[rows])
        left = prior - cross @ np.linalg.solve(own, cross.T)
        centre = np.eye(20) - 1 / 20
        known, unknown = mean.var(), np.trace(centre @ left @ centre) / 20
        assert share.determined == pytest.approx(known / (known + unknown), rel=1e-6)


def test_the_graphite_series_at_one_gap_says_little_about_the_next(real_data: Path) -> None:
    import pandas as pd

    cells = pd.read_csv(real_data / "drakopoulos_graphite" / "cells.csv")
    low = np.array([0.1, 50, 60])
    span = np.array([0.4, 300, 60])
    names = ["coating_speed_m_per_min", "coating_gap_um", "drying_temperature_c"]
    series = cells[cells.series == "AS"]

    def share(rows: pd.DataFrame) -> Any:
        X = (rows[names].to_numpy() - low) / span
        line = np.ones(len(rows), int)
        return shares(ResponseData("mass", True, None, X, rows.active_mass_mg.to_numpy(), line))[1]

    assert share(series[series.coating_gap_um == 300]).flat
    assert not share(series).flat


# ---- data no model likes -------------------------------------------------------------------------


@pytest.mark.parametrize("data", CASES.values(), ids=CASES)
def test_degenerate_data_give_sane_reports(data: ResponseData) -> None:
    lines = int(data.line.max(initial=0))
    posterior = fit(data, CASE_GROUPS, lines)
    report = model_report(posterior.fitted, CASE_GROUPS, CASE_GROUPS, CASE_NAMES)
    if report["counts"]["runs"] < 5:
        assert report["leave_one_run_out"] is report["k_fold"] is None
    for errors in (report["leave_one_run_out"], report["k_fold"]):
        if errors is not None:
            figures = [errors["rmse"], errors["mae"], errors["log_density"]]
            figures += errors["coverage"].values()
            assert np.isfinite(figures).all()
            assert errors["r2"] is None or np.isfinite(errors["r2"])
    for point in report["learning_curve"]:
        assert np.isfinite(point["rmse"])
    for each_input in report["collinearity"].values():
        assert each_input["vif"] is None or 1 <= each_input["vif"] < np.inf
    for share in line_shares(posterior, cube_points(CASE_GROUPS, 64, 0)):
        assert 0 <= share.determined <= 1
    if lines:
        plain = fit_without_history({"y": data}, CASE_GROUPS, {})
        odds = history_evidence(posterior, plain["y"]) if "y" in plain else None
        assert odds is None or np.isfinite(odds.log_odds)


def test_a_constant_response_has_no_r2() -> None:
    posterior = fit(CASES["constant"], CASE_GROUPS, 0)
    errors = model_report(posterior.fitted, CASE_GROUPS, CASE_GROUPS, CASE_NAMES)[
        "leave_one_run_out"
    ]
    assert errors is not None
    assert errors["r2"] is None


def test_a_result_set_aside_counts_in_the_errors() -> None:
    report = model_report(
        fit(CASES["outlier"], CASE_GROUPS, 0).fitted, CASE_GROUPS, CASE_GROUPS, CASE_NAMES
    )
    assert report["leave_one_run_out"] is not None
    assert report["leave_one_run_out"]["rmse"] > 1000
    assert report["leave_one_run_out"]["coverage"]["95"] < 1
    assert report["k_fold"] is not None
    assert report["k_fold"]["rmse"] > 1000
    assert report["counts"]["measurements"] == 16
    assert report["learning_curve"][0]["rmse"] > 1000

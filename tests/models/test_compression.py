"""Laws of long histories: condensed lines say what all their rows say, remembered or not."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from designer.campaigns.space.grids import SettingScale
from designer.campaigns.store.cache import LineCache
from designer.campaigns.store.store import Store
from designer.models.botorch_adapter.model import to_botorch
from designer.models.compression import compress as compression
from designer.models.compression import line_gp
from designer.models.compression.compress import (
    MOST_PER_LINE,
    MOST_ROWS,
    PSEUDO_ROWS,
    compress,
    shares,
)
from designer.models.compression.fit_cache import NoMemory
from designer.models.compression.line_gp import LineKernel, LineModel
from designer.models.data.dataset import ResponseData
from designer.models.diagnostics.cross_validation import leave_one_run_out, result_errors
from designer.models.diagnostics.trust import estimate_trust
from designer.models.encoding import InputAxis, Space
from designer.models.fitting.fit import fit
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood
from designer.models.gp.process_features import Compaction
from designer.models.gp.training_rows import TrainingRows, arrange
from designer.models.gp.upstream import Upstream
from designer.models.posterior.averaging import AveragedPosterior, average
from designer.models.posterior.posterior import ResponsePosterior

GROUPS = np.arange(2)
X_NEW = np.random.default_rng(9).random((64, 2))


class Recorder:
    """A memory that goes through JSON, and counts what was not known."""

    def __init__(self) -> None:
        self.misses = 0
        self.texts: dict[str, str] = {}

    def get(self, key: str) -> Any:
        found = self.texts.get(key)
        self.misses += found is None
        return None if found is None else json.loads(found)

    def put(self, key: str, value: Any) -> None:
        self.texts[key] = json.dumps(value, allow_nan=False)


def surface(X: np.ndarray, line: np.ndarray) -> np.ndarray:
    return np.asarray(np.sin(3 * X[:, 0] + 0.2 * line) + X[:, 1] ** 2 + 0.2 * line)


def long_history(
    rows: int = 120,
    lines: int = 3,
    runs: int = 6,
    *,
    noise: float = 0.1,
    slurries: int = 0,
    log: bool = False,
    seed: int = 0,
    **more: Any,
) -> ResponseData:
    """Lines of equal length; with slurries, as many per line with an effect of 0.3."""
    rng = np.random.default_rng(seed)
    line = np.concatenate([np.repeat(np.arange(1, lines + 1), rows), np.zeros(runs, int)])
    X = rng.random((len(line), 2))
    y = surface(X, line) + noise * rng.standard_normal(len(line))
    batch = np.full((len(line), 1 if slurries else 0), -1)
    if slurries:
        code = rng.integers(0, slurries, len(line)) + slurries * line
        effect = 0.3 * rng.standard_normal(slurries * (lines + 1))
        y += np.where(line > 0, effect[code], 0.0)
        batch[:, 0] = np.where(line > 0, code, -1)
    return ResponseData("y", log, None, X, np.exp(y) if log else y, line, batch, **more)


def told(posterior: AveragedPosterior | ResponsePosterior) -> tuple[np.ndarray, np.ndarray]:
    return posterior.mean(X_NEW), posterior.variance(X_NEW)


def condensed(data: ResponseData, **settings: Any) -> tuple[TrainingRows, tuple[str, ...]]:
    rows, scaled = arrange(data, GROUPS)
    known = scaled.scaling.noise_sd is not None
    return compress(rows, data, GROUPS, known=known, memory=NoMemory(), **settings)


# ---- which rows stay -----------------------------------------------------------------------------


def test_short_histories_stay_as_they_are() -> None:
    data = long_history(rows=MOST_ROWS // 3)
    rows, _ = arrange(data, GROUPS)
    kept, notes = condensed(data)
    assert notes == ()
    assert not kept.summaries
    for name in ("X", "z", "base", "batch", "order"):
        assert getattr(kept, name).tolist() == getattr(rows, name).tolist()


def test_long_lines_share_what_short_lines_leave() -> None:
    assert shares(np.array([1000] * 20)).tolist() == [PSEUDO_ROWS // 20] * 20
    assert shares(np.array([20, 900, 400])).tolist() == [20, 64, 64]
    assert shares(np.array([3] * 10 + [500] * 10)).tolist() == [3] * 10 + [21] * 10
    assert (shares(np.array([1000] * 500)) >= 1).all()


def test_condensed_rows_are_few_and_say_so() -> None:
    kept, notes = condensed(long_history(rows=400))
    pseudo = int(kept.pseudo.sum())
    assert 3 * 16 <= pseudo <= 3 * MOST_PER_LINE  # fewer where fewer say all
    assert kept.target_rows == 6 == len(kept) - pseudo
    assert f"1200 rows of 3 earlier line(s) are summarised by {pseudo} values" in notes[0]


# ---- what they say -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"runs": 0},
        {"log": True},
        {"slurries": 12},
        {"noise": 0.5},
    ],
    ids=["plain", "no run", "log scale", "batches", "much noise"],
)
def test_condensed_and_exact_histories_predict_the_same(
    how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = long_history(**how)
    short = fit(data, GROUPS, 3)
    assert short.fitted.rows.summaries
    monkeypatch.setattr(compression, "MOST_ROWS", 10**6)
    exact = fit(data, GROUPS, 3)
    (mean, variance), (wanted, spread) = told(short), told(exact)
    assert np.abs(mean - wanted).max() < 0.5 * np.sqrt(spread.max())
    assert np.sqrt(np.mean((mean - wanted) ** 2)) < 0.2 * np.sqrt(spread.mean())
    assert np.abs(np.log(variance / spread)).max() < 0.4
    ours, theirs = short.parameters, exact.parameters
    assert np.abs(np.log(ours.noise / theirs.noise)).max() < 0.25
    assert ours.batch == pytest.approx(theirs.batch, rel=0.35)


def test_stated_repeatability_and_its_message_survive() -> None:
    data = dataclasses.replace(long_history(noise=0.1), noise_sd=0.1)
    kept, _ = condensed(data)
    assert np.abs(np.log([np.exp(s.at[0]) for s in kept.summaries.values()])).max() < 0.5
    liar = dataclasses.replace(data, noise_sd=0.01)
    assert any("scatter more" in note for note in fit(liar, GROUPS, 3).fitted.report.messages)


def test_a_message_is_exact_algebra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and noise of pseudo-rows give the dense posterior of the surface at their points."""
    monkeypatch.setattr(line_gp, "_TOLERANCE", 1e-12)
    rng = np.random.default_rng(4)
    X, z = rng.random((60, 2)), rng.standard_normal(60)
    base, batch = rng.uniform(0.5, 2.0, 60), np.repeat(np.arange(30), 2)[:, None]
    kernel = LineKernel(np.array([0.8, 1.1]), 1.3, np.log([0.3, 0.2]))
    line, nothing, nobody = np.zeros(60, int), np.zeros(60), np.full(60, -1)
    rows = TrainingRows(
        X, z, line, (0,), batch, base, nothing, run=nobody, order=nobody, nuisance=np.zeros((60, 0))
    )
    summary = LineModel(rows, (0,), kernel, refine=False).summary(8, np.zeros(0, int))
    q = np.sqrt(5 * np.square((X[:, None] - X[None]) / kernel.lengthscale).sum(axis=2))
    K = 1.3 * ((1 + q + q * q / 3) * np.exp(-q) + 1)
    C = K + np.diag(0.3 * base) + 0.2 * (batch == batch.T)
    exact = K[summary.points] @ np.linalg.solve(C, z - z.mean()) + z.mean()
    Z = np.ix_(summary.points, summary.points)
    left = summary.values - z.mean()
    found = K[Z] @ np.linalg.solve(K[Z] + 0.3 * summary.noise, left) + z.mean()
    assert found == pytest.approx(exact, abs=1e-6)
    spread = K[Z] - K[summary.points] @ np.linalg.solve(C, K[:, summary.points])
    ours = K[Z] - K[Z] @ np.linalg.solve(K[Z] + 0.3 * summary.noise, K[Z])
    assert ours == pytest.approx(spread, abs=1e-6)


def test_gradient_matches_finite_differences() -> None:
    posterior = fit(long_history(slurries=12), GROUPS, 3)
    fitted = posterior.fitted
    likelihood = Likelihood(fitted.rows, fitted.input_transform, fitted.layout)
    theta = fitted.theta + 0.05 * np.random.default_rng(1).standard_normal(len(fitted.theta))
    gradient = likelihood(theta)[1]
    for i, step in enumerate(1e-5 * np.eye(len(theta))):
        slope = (likelihood(theta + step)[0] - likelihood(theta - step)[0]) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-4, abs=1e-4), fitted.layout.names[i]


def test_value_alone_is_the_value() -> None:
    fitted = fit(long_history(slurries=12), GROUPS, 3).fitted
    likelihood = fitted.likelihood
    solved = likelihood.solve(fitted.theta)
    assert solved is not None
    assert solved.value == likelihood(fitted.theta)[0]


def test_a_wrong_value_on_a_long_line_hardly_counts() -> None:
    data = long_history()
    y = data.y.copy()
    y[40] += 2.5  # 25 standard deviations, far less than the spread's 50
    wrong = fit(dataclasses.replace(data, y=y), GROUPS, 3)
    assert any("on earlier line 1" in note for note in wrong.fitted.report.messages)
    shift = wrong.mean(X_NEW) - fit(data, GROUPS, 3).mean(X_NEW)
    assert np.abs(shift).max() < 0.5 * np.sqrt(wrong.variance(X_NEW).mean())


def test_lines_that_say_little_are_no_trouble() -> None:
    data = long_history(rows=150)
    for y in (np.ones(len(data.y)), np.where(data.line == 2, 1.0, data.y)):
        mean, variance = told(fit(dataclasses.replace(data, y=y), GROUPS, 3))
        assert np.isfinite(mean).all()
        assert (variance > 0).all()
    X = np.where(data.line[:, None] > 0, np.round(3 * data.X) / 3, data.X)
    assert np.isfinite(told(fit(dataclasses.replace(data, X=X), GROUPS, 3))).all()


@pytest.mark.parametrize("feature", [None, Compaction(column=1, load=SettingScale(0.1, 1.0))])
def test_upstream_levels_and_features_condense_too(
    feature: Compaction | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = long_history()
    noise = 0.02 * np.random.default_rng(5).standard_normal(len(data.y))
    y = np.exp(1 + (1 + 0.1 * data.line) * data.X[:, 0] + noise)
    loading = dataclasses.replace(data, name="loading", log_scale=True, y=y)
    found = []
    for most in (MOST_ROWS, 10**6):
        monkeypatch.setattr(compression, "MOST_ROWS", most)
        upstream = Upstream(fit(loading, GROUPS, 3), column=0)
        found.append(told(fit(data, GROUPS, 3, upstream=upstream, feature=feature)))
    (mean, variance), (wanted, spread) = found
    assert np.sqrt(np.mean((mean - wanted) ** 2)) < 0.5 * np.sqrt(spread.mean())
    assert np.abs(np.log(variance / spread)).max() < 0.7


def test_everything_asked_of_a_posterior_works_on_condensed_lines() -> None:
    data = long_history(slurries=12)
    posterior = average(fit(data, GROUPS, 3))
    for estimate in estimate_trust(posterior):
        assert 0 <= estimate.low <= estimate.trust <= estimate.high <= 1
        assert 0 <= estimate.worth_runs <= 64
    assert (
        leave_one_run_out(posterior.fitted).run.tolist() == posterior.fitted.rows.run[-6:].tolist()
    )
    errors = result_errors(leave_one_run_out(posterior.fitted))
    assert errors is not None
    assert errors["rmse"] < 1.0
    space = Space((InputAxis("a", 0.0, 1.0), InputAxis("b", 0.0, 1.0)))
    joint: Any = to_botorch([posterior], space).posterior(torch.tensor(X_NEW))
    assert joint.mean[:, 0].numpy() == pytest.approx(
        posterior.scaling.median(posterior.mean(X_NEW)), rel=1e-6
    )
    wanted = posterior.variance(X_NEW) * posterior.scaling.spread**2
    after = posterior.condition(X_NEW[:3])
    assert (after.variance(X_NEW) <= posterior.variance(X_NEW) + 1e-9).all()
    now = fit(data, GROUPS, 3)  # results lower every variance at the same hyperparameters
    assert (now.without_target_runs.variance(X_NEW) > now.variance(X_NEW)).all()
    assert joint.variance[:, 0].numpy() == pytest.approx(wanted, rel=1e-5)


# ---- determinism ---------------------------------------------------------------------------------


def test_order_of_rows_changes_nothing() -> None:
    data = long_history(slurries=12)
    shuffled = data.subset(np.random.default_rng(2).permutation(len(data.y)))
    one, other = fit(data, GROUPS, 3), fit(shuffled, GROUPS, 3)
    assert np.array_equal(told(one), told(other))


def test_memory_changes_time_only() -> None:
    data = long_history(slurries=12)
    fresh = fit(data, GROUPS, 3)
    memory = Recorder()
    first = fit(data.subset(np.flatnonzero(data.line > 0)), GROUPS, 3, memory=memory)
    assert memory.misses == 4  # three lines and the start
    again = fit(data, GROUPS, 3, memory=memory)
    assert memory.misses == 4  # runs on the target line change nothing in them
    assert first.fitted.report.evaluations > 0
    assert np.array_equal(told(average(again)), told(average(fresh)))
    assert again.fitted.hyperparameters == fresh.fitted.hyperparameters


def test_a_memory_of_other_data_or_nonsense_is_not_believed() -> None:
    data = long_history()
    memory = Recorder()
    fresh = told(fit(data, GROUPS, 3, memory=memory))
    other = dataclasses.replace(data, y=data.y + 0.01 * (data.line == 1) * data.X[:, 0])
    fit(other, GROUPS, 3, memory=memory)
    assert memory.misses == 4 + 4  # the common centre moves all lines a little
    useless: list[Any] = [None, 3, [], {}, {"points": [1]}, {"points": "x", "values": None}]
    for nonsense in useless:
        broken = Recorder()
        for key in memory.texts:
            broken.put(key, nonsense)
        assert np.array_equal(told(fit(data, GROUPS, 3, memory=broken)), fresh)


@pytest.mark.parametrize("place", ["file", "memory"])
def test_the_cache_beside_the_store_keeps_and_forgets(place: str, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "a.db") if place == "file" else None)
    data = long_history()
    cache = LineCache(store, "abc")
    fresh = told(fit(data, GROUPS, 3, memory=cache))
    cache.save()
    again = LineCache(store, "abc")
    assert np.array_equal(told(fit(data, GROUPS, 3, memory=again)), fresh)
    assert len(again._kept) == 4
    again.save()  # nothing new
    fit(data.subset(np.flatnonzero(data.line != 3)), GROUPS, 3, memory=again)
    assert LineCache(store, "other").get("key") is None


@pytest.mark.parametrize("damage", ["nothing", "text", "a digit", "a list"])
def test_a_damaged_cache_is_computed_again(damage: str, tmp_path: Path) -> None:
    store = Store(str(tmp_path / "a.db"))
    data = long_history()
    cache = LineCache(store, "abc")
    fresh = told(fit(data, GROUPS, 3, memory=cache))
    cache.save()
    assert store.cache_folder is not None
    path = store.cache_folder / "abc.lines.json"
    text = path.read_text()
    where = text.index('"values": [') + 20
    changed: dict[str, Any] = {
        "nothing": "",
        "text": text[: len(text) // 2],
        "a digit": text[:where] + str(9 - int(text[where])) + text[where + 1 :],
        "a list": "[]",
    }
    path.write_text(changed[damage])
    damaged = LineCache(store, "abc")
    assert damaged._kept == {}
    assert np.array_equal(told(fit(data, GROUPS, 3, memory=damaged)), fresh)
    damaged.save()
    assert len(LineCache(store, "abc")._kept) == 4


def test_an_input_transform_sees_pseudo_points_as_their_own_line_does() -> None:
    data = long_history()
    fitted = fit(data, GROUPS, 3).fitted
    order = fitted.rows.order
    assert fitted.input_transform.slopes is not None
    seen = fitted.input_transform.on_line(data.X[order], data.line[order])
    assert np.array_equal(fitted.rows.X, seen)
    assert np.array_equal(
        InputTransform(GROUPS).on_line(data.X[order], data.line[order]), data.X[order]
    )

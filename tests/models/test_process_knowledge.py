"""Process knowledge and the target's own runs, where earlier lines contradict them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from designer.campaigns.space.grids import SettingScale
from designer.models.data.dataset import ResponseData
from designer.models.data.scaling import Scaling
from designer.models.encoding import InputAxis, Space
from designer.models.fitting.all_responses import Link, fit_responses
from designer.models.gp.process_features import Compaction, Loading
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior

SPACE = Space((InputAxis("solids", 0.0, 1.0), InputAxis("gap", 0.0, 1.0)))
BALANCE = Loading(1, SettingScale(50.0, 250.0), 0, SettingScale(0.5, 0.7))
LINKS = {
    "loading": Link(feature=BALANCE, only_without_history=True),
    "later": Link("loading", (1,)),
}
GROUPS = np.arange(2)
POINTS = np.random.default_rng(9).random((200, 2))


def mass(X: np.ndarray) -> np.ndarray:
    """What the mass balance says."""
    return np.exp(1.0 + BALANCE.inputs(X, np.zeros(len(X)))[:, 0])


def nonsense(X: np.ndarray) -> np.ndarray:
    """A line whose loading has nothing to do with gap and solids as they are used here."""
    return np.asarray(np.exp(1.0 + 0.6 * np.sin(5 * X[:, 0] + 1) - 0.8 * X[:, 1]))


def campaign(
    lines_truth: Callable[..., Any], runs: int = 8, seed: int = 0
) -> dict[str, ResponseData]:
    """Three lines of 30 rows and some runs; "later" follows the loading on every line."""
    rng = np.random.default_rng(seed)
    line = np.concatenate([np.repeat([1, 2, 3], 30), np.zeros(runs, int)])
    X = rng.random((len(line), 2))
    truth = np.where(line > 0, lines_truth(X) * (1 + 0.03 * line), mass(X))
    y = truth * np.exp(0.02 * rng.standard_normal(len(line)))
    loading = ResponseData("loading", True, None, X, y, line)
    later = np.log(truth) ** 2 + 0.02 * rng.standard_normal(len(line))
    return {
        "loading": loading,
        "later": dataclasses.replace(loading, name="later", log_scale=False, y=later),
    }


def error(posterior: ResponsePosterior) -> float:
    mean, _ = posterior.to_raw(posterior.mean(POINTS), posterior.variance(POINTS))
    return float(np.sqrt(np.mean((mean - mass(POINTS)) ** 2)) / mass(POINTS).std())


def test_lines_the_runs_contradict_are_not_used_where_the_mass_balance_says_more() -> None:
    data = campaign(nonsense)
    found = fit_responses(data, GROUPS, 3, LINKS)["loading"]
    believing = fit_responses({"loading": data["loading"]}, GROUPS, 3)["loading"]
    assert found.fitted.odds is not None
    assert found.fitted.odds.log_odds < -np.log(3)
    assert not found.fitted.layout.transfer
    assert any(
        "contradict the earlier lines" in message for message in found.fitted.report.messages
    )
    assert error(found) < 0.5 * error(believing)


@pytest.mark.parametrize("seed", range(3))
def test_lines_that_agree_are_used(seed: int) -> None:
    found = fit_responses(campaign(mass, seed=seed), GROUPS, 3, LINKS)["loading"]
    assert found.fitted.layout.transfer
    assert found.fitted.odds is None


@pytest.mark.parametrize("runs", [0, 2])
def test_too_few_runs_decide_nothing(runs: int) -> None:
    found = fit_responses(campaign(nonsense, runs=runs), GROUPS, 3, LINKS)["loading"]
    assert found.fitted.layout.transfer


def test_later_responses_see_the_target_as_it_is_believed_and_lines_as_they_were() -> None:
    found = fit_responses(campaign(nonsense), GROUPS, 3, LINKS)
    upstream = found["later"].fitted.input_transform.upstream
    assert upstream is not None
    assert upstream.target_only is found["loading"]
    raw = upstream.posterior.scaling.median(upstream.level(POINTS, 0))
    mean, _ = found["loading"].to_raw(
        found["loading"].mean(POINTS), found["loading"].variance(POINTS)
    )
    np.testing.assert_allclose(raw, mean, rtol=1e-9)
    line = np.full(len(POINTS), 2)
    as_line = upstream.posterior.line_mean(POINTS, 2)
    np.testing.assert_array_equal(upstream.level(POINTS, line), as_line)


def test_botorch_sees_the_same() -> None:
    import torch

    from designer.models.botorch_adapter.model import to_botorch

    found = fit_responses(campaign(nonsense), GROUPS, 3, LINKS)
    shown = average(found["later"])
    posterior: Any = to_botorch([shown], SPACE).posterior(torch.tensor(POINTS[:20]))
    mean, sd = shown.to_raw(shown.mean(POINTS[:20]), shown.variance(POINTS[:20]))
    np.testing.assert_allclose(posterior.mean[:, 0].detach().numpy(), mean, atol=1e-6)
    np.testing.assert_allclose(posterior.variance[:, 0].detach().sqrt().numpy(), sd, rtol=1e-4)


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_without_an_amplitude_compaction_may_change_a_usual_share(spread: float) -> None:
    by_load = Compaction(0, SettingScale(0.0, 200.0))
    linear = by_load.scaled(Scaling(log=False, center=40.0, spread=spread, typical=40.0))
    assert linear.amplitude == pytest.approx(0.3 * 40.0 / spread)
    log = by_load.scaled(Scaling(log=True, center=3.7, spread=spread, typical=40.0))
    assert log.amplitude == pytest.approx(0.3 / spread)


@pytest.mark.parametrize(
    ("linear", "log"),
    [
        (Compaction(0, SettingScale(0.1, 1.0)), Compaction(0, SettingScale(0.1, 1.0, log=True))),
        (
            Loading(1, SettingScale(50.0, 250.0), 0, SettingScale(0.5, 0.7)),
            Loading(1, SettingScale(50.0, 250.0, log=True), 0, SettingScale(0.5, 0.7, log=True)),
        ),
    ],
)
def test_knowledge_is_about_settings_whatever_the_scale(linear: Any, log: Any) -> None:
    """The same settings, encoded on the logarithm, give the same features but for a constant."""
    settings = np.random.default_rng(0).uniform(0.05, 1.1, (20, 2))
    own = ((linear.load,) * 2, (log.load,) * 2) if isinstance(linear, Compaction) else (
        (linear.shares, linear.gaps), (log.shares, log.gaps)
    )  # fmt: skip
    settings = np.stack([s.at(settings[:, k]) for k, s in enumerate(own[0])], axis=1)
    seen = [
        feature.inputs(
            np.stack([s.position(settings[:, k]) for k, s in enumerate(scales)], axis=1),
            np.zeros(20),
        )[:, 0]
        for feature, scales in zip((linear, log), own, strict=True)
    ]
    difference = seen[0] - seen[1]
    assert np.ptp(difference) < 1e-12
    assert isinstance(linear, Loading) or abs(difference).max() < 1e-12

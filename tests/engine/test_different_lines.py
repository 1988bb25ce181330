"""Lines that differ in what they recorded: helped by what they have, not fooled by the rest."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, InputError
from designer.engine.training_rows.training_set import training_set
from designer.models.data.dataset import ResponseData
from designer.models.data.nuisance_inputs import nuisance_inputs
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.twin.factors import BASE_FACTORS, TwinOptions
from designer.twin.scenario import scenario
from tests.engine.test_degenerate_campaigns import GRID, SPEC, measured, recipes

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

FACTORS = {factor.name: factor for factor in TwinOptions().factors}
LOW = np.array([FACTORS[name].low for name in BASE_FACTORS])
SPAN = np.array([FACTORS[name].high for name in BASE_FACTORS]) - LOW


def twin(
    seed: int, response: str, column: int, held: int = 1
) -> tuple[
    list[tuple[np.ndarray, np.ndarray]],
    tuple[np.ndarray, np.ndarray],
    tuple[np.ndarray, np.ndarray],
]:
    """Encoded rows of three lines, the first ones with an input held at one value; the target."""

    def made(X: np.ndarray) -> dict[str, np.ndarray]:
        return {name: LOW[i] + SPAN[i] * X[:, i] for i, name in enumerate(BASE_FACTORS)}

    earlier, target = scenario(seed, "related", rows=40)
    rng = np.random.default_rng(seed)
    lines = []
    for old in earlier:
        X = np.column_stack([old.data[name] for name in BASE_FACTORS]).astype(float)
        lines.append(((X - LOW) / SPAN, np.asarray(old.data[response])))
    for k in range(held):
        X = lines[k][0].copy()
        X[:, column] = rng.uniform(0.1, 0.9)
        lines[k] = (X, earlier[k].line.campaign(seed).make(made(X))[response])
    runs, points = rng.random((4, 3)), rng.random((256, 3))
    results = target.campaign(seed).make(made(runs))[response]
    return lines, (runs, results), (points, target.truth(made(points))[response])


def judged(
    lines: list[tuple[np.ndarray, np.ndarray]],
    runs: tuple[np.ndarray, np.ndarray],
    points: tuple[np.ndarray, np.ndarray],
    **told: Any,
) -> tuple[float, float]:
    blocks = [runs, *lines]
    line = np.repeat(np.arange(len(blocks)), [len(y) for _, y in blocks])
    X, y = np.vstack([X for X, _ in blocks]), np.concatenate([y for _, y in blocks])
    posterior = average(
        fit(ResponseData("y", True, None, X, y, line, **told), np.arange(3), len(lines))
    )
    mean, sd = posterior.to_raw(posterior.mean(points[0]), posterior.variance(points[0]))
    error = points[1] - mean
    relative = np.sqrt(np.mean(error**2)) / points[1].std()
    return float(relative), float(np.mean(np.abs(error) <= 1.96 * sd))


@pytest.mark.parametrize(("response", "column"), [("adhesion", 1), ("mass_loading", 1)])
def test_a_line_without_a_factor_still_helps(response: str, column: int) -> None:
    figures = []
    for seed in range(6):
        lines, runs, points = twin(seed, response, column)
        without = judged(lines[1:], runs, points)
        X = lines[0][0].copy()
        X[:, column] = 0.5
        unknown = [(X, lines[0][1]), *lines[1:]]
        helped = judged(unknown, runs, points, missing=frozenset({(1, column)}))
        figures.append([*without, *helped])
    error, coverage, error_helped, coverage_helped = np.array(figures).T
    assert np.median(error_helped / error) < 1.05
    assert np.mean(error_helped) < 1.05 * np.mean(error)
    assert coverage_helped.mean() > 0.9
    assert coverage_helped.mean() > coverage.mean() - 0.05


def test_what_only_one_line_varied_is_not_taken_for_noise() -> None:
    ratios = []
    for seed in range(4):
        lines, runs, points = twin(seed, "mass_loading", 0)
        X, y = lines[1]
        further = np.random.default_rng(seed).random(len(y))
        y = y * np.exp(0.4 * (further - 0.5) * np.log(y).std() * 4)
        line = [{"speed": value} for value in further.tolist()]
        F = np.vstack([np.zeros((len(runs[1]), 2)), *nuisance_inputs([line])])
        ignored, told = (judged([(X, y)], runs, points, **more) for more in ({}, {"nuisance": F}))
        ratios.append(told[0] / ignored[0])
        assert min(told[1], ignored[1]) > 0.85
    assert np.median(ratios) < 0.8


@pytest.mark.parametrize(("response", "column"), [("porosity", 2), ("mass_loading", 1)])
def test_what_no_line_varied_is_not_taken_for_constant(response: str, column: int) -> None:
    figures = []
    for seed in range(6):
        lines, runs, points = twin(seed, response, column, held=3)
        for X, _ in lines:
            X[:, column] = 0.5
        missing = frozenset((k, column) for k in (1, 2, 3))
        figures.append((*judged(lines, runs, points, missing=missing), *judged([], runs, points)))
    error, coverage, error_without, _ = np.array(figures).T
    assert coverage.mean() > 0.85
    assert np.median(error) < np.median(error_without)


class TestThroughTheProduct:
    def test_a_further_column_of_one_line(self) -> None:
        old, made = measured(recipes(20)), Campaign.create(SPEC, store=None)
        speed = np.random.default_rng(3).uniform(1, 5, 20)
        old = old.assign(speed=speed, loading=old["loading"] + 2 * (speed - 3))
        told = made.add_line("line2", old, extras=["speed"])
        assert "speed: differs on this line only, kept aside" in told["notes"]
        made.add_line("line3", measured(recipes(20, 1)))
        state = made.service.session.state("odd")
        assert state.lines["line2"].rows[0].extra == {"speed": pytest.approx(speed[0])}
        data = training_set(state).responses["loading"]
        assert data.nuisance.shape == (40, 2)
        assert not data.nuisance[data.line != 1].any()
        ignored = Campaign.create(SPEC, store=None)
        assert any(
            "columns not used: speed" in note for note in ignored.add_line("line2", old)["notes"]
        )
        sd = [c.predict(GRID)["loading_sd_result"].median() for c in (made, ignored)]
        assert sd[0] < sd[1]
        with pytest.raises(InputError, match="no such column"):
            made.add_line("line5", old, extras=["sped"])
        with pytest.raises(InputError, match="holds gap already"):
            made.add_line("line5", old, extras=["gap"])

    def test_a_factor_an_old_line_never_recorded(self) -> None:
        made = Campaign.create(SPEC, store=None)
        told = made.add_line("line2", measured(recipes(20).assign(gap=120.0)).drop(columns="gap"))
        noted = " ".join(told["notes"])
        assert "line2 has no gap: taken as unknown but constant on that line" in noted
        data = training_set(made.service.session.state("odd")).responses["loading"]
        assert data.missing == {(1, 0)}
        assert (data.X[:, 0] == 0.5).all()
        made.attach(measured(recipes(6)))
        status = made.status()
        assert "line2 has no gap: taken as unknown but constant there" in status["notes"]
        assert status["lines"][0]["unknown"] == ["gap"]

    def test_other_categories_and_missing_responses(self) -> None:
        binder: dict[str, Any] = {"name": "binder", "categories": ["A", "B"]}
        made = Campaign.create({**SPEC, "factor": [*SPEC["factor"], binder]}, store=None)
        old = measured(recipes(12)).assign(binder=["A", "CMC"] * 6).drop(columns="porosity")
        with pytest.raises(InputError, match=r"others=\['binder'\]"):
            made.add_line("line2", old)
        made.add_line("line2", old, others=["binder"])
        made.attach(measured(recipes(5, 3)).assign(binder="B"))
        told = made.predict(GRID.assign(binder="A"))
        assert np.isfinite(told.drop(columns="binder").to_numpy(float)).all()
        made.propose(2, seed=0)


class TestHistorySwitch:
    @staticmethod
    def spec(*off: str, campaign: bool = True) -> dict[str, Any]:
        responses: list[dict[str, Any]] = [
            {**r, "history": r["name"] not in off} for r in SPEC["response"]
        ]
        return {
            **SPEC, "response": responses, "campaign": {**SPEC["campaign"], "history": campaign},
        }  # fmt: skip

    def with_line(self, spec: dict[str, Any]) -> Campaign:
        made = Campaign.create(spec, store=None)
        made.add_line("line2", measured(recipes(20, 5)))
        return made

    def test_a_response_can_leave_history_out(self) -> None:
        made = self.with_line(self.spec("porosity"))
        made.attach(measured(recipes(6)))
        data = training_set(made.service.session.state("odd")).responses
        assert (data["porosity"].line == 0).all()
        assert (data["loading"].line == 1).sum() == 20
        note = "earlier lines are not used for porosity: history = false"
        status = made.status()
        assert note in status["notes"]
        assert status["lines"][0]["not_used_for"] == ["porosity"]
        assert note in made.propose(2, seed=0).to_dict()["notes"]

    def test_a_campaign_can_leave_history_out(self) -> None:
        made = self.with_line(self.spec(campaign=False))
        with pytest.raises(InputError, match="nothing to predict from"):
            made.predict(GRID)
        made.propose(2, seed=0)
        runs = measured(recipes(6))
        made.attach(runs)
        alone = Campaign.create(SPEC, store=None)
        alone.attach(runs)
        pd.testing.assert_frame_equal(made.predict(GRID), alone.predict(GRID))
        assert "earlier lines are not used: [campaign] history = false" in made.status()["notes"]

    def test_it_can_be_amended(self) -> None:
        made = self.with_line(SPEC)
        before = made.predict(GRID)
        told = made.amend(self.spec("porosity"))
        assert "response porosity: history used → not used" in json.dumps(told, ensure_ascii=False)
        made.amend(self.spec())
        pd.testing.assert_frame_equal(made.predict(GRID), before)

    @pytest.mark.parametrize("value", ["false", 0, "no", [True]])
    def test_only_true_and_false(self, value: int | str) -> None:
        spec: dict[str, Any] = {**SPEC, "campaign": {**SPEC["campaign"], "history": value}}
        with pytest.raises(InputError, match=r"campaign.history: neither true nor false"):
            Campaign.create(spec, store=None)

"""Optimal designs: published ones, all designs of small cases, and what every design keeps."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.acquisition.designs.design import Design
from designer.acquisition.designs.model_terms import ModelTerms
from designer.acquisition.designs.moments import region_moments
from designer.acquisition.designs.optimal.optimal import (
    CRITERIA,
    EarlierRuns,
    OptimalRequest,
    optimal_design,
)
from designer.campaigns.errors import InputError
from designer.campaigns.specification.recipes import recipe_problems
from designer.campaigns.specification.specification import Specification
from tests.acquisition.cases import line_spec, make_spec, specs
from tests.laws import NO_HEALTH_CHECK


def box(count: int, **more: Any) -> Specification:
    return make_spec([{"name": f"x{k}", "low": -1, "high": 1, **more} for k in range(count)])


def matrix_of(spec: Specification, design: Design, model: Any = "quadratic") -> np.ndarray:
    names = [factor.name for factor in spec.factors]
    columns = {name: np.array([run.settings[name] for run in design.runs]) for name in names}
    return ModelTerms.of(spec, model).matrix(columns)


def d_efficiency(X: np.ndarray) -> float:
    return float(np.exp(np.linalg.slogdet(X.T @ X)[1] / X.shape[1]) / len(X))


@pytest.mark.parametrize(
    ("factors", "runs", "model"),
    [(3, 4, "linear"), (7, 8, "linear"), (11, 12, "linear"), (4, 16, "interaction")],
)
def test_orthogonal_arrays_are_found(factors: int, runs: int, model: Any) -> None:
    spec = box(factors)
    design = optimal_design(spec, OptimalRequest(model=model, runs=runs))
    assert d_efficiency(matrix_of(spec, design, model)) == pytest.approx(1.0, abs=1e-6)
    assert "D-efficiency 100.0 %" in design.facts


def test_six_runs_for_a_quadratic_model_of_two_factors() -> None:
    # Box & Draper 1971, Technometrics 13, 731: the D-optimal design of six runs
    a = (4 - np.sqrt(13)) / 3
    x, y = np.array([(-1, -1), (1, -1), (-1, 1), (-a, -a), (1, 3 * a), (3 * a, 1)]).T
    spec = box(2)
    published = ModelTerms.of(spec).matrix({"x0": x, "x1": y})
    found = matrix_of(spec, optimal_design(spec, OptimalRequest(runs=6)))
    assert d_efficiency(found) >= 0.9999 * d_efficiency(published)


def test_nine_runs_for_a_quadratic_model_of_two_factors_are_the_factorial() -> None:
    design = optimal_design(box(2, step=0.5), OptimalRequest(runs=9))
    found = sorted((run.settings["x0"], run.settings["x1"]) for run in design.runs)
    assert found == sorted(itertools.product((-1.0, 0.0, 1.0), repeat=2))


def test_a_parabola_is_predicted_best_with_half_of_the_runs_in_the_middle() -> None:
    design = optimal_design(box(1), OptimalRequest("I", runs=8))
    assert [run.settings["x0"] for run in design.runs] == [-1, -1, 0, 0, 0, 0, 1, 1]


def test_a_mixtures_quadratic_model_gets_the_simplex_lattice() -> None:
    parts = [{"name": name, "low": 0, "high": 1, "step": 0.05} for name in "abc"]
    spec = make_spec(parts, mixture=[{"factors": ["a", "b", "c"], "total": 1}])
    design = optimal_design(spec, OptimalRequest(runs=6))
    found = sorted(tuple(run.settings[name] for name in "abc") for run in design.runs)
    corners = [(1.0, 0.0, 0.0), (0.5, 0.5, 0.0)]
    assert found == sorted({tuple(p) for c in corners for p in itertools.permutations(c)})


@pytest.mark.parametrize("criterion", CRITERIA)
def test_no_split_plot_design_of_all_is_better(criterion: Any) -> None:
    levels = [-1, 0, 1]
    spec = make_spec(
        [
            {"name": "hard", "levels": levels, "stage": "mix"},
            {"name": "easy", "levels": levels, "stage": "coat"},
        ],
        stages=[("mix", 1.0), ("coat", 0.1)],
    )
    ratio = 2.0
    request = OptimalRequest(criterion, "interaction", 6, {"mix": 3}, {"mix": ratio})
    design = optimal_design(spec, request)
    terms = ModelTerms.of(spec, "interaction")
    plot = np.repeat(np.arange(3), 2)
    weight = np.linalg.inv(np.eye(6) + ratio * (plot[:, None] == plot))
    W = {"A": np.eye(len(terms)), "I": region_moments(spec, terms)}.get(criterion)

    def cost(X: np.ndarray) -> np.ndarray:
        M = X.swapaxes(-1, -2) @ weight @ X
        fine = np.linalg.det(M) > 1e-9
        if W is None:
            return np.where(fine, -np.linalg.det(M), np.inf)
        safe = np.where(fine[..., None, None], M, np.eye(len(terms)))
        return np.where(fine, np.trace(np.linalg.inv(safe) @ W, axis1=-2, axis2=-1), np.inf)

    every = np.array([
        (*np.repeat(hard, 2), *easy)
        for hard in itertools.product(levels, repeat=3)
        for easy in itertools.product(levels, repeat=6)
    ])  # fmt: skip
    columns = {"hard": every[:, :6].ravel(), "easy": every[:, 6:].ravel()}
    best = cost(terms.matrix(columns).reshape(len(every), 6, -1)).min()
    assert cost(matrix_of(spec, design, "interaction")) == pytest.approx(best)
    assert [run.point.whole_plots["mix"] for run in design.runs] == [1, 1, 2, 2, 3, 3]


def test_stages_make_a_split_split_plot_design() -> None:
    spec = line_spec()
    request = OptimalRequest("I", runs=24, whole_plots={"slurry": 5, "coating": 12})
    design = optimal_design(spec, request)
    assert design.options["whole_plots:slurry"] == "5"
    assert design.options["whole_plots:coating"] == "12"
    for stage, names, count in (("slurry", ["solid"], 5), ("coating", ["solid", "gap"], 12)):
        settings_of: dict[int, set[Any]] = {}
        for run in design.runs:
            own = tuple(run.settings[name] for name in names)
            settings_of.setdefault(run.point.whole_plots[stage], set()).add(own)
        assert sorted(settings_of) == list(range(1, count + 1))
        assert all(len(own) == 1 for own in settings_of.values())
    inside = {
        run.point.whole_plots["coating"]: run.point.whole_plots["slurry"] for run in design.runs
    }
    assert all(inside[run.point.whole_plots["coating"]] == run.point.whole_plots["slurry"]
               for run in design.runs)  # fmt: skip


@settings(max_examples=12, suppress_health_check=NO_HEALTH_CHECK)
@given(specs(), st.sampled_from(CRITERIA), st.sampled_from(["linear", "quadratic"]), st.data())
def test_every_run_is_feasible_and_whole_plots_are_whole(
    spec: Specification, criterion: Any, model: Any, data: st.DataObject
) -> None:
    request = OptimalRequest(criterion, model, starts=2)
    fixed: dict[str, Any] = {}
    factor = spec.factors[0]
    values = factor.values()
    if values is not None and data.draw(st.booleans()):
        fixed[factor.name] = data.draw(st.sampled_from(values))
    try:
        design = optimal_design(spec, request, fixed=fixed, seed=1)
    except InputError:  # the region is too small for the model
        return
    order = [stage.name for stage in spec.stages]
    for run in design.runs:
        assert not recipe_problems(spec, run.settings, "")
        assert fixed.items() <= run.settings.items()
    for one, other in itertools.combinations(design.runs, 2):
        for stage, plot in one.point.whole_plots.items():
            if plot == other.point.whole_plots[stage]:
                early = order[: order.index(stage) + 1]
                names = [f.name for f in spec.factors if f.stage in early]
                assert all(one.settings[name] == other.settings[name] for name in names)
    assert np.linalg.matrix_rank(
        ModelTerms.of(spec, model, fixed).matrix(
            {f.name: np.array([run.settings[f.name] for run in design.runs]) for f in spec.factors}
        )
    ) == len(ModelTerms.of(spec, model, fixed))
    assert optimal_design(spec, request, fixed=fixed, seed=1) == design


def test_what_is_done_is_told_and_can_be_stopped() -> None:
    shares: list[float] = []
    optimal_design(box(3), OptimalRequest(starts=4), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optimal_design(box(3), OptimalRequest(), progress=stop)


def refusal(spec: Specification, request: OptimalRequest, **more: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        optimal_design(spec, request, **more)
    return [str(problem) for problem in caught.value.problems]


def test_too_few_runs_or_whole_plots_are_refused_with_what_would_do() -> None:
    spec = line_spec()
    assert refusal(spec, OptimalRequest(runs=8)) == [
        "-n: fewer than the 10 terms of the quadratic model (found 8); allowed: at least 10."
        " Ask for more runs, or a smaller model: model=interaction has 7, model=linear has 4"
    ]
    request = OptimalRequest(
        runs=20, whole_plots={"slury": 4, "slurry": 2, "coating": 40, "cal": 0}
    )
    assert refusal(spec, request) == [
        "option whole_plots:slury: is no stage; allowed: slurry, coating, cal."
        " Did you mean 'slurry'?",
        "option whole_plots:slurry: cannot tell the terms of factors that change with its batches"
        " only (found 2); allowed: at least 3",
        "option whole_plots:coating: more than there are runs (found 40); allowed: at most 20",
        "option whole_plots:cal: fewer than of coating (found 0); allowed: at least 40",
    ]


def test_a_mixture_over_stages_gets_the_batches_that_its_blends_need() -> None:
    parts = [{"name": name, "low": 0, "high": 1, "step": 0.1} for name in "abc"]
    for part, stage in zip(parts, ("mix", "coat", "coat"), strict=True):
        part["stage"] = stage
    spec = make_spec(
        parts,
        stages=[("mix", 1.0), ("coat", 0.1)],
        mixture=[{"factors": ["a", "b", "c"], "total": 1}],
    )
    # of a alone: a, and as the shares sum to 1 the constant and a²
    (problem,) = refusal(spec, OptimalRequest(runs=10, whole_plots={"mix": 2}))
    assert problem.endswith("(found 2); allowed: at least 3")
    design = optimal_design(spec, OptimalRequest(runs=10, whole_plots={"mix": 3}))
    assert len({(run.settings["a"], run.point.whole_plots["mix"]) for run in design.runs}) == 3


def test_nothing_to_vary_is_refused() -> None:
    fixed = {"x0": 0.5, "x1": -1.0}
    assert refusal(box(2), OptimalRequest(), fixed=fixed) == [
        "--design: no factor is left to vary. Fix fewer factors with --fix"
    ]


def test_terms_that_no_feasible_recipe_tells_apart_are_named() -> None:
    spec = make_spec(
        [{"name": name, "low": 0, "high": 4, "step": 1} for name in ("x", "z")],
        constraint=[{"expression": "x - z <= 0.5"}, {"expression": "z - x <= 0.5"}],
    )
    (problem,) = refusal(spec, OptimalRequest())
    assert problem.startswith(
        "model: no feasible recipes can tell these terms of the quadratic model"
    )
    assert "x" in problem
    assert "z" in problem


def test_batches_are_not_used_for_longer_than_they_are_usable() -> None:
    spec = line_spec(stages=(("slurry", 3.0, 1.8), ("coating", 0.5), ("cal", 0.1)))
    design = optimal_design(spec, OptimalRequest(runs=24, starts=2))
    counts = [design.options[f"whole_plots:{stage}"] for stage in ("slurry", "coating")]
    assert counts == ["5", "10"]
    (problem,) = refusal(spec, OptimalRequest(runs=24, whole_plots={"slurry": 4}))
    assert "a batch would be in use for" in problem


@pytest.mark.parametrize("model", ["linear", "interaction", "quadratic"])
@pytest.mark.parametrize("made", [3, 9, 20])
def test_what_earlier_batches_do_not_tell_new_ones_do(model: Any, made: int) -> None:
    spec = line_spec()
    first = optimal_design(spec, OptimalRequest(model="linear", starts=2))
    alone = optimal_design(spec, OptimalRequest(model=model, starts=2))
    names = [factor.name for factor in spec.factors]
    runs = (first.runs * 3)[:made]
    columns = {name: np.array([run.settings[name] for run in runs]) for name in names}
    labels = {stage.name: np.array(["old"] * made) for stage in spec.stages}
    more = optimal_design(
        spec, OptimalRequest(model=model, starts=2, earlier=EarlierRuns(columns, labels))
    )
    old = ModelTerms.of(spec, model).matrix(columns)
    both = np.vstack([old, matrix_of(spec, more, model)])
    assert np.linalg.matrix_rank(both) == both.shape[1]
    assert len(more) <= len(alone) - np.linalg.matrix_rank(old)
    batches = {
        stage: [max(run.point.whole_plots[stage] for run in each.runs) for each in (more, alone)]
        for stage in alone.runs[0].point.whole_plots
        if stage in more.runs[0].point.whole_plots
    }
    assert all(own <= without for own, without in batches.values())

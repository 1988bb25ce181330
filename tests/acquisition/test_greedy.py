"""The greedy plan against dense linear algebra: gains, bits, batches, open runs, nestedness."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.conditioning import blocks
from designer.acquisition.conditioning.response import ResponseConditioning
from designer.acquisition.conditioning.surface import RowSurface, Surface
from designer.acquisition.conditioning.surfaces import make_surface
from designer.acquisition.functions.information import bits_of, left_of
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.plan.plan import make_plan
from designer.acquisition.selection.context import OpenRun, PlanningContext, Setup
from designer.acquisition.selection.greedy import StoppingRule, best
from designer.acquisition.selection.problem import PlanningProblem
from designer.campaigns.specification.specification import Specification
from designer.models.data.dataset import ResponseData
from designer.models.encoding import Space
from designer.models.fitting.fit import fit
from designer.models.posterior.averaging import average
from designer.models.posterior.posterior import ResponsePosterior
from tests.acquisition.cases import ExactPosterior, greedy, line_spec, make_spec, posteriors_of
from tests.laws import NO_HEALTH_CHECK

QUICK = settings(max_examples=25, suppress_health_check=NO_HEALTH_CHECK)


# ---- the oracle: one dense joint Gaussian ----


def left_after(
    posterior: ExactPosterior,
    X: np.ndarray,
    rows: list[int],
    labels: list[list[str]],
    references: np.ndarray,
    weights: np.ndarray,
) -> float:
    """Σ_r W_r v(r | runs) for runs at ``X[rows]`` with batch labels ``[k, S]``."""
    refs = X[references]
    prior = posterior.variance(refs)
    if not len(rows):
        return float(weights @ prior)
    at = X[list(rows)]
    S = posterior.covariance(at, at) + np.diag(posterior.noise(at))
    for stage, variance in enumerate(posterior.batch_variance):
        own = np.array([label[stage] for label in labels])
        S += variance * (own[:, None] == own[None, :])
    C = posterior.covariance(refs, at)
    return float(weights @ (prior - np.einsum("ij,ji->i", C, np.linalg.solve(S, C.T))))


def problem_of(
    spec: Specification,
    seed: int = 0,
    context: PlanningContext | None = None,
    batch: np.ndarray | None = None,
    n: int | None = None,
) -> tuple[PlanningProblem, dict[str, ExactPosterior]]:
    space, posteriors = posteriors_of(spec, seed, batch=batch)
    candidates = make_candidates(spec)
    return PlanningProblem(
        spec, space, posteriors, candidates, context or PlanningContext()
    ), posteriors


def dense_total(
    problem: PlanningProblem,
    posteriors: dict[str, ExactPosterior],
    reference: ReferencePoints,
    rows: list[int],
    labels: list[list[str]],
) -> float:
    return sum(
        left_after(p, problem.X, rows, labels, reference.rows, reference.weights[name])
        for name, p in posteriors.items()
    )


def open_labels(problem: PlanningProblem) -> list[list[str]]:
    """Batch labels of the open runs, written down by hand from their ids."""
    labels = []
    for k, run in enumerate(problem.context.pending):
        stages = problem.tree.stages
        labels.append([run.batch.get(s, f"own-{k}-{s}") for s in stages])
    return labels


def would_be_labels(problem: PlanningProblem, row: int, taken: dict[str, str]) -> list[str]:
    """The batch labels candidate ``row`` would have as the next run, by comparing settings."""
    spec, candidates = problem.spec, problem.candidates
    mine = candidates.recipe(row)
    label, parent = [], "line"
    for stage in problem.tree.stages:
        names = [f.name for f in spec.stage_factors(stage)]
        parent = f"{parent}/{[mine[n] for n in names]}"
        label.append(taken.get(parent, f"new {parent}"))
    return label


def existing_labels(context: PlanningContext, spec: Specification) -> dict[str, str]:
    """Path of settings → id, of what is set up and of open runs (set up first)."""
    taken: dict[str, str] = {}
    known = [(context.setup.settings, context.setup.batch)] if context.setup else []
    known += [(run.settings, run.batch) for run in context.pending]
    for chosen, batch in known:
        parent = "line"
        for stage in spec.stages:
            if stage.name not in batch:
                break
            names = [f.name for f in spec.stage_factors(stage.name)]
            parent = f"{parent}/{[chosen[n] for n in names]}"
            taken.setdefault(parent, batch[stage.name])
    return taken


SITUATIONS = {
    "nothing around": PlanningContext(),
    "set up": PlanningContext(
        setup=Setup({"solid": 52.0, "gap": 100.0, "pressure": 30.0},
                    {"slurry": "slurry-03", "coating": "coating-07"})),
    "open runs": PlanningContext(
        setup=Setup({"solid": 54.0, "gap": 80.0, "pressure": 30.0}, {"slurry": "slurry-03"}),
        pending=(
            OpenRun("R007", {"solid": 54.0, "gap": 80.0, "pressure": 50.0},
                    {"slurry": "slurry-03", "coating": "coating-09"}),
            OpenRun("R008", {"solid": 54.0, "gap": 80.0, "pressure": 20.0},
                    {"slurry": "slurry-03", "coating": "coating-09", "cal": "cal-09"}),
            OpenRun("R009", {"solid": 53.1, "gap": 115.0, "pressure": 33.0}, {}),
        )),
}  # fmt: skip


@pytest.mark.parametrize("around", SITUATIONS)
@pytest.mark.parametrize("goal", ["learn", "window"])
def test_every_gain_is_the_fall_of_the_goal_after_dense_conditioning(
    goal: str, around: str
) -> None:
    """Before each of four picks, for every candidate (a third of them with shared batches)."""
    spec = line_spec()
    problem, posteriors = problem_of(spec, context=SITUATIONS[around])
    reference = problem.reference_points(goal, np.random.default_rng(0))
    n, tree = len(problem.candidates), problem.tree
    rows = [n + k for k in range(len(problem.context.pending))]
    labels = open_labels(problem)
    taken = existing_labels(problem.context, spec)
    for conditioning in problem.conditionings:
        conditioning.set_references(reference.rows, reference.weights[conditioning.name])
    for _ in range(4):
        before = dense_total(problem, posteriors, reference, rows, labels)
        assert left_of(problem.conditionings) == pytest.approx(before, rel=1e-9)
        all_gains = [conditioning.gains(tree) for conditioning in problem.conditionings]
        gains = np.sum(all_gains, axis=0)[:n]
        for row in range(0, n, 3):
            label = would_be_labels(problem, row, taken)
            after = dense_total(problem, posteriors, reference, [*rows, row], [*labels, label])
            assert gains[row] == pytest.approx(before - after, rel=1e-6, abs=1e-9)
        row = best(gains, np.ones(n, dtype=bool))
        label = would_be_labels(problem, row, taken)
        chain, _ = tree.add_run(row)
        drop = sum(
            conditioning.condition(row, chain, tree) for conditioning in problem.conditionings
        )
        assert drop == pytest.approx(gains[row], rel=1e-9)
        rows, labels = [*rows, row], [*labels, label]
        parent = "line"
        for stage, own in zip(spec.stages, label, strict=True):
            names = [f.name for f in spec.stage_factors(stage.name)]
            mine = problem.candidates.recipe(row)
            parent = f"{parent}/{[mine[k] for k in names]}"
            taken.setdefault(parent, own)


@pytest.mark.parametrize("around", SITUATIONS)
def test_bits_add_up_to_the_information_of_the_plan(around: str) -> None:
    spec = line_spec()
    problem, posteriors = problem_of(spec, 1, SITUATIONS[around])
    reference = problem.reference_points("window", np.random.default_rng(0))
    rows = [len(problem.candidates) + k for k in range(len(problem.context.pending))]
    labels = open_labels(problem)
    allowed = problem.allowed()
    picks = greedy(problem.conditionings, reference, problem.tree, allowed, StoppingRule(7))
    before = dense_total(problem, posteriors, reference, rows, labels)
    after = dense_total(
        problem, posteriors, reference, [*rows, *(p.row for p in picks)],
        [*labels, *(numbered(problem, p.chain) for p in picks)],
    )  # fmt: skip
    assert sum(p.bits for p in picks) == pytest.approx(bits(before, after), rel=1e-9)
    assert all(sum(p.shares.values()) == pytest.approx(1.0) for p in picks)
    assert all(p.bits >= 0 for p in picks)


def numbered(problem: PlanningProblem, chain: tuple[int, ...]) -> list[str]:
    """Batches of a chain as labels: their ids where they have one."""
    return [problem.tree.batches[b].label or f"batch-{b}" for b in chain]


@QUICK
@given(st.integers(0, 1000), st.integers(1, 6), st.booleans())
def test_the_first_k_by_rank_are_the_plan_of_k(seed: int, k: int, with_stages: bool) -> None:
    spec = line_spec()
    if not with_stages:
        spec = make_spec(
            [{"name": "a", "low": 0, "high": 9, "step": 1}, {"name": "b", "categories": ["p", "q"]}]
        )
    space, posteriors = posteriors_of(spec, seed)
    long = make_plan(spec, space, posteriors, runs=6, seed=seed)
    short = make_plan(spec, space, posteriors, runs=k, seed=seed)
    by_rank = sorted(long.runs, key=lambda run: run.rank)[:k]
    expected = [(r.rank, r.settings, r.bits) for r in by_rank]
    assert [(r.rank, r.settings, r.bits) for r in sorted(short.runs, key=lambda r: r.rank)] == (
        expected
    )
    assert long.nested
    assert long.bits == pytest.approx(sum(run.bits or 0.0 for run in long.runs))


@QUICK
@given(st.integers(0, 10_000))
def test_more_runs_never_teach_less(seed: int) -> None:
    """T(A ∪ B) ≤ T(A) for random sets of runs."""
    rng = np.random.default_rng(seed)
    spec = line_spec()
    problem, _ = problem_of(spec, seed)
    reference = problem.reference_points("window", np.random.default_rng(0))
    for conditioning in problem.conditionings:
        conditioning.set_references(reference.rows, reference.weights[conditioning.name])
    last = left_of(problem.conditionings)
    for row in rng.integers(len(problem.candidates), size=6):
        chain, _ = problem.tree.add_run(int(row))
        drops = [
            conditioning.condition(int(row), chain, problem.tree)
            for conditioning in problem.conditionings
        ]
        now = left_of(problem.conditionings)
        assert min(drops) >= 0
        assert now <= last + 1e-12
        assert last - now == pytest.approx(sum(drops), rel=1e-6, abs=1e-12)
        last = now


def test_a_replicate_is_proposed_when_it_is_worth_more() -> None:
    """Three distant recipes, loud noise: after each was made once, the next is a repetition."""
    spec = make_spec([{"name": "a", "levels": [0, 5, 10]}])
    space, posteriors = posteriors_of(spec, rows=0)
    posteriors["y"].noise_variance = 2.0
    posteriors["y"].lengthscale = 0.1
    plan = make_plan(spec, space, posteriors, runs=6)
    made = [run.settings["a"] for run in sorted(plan.runs, key=lambda run: run.rank)]
    assert sorted(made[:3]) == [0, 5, 10]
    assert sorted(made[3:]) == [0, 5, 10]
    repeated = [run.reason for run in plan.runs if run.rank > 3]
    assert all("Repeat of the run of rank" in reason for reason in repeated)


def test_repeating_a_recipe_in_its_slurry_teaches_less_than_in_a_new_one() -> None:
    spec = line_spec()
    settings_ = {"solid": 54.0, "gap": 100.0, "pressure": 50.0}
    gains = []
    for batch in ({"slurry": "slurry-02", "coating": "coating-02"}, {}):
        around = PlanningContext(pending=(OpenRun("R001", settings_, batch),))
        problem, _ = problem_of(spec, 4, around, batch=np.array([0.5, 0.1, 0.0]))
        reference = problem.reference_points("learn", np.random.default_rng(0))
        for conditioning in problem.conditionings:
            conditioning.set_references(reference.rows, reference.weights[conditioning.name])
        row = int(np.flatnonzero(problem.candidates.matching(settings_))[0])
        gains.append(
            sum(conditioning.gains(problem.tree)[row] for conditioning in problem.conditionings)
        )
    assert gains[0] < 0.9 * gains[1]


def test_equal_gains_go_to_the_first() -> None:
    gains = np.array([0.0, 1.0, 1.0 + 1e-9, 0.5])
    assert best(gains, np.ones(4, dtype=bool)) == 1
    assert best(gains, np.array([True, False, False, True])) == 3
    assert best(np.zeros(3), np.array([False, True, True])) == 1


def bits(before: float, after: float) -> float:
    return float(bits_of(np.array([before - after]), before, before)[0])


def test_nothing_left_to_learn_gives_zero_bits() -> None:
    assert bits(0.0, 0.0) == 0.0
    assert bits(4.0, 1.0) == pytest.approx(1.0)
    assert np.isfinite(bits_of(np.array([1.0]), 1.0, 1.0)).all()  # even when all is explained


# ---- the package's own Gaussian process ----


def fitted(seed: int = 0, shared: bool = True) -> tuple[Specification, Space, ResponsePosterior]:
    """A fitted response with slurries of several rows on the target line."""
    rng = np.random.default_rng(seed)
    spec = line_spec()
    space = Space.from_specification(spec)
    line = np.repeat([1, 2, 0], [12, 12, 14])
    X = rng.random((38, 3))
    batch = np.full((38, 3), -1)
    if shared:
        batch[24:, 0] = np.arange(14) // 4
    effect = np.where(batch[:, 0] >= 0, rng.normal(0, 0.3, 38)[batch[:, 0]], 0.0)
    y = np.sin(3 * X[:, 0]) + X[:, 1] * X[:, 2] + effect + 0.05 * rng.standard_normal(38)
    data = ResponseData("loading", False, None, X, y, line, batch)
    return spec, space, fit(data, space.groups, 2)


@pytest.mark.parametrize(
    ("dtype", "rtol", "atol"), [(np.float64, 1e-8, 1e-10), (np.float32, 1e-3, 1e-4)]
)
def test_a_kept_surface_is_the_posterior(
    dtype: type[np.floating[Any]], rtol: float, atol: float
) -> None:
    _, _, posterior = fitted()
    X = np.random.default_rng(1).random((700, 3))
    surface = make_surface(posterior, X, dtype)
    assert isinstance(surface, RowSurface)
    asked, every = Surface(posterior, X), np.arange(700)
    some = np.array([3, 600, 41])
    for own, other in zip(surface.moments(every), asked.moments(every), strict=True):
        assert np.allclose(own, other, rtol=rtol, atol=atol)
    everywhere, few = surface.at(every), surface.at(some)
    assert np.allclose(everywhere.noise, posterior.noise(X), rtol=1e-3)
    expected = posterior.covariance(X, X[some])
    assert np.allclose(surface.covariance(everywhere, few), expected, rtol=rtol, atol=atol)


def test_averaged_hyperparameters_plan_with_the_most_probable_ones() -> None:
    """Ranking takes the mode (one model, not 32); predictions take the average."""
    spec, space, posterior = fitted()
    averaged = average(posterior)
    X = make_candidates(spec).encode(space)
    every = np.arange(len(X))
    mode, planned_with = (make_surface(p, X).moments(every)[1] for p in (posterior, averaged))
    assert np.array_equal(mode, planned_with)
    plans = [make_plan(spec, space, {"loading": p}, runs=3) for p in (posterior, averaged)]
    assert [r.settings for r in plans[0].runs] == [r.settings for r in plans[1].runs]
    for run in plans[1].runs:
        x = space.encode_recipes([run.settings])
        sd = np.sqrt(averaged.variance(x)[0])
        assert run.predicted["loading"]["sd"] == pytest.approx(averaged.scaling.spread * sd)


@pytest.mark.parametrize("log_scale", [True, False])
def test_noise_follows_the_predicted_mean(log_scale: bool) -> None:
    rng = np.random.default_rng(2)
    space = Space.from_specification(line_spec())
    X = rng.random((20, 3))
    y = np.exp(1 + 2 * X[:, 0] + 0.05 * rng.standard_normal(20))
    data = ResponseData("y", log_scale, 0.3, X, y, np.zeros(20, dtype=int))
    posterior = fit(data, space.groups, 0)
    points = rng.random((3000, 3))
    few = make_surface(posterior, points).at(np.arange(3000))
    assert np.allclose(few.noise, posterior.noise(points), rtol=1e-6)


def test_known_batch_effects_are_what_conditioning_says() -> None:
    """A run in slurry 1 (rows measured) and one in a new slurry: dense variances elsewhere."""
    spec, space, posterior = fitted()
    candidates = make_candidates(spec)
    X = candidates.encode(space)
    assert posterior.batch_variance[0] > 0.01
    weights = np.full(len(X), 1.0 / len(X))
    everything = np.arange(len(X))
    own = candidates.recipe(37)
    context = PlanningContext(
        setup=Setup(own, {"slurry": "slurry-01"}), codes={("slurry", "slurry-01"): 1}
    )
    problem = PlanningProblem(spec, space, {"loading": posterior}, candidates, context)
    conditioning = ResponseConditioning("loading", posterior, X, np.float64)
    conditioning.set_effects({0: (0, 1)})
    conditioning.set_references(everything, weights)
    tree = problem.tree
    codes: list[list[int]] = []
    picked: list[int] = []
    numbers: dict[tuple[float | str, ...], int] = {("slurry", own["solid"]): 1}

    def code_of(row: int) -> list[int]:
        """Batch codes by path of settings; the slurry set up has code 1, all others are new."""
        recipe = candidates.recipe(row)
        solid, gap, pressure = recipe["solid"], recipe["gap"], recipe["pressure"]
        paths = (("slurry", solid), ("coating", solid, gap), ("cal", solid, gap, pressure))
        return [numbers.setdefault(path, 100 + len(numbers)) for path in paths]

    for step in range(4):
        gains = conditioning.gains(tree)
        before = posterior.condition(X[picked], np.array(codes)) if picked else posterior
        for row in range(step, len(X), 11):
            after = posterior.condition(X[[*picked, row]], np.array([*codes, code_of(row)]))
            fall = weights @ (before.variance(X) - after.variance(X))
            assert gains[row] == pytest.approx(fall, rel=1e-5, abs=1e-10)
        row = [40, 3, 44, 90][step]
        chain, _ = tree.add_run(row)
        conditioning.condition(row, chain, tree)
        picked.append(row)
        codes.append(code_of(row))


def test_more_of_the_slurry_on_the_line_teaches_less_than_it_seems() -> None:
    """Ignoring that its effect is partly known overrates going on with it."""
    spec, space, posterior = fitted()
    candidates = make_candidates(spec)
    setup = Setup(candidates.recipe(37), {"slurry": "slurry-01"})
    gains = []
    for codes in ({}, {("slurry", "slurry-01"): 1}):
        context = PlanningContext(setup=setup, codes=codes)
        problem = PlanningProblem(spec, space, {"loading": posterior}, candidates, context)
        reference = problem.reference_points("learn", np.random.default_rng(0))
        conditioning = problem.conditionings[0]
        conditioning.set_references(reference.rows, reference.weights["loading"])
        same = candidates.columns["solid"] == setup.settings["solid"]
        gains.append(conditioning.gains(problem.tree)[same].sum())
    assert gains[1] != pytest.approx(gains[0], rel=0.02)


def test_float32_chooses_as_well_as_float64() -> None:
    """The plan chosen in float32 is worth as much, weighed in float64 (rtol 1e-4)."""
    spec, space, posterior = fitted(3)
    values = []
    for dtype in (np.float64, np.float32):
        problem = PlanningProblem(
            spec, space, {"loading": posterior}, make_candidates(spec), PlanningContext()
        )
        reference = problem.reference_points("learn", np.random.default_rng(0))
        problem.conditionings = [ResponseConditioning("loading", posterior, problem.X, dtype)]
        picks = greedy(
            problem.conditionings, reference, problem.tree, problem.allowed(), StoppingRule(6)
        )
        values.append(sum(pick.bits for pick in picks))
    assert values[1] == pytest.approx(values[0], rel=1e-4)


def test_covariances_that_are_not_kept_are_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they would fill the memory: the same gains, run after run."""
    spec, space, posterior = fitted(2)
    found = []
    for most, part in ((blocks._KEPT, blocks._PART), (0, 100)):  # 96 points and 120 recipes
        monkeypatch.setattr(blocks, "_KEPT", most)
        monkeypatch.setattr(blocks, "_PART", part)
        problem = PlanningProblem(
            spec, space, {"loading": posterior}, make_candidates(spec), PlanningContext()
        )
        reference = problem.reference_points("learn", np.random.default_rng(0))
        conditioning = problem.conditionings[0]
        conditioning.set_references(reference.rows, reference.weights["loading"])
        gains = []
        for row in (5, 60, 61):
            gains.append(conditioning.gains(problem.tree))
            chain, _ = problem.tree.add_run(row)
            conditioning.condition(row, chain, problem.tree)
        found.append(gains)
    assert np.allclose(found[0], found[1], rtol=1e-9)


def test_gains_of_some_points_are_those_of_all() -> None:
    """Points asked about later, in parts, or after several runs: the same numbers."""
    spec, space, posterior = fitted(4)
    n = len(make_candidates(spec))
    every, late = np.arange(n), np.arange(40, 90)
    found = []
    for asked in ([every] * 4, [late[:7], late[3:], None, every]):
        problem = PlanningProblem(
            spec, space, {"loading": posterior}, make_candidates(spec), PlanningContext()
        )
        reference = problem.reference_points("learn", np.random.default_rng(0))
        conditioning = problem.conditionings[0]
        conditioning.set_references(reference.rows, reference.weights["loading"])
        for row, rows in zip((5, 60, 61), asked, strict=False):
            if rows is not None:
                conditioning.gains(problem.tree, rows)
            chain, _ = problem.tree.add_run(row)
            conditioning.condition(row, chain, problem.tree)
        found.append(conditioning.gains(problem.tree, asked[-1]))
    assert np.allclose(found[0], found[1], rtol=1e-9)

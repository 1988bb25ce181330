"""Windows, border weights and goals: closed forms against Monte Carlo and dense algebra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from designer.acquisition.functions.probability_in_spec import (
    border_weights,
    log_inside,
    probability,
)
from designer.acquisition.functions.reference_points import (
    REFERENCES,
    Beliefs,
    ReferencePoints,
    make_reference_points,
)

INF = np.inf


@pytest.mark.parametrize(
    ("mean", "sd", "limits", "samples", "rtol", "atol"),
    [
        (0.0, 1.0, (-1.0, 1.0), 400_000, 0.01, 0.0),
        (2.0, 0.5, (-INF, 1.0), 400_000, 0.03, 0.0),
        (-1.0, 2.0, (0.5, INF), 400_000, 0.01, 0.0),
        (0.3, 0.1, (0.0, 0.6), 400_000, 0.001, 0.0),
        (5.0, 1.0, (-1.0, 1.0), 400_000, 0.0, 1e-4),
    ],
)
def test_probability_is_the_share_of_samples_inside(
    mean: float, sd: float, limits: tuple[float, float], samples: int, rtol: float, atol: float
) -> None:
    y = mean + sd * np.random.default_rng(0).standard_normal(samples)
    share = np.mean((y >= limits[0]) & (y <= limits[1]))
    exact = np.exp(log_inside(np.array([mean]), np.array([sd**2]), limits))[0]
    assert exact == pytest.approx(share, rel=rtol, abs=max(atol, 1e-12))


def test_logarithms_stay_right_far_out_in_both_tails() -> None:
    # −log p of a window 40 sd away: asymptotically x²/2 + log(x √2π) (Abramowitz & Stegun 26.2.12)
    for limits in ((40.0, INF), (-INF, -40.0), (40.0, 41.0), (-41.0, -40.0)):
        value = log_inside(np.zeros(1), np.ones(1), limits)[0]
        assert value == pytest.approx(-800 - np.log(40 * np.sqrt(2 * np.pi)), rel=1e-5)
    tiny = log_inside(np.zeros(1), np.ones(1), (-9.0, INF))[0]  # log(1 − q) ≈ −q
    assert tiny == pytest.approx(-ndtr(-9.0), rel=1e-9)


def entropy(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-300, 1 - 1e-16)
    return np.asarray(-p * np.log(p) - (1 - p) * np.log1p(-p))


@pytest.mark.parametrize(
    ("means", "variances", "limits", "response", "step", "rtol"),
    [
        ((0.2,), (1.0,), ((-1.0, 1.0),), 0, 1e-4, 2e-3),
        ((1.4, 0.0), (0.7, 0.3), ((-INF, 1.0), (-0.5, 0.6)), 0, 1e-4, 2e-3),
        ((1.4, 0.4), (0.7, 0.3), ((-INF, 1.0), (-0.5, 0.6)), 1, 1e-4, 2e-3),
        ((-2.0, 0.5), (0.5, 2.0), ((-1.5, -0.5), (0.0, INF)), 1, 1e-4, 2e-3),
    ],
)
def test_border_weight_is_the_slope_of_expected_entropy(
    means: tuple[float, ...],
    variances: tuple[float, ...],
    limits: tuple[tuple[float, float], ...],
    response: int,
    step: float,
    rtol: float,
) -> None:
    """E[H(p)] after learning dv about one response: Gauss-Hermite instead of the closed form."""
    names = [str(k) for k in range(len(means))]
    pack = {n: np.array([m]) for n, m in zip(names, means, strict=True)}
    spread = {n: np.array([v]) for n, v in zip(names, variances, strict=True)}
    window = dict(zip(names, limits, strict=True))
    omega = border_weights(pack, spread, window)[names[response]][0]
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    moved = [np.full(41, m) for m in means]
    moved[response] = means[response] + np.sqrt(step) * nodes
    left = [np.full(41, v) for v in variances]
    left[response] = np.full(41, variances[response] - step)
    after = weights @ entropy(probability(moved, left, limits))
    before = entropy(
        probability([np.array([m]) for m in means], [np.array([v]) for v in variances], limits)
    )[0]
    assert omega == pytest.approx((before - after) / step, rel=rtol)


@given(
    st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=3),
    st.floats(1e-12, 1e6),
    st.floats(-50, 50),
    st.floats(1e-6, 1e3),
    st.booleans(),
)
def test_border_weights_are_finite_and_not_negative(
    means: list[float], variance: float, low: float, width: float, one_sided: bool
) -> None:
    names = [str(k) for k in range(len(means))]
    limits = dict.fromkeys(names, (low, INF if one_sided else low + width))
    omega = border_weights(
        {n: np.array([m]) for n, m in zip(names, means, strict=True)},
        {n: np.array([variance]) for n in names},
        limits,
    )
    assert all(np.isfinite(w).all() and (w >= 0).all() for w in omega.values())


# ---- goals ----


def beliefs(
    n: int = 400,
    windows: tuple[str, ...] = ("a", "b"),
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0),
    far: bool = False,
) -> Beliefs:
    rng = np.random.default_rng(3)
    names = ("a", "b", "c")
    return Beliefs(
        means={k: rng.normal(size=n) + (1e4 if far else 0) for k in names},
        variances={k: rng.uniform(0.1, 2.0, n) for k in names},
        limits=dict.fromkeys(windows, (-0.5, 0.5)),
        weights=dict(zip(names, weights, strict=True)),
        order=np.arange(n),
    )


def total(reference: ReferencePoints, believed: Beliefs) -> float:
    return float(
        sum(w @ believed.variances[k][reference.rows] for k, w in reference.weights.items())
    )


def share(reference: ReferencePoints, believed: Beliefs, name: str) -> float:
    own = reference.weights[name] @ believed.variances[name][reference.rows]
    return float(own / total(reference, believed))


@pytest.mark.parametrize("goal", ["learn", "window"])
@pytest.mark.parametrize("n", [60, 400])
def test_every_goal_starts_at_one(goal: str, n: int) -> None:
    believed = beliefs(n)
    reference = make_reference_points(goal, believed, np.random.default_rng(0))
    assert total(reference, believed) == pytest.approx(1.0)
    assert reference.name == goal
    assert not reference.notes


def test_learn_weighs_responses_by_their_own_variance_and_the_weight_asked_for() -> None:
    believed = beliefs(weights=(1.0, 3.0, 0.0))
    reference = make_reference_points("learn", believed, np.random.default_rng(0))
    assert len(reference.rows) == REFERENCES
    assert share(reference, believed, "a") == pytest.approx(0.25)
    assert share(reference, believed, "b") == pytest.approx(0.75)
    assert not reference.weights["c"].any()


def test_window_is_half_everywhere_and_half_at_the_border() -> None:
    believed = beliefs()
    reference = make_reference_points("window", believed, np.random.default_rng(0))
    assert len(reference.rows) == 2 * REFERENCES
    border = slice(REFERENCES, None)
    whitened = sum(
        reference.weights[k][border] @ believed.variances[k][reference.rows[border]] for k in "ab"
    )
    assert whitened == pytest.approx(0.5)
    assert not reference.weights["c"][border].any()  # no window: only in the other half
    omega = border_weights(believed.means, believed.variances, believed.limits)
    density = np.sum([omega[k] * believed.variances[k] for k in "ab"], axis=0)
    drawn = density[reference.rows[border]]
    assert drawn.mean() > 1.2 * density.mean()  # drawn where the border is uncertain
    rows = reference.rows[border]
    assert np.allclose(
        reference.weights["a"][border], 0.5 / REFERENCES * omega["a"][rows] / density[rows]
    )


def test_few_candidates_are_summed_exactly() -> None:
    believed = beliefs(n=50)
    reference = make_reference_points("window", believed, np.random.default_rng(0))
    omega = border_weights(believed.means, believed.variances, believed.limits)
    density = np.sum([omega[k] * believed.variances[k] for k in "ab"], axis=0)
    border = reference.weights["a"][50:]
    rows = reference.rows[50:]
    assert np.allclose(border, 0.5 * omega["a"][rows] / density.sum())


@pytest.mark.parametrize(("windows", "far"), [((), False), (("a",), True)])
def test_without_a_border_the_plan_learns_and_says_so(windows: tuple[str, ...], far: bool) -> None:
    reference = make_reference_points(
        "window", beliefs(windows=windows, far=far), np.random.default_rng(0)
    )
    assert reference.name == "learn"
    assert len(reference.notes) == 1
    assert "learns all responses everywhere" in reference.notes[0]


def test_windows_of_weight_zero_still_make_a_border() -> None:
    believed = beliefs(weights=(0.0, 0.0, 1.0))
    reference = make_reference_points("window", believed, np.random.default_rng(0))
    assert reference.name == "window"
    assert total(reference, believed) == pytest.approx(1.0)

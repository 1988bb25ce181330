"""The BoTorch model: the numpy posterior again, conditioned, differentiated, optimised over."""

import dataclasses
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from designer.campaigns.space.grids import SettingScale
from designer.models.data.dataset import ResponseData
from designer.models.encoding import InputAxis, Space
from designer.models.fitting.fit import fit
from designer.models.gp.hyperparameters import make_layout
from designer.models.gp.process_features import Compaction, Loading
from designer.models.gp.upstream import Upstream
from designer.models.posterior.averaging import average as averaged
from designer.models.posterior.posterior import ResponsePosterior

with warnings.catch_warnings():  # torch.jit.script is deprecated, gpytorch's dependency uses it
    warnings.simplefilter("ignore", DeprecationWarning)
    import torch
    from botorch.acquisition.active_learning import qNegIntegratedPosteriorVariance
    from botorch.acquisition.analytic import UpperConfidenceBound
    from botorch.acquisition.logei import qLogNoisyExpectedImprovement
    from botorch.acquisition.objective import ScalarizedPosteriorTransform
    from botorch.models import SingleTaskGP
    from botorch.optim.optimize import optimize_acqf
    from botorch.sampling.normal import SobolQMCNormalSampler
    from gpytorch.kernels import MaternKernel, ScaleKernel

    from designer.models.botorch_adapter.model import to_botorch

LOADING = Loading(1, SettingScale(50.0, 250.0), 0, SettingScale(0.5, 0.7))
SPACE = Space((InputAxis("a"), InputAxis("b"), InputAxis("c", categories=("x", "y", "z"))))
NUMERIC = Space((InputAxis("a"), InputAxis("b")))


def botorch_model(posteriors: Sequence[ResponsePosterior], space: Space) -> Any:
    """BoTorch says of `posterior` only that it is some posterior: its figures are checked here."""
    return to_botorch(posteriors, space)


def make(
    runs: int,
    lines: int,
    *,
    log: bool = False,
    noise_sd: float | None = None,
    stages: int = 0,
    space: Space = SPACE,
    seed: int = 0,
) -> ResponseData:
    rng = np.random.default_rng(seed)
    line = np.concatenate([np.repeat(np.arange(1, lines + 1), 15), np.zeros(runs, int)])
    u = rng.random((len(line), 2))
    code = rng.integers(0, 3, len(line))
    X = space.encode({"a": u[:, 0], "b": u[:, 1], "c": code})
    y = 2 + np.sin(4 * u[:, 0]) + u[:, 1] + 0.3 * code * (len(space.axes) > 2) + 0.1 * line
    y += 0.05 * rng.standard_normal(len(y))
    batch = np.full((len(y), stages), -1)
    batch[line == 0] = (np.arange(runs) // 4)[:, None]
    return ResponseData("y", log, noise_sd, X, np.exp(y) if log else y, line, batch)


def fitted(runs: int, lines: int, **options: Any) -> ResponsePosterior:
    space = options.get("space", SPACE)
    return fit(make(runs, lines, **options), space.groups, lines)


def fitted_untried(runs: int, lines: int) -> Any:
    """No line varied the second input."""
    data = make(runs, lines)
    X = data.X.copy()
    X[data.line > 0, 1] = 0.5
    return fit(dataclasses.replace(data, X=X), SPACE.groups, lines)


def fitted_after_loading(runs: int, lines: int, *, average: bool) -> Any:
    """A response with compaction, downstream of a loading that has slopes of its own."""
    data = make(runs, lines)
    mass = np.exp(1 + 0.8 * data.X[:, 1] + 0.2 * data.X[:, 0] + 0.1 * data.line)
    loading = dataclasses.replace(data, name="loading", log_scale=True, y=mass)
    upstream = Upstream(fit(loading, SPACE.groups, lines), column=1)
    y = data.y + np.exp(-data.X[:, 0] * 3 / (1 + data.X[:, 1]))
    compaction = Compaction(column=0, load=SettingScale(0.1, 1.0), amplitude=1.5)
    posterior = fit(
        dataclasses.replace(data, y=y), SPACE.groups, lines, upstream=upstream, feature=compaction
    )
    return averaged(posterior) if average else posterior


AVERAGED = {
    "history": lambda: averaged(fitted(8, 2)),
    "few runs without history": lambda: averaged(fitted(5, 0)),
    "no run": lambda: averaged(fitted(0, 2)),
    "an input no line varied": lambda: averaged(fitted_untried(8, 2)),
    "log scale": lambda: averaged(fitted(8, 2, log=True)),
    "upstream and compaction": lambda: fitted_after_loading(8, 2, average=True),
    "loading without history": lambda: averaged(
        fit(
            make(6, 0, log=True),
            SPACE.groups,
            0,
            feature=Loading(1, SettingScale(50.0, 250.0), 0, SettingScale(0.5, 0.7)),
        )
    ),
}
POSTERIORS = {
    "history": lambda: fitted(8, 2),
    "no history": lambda: fitted(8, 0),
    "no run": lambda: fitted(0, 2),
    "log scale": lambda: fitted(8, 2, log=True),
    "log scale, known noise, batches": lambda: fitted(8, 2, log=True, noise_sd=0.5, stages=1),
    "upstream and compaction": lambda: fitted_after_loading(8, 2, average=False),
    "pending": lambda: fitted(8, 2).condition(make(3, 0, seed=5).X),
}
each = pytest.mark.parametrize("build", POSTERIORS.values(), ids=POSTERIORS)


def inputs(*shape: int, seed: int = 1) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.random((*shape, 2)), rng.integers(0, 3, (*shape, 1))], axis=-1)
    return torch.tensor(X)


def encoded(X: torch.Tensor) -> np.ndarray:
    flat = X.reshape(-1, 3).numpy()
    return SPACE.encode({"a": flat[:, 0], "b": flat[:, 1], "c": flat[:, 2]})


@each
def test_mean_and_sd_are_those_of_the_numpy_posterior(build: Callable[..., Any]) -> None:
    posterior = build()
    model = botorch_model([posterior], SPACE)
    X = inputs(4, 3, 5)
    found, flat = model.posterior(X), encoded(X)
    mean, variance = posterior.mean(flat), posterior.variance(flat)
    point, sd = posterior.to_raw(mean, variance)
    np.testing.assert_allclose(found.mean.reshape(-1).numpy(), point, rtol=1e-8)
    np.testing.assert_allclose(found.variance.sqrt().reshape(-1).numpy(), sd, rtol=1e-4)
    result = variance + posterior.noise(flat) + posterior.batch_variance.sum()
    noisy = model.posterior(X, observation_noise=True).variance.sqrt().reshape(-1).numpy()
    np.testing.assert_allclose(noisy, posterior.to_raw(mean, result)[1], rtol=1e-4)


@pytest.mark.parametrize("build", AVERAGED.values(), ids=AVERAGED)
def test_averaged_posteriors_are_mixtures_with_the_numpy_moments(build: Callable[..., Any]) -> None:
    posterior = build()
    model = botorch_model([posterior], SPACE)
    X = inputs(2, 6)
    found, flat = model.posterior(X), encoded(X)
    point, sd = posterior.to_raw(posterior.mean(flat), posterior.variance(flat))
    np.testing.assert_allclose(found.mean.reshape(-1).numpy(), point, rtol=1e-8)
    np.testing.assert_allclose(found.variance.sqrt().reshape(-1).numpy(), sd, rtol=1e-4)
    y = model.posterior(X).rsample(torch.Size([3]))
    after = model.condition_on_observations(X, y)
    assert after.batch_shape == torch.Size([3, 2])
    assert (after.posterior(X).variance < found.variance).double().mean() > 0.9
    X.requires_grad_(True)
    model.posterior(X).variance.sum().backward()
    assert X.grad is not None
    assert torch.isfinite(X.grad).all()


def test_joint_covariances_are_those_of_the_numpy_posterior() -> None:
    X = inputs(6)
    posterior = fitted(8, 2)
    covariance = botorch_model([posterior], SPACE).posterior(X).distribution.covariance_matrix
    expected = posterior.covariance(encoded(X), encoded(X)) * posterior.scaling.spread**2
    np.testing.assert_allclose(covariance.numpy(), expected, atol=1e-6)
    posterior = fitted(8, 2, log=True)
    covariance = botorch_model([posterior], SPACE).posterior(X).distribution.covariance_matrix
    c = posterior.covariance(encoded(X), encoded(X)) * posterior.scaling.spread**2
    rng = np.random.default_rng(0)
    m = posterior.scaling.center + posterior.scaling.spread * posterior.mean(encoded(X))
    draws = np.exp(rng.multivariate_normal(m, c, size=400_000))
    np.testing.assert_allclose(covariance.numpy(), np.cov(draws.T), rtol=0.02, atol=0.03)


@each
def test_conditioning_moves_mean_and_variance_like_a_refit_at_fixed_hyperparameters(
    build: Callable[..., Any],
) -> None:
    posterior = build()
    model = botorch_model([posterior], SPACE)
    new, X = inputs(3, seed=4), inputs(7)
    flat = encoded(new)
    mean, variance = posterior.mean(flat), posterior.variance(flat)
    y = posterior.scaling.median(mean + 0.7 * np.sqrt(variance))
    after = model.condition_on_observations(new, torch.tensor(y)[:, None])
    found = after.posterior(X)
    # the Gaussian update on the model scale, from the numpy posterior's covariances
    at = encoded(X)
    cross = posterior.covariance(at, flat)
    joint = posterior.covariance(flat, flat)
    joint += np.diag(posterior.noise(flat) + posterior.batch_variance.sum())
    weights = np.linalg.solve(joint, cross.T).T
    expected_mean = posterior.mean(at) + weights @ (0.7 * np.sqrt(variance))
    expected_variance = posterior.variance(at) - np.einsum("ij,ij->i", weights, cross)
    point, sd = posterior.to_raw(expected_mean, expected_variance)
    np.testing.assert_allclose(found.mean[:, 0].numpy(), point, rtol=1e-5)
    np.testing.assert_allclose(found.variance.sqrt()[:, 0].numpy(), sd, rtol=1e-3)
    pending = posterior.condition(flat).variance(at)
    np.testing.assert_allclose(expected_variance, pending, atol=1e-9)


def test_conditioning_on_batches_of_fantasies_equals_one_at_a_time() -> None:
    model = botorch_model([fitted(8, 2), fitted(8, 2, log=True)], SPACE)
    new, X = inputs(5, 2, seed=4), inputs(1, 4)
    y = model.posterior(new).rsample(torch.Size([3]))
    after = model.condition_on_observations(new, y)
    assert after.batch_shape == torch.Size([3, 5])
    together = after.posterior(X)
    assert together.mean.shape == (3, 5, 4, 2)
    single = model.condition_on_observations(new[4], y[1, 4]).posterior(X[0])
    torch.testing.assert_close(together.mean[1, 4], single.mean)
    torch.testing.assert_close(together.variance[1, 4], single.variance)
    again = after.condition_on_observations(new, y)  # and once more, on a batch of models
    assert (again.posterior(X).variance[..., 0] < together.variance[..., 0]).all()


def test_gradients_reach_conditioned_rows_whatever_was_looked_at_before() -> None:
    model: Any = to_botorch([fitted(8, 2)], SPACE)
    X, gradients = inputs(2), []
    for look in (False, True):
        new = inputs(1, seed=4).requires_grad_()
        after = model.condition_on_observations(new, model.posterior(new).mean + 1.0)
        if look:
            with torch.no_grad():
                after.posterior(X)
        after.posterior(X).variance.sum().backward()
        assert new.grad is not None
        gradients.append(new.grad)
    assert (gradients[0][:, :2] != 0).all()
    torch.testing.assert_close(gradients[1], gradients[0])


def test_known_noise_of_results_counts() -> None:
    model = botorch_model([fitted(8, 2)], SPACE)
    new = inputs(1, seed=4)
    y = model.posterior(new).mean + 1.0
    noise = torch.full_like(y, 1e-8)
    exact = model.condition_on_observations(new, y, noise=noise).posterior(new)
    torch.testing.assert_close(exact.mean, y, atol=1e-4, rtol=0)
    vague = model.condition_on_observations(new, y, noise=1e4 * torch.ones_like(y)).posterior(new)
    torch.testing.assert_close(vague.mean, model.posterior(new).mean, atol=1e-3, rtol=0)


def test_results_below_zero_on_a_log_scale_are_survived() -> None:
    model = botorch_model([fitted(8, 2, log=True)], SPACE)
    new = inputs(1, seed=4)
    after = model.condition_on_observations(new, torch.tensor([[-1.0]])).posterior(new)
    assert torch.isfinite(after.mean).all()
    assert (after.mean < model.posterior(new).mean).all()


def test_agrees_with_botorch_where_the_models_coincide() -> None:
    posterior = fitted(10, 0, space=NUMERIC)
    theta = posterior.fitted.theta.copy()
    layout = make_layout(np.arange(2), (0,), (), noise_factor_sd=None)
    assert layout.names == posterior.fitted.layout.names
    h, data = posterior.fitted.hyperparameters, posterior.fitted.data
    z = (data.y - posterior.scaling.center) / posterior.scaling.spread
    A2 = np.exp(h["ln_A2"])
    kernel = ScaleKernel(MaternKernel(nu=2.5, ard_num_dims=2))
    constant = ScaleKernel(MaternKernel(nu=2.5))  # very long lengthscale: the constant "+1"
    model = SingleTaskGP(
        torch.tensor(data.X),
        torch.tensor(z)[:, None],
        train_Yvar=torch.full((10, 1), np.exp(h["mu_s"]), dtype=torch.float64),
        covar_module=(kernel + constant).double(),
        outcome_transform=None,
        input_transform=None,
    )
    kernel.outputscale = constant.outputscale = A2
    kernel.base_kernel.lengthscale = torch.tensor(np.exp([h["ln_l_g[0]"], h["ln_l_g[1]"]]))
    constant.base_kernel.lengthscale = torch.tensor(1e5, dtype=torch.float64)
    model.mean_module.initialize(constant=0.0)
    X = torch.rand(9, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        theirs: Any = model.posterior(X)
    ours = botorch_model([posterior], NUMERIC).posterior(X)
    s, c = posterior.scaling.spread, posterior.scaling.center
    torch.testing.assert_close(ours.mean, c + s * theirs.mean, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(ours.variance, s**2 * theirs.variance, atol=1e-5, rtol=1e-4)
    assert len(theta) == 4


def test_posterior_is_differentiable_in_its_inputs() -> None:
    model = botorch_model([fitted(8, 2), fitted(8, 2, log=True)], SPACE)
    X = inputs(2).requires_grad_()

    def total(X: torch.Tensor) -> Any:
        found = model.posterior(X)
        return found.mean.sum() + found.variance.sum()

    total(X).backward()
    step = 1e-6
    for i in (0, 1):
        shift = torch.zeros_like(X)
        shift[1, i] = step
        with torch.no_grad():
            numeric = (total(X + shift) - total(X - shift)) / (2 * step)
        assert X.grad is not None
        torch.testing.assert_close(X.grad[1, i], numeric, rtol=1e-5, atol=1e-7)
    at_a_row = botorch_model([fitted(8, 2)], SPACE)
    row = make(8, 2).X[-1]
    X = torch.tensor([[row[0], row[1], float(np.argmax(row[2:]))]], requires_grad=True)
    at_a_row.posterior(X).variance.sum().backward()
    assert X.grad is not None
    assert torch.isfinite(X.grad).all()


def test_outputs_can_be_chosen() -> None:
    model = botorch_model([fitted(8, 2), fitted(8, 2, log=True)], SPACE)
    X = inputs(4)
    both = model.posterior(X)
    assert model.num_outputs == 2
    assert model.batch_shape == torch.Size()
    torch.testing.assert_close(model.subset_output([1]).posterior(X).mean, both.mean[:, 1:])
    torch.testing.assert_close(model.posterior(X, output_indices=[0]).mean, both.mean[:, :1])
    transform = ScalarizedPosteriorTransform(torch.tensor([1.0, 2.0], dtype=torch.float64))
    scalar = model.posterior(X, posterior_transform=transform)
    torch.testing.assert_close(scalar.mean[:, 0], both.mean[:, 0] + 2 * both.mean[:, 1])


@pytest.mark.parametrize("log", [False, True])
def test_acquisition_functions_run(log: bool) -> None:
    data = make(8, 2, log=log, space=NUMERIC)
    model = botorch_model([fit(data, NUMERIC.groups, 2)], NUMERIC)
    bounds = torch.tensor([[0.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    grid = torch.rand(32, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    sampler = SobolQMCNormalSampler(torch.Size([16]), seed=0)
    runs = torch.tensor(data.X[data.line == 0])
    ucb = UpperConfidenceBound(model, beta=4.0)
    candidates = {
        qNegIntegratedPosteriorVariance(model, grid): 2,
        qLogNoisyExpectedImprovement(model, runs, sampler=sampler): 2,
        ucb: 1,
    }
    for acquisition, q in candidates.items():
        best, value = optimize_acqf(
            acquisition, bounds, q=q, num_restarts=6, raw_samples=128, options={"seed": 0}
        )
        others = torch.stack([acquisition(grid[i : i + q]) for i in range(0, 16, q)])
        assert best.shape == (q, 2)
        assert value is not None
        assert torch.isfinite(value)
        assert value >= others.max() - 1e-6


def test_integrated_variance_is_that_of_the_numpy_posterior() -> None:
    posterior = fitted(8, 2)
    model = botorch_model([posterior], SPACE)
    grid, new = inputs(32, seed=8), inputs(2, seed=9)
    value = float(qNegIntegratedPosteriorVariance(model, grid)(new.unsqueeze(0)))
    left = posterior.condition(encoded(new)).variance(encoded(grid)).mean()
    np.testing.assert_allclose(-value, left * posterior.scaling.spread**2, rtol=1e-5)


def test_hyperparameters_stay_the_posteriors_own() -> None:
    posterior = fitted(8, 2)
    model = botorch_model([posterior], SPACE)
    parameters = list(model.parameters())
    assert [p.dtype for p in parameters] == [torch.float64]
    assert not any(p.requires_grad for p in parameters)
    other = ResponsePosterior(dataclasses.replace(posterior.fitted))
    X = inputs(3)
    torch.testing.assert_close(
        botorch_model([other], SPACE).posterior(X).mean, model.posterior(X).mean
    )

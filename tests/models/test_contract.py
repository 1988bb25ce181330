"""Laws every response posterior obeys, and its figures against dense algebra."""

import dataclasses

import numpy as np

from designer.models.diagnostics.cross_validation import leave_one_run_out, result_errors
from designer.models.posterior.averaging import average
from tests.models.cases import (
    Dense,
    Variant,
    each,
    fit_variant,
    make_data,
    model_scale,
    points,
    posterior_of,
)


@each
class TestContract:
    def test_agrees_with_dense_algebra(self, variant: Variant) -> None:
        posterior, data = posterior_of(variant), make_data(variant)
        dense, X = Dense(posterior, variant), points(variant, 5, seed=3)
        z, base = model_scale(posterior, data)
        if variant.lines and not variant.runs:  # the target's trust is integrated numerically
            nodes, weights = np.polynomial.hermite_e.hermegauss(5)
            weights = weights / weights.sum()
            t0 = 1 / (1 + np.exp(-(dense.h["mu_t"] + 1.5 * nodes)))
            each_node = [dense.predict(data, base, z, X, t) for t in t0]
            means = np.array([mean for mean, _ in each_node])
            mean = weights @ means
            variance = weights @ np.array([np.diag(C) + m**2 for m, C in each_node]) - mean**2
        else:
            mean, covariance = dense.predict(data, base, z, X)
            variance = np.diag(covariance)
            np.testing.assert_allclose(posterior.covariance(X, X), covariance, atol=1e-9)
        np.testing.assert_allclose(posterior.mean(X), mean, atol=1e-8)
        np.testing.assert_allclose(posterior.variance(X), variance, atol=1e-9)

    def test_gradient_is_that_of_the_value(self, variant: Variant) -> None:
        fitted = posterior_of(variant).fitted
        likelihood = fitted.likelihood
        rng = np.random.default_rng(0)
        theta = fitted.theta + 0.3 * rng.standard_normal(len(fitted.theta))
        gradient = likelihood(theta)[1]
        step = 1e-5
        numeric = [
            (likelihood(theta + step * e)[0] - likelihood(theta - step * e)[0]) / (2 * step)
            for e in np.eye(len(theta))
        ]
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-6 * scale)

    def test_order_of_rows_changes_nothing(self, variant: Variant) -> None:
        data = make_data(variant)
        order = np.random.default_rng(5).permutation(len(data.y))
        shuffled = dataclasses.replace(
            data,
            X=data.X[order],
            y=data.y[order],
            line=data.line[order],
            batch=data.batch[order],
            run=data.runs[order],
            nuisance=data.nuisance[order],
        )
        again = fit_variant(variant, shuffled)
        X = points(variant, 20, seed=2)
        assert again.fitted.hyperparameters == posterior_of(variant).fitted.hyperparameters
        np.testing.assert_array_equal(again.mean(X), posterior_of(variant).mean(X))
        np.testing.assert_array_equal(again.variance(X), posterior_of(variant).variance(X))

    def test_variance_is_positive_and_covariance_definite(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        data = make_data(variant)
        X = np.vstack([points(variant, 30, seed=2), data.X[-5:], data.X[-5:]])
        assert (posterior.variance(X) > 0).all()
        covariance = posterior.covariance(X, X)
        np.testing.assert_allclose(covariance, covariance.T, atol=1e-12)
        assert np.linalg.eigvalsh(covariance).min() > -1e-9 * posterior.kernel.constant
        assert (np.diag(covariance) <= posterior.variance(X) + 1e-10).all()

    def test_every_run_lowers_the_variance_from_the_lines_to_today(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        X, rows = points(variant, 40, seed=2), posterior.fitted.rows
        runs = np.unique(rows.run[rows.earlier :]).tolist()
        before = posterior.without_target_runs.variance(X)
        for count in range(1, len(runs) + 1):
            now = posterior.after_runs(runs[:count]).variance(X)
            assert (now <= before + 1e-10).all()
            before = now
        today = posterior.after_runs(runs)
        np.testing.assert_allclose(today.mean(X), posterior.mean(X), atol=1e-8)
        np.testing.assert_allclose(today.variance(X), posterior.variance(X), atol=1e-9)

    def test_pending_runs_lower_variances_and_keep_the_mean(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        X, pending = points(variant, 40, seed=2), points(variant, 3, seed=4)
        codes = np.arange(3)[:, None] // 2 + np.array([[0, 1, 90]])[:, : variant.stages]
        before = posterior.variance(X)
        for batch in (None, codes, np.zeros_like(codes)):
            after = posterior.condition(pending, batch)
            assert (after.variance(X) <= before + 1e-10).all()
            assert after.variance(pending).sum() < 0.95 * posterior.variance(pending).sum()
            np.testing.assert_allclose(after.mean(X), posterior.mean(X), atol=1e-12)
            one_by_one = posterior
            for i in range(3):
                one_by_one = one_by_one.condition(
                    pending[i : i + 1], None if batch is None else batch[i : i + 1]
                )
            np.testing.assert_allclose(one_by_one.variance(X), after.variance(X), atol=1e-10)

    def test_pending_runs_follow_the_gaussian_update(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        X, pending = points(variant, 10, seed=2), points(variant, 3, seed=4)
        after = posterior.condition(pending)
        cross = posterior.covariance(X, pending)
        noise = posterior.noise(pending) + posterior.batch_variance.sum()
        joint = posterior.covariance(pending, pending) + np.diag(noise)
        expected = posterior.covariance(X, X) - cross @ np.linalg.solve(joint, cross.T)
        np.testing.assert_allclose(after.covariance(X, X), expected, atol=1e-9)

    def test_blocks_and_float32_agree(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        X, Z = points(variant, 600, seed=2), points(variant, 17, seed=3)
        exact, scale = posterior.covariance(X, Z), posterior.kernel.constant
        parts = [posterior.covariance(part, Z) for part in np.array_split(X, 5)]
        np.testing.assert_allclose(np.vstack(parts), exact, atol=1e-12)
        np.testing.assert_allclose(posterior.covariance(Z, X).T, exact, atol=1e-9)
        fast = posterior.covariance(X, Z, dtype=np.float32)
        assert fast.dtype == np.float32
        np.testing.assert_allclose(fast, exact, atol=2e-4 * scale)

    def test_same_data_same_result(self, variant: Variant) -> None:
        again = fit_variant(variant, make_data(variant))
        X = points(variant, 10, seed=2)
        np.testing.assert_array_equal(again.mean(X), posterior_of(variant).mean(X))
        first, second = average(again), average(posterior_of(variant))
        np.testing.assert_array_equal(first.variance(X), second.variance(X))

    def test_averaging_is_a_mixture(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        mixture = average(posterior)
        X, pending = points(variant, 10, seed=2), points(variant, 2, seed=4)
        after = mixture.condition(pending)
        assert (mixture.variance(X) > 0).all()
        assert (after.variance(X) <= mixture.variance(X) + 1e-10).all()
        np.testing.assert_allclose(after.mean(X), mixture.mean(X), atol=1e-12)
        few = not variant.lines and variant.runs <= 8
        if few:
            np.testing.assert_array_equal(mixture.mean(X), posterior.mean(X))

    def test_raw_units_round_trip(self, variant: Variant) -> None:
        posterior = posterior_of(variant)
        X = points(variant, 10, seed=2)
        point, sd = posterior.to_raw(posterior.mean(X), posterior.variance(X))
        assert np.isfinite(point).all()
        assert (sd > 0).all()
        low, high = posterior.limits(float(point.min()), np.inf)
        assert high == np.inf
        np.testing.assert_allclose(low, posterior.mean(X).min(), rtol=1e-9, atol=1e-9)

    def test_leave_one_run_out_agrees_with_leaving_it_out(self, variant: Variant) -> None:
        posterior, data = posterior_of(variant), make_data(variant)
        loo = leave_one_run_out(posterior.fitted)
        assert (result_errors(loo) is None) == (variant.runs == 0)
        z, base = model_scale(posterior, data)
        K = Dense(posterior, variant).rows(data, base)
        for run in np.unique(loo.run):
            inside, rest = data.runs == run, data.runs != run
            solved = np.linalg.solve(K[np.ix_(rest, rest)], K[np.ix_(rest, inside)])
            mean = solved.T @ z[rest]
            variance = np.diag(K[np.ix_(inside, inside)] - K[np.ix_(inside, rest)] @ solved)
            rows = np.flatnonzero(inside)
            mine = [int(np.flatnonzero(loo.row == row)[0]) for row in rows]
            expected = (z[inside] - mean) / np.sqrt(variance)
            np.testing.assert_allclose(loo.standardised[mine], expected, atol=1e-7)
            raw = posterior.scaling.median(mean)
            np.testing.assert_allclose(loo.predicted[mine], raw, rtol=1e-7)
            np.testing.assert_allclose(loo.residual[mine], data.y[rows] - raw, atol=1e-7)

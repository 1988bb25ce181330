"""The two-scale trust GP: one response on one target line and any number of earlier lines.

What an earlier line has in common with the target is the shared surface G, weighted by the line's
trust t_l; what it has of its own is D_l; ordinary line-to-line drift δ_l has a term of its own, so
that little trust only ever means "this line behaves differently". The equations stand in
``likelihood`` (rows) and ``covariance`` (predictions), the priors in ``hyperparameters``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from designer.models.arrays import BoolArray, FloatArray, IntArray
from designer.models.compression.compress import compress
from designer.models.compression.fit_cache import Memory, NoMemory
from designer.models.data.alignment import move_to_lines
from designer.models.data.dataset import ResponseData
from designer.models.data.outliers import SURPRISE, in_company, ordinary_size, surprising_message
from designer.models.data.spread import Scaled
from designer.models.diagnostics.cross_validation import confirmed_outliers, suspected_outliers
from designer.models.diagnostics.history_evidence import POSITIVE_ODDS, history_evidence
from designer.models.fitting.warm_start import cold_starts, history_start
from designer.models.gp.fitted import FittedResponse, search
from designer.models.gp.hyperparameters import DOUBTED_NOISE_SD, KNOWN_NOISE_SD, make_layout
from designer.models.gp.input_transform import InputTransform
from designer.models.gp.likelihood import Likelihood
from designer.models.gp.process_features import Feature
from designer.models.gp.surface_gradients import SurfaceGradients
from designer.models.gp.training_rows import TrainingRows, arrange, modelled_stages
from designer.models.gp.upstream import Upstream
from designer.models.posterior.posterior import ResponsePosterior
from designer.render.figures import figure_text

_DOUBTFUL_FACTOR = 1.5  # on a stated repeatability: ln 1.5² is 4 prior standard deviations
_CONSTANT = 0.02  # range in unit cubes below which an input was held, not varied (assumption)
_NOISE_ROUNDS = 2  # of expectations that decide about the noise, which decides about them
_MOVED = 2.3  # prior log odds against a move (10 : 1, assumption)
_FEWEST_ROWS = 8  # of earlier lines: with fewer the shared surface's slopes are a guess


def fit(
    data: ResponseData,
    groups: IntArray,
    lines: int,
    *,
    upstream: Upstream | None = None,
    feature: Feature | None = None,
    start: Mapping[str, float] | None = None,
    memory: Memory | None = None,
) -> ResponsePosterior:
    """Fit one response; works from no measurement at all upwards.

    Rows the fit cannot believe are marked, named in the report's messages, and fitted once more;
    not where errors are known already (`ResponseData.errors`).

    Args:
        data: measurements of the target line and the earlier lines.
        groups: input index of every encoded column, ``[D]`` (``Space.groups``).
        lines: number L of earlier lines; codes in ``data.line`` run from 0 to L.
        upstream: predictions of a response decided earlier in the process, if there is one.
        feature: process knowledge to use, on the raw (or logarithmic) scale of the response.
        start: hyperparameters of an earlier fit: one warm start instead of the two cold ones.
        memory: of what long histories said before; changes the time, never the result.

    Returns:
        The posterior of the target line's noise-free response.

    Raises:
        ValueError: a line code lies outside 0…L.
    """
    if len(data.line) and not 0 <= data.line.min() <= data.line.max() <= lines:
        raise ValueError(f"line codes of {data.name} must lie in 0…{lines}")
    transforms = _transforms(data, groups, upstream, feature)
    memory = NoMemory() if memory is None else memory
    fitted = _fit(data, transforms, memory, start=start)
    doubted = suspected_outliers(fitted)
    if len(doubted) and data.errors is None:
        trial = _fit(data, transforms, memory, start=start, doubted=doubted)
        confirmed = confirmed_outliers(trial, doubted)
        confirmed = _founded(confirmed, data, transforms, memory)
        if 0 < len(confirmed) < len(doubted):
            trial = _fit(data, transforms, memory, start=start, doubted=confirmed)
        fitted = trial if len(confirmed) else fitted
    return ResponsePosterior(fitted)


def _founded(
    doubted: IntArray, data: ResponseData, transforms: Sequence[InputTransform], memory: Memory
) -> IntArray:
    """The doubted rows, ``[k]``, without own results that only wrong lines contradict.

    Own results may be called errors on the word of earlier lines when the other own results speak
    for these lines, or say the same by themselves; else the lines may be the ones that are wrong.

    Args:
        doubted: rows of the data.
        data: measurements of all lines.
        transforms: ways to see the points, the plain one first.
        memory: of what long histories said before.
    """
    own = doubted[data.target[doubted]]
    if len(own) == 0 or not (data.line > 0).any():
        return doubted
    rest = data.subset(np.setdiff1d(np.arange(len(data.y)), own))
    history = ResponsePosterior(_fit(rest, transforms, memory, start=None))
    alone = ResponsePosterior(_fit(rest.of_target, transforms[:1], memory, start=None))
    evidence = history_evidence(history, alone)
    if evidence is None:
        return np.setdiff1d(doubted, own)
    if evidence.log_odds >= np.log(POSITIVE_ODDS):
        return doubted
    return np.setdiff1d(doubted, own[~_impossible(alone, data, own)])


def _impossible(alone: ResponsePosterior, data: ResponseData, own: IntArray) -> BoolArray:
    """Which of some own results, ``[k]``, no other own one resembles and a fit to these excludes.

    Args:
        alone: the fit.
        data: measurements of all lines.
        own: rows of the data, ``[k]``.
    """
    X, z = data.X[own], alone.scaling.forward(data.y)
    mean, variance = alone.moments(X)
    sd = np.sqrt(variance + alone.noise(X) + alone.batch_variance.sum())
    resembled = np.zeros(len(z), dtype=np.bool_)
    resembled[data.target] = in_company(z[data.target] - np.median(z[data.target]))
    resembled |= ordinary_size(data)
    return np.asarray((np.abs(z[own] - mean) > SURPRISE * sd) & ~resembled[own])


def _transforms(
    data: ResponseData, groups: IntArray, upstream: Upstream | None, feature: Feature | None
) -> list[InputTransform]:
    """Ways to see the points: as they are, with the upstream response's coordinate, and moved.

    The upstream response's coordinate only with history: a few runs cannot tell which is better
    (measured: without history it costs 2–8 % at 4 to 16 runs).
    """
    needed = upstream if feature is not None else None
    plain = None if needed is None else replace(needed, column=None)
    transforms = [InputTransform(groups, upstream=plain, feature=feature)]
    if upstream is not None and upstream.column is not None and bool((data.line > 0).any()):
        transforms.append(InputTransform(groups, upstream=upstream, feature=feature))
    move = move_to_lines(data, groups)
    if move is not None:
        transforms += [replace(transform, move=move) for transform in transforms]
    return transforms


def _fit(
    data: ResponseData,
    transforms: Sequence[InputTransform],
    memory: Memory,
    *,
    start: Mapping[str, float] | None,
    doubted: IntArray | None = None,
) -> FittedResponse:
    """The best fit over the transforms, whose hyperparameters are the same, refined with slopes."""
    groups = transforms[0].groups
    rows, scaled = arrange(data, groups, doubted)
    known = scaled.scaling.noise_sd is not None
    rows, notes = compress(rows, data, groups, known=known, memory=memory)
    surprising = () if doubted is None else (surprising_message(data, doubted),)
    scaled = replace(scaled, messages=(*notes, *scaled.messages, *surprising))
    begin = start
    if begin is None and rows.summaries:
        begin = history_start(rows, data, groups, known=known, memory=memory)
    found: list[FittedResponse] = []
    for transform in transforms:
        feature = transform.feature and transform.feature.scaled(scaled.scaling)
        used = replace(transform, feature=feature)
        found.append(_with_stated_noise(data, rows, used, scaled, begin))
        begin = found[0].hyperparameters
    return with_slopes(_noise_as_predicted(min(found, key=_cost)), start)


def _cost(fitted: FittedResponse) -> float:
    """Negative log posterior, with what speaks against a move nobody told."""
    return fitted.report.objective + (0.0 if fitted.input_transform.move is None else _MOVED)


def _with_stated_noise(
    data: ResponseData,
    rows: TrainingRows,
    transform: InputTransform,
    scaled: Scaled,
    start: Mapping[str, float] | None,
) -> FittedResponse:
    """One fit; a stated repeatability is believed as long as the results allow."""

    def searched(noise_factor_sd: float | None) -> FittedResponse:
        layout = make_layout(
            groups=transform.groups,
            positions=rows.positions,
            stages=modelled_stages(data, rows),
            noise_factor_sd=noise_factor_sd,
            feature=transform.feature,
            nuisance=data.nuisance.shape[1] > 0,
        )
        likelihood = Likelihood(_seen(rows, transform, data), transform, layout)
        if start is not None:
            starts = [layout.from_dict(start)]
        else:  # without rows the prior's mode is the answer
            starts = cold_starts(layout)[: 2 if len(rows) else 1]
        refined = len(_slope_columns(rows, transform.groups)) > 0
        theta, report = search(likelihood, starts, rough=refined)
        report = replace(report, messages=scaled.messages)
        return FittedResponse(data, scaled.scaling, likelihood, theta, report)

    stated = scaled.scaling.noise_sd
    fitted = searched(None if stated is None else KNOWN_NOISE_SD)
    contradicted = data.target.any() and fitted.parameters.noise[-1] > _DOUBTFUL_FACTOR**2
    if stated is None or not contradicted:
        return fitted
    fitted = searched(DOUBTED_NOISE_SD)
    sd = stated * float(fitted.parameters.noise[-1]) ** 0.5
    return fitted.with_message(
        f"{data.name}: results scatter more than the repeatability noise_sd {figure_text(stated)}"
        f" allows; {figure_text(sd, 2)} is used instead"
    )


def _noise_as_predicted(fitted: FittedResponse) -> FittedResponse:
    """The fit with the noise of a stated repeatability where results are expected.

    On a logarithmic scale it depends on the level. Taken at the measured value, high results would
    count more than low ones: a truth of 10 with ``noise_sd = 2`` would be told as 10.5 ± .1.
    """
    scaling = fitted.scaling
    for _ in range(_NOISE_ROUNDS if scaling.log and scaling.noise_sd is not None else 0):
        rows = fitted.rows
        if fitted.solved is None or len(rows) == 0:
            break
        noise = fitted.noise + rows.extra
        expected = rows.z - noise * fitted.solved.alpha  # K α = z, without the noise
        base = np.where(rows.pseudo, rows.base, scaling.noise_base(expected))
        seen = replace(rows, base=base)
        likelihood = Likelihood(seen, fitted.input_transform, fitted.layout)
        fitted = _refined(fitted, likelihood, fitted.theta)
    return fitted


def _refined(fitted: FittedResponse, likelihood: Likelihood, start: FloatArray) -> FittedResponse:
    """The fit with another likelihood, searched from one start; its messages stay."""
    theta, report = search(likelihood, [start])
    evaluations = report.evaluations + fitted.report.evaluations
    report = replace(report, evaluations=evaluations, messages=fitted.report.messages)
    return replace(fitted, likelihood=likelihood, theta=theta, report=report)


def _seen(rows: TrainingRows, transform: InputTransform, data: ResponseData) -> TrainingRows:
    """The rows with their points as their own lines see them."""
    return replace(rows, X=transform.on_line(data.X[rows.order], data.line[rows.order]))


def with_slopes(first: FittedResponse, start: Mapping[str, float] | None = None) -> FittedResponse:
    """The fit refined with slopes of the shared surface that the first fit found.

    The first fit itself where there is nothing to learn them from.

    Args:
        first: a fit without slopes.
        start: hyperparameters to start from; left out: those of the first fit.
    """
    slopes = _slopes_of(first)
    if slopes is None:
        return first
    transform = replace(first.input_transform, slopes=slopes)
    inputs = transform.groups[slopes.columns]
    layout = first.layout.with_slopes(
        slopes.columns.tolist(),
        inputs.tolist(),
        unknown=first.data.unknown(inputs, first.rows.positions),
        untried=slopes.untried,
        moved=_moved(transform, slopes.columns),
    )
    likelihood = Likelihood(_seen(first.rows, transform, first.data), transform, layout)
    return _refined(first, likelihood, layout.from_dict(start or first.hyperparameters))


def _moved(transform: InputTransform, columns: IntArray) -> BoolArray:
    """Along which columns the target is moved, ``[p]``."""
    nowhere = np.zeros(len(columns), dtype=np.bool_)
    return nowhere if transform.move is None else np.not_equal(transform.move[columns], 0.0)


def _slope_columns(rows: TrainingRows, groups: IntArray) -> IntArray:
    """Coordinates along which the shared surface has slopes; none without history enough."""
    numeric = np.bincount(groups, minlength=0)[groups] == 1
    return np.flatnonzero(numeric if rows.earlier >= _FEWEST_ROWS else np.zeros_like(numeric))


def _slopes_of(fitted: FittedResponse) -> SurfaceGradients | None:
    """Slopes of a fit's shared surface; None without history enough or numeric inputs."""
    rows, p, groups = fitted.rows, fitted.parameters, fitted.input_transform.groups
    columns = _slope_columns(rows, groups)
    if len(columns) == 0 or fitted.solved is None:
        return None
    weights = p.amplitude * np.sqrt(p.trust[rows.position]) * fitted.solved.alpha
    coordinates = rows.X[:, : fitted.input_transform.dimension]
    history = [s for place, s in rows.blocks() if rows.positions[place] > 0]
    ranges = [np.ptp(coordinates[s][:, columns], axis=0) for s in history]
    untried = np.asarray(np.max(ranges, axis=0) < _CONSTANT)
    return SurfaceGradients(coordinates, weights, p.surface[groups], columns, untried)

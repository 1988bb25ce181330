"""The two-scale trust GP: one response on one target line and any number of earlier lines.

What an earlier line has in common with the target is the shared surface G, weighted by the line's
trust t_l; what it has of its own is D_l; ordinary line-to-line drift δ_l has a term of its own, so
that little trust only ever means "this line behaves differently". The equations stand in
``likelihood`` (rows) and ``covariance`` (predictions), the priors in ``priors``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.models.arrays import IntArray
from designer.models.data import ResponseData
from designer.models.fitted import FittedResponse
from designer.models.fitting import search
from designer.models.likelihood import Likelihood
from designer.models.outliers import surprising_message
from designer.models.posterior import ResponsePosterior
from designer.models.priors import DOUBTED_NOISE_SD, KNOWN_NOISE_SD, make_layout
from designer.models.rows import TrainingRows, arrange, modelled_stages
from designer.models.scaling import Scaled
from designer.models.validation import suspects, unbelievable

_DOUBTFUL_FACTOR = 1.5  # on a stated repeatability: ln 1.5² is 4 prior standard deviations


def fit(
    data: ResponseData,
    groups: IntArray,
    lines: int,
    *,
    start: Mapping[str, float] | None = None,
) -> ResponsePosterior:
    """Fit one response; works from no measurement at all upwards.

    Rows the fit cannot believe are marked, named in the report's messages, and fitted once more.

    Args:
        data: measurements of the target line and the earlier lines.
        groups: input index of every encoded column, ``[D]`` (``Space.groups``).
        lines: number L of earlier lines; codes in ``data.line`` run from 0 to L.
        start: hyperparameters of an earlier fit: one warm start instead of the two cold ones.

    Returns:
        The posterior of the target line's noise-free response.

    Raises:
        ValueError: a line code lies outside 0…L.
    """
    if len(data.line) and not 0 <= data.line.min() <= data.line.max() <= lines:
        raise ValueError(f"line codes of {data.name} must lie in 0…{lines}")
    fitted = _fit(data, groups, start=start)
    doubted = suspects(fitted)
    if len(doubted):
        trial = _fit(data, groups, start=start, doubted=doubted)
        confirmed = unbelievable(trial, doubted)
        if 0 < len(confirmed) < len(doubted):
            trial = _fit(data, groups, start=start, doubted=confirmed)
        fitted = trial if len(confirmed) else fitted
    return ResponsePosterior(fitted)


def _fit(
    data: ResponseData,
    groups: IntArray,
    *,
    start: Mapping[str, float] | None,
    doubted: IntArray | None = None,
) -> FittedResponse:
    """One fit; a stated repeatability is believed as long as the results allow."""
    rows, scaled = arrange(data, doubted)
    if doubted is not None:
        scaled = replace(scaled, messages=(*scaled.messages, surprising_message(data, doubted)))
    known = scaled.scaling.noise_sd is not None
    sd = KNOWN_NOISE_SD if known else None
    fitted = _search(data, rows, groups, scaled, start=start, noise_factor_sd=sd)
    if known and data.target.any() and fitted.parameters.noise[-1] > _DOUBTFUL_FACTOR**2:
        sd = DOUBTED_NOISE_SD
        fitted = _with_doubt(_search(data, rows, groups, scaled, start=start, noise_factor_sd=sd))
    return fitted


def _search(
    data: ResponseData,
    rows: TrainingRows,
    groups: IntArray,
    scaled: Scaled,
    *,
    start: Mapping[str, float] | None,
    noise_factor_sd: float | None,
) -> FittedResponse:
    layout = make_layout(
        inputs=int(groups.max()) + 1 if len(groups) else 0,
        positions=rows.positions,
        stages=modelled_stages(data, rows),
        noise_factor_sd=noise_factor_sd,
    )
    likelihood = Likelihood(rows, groups, layout)
    if start is not None:
        starts = [layout.from_dict(start)]
    else:  # without rows the prior's mode is the answer
        starts = [layout.start(), layout.start(doubtful=True)][: 2 if len(rows) else 1]
    theta, report = search(likelihood, starts)
    report = replace(report, messages=scaled.messages)
    return FittedResponse(data, rows, groups, scaled.scaling, layout, theta, report)


def _with_doubt(fitted: FittedResponse) -> FittedResponse:
    """The same with a message that the results contradict the stated repeatability."""
    stated = fitted.scaling.noise_sd or 0.0
    found = stated * float(fitted.parameters.noise[-1]) ** 0.5
    message = (
        f"{fitted.data.name}: results scatter more than the repeatability noise_sd {stated:g}"
        f" allows; {found:.2g} is used instead"
    )
    report = replace(fitted.report, messages=(*fitted.report.messages, message))
    return replace(fitted, report=report)

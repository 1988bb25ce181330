"""The second fit: with the slopes of the shared surface that a first fit found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.linalg import cho_solve

from designer.models.gp.fitted import FittedResponse
from designer.models.gp.likelihood import Likelihood, factorise
from designer.models.gp.optimise import search
from designer.models.gp.surface_gradients import SurfaceGradients

_CONSTANT = 0.02  # range in unit cubes below which an input was held, not varied (assumption)
_FEWEST_ROWS = 8  # of earlier lines: with fewer the shared surface's slopes are a guess


def with_slopes(first: FittedResponse, start: Mapping[str, float] | None = None) -> FittedResponse:
    """The fit refined with slopes; the first fit itself where there is nothing to learn them from.

    Args:
        first: a fit without slopes.
        start: hyperparameters to start from; left out: those of the first fit.
    """
    slopes = slopes_of(first)
    if slopes is None:
        return first
    transform = replace(first.input_transform, slopes=slopes)
    data, order = first.data, first.rows.order
    rows = replace(first.rows, X=transform.on_line(data.X[order], data.line[order]))
    inputs = transform.groups[slopes.columns]
    layout = first.layout.with_slopes(
        slopes.columns.tolist(),
        inputs.tolist(),
        unknown=data.unknown(inputs, rows.positions),
        untried=slopes.untried,
    )
    begin = layout.from_dict(start or first.layout.to_dict(first.theta))
    theta, report = search(Likelihood(rows, transform, layout), [begin])
    report = replace(
        report,
        evaluations=report.evaluations + first.report.evaluations,
        messages=first.report.messages,
    )
    return FittedResponse(data, rows, transform, first.scaling, layout, theta, report)


def slopes_of(fitted: FittedResponse) -> SurfaceGradients | None:
    """Slopes of a fit's shared surface; None without history enough or numeric inputs."""
    rows, p, groups = fitted.rows, fitted.parameters, fitted.input_transform.groups
    columns = np.flatnonzero(np.bincount(groups, minlength=0)[groups] == 1)
    if not fitted.layout.transfer or rows.earlier < _FEWEST_ROWS or len(columns) == 0:
        return None
    chol = factorise(fitted.likelihood.covariance(p))
    if chol is None:
        return None
    weights = p.amplitude * np.sqrt(p.trust[rows.position]) * cho_solve((chol, True), rows.z)
    coordinates = rows.X[:, : fitted.input_transform.dimension]
    history = [s for place, s in rows.blocks() if rows.positions[place] > 0]
    ranges = [np.ptp(coordinates[s][:, columns], axis=0) for s in history]
    untried = np.asarray(np.max(ranges, axis=0) < _CONSTANT)
    return SurfaceGradients(coordinates, weights, p.surface[groups], columns, untried)

"""What moving its points costs a design: efficiency and correlation before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.candidates.region import Columns
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder, ModelTerms
from designer.models.arrays import FloatArray
from designer.render.words import share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

_FELT: Final = 0.005  # of an efficiency or correlation; less is not told (assumption)
_SINGULAR: Final = 1e-9


def cost_of_moving(
    spec: Specification,
    fixed: Mapping[str, Setting],
    order: ModelOrder,
    before: Columns,
    after: Columns,
) -> list[str]:
    """Sentences about a design as published and as the machine makes it.

    Args:
        spec: the campaign's specification.
        fixed: settings that every run has.
        order: the model the design is for; a smaller one where the published points cannot tell it.
        before: settings as published, per factor.
        after: settings as made.
    """
    told = []
    for name in reversed(MODEL_ORDERS[: MODEL_ORDERS.index(order) + 1]):
        terms = ModelTerms.of(spec, name, fixed)
        was = information(terms.matrix(before))
        if was is None:
            continue
        now = information(terms.matrix(after))
        if now is None:
            told.append(f"moved so, the design can no longer tell all terms of the {name} model")
        elif now < was - _FELT * was:
            told.append(f"D-efficiency for the {name} model: {share(now / was)} of that published")
        break
    was, now = (_correlation(spec, fixed, columns) for columns in (before, after))
    if now > was + _FELT:
        told.append(f"largest correlation of two factors: {was:.2f} as published, {now:.2f} so")
    return told


def information(X: FloatArray) -> float | None:
    """``|X'X / n|^(1/p)`` of a model matrix ``[n, p]``; None: terms cannot be told apart."""
    n, p = X.shape
    if n < p or not p:
        return None
    size = np.linalg.svd(X / np.sqrt(n), compute_uv=False)
    if size[-1] <= _SINGULAR * size[0]:
        return None
    return float(np.exp(2.0 * np.mean(np.log(size))))


def _correlation(spec: Specification, fixed: Mapping[str, Setting], columns: Columns) -> float:
    """Largest correlation between coded columns of different factors, without mixtures."""
    terms = ModelTerms.of(spec, "linear", fixed)
    coded = [f for f in terms.factors if f.role == "process"]
    parts = [factor.code(np.asarray(columns[factor.name])) for factor in coded]
    if len(parts) < 2:
        return 0.0
    owner = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    X = np.hstack(parts)
    X = X - X.mean(axis=0)
    sizes = np.sqrt(np.sum(X * X, axis=0))
    X = X / np.where(sizes > _SINGULAR, sizes, np.inf)
    together = np.abs(X.T @ X)
    together[owner[:, None] == owner[None, :]] = 0.0
    return float(together.max())

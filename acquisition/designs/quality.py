"""What its place on the machine costs a design: efficiency, correlations, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from designer.acquisition.candidates.region import Columns
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder, ModelTerms
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import listed, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

FELT: Final = 0.005  # of an efficiency or correlation; less is not told (assumption)
WHOLLY: Final = 0.995  # correlation from which two effects cannot be told apart
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
        elif now < was - FELT * was:
            told.append(f"D-efficiency for the {name} model: {share(now / was)} of that published")
        break
    were, are = (_correlations(spec, fixed, columns) for columns in (before, after))
    kinds = "two factors", "a factor with a product or square"
    for what, was, now in zip(kinds, were, are, strict=True):
        if now > was + FELT:
            told.append(f"largest correlation of {what}: {was:.2f} as published, {now:.2f} so")
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


def _correlations(
    spec: Specification, fixed: Mapping[str, Setting], columns: Columns
) -> tuple[float, float]:
    """Largest correlation of two factors, and of one with a product or square; no mixtures."""
    terms = ModelTerms.of(spec, "linear", fixed)
    owner, single = _columns_of(terms, columns)
    first = np.abs(single.T @ single)
    first[owner[:, None] == owner[None, :]] = 0.0
    _, further = _columns_of(ModelTerms.of(spec, "quadratic", fixed), columns, products=True)
    second = np.abs(single.T @ further)
    return float(first.max(initial=0.0)), float(second.max(initial=0.0))


def _columns_of(
    terms: ModelTerms, columns: Columns, *, products: bool = False
) -> tuple[np.ndarray[Any, Any], FloatArray]:
    """First factor and standardised column of terms of one factor each, or of two columns."""
    own = {factor.name for factor in terms.factors if factor.role == "process"}
    known = [
        k
        for k, term in enumerate(terms.terms)
        if term.factors and {*term.factors} <= own and (0 in term.columns) is not products
    ]
    owner = np.array([terms.terms[k].factors[0] for k in known], dtype=np.str_)
    return owner, standardised(terms.matrix(columns)[:, known])


def standardised(X: FloatArray) -> FloatArray:
    """Columns of mean 0 and length 1; of one value all 0."""
    X = X - X.mean(axis=0)
    sizes = np.sqrt(np.sum(X * X, axis=0))
    return np.asarray(X / np.where(sizes > _SINGULAR, sizes, np.inf))


# ---- blocks --------------------------------------------------------------------------------------


def mixed_with_blocks(X: FloatArray, blocks: IntArray) -> FloatArray:
    """Correlation of every term with the blocks, 0 to 1, ``[p]``.

    Args:
        X: model terms, ``[n, p]``.
        blocks: block of every run, from 0, ``[n]``; none is empty.
    """
    X = standardised(X)
    sums = np.zeros((int(blocks.max()) + 1, X.shape[1]))
    np.add.at(sums, blocks, X)
    return np.asarray(np.sqrt(np.sum(np.square(sums) / np.bincount(blocks)[:, None], axis=0)))


def blocks_told(
    spec: Specification,
    fixed: Mapping[str, Setting],
    order: ModelOrder,
    columns: Columns,
    blocks: IntArray,
) -> str:
    """What blocks do to a design, computed from its runs.

    Args:
        spec: the campaign's specification.
        fixed: settings that every run has.
        order: the model the design is for.
        columns: settings of every run, per factor.
        blocks: block of every run, from 1, ``[n]``.
    """
    terms = ModelTerms.of(spec, order, fixed)
    number = np.unique(blocks, return_inverse=True)[1]
    mixed = mixed_with_blocks(terms.matrix(columns), number)
    worst = int(np.argmax(mixed))
    if mixed[worst] > FELT:
        told = (
            f"blocks disturb the {order} model: correlation with them is {mixed[worst]:.2f} at most"
            f" ({terms.names[worst]})"
        )
    else:
        told = f"blocks do not disturb the {order} model"
    products = ModelTerms.of(spec, "interaction", fixed)
    mixed = mixed_with_blocks(products.matrix(columns), number)
    lost = [products.names[k] for k in np.flatnonzero(mixed > WHOLLY).tolist()]
    return f"{told}; cannot be told from them: {listed(lost)}" if lost else told

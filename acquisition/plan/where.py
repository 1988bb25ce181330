"""In which part of the region a run teaches, in words: the factors that its effect depends on.

The effect of a run on the goal is spread over the reference points (``W C(x, r)²``). For every
factor the part of its range is taken that holds the middle 80 % of the effect; the factors with
the narrowest parts say where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates
from designer.models.arrays import FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Factor, Specification

_MIDDLE = (0.1, 0.9)  # quantiles of the effect
_NARROW = 0.65  # of a factor's range; an even spread would hold 0.8
_MOSTLY = 0.8  # share of the effect in one category


def where_words(
    spec: Specification, candidates: Candidates, rows: IntArray, effect: FloatArray, most: int = 2
) -> str:
    """``coating_gap 150 to 300 um and binder PVDF-A``; empty where no factor stands out.

    Args:
        spec: the campaign's specification.
        candidates: recipes.
        rows: reference points among them, ``[R]``.
        effect: of the run at each, ``[R]``, not negative.
        most: factors named at most.
    """
    total = float(effect.sum())
    if not total > 0 or len(rows) < 2:
        return ""
    found = []
    for k, factor in enumerate(spec.factors):
        values = candidates.choices[k].values[candidates.index[rows, k]]
        part = _category(factor, values, effect) if factor.is_categorical else _range(
            factor, values, effect
        )  # fmt: skip
        if part is not None:
            found.append(part)
    return " and ".join(text for _, text in sorted(found)[:most])


def _range(factor: Factor, values: FloatArray, effect: FloatArray) -> tuple[float, str] | None:
    low, high = factor.bounds
    order = np.argsort(values, kind="stable")
    below = np.cumsum(effect[order]) / effect.sum()
    first, last = (
        float(values[order[min(int(np.searchsorted(below, q)), len(order) - 1)]]) for q in _MIDDLE
    )
    width = (last - first) / (high - low)
    if width > _NARROW:
        return None
    if first == last:
        return width, f"{factor.name} near {factor.with_unit(first)}"
    return width, f"{factor.name} {factor.format(first)} to {factor.with_unit(last)}"


def _category(factor: Factor, values: FloatArray, effect: FloatArray) -> tuple[float, str] | None:
    shares = {str(name): float(effect[values == name].sum()) for name in np.unique(values)}
    most = max(shares, key=lambda name: shares[name])
    share = shares[most] / float(effect.sum())
    return (1.0 - share, f"{factor.name} {most}") if share >= _MOSTLY else None

"""Which effects of a design cannot be told apart, or only in part, in words.

Computed from the runs as they are made, by the correlation of the columns of the model matrix.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.designs.model_terms import ModelOrder, ModelTerms, Term
from designer.acquisition.designs.quality import FELT, WHOLLY, standardised
from designer.models.arrays import FloatArray
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.acquisition.candidates.region import Columns
    from designer.acquisition.designs.classical.room import DesignRoom

_TOLD: Final = 6  # groups that are told; the rest is counted (assumption: nobody reads on)
_KINDS: Final = "main effects", "products of two factors", "squares"


def mixing_told(room: DesignRoom, columns: Columns, order: ModelOrder) -> list[str]:
    """Sentences about effects that are mixed up, wholly or in part, and about those that are not.

    Args:
        room: factors that vary, none of them in a mixture or of more than two categories.
        columns: settings of every run, per factor.
        order: the model whose effects are compared.
    """
    terms = ModelTerms.of(room.spec, order, room.region.fixed)
    coded = terms.coded(columns)
    # the second category is the high one, as in generators
    coded[:, 1:] *= [-1.0 if factor.categories else 1.0 for factor in terms.factors]
    effects = [k for k, term in enumerate(terms.terms) if term.factors]
    X = standardised(terms.expand(coded)[:, effects])
    return _told([terms.terms[k] for k in effects], X.T @ X)


def _told(effects: list[Term], together: FloatArray) -> list[str]:
    """What the correlations of the effects are in words."""
    kinds = np.array([_kind(effect) for effect in effects])
    upper = np.triu(np.abs(together), 1)
    if upper.max(initial=0.0) <= FELT:
        return [f"no effect of one or two factors{_squared(kinds)} is mixed up with another one"]
    groups = _groups(effects, together)
    told = []
    if groups:
        more = len(groups) - _TOLD
        named = "; ".join(groups[:_TOLD]) + (f", and {more} more such groups" if more > 0 else "")
        told.append(f"cannot be told apart: {named}")
    clear, partly = [], []
    for one, other in combinations_with_replacement(sorted({*kinds.tolist()}), 2):
        both = (kinds[:, None] == one) & (kinds[None, :] == other)
        both = np.triu(both | both.T, 1)
        own = upper[both]
        what = f"{_KINDS[one]} with {'each other' if one == other else _KINDS[other]}"
        in_part = (own > FELT) & (own < WHOLLY)
        if in_part.any():
            most = f"correlation {own[in_part].max():.2f} at most"
            partly.append(f"{what} ({in_part.sum()} of {len(own)} pairs, {most})")
        elif len(own) and not (own > FELT).any():
            clear.append(what)
    if partly:
        told.append(f"mixed up in part: {listed(partly)}")
    if clear:
        told.append(f"not mixed up: {listed(clear)}")
    return told


def _kind(effect: Term) -> int:
    """Place among the kinds of effects."""
    if 0 in effect.columns:
        return 0
    return 1 if len(effect.factors) > 1 else 2


def _squared(kinds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    return " or square" if 2 in kinds else ""


def _groups(effects: list[Term], together: FloatArray) -> list[str]:
    """Effects whose columns are the same but for the sign, which is told."""
    left, found = [*range(len(effects))], []
    while left:
        first = left[0]
        own = [k for k in left if k == first or abs(together[first, k]) >= WHOLLY]
        left = [k for k in left if k not in own]
        if len(own) > 1:
            signed = [f"{'-' if together[first, k] < 0 else ''}{effects[k].name}" for k in own]
            found.append(" = ".join(signed))
    return found

"""The mean of f(x) f(x)' over all recipes the machine can make: what I-optimality averages over.

Exact where neither constraints nor mixtures bind factors together, or all recipes can be listed;
else over some 30,000 recipes spread evenly over the feasible region.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, make_candidates
from designer.acquisition.candidates.levels import Continuum, levels_of
from designer.acquisition.designs.model_terms import CodedFactor, ModelTerms
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor, Setting
    from designer.campaigns.specification.specification import Specification

_CHUNK = 1 << 14  # recipes whose model matrix is made at a time


def is_box(spec: Specification) -> bool:
    """Whether every combination of settings is a recipe."""
    return not spec.constraints and not spec.mixtures


def region_moments(
    spec: Specification,
    terms: ModelTerms,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
) -> FloatArray:
    """The moment matrix ``[p, p]`` of a model over the feasible region.

    Args:
        spec: the campaign's specification.
        terms: the model.
        fixed: settings that every run has, as the terms were made with.
        given: a value for every given, where there are constraints.

    Raises:
        InputError: nothing satisfies the fixed values and constraints.
    """
    if is_box(spec):
        return box_moments(spec, terms)
    return listed_moments(make_candidates(spec, fixed=fixed, given=given), terms)


def listed_moments(candidates: Candidates, terms: ModelTerms) -> FloatArray:
    """The mean of ``f f'`` over some recipes, ``[p, p]``."""
    total = np.zeros((len(terms), len(terms)))
    for start in range(0, len(candidates), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(candidates)))
        matrix = terms.matrix(candidates.subset(rows).columns)
        total += matrix.T @ matrix
    return np.asarray(total / len(candidates))


def box_moments(spec: Specification, terms: ModelTerms) -> FloatArray:
    """The same where factors are independent: products of each factor's own moments."""
    owner, place = [-1], [0]
    for k, coded in enumerate(terms.factors):
        owner += [k] * len(coded.labels)
        place += range(len(coded.labels))

    @cache
    def own(k: int, columns: tuple[int, ...]) -> float:
        codes = _codes(spec.factor(terms.factors[k].name), terms.factors[k])
        if codes is None:  # uniform on [-1, 1]
            return 0.0 if len(columns) % 2 else 1.0 / (len(columns) + 1)
        return float(np.prod(codes[:, list(columns)], axis=1).mean())

    @cache
    def mean(columns: tuple[int, ...]) -> float:
        factors = sorted({owner[c] for c in columns} - {-1})
        powers = (own(k, tuple(place[c] for c in columns if owner[c] == k)) for k in factors)
        return math.prod(powers)

    size = len(terms)
    moments = np.empty((size, size))
    for i, left in enumerate(terms.terms):
        for j, right in enumerate(terms.terms[: i + 1]):
            moments[i, j] = moments[j, i] = mean(tuple(sorted(left.columns + right.columns)))
    return moments


def _codes(factor: Factor, coded: CodedFactor) -> FloatArray | None:
    """Coded columns of every setting of a factor, each once; None for a continuous one."""
    levels = levels_of(factor)
    if isinstance(levels, Continuum) or levels.endless:
        return None
    return coded.code(levels.values)

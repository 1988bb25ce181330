"""The best a model can be estimated with if runs could be divided: weights instead of runs.

Such continuous designs bound what whole runs reach, and many runs come near to it (Kiefer &
Wolfowitz 1960, Can. J. Math. 12, 363). Weights are multiplied by their own sensitivity until none
is above the mean: for D by ``d_i / p`` (Titterington 1976, IEEE Trans. Inf. Theory 22, 500), for
A and I by ``(g_i / φ)^½`` with ``g_i = f_i'M⁻¹WM⁻¹f_i`` (Fellman 1989, J. Stat. Plan. Inference
22, 391); both never get worse (Yu 2010, Ann. Stat. 38, 1593).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from designer.acquisition.designs.model_terms import CodedFactor, ModelTerms
from designer.models.arrays import FloatArray

_MOST_POINTS = 4096  # of ends and middles: beyond, some by chance
_ROUNDS = 120  # a hundredth is left by then (measured)
_SETTLED = 0.01  # sensitivity above the mean that ends it


def ends_and_middles(terms: ModelTerms) -> FloatArray:
    """A model at the ends and middles of all ranges, ``[m, p]``: where the best runs lie.

    Best plans for up to squares in a box have these settings only (Farrell, Kiefer & Walbran
    1967, Proc. 5th Berkeley Symp. 1, 113).
    """
    levels = [_levels(factor) for factor in terms.factors]
    sizes = [len(own) for own in levels]
    if np.prod(sizes, dtype=np.float64) <= _MOST_POINTS:
        places = np.array([*product(*map(range, sizes))], dtype=np.int64)
    else:
        places = np.random.default_rng(0).integers(0, sizes, (_MOST_POINTS, len(sizes)))
    blocks = [own[places[:, k]] for k, own in enumerate(levels)]
    return terms.expand(np.hstack([np.ones((len(places), 1)), *blocks]))


def _levels(factor: CodedFactor) -> FloatArray:
    if factor.categories:
        return factor.code(np.array(factor.categories))
    return np.array([[-1.0], [0.0], [1.0]] if factor.squared else [[-1.0], [1.0]])


def best_information(F: FloatArray, moments: FloatArray | None = None) -> FloatArray:
    """``M = Σ w_i f_i f_i'`` with the best weights of some points, ``[p, p]``.

    Args:
        F: a model at the points, ``[m, p]``.
        moments: what ``tr M⁻¹W`` is smallest for, ``[p, p]``; None: ``|M|`` is largest.
    """
    weights = np.full(len(F), 1.0 / len(F))
    for _ in range(_ROUNDS):
        inverse = np.linalg.inv(F.T @ (weights[:, None] * F))
        inner = inverse if moments is None else inverse @ moments @ inverse
        each = np.einsum("ij,ij->i", F @ inner, F)
        relative = each / float(weights @ each)
        if relative.max() < 1.0 + _SETTLED:
            break
        weights = weights * (relative if moments is None else np.sqrt(relative))
        weights /= weights.sum()
    return np.asarray(F.T @ (weights[:, None] * F))

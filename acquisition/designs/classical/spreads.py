"""Designs that fill the region: Latin hypercubes and Sobol points."""

from __future__ import annotations

from typing import Final

import numpy as np

from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import Blend, DesignRoom
from designer.acquisition.designs.design import CORNER
from designer.models.arrays import BoolArray, FloatArray

_TRIED: Final = 64  # hypercubes of which the one with most feasible points is taken
_DRAWN: Final = 1 << 14  # Sobol points looked at before points that are not feasible are taken


def latin_hypercube(room: DesignRoom, asked: Asked) -> Published:
    """McKay, Beckman & Conover (1979, Technometrics 21, 239), even by centred discrepancy."""
    from scipy.stats import qmc

    runs, dimension = asked.runs or 2 * (_dimension(room) + 1), _dimension(room)
    bound = bool(room.region.constraints or room.blends)
    sampler = qmc.LatinHypercube(
        dimension,
        optimization="random-cd" if runs > 1 and not bound else None,
        rng=asked.rng,
        scramble=asked.word("within") == "random",
    )
    tried = [sampler.random(runs) for _ in range(_TRIED if bound else 1)]
    u = min(tried, key=lambda each: (np.sum(~_inside(room, each)), qmc.discrepancy(each)))
    return _published(room, u, f"every factor's range in {runs} parts, one run in each")


def sobol(room: DesignRoom, asked: Asked) -> Published:
    """Sobol points, scrambled (Owen 1998); those outside the constraints are passed over."""
    from scipy.stats import qmc

    dimension = _dimension(room)
    runs = asked.runs or 1 << (2 * (dimension + 1) - 1).bit_length()
    sampler = qmc.Sobol(dimension, scramble=True, rng=asked.rng)
    u = np.asarray(sampler.random(max(_DRAWN, 1 << (runs - 1).bit_length())), dtype=np.float64)
    inside = _inside(room, u)
    first = np.flatnonzero(inside)[:runs]
    told = f"the first {runs} Sobol points"
    if len(first) < runs:
        others = np.flatnonzero(~inside)[: runs - len(first)]
        first = np.sort(np.concatenate([first, others]))
    elif first[-1] >= runs:
        told += f" that satisfy the constraints, of {first[-1] + 1}"
    if runs & (runs - 1):
        told += "; powers of two fill the region more evenly"
    return _published(room, u[first], told)


def _dimension(room: DesignRoom) -> int:
    return len(room.process) + sum(len(blend.names) - 1 for blend in room.blends)


def _inside(room: DesignRoom, u: FloatArray) -> BoolArray:
    """Which points are within the constraints and their mixtures' limits, before the grid."""
    points = _published(room, u, "")
    inside = room.region.feasible(room.columns(points.coded, points.amounts), len(u))
    for blend, own in zip(room.blends, points.amounts, strict=True):
        inside = inside & np.all((own >= blend.low - 1e-9) & (own <= blend.high + 1e-9), axis=1)
    return np.asarray(inside)


def _published(room: DesignRoom, u: FloatArray, fact: str) -> Published:
    """Points of the unit cube as a design, ``u`` of shape ``[n, dimension]``."""
    k = len(room.process)
    coded = 2.0 * u[:, :k] - 1.0
    for column, factor in enumerate(room.process):
        if factor.categories is not None:
            size = len(factor.categories)
            coded[:, column] = np.minimum((u[:, column] * size).astype(np.int64), size - 1)
    amounts = []
    for blend in room.blends:
        width = len(blend.names) - 1
        amounts.append(_shares(blend, u[:, k : k + width]))
        k += width
    return Published(coded, np.full(len(u), CORNER), "linear", (), (fact,), tuple(amounts))


def _shares(blend: Blend, u: FloatArray) -> FloatArray:
    """Amounts, uniform on the simplex for uniform ``u`` (Devroye 1986, ch. V.2), ``[n, q]``."""
    n = len(u)
    gaps = np.diff(np.hstack([np.zeros((n, 1)), np.sort(u, axis=1), np.ones((n, 1))]), axis=1)
    above = float(blend.high.sum()) - blend.total
    if above < blend.room:  # the simplex below the upper limits is the smaller one
        return np.asarray(blend.high - gaps * above)
    return np.asarray(blend.low + gaps * blend.room)

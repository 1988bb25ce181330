"""Designs that fill the region: Latin hypercubes and Sobol points."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import Blend, DesignRoom
from designer.acquisition.designs.design import CORNER
from designer.models.arrays import BoolArray, FloatArray
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.acquisition.candidates.region import Columns

_TRIED: Final = 256  # hypercubes of which the one with most feasible points, best spread, is taken
_AT_END: Final = 1e-9  # of a part: a setting at its end
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

    def missed(u: FloatArray) -> tuple[int, int, float]:
        blends = zip(room.blends, _published(room, u).amounts, strict=True)
        met = sum(_met_by_blend(room, blend, own, runs) for blend, own in blends)
        return int(np.sum(~_inside(room, u))), -met, float(qmc.discrepancy(u))

    published = _published(room, min(tried, key=missed))
    return replace(published, as_made=lambda columns: _parts_told(room, columns, runs))


def _met_by_blend(room: DesignRoom, blend: Blend, amounts: FloatArray, parts: int) -> int:
    """Parts of the ranges of a mixture's components that some amounts lie in, in all."""
    own = zip(blend.names, amounts.T, strict=True)
    return sum(_met(room.spec.factor(name).scale.position(x), parts) for name, x in own)


def _met(positions: FloatArray, parts: int) -> int:
    """How many of so many equal parts from 0 to 1 some positions lie in; ends are of both."""
    met = set[int]()
    for place in np.sort(positions * parts).tolist():
        either = math.ceil(place - _AT_END) - 1, math.floor(place + _AT_END)
        free = [part for part in either if 0 <= part < parts and part not in met]
        met |= {*free[:1]}
    return len(met)


def _parts_told(room: DesignRoom, columns: Columns, parts: int) -> list[str]:
    """How far the runs as they are made cover the range of every number."""
    blended = {name for blend in room.blends for name in blend.names}
    met = {
        factor.name: _met(factor.scale.position(columns[factor.name]), parts)
        for factor in room.spec.factors
        if factor.name in blended or (factor in room.process and not factor.is_categorical)
    }
    full = [name for name, number in met.items() if number == parts]
    told = []
    if full:
        ranges = "every number's range" if len(full) == len(met) else f"range of {listed(full, 12)}"
        told.append(f"{ranges} in {parts} parts, a run in each")
    short = [f"{name} in {number}" for name, number in met.items() if number < parts]
    if short:
        told.append(f"of {parts} parts of its range there are runs of {listed(short, 12)}")
    return told


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
    return replace(_published(room, u[first]), claims=(told,))


def _dimension(room: DesignRoom) -> int:
    return len(room.process) + sum(len(blend.names) - 1 for blend in room.blends)


def _inside(room: DesignRoom, u: FloatArray) -> BoolArray:
    """Which points are within the constraints and their mixtures' limits, before the grid."""
    points = _published(room, u)
    inside = room.region.feasible(room.columns(points.coded, points.amounts), len(u))
    for blend, own in zip(room.blends, points.amounts, strict=True):
        inside = inside & np.all((own >= blend.low - 1e-9) & (own <= blend.high + 1e-9), axis=1)
    return np.asarray(inside)


def _published(room: DesignRoom, u: FloatArray) -> Published:
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
    return Published(coded, np.full(len(u), CORNER), "linear", amounts=tuple(amounts))


def _shares(blend: Blend, u: FloatArray) -> FloatArray:
    """Amounts, uniform on the simplex for uniform ``u`` (Devroye 1986, ch. V.2), ``[n, q]``."""
    n = len(u)
    gaps = np.diff(np.hstack([np.zeros((n, 1)), np.sort(u, axis=1), np.ones((n, 1))]), axis=1)
    above = float(blend.high.sum()) - blend.total
    if above < blend.room:  # the simplex below the upper limits is the smaller one
        return np.asarray(blend.high - gaps * above)
    return np.asarray(blend.low + gaps * blend.room)

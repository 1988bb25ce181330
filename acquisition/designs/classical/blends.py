"""Designs of mixtures: simplex lattice and centroid, extreme vertices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Final

import numpy as np

from designer.acquisition.designs.classical.limits import Limits
from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import Blend, DesignRoom
from designer.acquisition.designs.design import CENTRE, CORNER, EDGE, FACE
from designer.acquisition.designs.model_terms import ModelOrder
from designer.acquisition.designs.refusals import refuse_many, refused
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed

_MOST_COMPONENTS: Final = 12  # of which corners are found in a second (assumption)

Points = tuple[FloatArray, IntArray]
"""Amounts ``[n, q]`` and point types ``[n]``."""


def simplex_lattice(room: DesignRoom, asked: Asked) -> Published:
    """Scheffé (1958, J. R. Stat. Soc. B 20, 344): shares in equal steps."""
    from pydoe import simplex_lattice_design

    degree = int(asked.number("degree"))

    def points(blend: Blend) -> Points:
        q = len(blend.names)
        refuse_many(math.comb(q + degree - 1, degree), f"a lattice of {counted(q, 'component')}")
        return _simplex(blend, simplex_lattice_design(len(blend.names), degree))

    return _crossed(room, "simplex-lattice", f"lattice of degree {degree}", degree, points)


def simplex_centroid(room: DesignRoom, _asked: Asked) -> Published:
    """Scheffé (1963, J. R. Stat. Soc. B 25, 235): every set of components in equal shares."""
    from pydoe import simplex_centroid_design

    def points(blend: Blend) -> Points:
        refuse_many(
            2.0 ** len(blend.names), f"every set of {counted(len(blend.names), 'component')}"
        )
        return _simplex(blend, simplex_centroid_design(len(blend.names)))

    return _crossed(room, "simplex-centroid", "centroids of all sets of components", 2, points)


def extreme_vertices(room: DesignRoom, asked: Asked) -> Published:
    """McLean & Anderson (1966, Technometrics 8, 447): corners of what the limits leave."""

    def points(blend: Blend) -> Points:
        if len(blend.names) > _MOST_COMPONENTS:
            raise refused(
                "extreme-vertices looks for corners of few components",
                counted(len(blend.names), "component"),
                f"at most {_MOST_COMPONENTS}",
                "Keep some with --fix, or take d-optimal",
            )
        limits = Limits.of(room, blend)
        corners = limits.corners()
        rows, kinds = [corners], [np.full(len(corners), CORNER)]
        if asked.word("edges") == "yes":
            pairs = combinations(range(len(corners)), 2)
            edges = [(i, j) for i, j in pairs if limits.share_an_edge(corners[i], corners[j])]
            middles = [0.5 * (corners[i] + corners[j]) for i, j in edges]
            rows.append(np.array(middles).reshape(-1, len(blend.names)))
            kinds.append(np.full(len(middles), EDGE))
        rows.append(corners.mean(axis=0)[None, :])
        kinds.append(np.full(1, CENTRE))
        return np.vstack(rows), np.concatenate(kinds)

    edges = asked.word("edges") == "yes"
    told = f"corners of the limits{', middles of their edges' if edges else ''} and centroid"
    degree = 2 if edges else 1
    return _crossed(room, "extreme-vertices", told, degree, points)


def _simplex(blend: Blend, shares: FloatArray) -> Points:
    """Shares of what is left above the least amounts: Kurotori's pseudocomponents (1966)."""
    shares = np.asarray(shares, dtype=np.float64)
    used = np.sum(shares > 0, axis=1)
    kinds = np.select([used == 1, used == 2], [CORNER, EDGE], FACE)
    even = np.ptp(shares, axis=1) < 1e-9
    return blend.low + shares * blend.room, np.where(even, CENTRE, kinds)


def _crossed(
    room: DesignRoom, name: str, told: str, degree: int, points: Callable[[Blend], Points]
) -> Published:
    """Points of every mixture, with every combination of the other factors' ends."""
    if not room.blends:
        raise refused(
            f"{name} is for mixtures, and this campaign has none to vary",
            hint="definitive-screening, central-composite or sobol serve factors of their own",
        )
    each = [points(blend) for blend in room.blends]
    sizes = [len(factor.categories or (0, 0)) for factor in room.process]
    numbers = [len(amounts) for amounts, _ in each]
    total = math.prod((*numbers, *sizes))
    refuse_many(total, "the mixture's points with every combination of the other factors")
    places = np.array([*product(*map(range, (*sizes, *numbers)))], dtype=np.int64)
    coded = places[:, : len(sizes)].astype(np.float64)
    for column, factor in enumerate(room.process):
        if not factor.is_categorical:
            coded[:, column] = 2.0 * coded[:, column] - 1.0
    chosen = places[:, len(sizes) :].T
    kinds = np.array([own[rows] for (_, own), rows in zip(each, chosen, strict=True)])
    # the centroid of one mixture beside points of another is none of the design
    kind = np.where(np.any(kinds == CENTRE, axis=0), FACE, kinds.max(axis=0))
    kind[np.all(kinds == CENTRE, axis=0)] = CENTRE
    amounts = tuple(own[rows] for (own, _), rows in zip(each, chosen, strict=True))
    told_each = zip(room.blends, numbers, strict=True)
    facts = [f"{' + '.join(b.names)}: {told}, {counted(n, 'blend')}" for b, n in told_each]
    facts += _cut(room, name)
    if sizes:
        facts.append(
            f"with every combination of {_names(room)}: {counted(total, 'run')}"
            " (d-optimal takes fewer)"
        )
    order: ModelOrder = "quadratic" if degree > 1 else "linear"
    made = Published(coded, kind, order, tuple(facts), (), amounts)
    centroids = np.flatnonzero(kind == CENTRE)
    if not len(centroids):
        return made
    middles = tuple(own[centroids[0]] for own in amounts)
    if sizes:  # they belong to the combinations; centre points come on top, in the middle of all
        return replace(made, middles=middles)
    others = made.rows(np.flatnonzero(kind != CENTRE))
    return replace(others, centres=len(centroids), middles=middles)


def _names(room: DesignRoom) -> str:
    return listed([factor.name for factor in room.process])


def _cut(room: DesignRoom, name: str) -> Sequence[str]:
    """Components that cannot take all that is left, where the design would have them."""
    if name == "extreme-vertices":
        return []
    short = [
        component
        for blend in room.blends
        for component, most, reach in zip(
            blend.names, blend.high, blend.low + blend.room, strict=True
        )
        if most < reach - 1e-9
    ]
    if not short:
        return []
    verb = "is" if len(short) == 1 else "are"
    return [f"{listed(short)} {verb} limited from above: extreme-vertices fits such a mixture"]

"""Designs for curved surfaces: central composite, Box and Behnken's, definitive screening."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np

from designer.acquisition.designs.classical.aliases import mixing_told
from designer.acquisition.designs.classical.fractions import (
    LEAST_ABERRATION,
    block_numbers,
    blocking_columns,
    column_points,
    fractions_of,
)
from designer.acquisition.designs.classical.published import Asked, Published
from designer.acquisition.designs.classical.room import DesignRoom
from designer.acquisition.designs.design import AXIAL, CORNER, EDGE
from designer.acquisition.designs.refusals import refuse_many, refused
from designer.campaigns.values.numbers import number_text
from designer.models.arrays import IntArray
from designer.render.words import count as counted
from designer.render.words import listed

# Centre points that make the variance of predictions about even inside the cube (Box & Hunter
# 1957, Ann. Math. Stat. 28, 195; as tabled by Montgomery, Design and Analysis of Experiments)
_CENTRES: Final = {2: 5, 3: 6, 4: 7, 5: 6, 6: 9, 7: 10}
_MANY_CENTRES: Final = 10
_FRACTION_FROM: Final = 5  # factors from which the cube is a fraction of resolution V

# Factors that change together (Box & Behnken 1960, Technometrics 2, 455, Table 4); of each group
# every combination of ±1, the others at their middle. Groups before and after "|" are blocks.
_GROUPS: Final = {
    3: "12 13 23",
    4: "12 34 | 14 23 | 13 24",
    5: "12 34 25 13 45 | 23 14 35 15 24",
    6: "124 235 346 145 256 136",
    7: "456 167 257 124 347 135 236",
}
_BEHNKEN_CENTRES: Final = {3: 3, 4: 3, 5: 6, 6: 6, 7: 6}


def central_composite(room: DesignRoom, asked: Asked) -> Published:
    """A cube, a star and centre points (Box & Wilson 1951, J. R. Stat. Soc. B 13, 1)."""
    k = _numbers(room, "central-composite", 2)
    kind, cube = asked.word("type"), _cube(k, asked)
    refuse_many(2.0 ** cube[0], f"the cube of {counted(k, 'factor')}")
    axial = np.zeros((2 * k, k))
    axial[np.arange(2 * k), np.arange(2 * k) // 2] = np.tile([-1.0, 1.0], k)
    corners, facts = column_points(*cube), []
    if cube[1]:
        facts.append(f"the cube is a fraction of resolution V or more, {len(corners)} corners")
    split = _cube_blocks(asked, cube) if asked.blocks > 1 and asked.replicates == 1 else None
    centres = _CENTRES.get(k, _MANY_CENTRES) if asked.centres is None else asked.centres
    star = asked.blocks if split is not None else 1
    alpha = _alpha(kind, asked, _Parts(k, len(corners), centres, star))
    if kind == "face":
        claims = ["face-centred: three settings of every factor"]
    else:
        corners = corners / alpha
        claims = [_scaled(kind, alpha)]
    if split is not None:
        facts.append(f"{counted(star, 'block')}: corners in {star - 1}, the star in the last")
    told = Published(
        np.vstack([corners, axial]),
        np.repeat([CORNER, AXIAL], [len(corners), 2 * k]),
        "quadratic",
        tuple(facts),
        tuple(claims),
        blocks=None if split is None else np.concatenate([split, np.full(2 * k, star)]),
        centres=_CENTRES.get(k, _MANY_CENTRES),
    )
    return _for_categories(room, told)


def _cube(k: int, asked: Asked) -> tuple[int, tuple[int, ...]]:
    """Basic factors of the cube, and columns of the others."""
    wanted = asked.options.get("cube")
    if wanted == "full" or (wanted is None and k < _FRACTION_FROM):
        return k, ()
    for basic, reached in fractions_of(k).items():
        if reached >= 5:
            return basic, LEAST_ABERRATION[basic][k]
    if wanted == "fraction":
        raise refused(
            f"a fraction of resolution V or more of {counted(k, 'factor')} is not tabled",
            hint="Take cube=full",
            where="option cube",
        )
    return k, ()


def _cube_blocks(asked: Asked, cube: tuple[int, tuple[int, ...]]) -> IntArray | None:
    """Blocks of the corners, where one more for the star makes the number asked for."""
    basic, columns = cube
    splits = (asked.blocks - 1).bit_length() - 1
    if asked.blocks - 1 != 1 << splits:
        return None
    if not splits:
        return np.ones(1 << basic, dtype=np.int64)
    chosen = blocking_columns(columns, basic, splits)
    return None if chosen is None else np.asarray(block_numbers(basic, chosen), dtype=np.int64)


@dataclass(frozen=True)
class _Parts:
    """Numbers of factors, corners, centre points and blocks, the star's the last."""

    factors: int
    corners: int
    centres: int
    blocks: int


def _alpha(kind: str, asked: Asked, parts: _Parts) -> float:
    """How far the star reaches, in half edges of the cube."""
    wanted, k, corners = asked.options.get("alpha"), parts.factors, parts.corners
    if kind == "face":
        if wanted is not None:
            raise refused(
                "the star of type=face is on the cube's faces",
                str(wanted),
                "no alpha",
                "type=inscribed takes one",
                where="option alpha",
            )
        return 1.0
    if wanted is None and parts.blocks > 1:  # Box & Hunter 1957, eq. 69: blocks do not disturb
        star = parts.centres // parts.blocks
        ratio = corners / (corners + parts.centres - star)
        return float(np.sqrt(ratio * (2 * k + star) / 2))
    if wanted == "spherical":
        return float(np.sqrt(k))
    if wanted == "orthogonal":  # squares are not mixed up with each other
        total = corners + 2 * k + parts.centres
        return float((corners * (np.sqrt(total) - np.sqrt(corners)) ** 2 / 4) ** 0.25)
    if wanted is None or wanted == "rotatable":
        return float(corners**0.25)
    return float(str(wanted))


def _scaled(kind: str, alpha: float) -> str:
    """What is said of a star that reaches beyond the cube."""
    told = (
        f"alpha {number_text(round(alpha, 3))}: the star stands on the ends of the ranges, the"
        f" cube's corners at {100 / alpha:.0f} % of the way from the middle"
    )
    if kind == "circumscribed":
        told += " (ranges are limits, so these are the points of type=inscribed)"
    return told


def box_behnken(room: DesignRoom, asked: Asked) -> Published:
    """Box & Behnken (1960): three settings, no corners."""
    k = _numbers(room, "box-behnken", 3)
    if k not in _GROUPS:
        raise refused(
            f"there is no Box–Behnken design of {counted(k, 'factor')} here",
            allowed="3 to 7 factors",
            hint="Keep some with --fix, or take central-composite or definitive-screening",
        )
    points, parts = [], []
    for part, groups in enumerate(_GROUPS[k].split("|"), start=1):
        for group in groups.split():
            places = [int(digit) - 1 for digit in group]
            own = np.zeros((1 << len(places), k))
            own[:, places] = column_points(len(places), ())
            points.append(own)
            block = np.full(len(own), part)
            if len(places) == 3 and asked.blocks == 2:  # by the sign of the three together
                block = 1 + (own[:, places].prod(axis=1) > 0)
            parts.append(block)
    coded, blocks = np.vstack(points), np.concatenate(parts).astype(np.int64)
    fits = blocks.max() == asked.blocks > 1 and asked.replicates == 1
    return _for_categories(
        room,
        Published(
            coded,
            np.full(len(coded), EDGE),
            "quadratic",
            (f"{asked.blocks} blocks as published",) if fits else (),
            (f"{counted(k, 'factor')}, three settings each, no corner of the ranges",),
            blocks=blocks if fits else None,
            centres=_BEHNKEN_CENTRES[k],
        ),
    )


def definitive_screening(room: DesignRoom, asked: Asked) -> Published:
    """Jones & Nachtsheim (2011, J. Qual. Technol. 43, 1; with categories 2013, 45, 121)."""
    from pydoe import definitive_screening_design

    many = room.many_categories
    if many:
        raise refused(
            "definitive-screening takes categories by two",
            "; ".join(f"{f.name}: {', '.join(f.categories or ())}" for f in many),
            hint=f"d-optimal takes more; or keep {many[0].name} with --fix",
        )
    numbers, categories = len(room.numeric), len(room.switched)
    if numbers < 3:
        raise refused(
            f"definitive-screening needs three numbers with a middle, {numbers} to vary",
            hint="full-factorial (levels=3) or central-composite serve two",
        )
    extra = int(asked.number("extra_factors"))
    points = definitive_screening_design(numbers, categories, n_fake_factors=extra)
    points = np.asarray(points, dtype=np.float64)
    centres = 1 if not categories else 2
    points = points[centres:]
    coded = np.zeros((len(points), len(room.process)))
    order = [*room.numeric, *room.switched]
    for column, factor in enumerate(order):
        own = points[:, column]
        coded[:, room.process.index(factor)] = (own + 1) / 2 if factor.is_categorical else own
    middles = np.sum(points[:, :numbers] == 0, axis=1)
    half = len(points) // 2
    blocks = None
    if 1 < asked.blocks <= half // 2 and not categories and asked.replicates == 1:
        # a run and its mirror image stay together (Jones & Nachtsheim 2016, Technometrics 58, 74)
        blocks, centres = np.tile(1 + np.arange(half) % asked.blocks, 2), asked.blocks
    facts = []
    if not categories and numbers % 2:
        facts.append("an odd number of factors: the design of one more, its column left out")
    if blocks is not None:
        facts.append(f"{asked.blocks} blocks, a run and its mirror image together")
    return Published(
        coded,
        np.where(middles > 0, EDGE, CORNER),
        "linear",
        tuple(facts),
        as_made=lambda columns: mixing_told(room, columns, "quadratic"),
        blocks=blocks,
        centres=centres,
    )


def _numbers(room: DesignRoom, name: str, least: int) -> int:
    """How many numbers with a middle vary; refused where they are too few."""
    k = len(room.numeric)
    if k < least:
        raise refused(
            f"{name} needs {least} numbers with a middle, {k} to vary",
            hint="full-factorial (levels=3) serves fewer",
        )
    return k


def _for_categories(room: DesignRoom, numbers: Published) -> Published:
    """A design of the numbers, made once for every combination of categories and pairs."""
    sizes = [len(factor.categories or (0, 1)) for factor in room.switched]
    if not sizes:
        return numbers
    several = math.prod(sizes)
    refuse_many(several * len(numbers), "the design for every setting of the other factors")
    repeated = numbers.rows(np.tile(np.arange(len(numbers)), several))
    chosen = np.repeat(np.array([*product(*map(range, sizes))]), len(numbers), axis=0)
    coded = np.zeros((len(repeated), len(room.process)))
    for column, factor in enumerate(room.numeric):
        coded[:, room.process.index(factor)] = repeated.coded[:, column]
    for column, factor in enumerate(room.switched):
        own = chosen[:, column]
        coded[:, room.process.index(factor)] = own if factor.is_categorical else 2 * own - 1
    names = listed([factor.name for factor in room.switched])
    centres = several * numbers.centres
    return replace(repeated, coded=coded, centres=centres).with_facts(
        f"made for every setting of {names}: {several} times {len(numbers)} points"
    )

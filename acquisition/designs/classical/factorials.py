"""Factorial designs: full, regular fractions, Plackett and Burman's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from designer.acquisition.designs.classical.aliases import alias_facts
from designer.acquisition.designs.classical.fractions import (
    LEAST_ABERRATION,
    MOST_FACTORS,
    block_numbers,
    blocking_columns,
    column_points,
    fractions_of,
    resolution,
)
from designer.acquisition.designs.classical.published import Asked, Published, corners
from designer.acquisition.designs.classical.refusals import refuse_many, refused, sizes_told
from designer.acquisition.designs.classical.room import LETTERS, DesignRoom
from designer.acquisition.designs.model_terms import ModelOrder
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Factor

ROMAN = {3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII", 9: "IX", 10: "X"}

# First rows of the cyclic designs of Plackett & Burman (1946, Biometrika 33, 305, p. 323): every
# next row is the one before moved by one place, the last is all minus. Of 28 and 40 runs there is
# no such row; pydoe doubles the design of 12 runs to 24, which mixes up more.
_FIRST_ROWS: Final = {
    8: "+++-+--",
    12: "++-+++---+-",
    16: "++++-+-++--+---",
    20: "++--++++-+-+----++-",
    24: "+++++-+-++--++--+-+----",
    32: "----+-+-+++-++---+++++--++-+--+",
    36: "-+-+++---+++++-+++--+----+-+-++--+-",
    44: "++--+-+--+++-+++++---+-+++-----+---++-+-++-",
    48: "+++++-++++--+-+-+++--+--++-++---+-+-++----+----",
}


def full_factorial(room: DesignRoom, asked: Asked) -> Published:
    """Every combination of the factors' levels."""
    from pydoe import fullfact

    levels = [_levels(factor, asked) for factor in room.process]
    refuse_many(math.prod(levels), f"every combination of {counted(len(levels), 'factor')}")
    total = math.prod(levels)
    index = np.asarray(fullfact(np.array(levels)), dtype=np.float64)
    coded = np.column_stack(
        [
            index[:, k] if factor.is_categorical else 2.0 * index[:, k] / (levels[k] - 1) - 1.0
            for k, factor in enumerate(room.process)
        ]
    )
    two = all(count == 2 for count in levels)
    counts = zip(room.process, levels, strict=True)
    curved = any(count > 2 and not factor.is_categorical for factor, count in counts)
    order: ModelOrder = "quadratic" if curved else "interaction"
    words = " × ".join(map(str, levels))
    published = corners(coded, order, f"every combination: {words} = {counted(total, 'run')}")
    if two and asked.blocks > 1:
        return _in_blocks(published, room, asked, len(levels), ())
    return published


def _levels(factor: Factor, asked: Asked) -> int:
    """How many levels of a factor are combined."""
    own = asked.options.get("levels")
    wanted = own.get(factor.name, own.get("", 2)) if isinstance(own, Mapping) else own
    most = factor.count
    if factor.is_categorical or wanted == "all":
        return most or 2
    number = int(float(str(wanted or 2)))
    return number if most is None else min(number, most)


def fractional_factorial(room: DesignRoom, asked: Asked) -> Published:
    """A regular fraction of the two-level factorial, of least aberration or by generators."""
    two_levels(room, "fractional-factorial")
    k = len(room.process)
    basic, columns = _fraction(room, asked)
    refuse_many(2.0**basic, f"this fraction of {counted(k, 'factor')}")
    coded = _as_places(room, column_points(basic, columns))
    found = resolution(columns, basic)
    if not columns:
        told = [f"the full factorial of {counted(k, 'factor')} with two levels"]
    else:
        told = [
            f"fraction 2^({k}-{len(columns)}) of resolution {ROMAN.get(found, found)}:"
            f" {_generators_told(room, basic, columns)}",
        ]
    published = corners(coded, "linear" if found < 5 else "interaction", *told)
    published = published.with_facts(*alias_facts(room, published))
    return _in_blocks(published, room, asked, basic, columns) if asked.blocks > 1 else published


def _fraction(room: DesignRoom, asked: Asked) -> tuple[int, tuple[int, ...]]:
    """Number of basic factors, and columns of the others."""
    k = len(room.process)
    generators = asked.options.get("generators")
    if generators and k <= len(LETTERS):
        return _generated(room, str(generators))
    if k > MOST_FACTORS:
        raise refused(
            "fractions are tabled for up to 15 factors",
            found=str(k),
            hint="plackett-burman and definitive-screening take more; or keep some with --fix",
        )
    sizes = fractions_of(k)
    wanted = asked.options.get("resolution")
    if asked.runs is not None:
        basic = asked.runs.bit_length() - 1
        if asked.runs == 1 << k:
            return k, ()
        if asked.runs != 1 << basic or basic not in sizes:
            raise refused(
                f"there is no fraction of {counted(k, 'factor')} with so many runs",
                found=str(asked.runs),
                allowed=sizes_told([*(1 << each for each in sizes), 1 << k]),
                where="-n",
            )
        return basic, LEAST_ABERRATION[basic][k]
    least = 4 if wanted is None else int(float(str(wanted)))
    for basic, reached in sizes.items():
        if reached >= least:
            return basic, LEAST_ABERRATION[basic][k]
    return k, ()


def _generated(room: DesignRoom, text: str) -> tuple[int, tuple[int, ...]]:
    """The fraction of some generators: ``E=ABC F=BCD``, letters of the factors in order."""
    letters = {room.letter(factor): k for k, factor in enumerate(room.process)}
    found: dict[int, str] = {}
    known = ", ".join(f"{letter} {room.process[k].name}" for letter, k in letters.items())
    for part in re.split(r"[,;\s]+", text.strip()):
        match = re.fullmatch(r"([A-Za-z])=([+-]?)([A-Za-z]{2,})", part)
        word = match[3] if match else ""
        if match is None or match[1] not in letters or not set(word) <= set(letters):
            raise refused(
                "is no generator", part, f"such as D=ABC with {known}", where="generators"
            )
        if match[2] == "-":
            raise refused(
                "generators with a minus are the other fraction of the same kind",
                part,
                "a plus",
                where="generators",
            )
        found[letters[match[1]]] = word
    basics = [k for k in range(len(room.process)) if k not in found]
    if basics != list(range(len(basics))) or any(
        letters[letter] >= len(basics) for word in found.values() for letter in word
    ):
        raise refused(
            "the generated factors have to be the last ones, made of the others",
            text,
            known,
            where="generators",
        )
    columns = [
        sum(1 << letters[letter] for letter in set(found[k]) if found[k].count(letter) % 2)
        for k in range(len(basics), len(room.process))
    ]
    if len({*columns, *(1 << k for k in basics)}) < len(room.process):
        raise refused("two factors would always change together", text, where="generators")
    return len(basics), tuple(columns)


def _generators_told(room: DesignRoom, basic: int, columns: Sequence[int]) -> str:
    names = [factor.name for factor in room.process]
    return ", ".join(
        f"{names[basic + j]} = {' × '.join(names[i] for i in range(basic) if column >> i & 1)}"
        for j, column in enumerate(columns)
    )


def plackett_burman(room: DesignRoom, asked: Asked) -> Published:
    """Plackett & Burman (1946, Biometrika 33, 305): main effects in as few runs as can be."""
    two_levels(room, "plackett-burman")
    k = len(room.process)
    possible = [size for size in _FIRST_ROWS if size > k]
    runs = asked.runs or (possible[0] if possible else 0)
    if runs not in possible:
        raise refused(
            f"there is no Plackett–Burman design of {counted(k, 'factor')} with so many runs",
            str(asked.runs or k + 1),
            sizes_told(possible) if possible else f"at most {max(_FIRST_ROWS) - 1} factors",
            where="-n",
        )
    points = _cyclic(_FIRST_ROWS[runs])
    published = corners(_as_places(room, points[:, :k]), "linear")
    told = f"{runs} runs, resolution III: main effects are not mixed up with each other, but "
    if runs & (runs - 1) == 0:
        told += "wholly with products of others (fractional-factorial chooses better columns)"
    else:
        told += "in part with the products of all other factors"
    spare = runs - 1 - k
    published = published.with_facts(told)
    if asked.blocks == 2 and spare:
        blocks = 1 + (points[:, k] > 0).astype(np.int64)
        return replace(published, blocks=blocks).with_facts(
            "blocks by a column no factor needs: no main effect is mixed up with them"
        )
    return published


def _cyclic(first: str) -> FloatArray:
    """A row of signs, moved by one place again and again, and a row of minus, ``[n, n - 1]``."""
    row = np.array([1.0 if sign == "+" else -1.0 for sign in first])
    return np.array([*(np.roll(row, k) for k in range(len(row))), -np.ones(len(row))])


def two_levels(room: DesignRoom, name: str) -> None:
    """Refuse a room that a design of two levels cannot serve, all at once.

    Raises:
        InputError: categories beyond two.
    """
    many = room.many_categories
    if many:
        told = "; ".join(f"{f.name}: {', '.join(f.categories or ())}" for f in many)
        raise refused(
            f"{name} has two levels of every factor, {counted(len(many), 'factor')}"
            f" {'has' if len(many) == 1 else 'have'} more categories",
            told,
            hint=f"full-factorial or d-optimal take them; or keep {many[0].name} with --fix",
        )


def _as_places(room: DesignRoom, points: FloatArray) -> FloatArray:
    """Two-level points with places of categories: -1 the first, 1 the second."""
    coded = points.copy()
    for k, factor in enumerate(room.process):
        if factor.is_categorical:
            coded[:, k] = points[:, k] > 0
    return coded


def _in_blocks(
    published: Published, room: DesignRoom, asked: Asked, basic: int, columns: Sequence[int]
) -> Published:
    """The blocks that mix up the fewest effects; as it is, where there are none of that number."""
    splits = asked.blocks.bit_length() - 1
    if asked.blocks != 1 << splits or splits >= basic or asked.replicates > 1:
        return published
    chosen = blocking_columns(columns, basic, splits)
    if chosen is None:
        return published
    names = [factor.name for factor in room.process]
    told = ", ".join(
        " × ".join(names[i] for i in range(basic) if column >> i & 1) for column in chosen
    )
    blocks: IntArray = np.asarray(block_numbers(basic, chosen), dtype=np.int64)
    return replace(published, blocks=blocks).with_facts(
        f"{asked.blocks} blocks by {told}: no main effect is mixed up with them"
    )

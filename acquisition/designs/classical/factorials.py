"""Designs of two levels: regular fractions, Plackett and Burman's, their mirror images."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import numpy as np

from designer.acquisition.designs.classical.aliases import mixing_told
from designer.acquisition.designs.classical.fractions import (
    MOST_FACTORS,
    Fraction,
    block_numbers,
    blocking_columns,
    fractions_of,
)
from designer.acquisition.designs.classical.published import Asked, Published, corners
from designer.acquisition.designs.classical.room import LETTERS, DesignRoom
from designer.acquisition.designs.refusals import refuse_many, refused, sizes_told
from designer.campaigns.specification.parts import MOST_RUNS
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted

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


def fractional_factorial(room: DesignRoom, asked: Asked) -> Published:
    """A regular fraction of the two-level factorial, of least aberration or by generators."""
    two_levels(room, "fractional-factorial")
    k = len(room.process)
    fraction = _fraction(room, asked)
    refuse_many(2.0 ** len(fraction.basics), f"this fraction of {counted(k, 'factor')}")
    points = fraction.points()
    found = fraction.resolution
    if fraction.columns:
        told = (
            f"fraction 2^({k}-{len(fraction.columns)}) of resolution {ROMAN.get(found, found)}:"
            f" {fraction.told([factor.name for factor in room.process])}"
        )
    else:
        told = f"the full factorial of {counted(k, 'factor')} with two levels"
    if asked.options.get("foldover") == "yes":
        if not fraction.columns:
            raise refused("a full factorial has no other half", where="option foldover")
        return _folded(room, asked, points, told)
    published = corners(_as_places(room, points), "linear" if found < 5 else "interaction", told)
    published = _compared(room, published)
    return in_blocks(published, room, asked, fraction) if asked.blocks > 1 else published


def _fraction(room: DesignRoom, asked: Asked) -> Fraction:
    """The fraction that is asked for: by generators, by size or by resolution."""
    k = len(room.process)
    generators, wanted = asked.options.get("generators"), asked.options.get("resolution")
    least = 4 if wanted is None else int(float(str(wanted)))
    if generators:
        found = _generated(room, str(generators))
        _check_size(asked, found)
    elif k > MOST_FACTORS:
        raise refused(
            "fractions are tabled for up to 15 factors",
            found=str(k),
            hint="Say generators=, or keep some factors with --fix; plackett-burman and"
            " definitive-screening take more",
        )
    elif asked.runs is not None:
        found = _of_size(k, asked.runs)
    else:
        sizes = fractions_of(k)
        basic = next((basic for basic, reached in sizes.items() if reached >= least), k)
        if basic == k and 1 << k > MOST_RUNS:
            raise refused(
                f"no fraction of {counted(k, 'factor')} within {MOST_RUNS} runs has this"
                " resolution",
                ROMAN[least],
                f"at most {ROMAN[max(sizes.values())]}",
                where="option resolution",
            )
        return Fraction.tabled(k, basic)
    if wanted is not None and found.columns and found.resolution < least:
        raise refused(
            f"this fraction has resolution {ROMAN.get(found.resolution, found.resolution)} only",
            found=str(least),
            hint="Leave resolution= out, or let it decide alone",
            where="option resolution",
        )
    return found


def _check_size(asked: Asked, found: Fraction) -> None:
    runs = 1 << len(found.basics)
    if asked.runs not in {None, runs}:
        raise refused(
            "the generators make another number of runs",
            str(asked.runs),
            str(runs),
            "Leave -n out",
            where="-n",
        )


def _of_size(k: int, runs: int) -> Fraction:
    sizes, basic = fractions_of(k), runs.bit_length() - 1
    if runs == 1 << k or (runs == 1 << basic and basic in sizes):
        return Fraction.tabled(k, basic)
    raise refused(
        f"there is no fraction of {counted(k, 'factor')} with so many runs",
        found=str(runs),
        allowed=sizes_told([*(1 << each for each in sizes), 1 << k]),
        where="-n",
    )


def _generated(room: DesignRoom, text: str) -> Fraction:
    """The fraction of some generators: ``E=ABC F=-BCD``, letters of the factors in order."""
    letters = {room.letter(factor): k for k, factor in enumerate(room.process)}
    known = ", ".join(f"{letter} {room.process[k].name}" for letter, k in letters.items())
    upper = len(letters) <= LETTERS.index("a")  # then small letters can only mean the large ones
    found: dict[int, tuple[int, int]] = {}
    for part in re.split(r"[,;\s]+", text.strip()):
        match = re.fullmatch(r"([A-Za-z])=([+-]?)([A-Za-z]{2,})", part.upper() if upper else part)
        own, word = (match[1], match[3]) if match else ("", "")
        if match is None or not {own, *word} <= {*letters} or letters[own] in found:
            raise refused(
                "is no generator",
                part,
                f"such as D=ABC or D=-ABC, one of a factor, with {known}",
                where="option generators",
            )
        product = sum(1 << letters[x] for x in set(word) if word.count(x) % 2)
        found[letters[own]] = product, -1 if match[2] == "-" else 1
    basics = tuple(k for k in range(len(room.process)) if k not in found)
    if any(product >> k & 1 for product, _ in found.values() for k in found):
        raise refused(
            "generated factors have to be made of the others",
            text,
            f"products of {', '.join(LETTERS[k] for k in basics) or 'at least two others'}",
            where="option generators",
        )
    columns = tuple(
        sum(1 << place for place, k in enumerate(basics) if found[own][0] >> k & 1)
        for own in sorted(found)
    )
    if len({*columns, *(1 << place for place in range(len(basics)))} - {0}) < len(room.process):
        raise refused(
            "two factors would always change together, or one never",
            text,
            where="option generators",
        )
    return Fraction(basics, columns, tuple(found[own][1] for own in sorted(found)))


def _folded(room: DesignRoom, asked: Asked, points: FloatArray, told: str) -> Published:
    """Points and their mirror image (Box & Hunter 1961, Technometrics 3, 311): resolution IV."""
    half = len(points)
    folded = corners(
        _as_places(room, np.vstack([points, -points])),
        "linear",
        told,
        f"and its mirror image, {half} runs more",
    )
    folded = _compared(room, folded)
    if asked.blocks == 2 and asked.replicates == 1:
        blocks = np.repeat([1, 2], half)
        return replace(folded, blocks=blocks).with_facts("2 blocks: the design, its mirror image")
    return folded


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
    if asked.options.get("foldover") == "yes":
        return _folded(room, asked, points[:, :k], f"Plackett and Burman's design of {runs} runs")
    told = f"{runs} runs, resolution III"
    if runs & (runs - 1) == 0:
        told += " (fractional-factorial chooses better columns)"
    published = _compared(room, corners(_as_places(room, points[:, :k]), "linear", told))
    if asked.blocks == 2 and runs - 1 > k and asked.replicates == 1:
        blocks = 1 + (points[:, k] > 0).astype(np.int64)
        return replace(published, blocks=blocks).with_facts("2 blocks by a column no factor needs")
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


def _compared(room: DesignRoom, published: Published) -> Published:
    """A design that tells which of its effects of one and two factors are mixed up."""
    return replace(published, as_made=lambda columns: mixing_told(room, columns, "interaction"))


def _as_places(room: DesignRoom, points: FloatArray) -> FloatArray:
    """Two-level points with places of categories: -1 the first, 1 the second."""
    coded = points.copy()
    for k, factor in enumerate(room.process):
        if factor.is_categorical:
            coded[:, k] = points[:, k] > 0
    return coded


def in_blocks(
    published: Published, room: DesignRoom, asked: Asked, fraction: Fraction
) -> Published:
    """A design in the blocks that mix up the fewest effects, where there are so many.

    Args:
        published: points in the order of the fraction.
        room: factors that vary.
        asked: number of blocks; as it is where no fraction of that many blocks is.
        fraction: its basic factors and columns.
    """
    splits, basic = asked.blocks.bit_length() - 1, len(fraction.basics)
    if asked.blocks != 1 << splits or splits >= basic or asked.replicates > 1:
        return published
    chosen = blocking_columns(fraction.columns, basic, splits)
    if chosen is None:
        return published
    names = [room.process[k].name for k in fraction.basics]
    told = ", ".join(
        " × ".join(names[i] for i in range(basic) if column >> i & 1) for column in chosen
    )
    blocks: IntArray = np.asarray(block_numbers(basic, chosen), dtype=np.int64)
    return replace(published, blocks=blocks).with_facts(f"{asked.blocks} blocks by {told}")

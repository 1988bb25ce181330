"""Regular fractions of two-level factorials: generators, resolution, aliases.

A column is a bit mask: bit i says that basic factor i is in the product, so the column of a product
is the exclusive or of their masks. Generators are those of least aberration (Fries & Hunter 1980,
Technometrics 22, 601: the fewest words of the shortest length), found by search and compared with
the word length patterns of Chen, Sun & Wu (1993, Int. Stat. Rev. 61, 131); of 128 runs with 14 and
15 factors, and of 256 and 512 runs, those of the greatest resolution there is with the fewest words
of that length that exchanging columns found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from designer.models.arrays import FloatArray, IntArray

LEAST_ABERRATION: Final[dict[int, dict[int, tuple[int, ...]]]] = {
    2: {3: (3,)},
    3: {4: (7,), 5: (3, 5), 6: (3, 5, 6), 7: (3, 5, 6, 7)},
    4: {
        5: (15,), 6: (7, 11), 7: (7, 11, 13), 8: (7, 11, 13, 14), 9: (3, 7, 11, 13, 14),
        10: (3, 5, 7, 11, 13, 14), 11: (3, 5, 7, 9, 11, 13, 14), 12: (3, 5, 7, 9, 11, 13, 14, 15),
        13: (3, 5, 6, 7, 9, 10, 11, 13, 14), 14: (3, 5, 6, 7, 9, 10, 11, 12, 13, 14),
        15: (3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15),
    },
    5: {
        6: (31,), 7: (7, 27), 8: (7, 11, 29), 9: (7, 11, 19, 29), 10: (15, 19, 21, 25, 30),
        11: (7, 11, 13, 19, 21, 31), 12: (7, 11, 13, 14, 19, 21, 31),
        13: (7, 11, 13, 14, 19, 21, 25, 31), 14: (7, 11, 13, 14, 19, 21, 22, 25, 31),
        15: (7, 11, 13, 14, 19, 21, 22, 25, 26, 31),
    },
    6: {
        7: (63,), 8: (15, 51), 9: (15, 19, 53), 10: (15, 19, 39, 57), 11: (31, 39, 41, 42, 51),
        12: (31, 39, 41, 42, 51, 60), 13: (13, 25, 31, 39, 41, 51, 53),
        14: (11, 13, 21, 31, 39, 41, 51, 52), 15: (11, 13, 21, 31, 39, 41, 51, 52, 58),
    },
    7: {
        8: (127,), 9: (31, 103), 10: (31, 39, 107), 11: (31, 43, 85, 103),
        12: (31, 43, 81, 103, 125), 13: (31, 43, 44, 85, 86, 103),
        14: (13, 27, 39, 87, 92, 105, 110),
        15: (11, 22, 39, 56, 81, 110, 117, 123),
    },
    8: {
        9: (255,), 10: (111, 151), 11: (31, 110, 167),
        12: (59, 87, 203, 230), 13: (103, 122, 139, 190, 215),
        14: (47, 108, 117, 139, 179, 249),
        15: (71, 109, 139, 157, 179, 190, 234),
    },
    9: {
        10: (511,), 11: (246, 363), 12: (107, 215, 287),
        13: (62, 205, 359, 496), 14: (109, 211, 378, 462, 501),
        15: (191, 218, 307, 405, 482, 508),
    },
}  # fmt: skip
"""Basic factors m → factors k → columns of the factors after the m basic ones, of 2^m runs."""

MOST_FACTORS: Final = 15


def words(columns: Sequence[int], basic: int) -> list[int]:
    """The defining words of a fraction as masks over all its factors, without the identity.

    Args:
        columns: columns of the factors after the basic ones.
        basic: number of basic factors.
    """
    found = [0]
    for k, column in enumerate(columns):
        generator = column | 1 << (basic + k)
        found += [word ^ generator for word in found]
    return found[1:]


def resolution(columns: Sequence[int], basic: int) -> int:
    """Length of the shortest word; of the full design the number of factors and one."""
    return min((word.bit_count() for word in words(columns, basic)), default=basic + 1)


def column_points(basic: int, columns: Sequence[int]) -> FloatArray:
    """Two-level points in Yates' order (the first factor changes fastest), ``[2^basic, k]``."""
    runs = np.arange(1 << basic)
    table = np.where(runs[:, None] >> np.arange(basic) & 1, 1.0, -1.0)
    generated = [
        table[:, [i for i in range(basic) if column >> i & 1]].prod(axis=1) for column in columns
    ]
    return np.column_stack([table, *generated])


@dataclass(frozen=True)
class Fraction:
    """A regular fraction of a two-level factorial.

    Attributes:
        basics: places of the basic factors among all, in order.
        columns: columns of the other factors, in order.
        signs: 1, or -1 where the other factor is the product's opposite.
    """

    basics: tuple[int, ...]
    columns: tuple[int, ...] = ()
    signs: tuple[int, ...] = ()

    @classmethod
    def full(cls, factors: int) -> Fraction:
        """Every combination."""
        return cls(tuple(range(factors)))

    @classmethod
    def tabled(cls, factors: int, basic: int) -> Fraction:
        """The fraction of least aberration with ``2^basic`` runs."""
        columns = LEAST_ABERRATION[basic][factors] if basic < factors else ()
        return cls(tuple(range(basic)), columns, (1,) * len(columns))

    @property
    def others(self) -> list[int]:
        """Places of the factors that are products."""
        return [k for k in range(len(self.basics) + len(self.columns)) if k not in self.basics]

    @property
    def resolution(self) -> int:
        """Length of the shortest word."""
        return resolution(self.columns, len(self.basics))

    def points(self) -> FloatArray:
        """Two-level points of all factors, in Yates' order of the basic ones, ``[n, k]``."""
        points = column_points(len(self.basics), self.columns)
        points[:, len(self.basics) :] *= np.array(self.signs)
        return np.asarray(points[:, np.argsort([*self.basics, *self.others])])

    def told(self, names: Sequence[str]) -> str:
        """The generators in words."""
        words = []
        for k, column, sign in zip(self.others, self.columns, self.signs, strict=True):
            product = " × ".join(names[b] for i, b in enumerate(self.basics) if column >> i & 1)
            words.append(f"{names[k]} = {'-' if sign < 0 else ''}{product}")
        return ", ".join(words)


def fractions_of(factors: int) -> dict[int, int]:
    """Resolution of the best fraction of each size, by basic factors, smallest first."""
    return {
        basic: resolution(table[factors], basic)
        for basic, table in LEAST_ABERRATION.items()
        if factors in table
    }


def blocking_columns(columns: Sequence[int], basic: int, splits: int) -> list[int] | None:
    """Columns whose signs make ``2^splits`` blocks, as far from low effects as can be.

    Main effects, and as many products of two factors as possible, are not mixed up with blocks
    (confounding: Yates 1937). Columns and all their products are looked at.

    Returns:
        None when every choice would mix a main effect with blocks.
    """
    effects = [1 << i for i in range(basic)] + list(columns)
    pairs = {one ^ other for one, other in combinations(effects, 2)}
    every = [column for column in range(1, 1 << basic) if column not in effects]
    # products of many basic factors first: those of textbooks
    every.sort(key=lambda column: (column in pairs, -column.bit_count(), column))
    best: tuple[int, list[int]] | None = None
    for chosen in _choices(every, splits):
        spanned = _span(chosen)
        if 0 in spanned or spanned & set(effects):
            continue
        mixed = len(spanned & pairs)
        if best is None or mixed < best[0]:
            best = mixed, list(chosen)
        if mixed == 0:
            break
    return None if best is None else best[1]


_LOOKED_AT: Final = 20_000  # choices of blocking columns (assumption: a second at most)


def _choices(every: Sequence[int], splits: int) -> list[tuple[int, ...]]:
    found = []
    for chosen in combinations(every, splits):
        found.append(chosen)
        if len(found) == _LOOKED_AT:
            break
    return found


def _span(chosen: Sequence[int]) -> set[int]:
    """All products of some columns."""
    found = [0]
    for column in chosen:
        found += [one ^ column for one in found]
    return set(found[1:])


def block_numbers(basic: int, chosen: Sequence[int]) -> IntArray:
    """Block of every run in Yates' order, from 1, ``[2^basic]``."""
    signs = column_points(basic, chosen)[:, basic:]
    return np.asarray(1 + (signs > 0) @ (1 << np.arange(len(chosen))), dtype=np.int64)

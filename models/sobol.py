"""Scrambled Sobol points as `scipy.stats.qmc.Sobol` draws them, without importing `scipy.stats`.

That import takes 0.4 s of CPU, more than most commands need for everything else. Direction numbers
(Joe & Kuo 2008) are those scipy brings along, points are equal to its own (linear matrix scramble
and digital shift, Matoušek 1998); where the file is not found, scipy is asked.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy

from designer.models.arrays import FloatArray, IntArray

_BITS = 30
_NUMBERS = Path(scipy.__file__).parent / "stats" / "_sobol_direction_numbers.npz"


def scrambled_sobol(count: int, dimension: int, seed: int, first: int = 0) -> FloatArray:
    """Points ``[count, dimension]`` of the sequence that a seed scrambles.

    Args:
        count: how many; a power of two (and ``first`` a multiple of it) keeps their balance.
        dimension: of the unit cube.
        seed: of the scrambling.
        first: place of the first in the sequence.
    """
    directions = _directions(dimension)
    if directions is None:
        from scipy.stats import qmc

        sobol = qmc.Sobol(dimension, scramble=True, rng=np.random.default_rng(seed))
        if first:
            sobol.fast_forward(first)
        return np.asarray(sobol.random(count))
    rng = np.random.default_rng(seed).spawn(1)[0]  # as scipy does
    powers = 1 << np.arange(_BITS)
    shift = rng.integers(0, 2, (dimension, _BITS), dtype=np.uint32).astype(np.int64) @ powers
    mixing = np.tril(rng.integers(0, 2, (dimension, _BITS, _BITS), dtype=np.uint32))
    mixing[:, np.arange(_BITS), np.arange(_BITS)] = 1
    bits = directions[..., None] >> np.arange(_BITS - 1, -1, -1) & 1  # highest first
    mixed = (bits.astype(np.float64) @ mixing.astype(np.float64).transpose(0, 2, 1)) % 2.0
    scrambled = mixed.astype(np.int64) @ powers[::-1]
    place = np.arange(first, first + count)
    gray, points = place ^ (place >> 1), np.tile(shift, (count, 1))
    for bit in range(int(first + count).bit_length()):
        points[(gray >> bit & 1) == 1] ^= scrambled[:, bit]
    return np.asarray(points / float(1 << _BITS))


@lru_cache(maxsize=64)
def _directions(dimension: int) -> IntArray | None:
    """Direction numbers ``[dimension, bits]``; None where scipy does not show them."""
    try:
        with np.load(_NUMBERS) as numbers:
            polynomials, initial = numbers["poly"][:dimension], numbers["vinit"][:dimension]
    except (OSError, KeyError):
        return None
    if len(polynomials) < dimension:
        return None
    out = np.ones((dimension, _BITS), dtype=np.int64)  # the first dimension's stay 1
    for k in range(1, dimension):
        polynomial = int(polynomials[k])
        degree = polynomial.bit_length() - 1
        own = [int(value) for value in initial[k, :degree]]
        for j in range(degree, _BITS):
            new = own[j - degree]
            for back in range(1, degree + 1):
                if polynomial >> (degree - back) & 1:
                    new ^= own[j - back] << back
            own.append(new)
        out[k] = own[:_BITS]
    return out << np.arange(_BITS - 1, -1, -1)

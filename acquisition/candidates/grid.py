"""Recipes of a region as whole numbers, so that steps from one to another are exact.

The code of a setting is the place of a level or category in its list, or, for continuous factors
and all members of a mixture, the multiple of ``10**-decimals`` (sums of fractions are exact).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from designer.acquisition.candidates.levels import Continuum, Levels, floats, multiples
from designer.acquisition.candidates.mixtures import common_decimals
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.campaigns.values.numbers import whole
from designer.models.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.space.grids import SettingScale

_HALFWAY: Final = 1e-9  # of the range


class RecipeGrid:
    """What the machines can be set to within a region, in whole numbers.

    Args:
        region: where recipes may lie.

    Attributes:
        region: as given.
        low: smallest code per factor, ``[F]``.
        high: largest code per factor, ``[F]``.
        step: smallest step of the codes that leads from one setting to another, ``[F]``.
        categorical: factors whose codes have no order, ``[F]``.
        mixed: factors that are in a mixture, ``[F]``.
        mixtures: places of the members and the total of their codes, per mixture.
    """

    def __init__(self, region: ProposalRegion) -> None:
        self.region = region
        place = {name: k for k, name in enumerate(region.names)}
        self._decimals: list[int | None] = [
            level.decimals if isinstance(level, Continuum) else None for level in region.levels
        ]
        self.mixtures: list[tuple[tuple[int, ...], int]] = []
        for mixture in region.spec.mixtures:
            members = tuple(place[name] for name in mixture.factors)
            common = common_decimals([region.levels[k] for k in members], mixture.total)
            for k in members:
                self._decimals[k] = common
            self.mixtures.append((members, whole(mixture.total, common)))
        self.mixed: BoolArray = np.zeros(len(region.levels), dtype=np.bool_)
        self.mixed[[k for members, _ in self.mixtures for k in members]] = True
        self._lists: list[IntArray | None] = []  # codes of a mixture's member with a list of values
        ends: list[tuple[int, int, int]] = []
        for level, decimals in zip(region.levels, self._decimals, strict=True):
            own = None
            if isinstance(level, Continuum):
                factor = int(10 ** ((decimals or 0) - level.decimals))
                ends.append((level.low * factor, level.high * factor, factor))
            elif decimals is None:
                ends.append((0, len(level) - 1, 1))
            else:
                own = multiples(level.values, decimals)
                step = int(np.gcd.reduce(np.diff(own))) if len(own) > 1 else 1
                ends.append((int(own[0]), int(own[-1]), step))
            self._lists.append(own)
        self.low, self.high, self.step = np.array(ends, dtype=np.int64).T
        self.categorical: BoolArray = np.array(
            [isinstance(x, Levels) and x.values.dtype.kind == "U" for x in region.levels]
        )

    # ---- codes and settings ----------------------------------------------------------------------

    def columns(self, codes: IntArray) -> Columns:
        """Settings per factor, each ``[n]``, of codes ``[n, F]`` (of givens: see the region)."""
        return {name: self.settings(k, codes[:, k]) for k, name in enumerate(self.region.names)}

    def settings(self, k: int, codes: IntArray) -> np.ndarray[Any, Any]:
        """Settings of one factor, by its place, of codes of any shape."""
        level, decimals = self.region.levels[k], self._decimals[k]
        if isinstance(level, Levels) and decimals is None:
            return np.asarray(level.values[codes])
        return floats(codes, decimals or 0)

    def codes(self, columns: Columns) -> tuple[IntArray, BoolArray]:
        """Codes ``[n, F]`` of settings, and which of them the machines can be set to ``[n]``.

        Args:
            columns: n values per factor; nothing is said about mixtures and constraints.
        """
        count = len(columns[self.region.names[0]])
        codes = np.zeros((count, len(self.region.levels)), dtype=np.int64)
        known = np.ones(count, dtype=np.bool_)
        for k, level in enumerate(self.region.levels):
            values, decimals = np.asarray(columns[level.name]), self._decimals[k]
            if decimals is not None:
                codes[:, k] = np.rint(values.astype(np.float64) * 10.0**decimals)
                known &= np.isclose(floats(codes[:, k], decimals), values, rtol=1e-12, atol=0.0)
            elif isinstance(level, Levels):
                order = np.argsort(level.values, kind="stable")
                at = np.searchsorted(level.values, values, sorter=order)
                codes[:, k] = order[np.minimum(at, len(level) - 1)]
                known &= level.values[codes[:, k]] == values
        return codes, known & self._settable(codes)

    def nearest(self, columns: Columns) -> IntArray:
        """Codes ``[n, F]`` of the settings nearest to n values per factor.

        Nothing is said about mixtures and constraints; of categories those that are named.
        """
        nearest = []
        for k, level in enumerate(self.region.levels):
            values, decimals, own = (
                np.asarray(columns[level.name]),
                self._decimals[k],
                self._lists[k],
            )
            if isinstance(level, Continuum):
                steps = np.rint(values * 10.0 ** (decimals or 0) / self.step[k])
                codes = np.clip(steps.astype(np.int64) * self.step[k], self.low[k], self.high[k])
            elif level.values.dtype.kind == "U":
                order = np.argsort(level.values, kind="stable")
                codes = order[np.searchsorted(level.values, values, sorter=order)]
            else:
                codes = _nearest_levels(self.region.spec.factor(level.name).scale, level, values)
                codes = codes if own is None else own[codes]
            nearest.append(codes)
        return np.stack(nearest, axis=1).astype(np.int64)

    # ---- what is possible ------------------------------------------------------------------------

    def feasible(self, codes: IntArray) -> BoolArray:
        """Which codes are recipes that may be proposed, ``[n]``: settable, mixed, allowed."""
        fine = self._settable(codes)
        for members, total in self.mixtures:
            fine &= codes[:, list(members)].sum(axis=1) == total
        some = np.flatnonzero(fine)
        fine[some] = self.region.feasible(self.columns(codes[some]), len(some))
        return fine

    def _settable(self, codes: IntArray) -> BoolArray:
        fine = np.all((codes >= self.low) & (codes <= self.high), axis=1)
        for k, own in enumerate(self._lists):
            if own is not None:
                fine &= np.isin(codes[:, k], own)
        return np.asarray(fine)

    def places(self, names: Sequence[str]) -> IntArray:
        """Places of some factors."""
        return np.array([self.region.names.index(name) for name in names], dtype=np.int64)


def _nearest_levels(scale: SettingScale, level: Levels, values: FloatArray) -> IntArray:
    """Places of the settings nearest to some numbers, on the scale they are compared on.

    Halfway between two, the one nearer to the middle of the range is taken, so that what was
    symmetric stays so.
    """
    there = scale.position(level.values)
    at, between = scale.position(values.astype(np.float64)), 0.5 * (there[1:] + there[:-1])
    low = np.searchsorted(between - _HALFWAY, at)
    return np.asarray(np.where(at < 0.5, low, np.searchsorted(between + _HALFWAY, at)))

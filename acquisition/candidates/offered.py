"""Recipes that are there to be made, among all others: foils at hand, coils in store.

The goal of a plan stays what it is; what is offered only says which runs it may be made of. What
lies between the machine's set-points, or comes with values of givens of its own, becomes a point
beside those of the region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, from_columns, make_candidates
from designer.acquisition.candidates.levels import Levels
from designer.acquisition.candidates.region import Columns
from designer.campaigns.errors import InputError
from designer.models.arrays import BoolArray, IntArray

if TYPE_CHECKING:
    from designer.campaigns.commands.entries import OfferedRecipe
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

_FREE = 1 << 14  # recipes at most, over all, that complete offers which leave factors free

_Key = tuple[tuple[str, object], ...]


@dataclass(frozen=True, eq=False)
class Stock:
    """Points of which there are only so many.

    Attributes:
        of: the kind of every point, -1 where there is no limit, ``[n]``.
        counts: how many there are of each kind, ``[G]``.
        places: which of the offered recipes those are, per kind.
    """

    of: IntArray
    counts: IntArray
    places: tuple[tuple[int, ...], ...]

    @property
    def offered(self) -> BoolArray:
        """Which points are offered, ``[n]``."""
        return self.of >= 0

    def padded(self, count: int) -> Stock:
        """A copy with further points at the end, ``count`` in all, that are not offered."""
        more = np.full(count - len(self.of), -1, dtype=np.int64)
        return Stock(np.append(self.of, more), self.counts.copy(), self.places)

    def assigned(self, rows: Sequence[int]) -> list[int]:
        """Which offered recipe each of some points is, taken one after the other."""
        left = [list(places) for places in self.places]
        return [left[int(self.of[row])].pop(0) for row in rows]


@dataclass(frozen=True, eq=False)
class Offered:
    """Candidates with what is offered among them.

    Attributes:
        candidates: the region's and those offered.
        whole: which of them are the region's, ``[n]``.
        stocks: per set of offers its points.
        impossible: places of offers, in the first set, of which no recipe is feasible.
    """

    candidates: Candidates
    whole: BoolArray
    stocks: tuple[Stock, ...]
    impossible: tuple[int, ...] = ()


def with_offered(
    spec: Specification,
    whole: Candidates,
    sets: Sequence[Sequence[OfferedRecipe]],
    fixed: Mapping[str, Setting] | None = None,
    seed: int = 0,
) -> Offered:
    """Put offers among the candidates.

    Args:
        spec: the campaign's specification.
        whole: recipes of the region.
        sets: sets of offers; where one leaves factors free, its recipes are completed, feasibly.
        fixed: settings of the factors that offers leave free.
        seed: of the part that is taken where there are too many completions.
    """
    complete = _Completion(spec, dict(whole.given), fixed or {}, seed)
    parts, kinds = [whole.columns], [[-1] * len(sets)]
    found: list[dict[_Key, list[int]]] = [{} for _ in sets]
    impossible: list[int] = []
    for number, offers in enumerate(sets):
        keys = [complete.key(offer) for offer in offers]
        most = max(1, _FREE // max(1, len(set(keys))))
        for place, (key, offer) in enumerate(zip(keys, offers, strict=True)):
            if key not in found[number]:
                points = complete.points(offer, most)
                if points is None:
                    impossible.append(place)
                    continue
                parts.append(points)
                kinds.append([-1] * len(sets))
                kinds[-1][number] = len(found[number])
            found[number].setdefault(key, []).append(place)
    names = whole.names
    together = {n: np.concatenate([p[n] for p in parts]) for n in (*names, *whole.given)}
    columns = tuple(Levels(name, together[name]) for name in names)
    own = tuple(
        Levels(name, together[name])
        for name, usual in whole.given.items()
        if np.any(together[name] != usual)
    )
    candidates, rows = from_columns(columns, whole.given, own, exact=whole.exact)
    lengths = [len(part[names[0]]) for part in parts]
    of = np.repeat(np.array(kinds, dtype=np.int64), lengths, axis=0)
    stocks = []
    for number, places in enumerate(found):
        kind = np.full(len(candidates), -1, dtype=np.int64)
        mine = of[:, number] >= 0
        kind[rows[mine]] = of[mine, number]
        counts = np.array([len(each) for each in places.values()], dtype=np.int64)
        stocks.append(Stock(kind, counts, tuple(map(tuple, places.values()))))
    region = np.zeros(len(candidates), dtype=np.bool_)
    region[rows[: lengths[0]]] = True
    evenly, at = whole.region
    candidates = replace(candidates, even=(evenly, rows[at]))
    return Offered(candidates, region, tuple(stocks), tuple(impossible))


@dataclass(frozen=True)
class _Completion:
    """How offers become recipes.

    Attributes:
        spec: the campaign's specification.
        given: value of every given, where an offer tells no other.
        fixed: settings of the factors that offers leave free.
        seed: of the part that is taken where there are too many.
    """

    spec: Specification
    given: dict[str, float]
    fixed: Mapping[str, Setting]
    seed: int

    def key(self, offer: OfferedRecipe) -> _Key:
        """Equal where offers are equal but for their ids."""
        return tuple(sorted({**offer.settings, **self.given, **offer.given}.items()))

    def points(self, offer: OfferedRecipe, most: int) -> Columns | None:
        """Columns of the recipes an offer can be made as, at most so many; None: none is feasible.

        A whole recipe is taken as it is.
        """
        known = {**self.given, **offer.given}
        if len(offer.settings) == len(self.spec.factors):
            return {name: np.array([value]) for name, value in {**offer.settings, **known}.items()}
        held = {**self.fixed, **offer.settings}
        try:
            return make_candidates(
                self.spec, fixed=held, given=known, seed=self.seed, exact_limit=most
            ).columns
        except InputError:
            return None

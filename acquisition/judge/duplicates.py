"""Recipes that stand in a plan twice, exactly or nearly, or were made before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.acquisition.selection.context import KnownRun
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

NEAR = 0.02  # of a factor's range: what two settings that mean the same may differ by (assumption)
_SAME = 1e-9  # of a range: rounding


@dataclass(frozen=True)
class Duplicate:
    """Runs of one recipe.

    Attributes:
        places: of the runs in the plan.
        exact: all settings are equal; else each differs by at most `NEAR` of its range.
        made: a run made before, or open, of the same recipe; None: these are runs of the plan.
    """

    places: tuple[int, ...]
    exact: bool
    made: str | None = None


def duplicates(
    spec: Specification,
    settings: Sequence[Mapping[str, Setting]],
    known: Sequence[KnownRun] = (),
) -> list[Duplicate]:
    """Recipes of a plan that are there more than once.

    Args:
        spec: the campaign's specification.
        settings: of every run.
        known: runs made or open.

    Returns:
        Groups of equal recipes, pairs of nearly equal ones, then runs made before.
    """
    own = _scaled(spec, settings)
    apart = _apart(own, own)
    groups: dict[int, list[int]] = {}
    for place, same in enumerate(apart <= _SAME):
        groups.setdefault(int(np.argmax(same)), []).append(place)
    found = [Duplicate(tuple(places), exact=True) for places in groups.values() if places[1:]]
    firsts = sorted(groups)
    near = np.triu(apart[np.ix_(firsts, firsts)] <= NEAR + _SAME, 1)
    found += [
        Duplicate((firsts[i], firsts[j]), exact=False)
        for i, j in zip(*np.nonzero(near), strict=True)
    ]
    if known:
        before = _apart(own, _scaled(spec, [run.settings for run in known]))
        for k, run in enumerate(known):
            places = np.flatnonzero(before[:, k] <= _SAME)
            if len(places):
                found.append(Duplicate(tuple(places.tolist()), exact=True, made=run.run))
    return found


def _scaled(spec: Specification, settings: Sequence[Mapping[str, Setting]]) -> FloatArray:
    """Places along the ranges, categories as codes far apart, ``[n, d]``; nan where unknown."""
    out = np.full((len(settings), len(spec.factors)), np.nan)
    for k, factor in enumerate(spec.factors):
        codes = {name: float(code) for code, name in enumerate(factor.categories or ())}
        for row, own in enumerate(settings):
            value = own.get(factor.name)
            if isinstance(value, str):
                out[row, k] = codes.get(value, np.nan)
            elif value is not None and not factor.is_categorical:
                out[row, k] = factor.scale.position(float(value))
    return out


def _apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """Largest difference of any factor, ``[n, m]``; nan counts as far apart."""
    out = np.zeros((len(one), len(other)))
    for k in range(one.shape[1]):
        difference = np.abs(one[:, k][:, None] - other[:, k][None])
        np.maximum(out, np.where(np.isnan(difference), np.inf, difference), out=out)
    return out

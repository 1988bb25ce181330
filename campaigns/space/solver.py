"""Finds a recipe that satisfies everything, or proves that there is none.

Branch and bound: boxes that interval arithmetic rules out are dropped, points of the others are
tried, the box whose middle looks best is split first. Small grids on which that does not decide are
enumerated completely. Counts, not clocks, limit the work, so the answer is the same everywhere.

Interval arithmetic looks at one constraint at a time and would have to split the box along the
whole border to see that ``a*b <= 15000`` and ``a*b >= 15001`` contradict each other. Adding the two
so that a common term cancels leaves 1 <= 0 at once: that is what two constraints imply.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, count
from typing import Final

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression_tree import BORDER, PLAIN, Node, summands
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.space.intervals import (
    INTERVALS,
    Axis,
    Box,
    axis_of,
    can_hold,
    meet_total,
    narrow_mixture,
)
from designer.campaigns.space.mixtures import Mixture, offsets

MOST_BOXES: Final = 4000
"""Boxes to look at before giving up (about 0.3 s)."""
MOST_POINTS: Final = 2_000_000
"""Largest grid to enumerate."""
MOST_TOTAL: Final = 2**62
"""Largest sum of a mixture in units of its last decimal: what numpy adds up exactly."""
_ONE: Final = Node("number", value=1.0)


@dataclass(frozen=True)
class Region:
    """What is asked: inputs, and what ties them together."""

    inputs: tuple[Factor | Given, ...]
    mixtures: tuple[Mixture, ...]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True)
class Verdict:
    """The answer.

    Attributes:
        recipe: one recipe (with givens) that satisfies everything, if one was found.
        empty: whether it is proved that there is none. When both say no, it stayed open.
    """

    recipe: dict[str, Setting] | None
    empty: bool


def search(region: Region, *, boxes: int = MOST_BOXES) -> Verdict:
    """Decides whether a region holds any recipe.

    Args:
        region: what is asked.
        boxes: most boxes to look at.
    """
    seeker = _Search(region)
    heap: list[tuple[float, int, Box]] = [(0.0, 0, seeker.whole)]
    decided, looked, order = True, 0, count(1)
    while heap and looked < boxes:
        _, _, box = heapq.heappop(heap)
        looked += 1
        narrowed = seeker.narrow(box)
        if narrowed is None:
            continue
        recipe = seeker.try_points(narrowed)
        if recipe is not None:
            return Verdict(recipe, False)
        halves = seeker.split(narrowed)
        decided = decided and (bool(halves) or seeker.is_point(narrowed))
        for half in halves:
            heapq.heappush(heap, (seeker.violation(half), next(order), half))
    if not heap and decided:
        return Verdict(None, True)
    return enumerate_grid(region)


class _Search:
    """One region while it is searched."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._axes: dict[str, Axis] = {part.name: axis_of(part) for part in region.inputs}
        self._implied: list[Implied] = []
        for pair in combinations(region.constraints[:10], 2):
            self._implied += implied_by(*pair)
        self.whole: Box = {name: axis.whole for name, axis in self._axes.items()}

    def narrow(self, box: Box) -> Box | None:
        """The box without what the mixtures exclude; None when surely no recipe is in it."""
        for mixture in self._region.mixtures:
            narrowed = narrow_mixture(self._axes, box, mixture)
            if narrowed is None:
                return None
            box = narrowed
        ends = {n: a.ends(box[n]) for n, a in self._axes.items() if not a.categorical}
        for constraint in self._region.constraints:
            if self._applies(constraint.when, box) and not can_hold(constraint.comparison, ends):
                return None
        for implied in self._implied:
            if self._applies(implied.when, box) and not implied.can_hold(ends):
                return None
        return box

    def try_points(self, box: Box) -> dict[str, Setting] | None:
        """The middle or a corner of the box, when it satisfies everything."""
        for fraction in (0.5, 0.0, 1.0):
            point = self._point(box, fraction)
            fits = all(mixture.holds_for(point) for mixture in self._region.mixtures)
            if fits and all(c.holds_for(point) for c in self._region.constraints):
                return point
        return None

    def split(self, box: Box) -> list[Box]:
        """The box in two parts across its widest input; none when it is too thin."""
        name = max(box, key=lambda name: self._axes[name].width(box[name]))
        if self._axes[name].width(box[name]) == 0:
            return []
        return [{**box, name: half} for half in self._axes[name].halves(box[name])]

    def is_point(self, box: Box) -> bool:
        """Whether the box holds a single recipe."""
        return all(low == high for low, high in box.values())

    def violation(self, box: Box) -> float:
        """How far the middle of the box is from satisfying the constraints."""
        point = self._point(box, 0.5)
        worst = 0.0
        for constraint in self._region.constraints:
            if not constraint.holds_for(point):
                excess, scale = constraint.comparison.excess(lambda name: float(point[name]))
                share = abs(excess) / scale if scale > 0 else 1.0
                worst += share if math.isfinite(share) else 1.0
        return worst

    def _point(self, box: Box, fraction: float) -> dict[str, Setting]:
        point = {name: self._axes[name].pick(span, fraction) for name, span in box.items()}
        for mixture in self._region.mixtures:
            meet_total(self._axes, box, mixture, point)
        return point

    def _applies(self, when: Mapping[str, tuple[str, ...]], box: Box) -> bool:
        """Whether a condition is met by every category in the box."""
        return all(
            self._axes[name].pick((i, i), 0) in categories
            for name, categories in when.items()
            for i in range(int(box[name][0]), int(box[name][1]) + 1)
        )


def enumerate_grid(region: Region) -> Verdict:
    """Looks at every recipe of a small grid; open when there are too many or endless ones."""
    factors = [part for part in region.inputs if isinstance(part, Factor)]
    counts = [factor.count for factor in factors if factor.count is not None]
    if len(counts) < len(region.inputs):
        return Verdict(None, False)
    import numpy as np

    from designer.campaigns.space import lattice

    place = {factor.name: k for k, factor in enumerate(factors)}
    mixtures = []
    for mixture in region.mixtures:
        places = sorted((place[name] for name in mixture.factors), key=counts.__getitem__)
        levels, total = offsets([factors[k] for k in places], mixture.total)
        if max(abs(total), sum(own[-1] for own in levels)) > MOST_TOTAL:
            return Verdict(None, False)
        mixtures.append(lattice.MixtureGrid(tuple(places), list(map(np.asarray, levels)), total))
    blocks = lattice.combinations(counts, mixtures, MOST_POINTS)
    if blocks is None:
        return Verdict(None, False)
    values = [np.asarray(factor.values()) for factor in factors]
    for index in blocks:
        columns = {name: values[k][index[:, k]] for name, k in place.items()}
        kept = np.ones(len(index), dtype=np.bool_)
        for constraint in region.constraints:
            kept &= constraint.holds(columns)
        if kept.any():
            first = int(np.argmax(kept))
            return Verdict({name: columns[name][first].item() for name in columns}, False)
    return Verdict(None, True)


@dataclass(frozen=True)
class Implied:
    """A sum of terms that must not be positive.

    Attributes:
        terms: term → factor in front of it.
        scale: size of what cancelled, for the border.
        when: categories it is for.
    """

    terms: dict[Node, float]
    scale: dict[Node, float]
    when: dict[str, tuple[str, ...]]

    def can_hold(self, ends: Mapping[str, tuple[float, float]]) -> bool:
        """False only when it certainly holds nowhere in the box."""
        least = border = 0.0
        for node, size in self.scale.items():
            value = node.evaluate(INTERVALS, lambda name: ends[name])
            if value is None:
                return False
            border += size * max(abs(value[0]), abs(value[1]))
            factor = self.terms.get(node, 0.0)
            if factor != 0:
                least += factor * (value[0] if factor > 0 else value[1])
        return not least > BORDER * border


def implied_by(first: Constraint, second: Constraint) -> list[Implied]:
    """What follows from two constraints for each term that occurs in both with opposite signs."""
    when = dict(first.when)
    for name, categories in second.when.items():
        when[name] = tuple(c for c in when.get(name, categories) if c in categories)
    if any(not categories for categories in when.values()):
        return []
    a, b = _terms(first), _terms(second)
    result = []
    for node in a:
        if node != _ONE and a[node] * b.get(node, 0.0) < 0:
            x, y = abs(b[node]), abs(a[node])
            terms = {n: x * a.get(n, 0.0) + y * b.get(n, 0.0) for n in {**a, **b}}
            terms[node] = 0.0
            scale = {n: abs(x * a.get(n, 0.0)) + abs(y * b.get(n, 0.0)) for n in terms}
            result.append(Implied(terms, scale, when))
    return result


def _terms(constraint: Constraint) -> dict[Node, float]:
    """The constraint as a sum of terms that must not be positive."""
    comparison = constraint.comparison
    direction = 1.0 if comparison.upper else -1.0
    terms: dict[Node, float] = {}
    for side, sign in ((comparison.left, direction), (comparison.right, -direction)):
        for summand in summands(side):
            factor, node = _factor(summand)
            terms[node] = terms.get(node, 0.0) + sign * factor
    return terms


def _factor(node: Node) -> tuple[float, Node]:
    """Splits ``-2 * x`` into -2 and x, and a plain number into itself and 1."""
    if not list(node.names()):
        return node.evaluate(PLAIN, lambda _: 0.0), _ONE
    if node.operator == "neg":
        factor, inner = _factor(node.parts[0])
        return -factor, inner
    if node.operator == "*":
        left, right = node.parts
        for number, other in ((left, right), (right, left)):
            if not list(number.names()):
                factor, inner = _factor(other)
                return factor * number.evaluate(PLAIN, lambda _: 0.0), inner
    return 1.0, node

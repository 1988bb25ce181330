"""What two constraints say together: ``a*b <= 15000`` and ``a*b >= 15001`` leave 1 <= 0.

Interval arithmetic looks at one constraint at a time and would have to split the box along the
whole border to see that. Adding the two so that a common term cancels shows it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.expression_tree import BORDER, PLAIN, Node, summands
from designer.campaigns.space.intervals import INTERVALS

_ONE = Node("number", value=1.0)


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

"""Is there any recipe at all? If not: which few rules of the specification contradict each other?

Rules (mixtures and constraints) that share no factor are looked at separately. For an empty group
rules are left out one after the other as long as it stays empty; what remains is a minimal set of
which every rule is needed (deletion filter: Chinneck, Dravnieks, ORSA J. Comput. 3 (1991) 157).
A given may take any value of its range. What cannot be decided is not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from designer.campaigns.errors import Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import (
    Factor,
    Given,
    quantity_text,
)
from designer.campaigns.space.mixtures import Mixture, reachable
from designer.campaigns.space.solver import Region, search


@dataclass(frozen=True)
class _Rule:
    where: str
    rule: Mixture | Constraint

    @property
    def names(self) -> tuple[str, ...]:
        if isinstance(self.rule, Mixture):
            return self.rule.factors
        return self.rule.inputs


def conflicts(
    factors: Sequence[Factor],
    givens: Sequence[Given],
    mixtures: Mapping[str, Mixture],
    constraints: Mapping[str, Constraint],
) -> list[Problem]:
    """Names what makes it impossible to make any recipe.

    Args:
        factors: usable factors.
        givens: usable givens.
        mixtures: field path → mixture of usable factors.
        constraints: field path → constraint on usable factors and givens.

    Returns:
        One problem for each independent contradiction; none when there are recipes, or when it
        could not be decided.
    """
    inputs: dict[str, Factor | Given] = {factor.name: factor for factor in factors}
    inputs.update((given.name, given) for given in givens)
    problems: list[Problem] = []
    rules: list[_Rule] = []
    for where, mixture in mixtures.items():
        problem = _unreachable(where, mixture, inputs)
        if problem is None:
            rules.append(_Rule(where, mixture))
        else:
            problems.append(problem)
    rules += [_Rule(where, constraint) for where, constraint in constraints.items()]
    for group in _groups(rules):
        rest = group
        while rest and _empty(rest, inputs):
            minimal = _minimal(rest, inputs)
            problems.append(_contradiction(minimal, inputs))
            rest = [rule for rule in rest if rule not in minimal]
    return problems


def _unreachable(
    where: str, mixture: Mixture, inputs: Mapping[str, Factor | Given]
) -> Problem | None:
    """Why a mixture cannot reach its total, by exact sums of its set-points."""
    members = [inputs[name] for name in mixture.factors]
    try:
        below, above = reachable([m for m in members if isinstance(m, Factor)], mixture.total)
    except OverflowError:
        return None  # left to the search
    if mixture.total in (below, above):
        return None
    unit = members[0].unit
    near = [quantity_text(float(sum_), unit) for sum_ in (below, above) if sum_ is not None]
    ranges = "; ".join(f"{member.name} {member.allowed}" for member in members)
    what = "cannot be reached by any set-points of its factors"
    found = f"{quantity_text(float(mixture.total), unit)} with {ranges}"
    return Problem(f"{where}.total", what, found, f"nearest: {' or '.join(near)}")


def _groups(rules: Sequence[_Rule]) -> Iterator[list[_Rule]]:
    """Rules connected by common factors, in order."""
    left = list(rules)
    while left:
        group, names = [left[0]], set(left[0].names)
        grown = True
        while grown:
            more = [rule for rule in left if rule not in group and names & set(rule.names)]
            names.update(name for rule in more for name in rule.names)
            group += more
            grown = bool(more)
        left = [rule for rule in left if rule not in group]
        yield [rule for rule in rules if rule in group]


def _empty(rules: Sequence[_Rule], inputs: Mapping[str, Factor | Given]) -> bool:
    """Whether it is proved that no recipe satisfies the rules."""
    names = dict.fromkeys(name for rule in rules for name in rule.names)
    region = Region(
        tuple(inputs[name] for name in names),
        tuple(rule.rule for rule in rules if isinstance(rule.rule, Mixture)),
        tuple(rule.rule for rule in rules if isinstance(rule.rule, Constraint)),
    )
    return search(region).empty


def _minimal(rules: Sequence[_Rule], inputs: Mapping[str, Factor | Given]) -> list[_Rule]:
    """A part of the rules that has no solution, but would have one without any of them."""
    needed = list(rules)
    for rule in rules:
        without = [other for other in needed if other is not rule]
        if without and _empty(without, inputs):
            needed = without
    return needed


def _contradiction(rules: Sequence[_Rule], inputs: Mapping[str, Factor | Given]) -> Problem:
    names = dict.fromkeys(name for rule in rules for name in rule.names)
    ranges = "; ".join(f"{name} {inputs[name].allowed}" for name in names)
    found = " and ".join(str(rule.rule) for rule in rules) + f" with {ranges}"
    if len(rules) == 1:
        where = f"{rules[0].where}.expression"
        return Problem(where, "no recipe satisfies it", found, None, "Widen it or a range")
    where = ", ".join(rule.where for rule in rules)
    what = "contradict each other: no recipe satisfies them all"
    return Problem(where, what, found, None, "Widen one of them or a range")

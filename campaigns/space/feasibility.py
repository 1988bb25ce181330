"""Is there any recipe at all? If not: which few rules of the specification contradict each other?

Rules (mixtures and constraints) that share no factor are looked at separately. For an empty group
rules are left out one after the other as long as it stays empty; what remains is a minimal set of
which every rule is needed (deletion filter: Chinneck, Dravnieks, ORSA J. Comput. 3 (1991) 157).
A given may take any value of its range. What cannot be decided is not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from designer.campaigns.errors import Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given, quantity_text
from designer.campaigns.space.mixtures import Mixture, reachable
from designer.campaigns.space.solver import Region, search

_Inputs = Mapping[str, Factor | Given]
_Rules = dict[str, Mixture | Constraint]
"""Field path → rule."""


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
    parts: list[Factor | Given] = [*factors, *givens]
    inputs = {part.name: part for part in parts}
    problems: list[Problem] = []
    rules: _Rules = {**mixtures, **constraints}
    for where, mixture in mixtures.items():
        problem = _unreachable(where, mixture, inputs)
        if problem is not None:
            problems.append(problem)
            del rules[where]
    for group in _groups(rules):
        rest = group
        while rest and _empty(rest, inputs):
            minimal = _minimal(rest, inputs)
            problems.append(_contradiction(minimal, inputs))
            rest = {where: rule for where, rule in rest.items() if where not in minimal}
    return problems


def _unreachable(where: str, mixture: Mixture, inputs: _Inputs) -> Problem | None:
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


def _groups(rules: _Rules) -> Iterator[_Rules]:
    """Rules connected by common factors, in order."""
    left = dict(rules)
    while left:
        names = set(next(iter(left.values())).inputs)
        group: _Rules = {}
        while more := {where: rule for where, rule in left.items() if names & {*rule.inputs}}:
            names.update(name for rule in more.values() for name in rule.inputs)
            group |= more
            left = {where: rule for where, rule in left.items() if where not in more}
        yield {where: rule for where, rule in rules.items() if where in group}


def _names(rules: _Rules) -> list[str]:
    """All that some rules are about, each once."""
    return list(dict.fromkeys(name for rule in rules.values() for name in rule.inputs))


def _empty(rules: _Rules, inputs: _Inputs) -> bool:
    """Whether it is proved that no recipe satisfies the rules."""
    region = Region(
        tuple(inputs[name] for name in _names(rules)),
        tuple(rule for rule in rules.values() if isinstance(rule, Mixture)),
        tuple(rule for rule in rules.values() if isinstance(rule, Constraint)),
    )
    return search(region).empty


def _minimal(rules: _Rules, inputs: _Inputs) -> _Rules:
    """A part of the rules that has no solution, but would have one without any of them."""
    needed = rules
    for where in rules:
        without = {other: rule for other, rule in needed.items() if other != where}
        if without and _empty(without, inputs):
            needed = without
    return needed


def _contradiction(rules: _Rules, inputs: _Inputs) -> Problem:
    ranges = "; ".join(f"{name} {inputs[name].allowed}" for name in _names(rules))
    found = " and ".join(map(str, rules.values())) + f" with {ranges}"
    if len(rules) == 1:
        where = f"{next(iter(rules))}.expression"
        return Problem(where, "no recipe satisfies it", found, None, "Widen it or a range")
    what = "contradict each other: no recipe satisfies them all"
    return Problem(", ".join(rules), what, found, None, "Widen one of them or a range")

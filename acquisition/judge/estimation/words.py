"""Aliases and power in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from designer.acquisition.judge.answers import ResponsePower, TermPower
from designer.acquisition.judge.estimation.aliases import NEARLY, Alias
from designer.campaigns.space.factors import quantity_text
from designer.render.expected import two_digits
from designer.render.words import in_unit, listed, share

_NAMED = 8  # main effects told by name


def alias_text(alias: Alias) -> str:
    """``gap × pressure cannot be told from solid_content²``."""
    first, *others = alias.effects
    if alias.complete:
        if {*alias.kinds} == {"square"}:
            return (
                f"{listed(alias.effects)} cannot be told from each other: that there is curvature"
                " will show, but not whose"
            )
        return f"{first} cannot be told from {listed(others)}"
    told = f"{first} and {listed(others)} are correlated by {alias.correlation:.2f}"
    if abs(alias.correlation) >= NEARLY:
        return f"{first} can hardly be told from {listed(others)} ({alias.correlation:.2f})"
    return told


def constant_text(name: str, kind: str, setting: object) -> str:
    """Why an effect that does not vary cannot be estimated."""
    if kind == "main":
        value = quantity_text(setting) if isinstance(setting, str | int | float) else ""
        return f"{name} stays at {value}: the plan says nothing about it"
    if kind == "square":
        factor = name.removesuffix("²")
        return (
            f"{name} cannot be told from the mean: {factor} has two settings only, as far apart"
            " from its middle"
        )
    return f"{name} cannot be told from the mean"


def power_text(told: ResponsePower) -> str:
    """``on porosity an effect of 0.3 % (2 sd of the noise) is found with: gap 98 %, …``."""
    size = f"{told['size_sd']:.3g} sd of the noise"
    name = "" if told["response"] is None else f"on {told['response']} "
    if told["size"] is not None:
        size = f"{two_digits(told['size'])}{in_unit(told['unit'])} ({size})"
    tested = [each for each in told["effects"] if each["power"] is not None]
    if not tested:
        return f"{name}an effect of {size} cannot be tested: no run is left to estimate the noise"
    return (
        f"{name}an effect of {size} is found with: {_chances(tested)}{_against(tested)}"
        f"{_untested(told['effects'])}"
    )


def _chances(effects: Sequence[TermPower]) -> str:
    """``gap 98 %, interactions 40 % to 60 %``: a few main effects by name, else by kind."""
    groups: dict[str, list[float]] = {}
    by_name = sum(is_main(each["effect"]) for each in effects) <= _NAMED
    for each in effects:
        name = each["effect"]
        kind = "squares" if name.endswith("²") else "interactions"
        if is_main(name):
            kind = name if by_name else "main effects"
        groups.setdefault(kind, []).append(each["power"] or 0.0)
    parts = []
    for kind, found in groups.items():
        low, high = share(min(found)), share(max(found))
        parts.append(f"{kind} {low if low == high else f'{low} to {high}'}")
    return ", ".join(parts)


def _against(effects: Sequence[TermPower]) -> str:
    """Which main effects are tested against batches: these are fewer than the runs."""
    stages: dict[str, list[str]] = {}
    for each in effects:
        if each["stage"] is not None and is_main(each["effect"]):
            stages.setdefault(each["stage"], []).append(each["effect"])
    told = [f"{listed(names)} against batches of {stage}" for stage, names in stages.items()]
    return f"; tested are {', '.join(told)}" if told else ""


def _untested(effects: Sequence[TermPower]) -> str:
    names = [each["effect"] for each in effects if each["power"] is None]
    stages = dict.fromkeys(each["stage"] for each in effects if each["power"] is None)
    few = " and ".join(f"batches of {stage}" if stage else "runs" for stage in stages)
    return f"; too few {few} to test {listed(names)}" if names else ""


def is_main(effect: str) -> bool:
    """Whether it is neither an interaction nor a square."""
    return "×" not in effect and not effect.endswith("²")

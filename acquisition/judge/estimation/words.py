"""Aliases and power in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.acquisition.judge.answers import ResponsePower, TermPower
from designer.acquisition.judge.estimation.aliases import NEARLY, Alias
from designer.acquisition.judge.estimation.effects import Effect, EffectKind
from designer.campaigns.space.factors import quantity_text
from designer.render.expected import two_digits
from designer.render.words import in_unit, listed, share

_NAMED = 8  # main effects told by name
_FEW_PAIRS = 3  # correlated pairs told one by one
_MOST = 0.99  # of a correlation that is not complete, as it is written
_ALIKE = 0.005  # correlations that read the same
_SOURCES: Mapping[str, str] = {
    "specification": "the specification's",
    "model": "the models'",
    "assumption": "assumed",
}
_KINDS: Mapping[EffectKind, str] = {
    "main": "main effects",
    "interaction": "interactions",
    "square": "squares",
}


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
    told = f"{first} and {listed(others)} are correlated by {_figure(alias.correlation)}"
    if abs(alias.correlation) >= NEARLY:
        return f"{first} can hardly be told from {listed(others)} ({_figure(alias.correlation)})"
    return told


def constant_text(effects: Sequence[Effect], setting: object) -> str:
    """Why effects that do not vary cannot be estimated; several: squares."""
    names = listed([effect.name for effect in effects])
    if effects[0].kind == "main":
        value = quantity_text(setting) if isinstance(setting, str | int | float) else ""
        return f"{names} stays at {value}: the plan says nothing about it"
    told = f"{names} cannot be told from the mean"
    if effects[0].kind == "square":
        what = f"{effects[0].factors[0]} has" if len(effects) == 1 else "their factors have"
        return f"{told}: {what} two settings only, as far apart from the middle"
    return told


def correlated_text(kinds: tuple[EffectKind, EffectKind], pairs: Sequence[Alias]) -> str:
    """``main effects with interactions: 495 pairs by up to 0.33, A and B × C (-0.33) the most``."""
    told = sorted(pairs, key=lambda alias: -round(abs(alias.correlation), 9))
    if len(pairs) <= _FEW_PAIRS:
        return "; ".join(alias_text(alias) for alias in told)
    most, own = abs(told[0].correlation), listed([*told[0].effects])
    alike = abs(told[-1].correlation) > most - _ALIKE
    one, other = (_KINDS[kind] for kind in kinds)
    among = f"{one} with each other" if one == other else f"{one} with {other}"
    size = f"{_figure(most)} each" if alike else f"up to {_figure(most)}"
    figure = _figure(told[0].correlation)
    return f"{among}: {len(pairs)} pairs correlated by {size}, as {own} ({figure})"


def _figure(correlation: float) -> str:
    """With two decimals, but never as complete, which it is not."""
    return f"{max(-_MOST, min(_MOST, correlation)):.2f}"


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


def noise_text(powers: Sequence[ResponsePower]) -> str:
    """What effects are tested against, and who says so: the noise, and what batches vary besides.

    ``the noise is 0.13 mg/cm^2 on mass_loading (the specification's); batches vary besides by, in
    sd of it: slurry 0.5 (the models')``.
    """
    known = [each for each in powers if each["noise_sd"] is not None]
    told = [
        f"{two_digits(each['noise_sd'] or 0.0)}{in_unit(each['unit'])} on {each['response']}"
        f" ({_SOURCES[each['noise_from']]})"
        for each in known
    ]
    text = f"the noise is {listed(told)}" if known else "the noise is not known yet: it is the unit"
    every = [
        f"{_batches(each)} ({_SOURCES[each['batch_from']]})" for each in powers if each["batch_sd"]
    ]
    if not every:
        return text
    if len({*every}) > 1:
        names = (each["response"] for each in powers if each["batch_sd"])
        every = [f"on {name} {own}" for name, own in zip(names, every, strict=True)]
    else:
        every = every[:1]
    return f"{text}. Batches vary besides, in sd of the noise: {'; '.join(every)}"


def _batches(told: ResponsePower) -> str:
    return ", ".join(f"{stage} {two_digits(sd)}" for stage, sd in told["batch_sd"].items())


def is_main(effect: str) -> bool:
    """Whether it is neither an interaction nor a square."""
    return "×" not in effect and not effect.endswith("²")

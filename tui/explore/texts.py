"""What is said beside the maps: the read-out at the cursor, the sliders of the other factors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content

from designer.campaigns.space.factors import Factor
from designer.engine.pictures.answers import InformationMap, RecipeMap, RunFigures, Slices
from designer.render.expected import bits_words
from designer.render.words import in_unit, number, priced, rounded, share
from designer.tui.drawing.canvas import cut
from designer.tui.explore.layers import value_at
from designer.tui.explore.state import Exploring, steps_of

_TRACK: Final = 24  # cells of a slider
_NAME: Final = 20  # cells of the name beside it


def recipe_words(here: Exploring) -> str:
    """``coating_gap 145 um · pressure 110 MPa``: the axes first."""
    names = [name for name in (here.x, here.y) if name] + here.others
    return " · ".join(
        f"{name} {here.spec.factor(name).with_unit(here.recipe[name])}" for name in names
    )


def read_out(here: Exploring, found: RecipeMap | None, bits: InformationMap | None) -> Content:
    """What is expected at the cursor: the response of the map first."""
    if found is None or here.response not in found["responses"]:
        return Content.styled("computing …", "$quiet")
    parts: list[str | tuple[str, str]] = []
    for name in (here.response, *(n for n in found["mean"] if n != here.response)):
        mean = value_at(found["mean"].get(name), found, here.recipe)
        width = value_at(found["width"].get(name), found, here.recipe)
        if mean is None or width is None:
            continue
        text = f"{name} {rounded_to(mean, width)} ± {rounded_to(width, width)}"
        unit = in_unit(found["responses"][name]["unit"])
        parts += [(f"{text}{unit}", "bold" if name == here.response else ""), " · "]
    chance = value_at(found["in_spec"], found, here.recipe)
    if chance is not None:
        parts += [(f"in spec {share(chance)}", "$text-success" if chance >= 0.5 else ""), " · "]
    told = _bits(here, bits)
    parts += [told] if told else ["± is half the 95 % interval"]
    feasible = value_at(_fine(found), found, here.recipe)
    if feasible is not None and feasible < 0.5:
        parts = [("cannot be made: against a constraint or mixture · ", "$text-warning"), *parts]
    return Content.assemble(*parts)


def read_out_of_slices(here: Exploring, found: Slices | None) -> Content:
    """The same where there is no map: from the slice through the recipe."""
    part = next(
        (s for s in (found["slices"] if found else []) if s["axis"]["factor"] == here.x), None
    )
    at = here.recipe[here.x]
    if found is None or part is None or at not in part["axis"]["values"]:
        return Content.styled("computing …", "$quiet")
    place = part["axis"]["values"].index(at)
    parts: list[str | tuple[str, str]] = []
    for name in (here.response, *(n for n in part["responses"] if n != here.response)):
        bands = part["responses"][name]
        mean, low, high = (bands[key][place] for key in ("median", "low_95", "high_95"))
        if mean is not None and low is not None and high is not None:
            half, unit = (high - low) / 2, in_unit(found["responses"][name]["unit"])
            text = f"{name} {rounded_to(mean, half)} ± {rounded_to(half, half)}{unit}"
            parts += [(text, "bold" if name == here.response else ""), " · "]
    chance = None if part["in_spec"] is None else part["in_spec"][place]
    if chance is not None:
        parts += [(f"in spec {share(chance)}", ""), " · "]
    return Content.assemble(*parts, "± is half the 95 % interval")


def _fine(found: RecipeMap) -> list[list[float | None]]:
    return [[1.0 if fine else 0.0 for fine in row] for row in found["feasible"]]


def _bits(here: Exploring, bits: InformationMap | None) -> str:
    if bits is None:
        return ""
    gained = value_at(bits["bits"], bits, here.recipe)
    cost = value_at(bits["cost"], bits, here.recipe)
    if gained is None or cost is None:
        return ""
    return f"{rounded(gained)} bit for {priced(cost, bits['cost_unit'])}"


def rounded_to(value: float, spread: float) -> str:
    """A number with the digits that its spread leaves: two of the spread."""
    if not spread > 0:
        return number(float(f"{value:.4g}"))
    decimals = max(0, 1 - _exponent(spread))
    return f"{value:.{decimals}f}" if decimals else number(float(f"{value:.0f}"))


def _exponent(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])


def sliders(here: Exploring, rows: int, *, ascii_only: bool = False) -> Content:
    """A row per factor that is no axis, around the one that is chosen.

    Args:
        here: where somebody looks.
        rows: rows there are.
        ascii_only: use plain characters.
    """
    others = here.others
    if not others:
        return Content("")
    place = others.index(here.held) if here.held in others else 0
    first = max(0, min(place - rows // 2, len(others) - rows))
    shown = others[first : first + rows]
    lines = [_slider(here, name, ascii_only=ascii_only) for name in shown]
    hidden = len(others) - len(shown)
    if hidden:
        lines[-1] = lines[-1] + Content.styled(f"  {hidden} more: {{ }}", "$quiet")
    return Content("\n").join(lines)


def _slider(here: Exploring, name: str, *, ascii_only: bool) -> Content:
    factor = here.spec.factor(name)
    at = here.recipe[name]
    chosen = name == here.held
    line, knob = ("-", "O") if ascii_only else ("─", "●")
    place = round(_place(factor, here.recipe) * (_TRACK - 1))
    track = line * place + knob + line * (_TRACK - 1 - place)
    keys = "[ ]" if chosen else "   "
    style = "bold $accent" if chosen else ""
    return Content.assemble(
        (f"{cut(name, _NAME):>{_NAME}} ", style),
        (f"{keys} ", "$accent"),
        (track, "$primary" if chosen else "$quiet"),
        (f" {factor.with_unit(at)}", style),
    )


def _place(factor: Factor, recipe: Mapping[str, float | str]) -> float:
    value = recipe[factor.name]
    if isinstance(value, str):
        known = steps_of(factor)
        return known.index(value) / max(1, len(known) - 1) if value in known else 0.0
    return max(0.0, min(1.0, float(factor.scale.position(float(value)))))


def worth_words(figures: RunFigures, cost_unit: str) -> str:
    """``0.18 bit for 1.2 h, with a new slurry``: what a run of a recipe brings."""
    cost = priced(figures["cost"], cost_unit)
    told = cost if figures["bits"] is None else f"{bits_words(figures['bits'])} for {cost}"
    new = figures["new_batches"]
    return f"{told}, with a new {' and '.join(new)}" if new else f"{told}, with what is set up"

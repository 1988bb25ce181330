"""Where somebody looks: a recipe on the machine's steps, two axes, what is shown."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.specification.specification import Specification

Layer = str
"""What a map shows: one of `LAYERS`."""

LAYERS: Final[tuple[Layer, ...]] = ("mean", "width", "chance", "bits")
_PARTS: Final = 100  # steps of a continuous factor from end to end (assumption)
FAR: Final = 5  # steps of a long move


@lru_cache(maxsize=64)
def steps_of(factor: Factor) -> tuple[Setting, ...]:
    """Settings a key moves to, in order: the machine's; of a continuous factor a hundred steps."""
    values = factor.values()
    if values is not None:
        return values if factor.is_categorical else tuple(sorted(values))
    low, high = factor.bounds
    if not high > low:
        return (low,)
    places = [factor.scale.at(k / _PARTS) for k in range(_PARTS + 1)]
    if factor.log_scale:
        return (low, *(float(f"{value:.3g}") for value in places[1:-1]), high)
    decimals = 3 - math.floor(math.log10(high - low))
    return (low, *(round(float(value), decimals) for value in places[1:-1]), high)


def moved(factor: Factor, value: Setting, steps: int) -> Setting:
    """The setting so many steps up or down, at most at the end of the range."""
    known = steps_of(factor)
    if isinstance(value, str):
        place = known.index(value) if value in known else 0
        return known[(place + steps) % len(known)]
    numbers = [float(each) for each in known]
    place = bisect_left(numbers, float(value) - 1e-12 * abs(float(value)))
    if place < len(numbers) and numbers[place] > float(value) and steps > 0:
        place -= 1  # between two steps: the next one is a whole step, not a part of it
    return numbers[max(0, min(len(numbers) - 1, place + steps))]


@dataclass(frozen=True)
class Exploring:
    """Where somebody looks.

    Attributes:
        spec: of the campaign.
        recipe: a setting for every factor: the cursor, and what the other factors are held at.
        x: factor across.
        y: factor upwards; None: there is one factor only.
        layer: what the map shows.
        response: whose map it is.
        held: the factor that is changed by hand besides the axes; None: there is none.
    """

    spec: Specification
    recipe: Mapping[str, Setting]
    x: str
    y: str | None
    response: str
    layer: Layer = "mean"
    held: str | None = None
    known: tuple[str, ...] = field(default=())

    @classmethod
    def begin(
        cls, spec: Specification, recipe: Mapping[str, Setting], responses: tuple[str, ...]
    ) -> Exploring:
        """Begin at a recipe, with the first two numeric factors as axes.

        Args:
            spec: of the campaign.
            recipe: a setting for every factor.
            responses: that something is known about.
        """
        factors = sorted(spec.factors, key=lambda factor: factor.is_categorical)
        names = [factor.name for factor in factors]
        y = names[1] if len(names) > 1 else None
        start = cls(spec, dict(recipe), names[0], y, responses[0], known=responses)
        return replace(start, held=next(iter(start.others), None))

    @property
    def others(self) -> list[str]:
        """Factors that are no axes, in the specification's order."""
        return [f.name for f in self.spec.factors if f.name not in (self.x, self.y)]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What can be shown of the response: chances only where something has a window."""
        has = any(r.window is not None for r in self.spec.responses if r.name in self.known)
        return LAYERS if has else tuple(layer for layer in LAYERS if layer != "chance")

    def at(self, recipe: Mapping[str, Setting]) -> Exploring:
        """Look at another recipe."""
        return replace(self, recipe={**self.recipe, **recipe})

    def move(self, across: int, up: int) -> Exploring:
        """Move the cursor so many steps."""
        found = dict(self.recipe)
        for name, steps in ((self.x, across), (self.y, up)):
            if name is not None and steps:
                found[name] = moved(self.spec.factor(name), found[name], steps)
        return replace(self, recipe=found)

    def end(self, *, last: bool) -> Exploring:
        """Move the cursor to the first or the last setting across."""
        known = steps_of(self.spec.factor(self.x))
        return self.at({self.x: known[-1] if last else known[0]})

    def step_held(self, steps: int) -> Exploring:
        """Change the held factor that is chosen."""
        if self.held is None:
            return self
        return self.at(
            {self.held: moved(self.spec.factor(self.held), self.recipe[self.held], steps)}
        )

    def choose_held(self, steps: int) -> Exploring:
        """Choose another held factor."""
        others = self.others
        if not others:
            return replace(self, held=None)
        place = others.index(self.held) if self.held in others else 0
        return replace(self, held=others[(place + steps) % len(others)])

    def swap(self) -> Exploring:
        """Change the axes with each other."""
        return self if self.y is None else replace(self, x=self.y, y=self.x)

    def axes(self, x: str, y: str) -> Exploring:
        """Take other axes."""
        found = replace(self, x=x, y=y)
        return found if found.held in found.others else found.choose_held(0)

    def next_layer(self, steps: int = 1) -> Exploring:
        """Show something else of the response."""
        layers = self.layers
        place = layers.index(self.layer) if self.layer in layers else 0
        return replace(self, layer=layers[(place + steps) % len(layers)])

    def with_known(self, responses: tuple[str, ...]) -> Exploring:
        """The same where something is known about other responses by now."""
        if responses == self.known or not responses:
            return self
        response = self.response if self.response in responses else responses[0]
        return replace(self, known=responses, response=response)

    def next_response(self, steps: int = 1) -> Exploring:
        """Show another response."""
        place = self.known.index(self.response) if self.response in self.known else 0
        return replace(self, response=self.known[(place + steps) % len(self.known)])

    @property
    def held_key(self) -> tuple[object, ...]:
        """What a map depends on: its axes, and what the others are held at."""
        return (self.x, self.y, *(self.recipe[name] for name in self.others))

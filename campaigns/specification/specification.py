"""The campaign specification: what can be set, what is measured, what it costs, what is wanted.

A :class:`Specification` is immutable and valid: ``load`` makes one, or refuses the whole file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import Factor, Given, Setting
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification.parts import CampaignGoal, Costs, Response, Stage


@dataclass(frozen=True, repr=False)
class Specification:
    """A valid campaign specification.

    Two specifications are equal when they say the same, whatever their text looks like.

    Attributes:
        name: name of the campaign, unique in a store.
        line: the campaign's own pilot line.
        goal: what the information is about.
        stages: process chain in order; may be empty.
        factors: what can be set, in order.
        givens: what is known before a run, in order.
        mixtures: fractions that sum to a total.
        responses: what is measured, in order.
        constraints: what every proposed recipe must satisfy.
        costs: what runs cost.
        history: whether models learn from earlier lines.
        text: TOML as it was written, or made from the dict.
    """

    name: str
    line: str
    goal: CampaignGoal
    stages: tuple[Stage, ...]
    factors: tuple[Factor, ...]
    givens: tuple[Given, ...]
    mixtures: tuple[Mixture, ...]
    responses: tuple[Response, ...]
    constraints: tuple[Constraint, ...]
    costs: Costs
    history: bool = True
    text: str = field(default="", compare=False, repr=False)

    def __repr__(self) -> str:
        inputs = ", ".join(item.name for item in self.inputs)
        outputs = ", ".join(response.name for response in self.responses)
        return f"Specification({self.name!r} on {self.line!r}: {inputs} → {outputs})"

    @property
    def inputs(self) -> tuple[Factor | Given, ...]:
        """Factors in order, then givens."""
        return (*self.factors, *self.givens)

    # looked up at every event of a log and at every recipe, so made once
    @cached_property
    def factor_names(self) -> frozenset[str]:
        """Names of the factors."""
        return frozenset(factor.name for factor in self.factors)

    @cached_property
    def categorical_names(self) -> frozenset[str]:
        """Names of the factors with categories."""
        return frozenset(factor.name for factor in self.factors if factor.is_categorical)

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Names of the givens."""
        return frozenset(given.name for given in self.givens)

    @cached_property
    def response_names(self) -> frozenset[str]:
        """Names of the responses."""
        return frozenset(response.name for response in self.responses)

    @cached_property
    def limits(self) -> Mapping[str, tuple[float, float]]:
        """Lowest and highest value of every factor and given that is a number."""
        return {item.name: item.bounds for item in self.inputs if not item.is_categorical}

    @cached_property
    def log_factors(self) -> tuple[Factor, ...]:
        """Factors on a logarithmic scale."""
        return tuple(factor for factor in self.factors if factor.log_scale)

    def off_scale(self, settings: Mapping[str, Setting]) -> list[Factor]:
        """Factors whose logarithmic scale has no place for their setting."""
        return [f for f in self.log_factors if f.off_scale(settings.get(f.name))]

    def uses_history(self, response: Response) -> bool:
        """Whether the model of a response learns from earlier lines."""
        return self.history and response.history

    @property
    def unused_history(self) -> tuple[str, ...]:
        """Sentences about responses whose models do not learn from earlier lines."""
        if not self.history:
            return ("earlier lines are not used: [campaign] history = false",)
        return tuple(
            f"earlier lines are not used for {response.name}: history = false"
            for response in self.responses
            if not response.history
        )

    def factor(self, name: str) -> Factor:
        """The factor of this name; KeyError when there is none."""
        return {factor.name: factor for factor in self.factors}[name]

    def given(self, name: str) -> Given:
        """The given of this name; KeyError when there is none."""
        return {given.name: given for given in self.givens}[name]

    def response(self, name: str) -> Response:
        """The response of this name; KeyError when there is none."""
        return {response.name: response for response in self.responses}[name]

    def stage(self, name: str) -> Stage:
        """The stage of this name; KeyError when there is none."""
        return {stage.name: stage for stage in self.stages}[name]

    def stage_factors(self, stage: str) -> tuple[Factor, ...]:
        """The factors of one stage; a factor without a stage belongs to none."""
        return tuple(factor for factor in self.factors if factor.stage == stage)

"""The campaign specification: what can be set, what is measured, what it costs, what is wanted.

A :class:`Specification` is immutable and valid: making one from TOML or a dict either succeeds or
raises an ``InputError`` with every problem of the whole file. Indices in field paths count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from designer.campaigns.errors import InputError, Problem
from designer.campaigns.space.constraints import Constraint
from designer.campaigns.space.factors import (
    Factor,
    Given,
    Kind,
    Setting,
    quantity_text,
)
from designer.campaigns.space.mixtures import Mixture
from designer.campaigns.specification import amend as spec_amend
from designer.campaigns.specification import recipes as spec_recipes
from designer.campaigns.specification.parts import (
    CampaignGoal,
    Costs,
    Response,
    ResponseGoal,
    Stage,
    range_text,
)
from designer.campaigns.specification.read import check_together, read_tables
from designer.campaigns.specification.text import (
    read_source,
    tables_from_toml,
    to_tables,
    toml_text,
)

__all__ = [
    "CampaignGoal",
    "Constraint",
    "Costs",
    "Factor",
    "Given",
    "Kind",
    "Mixture",
    "Response",
    "ResponseGoal",
    "Setting",
    "Specification",
    "Stage",
    "example_text",
    "load_specification",
    "quantity_text",
    "range_text",
]


@dataclass(frozen=True)
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

    @classmethod
    def from_toml(cls, text: str, source: str = "specification") -> Self:
        """Reads a specification as written.

        Args:
            text: TOML.
            source: name of the file for messages about its syntax.

        Raises:
            InputError: with all problems.
        """
        return cls._from_tables(tables_from_toml(text, source), text, trusted=False)

    @classmethod
    def from_dict(cls, tables: Mapping[str, Any], *, trusted: bool = False) -> Self:
        """Reads the same as a dict of its tables (null = open end of a range or left out).

        Args:
            tables: e.g. what :meth:`to_dict` or ``tomllib.loads`` gave.
            trusted: for what was accepted before and kept unharmed (a verified store): units and
                feasibility are not checked again, which saves half a second.

        Raises:
            InputError: with all problems.
        """
        return cls._from_tables(tables, None, trusted=trusted)

    @classmethod
    def _from_tables(cls, tables: Mapping[str, Any], text: str | None, *, trusted: bool) -> Self:
        draft = read_tables(tables, trusted=trusted)
        goal = check_together(draft)
        if draft.problems:
            raise InputError(draft.problems)
        spec = cls(
            draft.name,
            draft.line,
            goal,
            tuple(draft.stages.values()),
            tuple(draft.factors.values()),
            tuple(draft.givens.values()),
            tuple(draft.mixtures.values()),
            tuple(draft.responses.values()),
            tuple(draft.constraints.values()),
            draft.costs,
            draft.history,
        )
        object.__setattr__(spec, "text", toml_text(spec.to_dict()) if text is None else text)
        return spec

    def to_dict(self) -> dict[str, Any]:
        """The specification with all defaults filled in, ready for JSON; open ends are None."""
        return to_tables(self)

    @property
    def inputs(self) -> tuple[Factor | Given, ...]:
        """Factors in order, then givens."""
        return (*self.factors, *self.givens)

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

    def recipe_problems(
        self, settings: Mapping[str, Setting], where: str, *, on_grid: bool = True
    ) -> list[Problem]:
        """Everything wrong with a recipe; see :func:`spec_recipes.recipe_problems`."""
        return spec_recipes.recipe_problems(self, settings, where, on_grid=on_grid)

    def recipe_flags(self, settings: Mapping[str, Setting]) -> list[str]:
        """What is unusual about settings really used; see :func:`spec_recipes.recipe_flags`."""
        return spec_recipes.recipe_flags(self, settings)

    def difference(self, other: Specification) -> list[str]:
        """What another specification changes, in words; see :func:`spec_amend.difference`."""
        return spec_amend.difference(self, other)

    def amendment_problems(self, new: Specification) -> list[Problem]:
        """Why another one cannot replace this one; see :func:`spec_amend.amendment_problems`."""
        return spec_amend.amendment_problems(self, new)


def load_specification(source: str | Path | Mapping[str, Any]) -> Specification:
    """Reads a specification from a file (.toml, or the same as .json) or a dict.

    Args:
        source: path or dict.

    Raises:
        InputError: the file cannot be read, or its content is wrong; with all problems.
    """
    if isinstance(source, Mapping):
        return Specification.from_dict(source)
    text, tables = read_source(Path(source))
    if tables is not None:
        return Specification.from_dict(tables)
    return Specification.from_toml(text, str(source))


def example_text() -> str:
    """A complete commented specification, valid as it stands."""
    return (Path(__file__).parent / "example.toml").read_text(encoding="utf-8")

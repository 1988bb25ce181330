"""What people hand in: values as typed, results of runs, plans. Nothing is checked here yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.log.state import PlanDesign
from designer.campaigns.space.factors import Setting
from designer.campaigns.values.quantity import Quantity


@dataclass(slots=True)
class ResultEntry:
    """What is known about one run now; pieces may come in several entries.

    Attributes:
        run: run id; None for a run nobody proposed (`attach`).
        responses: response to its values; None: it will never be measured.
        used: factor to the setting really used.
        given: given to its value.
        batch: stage to batch id.
        made_at: when it was made, ISO 8601.
        note: remark.
        replicate: whether the values are further ones beside those recorded before.
        where: place for messages, such as ``plan.xlsx row 7``; None: the run id.
        made: it was made, though nothing else says so (`attach`).
    """

    run: str | None
    responses: Mapping[str, Sequence[Quantity] | None] = field(default_factory=dict)
    used: Mapping[str, Quantity] = field(default_factory=dict)
    given: Mapping[str, Quantity] = field(default_factory=dict)
    batch: Mapping[str, str] = field(default_factory=dict)
    made_at: str | None = None
    note: str | None = None
    replicate: bool = False
    where: str | None = None
    made: bool = False

    @property
    def says_made(self) -> bool:
        """Whether anything says that the run was made: results, a time, or somebody."""
        return bool(self.responses or self.made or (self.made_at or "").strip())


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of a plan, before it has an id.

    Attributes:
        order: place in the order of making, from 1.
        rank: place in the order of value, from 1.
        settings: proposed recipe, every factor.
        batch: stage to batch: an existing id (``slurry-03``), or ``new-1``, ``new-2``, … for the
            new batches of that stage; runs with the same label share the batch.
        predicted: response to what it is expected to be (`run_object.Predicted`).
        bits: information gain at its rank; None when information was not maximised.
        cost: what it adds when made in this order [costs.unit].
        in_spec: probability that the recipe itself is inside all windows; None: no windows.
        reason: why it was chosen, a sentence.
        given: given to the value assumed.
        value: what was maximised, when that is no information.
        success: probability that it is made successfully; None: nothing failed yet.
        in_spec_measured: probability that one more batch of it, made and measured, is in spec.
        extra: what else the table of recipes it comes from said of it, by column; None: there was
            none.
        design: its place in the classical design the plan is; None: it is none.
    """

    order: int
    rank: int
    settings: Mapping[str, Setting]
    batch: Mapping[str, str]
    predicted: Mapping[str, Mapping[str, object]]
    bits: float | None
    cost: float
    in_spec: float | None
    reason: str
    given: Mapping[str, float] = field(default_factory=dict)
    value: float | None = None
    success: float | None = None
    in_spec_measured: float | None = None
    extra: Mapping[str, Setting] | None = None
    design: DesignPoint | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A computed plan; ids of plan, runs and new batches are given by `commands.propose`.

    Attributes:
        goal: goal it was made for.
        seed: seed of the random numbers.
        runs: the runs.
        position: log position of the state it was computed from.
        cost: cost of the plan [costs.unit].
        information_bits: information it is expected to bring; None when not maximised.
        versions: program and library versions.
        hyperparameters: of the models, JSON-able.
        setup: run whose batches are set up now; None: nothing is.
        nested: whether the first k by rank are what a plan of k would have been.
        fixed: factor values the user fixed.
        notes: sentences for the user.
        value: what was maximised, when that is no information.
        value_name: its name.
        deviation: what the fixed values cost compared with the free plan, JSON-able.
        outlook: what to expect once all open runs are made, JSON-able; None: not computed.
        design: the classical design it is; None: the models chose it.
    """

    goal: str
    seed: int
    runs: Sequence[PlannedRun]
    position: int
    cost: float
    information_bits: float | None
    versions: Mapping[str, Any] = field(default_factory=dict)
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    setup: str | None = None
    nested: bool = True
    fixed: Mapping[str, Setting] = field(default_factory=dict)
    notes: Sequence[str] = ()
    value: float | None = None
    value_name: str | None = None
    deviation: Mapping[str, Any] | None = None
    outlook: Mapping[str, Any] | None = None
    design: PlanDesign | None = None


@dataclass(frozen=True, slots=True)
class OfferedRecipe:
    """What can be made as it is: a foil at hand, a coil in store, a recipe somebody chose.

    Attributes:
        settings: by factor, perhaps between the machine's set-points; factors left out are free.
        given: what is known of it, by given.
        extra: what else its table says of it (ids), by column; None: it comes from no table.
    """

    settings: Mapping[str, Setting]
    given: Mapping[str, float] = field(default_factory=dict)
    extra: Mapping[str, Setting] | None = None

"""The JSON of a judged plan: all keys always there, null where there is nothing to tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from designer.campaigns.space.factors import Setting


class JudgedRun(TypedDict):
    """A run of a judged plan, in the order of its rows.

    ``row`` is the file's; ``order`` its place in the best order of making. ``information_bits``,
    ``cost`` and ``batch`` are those of the order of the rows.
    """

    row: int
    run: str | None
    order: int
    settings: dict[str, Setting]
    batch: dict[str, str]
    information_bits: float | None
    cost: float
    leverage: float | None
    in_spec: float | None


class PlanWorth(TypedDict):
    """Cost and information of a plan; ``information_bits`` null: nothing is known yet."""

    cost: float
    information_bits: float | None


class BestOrder(PlanWorth):
    """The same runs in the order that costs least; ``rows`` in that order."""

    rows: list[int]
    new_batches: dict[str, int]


class KnownAfter(TypedDict):
    """Typical ± of a response over the region: now, after the open runs, after the plan, too."""

    unit: str | None
    sd_now: float
    sd_open: float
    sd_after: float


class ComparedPlan(PlanWorth):
    """Another plan beside the judged one.

    ``expected_in_spec``: runs expected in spec. ``sd_after``: typical ± of each response.
    """

    name: str
    runs: int
    bits_per_cost: float | None
    expected_in_spec: float | None
    sd_after: dict[str, float]
    text: str


Criterion = Literal["D", "A", "I"]
"""Of the parameters together, of their mean variance, of the mean variance of predictions."""
Efficiencies = Mapping[Criterion, float | None]
"""1 for as good as what it is relative to; null where no model can be estimated."""


class EfficiencyBasis(TypedDict):
    """What efficiencies are of and relative to; ``orthogonal``: those relative to that bound.

    The bound is a plan of as many runs whose columns are orthogonal at the ends of all ranges.
    """

    model: str | None
    relative_to: str
    orthogonal: Efficiencies


class EstimableModel(TypedDict):
    """A model and whether the plan can estimate it; ``lacking``: effects it cannot tell."""

    model: str
    terms: int
    rank: int
    estimable: bool
    error_df: int
    lacking: list[str]


class AliasedEffects(TypedDict):
    """Effects that cannot be told from each other (``complete``), or hardly."""

    effects: list[str]
    correlation: float
    complete: bool
    text: str


class CorrelatedKinds(TypedDict):
    """Pairs of effects of two kinds that are told apart only in part; ``correlation``: the most."""

    kinds: list[str]
    pairs: int
    correlation: float
    text: str


class AliasFigures(TypedDict):
    """The alias matrix: by how much effects left out bias the terms of ``model``."""

    model: str
    terms: list[str]
    left_out: list[str]
    coefficients: list[list[float]]


class TermPower(TypedDict):
    """Power of one effect; ``stage``: it is tested against batches of that stage."""

    effect: str
    power: float | None
    error_df: int
    stage: str | None


class ResponsePower(TypedDict):
    """Power to find an effect of ``size`` (``size_sd`` standard deviations of the noise).

    ``response`` null: of any response, its noise as the unit. ``noise_from``: ``specification``,
    ``model``, or ``unit`` where nothing is known. ``batch_sd``: how much batches of every stage
    vary besides, in standard deviations of the noise, as ``batch_from`` says (``model``, or
    ``assumption``).
    """

    response: str | None
    size: float | None
    unit: str | None
    size_sd: float
    noise_sd: float | None
    noise_from: str
    batch_sd: dict[str, float]
    batch_from: str
    model: str
    effects: list[TermPower]
    text: str


class RunLeverage(TypedDict):
    """How far a run's own result decides what is fitted there, 0 to 1."""

    row: int
    run: str | None
    leverage: float


class RepeatedRecipe(TypedDict):
    """Rows of one recipe (``exact``), or nearly; ``made``: a run made before, or open, of it."""

    rows: list[int]
    exact: bool
    made: str | None
    text: str


class BrokenRow(TypedDict):
    """What a row breaks; ``left_out``: nothing can be made of it."""

    row: int
    where: str
    what: str
    found: str | None
    allowed: str | None
    hint: str | None
    left_out: bool
    text: str


class JudgedFact(TypedDict):
    """A sentence of the verdict, and what it is about (a key of `LABELS`)."""

    about: str
    text: str


LABELS: Mapping[str, str] = {
    "verdict": "Verdict", "cost": "Cost", "information": "Information", "unknown": "Afterwards",
    "rows": "Rows", "models": "Models", "aliases": "Aliases", "power": "Power",
    "leverage": "Leverage", "duplicates": "Repeats",
}  # fmt: skip
"""What a sentence is about, as people read it."""


class Judged(TypedDict):
    """A judged plan.

    ``cost`` and ``information_bits``: made in the order of its rows. ``ours``: our plan of the
    same cost (of the best order), ``ours_same_runs``: of as many runs. ``unknown``: what stays
    unknown afterwards. ``summary``: all of it in sentences, the verdict first.
    """

    plan: str
    runs: list[JudgedRun]
    cost: float
    cost_unit: str
    information_bits: float | None
    expected_in_spec: float | None
    best_order: BestOrder
    ours: PlanWorth | None
    ours_same_runs: PlanWorth | None
    comparisons: list[ComparedPlan]
    unknown: dict[str, KnownAfter]
    models: list[EstimableModel]
    efficiency: Efficiencies
    efficiency_basis: EfficiencyBasis
    aliases: list[AliasedEffects]
    correlated: list[CorrelatedKinds]
    alias_matrix: AliasFigures | None
    power: list[ResponsePower]
    leverage: list[RunLeverage]
    duplicates: list[RepeatedRecipe]
    infeasible: list[BrokenRow]
    summary: list[JudgedFact]
    notes: list[str]

"""Benchmark problems as plants: one or more responses measured at the same runs.

``make_plant("branin", seed, misleading=1)``; families with one response from ``families``, the
built-in twin with three from its own module, with what its specification tells the models: the
process order and, where asked for, process knowledge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from designer.campaigns.space.grids import SettingScale
from designer.models.fitting.all_responses import Link
from designer.models.gp.process_features import Compaction, Loading
from designer.twin.designs import split_plot_plan
from designer.twin.factors import BASE_FACTORS, TwinOptions
from designer.twin.scenario import ScenarioKind, scenario
from tests.benchmarks.families import FAMILIES, POINTS, Problem, make_problem, sobol

TWINS = ("twin", "twin split-plot")
KINDS: dict[int, ScenarioKind] = {0: "related", 1: "one_misleading", 3: "all_misleading"}
LOG = {"mass_loading": True, "porosity": False, "adhesion": True}  # as the specification resolves
STAGES = ("slurry", "coating")  # batches that runs may share
GAP = BASE_FACTORS.index("coating_gap")
_NO_BATCHES: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Plant:
    """One seed of one plant.

    Attributes:
        name: name of the family.
        problems: one per response; runs, lines' inputs and points are common.
        links: what the specification tells about each response, by name.
        run_batches: batch code per stage of every target run, ``[24, S]``; None: none shared.
        line_batches: the same of every earlier line, each ``[40, S]``.
    """

    name: str
    problems: tuple[Problem, ...]
    links: Mapping[str, Link] = field(default_factory=dict)
    run_batches: np.ndarray | None = None
    line_batches: tuple[np.ndarray, ...] = _NO_BATCHES


def make_plant(
    family: str, seed: int, *, misleading: int = 1, knowledge: bool = True, variation: float = 1.0
) -> Plant:
    """One plant: everything random comes from (family, seed).

    Args:
        family: of ``families.FAMILIES`` or ``TWINS``.
        seed: any integer ≥ 0.
        misleading: how many of the three earlier lines are unrelated (twin: 0, 1 or 3).
        knowledge: the twin's specification names loading and compaction.
        variation: of the twin's constants between lines.
    """
    if family in FAMILIES:
        return Plant(family, (make_problem(family, seed, misleading=misleading),))
    split = family == "twin split-plot"
    options = TwinOptions(variation=variation)
    twin = scenario(
        seed, KINDS[misleading], options=options, plan="split_plot" if split else "sobol"
    )
    factors = {f.name: f for f in options.factors}
    low = np.array([factors[name].low for name in BASE_FACTORS])
    span = np.array([factors[name].high for name in BASE_FACTORS]) - low
    rng = np.random.default_rng([seed, 77])
    runs, points = sobol(len(low), 24, rng), sobol(len(low), POINTS, rng)

    def recipes(X: np.ndarray) -> dict[str, np.ndarray]:
        return {name: low[i] + span[i] * X[:, i] for i, name in enumerate(BASE_FACTORS)}

    def encoded(data: Mapping[str, Any]) -> np.ndarray:
        X = np.column_stack([np.asarray(data[n], dtype=np.float64) for n in BASE_FACTORS])
        return np.asarray((X - low) / span)

    def truth_of(name: str) -> Callable[[np.ndarray], np.ndarray]:
        return lambda X: twin.target.truth(recipes(X))[name]

    batches: Mapping[str, Any] | None = None
    if split:
        plan = split_plot_plan([factors[n] for n in BASE_FACTORS], 24, rng)
        runs = encoded(plan.settings)
        batches = plan.batches
    results = twin.target.campaign(seed).make(recipes(runs), batches)
    problems = tuple(
        Problem(
            name=name,
            dimension=len(low),
            target=truth_of(name),
            runs=runs,
            results=results[name],
            lines=tuple((encoded(o.data), np.asarray(o.data[name])) for o in twin.earlier),
            points=points,
            log_scale=LOG[name],
        )
        for name in LOG
    )
    plant = Plant(family, problems, twin_links(knowledge=knowledge))
    if batches is None:
        return plant
    return replace(
        plant,
        run_batches=codes(batches, 0),
        line_batches=tuple(
            codes({s: o.data[f"batch:{s}"] for s in STAGES}, 1000 * (k + 1))
            for k, o in enumerate(twin.earlier)
        ),
    )


def codes(batches: Mapping[str, Any], first: int) -> np.ndarray:
    """Batch codes ``[n, S]`` from ids per stage, all different from those of other lines."""
    return np.column_stack(
        [
            first + 500 * s + np.unique(np.asarray(batches[x]), return_inverse=True)[1]
            for s, x in enumerate(STAGES)
        ]
    )


def twin_links(*, knowledge: bool = True) -> dict[str, Link]:
    """What the twin's specification tells: loading is decided at coating, the others later."""
    factors = {f.name: f for f in TwinOptions().factors}
    order = list(BASE_FACTORS)
    press, gap, solids = (
        factors[name] for name in ("calendering_pressure", "coating_gap", "solid_content")
    )
    loads = SettingScale(press.low / press.high, 1.0)
    compaction = Compaction(order.index(press.name), loads, 30.0)
    shares = SettingScale(solids.low / 100, solids.high / 100)
    gaps = SettingScale(gap.low, gap.high)
    loading = Loading(GAP, gaps, order.index(solids.name), shares)
    return {
        "mass_loading": Link(feature=loading if knowledge else None, only_without_history=True),
        "porosity": Link("mass_loading", (GAP,), compaction if knowledge else None),
        "adhesion": Link("mass_loading", (GAP,)),
    }

"""The pilot-line twin: histories of earlier lines, scenarios, and the specification to go with it.

    earlier, target = scenario(seed=7, kind="one_misleading")
    spec = twin_specification("window", line=target, seed=7)  # `designer.twin.specification`
    campaign = target.campaign(seed=1)
    results = campaign.make(recipes, batches)

The physics is in ``physics``, a line and its noise in ``lines``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from designer.models.arrays import FloatArray
from designer.twin.designs import PlanKind, sobol_plan, split_plot_plan
from designer.twin.factors import TwinOptions
from designer.twin.lines import Seed, TwinCampaign, TwinLine, child_seed, draw_mirrored, entropy_of

ScenarioKind: TypeAlias = Literal["related", "one_misleading", "all_misleading"]
TwinData: TypeAlias = dict[str, FloatArray | list[str]]

EARLIER_LINES = 3
HISTORY_ROWS = 40
_TARGET, _MIRRORED, _WHICH, _DATA = 100, 101, 102, 103  # parts of a scenario's seed


def history(
    line: TwinLine, n: int = HISTORY_ROWS, *, seed: Seed, plan: PlanKind = "sobol"
) -> TwinData:
    """Data of a line as it would come in a table.

    Args:
        line: where the runs were made.
        n: number of runs.
        seed: of plan, batch effects and noise.
        plan: ``sobol`` (each run its own slurry) or ``split_plot`` (8 runs per slurry on 4 strips).

    Returns:
        Columns in the order made: factors (as logged), responses, ``batch:slurry`` and
        ``batch:coating``, each of length ``n``.
    """
    entropy = entropy_of(seed)
    rng = np.random.default_rng([entropy, 0])
    make_plan = sobol_plan if plan == "sobol" else split_plot_plan
    made = make_plan(line.options.factors, n, rng)
    results = line.make(made.settings, made.batches, seed=child_seed(entropy, 1))
    batches = {f"batch:{stage}": ids for stage, ids in made.batches.items()}
    return {**made.settings, **results, **batches}


@dataclass(frozen=True, eq=False)
class EarlierLine:
    """An earlier line with its data: name, the line behind it, columns as from ``history``."""

    name: str
    line: TwinLine
    data: TwinData
    misleading: bool


class Scenario(NamedTuple):
    """Three earlier lines with data, and the line that a campaign is run on."""

    earlier: tuple[EarlierLine, ...]
    target: TwinLine

    def campaign(self) -> TwinCampaign:
        """A campaign on the target, seeded by the scenario."""
        return self.target.campaign(child_seed(self.target.seed, 0))


def scenario(
    seed: Seed,
    kind: ScenarioKind = "related",
    *,
    options: TwinOptions | None = None,
    rows: int = HISTORY_ROWS,
    plan: PlanKind = "sobol",
) -> Scenario:
    """Three earlier lines with data, and the target line.

    The target and the good lines do not depend on ``kind``, so scenarios of one seed can be
    compared. With ``all_misleading`` the three lines agree with each other: one other material,
    the same two factors logged mirrored; nothing in their data can tell.

    Args:
        seed: names everything drawn.
        kind: no line, one of three (which one is drawn), or all lines misleading.
        options: optional factors and responses.
        rows: runs per earlier line.
        plan: how the earlier lines were run, see ``history``.
    """
    entropy = entropy_of(seed)
    mirrored = draw_mirrored(np.random.default_rng([entropy, _MIRRORED]))
    which = int(np.random.default_rng([entropy, _WHICH]).integers(EARLIER_LINES))
    bad = {
        "related": set[int](),
        "one_misleading": {which},
        "all_misleading": set(range(EARLIER_LINES)),
    }[kind]
    earlier = []
    for k in range(EARLIER_LINES):
        line = TwinLine.draw(
            child_seed(entropy, k),
            misleading=k in bad,
            options=options,
            mirrored=mirrored if k in bad else None,
        )
        data = history(line, rows, seed=child_seed(entropy, _DATA, k), plan=plan)
        earlier.append(EarlierLine(f"line{k + 1}", line, data, k in bad))
    return Scenario(tuple(earlier), TwinLine.draw(child_seed(entropy, _TARGET), options=options))

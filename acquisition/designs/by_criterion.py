"""D-, A- and I-optimal designs by name: options, replicates, centre points, blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, get_args

import numpy as np

from designer.acquisition.designs.classical.parts import centre_points, shared_out, shared_out_told
from designer.acquisition.designs.classical.published import Asked
from designer.acquisition.designs.classical.room import DesignRoom
from designer.acquisition.designs.design import CENTRE, Design, DesignRun
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder, ModelTerms
from designer.acquisition.designs.optimal.optimal import (
    CRITERIA,
    EarlierRuns,
    OptimalRequest,
    optimal_design,
)
from designer.acquisition.designs.options import OptionForm
from designer.acquisition.designs.placing import place
from designer.acquisition.designs.quality import blocks_told
from designer.acquisition.designs.refusals import refused
from designer.campaigns.errors import Findings
from designer.campaigns.log.runs import DesignPoint

OPTIMAL: Final = tuple(f"{criterion.lower()}-optimal" for criterion in CRITERIA)
"""Names of the designs."""

OPTIONS: Final = (
    OptionForm("model", "what it tells best", MODEL_ORDERS, default="quadratic"),
    OptionForm("whole_plots", "batches, as whole_plots:STAGE=", whole=(1, 1000), per="stage"),
    OptionForm(
        "variance_ratios",
        "variance of a batch over a run's, by stage",
        real=(0.0, 1000),
        per="stage",
    ),
    OptionForm("augment", "go on from the runs that there are", ("yes", "no")),
    OptionForm("starts", "random starts", whole=(1, 1000)),
)
"""What they can be asked."""


def best_design(
    room: DesignRoom,
    name: str,
    asked: Asked,
    seed: int,
    progress: Callable[[float], None] | None = None,
) -> Design:
    """A design that is best by a criterion.

    Args:
        room: factors that vary.
        name: one of `OPTIMAL`.
        asked: what is asked of it.
        seed: of the random starts.
        progress: told the share that is done.

    Raises:
        InputError: too few runs for the model, blocks that it cannot have, nothing feasible.
    """
    region = room.region
    order = _model(asked)
    plots, ratios = _numbers(asked, "whole_plots"), _numbers(asked, "variance_ratios")
    alone = asked.options.get("order") == "random"
    if alone:
        _refuse_unused([*_typed("whole_plots", plots), *_typed("variance_ratios", ratios)])
    starts = asked.options.get("starts")
    request = OptimalRequest(
        criterion=CRITERIA[OPTIMAL.index(name)],
        model=order,
        runs=asked.runs,
        whole_plots={stage: int(count) for stage, count in plots.items()},
        variance_ratios=ratios,
        alone=alone,
        earlier=_earlier(asked),
        starts=None if starts is None else int(float(str(starts))),
    )
    made = optimal_design(
        room.spec, request, fixed=region.fixed, given=region.given, seed=seed, progress=progress
    )
    made = _with_parts(room, asked, made, seed)
    return _in_blocks(room, asked, made, order)


def _earlier(asked: Asked) -> EarlierRuns | None:
    if asked.options.get("augment") != "yes":
        return None
    if asked.earlier is None or not len(asked.earlier):
        raise refused(
            "there is no run to go on from: none is made or open whose settings are all known",
            where="option augment",
        )
    return asked.earlier


def _typed(option: str, told: Mapping[str, float]) -> list[str]:
    return [f"{option}:{stage}" for stage in told]


def _refuse_unused(options: list[str]) -> None:
    """Refuse what is about whole plots where every run is set up anew.

    Raises:
        InputError: something is.
    """
    findings = Findings()
    for option in options:
        what = "is about whole plots, and with order=random every run is set up anew"
        findings.report(f"option {option}", what, hint="Leave it or order=random out")
    findings.raise_if_any()


def _model(asked: Asked) -> ModelOrder:
    orders: tuple[ModelOrder, ...] = get_args(ModelOrder)
    return next(order for order in orders if order == asked.word("model"))


def _numbers(asked: Asked, name: str) -> dict[str, float]:
    """An option that is told per stage."""
    told = asked.options.get(name)
    if not isinstance(told, Mapping):
        return {}
    return {stage: float(str(value)) for stage, value in told.items()}


def _with_parts(room: DesignRoom, asked: Asked, made: Design, seed: int) -> Design:
    """Replicates and their centre points, every replicate with batches of its own."""
    runs: list[DesignRun] = []
    stages = made.runs[0].point.whole_plots  # every run has them of the same stages
    most = {stage: max(run.point.whole_plots[stage] for run in made.runs) for stage in stages}
    for again in range(asked.replicates):
        for run in made.runs:
            own = {stage: n + again * most[stage] for stage, n in run.point.whole_plots.items()}
            point = replace(run.point, std_order=len(runs) + 1, whole_plots=own)
            runs.append(DesignRun(run.settings, point, again + 1))
    after = {stage: count * asked.replicates + 1 for stage, count in most.items()}
    for number, settings in enumerate(_centres(room, asked.centres or 0, seed)):
        again = number % asked.replicates
        own = {stage: plot + again for stage, plot in after.items()}
        point = DesignPoint(len(runs) + 1, CENTRE, whole_plots=own)
        runs.append(DesignRun(settings, point, again + 1))
    order = asked.options.get("order")
    told = {"augment": asked.options.get("augment"), "order": order}
    options = {**made.options, **{name: str(own) for name, own in told.items() if own is not None}}
    return replace(made, runs=tuple(runs), options=options)


def _centres(room: DesignRoom, count: int, seed: int) -> list[dict[str, float | str]]:
    if not count:
        return []
    amounts = [np.repeat(blend.middle[None, :], count, axis=0) for blend in room.blends]
    wanted = room.columns(centre_points(room, count), amounts)
    columns = place(room.region, wanted, seed).columns
    return [{name: columns[name][row].item() for name in columns} for row in range(count)]


def _share_batches(made: Design) -> bool:
    """Whether some runs are of one whole plot."""
    plots = [run.point.whole_plots for run in made.runs]
    return any(len({own[stage] for own in plots}) < len(plots) for stage in plots[0])


def _in_blocks(room: DesignRoom, asked: Asked, made: Design, order: ModelOrder) -> Design:
    count = asked.blocks
    if count == 1:
        return made
    names = room.region.names
    columns = {n: np.array([run.settings[n] for run in made.runs]) for n in names}
    if asked.replicates % count == 0:
        blocks: list[int] = [1 + (run.passed - 1) % count for run in made.runs]
        told = f"{count} blocks, each the whole design"
    elif _share_batches(made):
        raise refused(
            "blocks would cut through the whole plots of this design",
            f"{count} blocks",
            "as many blocks as replicates",
            "Say order=random for a design without whole plots, or make one block a replicate",
            where="--blocks",
        )
    else:
        X = ModelTerms.of(room.spec, order, room.region.fixed).matrix(columns)
        blocks = (shared_out(X, count, asked.rng) + 1).tolist()
        told = shared_out_told(count)
    runs = tuple(
        replace(run, point=replace(run.point, block=block))
        for run, block in zip(made.runs, blocks, strict=True)
    )
    disturbed = blocks_told(room.spec, room.region.fixed, order, columns, np.array(blocks))
    return replace(made, runs=runs, facts=(*made.facts, told, disturbed))

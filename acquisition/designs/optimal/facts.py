"""What is told of an optimal design, in sentences."""

from __future__ import annotations

import numpy as np

from designer.acquisition.designs.optimal.exchange import ExchangeProblem
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed, rounded


def facts_of(
    problem: ExchangeProblem, codes: IntArray, moments: FloatArray, starts: int, earlier: int
) -> list[str]:
    """Sentences about a design.

    Args:
        problem: what was optimised.
        codes: of the design, ``[n, F]``.
        moments: of the model over the feasible region, ``[p, p]``.
        starts: random starts it is the best of.
        earlier: number of earlier runs that count.
    """
    terms, plots = problem.terms, problem.plots
    total = problem.information(codes[None]).total()[0]
    told = counted(plots.runs, "run")
    if earlier:
        told += f" and {counted(earlier, 'earlier one')}"
    facts = [f"the {terms.order} model has {counted(len(terms), 'term')}, told by {told}"]
    facts += terms.notes
    if plots.stages:
        facts.append(_plots_told(problem))
    elif all(factor.role == "process" and len(factor.labels) == 1 for factor in terms.factors):
        # an orthogonal design has 100 %; for mixtures and effects of categories there is none
        efficiency = np.exp(np.linalg.slogdet(total)[1] / len(terms)) / (plots.runs + earlier)
        facts.append(f"D-efficiency {100 * efficiency:.1f} %")
    error = float(np.sqrt(np.trace(np.linalg.solve(total, moments))))
    facts.append(
        f"a prediction's error is on average {rounded(error)} times that of one run, over the"
        " feasible region"
    )
    repeated = plots.runs - len(np.unique(codes, axis=0))
    if repeated:
        repeats = "run repeats" if repeated == 1 else "runs repeat"
        facts.append(f"{repeated} {repeats} another's recipe")
    facts.append(f"the best of {counted(starts, 'random start')}")
    return facts


def _plots_told(problem: ExchangeProblem) -> str:
    plots = problem.plots
    batches = [
        counted(count, f"batch of {stage}", f"batches of {stage}")
        for stage, count in zip(plots.stages, plots.counts, strict=True)
    ]
    ratios = {plots.ratio(stage) for stage in plots.stages}
    told = ", ".join(f"{plots.ratio(stage):g} for {stage}" for stage in plots.stages)
    if len(ratios) == 1:
        told = f"{ratios.pop():g}"
    return (
        f"{listed(batches)}: settings of a stage change with its batches only; variance of a"
        f" batch over that of a run: {told}"
    )

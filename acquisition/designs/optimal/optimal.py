"""D-, A- and I-optimal designs of a campaign's factors, on the machine's grid and feasible.

pydoe 1.6 exchanges candidates of polynomials only (no categories, whole plots, seeds, mixtures),
pyoptex cannot be installed beside pandas 3, so the exchange is our own; both are compared with in
tests/benchmarks/optimal_designs.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from designer.acquisition.candidates.candidates import make_candidates
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.region import Columns, ProposalRegion
from designer.acquisition.designs.design import CORNER, Design, DesignRun, Option
from designer.acquisition.designs.model_terms import MODEL_ORDERS, ModelOrder, ModelTerms
from designer.acquisition.designs.moments import box_moments, is_box, listed_moments
from designer.acquisition.designs.optimal.exchange import ExchangeProblem, Progress
from designer.acquisition.designs.optimal.facts import facts_of
from designer.acquisition.designs.optimal.plot_counts import PlotCounts
from designer.acquisition.designs.optimal.search import best_design, starts_for
from designer.acquisition.designs.optimal.whole_plots import WholePlots, in_standard_order
from designer.acquisition.designs.options import options_told
from designer.campaigns.errors import Findings, InputError
from designer.campaigns.log.runs import DesignPoint
from designer.campaigns.specification.parts import MOST_RUNS
from designer.models.arrays import FloatArray, IntArray
from designer.render.words import count as counted
from designer.render.words import listed

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting
    from designer.campaigns.specification.specification import Specification

Criterion = Literal["D", "A", "I"]

CRITERIA: Final[tuple[Criterion, ...]] = get_args(Criterion)

_POOL = 1 << 12  # recipes of a box that starts are drawn from
_DEPENDENT = 1e-7  # share of a pivot below which a term follows from the others


@dataclass(frozen=True, eq=False)
class EarlierRuns:
    """Runs that there are already, or that are open.

    Attributes:
        columns: settings per factor, each ``[n]``, on the machine's grid or not.
        batches: label of the batch per stage, each ``[n]``.
    """

    columns: Columns
    batches: Mapping[str, np.ndarray[Any, Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def information(self, terms: ModelTerms, plots: WholePlots) -> FloatArray:
        """What they tell of a model, ``[p, p]``; those of one batch share its error."""
        X, V = terms.matrix(self.columns), np.eye(len(self))
        for stage in plots.stages:
            labels = self.batches[stage]
            V += plots.ratio(stage) * (labels[:, None] == labels)
        return np.asarray(X.T @ np.linalg.solve(V, X))


@dataclass(frozen=True)
class OptimalRequest:
    """What design is wanted.

    Attributes:
        criterion: D: coefficients together; A: coefficients on average; I: predictions on
            average over the feasible region.
        model: linear, interaction or quadratic.
        runs: number of runs; None: the terms and four more.
        whole_plots: number of batches per stage; what is left out is chosen.
        variance_ratios: variance of batches over that of a run, per stage; else 1.
        starts: random starts; None: by what there is to compute.
        alone: every run is set up anew.
        earlier: runs that there are, which count; None: none do.
    """

    criterion: Criterion = "D"
    model: ModelOrder = "quadratic"
    runs: int | None = None
    whole_plots: Mapping[str, int] | None = None
    variance_ratios: Mapping[str, float] | None = None
    starts: int | None = None
    alone: bool = False
    earlier: EarlierRuns | None = None


def optimal_design(
    spec: Specification,
    request: OptimalRequest,
    *,
    fixed: Mapping[str, Setting] | None = None,
    given: Mapping[str, float] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Design:
    """The best design found from many random starts.

    Args:
        spec: the campaign's specification.
        request: what is wanted.
        fixed: settings that every run shall have, checked by the caller.
        given: a value for every given of the specification.
        seed: of the starts.
        progress: called with the share that is done; what it raises stops the search.

    Raises:
        InputError: too few runs or whole plots for the model, a region that cannot tell its terms
            apart, or nothing feasible; with all problems.
    """
    region = ProposalRegion.of(spec, fixed or {}, given or {})
    grid = RecipeGrid(region)
    terms = ModelTerms.of(spec, request.model, fixed)
    if not terms.factors:
        hint = "Fix fewer factors with --fix"
        raise InputError.at("--design", "no factor is left to vary", None, None, hint)
    rng = np.random.default_rng(seed)
    pool, moments = _feasible_region(grid, terms, rng)
    _refuse_dependent(terms, moments)
    earlier = request.earlier
    counts = PlotCounts(
        grid,
        pool,
        terms,
        request.whole_plots or {},
        alone=request.alone,
        earlier=None if earlier is None else terms.matrix(earlier.columns),
    )
    plots = _whole_plots(counts, request)
    weights = {"D": None, "A": np.eye(len(terms)), "I": moments}[request.criterion]
    known = np.zeros((len(terms), len(terms)))
    if earlier is not None:
        known = earlier.information(terms, plots)
    problem = ExchangeProblem(grid, terms, plots, weights, known)
    starts = request.starts or starts_for(problem)
    codes = in_standard_order(plots, best_design(problem, pool, starts, rng, progress))
    columns = grid.columns(codes)
    runs = tuple(
        DesignRun(
            {name: columns[name][run].item() for name in region.names},
            DesignPoint(run + 1, CORNER, whole_plots=_numbers(spec, plots, run)),
        )
        for run in range(plots.runs)
    )
    options: dict[str, Option] = {"model": request.model, "starts": starts}
    numbers = {**counts.wanted, **dict(zip(plots.stages, plots.counts, strict=True))}
    if numbers:
        options["whole_plots"] = {s.name: numbers[s.name] for s in spec.stages if s.name in numbers}
    if plots.stages:
        options["variance_ratios"] = {stage: plots.ratio(stage) for stage in plots.stages}
    facts = facts_of(problem, codes, moments, starts, 0 if earlier is None else len(earlier))
    name = f"{request.criterion.lower()}-optimal"
    return Design(name, options_told(options), runs, tuple(facts))


def _numbers(spec: Specification, plots: WholePlots, run: int) -> dict[str, int]:
    """Whole plots of a run; where none are shared, each run has one of the first stage."""
    return plots.numbers(run) or {stage.name: run + 1 for stage in spec.stages[:1]}


def _whole_plots(counts: PlotCounts, request: OptimalRequest) -> WholePlots:
    """Number of runs and whole plots; refuses what cannot tell the model's terms."""
    terms, fixed = counts.terms, counts.grid.region.fixed
    findings = Findings()
    counts.check(request.runs, findings)
    runs = request.runs or counts.default_runs()
    if runs > MOST_RUNS:
        findings.report("-n", "too many runs", str(runs), f"at most {MOST_RUNS}")
    elif runs < counts.missing():
        smaller = MODEL_ORDERS[: MODEL_ORDERS.index(request.model)][::-1]
        sizes = [
            f"model={order} has {len(ModelTerms.of(counts.spec, order, fixed))}"
            for order in smaller
        ]
        what = f"fewer than the {counted(len(terms), 'term')} of the {request.model} model"
        if counts.earlier is not None:
            what += " that the earlier runs do not tell"
        hint = f"Ask for more runs, or a smaller model: {', '.join(sizes)}" if sizes else None
        allowed = f"at least {counts.missing()}"
        findings.report("-n", what, str(runs), allowed, hint)
    findings.raise_if_any()
    ratios = request.variance_ratios or {}
    plots = counts.plots(runs, ratios, findings)
    for stage in ratios:
        if stage not in plots.stages:
            what = "no runs of this design share a batch of that stage"
            findings.report(
                f"option variance_ratios:{stage}", what, None, ", ".join(plots.stages) or "none"
            )
    findings.raise_if_any()
    return plots


def _feasible_region(
    grid: RecipeGrid, terms: ModelTerms, rng: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Codes of recipes spread over the region, ``[P, F]``, and the model's moments there."""
    region = grid.region
    if is_box(region.spec):
        pool = rng.integers(grid.low, grid.high + 1, (_POOL, len(grid.low)))
        return pool, box_moments(region.spec, terms)
    candidates = make_candidates(region.spec, fixed=region.fixed, given=region.given)
    return grid.codes(candidates.columns)[0], listed_moments(candidates, terms)


def _refuse_dependent(terms: ModelTerms, moments: FloatArray) -> None:
    """Refuse a model some terms of which no feasible recipes can tell apart."""
    scale = np.sqrt(np.maximum(np.diag(moments), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(moments / np.outer(scale, scale))
    null = np.abs(vectors[:, values < _DEPENDENT])
    if not null.size:
        return
    together = np.flatnonzero((null > 0.1 * null.max(axis=0)).any(axis=1))
    what = f"no feasible recipes can tell these terms of the {terms.order} model apart"
    hint = "Widen what binds them, fix a factor, or take a smaller model"
    raise InputError.at("model", what, listed([terms.names[k] for k in together]), None, hint)

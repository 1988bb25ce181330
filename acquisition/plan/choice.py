"""One way to choose the runs of a plan: as wished, or as without the wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from designer.acquisition.candidates.candidates import Candidates, with_fixed
from designer.acquisition.candidates.grid import RecipeGrid
from designer.acquisition.candidates.offered import Offered, Stock, with_offered
from designer.acquisition.candidates.region import ProposalRegion
from designer.acquisition.functions.improvement import MakeImprover
from designer.acquisition.functions.reference_points import ReferencePoints
from designer.acquisition.plan.wishes import Wishes
from designer.acquisition.posterior import Posterior
from designer.acquisition.selection.context import PlanningContext
from designer.acquisition.selection.greedy import StoppingRule
from designer.acquisition.selection.problem import PlanningProblem
from designer.acquisition.selection.refinement import Refinement, Select
from designer.acquisition.selection.strategy import Selection, by_information, select_runs
from designer.campaigns.commands.entries import OfferedRecipe, PlannedRun
from designer.campaigns.errors import InputError
from designer.models.arrays import BoolArray
from designer.render.words import count as counted
from designer.render.words import listed, priced

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification
    from designer.models.encoding import Space


@dataclass(frozen=True)
class PlanLimits:
    """How much a plan may hold: runs, and cost in ``costs.unit``; None: no limit."""

    runs: int | None
    budget: float | None


@dataclass(frozen=True)
class PlanChoice:
    """The choice of the runs of one plan.

    Attributes:
        spec: the campaign's specification.
        space: encoding of its inputs.
        posteriors: belief per response.
        context: what is set up, open, known and refused.
        wishes: what somebody wishes.
        goal: what the plan is made for.
        assumed: value of every given.
        make_improver: makes the judge of improvement on the responses' goals.
        seed: seed of all chance.
        thorough: search for all runs; False: for the first ones only (`Refinement`).
    """

    spec: Specification
    space: Space
    posteriors: Mapping[str, Posterior]
    context: PlanningContext
    wishes: Wishes
    goal: str
    assumed: dict[str, float]
    make_improver: MakeImprover | None
    seed: int
    thorough: bool = True

    @property
    def given(self) -> dict[str, float]:
        """Value assumed for every given."""
        return self._region[0].given

    @cached_property
    def _region(self) -> tuple[Candidates, BoolArray]:
        return with_fixed(self.spec, self.wishes.fixed, self.assumed, self.seed)

    @cached_property
    def _offered(self) -> Offered:
        """The candidates with what is offered, and what is not wanted, among them."""
        offer, unlike = self.wishes.offer, self.wishes.instead_of
        sets: list[Sequence[OfferedRecipe]] = [[] if offer is None else offer.recipes]
        sets.append([OfferedRecipe(run.settings, run.given) for run in unlike])
        whole, fixed = self._region[0], self.wishes.fixed
        return with_offered(self.spec, whole, sets, fixed, self.seed)

    @property
    def _candidates(self) -> Candidates:
        plain = self.wishes.offer is None and not self.wishes.instead_of
        return self._region[0] if plain else self._offered.candidates

    @property
    def _whole(self) -> BoolArray | None:
        """Which candidates are the region's; None: all."""
        return None if self._candidates is self._region[0] else self._offered.whole

    # ---- ways to choose ------------------------------------------------------------------------

    def wished(self, limits: PlanLimits, rng: np.random.Generator) -> Selection:
        """The runs as wished."""
        offer = self.wishes.offer
        if offer is None:
            wanted = self._whole
            if self.wishes.fixed:
                wanted = self._candidates.matching(self.wishes.fixed)
                wanted &= True if self._whole is None else self._whole
            return self._chosen(limits, rng, wanted)
        stock = self._offered.stocks[0]
        if not stock.offered.any():
            raise InputError.at("--among", f"no feasible recipe is left of {offer.name}")
        selection = self._chosen(limits, rng, stock.offered, stock=stock)
        labels = [offer.labels[place] for place in self._offered.impossible if offer.labels]
        if not labels:
            return selection
        told = (
            f"left out: {listed(labels)}: the other factors cannot be set so that all limits hold"
        )
        return replace(selection, notes=(told, *selection.notes))

    def without(self, limits: PlanLimits) -> Selection:
        """What the wishes are compared with: the free plan, or the runs that are not wanted."""
        rng = np.random.default_rng(self.seed)
        if self.wishes.instead_of:
            return self._all_of(self._offered.stocks[1], rng)
        return self._chosen(limits, rng, self._whole, free=True)

    def taken(self, selection: Selection, planned: Sequence[PlannedRun]) -> tuple[int, ...]:
        """Places of the offered recipes the runs of a plan are, in their order."""
        if self.wishes.offer is None:
            return ()
        places = self._offered.stocks[0].assigned([pick.row for pick in selection.picks])
        return tuple(places[run.rank - 1] for run in planned)

    @property
    def _free(self) -> PlanningContext:
        return replace(self.context, unlike=())

    def _problem(
        self, context: PlanningContext, wanted: BoolArray | None, candidates: Candidates
    ) -> PlanningProblem:
        offer = self.wishes.offer
        return PlanningProblem(
            self.spec, self.space, self.posteriors, candidates, context, wanted=wanted,
            apart=offer is not None and offer.apart,
        )  # fmt: skip

    def _all_of(self, stock: Stock, rng: np.random.Generator) -> Selection:
        """All that is in stock, what teaches most first."""
        problem = self._problem(self._free, stock.offered, self._candidates)
        goal = "window" if self.goal == "optimum" else self.goal
        reference = problem.reference_points(goal, rng)
        stop = StoppingRule(int(stock.counts.sum()), stock=stock)
        allowed = np.zeros(len(problem.X), dtype=np.bool_)
        allowed[: len(stock.of)] = stock.offered
        picks = by_information(problem, reference, allowed, stop)
        return Selection(problem, self.goal, reference, picks, None, ())

    def _chosen(
        self,
        limits: PlanLimits,
        rng: np.random.Generator,
        wanted: BoolArray | None,
        *,
        stock: Stock | None = None,
        free: bool = False,
    ) -> Selection:
        """The best runs among the wanted ones; those of ``stock``, or free of every wish."""
        candidates = self._candidates
        context, held = (self._free, {}) if free else (self.context, self.wishes.fixed)
        problem = self._problem(context, wanted, candidates)
        stop = replace(problem.stop(limits.runs, limits.budget), stock=stock)

        def refine(first: PlanningProblem, reference: ReferencePoints, take: Select) -> Refinement:
            return Refinement(
                first,
                reference,
                first.allowed(),
                RecipeGrid(ProposalRegion.of(self.spec, held, candidates.given)),
                make=lambda others: self._problem(context, None, others),
                choose=take,
                seed=self.seed,
                thorough=self.thorough,
            )

        selection = select_runs(
            problem,
            self.goal,
            rng,
            stop,
            make_improver=self.make_improver,
            refine=None if candidates.exact or stock is not None else refine,
        )
        exchanged = problem.exchange_note(problem.allowed())
        part = [] if exchanged is None else [exchanged]
        if not candidates.exact and stock is None:
            around = "" if selection.problem is problem else " and those around the best"
            part += [
                f"there are too many recipes to compare all: {len(candidates)} spread over the"
                f" region{around} were"
            ]
        short = self._shortfall(problem, len(selection.picks), limits, stop)
        return replace(selection, notes=(*part, *selection.notes, *short))

    def _shortfall(
        self, problem: PlanningProblem, count: int, limits: PlanLimits, stop: StoppingRule
    ) -> list[str]:
        """Why there are fewer runs than asked for, if so."""
        offer, stock = self.wishes.offer, stop.stock
        if count == limits.runs:
            return []
        if stock is not None and offer is not None:
            kinds = np.unique(stock.of[problem.allowed()[: len(stock.of)]])
            if count == stock.counts[kinds].sum():
                rest = stock.counts.sum() - count
                told = f"; {rest} of them may not be proposed again" if rest else ""
                verb = "makes" if len(offer.recipes) == 1 else "make"
                return [f"{offer.name} {verb} {counted(count, 'run')}: each is used once{told}"]
        if count == stop.runs:
            return [f"a plan over so many recipes holds at most {counted(count, 'run')}"]
        if not stop.repeat and stock is None and count == np.count_nonzero(problem.allowed()):
            verb, recipes = "is" if count == 1 else "are", counted(count, "feasible recipe")
            return [f"there {verb} only {recipes}, and none is repeated yet"]
        return self._over_budget(problem, count, limits)

    @staticmethod
    def _over_budget(problem: PlanningProblem, count: int, limits: PlanLimits) -> list[str]:
        limit = priced(limits.budget or 0.0, problem.spec.costs.unit)
        if not count:
            cheapest = float(problem.tree.costs()[problem.allowed()].min())
            return [f"no run fits into {limit}: the cheapest costs {cheapest:g}"]
        if limits.runs is None:
            return []
        fit = "fits" if count == 1 else "fit"
        return [f"only {count} of {counted(limits.runs, 'run')} {fit} into {limit}"]

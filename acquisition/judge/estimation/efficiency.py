"""D-, A- and I-efficiency of a plan for a model.

D compares ``|F'F|^(1/p)``, A the mean variance of the parameters ``tr (F'F)⁻¹``, I the mean
variance of what is predicted over the region ``tr (F'F)⁻¹W`` with ``W`` the mean of ``f f'`` there
(Atkinson, Donev & Tobias 2007, Optimum Experimental Designs, with SAS, ch. 10). All are relative
to another plan of the same number of runs: 1 is as good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from designer.acquisition.designs.model_terms import ModelOrder, ModelTerms
from designer.acquisition.designs.moments import is_box
from designer.acquisition.designs.optimal.optimal import CRITERIA, OptimalRequest, optimal_design
from designer.acquisition.judge.answers import Efficiencies
from designer.acquisition.judge.estimation.divided import best_information, ends_and_middles
from designer.campaigns.errors import InputError
from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.specification.specification import Specification

_SEARCHED = 40_000  # runs × terms²: a search beyond takes more than some seconds (measured)
_MANY = 50  # runs beyond which whole runs reach nearly what divided ones would
_SMALL = 15  # terms up to which many starts cost nothing
_STARTS, _FEW_STARTS = 20, 3


@dataclass(frozen=True)
class Criteria:
    """What efficiencies compare.

    Attributes:
        precision: ``|F'F|^(1/p)``, of all parameters together.
        parameters: ``tr (F'F)⁻¹ / p``, mean variance of a parameter.
        predictions: ``tr (F'F)⁻¹W``, mean variance of a prediction.
    """

    precision: float
    parameters: float
    predictions: float

    @classmethod
    def of(cls, F: FloatArray, moments: FloatArray) -> Self:
        """Of a model that can be estimated.

        Args:
            F: model matrix of the runs, ``[n, p]``.
            moments: ``W``, ``[p, p]``.
        """
        return cls._of(F.T @ F, moments)

    @classmethod
    def divided(cls, terms: ModelTerms, runs: int, moments: FloatArray) -> Self:
        """Of the best runs there are in a box for each criterion, if runs could be divided."""
        F = ends_and_middles(terms)
        each = (None, np.eye(len(terms)), moments)
        best = [cls._of(runs * best_information(F, own), moments) for own in each]
        return cls(best[0].precision, best[1].parameters, best[2].predictions)

    @classmethod
    def _of(cls, information: FloatArray, moments: FloatArray) -> Self:
        inverse = np.linalg.inv(information)
        p = len(information)
        return cls(
            precision=float(np.exp(np.linalg.slogdet(information)[1] / p)),
            parameters=float(np.trace(inverse)) / p,
            predictions=float(np.sum(inverse * moments)),
        )

    @classmethod
    def orthogonal(cls, runs: int, moments: FloatArray) -> Self:
        """Of runs at the ends of all ranges whose columns are orthogonal, which may not exist."""
        return cls(float(runs), 1.0 / runs, float(np.trace(moments)) / runs)

    def relative_to(self, other: Criteria) -> Efficiencies:
        """Efficiencies D, A and I."""
        return {
            "D": self.precision / other.precision,
            "A": other.parameters / self.parameters,
            "I": other.predictions / self.predictions,
        }

    def or_better(self, other: Criteria) -> Criteria:
        """The better of both by each."""
        return Criteria(
            max(self.precision, other.precision),
            min(self.parameters, other.parameters),
            min(self.predictions, other.predictions),
        )


def best_found(
    spec: Specification,
    order: ModelOrder,
    runs: int,
    moments: FloatArray,
    *,
    given: Mapping[str, float],
    seed: int,
) -> Criteria | None:
    """The criteria of the D-, A- and I-optimal designs of as many runs, each of its own.

    Args:
        spec: the campaign's specification.
        order: the model.
        runs: how many.
        moments: ``W``, ``[p, p]``.
        given: a value for every given.
        seed: of the searches.

    Returns:
        None where the search would take too long, or nothing is found.
    """
    size = len(moments)
    if runs * size**2 > _SEARCHED or (is_box(spec) and runs > _MANY):
        return None
    columns = {}
    alone = {stage.name: runs for stage in spec.stages if spec.stage_factors(stage.name)}
    terms = ModelTerms.of(spec, order)
    for criterion in CRITERIA:
        request = OptimalRequest(
            criterion, order, runs, alone, starts=_STARTS if size <= _SMALL else _FEW_STARTS
        )
        try:
            design = optimal_design(spec, request, given=given, seed=seed)
        except InputError:  # nothing feasible tells its terms apart, or a pot life is too short
            return None
        settings = [run.settings for run in design.runs]
        names = [factor.name for factor in spec.factors]
        F = terms.matrix({name: np.array([own[name] for own in settings]) for name in names})
        columns[criterion] = Criteria.of(F, moments)
    return Criteria(columns["D"].precision, columns["A"].parameters, columns["I"].predictions)

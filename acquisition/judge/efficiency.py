"""D-, A- and I-efficiency of a plan for a model.

D compares ``|F'F|^(1/p)``, A the mean variance of the parameters ``tr (F'F)⁻¹``, I the mean
variance of what is predicted over the region ``tr (F'F)⁻¹W`` with ``W`` the mean of ``f f'`` there
(Atkinson, Donev & Tobias 2007, Optimum Experimental Designs, with SAS, ch. 10). All are relative
to another plan of the same number of runs: 1 is as good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from designer.acquisition.judge.answers import Efficiencies
from designer.models.arrays import FloatArray


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
        information = F.T @ F
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


def region_moments(F: FloatArray) -> FloatArray:
    """``W`` from the model matrix of points that stand for the region, ``[p, p]``."""
    return np.asarray(F.T @ F / len(F))

"""How far a result is off its prediction, on the scale of its response."""

import math

import numpy as np
import pytest

from designer.campaigns.plausibility.predicted import deviations
from designer.campaigns.specification.parts import Response
from designer.models.data.scaling import Scaling


@pytest.mark.parametrize("sd", [0.01, 0.3, 2.0, 12.0])
@pytest.mark.parametrize("off", [-3.0, 0.5, 4.0])
def test_results_of_a_log_response_are_off_by_what_the_model_says(sd: float, off: float) -> None:
    median, told = Scaling(math.log(9.0), 1.0, log=True).to_raw(np.zeros(1), np.array([sd**2]))
    predicted = {"mean": float(median[0]), "sd_result": float(told[0])}
    result = 9.0 * math.exp(off * sd)
    response = Response("y", "mg/cm^2", log_scale=True)
    assert deviations(response, predicted, [result]) == pytest.approx(off, rel=1e-6)


def test_a_linear_response_counts_its_own_unit_and_nothing_is_compared_with_nothing() -> None:
    response, predicted = Response("y", None), {"mean": 9.0, "sd_result": 2.0}
    assert deviations(response, predicted, [11.0, 13.0]) == pytest.approx(1.5)
    assert deviations(Response("y", None, log_scale=True), predicted, [0.0]) == pytest.approx(-4.5)
    assert deviations(response, predicted, []) is None
    assert deviations(response, None, [11.0]) is None

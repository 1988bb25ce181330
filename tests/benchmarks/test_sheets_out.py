"""The quick setting of `sheets_out`."""

import pytest

from tests.benchmarks import sheets_out
from tests.speed import allowed


@pytest.mark.benchmark
def test_a_hundred_runs_are_written_within_a_second_of_cpu() -> None:
    for ending, (seconds, size) in sheets_out.costs(100, 6).items():
        assert seconds <= allowed(1.0), ending
        assert size > 10_000

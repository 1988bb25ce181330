"""Plans through LibreOffice and back, a few of them: nothing changes that nobody changed."""

from pathlib import Path

import pytest

from tests.benchmarks.round_trip import ENDINGS, HOW, measure
from tests.office.office import needs_office

pytestmark = [pytest.mark.benchmark, needs_office]


def test_what_comes_back_is_what_went_out_and_what_was_typed(tmp_path: Path) -> None:
    counts, failures = measure(tmp_path, 3, seed=3, locales=("de-DE",))
    assert failures == []
    assert counts["own writer .xlsx: equal"] == 3
    assert counts["table .csv de-DE: equal"] == 3
    assert [counts[f"{how} {end} de-DE: equal"] for how in HOW for end in ENDINGS] == [3] * 6

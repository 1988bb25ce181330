"""Another campaign's results as an earlier line: names in common, units converted."""

from collections.abc import Callable
from typing import Any

import pytest

from designer.campaigns import commands
from designer.campaigns.commands import ResultEntry
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.earlier_lines.read import line_from_campaign
from designer.campaigns.errors import InputError
from designer.campaigns.log.state import CampaignState
from designer.campaigns.specification import load
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity

OTHER = """
[campaign]
version = 1
name = "line2"
line = "pilot 2"
[[stage]]
name = "slurry"
change_cost = 3
[[stage]]
name = "drying"
change_cost = 1
[[factor]]
name = "coating_gap"
unit = "mm"
low = 0.05
high = 0.3
stage = "slurry"
[[factor]]
name = "binder"
categories = ["PVDF-A", "CMC"]
[[factor]]
name = "speed_old"
low = 1
high = 2
[[given]]
name = "humidity"
unit = "%"
low = 0
high = 60
[[response]]
name = "mass_loading"
unit = "g/m^2"
[[response]]
name = "adhesion"
"""
INTO = """
[campaign]
version = 1
name = "line4"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3
[[factor]]
name = "coating_gap"
unit = "um"
low = 80
high = 300
stage = "slurry"
[[factor]]
name = "binder"
categories = ["PVDF-A", "PVDF-B"]
[[factor]]
name = "solids"
unit = "%"
low = 50
high = 60
[[response]]
name = "mass_loading"
unit = "mg/cm^2"
possible = [0, 60]
[[response]]
name = "porosity"
unit = "%"
"""


@pytest.fixture
def other() -> Callable[..., CampaignState]:
    store = Store(None)
    store.create(load.from_toml(OTHER), "anna")

    def attach(gap: str, binder: str = "PVDF-A", **responses: Any) -> CampaignState:
        settings = {"coating_gap": gap, "binder": binder, "speed_old": "1.5"}
        values = {name: [Quantity.of(v) for v in vs] for name, vs in responses.items()}
        entry = ResultEntry(
            None, values, {n: Quantity.of(v) for n, v in settings.items()},
            {"humidity": Quantity.of("40")}, {"slurry": "S-1", "drying": "D-1"}, "2021-10-15",
        )  # fmt: skip
        return store.change("line2", lambda s: commands.attach(s, [entry]), actor="anna")

    return attach


INTO_SPEC = load.from_toml(INTO)


def test_names_in_common_are_taken_and_units_converted(other: Callable[..., CampaignState]) -> None:
    other("0.07", mass_loading=["121", "125.5"], adhesion=["1"])
    state = other("0.3", mass_loading=["140"])
    line = line_from_campaign(state, INTO_SPEC, told=LineMapping(constants={"solids": "0.55 1"}))
    assert line.rows[0]["settings"] == {"coating_gap": 70.0, "binder": "PVDF-A", "solids": 55.0}
    assert line.rows[0]["typed"] == {"coating_gap": {"text": "0.07", "unit": "mm"}}
    assert line.rows[0]["responses"] == {
        "mass_loading": [
            {"number": 12.1, "text": "121", "unit": "g/m^2"},
            {"number": 12.55, "text": "125.5", "unit": "g/m^2"},
        ]
    }
    assert line.rows[0]["batch"] == {"slurry": "S-1"}
    assert line.rows[0]["made_at"] == "2021-10-15"
    assert line.batches
    assert line.name == "pilot 2"
    assert line.source == "campaign line2"
    assert any("speed_old" in note and "adhesion" in note for note in line.notes)
    assert any("outside 80 to 300 um" in note and "run R001" in note for note in line.notes)


def test_really_used_settings_and_only_runs_with_results_count(
    other: Callable[..., CampaignState],
) -> None:
    other("0.1")
    state = other("0.2", mass_loading=["130"])
    line = line_from_campaign(state, INTO_SPEC, "old", told=LineMapping(constants={"solids": "55"}))
    assert [row["settings"]["coating_gap"] for row in line.rows] == [200.0]
    assert line.name == "old"


def test_unknown_categories_are_refused_unless_they_are_wanted(
    other: Callable[..., CampaignState],
) -> None:
    other("0.1", mass_loading=["121"])
    state = other("0.1", binder="CMC", mass_loading=["121"])
    with pytest.raises(InputError) as error:
        line_from_campaign(state, INTO_SPEC)
    text = str(error.value)
    assert "--map" not in text
    assert "campaign line2 run R002 column binder: no category of binder (found CMC)" in text
    assert "add --other binder" in text
    line = line_from_campaign(state, INTO_SPEC, told=LineMapping(others=["binder"]))
    assert [row["settings"]["binder"] for row in line.rows] == ["PVDF-A", "CMC"]
    assert any(
        "binder: 1 rows of categories this campaign does not have (CMC 1)" in n for n in line.notes
    )
    store = Store(None)
    store.create(INTO_SPEC, "ben")
    after = store.change("line4", lambda s: commands.add_line(s, line), actor="ben")
    assert after.lines["pilot 2"].rows[1].settings["binder"] == "CMC"
    with pytest.raises(InputError, match="no factor with categories"):
        line_from_campaign(state, INTO_SPEC, told=LineMapping(others=["solids"]))


def test_a_factor_the_other_campaign_lacks_is_unknown_but_constant(
    other: Callable[..., CampaignState],
) -> None:
    state = other("0.1", mass_loading=["121"])
    line = line_from_campaign(state, INTO_SPEC)
    assert line.rows[0]["settings"] == {"coating_gap": 100.0, "binder": "PVDF-A"}
    assert (
        "pilot 2 has no solids: taken as unknown but constant on that line;"
        " --set solids=55 (or what it was) if you know it"
    ) in line.notes


def test_nothing_in_common_or_nothing_measured(other: Callable[..., CampaignState]) -> None:
    state = other("0.1", adhesion=["1"])
    with pytest.raises(InputError, match="no row has the result of any response"):
        line_from_campaign(state, INTO_SPEC, told=LineMapping(constants={"solids": "55"}))
    store = Store(None)
    empty = store.create(load.from_toml(OTHER), "anna")
    with pytest.raises(InputError, match="no run with a result"):
        line_from_campaign(empty, INTO_SPEC)


def test_the_line_can_be_added_and_not_twice(other: Callable[..., CampaignState]) -> None:
    state = other("0.1", mass_loading=["121"])
    line = line_from_campaign(state, INTO_SPEC, told=LineMapping(constants={"solids": "55"}))
    store = Store(None)
    store.create(INTO_SPEC, "ben")
    after = store.change("line4", lambda s: commands.add_line(s, line), actor="ben")
    assert after.lines["pilot 2"].rows[0].responses == {"mass_loading": (12.1,)}
    again = line_from_campaign(
        state, INTO_SPEC, "again", told=LineMapping(constants={"solids": "55"})
    )
    assert again.sha256 == line.sha256
    with pytest.raises(InputError, match="already"):
        store.change("line4", lambda s: commands.add_line(s, again), actor="ben")

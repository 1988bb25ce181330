"""Where somebody looks: steps of machines, axes, held factors; no terminal needed."""

import tomllib

import pytest

from designer.campaigns.space.factors import Factor, Setting
from designer.campaigns.specification import load
from designer.campaigns.specification.specification import Specification
from designer.tui.explore.state import Exploring, moved, steps_of
from designer.tui.explore.texts import rounded_to, sliders
from tests.campaigns_for_tests import SMALL

RECIPE: dict[str, Setting] = {"solid_content": 55.0, "coating_gap": 100.0, "binder": "PVDF-A"}


@pytest.fixture(scope="module")
def spec() -> Specification:
    return load.from_dict(tomllib.loads(SMALL))


@pytest.fixture
def here(spec: Specification) -> Exploring:
    return Exploring.begin(spec, RECIPE, ("mass_loading", "porosity"))


def test_the_cursor_goes_by_steps_of_the_machine_and_stops_at_the_ends(here: Exploring) -> None:
    assert here.move(1, 0).recipe["solid_content"] == 56.0
    assert here.move(0, 1).recipe["coating_gap"] == 150.0
    assert here.move(-99, 99).recipe == {**RECIPE, "solid_content": 50.0, "coating_gap": 200.0}
    assert here.end(last=True).recipe["solid_content"] == 60.0


def test_between_two_steps_the_next_one_is_meant(spec: Specification) -> None:
    factor = spec.factor("coating_gap")
    assert moved(factor, 120.0, 1) == 150.0
    assert moved(factor, 120.0, -1) == 100.0
    assert moved(factor, 300.0, -1) == 200.0


def test_a_continuous_factor_has_a_hundred_steps_with_few_digits() -> None:
    plain = steps_of(Factor("speed", "m/min", low=0.5, high=3.0))
    assert len(plain) == 101
    assert (plain[0], plain[1], plain[-1]) == (0.5, 0.525, 3.0)
    log = steps_of(Factor("rate", "1/s", low=0.01, high=100.0, log_scale=True))
    assert (log[0], log[50], log[-1]) == (0.01, 1.0, 100.0)
    assert list(log) == sorted(log)


def test_categories_go_round(here: Exploring) -> None:
    assert here.held == "binder"
    assert here.step_held(1).recipe["binder"] == "PVDF-B"
    assert here.step_held(2).recipe["binder"] == "PVDF-A"


def test_axes_and_what_is_held_stay_apart(here: Exploring) -> None:
    other = here.axes("binder", "coating_gap")
    assert other.others == ["solid_content"]
    assert other.held == "solid_content"
    assert other.swap().x == "coating_gap"
    assert here.held_key != here.step_held(1).held_key
    assert here.held_key == here.move(1, 1).held_key


def test_what_is_shown_goes_round(here: Exploring) -> None:
    assert here.next_layer().layer == "width"
    assert here.next_layer(-1).layer == "bits"
    assert here.next_response().response == "porosity"
    assert here.next_response(2).response == "mass_loading"


def test_what_becomes_known_later_can_be_shown(here: Exploring) -> None:
    assert here.with_known(("porosity",)).response == "porosity"
    assert here.with_known(("mass_loading", "porosity")) is here
    assert here.with_known(()) is here


def test_without_a_window_there_is_no_probability(spec: Specification) -> None:
    here = Exploring.begin(spec, RECIPE, ("porosity",))
    assert "chance" not in here.layers


def test_a_number_has_the_digits_its_spread_leaves() -> None:
    assert rounded_to(12.3456, 0.62) == "12.35"
    assert rounded_to(12.3456, 4.2) == "12.3"
    assert rounded_to(1234.5, 57.0) == "1234"
    assert rounded_to(0.001234, 0.0002) == "0.00123"
    assert rounded_to(5.0, 0.0) == "5"


def test_of_many_held_factors_those_around_the_chosen_one_are_shown() -> None:
    factors = "\n".join(
        f'[[factor]]\nname = "f{k}"\nlow = 0\nhigh = 10\nstep = 1' for k in range(12)
    )
    told = f"""[campaign]
version = 1
name = "many"
line = "l"
{factors}
[[response]]
name = "y"
"""
    here = Exploring.begin(
        load.from_dict(tomllib.loads(told)), {f"f{k}": 5.0 for k in range(12)}, ("y",)
    )
    assert here.others == [f"f{k}" for k in range(2, 12)]
    far = here.choose_held(-1)
    assert far.held == "f11"
    rows = sliders(far, 4).plain.split("\n")
    assert len(rows) == 4
    assert "f11" in rows[-1]
    assert "6 more" in rows[-1]
    assert sliders(here, 4, ascii_only=True).plain.isascii()

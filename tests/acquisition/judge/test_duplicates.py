"""Recipes that are there twice."""

from designer.acquisition.judge.duplicates import Duplicate, duplicates
from designer.acquisition.judge.effects import plan_models
from designer.acquisition.judge.efficiency import Criteria, region_moments
from designer.acquisition.selection.context import KnownRun
from designer.campaigns.space.factors import Setting
from tests.acquisition.cases import make_spec
from tests.acquisition.judge.published import coded_spec, fraction_5_2, runs_of

SPEC = make_spec(
    [{"name": "gap", "low": 0, "high": 100}, {"name": "binder", "categories": ["P", "Q"]}]
)


def test_equal_nearly_equal_and_made_recipes_are_told() -> None:
    rows = [("P", 10.0), ("P", 11.0), ("Q", 10.0), ("P", 10.0), ("Q", 50.0)]
    settings: list[dict[str, Setting]] = [{"gap": gap, "binder": name} for name, gap in rows]
    made = [KnownRun("R001", {"gap": 50.0, "binder": "Q"}), KnownRun("R002", {"gap": 7.0})]
    assert duplicates(SPEC, settings, made) == [
        Duplicate((0, 3), exact=True),
        Duplicate((0, 1), exact=False),
        Duplicate((4,), exact=True, made="R001"),
    ]


def test_efficiencies_of_an_orthogonal_plan_are_1_and_of_half_the_range_a_quarter() -> None:
    names = "ABCDE"
    spec = coded_spec(names)
    whole = plan_models(spec, runs_of(names, 2 * fraction_5_2()))["linear"].F
    moments = region_moments(whole)
    bound = Criteria.orthogonal(8, moments)
    found = Criteria.of(whole, moments).relative_to(bound)
    assert {name: round(value or 0, 9) for name, value in found.items()} == dict.fromkeys("DAI", 1)
    half = plan_models(spec, runs_of(names, fraction_5_2()))["linear"].F
    found = Criteria.of(half, moments).relative_to(bound)
    # |F'F| = 8^6 (1/4)^5; the inverse has 1/8 once and 4/8 five times
    assert found["D"] is not None
    assert found["A"] is not None
    assert abs(found["D"] - 0.25 ** (5 / 6)) < 1e-12
    assert abs(found["A"] - 6 / 21) < 1e-12
    leverage = plan_models(spec, runs_of(names, fraction_5_2()))["linear"].leverage
    assert abs(leverage - 6 / 8).max() < 1e-12

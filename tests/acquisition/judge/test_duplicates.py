"""Recipes that are there twice."""

from designer.acquisition.judge.duplicates import Duplicate, duplicates
from designer.acquisition.selection.context import KnownRun
from designer.campaigns.space.factors import Setting
from tests.acquisition.cases import make_spec

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

"""Whatever is passed to the API: it works, or a DesignerError says what to pass instead."""

import copy
import inspect
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from designer import Campaign, DesignerError, InputError
from designer.api.arguments import KINDS
from tests.campaigns_for_tests import SMALL, line_rows

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

SPEC = tomllib.loads(SMALL)
ROW: dict[str, Any] = {
    "solid_content": [55], "coating_gap": [100], "binder": ["PVDF-A"], "mass_loading": [7.0]
}  # fmt: skip
FRAME = pd.DataFrame(ROW)


def with_cell(column: str, cell: Any) -> pd.DataFrame:
    return FRAME.assign(**{column: [cell]})


class Unwilling:
    """Something that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


WRONG: list[Any] = [
    None, 0, -1, 3, 10**30, 10**5000, 0.5, float("nan"), float("inf"), True, 1 + 2j,
    "", "x", "\0", "R001", "\ud800", "a" * 100_000, b"x", memoryview(b"x"),
    [], [1], [None], ["R001"], [[[1]]], [Unwilling()], (), set(), range(3), {}, {"a": 1}, {1: 2},
    {"solid_content": None}, {"solid_content": 10**5000}, {"solid_content": [1, 2]},
    {"solid_content": [55, 56], "coating_gap": [100]}, {"a": {"b": {"c": 1}}}, {"binder": True},
    {"run": "R001", "mass_loading": 5.0, "note": "x" * 20_000}, [{"solid_content": [55]}], [{}],
    Unwilling(), Unwilling, object(), len, Path("x"), Path("/"), Ellipsis,
    np.int64(2), np.bool_(True), np.array(3), np.array([1, 2, 3]), np.zeros((2, 2, 2)),
    np.zeros((0, 3)), np.array([{"a": 1}], dtype=object), np.datetime64("2020-01-01"), np.ma.masked,
    np.array([("a", 1)], dtype=[("x", "U1"), ("y", "f8")]),
    pd.DataFrame(), FRAME.T, pd.concat([FRAME, FRAME]), FRAME.set_axis([1, 2, 3, 4], axis=1),
    FRAME.set_axis(["a", "a", "b", "c"], axis=1), FRAME.set_index(["binder", "coating_gap"]),
    pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
    FRAME.astype({"binder": "category", "solid_content": "Int64", "mass_loading": "Float64"}),
    *(with_cell("mass_loading", cell) for cell in
      (pd.NA, None, np.inf, 1j, 10**400, [1, 2], True, pd.Timedelta(1), Unwilling())),
    *(with_cell("made_at", cell) for cell in
      (pd.Timestamp("2020-01-01T00:00:00.123456789", tz="UTC"), pd.NaT, pd.Period("2020"), 5)),
    with_cell("note", b"x"), with_cell("note", {"a": 1}),
    pd.Series(dtype=float), pd.Series([1, 2]), pd.Series([1, 2], index=["a", "a"]),
    pd.Index(["R001"]), pd.NaT, pd.NA, pd.Timestamp("2020"), pd.Categorical(["a"]),
]  # fmt: skip

Call = Callable[[Campaign, Any], object]
CALLS: dict[str, Call] = {
    "create spec": lambda _, v: Campaign.create(v, store=None),
    "create actor": lambda _, v: Campaign.create(SPEC, store=None, actor=v),
    "open name": lambda _, v: Campaign.open(v, store=None),
    "open store": lambda _, v: Campaign.open("x", store=v),
    "list": lambda _, v: Campaign.list(v),
    "amend spec": lambda c, v: c.amend(v),
    "amend reason": lambda c, v: c.amend(SPEC, reason=v),
    "add_line name": lambda c, v: c.add_line(v, line_rows()),
    "add_line frame": lambda c, v: c.add_line("line3", v),
    "add_line units": lambda c, v: c.add_line("line3", line_rows(), units=v),
    "add_line constants": lambda c, v: c.add_line("line3", line_rows(), constants=v),
    "add_line others": lambda c, v: c.add_line("line3", line_rows(), others=v),
    "add_line extras": lambda c, v: c.add_line("line3", line_rows(), extras=v),
    "exclude_line": lambda c, v: c.exclude_line(v, "a reason"),
    "include_line": lambda c, v: c.include_line("line2", v),
    "record": lambda c, v: c.record(v),
    "attach": lambda c, v: c.attach(v),
    "start": lambda c, v: c.start(v),
    "fail": lambda c, v: c.fail("R001", v),
    "abandon": lambda c, v: c.abandon(v, "a reason"),
    "reopen": lambda c, v: c.reopen(v, v),
    "correct run": lambda c, v: c.correct(v, {"mass_loading": 5}, reason="a reason"),
    "correct responses": lambda c, v: c.correct("R002", v, reason="a reason"),
    "correct settings": lambda c, v: c.correct("R002", settings=v, reason="a reason"),
    "correct batch": lambda c, v: c.correct("R002", batch=v, reason="a reason"),
    "correct replicate": lambda c, v: c.correct(
        "R002", {"mass_loading": 5}, replicate=v, reason="a reason"
    ),
    "undo": lambda c, v: c.undo(v),
    "note": lambda c, v: c.note(v),
    "note run": lambda c, v: c.note("a text", v),
    "history run": lambda c, v: c.history(v),
    "history since": lambda c, v: c.history(since=v),
    "predict": lambda c, v: None if _is_a_recipe(v) else c.predict(v),
    "encode": lambda c, v: c.encode(v),
    "decode": lambda c, v: c.decode(v),
    "export path": lambda c, v: c.export(v),
    "export what": lambda c, v: c.export("x.csv", what=v, force=True),
    "export plan": lambda c, v: c.export("x.csv", plan=v, force=True),
    "export force": lambda c, v: c.export("x.csv", force=v),
    "export judge": lambda c, v: c.export("x.csv", judge=v),
}


def _is_a_recipe(value: object) -> bool:
    """Whether predicting it would fit models, which is not tried here."""
    return isinstance(value, pd.DataFrame) and {"solid_content", "binder"} <= {*value.columns}


@pytest.fixture(scope="module")
def prepared() -> Campaign:
    """A campaign with a line, and an open, a measured and an abandoned run."""
    campaign = Campaign.create(SPEC, store=None)
    campaign.propose(3, seed=0)
    campaign.add_line("line2", line_rows())
    campaign.record({"run": "R002", "mass_loading": 9.0})
    campaign.abandon("R003", "not needed")
    return campaign


@pytest.mark.parametrize("call", CALLS, ids=lambda name: name.replace(" ", "-"))
def test_nothing_but_refusals(
    call: str, prepared: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    campaign, tried = copy.deepcopy(prepared), 0
    for value in WRONG:
        head, refusal = campaign.head, None
        try:
            CALLS[call](campaign, value)
        except DesignerError as error:
            refusal = error
        if refusal is not None:
            assert campaign.head == head  # a refusal writes nothing
            assert refusal.problems
            for problem in refusal.problems:
                assert " --" not in str(problem)
                assert len(str(problem)) < 1_500
            tried += 1
        elif campaign.head != head:
            campaign = copy.deepcopy(prepared)
    assert tried >= len(WRONG) // 2


WRONG_NUMBERS = ["3", float("nan"), float("inf"), True, -1, b"3", [3], pd.NA, 1j, np.array([1])]


@pytest.mark.parametrize(
    ("argument", "also_wrong"),
    [("n", [2.5, 0, 10**30]), ("seed", [2.5, 10**30]), ("budget", [0, 10**5000])],
)
def test_wrong_numbers_of_a_plan_are_refused_by_name(
    prepared: Campaign, argument: str, also_wrong: list[Any]
) -> None:
    value: Any
    for value in WRONG_NUMBERS + also_wrong:
        with pytest.raises(InputError) as error:
            prepared.propose(**{"dry_run": True, argument: value})
        assert [problem.where for problem in error.value.problems] == [argument], value


def test_wrong_switches_and_values_of_a_plan_are_told_all_at_once(prepared: Campaign) -> None:
    wrong: dict[str, Any] = {"n": 1.5, "seed": "1", "replace": "yes", "dry_run": 1}
    with pytest.raises(InputError) as error:
        prepared.propose(**wrong)
    assert {p.where for p in error.value.problems} == {"n", "seed", "replace", "dry_run"}
    fix: Any
    for fix in ({"solid_content": [50]}, {"solid_content": True}, {"binder": None}, {1: 2}, "x"):
        with pytest.raises(InputError, match="fix"):
            prepared.propose(1, fix=fix, dry_run=True)
    with pytest.raises(InputError, match=r"best|n"):
        prepared.best(0)


def test_a_call_that_python_refuses_keeps_its_words(prepared: Campaign) -> None:
    with pytest.raises(TypeError, match=r"propose\(\) got an unexpected keyword argument 'seeds'"):
        prepared.propose(seeds=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'reason'"):
        prepared.fail("R001")  # type: ignore[call-arg]


def test_every_public_method_is_behind_the_door() -> None:
    """Its arguments are read by their annotations: `verb` wraps it."""
    free = {"disconnect", "check_store"}  # take nothing
    for name, method in inspect.getmembers(Campaign, callable):
        if not name.startswith("_") and name not in free:
            assert hasattr(method, "__wrapped__"), name
    assert {"Table", "Values"} <= KINDS.keys()


# ---- what has a clear meaning works -------------------------------------------------------------

RECIPE = {"solid_content": 55, "coating_gap": 100, "binder": "PVDF-A"}


@pytest.mark.parametrize(
    "table",
    [
        {**RECIPE, "mass_loading": 7.25},
        pd.Series({**RECIPE, "mass_loading": 7.25}),
        [{**RECIPE, "mass_loading": 7.25}],
        [pd.Series({**RECIPE, "mass_loading": 7.25})],
        {name: [value] for name, value in {**RECIPE, "mass_loading": np.float32(7.25)}.items()},
        {**RECIPE, "mass_loading": np.array([7.25])},
        pd.DataFrame([{**RECIPE, "mass_loading": 7.25}]).astype({"binder": "category"}),
        pd.DataFrame([{**RECIPE, "mass_loading": 7.25}]).convert_dtypes(),
        pd.DataFrame([{**RECIPE, "mass_loading": 7.25}]).astype(object),
    ],
    ids=lambda table: type(table).__name__,
)
def test_a_recipe_in_every_clear_form(prepared: Campaign, table: Any) -> None:
    campaign = copy.deepcopy(prepared)
    assert campaign.attach(table) == ["R004"]
    row = campaign.data().set_index("run").loc["R004"]
    assert (row["solid_content"], row["binder"], row["mass_loading"]) == (55, "PVDF-A", 7.25)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"porosity": [41.5]}, index=["R002"]),
        pd.Series({"porosity": 41.5}, name="R002"),
        pd.Series([41.5], index=["R002"], name="porosity"),
        {"run": "R002", "porosity": 41.5},
        {"run": ["R002"], "porosity": [41.5]},
        {"porosity": pd.Series({"R002": 41.5})},
        [{"run": "r002", "porosity": 41.5}],
    ],
    ids=["frame", "row", "column", "dict", "lists", "aligned", "rows"],
)
def test_a_result_in_every_clear_form(prepared: Campaign, table: Any) -> None:
    campaign = copy.deepcopy(prepared)
    campaign.record(table)
    assert campaign.data().set_index("run").loc["R002", "porosity"] == 41.5


def test_numbers_of_few_digits_and_times_of_numpy_are_what_was_meant(prepared: Campaign) -> None:
    campaign = copy.deepcopy(prepared)
    row = {**RECIPE, "mass_loading": np.float32(7.1), "made_at": np.datetime64("2026-03-01T14:30")}
    frame = pd.DataFrame({**ROW, "mass_loading": [7.3]}).astype({"mass_loading": "float32"})
    campaign.attach(row)
    campaign.attach(frame)
    campaign.correct("R002", {"mass_loading": np.float32(9.3)}, reason="digits")
    data = campaign.data()
    assert data["mass_loading"].tolist() == [9.3, 7.1, 7.3]
    assert str(data.loc[1, "made_at"])[:10] == "2026-03-01"


def test_a_specification_that_holds_itself_is_refused() -> None:
    spec = tomllib.loads(SMALL)
    spec["factor"].append(spec)
    nested: Any = []
    for _ in range(2_000):
        nested = [nested]
    for endless in (spec, {**SPEC, "campaign": nested}):
        with pytest.raises(InputError, match="spec"):
            Campaign.create(endless, store=None)


def test_an_array_has_a_column_per_factor(prepared: Campaign) -> None:
    recipes = np.array([[55, 100, "PVDF-A"], [56, 150, "PVDF-B"]], dtype=object)
    assert prepared.encode(recipes).shape == (2, 3)
    with pytest.raises(InputError, match=r"n × 3 \(solid_content, coating_gap, binder\)"):
        prepared.predict(np.zeros((4, 2)))
    with pytest.raises(InputError, match="DataFrame with named columns"):
        prepared.record(np.zeros((1, 2)))


def test_results_without_runs_and_files_are_refused_with_what_to_pass(prepared: Campaign) -> None:
    with pytest.raises(InputError, match="run ids as its index"):
        prepared.record(pd.DataFrame({"porosity": [41.0]}))
    with pytest.raises(InputError, match=r"pd\.read_csv"):
        prepared.add_line("line3", "line3.csv")  # type: ignore[arg-type]


def test_a_missing_factor_is_told_without_an_empty_list(prepared: Campaign) -> None:
    with pytest.raises(InputError) as error:
        prepared.predict({"solid_content": 55})
    assert str(error.value).splitlines()[0] == (
        "data frame: there is no column for coating_gap. Call the column coating_gap."
    )


def test_replace_and_force_are_told_as_arguments(prepared: Campaign, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("mine")
    with pytest.raises(InputError, match="force=True"):
        prepared.export(tmp_path / "plan.csv")
    campaign = copy.deepcopy(prepared)
    campaign.record({"run": "R002", "mass_loading": 9.25, "replicate": True})
    with pytest.raises(InputError, match="say which replicate"):
        campaign.correct("R002", {"mass_loading": 9.5}, reason="a reason")

"""What plans are worth: rows as they are read, figures that fit together."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from designer.acquisition.judge.words import summary
from designer.campaigns.errors import InputError
from designer.campaigns.tables.options import TableOptions
from designer.service import Service
from designer.service.verbs.judging import JudgeAnswer
from tests.campaigns_for_tests import SMALL, line_rows

HEADER = "solid_content [wt%],coating_gap [um],binder"
ROWS = (
    *("50,80,PVDF-A", "60,80,PVDF-B", "50,150,PVDF-B", "60,150,PVDF-A"),
    *("50,80,PVDF-A", "54,120,PVDF-A", "60,200,PVDF-A", "49,80,PVDF-B", "55,100,PVDF-C"),
)


def table(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """With an earlier line, and four open runs of plan P001."""
    service = Service(None)
    service.campaigns.create(table(tmp_path_factory.mktemp("judging") / "small.toml", header=SMALL))
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 4, seed=2)
    return service


def judged(
    service: Service,
    path: Path,
    *,
    options: TableOptions | None = None,
    effect: Sequence[str] = (),
    compare: bool = False,
) -> JudgeAnswer:
    (found,) = service.judging.judge(
        "small", [path], options=options, effect=effect, compare=compare
    )
    return found


def refusal(service: Service, plan: Path | str, effect: Sequence[str] = ()) -> str:
    with pytest.raises(InputError) as refused:
        service.judging.judge("small", [plan], effect=effect, compare=False)
    return str(refused.value)


def test_costs_bits_and_what_stays_unknown_fit_together(known: Service, tmp_path: Path) -> None:
    before = known.session.state("small").head
    found = judged(known, table(tmp_path / "mine.csv", *ROWS), compare=True)
    assert known.session.state("small").head == before == found["head"]
    assert found["plan"] == "mine.csv"
    assert len(found["runs"]) == 8  # the one of an unknown binder is left out
    assert found["information_bits"] is not None
    assert sum(run["information_bits"] or 0 for run in found["runs"]) == pytest.approx(
        found["information_bits"]
    )
    assert sum(run["cost"] for run in found["runs"]) == pytest.approx(found["cost"])
    # 8 slurries in this order; solid and binder stay for none of the rows
    assert found["cost"] == pytest.approx(8 * 3.0 + 8 * 0.5 + 8 * 0.1)
    best = found["best_order"]
    assert sorted(best["rows"]) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert best["cost"] < found["cost"]
    ours, as_many = found["ours"], found["ours_same_runs"]
    assert ours is not None
    assert as_many is not None
    assert ours["cost"] <= best["cost"] + 1e-9
    assert (ours["information_bits"] or 0) > 0
    assert found["comparisons"][0]["information_bits"] == ours["information_bits"]
    assert found["comparisons"][1]["runs"] == 8
    assert [each["name"].partition(",")[0] for each in found["comparisons"]] == [
        *["ours"] * 2,
        "D-optimal",
    ]
    optimal = found["comparisons"][2]
    assert optimal["runs"] == 8
    assert optimal["cost"] <= best["cost"] + 1e-9
    assert found["efficiency"].keys() == {"D", "A", "I"}
    assert all(0 < (share or 0) <= 1 for share in found["efficiency"].values())
    assert "best design" in found["efficiency_basis"]["relative_to"]
    for after in found["unknown"].values():
        assert 0 < after["sd_after"] < after["sd_open"] < after["sd_now"]
    assert "our own plan" in found["summary"][0]["text"]


def test_rows_that_cannot_be_made_are_told_with_their_place(known: Service, tmp_path: Path) -> None:
    found = judged(known, table(tmp_path / "mine.csv", *ROWS))
    told = {each["row"]: each for each in found["infeasible"]}
    assert told.keys() == {7, 8, 9, 10}
    assert "not one of the levels" in told[7]["what"]
    assert told[7]["found"] == "120 um"
    assert "dryer capacity" in told[8]["text"].lower()
    assert told[9]["allowed"] == "50 to 60 wt% in steps of 1"
    assert [row for row, each in told.items() if each["left_out"]] == [10]
    assert told_of(found, "rows") == [
        "Rows 7, 8 and 9 cannot be made as the file has them, and are counted all the same.",
        "Row 10 is left out: nothing is known of such settings.",
    ]
    assert all(each["text"].startswith(f"mine.csv line {row}") for row, each in told.items())
    assert [each["rows"] for each in found["duplicates"] if each["exact"] and not each["made"]] == [
        [2, 6]
    ]


WIDE = """
[campaign]
version = 1
name = "wide"
line = "line4"
[[stage]]
name = "slurry"
change_cost = 3.0
[[factor]]
name = "a"
low = 0
high = 1000
step = 1
stage = "slurry"
[[factor]]
name = "b"
low = 0
high = 1000
step = 1
[[factor]]
name = "c"
low = 0
high = 1000
step = 1
[[given]]
name = "humidity"
low = 20
high = 60
[[response]]
name = "y"
window = [1, 2]
"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Service]:
    """Campaigns with more recipes than are looked at, and an earlier line."""
    path = table(tmp_path_factory.mktemp("wide") / "wide.toml", header=WIDE)
    a, b, c = ([(k * step) % 1001 for k in range(14)] for step in (389, 701, 173))
    line = {"a": a, "b": b, "c": c, "humidity": [20 + 3 * k for k in range(14)]}
    y = [(u + v * v / 900 - w) / 500 for u, v, w in zip(a, b, c, strict=True)]

    def made() -> Service:
        service = Service(None)
        service.campaigns.create(path)
        service.lines.add("wide", {**line, "y": y}, name="line2")
        return service

    return made


COILS = {"a": [40.5, 40.5, 620, 900], "b": [7, 800, 330, 512]}


@pytest.mark.parametrize(
    "wish", [{"fix": {"b": "150"}}, {"given": {"humidity": "55"}}, {"among": COILS}]
)
def test_a_plan_of_ours_is_worth_what_it_told_however_it_was_wished(
    wide: Callable[[], Service], wish: dict[str, Any]
) -> None:
    service = wide()
    service.plans.propose("wide", 3, **wish)
    plan = service.session.state("wide").plans["P001"]
    (found,) = service.judging.judge("wide", ["P001"], compare=False)
    assert [run["run"] for run in found["runs"]] == [*plan.runs]
    assert found["cost"] == found["best_order"]["cost"] == pytest.approx(plan.cost)
    assert found["information_bits"] == pytest.approx(plan.information_bits, rel=1e-4)


def test_a_recipe_is_worth_the_same_proposed_brought_and_planned_by_hand(
    wide: Callable[[], Service],
) -> None:
    service = wide()
    proposed = service.plans.propose("wide", 3, given={"humidity": "40"}, dry_run=True)
    runs = proposed["runs"]
    columns: dict[str, list[Any]] = {n: [(r["settings"] or {})[n] for r in runs] for n in "abc"}
    columns["humidity"] = [40.0] * 3
    (brought,) = service.judging.judge("wide", [columns])
    bits = proposed["information_bits"]
    assert brought["information_bits"] == pytest.approx(bits, rel=1e-4)
    assert brought["ours_same_runs"] is not None
    assert brought["ours_same_runs"]["information_bits"] == pytest.approx(bits, rel=1e-4)
    service.tables.attach_columns("wide", columns)
    by_hand = list(service.session.state("wide").runs.values())
    assert sum(run.information_bits or 0 for run in by_hand) == pytest.approx(bits, rel=1e-4)
    assert sum(run.cost or 0 for run in by_hand) == pytest.approx(proposed["cost"])
    assert "costs no information" in (by_hand[0].reason or "")
    (still,) = service.judging.judge("wide", ["open"], compare=False)
    assert still["information_bits"] == pytest.approx(bits, rel=1e-4)


def test_more_of_a_batch_that_is_there_costs_no_new_one(tmp_path: Path) -> None:
    service = Service(None)
    service.campaigns.create(table(tmp_path / "small.toml", header=SMALL))
    for k, solid in enumerate((50, 60), start=1):
        settings = {"solid_content": str(solid), "coating_gap": "80", "binder": "PVDF-A"}
        batch = {"slurry": f"slurry-{k:02}", "coating": f"coating-{k:02}"}
        service.runs.attach("small", {**settings, "porosity": "30"}, batch=batch)
    row = "50,80,PVDF-A,slurry-01,coating-01"
    path = table(tmp_path / "mine.csv", row, header=f"{HEADER},batch:slurry,batch:coating")
    assert judged(service, path)["cost"] == pytest.approx(0.1)
    first = {"slurry": "slurry-01", "coating": "coating-01"}
    recipe = {"solid_content": "50", "coating_gap": "80", "binder": "PVDF-A"}
    service.runs.attach("small", recipe, batch=first)
    assert service.session.state("small").runs["R003"].cost == pytest.approx(0.1)


def test_plans_side_by_side_are_alternatives_to_each_other(known: Service) -> None:
    runs = [run for run in known.session.state("small").runs.values() if run.plan == "P001"]
    columns = {name: [run.used[name] for run in runs] for name in runs[0].used}
    ours, copy = known.judging.judge("small", ["P001", columns], compare=False)
    assert copy["information_bits"] == pytest.approx(ours["information_bits"], rel=1e-6)
    assert ours["notes"] == []
    (alone,) = known.judging.judge("small", [columns], compare=False)
    assert (alone["information_bits"] or 1) < 0.9 * (ours["information_bits"] or 0)
    assert any("bits are what comes on top of them" in note for note in alone["notes"])


def test_an_exported_sheet_is_judged_as_the_open_runs_it_names(
    known: Service, tmp_path: Path
) -> None:
    path = tmp_path / "plan.csv"
    known.campaigns.export("small", path, what="plan")
    found = judged(known, path)
    plan = known.session.state("small").plans["P001"]
    assert [run["run"] for run in found["runs"]] == [*plan.runs]
    assert found["duplicates"] == []
    assert found["infeasible"] == []


def test_runs_that_are_made_are_not_judged_again(tmp_path: Path) -> None:
    service = Service(None)
    service.campaigns.create(table(tmp_path / "small.toml", header=SMALL))
    service.plans.propose("small", 3)
    path = tmp_path / "plan.csv"
    service.campaigns.export("small", path, what="plan")
    service.runs.fail("small", "R002", "web break")
    found = judged(service, path)
    assert [run["run"] for run in found["runs"]] == ["R001", "R003"]
    assert "R002 is failed: not judged again" in found["notes"]
    (ours,) = service.judging.judge("small", ["P001"], compare=False)
    assert [run["run"] for run in ours["runs"]] == ["R001", "R003"]


def test_ids_of_open_runs_are_enough(known: Service, tmp_path: Path) -> None:
    found = judged(known, table(tmp_path / "ids.csv", "R001", "r2", header="run"))
    runs = known.session.state("small").runs
    assert [run["settings"] for run in found["runs"]] == [runs["R001"].used, runs["R002"].used]
    said = refusal(known, table(tmp_path / "ids.csv", "R001", "R777", "R778", header="run"))
    assert said.count("has no column for") == 3
    twice = refusal(known, table(tmp_path / "ids.csv", "R001", "R001", header="run"))
    assert "R001 stands here for the second time" in twice


def test_an_own_numbering_in_the_column_run_is_no_run_of_ours(
    known: Service, tmp_path: Path
) -> None:
    rows = [f"{k},{row}" for k, row in enumerate(ROWS[:4], start=1)]
    found = judged(known, table(tmp_path / "mine.csv", *rows, header=f"run,{HEADER}"))
    assert [run["run"] for run in found["runs"]] == [None] * 4


def test_without_any_knowledge_a_plan_is_judged_by_its_design(tmp_path: Path) -> None:
    service = Service(None)
    service.campaigns.create(table(tmp_path / "small.toml", header=SMALL))
    found = judged(service, table(tmp_path / "mine.csv", *ROWS[:5]), compare=True)
    assert found["information_bits"] is None
    assert found["ours"] is not None
    assert found["ours"]["information_bits"] is None
    assert found["unknown"] == {}
    assert (found["efficiency"]["D"] or 0) > 0
    assert [model["estimable"] for model in found["models"]] == [True, False, False]
    assert found["power"][0]["response"] is None
    told = {each["text"] for each in found["aliases"]}
    assert "binder cannot be told from solid_content × coating_gap" in told
    assert "nothing is known yet" in found["summary"][0]["text"]


def powers_of(found: JudgeAnswer, response: str) -> list[float]:
    (own,) = [each for each in found["power"] if each["response"] == response]
    return [each["power"] for each in own["effects"] if each["power"] is not None]


def test_the_size_of_an_effect_can_be_told(known: Service, tmp_path: Path) -> None:
    rows = [f"{s},{g},PVDF-{b}" for s in (50, 60) for g in (80, 150) for b in "AB"]
    plan = table(tmp_path / "mine.csv", *rows, *rows)
    usual = judged(known, plan)
    larger = judged(known, plan, effect=["4", "porosity=0.01 %"])
    pairs = zip(powers_of(usual, "mass_loading"), powers_of(larger, "mass_loading"), strict=True)
    assert all(one < other for one, other in pairs)
    assert max(powers_of(larger, "porosity")) < min(powers_of(usual, "porosity"))
    assert refusal(known, plan, ["0", "gap=2", "x", "-1", "2 %"]).count("--effect") == 5


@pytest.mark.parametrize(
    ("header", "row", "told"),
    [
        (HEADER, "50,wide,PVDF-A", "mine.csv line 2 column coating_gap [um]: this is not a number"),
        ("solid_content,binder", "50,PVDF-A", "coating_gap"),
        ("solid_content,gap_coating,binder", "50,80,PVDF-A", "gap_coating"),
        (HEADER, "50,,PVDF-A", "line 2 column coating_gap [um]: the cell is blank"),
        (HEADER, "50,80,PVDF-Z", "no row is left"),
        ("solid_content,coating_gap [bar],binder", "50,80,PVDF-A", "bar"),
    ],
)
def test_what_cannot_be_read_is_refused(
    known: Service, tmp_path: Path, header: str, row: str, told: str
) -> None:
    assert told in refusal(known, table(tmp_path / "mine.csv", row, header=header))


def test_table_options_are_those_of_every_table(known: Service, tmp_path: Path) -> None:
    plain = judged(known, table(tmp_path / "mine.csv", *ROWS[:4]))
    rows = [row.replace(",80,", ",0.08,").replace(",150,", ",0.15,") for row in ROWS[:4]]
    odd = table(tmp_path / "odd.csv", *rows, header="solid_content,gap,binder")
    options = TableOptions(columns={"gap": "coating_gap"}, units={"gap": "mm"})
    found = judged(known, odd, options=options)
    assert [run["settings"] for run in found["runs"]] == [r["settings"] for r in plain["runs"]]


def test_of_a_factor_that_stays_nothing_else_is_told(known: Service, tmp_path: Path) -> None:
    rows = ("54,80,PVDF-A", "54,150,PVDF-B", "54,100,PVDF-A", "54,200,PVDF-B")
    told = judged(known, table(tmp_path / "mine.csv", *rows))["aliases"]
    assert told[0]["text"] == "solid_content stays at 54: the plan says nothing about it"
    assert not any("solid_content" in name for each in told[1:] for name in each["effects"])


def test_a_plan_of_too_many_runs_is_refused(known: Service, tmp_path: Path) -> None:
    said = refusal(known, table(tmp_path / "mine.csv", *ROWS[:1] * 1001))
    assert "1001 rows" in said
    assert "at most 1000" in said


def test_a_row_that_stays_at_one_recipe_is_judged_all_the_same(
    known: Service, tmp_path: Path
) -> None:
    found = judged(known, table(tmp_path / "mine.csv", ROWS[0], ROWS[0]))
    assert [model["estimable"] for model in found["models"]] == [False] * 3
    assert found["efficiency"] == {"D": None, "A": None, "I": None}
    assert found["power"] == []
    told = [each["text"] for each in found["aliases"]]
    assert "coating_gap stays at 80: the plan says nothing about it" in told
    assert "rows 2 and 3 are the same recipe" in [each["text"] for each in found["duplicates"]]
    assert told_of(found, "leverage") == []  # no model can be fitted with them or without


def screening(names: str) -> str:
    """A specification of factors from -1 to 1 of which nothing is known."""
    factors = "".join(f'[[factor]]\nname = "{name}"\nlow = -1\nhigh = 1\n' for name in names)
    return (
        f'[campaign]\nversion = 1\nname = "small"\nline = "l"\n{factors}[[response]]\nname = "y"\n'
    )


def told_of(found: JudgeAnswer, about: str) -> list[str]:
    return [fact["text"] for fact in found["summary"] if fact["about"] == about]


def test_of_a_saturated_fraction_main_effects_are_told_before_squares(tmp_path: Path) -> None:
    service = Service(None)
    service.campaigns.create(table(tmp_path / "s.toml", header=screening("ABCDEFG")))
    rows = [
        (a, b, c, a * b, a * c, b * c, a * b * c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)
    ]
    path = table(tmp_path / "f.csv", *(",".join(map(str, r)) for r in rows), header="A,B,C,D,E,F,G")
    found = judged(service, path)
    told = told_of(found, "aliases")
    # Box, Hunter & Hunter 2005, table 6.2: D = AB, E = AC, F = BC, G = ABC
    assert told[0] == "A cannot be told from B × D, C × E and F × G."
    assert told[6] == "G cannot be told from A × F, B × E and C × D."
    assert told[7].startswith("A², B², C², D², E² and 2 more cannot be told from the mean: their")
    assert len(told) == 8
    assert found["correlated"] == []


def test_all_partial_aliases_of_plackett_burman_are_counted(tmp_path: Path) -> None:
    service = Service(None)
    service.campaigns.create(table(tmp_path / "s.toml", header=screening("ABCDEFGHIJK")))
    service.designs.propose("small", "plackett-burman")
    (found,) = service.judging.judge("small", ["P001"], compare=False)
    # of 11 factors each main effect with the interactions of the 10 others; AB with CD, … disjoint
    told = {tuple(each["kinds"]): each for each in found["correlated"]}
    assert told["main", "interaction"]["pairs"] == 11 * 45
    assert told["interaction", "interaction"]["pairs"] == 990
    assert all(each["correlation"] == pytest.approx(1 / 3) for each in told.values())
    assert told_of(found, "aliases")[1] == (
        "In part: main effects with interactions: 495 pairs correlated by 0.33 each, as A and B × C"
        " (-0.33)."
    )


def test_what_batches_are_taken_to_vary_by_is_told_with_where_it_comes_from(
    known: Service, tmp_path: Path
) -> None:
    learned = judged_rows(known, tmp_path)
    assert {tuple(each["batch_sd"]) for each in learned["power"]} == {("slurry", "coating")}
    assert {each["batch_from"] for each in learned["power"]} == {"model"}
    assert "(the models')" in told_of(learned, "power")[-1]
    service = Service(None)
    service.campaigns.create(table(tmp_path / "small.toml", header=SMALL))
    unknown = judged_rows(service, tmp_path)
    assert told_of(unknown, "power")[-1] == (
        "The noise is not known yet: it is the unit. Batches vary besides, in sd of the noise:"
        " slurry 1.0, coating 1.0 (assumed)."
    )


def test_as_much_as_ours_for_more_hours_is_told_in_the_verdict(
    known: Service, tmp_path: Path
) -> None:
    found = judged(known, table(tmp_path / "mine.csv", *ROWS[:8]), compare=True)
    ours, best = found["ours"], found["best_order"]
    assert ours is not None
    assert "less: " not in summary(found)[0]["text"]
    dear = found.copy()
    dear["best_order"] = {**best, "cost": ours["cost"] + 10.0}
    assert "our own plan, which costs 10 h less: 8 runs bring" in summary(dear)[0]["text"]


def test_of_many_runs_efficiency_is_told_beside_what_can_be_had(tmp_path: Path) -> None:
    service = Service(None)
    spec = SMALL.replace("[[constraint]]", "#").replace("expression", "#").replace("reason", "#")
    service.campaigns.create(table(tmp_path / "small.toml", header=spec))
    found = judged(service, table(tmp_path / "mine.csv", *7 * ROWS[:8]), compare=True)
    assert "bound" in found["efficiency_basis"]["relative_to"]
    by_bound = found["efficiency_basis"]["orthogonal"]
    for criterion, share in found["efficiency"].items():
        assert (by_bound[criterion] or 0) < (share or 0) <= 1


def judged_rows(service: Service, folder: Path) -> JudgeAnswer:
    return judged(service, table(folder / "mine.csv", *ROWS[:5]))

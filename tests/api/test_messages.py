"""What the shared verbs say becomes Python's words, and warnings at the caller's line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from designer import Campaign, DesignerWarning, InputError, StorageError
from designer.api.messages import python_answer, python_words
from tests.campaigns_for_tests import SMALL
from tests.places import ROOT

ROOMS = ("campaigns", "models", "acquisition", "designer/service", "designer/engine")
_VERBS = "add|init|list|show|amend|close|propose|record|attach|fail|abandon|correct|undo|status"


def sentences() -> Iterator[tuple[str, str]]:
    """Every text of the program below the front ends that is no docstring, with its place."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text()
            if not re.search(r"--[a-z]|designer [a-z]", text):
                continue
            tree = ast.parse(text)
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            parts = {
                id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
                for part in node.values
            }  # fmt: skip
            for node in ast.walk(tree):
                place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.JoinedStr):
                    yield place, "".join(
                        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str)
                        else "x1" for part in node.values
                    )  # fmt: skip
                elif (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and id(node) not in docs | parts
                ):
                    yield place, node.value


def test_no_sentence_of_the_program_tells_a_python_user_about_options() -> None:
    left = [
        f"{place}: {python_words(text)}"
        for place, text in sentences()
        if re.search(rf"(^|\s|\()--[a-z]|\bdesigner (lines )?({_VERBS})\b", python_words(text))
    ]
    assert left == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("-n", "n"),
        ("--budget", "budget"),
        ("replace it with --force.", "replace it with force=True."),
        ("say the unit with --unit 'gap=mm'.", "say the unit with units={'gap': 'mm'}."),
        ("--unit porosity=1", "units={'porosity': '1'}"),
        ("blank cells with --set gap=VALUE", "blank cells with constants={'gap': VALUE}"),
        ("add --other binder.", "add others=['binder']."),
        ("data frame --extra speed", "data frame extras=['speed']"),
        ("leave it out: --map 'x [mm]=-'.", "leave it out: frame.drop(columns='x [mm]')."),
        ("use it: --map 'x=gap'.", "use it: frame.rename(columns={'x': 'gap'})."),
        ("one at a time with --replicate", "one at a time with replicate"),
        (
            "a slip: designer correct small R001 porosity=VALUE --reason TEXT; failed: designer"
            " fail 'my line' R001 --reason TEXT",
            "a slip: campaign.correct('R001', {'porosity': VALUE}, reason='TEXT'); failed:"
            " campaign.fail('R001', reason='TEXT')",
        ),
        (
            "designer undo small 5, then designer lines add small a.csv --name line2 --map a=b"
            " --set x=3 --set y=z --unit porosity=1",
            "campaign.undo(5), then"
            " campaign.add_line('line2', frame, constants={'x': 3, 'y': 'z'},"
            " units={'porosity': '1'})",
        ),
        ("designer lines exclude small LINE --reason TEXT",
         "campaign.exclude_line('LINE', reason='TEXT')"),
        ("with `designer lines add`", "with campaign.add_line"),
        ("spoiled (designer fail), else", "spoiled (campaign.fail), else"),
        ("designer note small R001 TEXT --confirm slip",
         "campaign.note('TEXT', 'R001', confirm='slip')"),
        ("designer status small --refresh", "campaign.status(refresh=True)"),
        ("designer start small R003 --anyway", "campaign.start('R003', anyway=True)"),
        ("Create a campaign with init", "Create a campaign with Campaign.create"),
        ("say --decimal comma.", "say frame.replace(',', '.', regex=True)."),
        ("--some-option", "some_option"),
        ("a - b, 3 -- 4, R-1", "a - b, 3 -- 4, R-1"),
    ],
)  # fmt: skip
def test_options_and_commands_become_arguments_and_calls(said: str, told: str) -> None:
    assert python_words(said) == told


def test_what_users_wrote_stays_as_it_is() -> None:
    answer = {
        "runs": [{"reason": "use --force", "notes": [{"text": "--x"}], "flags": []}],
        "notes": ["use --force"],
        "flags": [{"message": "see designer undo small 3", "response": None}],
    }
    told = python_answer(answer)
    assert told["runs"] == answer["runs"]
    assert told["notes"] == ["use force=True"]
    assert told["flags"] == [{"message": "see campaign.undo(3)", "response": None}]


def here() -> int:
    import inspect

    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


def test_warnings_point_at_the_line_that_called(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    campaign = Campaign.create(path, store=None)
    with pytest.warns(DesignerWarning, match="nothing is known yet") as caught:
        campaign.propose(1)
    assert [(w.filename, w.lineno) for w in caught] == [(__file__, here() - 1)]
    assert "campaign.design('i-optimal')" in str(caught[0].message)
    assert issubclass(DesignerWarning, UserWarning)


def test_remarks_of_results_lines_and_status_are_warnings(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace("possible = [0, 100]", "possible = [0, 100]\nwindow = [30, 45]"))
    campaign = Campaign.create(path, store=None)
    row = {"solid_content": 55, "coating_gap": 100, "binder": "PVDF-A", "mass_loading": 7.0}
    lines = {name: [value] * 8 for name, value in row.items()}
    lines["porosity"] = [0.36, 0.37, 0.38, 0.35, 0.33, 0.39, 0.34, 0.32]
    with pytest.warns(DesignerWarning, match=r"units=\{'porosity': '1'\}"):
        campaign.add_line("line2", lines)
    with pytest.warns(DesignerWarning, match="porosity of line2"):
        campaign.lines()
    with pytest.warns(DesignerWarning) as caught:
        status = campaign.status(refresh=False)
    assert [str(w.message) for w in caught] == [*status["warnings"], *status["notes"]]
    assert any("porosity of line2" in sentence for sentence in status["warnings"])
    with pytest.warns(DesignerWarning, match=r"0\.4.*campaign\.correct\('R001'") as caught:
        runs = campaign.attach({**row, "porosity": 0.4})
    assert [str(w.message) for w in caught] == runs.messages
    with pytest.warns(DesignerWarning):
        campaign.propose(1)
    with pytest.warns(DesignerWarning, match="still open.*R002"):
        campaign.close()


def test_a_warning_made_an_error_comes_after_the_work_was_done(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    campaign = Campaign.create(path, store=None)
    with pytest.raises(DesignerWarning):
        campaign.propose(1)
    assert campaign.history()["kind"].tolist() == ["campaign_created", "plan_proposed"]


def test_errors_keep_their_kind_and_problems(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Campaign.list("postgresql://x")
    with pytest.raises(InputError, match=r"Campaign\.create") as error:
        Campaign.open("x", store=None)
    assert error.value.problems[0].where == "campaign x"

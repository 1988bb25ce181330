"""`propose --judge`: what plans are worth, from the command line."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.command_line import CommandLine

ROWS = "50,80,PVDF-A\n60,80,PVDF-B\n50,150,PVDF-B\n60,150,PVDF-A\n49,80,PVDF-B\n"


@pytest.fixture
def cli_with_table(small: CommandLine) -> CommandLine:
    Path("mine.csv").write_text(f"solid_content,coating_gap,binder\n{ROWS}")
    return small


def test_several_plans_stand_side_by_side_and_fit_the_screen(
    cli_with_table: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    plan = cli_with_table.json("propose", "small", "-n", "3")
    cli_with_table.record(plan["runs"][:2])
    words = ("propose", "small", "--judge", "mine.csv", "--judge", "P001")
    found = cli_with_table.json(*words)
    assert [each["plan"] for each in found] == ["mine.csv", "P001"]
    assert [len(each["runs"]) for each in found] == [5, 1]
    lines = cli_with_table(*words).splitlines()
    assert lines[0] == "2 plans for small"
    assert max(map(len, lines)) <= 80
    assert "Nothing was stored." in lines
    assert any(line.startswith("- mine.csv line 6") for line in lines)
    assert "made or given up already" in cli_with_table.err


def test_an_answer_is_what_its_schema_says(cli_with_table: CommandLine) -> None:
    found = cli_with_table.json("propose", "small", "--judge", "mine.csv")
    schema = cli_with_table.json("schema", "judge")
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    assert schema["$defs"]["JudgeAnswer"]["properties"].keys() == found.keys()


def test_one_plan_has_its_verdict_first(cli_with_table: CommandLine) -> None:
    found = cli_with_table.json("propose", "small", "--judge", "mine.csv", "--effect", "3")
    assert found["power"][0]["size_sd"] == 3
    text = cli_with_table("propose", "small", "--judge", "mine.csv")
    assert text.startswith("mine.csv: 5 runs for ")


def test_a_plan_may_come_from_standard_input(
    cli_with_table: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("mine.csv").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        found = cli_with_table.json("propose", "small", "--judge", "mine.csv", "--judge", "-")
    assert [each["plan"] for each in found] == ["mine.csv", "standard input"]


def test_words_that_are_no_plan_are_refused(cli_with_table: CommandLine) -> None:
    refused = cli_with_table.refused
    assert "no.csv" in refused("propose", "small", "--judge", "no.csv")
    assert "no run waits" in refused("propose", "small", "--judge", "open")
    said = refused("propose", "small", "--judge", "mine.csv", "-n", "3", "--top-up", code=2)
    assert said.count("does not go together with --judge") == 2
    said = refused("propose", "small", "--effect", "2", "--map", "a=b", code=2)
    assert said.count("belongs to --judge") == 2

"""The demo: a whole campaign on the twin, left in the store to be opened."""

from tests.command_line import CommandLine


def test_the_demo_runs_and_leaves_a_campaign(cli: CommandLine) -> None:
    out = cli("demo", "--runs", "4")
    assert "after 4 runs" in out
    assert "designer status demo" in out
    status = cli.json("status", "demo")
    assert status["runs"]["completed"] == 4
    assert [line["name"] for line in status["lines"]] == ["line1", "line2", "line3"]
    second = cli.json("demo", "--runs", "4")
    assert second["campaign"] == "demo-2"
    first, last = second["steps"][0], second["steps"][-1]
    assert last["relative_error"] < 0.6 * first["relative_error"]
    assert last["runs_made"] == 4

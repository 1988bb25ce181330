"""A store from a stranger: no verb and no file hands its commands on, none falls over it."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designer.campaigns.log.events import NewEvent
from tests.command_line import CommandLine
from tests.hostile import commands_in, hostile_store, peaceful, rewritten

LOOKING = (
    "list", "show small", "show small R001", "show small R002", "status small", "history small",
    "history small R001", "lines show small", "store info", "store verify",
)  # fmt: skip
WRITING = (
    "record small R004 mass_loading=12", "note small R001 seen", "start small R001",
    "fail small R002 --reason x", "lines exclude small line3 --reason x",
    "abandon small R003 --reason x", "correct small R001 porosity=31 --reason x", "undo small",
    "close small --reason x", "show smal", "show small R01x",
)  # fmt: skip


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hostile store."""
    return Path(hostile_store(tmp_path_factory.mktemp("strange") / "evil.db"))


@pytest.fixture
def evil(cli: CommandLine, strange: Path) -> CommandLine:
    """The command line on a copy of it."""
    cli.store = shutil.copy(strange, Path(cli.store).with_name("evil.db"))
    return cli


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_verb_prints_a_command(
    evil: CommandLine, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from designer.cli.main import main

    for line in (*LOOKING, *WRITING):
        code = main([*line.split(), "--store", str(evil.store), *options])
        out, err = capsys.readouterr()
        assert code in (0, 3, 4, 6), (line, err)
        assert not commands_in(out + err), line


def test_no_export_holds_a_command_and_json_tells_the_text(evil: CommandLine) -> None:
    files = {
        "plan.csv": "plan", "data.csv": "data", "events.csv": "events", "plan.json": "plan",
        "data.json": "data", "events.json": "events", "spec.toml": "spec", "spec.json": "spec",
    }  # fmt: skip
    for file, what in files.items():
        evil("export", "small", file, "--what", what)
        assert not commands_in(Path(file).read_bytes().decode()), file
    events = json.loads(Path("events.json").read_text())["events"]
    assert events[0]["actor"].startswith("anna\x1b[31m")


def leaves(
    value: dict[str, Any] | list[Any], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Paths of everything in a payload, itself left out."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from leaves(item, (*path, key))


def with_other(body: dict[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """A copy of a payload with something else at one place."""
    copy = json.loads(json.dumps(body))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return dict(copy)


OTHER: tuple[object, ...] = (
    None, True, -7, 1e308, "x", "", [], {}, [[]], {"x": None}, 1e400, 10**400, 10**30, "nan",
    "2026-99-99", "x" * 5000,
)  # fmt: skip
READING = (
    "status small", "show small", "show small R001", "history small", "export small d.csv --force",
    "export small e.json --what events --force", "store verify",
)  # fmt: skip
OTHERS = (
    "lines show small", "list", "export small d.csv --what data --force", "undo small",
    "record small R004 porosity=3", "note small R001 seen", "reopen small R002",
)  # fmt: skip


def test_nonsense_under_right_hashes_is_damage_to_whoever_reads_it(
    cli: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    from designer.cli.main import main

    folder = Path(cli.store).parent
    state = peaceful(folder / "peaceful.db").session.state("small")
    drafts = [NewEvent(event.kind, event.body) for event in state.events]
    chance, codes = random.Random(5), Counter[int]()
    for number in range(36):
        place = number % len(drafts)
        path = chance.choice([*leaves(drafts[place].body)])
        other = with_other(drafts[place].body, path, chance.choice(OTHER))
        changed = [*drafts[:place], NewEvent(drafts[place].kind, other), *drafts[place + 1 :]]
        store = rewritten(folder / f"{number}.db", state.campaign_id, changed)
        found = []
        for line in (*READING, chance.choice(OTHERS)):
            options = chance.choice([[], ["--json"]])
            found.append(main([*line.split(), "--store", str(store), *options]))
            told = capsys.readouterr()
            assert found[-1] in (0, 3, 4, 6), (drafts[place].kind, path, line, told.err)
        assert len({*found[:-1]}) == 1, (drafts[place].kind, path, found)
        codes[found[0]] += 1
    assert codes[0] > 1
    assert codes[6] > 9

"""No input runs code (R8): files that are programs, names that are SQL, YAML with its surprises."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine
from tests.store.cases import raw

ROOT = Path(__file__).parents[2]


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("ending", ["pkl", "pt", "csv", "toml"])
def test_row21_a_pickle_under_any_name_is_refused_and_not_loaded(
    small: CommandLine, tmp_path: Path, ending: str
) -> None:
    trap = tmp_path / "sprung"
    pickle.loads(pickle.dumps(Trap(trap)))
    assert trap.exists()  # the trap works
    trap.unlink()
    (tmp_path / f"prior.{ending}").write_bytes(pickle.dumps(Trap(trap)))
    file = f"prior.{ending}"
    for words in (
        ("init", file),
        ("lines", "add", "small", file, "--name", "line2"),
        ("attach", "small", file),
        ("import", "small", file),
        ("predict", "small", file),
        ("amend", "small", file),
    ):
        small.refused(*words)
    small.store = file
    small("list", code=6)
    assert not trap.exists()


YAML = "campaign: {version: 1, name: small, line: NO}\nfactor: &a [*a]\n"


def test_row19_yaml_is_no_specification(small: CommandLine, tmp_path: Path) -> None:
    for name in ("spec.yaml", "spec.yml", "spec.toml", "spec.json"):
        (tmp_path / name).write_text(YAML)
        said = small.refused("init", name)
        assert "TOML" in said or "JSON" in said or "toml" in said, said


SQL = (
    "x'); DROP TABLE event; --",
    'x" OR 1=1 --',
    "x'; UPDATE event SET actor='y'",
    "%",
    "_",
    "x\\",
)


def test_row35_names_and_texts_are_never_sql(cli: CommandLine, tmp_path: Path) -> None:
    tables = None
    for k, name in enumerate(SQL):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        spec = tmp_path / f"spec{k}.toml"
        spec.write_text(SMALL.replace('name = "small"', f'name = "{quoted}"'))
        cli("init", spec.name)
        cli("note", name, name)
        cli("attach", name, "solid_content=55", "coating_gap=100", "binder=PVDF-A", "--note", name)
        found = raw(Path(cli.store), ("SELECT name FROM sqlite_master ORDER BY name",))
        assert tables in (None, found)
        tables = found
    shown = cli.json("list")["campaigns"]
    assert {each["name"] for each in shown} == set(SQL)
    assert [each["runs"] for each in shown] == [1] * len(SQL)
    for name in SQL:
        assert cli.json("show", name)["campaign"] == name
        texts = [each["summary"] for each in cli.json("history", name)["events"]]
        assert any(name in text for text in texts)
    cli.refused("show", "%%")
    cli("store", "verify")


FORBIDDEN = {"eval", "exec", "compile", "read_csv", "read_excel", "read_pickle", "safe_load"}


def test_r8_the_program_calls_nothing_that_runs_what_it_reads() -> None:
    """No pickle, torch.load, YAML, eval or pandas reader anywhere; SQL is never put together."""
    found = []
    for folder in ("designer", "campaigns", "models", "acquisition", "tui"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    name = ast.unparse(node.func)
                    last = name.rpartition(".")[2]
                    if last in FORBIDDEN and name not in {"re.compile", "self.eval"}:
                        found.append(f"{file.name}:{node.lineno} {name}")
                    if name in {"pickle.load", "pickle.loads", "torch.load", "joblib.load"}:
                        found.append(f"{file.name}:{node.lineno} {name}")
                if isinstance(node, ast.Import) and {"pickle", "marshal", "shelve", "yaml"} & {
                    each.name for each in node.names
                }:
                    found.append(f"{file.name}:{node.lineno} {ast.unparse(node)}")
    assert found == []

"""What other programs rely on: schemas that real answers obey, and completion in a real shell."""

import json
import logging
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any, TypedDict

import pytest
from jsonschema import Draft202012Validator

from designer.campaigns.specification.load import example_text
from designer.cli.json_schema import Definitions
from designer.cli.verbs import VERBS
from designer.cli.verbs.completion import SHELLS, completion_script
from designer.cli.verbs.schemas import all_schemas, schema_of
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine

KNOWN = all_schemas(VERBS.values())


def problems(name: str, document: Any) -> list[str]:
    validator = Draft202012Validator(schema_of({name: KNOWN[name]}))
    return [
        f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)
    ]


ANSWERS = """
init small.toml
init --example
list
propose small -n 4
propose small --top-up -n 3
start small R001
record small R001 mass_loading=9.1 porosity=31/32 --note hot --batch slurry=S-1
record small R002 mass_loading=10.5 --at 2026-11-01
fail small R003 --reason jam
reopen small R003 --reason repaired
abandon small R004 --reason late
correct small R001 mass_loading=9.2 --reason digits
attach small solid_content=55 coating_gap=100 binder=PVDF-A mass_loading=7.1 porosity=33
note small R001 'slurry was old'
lines add small line.csv --name line2
lines exclude small line2 --reason x
lines include small line2 --reason y
lines show small
import small sheet.csv
amend small wide.toml
amend small wide.toml
propose small -n 2 --fix binder=PVDF-A
status small --refresh
best small
predict small solid_content=55 coating_gap=100 binder=PVDF-A
show small
show small R001
history small
export small plan.csv
export small plan.json
undo small
store info
store verify
store init
close small
completion bash
schema list
""".strip().splitlines()


def verb_of(line: str) -> str:
    words = shlex.split(line)
    return next(name for k in (2, 1) if (name := " ".join(words[:k])) in VERBS)


def test_every_answer_obeys_its_schema(cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "wide.toml").write_text(SMALL.replace("window = [11, 13]", "window = [11, inf]"))
    rows = "\n".join(f"{55 + k},{100 + 50 * (k % 3)},PVDF-A,{5 + k}.1,3{k}" for k in range(6))
    (tmp_path / "line.csv").write_text(
        f"solid_content,coating_gap,binder,mass_loading,porosity\n{rows}\n"
    )
    (tmp_path / "sheet.csv").write_text("run,mass_loading\nR003,8.25\n")
    for line in ANSWERS:
        document = cli.json(*shlex.split(line))
        assert problems(verb_of(line), document) == [], line
        if line == "show small":
            assert not any(problems("run", run) for run in document["runs"])
            assert problems("specification", document["spec"]) == []
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert not any(problems("run", run) for run in plan["runs"])
    assert {verb_of(line) for line in ANSWERS} | {"demo", "tui", "serve"} == set(VERBS)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["status", "no"], 3), (["recrd"], 2), (["list", "--store", "no.db"], 5)],
)
def test_a_refusal_obeys_its_schema(cli: CommandLine, words: list[str], code: int) -> None:
    cli("store", "init")
    words = words if "--store" in words else [*words, "--store", str(cli.store)]
    cli.store = words[-1]
    assert problems("error", json.loads(cli(*words, "--json", code=code))) == []


def test_specifications_obey_their_schema_and_mistakes_do_not() -> None:
    for text in (example_text(), SMALL):
        assert problems("specification", tomllib.loads(text)) == []
    tables = tomllib.loads(SMALL)
    tables["factor"][0]["setp"] = 1
    tables["response"][0]["goal"] = "maximise"
    tables["campaign"]["goal"] = "learning"
    del tables["stage"][0]["change_cost"]
    told = " ".join(problems("specification", tables))
    assert "'setp' was unexpected" in told
    additive: dict[str, Any] = {"name": "additive", "low": 1e-6, "high": 1e-3, "scale": "log"}
    for per_decade, wrong in ((4, 0), (101, 1), ("4", 1)):
        decades = {**tomllib.loads(SMALL), "factor": [additive | {"per_decade": per_decade}]}
        assert len(problems("specification", decades)) == wrong
    assert "'learning' is not one of" in told
    assert "'change_cost' is a required property" in told
    assert "maximise" not in told


def test_an_answer_that_lacks_a_key_breaks_its_schema() -> None:
    answer: dict[str, Any] = {"campaigns": [], "warnings": []}
    assert problems("list", answer) == []
    assert problems("list", {**answer, "campaigns": [{"name": 1}]}) != []
    del answer["campaigns"]
    assert problems("list", answer) == ["$: 'campaigns' is a required property"]


def test_schemas_are_told_by_name_and_all_at_once(cli: CommandLine) -> None:
    one = cli.json("schema", "lines", "add")
    assert one == cli.json("schema", "lines add") == json.loads(cli("schema", "lines", "add"))
    every = cli.json("schema")
    Draft202012Validator.check_schema(every)
    assert every["properties"].keys() == set(VERBS) - {"tui", "serve"} | {
        "specification",
        "error",
        "run",
        "judge",
    }
    cli("schema", "specificaton", code=2)
    assert "specification" in cli.err
    assert not Path(cli.store).exists()


def test_a_type_nobody_has_thought_of_is_our_fault() -> None:
    class Odd(TypedDict):
        made: complex

    with pytest.raises(TypeError, match="no JSON Schema"):
        Definitions({}).of(Odd)


# ---- shell completion


def completed(*words: str) -> list[str]:
    """What a real bash offers for the last of these words."""
    shell = shutil.which("bash")
    assert shell is not None
    script = completion_script("bash", VERBS.values())
    typed = " ".join(shlex.quote(word) for word in words)
    done = subprocess.run(
        [shell, "--norc", "-c",
         f"{script}\nCOMP_WORDS=(designer {typed}); COMP_CWORD={len(words)}\n"
         f"_shtab_designer designer {shlex.quote(words[-1])} ''\n"
         'printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_bash_completes_verbs_options_and_choices() -> None:
    assert completed("pro") == ["propose"]
    assert set(completed("")) == {name.split()[0] for name in VERBS}
    assert completed("lines", "a") == ["add"]
    assert completed("store", "") == ["info", "verify", "init"]
    assert completed("propose", "--top") == ["--top-up"]
    assert set(completed("propose", "--")) >= {"--budget", "--fix", "--json", "--request-id"}
    assert completed("export", "c", "f.csv", "--what", "ev") == ["events"]
    assert completed("completion", "z") == ["zsh"]
    # what is only known is offered; what is typed instead the verb refuses in its own words
    assert completed("propose", "c", "--design", "simplex-") == [
        "simplex-lattice",
        "simplex-centroid",
    ]
    assert completed("propose", "c", "--design", "sobol", "--dry") == ["--dry-run"]
    assert "--map" in completed("lines", "add", "--")
    assert "--map" not in completed("lines", "show", "--")


@pytest.mark.parametrize("shell", SHELLS)
def test_there_is_a_script_for_every_shell(shell: str, cli: CommandLine) -> None:
    script = cli("completion", shell)
    for word in ("propose", "--top-up", "exclude", "--request-id"):
        assert word.lstrip("-") in script
    answer = cli.json("completion", shell)
    assert (answer["shell"], answer["script"].rstrip()) == (shell, script.rstrip())


def test_an_unknown_shell_is_exit_2(cli: CommandLine) -> None:
    cli("completion", "dos", code=2)
    assert "bash" in cli.err


def test_the_script_is_sound_for_its_shell(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "tcsh", "fish"):
        found = shutil.which(shell)
        if found is not None:
            path = tmp_path / shell
            path.write_text(completion_script(shell, VERBS.values()))
            subprocess.run([found, "-n", path], check=True, capture_output=True)


# ---- the logger


def test_what_is_done_is_told_to_a_logger_that_is_silent_by_itself(
    small: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="designer"):
        small("propose", "small", "-n", "2", "--quiet")
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert re.search(r"campaign small: a plan of 2 runs computed in \d+\.\d\d s, seed \d+", told)
    assert "campaign small: events 2 to 2 (plan_proposed)" in told
    assert small.err == ""
    handlers = logging.getLogger("designer").handlers
    assert any(isinstance(handler, logging.NullHandler) for handler in handlers)

"""Light verbs stay light: what they import and what they cost, in real processes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns_for_tests import SMALL
from tests.speed import allowed

HEAVY = ("torch", "gpytorch", "botorch", "ax", "scipy", "pandas")


def run_python(code: str, *arguments: Any, cwd: Path | None = None) -> Any:
    """Run code in a fresh interpreter; returns the JSON it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


VERB = """
import json, sys, time, io, contextlib
start = time.process_time()
from designer.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(sys.argv[1:])
print(json.dumps({"code": code, "cpu": time.process_time() - start,
                  "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign with 100 runs and an earlier line."""
    folder = tmp_path_factory.mktemp("light")
    (folder / "small.toml").write_text(SMALL)
    rows = "".join(f"{50 + k % 11},{(80, 100, 150)[k % 3]},PVDF-A,{7 + k % 5}\n" for k in range(30))
    (folder / "line.csv").write_text("solid_content,coating_gap,binder,mass_loading\n" + rows)
    code = """
import sys, json
import pandas as pd
from designer import Campaign
c = Campaign.create("small.toml", store="s.db")
c.attach(pd.DataFrame([{"solid_content": 50 + k % 11, "coating_gap": (80, 100, 150)[k % 3],
    "binder": "PVDF-A", "mass_loading": 7 + k % 5, "porosity": 40 + k % 3} for k in range(100)]))
print(json.dumps(len(c.data())))
"""
    assert run_python(code, cwd=folder) == 100
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("list",), ("status", "small"), ("show", "small"), ("show", "small", "R001"),
        ("history", "small"), ("lines", "show", "small"), ("store", "info"),
        ("record", "small", "R001", "porosity=41", "--replicate"),
        ("note", "small", "hello"), ("undo", "small"), ("init", "--example"),
        ("lines", "add", "small", "line.csv", "--name", "line2"),
        ("export", "small", "data.csv", "--what", "data", "--force"),
    ],
)  # fmt: skip
def test_light_verbs_load_no_mathematics(store: Path, words: list[str]) -> None:
    found = run_python(VERB, *words, "--store", "s.db", cwd=store)
    assert found["code"] == 0
    assert set(HEAVY) & set(found["modules"]) == set()


def test_importing_the_package_is_cheap() -> None:
    code = """
import json, sys, time
start = time.process_time()
import designer
print(json.dumps({"cpu": time.process_time() - start, "modules": sorted(sys.modules)}))
"""
    best = min((run_python(code) for _ in range(3)), key=lambda found: found["cpu"])
    assert best["cpu"] <= allowed(0.1)
    assert not {"sqlalchemy", "numpy", *HEAVY} & set(best["modules"])


def test_version_and_status_are_quick(store: Path) -> None:
    code = VERB.replace('"cpu": time.process_time() - start', '"cpu": time.process_time()')
    version = min(run_python(code, "--version")["cpu"] for _ in range(3))
    assert version <= allowed(0.3)
    status = (code, "status", "small", "--store", "s.db")
    assert min(run_python(*status, cwd=store)["cpu"] for _ in range(3)) <= allowed(1.0)


@pytest.mark.parametrize("package", ["campaigns", "service", "cli", "tui"])
def test_packages_import_without_mathematics(package: str) -> None:
    code = f"""
import importlib, json, pkgutil, sys
root = importlib.import_module("designer.{package}")
for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
    importlib.import_module(module.name)
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    assert set(run_python(code)) & {*HEAVY, "openpyxl", "pint"} == set()

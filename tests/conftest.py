"""What tests of all rooms share: settings of the laws, real data, the command line."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.campaigns_for_tests import SMALL, line_rows
from tests.command_line import CommandLine
from tests.places import SHARED_DATA

os.environ.setdefault("OMP_NUM_THREADS", "1")

# What the program remembers of stores it has seen goes to a folder of this run alone, in the
# processes it starts, too.
os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="designer-tests-")
atexit.register(shutil.rmtree, os.environ["XDG_DATA_HOME"], ignore_errors=True)

# The same examples in every run: a red gate must mean a change for the worse, not a new draw.
# `--hypothesis-profile=search` draws new ones.
# No clocks: deadlines and "too slow" measure the machine. Without a .hypothesis folder the first
# text drawn builds tables of all Unicode characters (1.6 s of CPU); on a busy machine that alone
# failed the health check.
NO_CLOCK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", NO_CLOCK, derandomize=True)
settings.register_profile("search", NO_CLOCK, derandomize=False)
settings.load_profile("gate")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real pilot-line data; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data are not part of this repository: ../shared/data is absent")
    return SHARED_DATA


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line on an empty store."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path / "pilot.db", capsys)


@pytest.fixture
def small(cli: CommandLine) -> CommandLine:
    """The same with campaign `small`."""
    cli.create(SMALL)
    return cli


@pytest.fixture(scope="session")
def prepared_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with campaign `small`: one earlier line, a plan of three runs."""
    from designer.service import Service

    folder = tmp_path_factory.mktemp("tui")
    (folder / "small.toml").write_text(SMALL)
    service = Service(str(folder / "pilot.db"), actor="anna")
    service.campaigns.create(folder / "small.toml")
    service.lines.add("small", line_rows(), name="line2")
    service.plans.propose("small", 3, seed=1)
    return folder / "pilot.db"


@pytest.fixture(scope="session")
def prepared_slow_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo campaign: plans of many runs take seconds."""
    from designer.service import Service
    from designer.service.demo import demo

    path = tmp_path_factory.mktemp("slow") / "pilot.db"
    demo(Service(str(path), actor="anna"), 4)
    return path


@pytest.fixture
def slow_store(prepared_slow_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Path(shutil.copy(prepared_slow_store, tmp_path / "slow.db"))


@pytest.fixture
def small_store(prepared_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for one test, with a state folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "pilot.db"
    shutil.copy(prepared_store, path)
    cache = prepared_store.with_name("pilot.db.cache")
    shutil.copytree(cache, tmp_path / "pilot.db.cache")
    return path

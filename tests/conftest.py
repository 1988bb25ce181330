"""What the end-to-end tests share: the command line in this process, real data, small campaigns."""

import json
import os

import pytest
from hypothesis import HealthCheck, settings

from tests.places import SHARED_DATA

os.environ.setdefault("OMP_NUM_THREADS", "1")

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
def real_data():
    """Folder of the real pilot-line data; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("real data are not part of this repository: ../shared/data is absent")
    return SHARED_DATA


class CommandLine:
    """`designer` on one store, in this process."""

    def __init__(self, store, capsys):
        self.store = store
        self._capsys = capsys
        self.err = ""

    def __call__(self, *words, code=0):
        """Run a verb; returns stdout."""
        from designer.cli.main import main

        self._capsys.readouterr()
        found = main([*map(str, words), "--store", str(self.store)])
        out, self.err = self._capsys.readouterr()
        assert found == code, (found, out, self.err)
        return out

    def json(self, *words):
        """Run a verb with --json; returns the document."""
        return json.loads(self(*words, "--json"))

    def refused(self, *words, code=3):
        """Run a verb that must be refused; returns what it says, and checks nothing was written."""
        before = self._head()
        out = self(*words, code=code)
        said = self.err
        assert out == ""
        assert "Traceback" not in said
        assert self._head() == before
        return said

    def _head(self):
        from designer.campaigns.store.store import Store

        store = Store.open(str(self.store))
        return [store.state(info.name).head for info in store.list()] if store.exists else []


@pytest.fixture
def cli(tmp_path, capsys, monkeypatch):
    """The command line on an empty store."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path / "pilot.db", capsys)

"""The command line in this process, for the end-to-end tests."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns_for_tests import loading, porosity


class CommandLine:
    """`designer` on one store, in this process."""

    def __init__(self, store: Path | str, capsys: pytest.CaptureFixture[str]) -> None:
        self.store: Path | str = store
        self._capsys = capsys
        self.err = ""

    def __call__(self, *words: object, code: int = 0) -> str:
        """Run a verb; returns stdout."""
        from designer.cli.main import main

        self._capsys.readouterr()
        found = main([*map(str, words), "--store", str(self.store)])
        out, self.err = self._capsys.readouterr()
        assert found == code, (found, out, self.err)
        return out

    def create(self, specification: str) -> None:
        """Write `small.toml` beside the store, which is where the tests run, and create it."""
        Path(self.store).with_name("small.toml").write_text(specification)
        self("init", "small.toml")

    def record(self, runs: Iterable[dict[str, Any]]) -> None:
        """Record what these runs of campaign `small` give in truth."""
        for run in runs:
            s = run["settings"]
            self(
                "record", "small", run["run"],
                f"mass_loading={loading(s):.3f}", f"porosity={porosity(s):.3f}",
            )  # fmt: skip

    def json(self, *words: object) -> Any:
        """Run a verb with --json; returns the document."""
        return json.loads(self(*words, "--json"))

    def refused(self, *words: object, code: int = 3) -> str:
        """Run a verb that must be refused; returns what it says, and checks nothing was written."""
        before = self._head()
        out = self(*words, code=code)
        said = self.err
        assert out == ""
        assert "Traceback" not in said
        assert self._head() == before
        return said

    def _head(self) -> list[str]:
        from designer.campaigns.store.store import Store

        store = Store(str(self.store))
        return [each.head for each in store.summaries()] if store.exists else []

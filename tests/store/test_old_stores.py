"""Stores of earlier versions open, say the same for ever, and go on.

Every folder of ``data`` holds the store of one version, ``pilot.db``, and ``expected.json``: what
the program of that version said it tells (`told_by`). To add a version, make a store with its
program and, still with that program, write what it says::

    python -m tests.store.test_old_stores tests/store/data/0_2_0

A folder is never changed again: what it says may be left out of `told_by` only where the contract
says so.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from designer.api import Campaign
from designer.campaigns import commands
from designer.campaigns.errors import InputError
from designer.campaigns.log.runs import Measurement, Note, Run
from designer.campaigns.log.state import CampaignState, Line, Plan
from designer.campaigns.sheets.export import export
from designer.campaigns.specification.parts import Response
from designer.campaigns.store.store import Store
from designer.campaigns.values.quantity import Quantity

pytestmark = pytest.mark.filterwarnings("ignore::designer.DesignerWarning")

DATA = Path(__file__).parent / "data"
VERSIONS = sorted(folder.name for folder in DATA.iterdir() if folder.is_dir())


def told_by(store: Store, state: CampaignState, folder: Path) -> dict[str, Any]:
    """What a campaign says, in words that stay when the program's own change.

    Args:
        store: the store it is in.
        state: folded from its log.
        folder: takes the exported file.
    """
    export(state, folder / "data.csv", "data", force=True)
    return {
        "head": state.head,
        "campaign_id": state.campaign_id,
        "verified": bool(store.verify(state.head)),
        "created_at": state.created_at,
        "changed_at": state.changed_at,
        "closed": state.closed,
        "specification": state.spec.text,
        "events": [[e.kind, e.as_stored["version"], e.hash] for e in state.events],
        "reversals": {str(event): by for event, by in state.reversals.items()},
        "next": [state.next_run_number, state.next_plan_number],
        "next_batches": {s.name: state.next_batch_number(s.name) for s in state.spec.stages},
        "setup": state.setup.id if state.setup else None,
        "runs": [_run(run) for run in state.runs.values()],
        "plans": [_plan(plan) for plan in state.plans.values()],
        "notes": [_note(note) for note in state.notes],
        "lines": [_line(line) for line in state.lines.values()],
        "data": _without_units((folder / "data.csv").read_text(encoding="utf-8")),
    }


def _without_units(table: str) -> str:
    """A table as it was before its header told units."""
    header, rest = table.split("\n", 1)
    return re.sub(r" \[[^\],]*\]", "", header) + "\n" + rest


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "plan": run.plan,
        "order": run.order,
        "rank": run.rank,
        "status": run.status,
        "attached": run.attached,
        "planned": run.planned,
        "used": run.used,
        "told": run.reported,
        "given": run.given,
        "batch": run.batch,
        "measurements": {
            name: [_measurement(value) for value in values]
            for name, values in run.measurements.items()
        },
        "never": sorted(run.never),
        "why_failed_or_abandoned": run.failure,
        "why_proposed": run.reason,
        "notes": [_note(note) for note in run.notes],
        "flags": list(run.flags),
        "predicted": run.predicted,
        "information_bits": run.information_bits,
        "value": run.value,
        "cost": run.cost,
        "in_spec": run.in_spec,
        "made_at": run.made_at,
        "recorded_at": run.recorded_at,
    }


def _measurement(value: Measurement) -> dict[str, Any]:
    return {
        "replicate": value.replicate,
        "number": value.number,
        "text": value.text,
        "unit": value.unit,
        "actor": value.actor,
        "at": value.at,
        "corrected": [_measurement(old) for old in value.history],
    }


def _note(note: Note) -> list[str | None]:
    return [note.run, note.text, note.actor, note.at]


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.id,
        "runs": list(plan.runs),
        "goal": plan.goal,
        "seed": plan.seed,
        "cost": plan.cost,
        "information_bits": plan.information_bits,
        "nested": plan.nested,
        "notes": list(plan.notes),
        "position": plan.position,
        "setup": plan.setup,
        "fixed": plan.fixed,
        "value": plan.value,
        "value_name": plan.value_name,
        "deviation": plan.deviation,
        "actor": plan.actor,
        "at": plan.at,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "line": line.name,
        "included": line.included,
        "reason": line.reason,
        "sha256": line.sha256,
        "source": line.source,
        "mapping": line.mapping,
        "batches": line.has_batches,
        "rows": [
            [row.settings, row.given, dict(row.responses), row.batch, row.made_at, row.extra]
            for row in line.rows
        ],
    }


def as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def expected(version: str) -> Any:
    return json.loads((DATA / version / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def path(version: str, tmp_path: Path) -> Path:
    """A copy of the store of that version: tests may write to it."""
    return Path(shutil.copy(DATA / version / "pilot.db", tmp_path / "pilot.db"))


def test_it_tells_what_it_told_then(path: Path, expected: dict[str, Any], tmp_path: Path) -> None:
    before = path.read_bytes()
    store = Store(str(path))
    assert [each.name for each in store.summaries()] == list(expected)
    for name, told in expected.items():
        found = as_json(told_by(store, store.state(name), tmp_path))
        for part in told:
            assert found[part] == told[part], f"{name}: {part}"
    assert path.read_bytes() == before


def test_its_record_leaves_as_it_was_stored(
    path: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    store = Store(str(path))
    for name, told in expected.items():
        export(store.state(name), tmp_path / "events.json", "events", force=True)
        document = json.loads((tmp_path / "events.json").read_text(encoding="utf-8"))
        stored = [[event["kind"], event["version"], event["hash"]] for event in document["events"]]
        assert stored == told["events"]


def test_it_can_be_planned_on(path: Path, expected: dict[str, Any]) -> None:
    for name, told in expected.items():
        campaign = Campaign.open(name, store=str(path))
        given = {item.name: sum(item.bounds) / 2 for item in campaign.spec.givens}
        if told["closed"]:
            with pytest.raises(InputError, match="closed"):
                campaign.propose(2, seed=5, given=given)
            continue
        plan = campaign.propose(2, seed=5, given=given)
        runs = list(plan.frame.index)
        assert [int(run[1:]) for run in runs] == [told["next"][0], told["next"][0] + 1]
        values = {r.name: [sum(_within(r)) / 2] for r in campaign.spec.responses}
        store = Store(str(path))
        entry = commands.ResultEntry(
            runs[0], {key: [Quantity.of(v) for v in value] for key, value in values.items()}
        )
        store.change(name, partial(commands.record, entries=[entry]), actor="anna")
        status = Campaign.open(name, store=str(path)).status(refresh=False)
        done = sum(run["status"] == "completed" for run in told["runs"])
        assert status["runs"]["completed"] == done + 1
        after = Store(str(path)).state(name)
        assert [e.hash for e in after.events[: len(told["events"])]] == [
            digest for _, _, digest in told["events"]
        ]
    assert Store(str(path)).verify()


def _within(response: Response) -> tuple[float, float]:
    low, high = response.window or response.possible or (1.0, 1.0)
    return (low, high) if abs(low) + abs(high) < 1e300 else (max(low, 1.0), max(low, 1.0))


if __name__ == "__main__":
    place = Path(sys.argv[1])
    here = Store(str(place / "pilot.db"))
    everything = {
        each.name: told_by(here, here.state(each.name), place) for each in here.summaries()
    }
    (place / "data.csv").unlink()
    text = json.dumps(everything, ensure_ascii=False, separators=(",", ":"))
    (place / "expected.json").write_text(text + "\n", encoding="utf-8")

"""A store from a stranger: every text in it commands the terminal, and its hashes are right."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from designer.campaigns import commands
from designer.campaigns.commands import PlanDraft, PlannedRun
from designer.campaigns.log.events import GENESIS, KINDS, NewEvent, event_hash
from designer.campaigns.log.state import CampaignState
from designer.campaigns.store import event_table
from designer.service import Service
from tests.campaigns_for_tests import SMALL, line_rows

EVIL = "\x1b[31m\x1b]0;owned\x07\x9b2J\u202e\u2066\u200b\x7f\r[bold red]m[/] [@click=app.quit]x[/]"
"""Colours, a window title, a C1 command, bidirectional marks, DEL and Textual's markup."""

WORDS = ("line2", "S-7", "swapped", "tore", "doubt", "look", "back", "memory", "31.5")
"""Texts of `peaceful` that become evil: names, batches, notes, reasons, a value as typed."""


def peaceful(path: Path) -> Service:
    """A store with one event of nearly every kind."""
    spec = path.with_name("small.toml")
    spec.write_text(SMALL)
    service = Service(str(path), actor="anna")
    service.campaigns.create(spec)
    service.lines.add("small", line_rows(), name="line2")
    service.session.change("small", lambda state: commands.propose(state, _plan(state)))
    runs = ["R001", "R002", "R003"]
    service.runs.start("small", runs[0])
    service.runs.record(
        "small", runs[0], {"mass_loading": "12.5"}, note="look", batch={"slurry": "S-7"}
    )
    service.runs.record("small", runs[0], {"porosity": "31.5"})
    service.runs.correct("small", runs[0], {"mass_loading": "12.6"}, reason="swapped")
    service.runs.fail("small", runs[1], "tore")
    service.runs.abandon("small", [runs[2]], "doubt")
    service.lines.exclude("small", "line2", "doubt")
    service.lines.include("small", "line2", "doubt")
    service.campaigns.note("small", "look")
    service.campaigns.note("small", "back")
    service.campaigns.undo("small", reason="back")
    return service


def _plan(state: CampaignState) -> PlanDraft:
    """Four runs, made up: no model is loaded for them."""
    expected = {"mean": 12.0, "sd": 1.0, "sd_result": 1.2, "low": 10.8, "high": 13.2}
    runs = [
        PlannedRun(
            k, k, {"solid_content": 50.0 + k, "coating_gap": 100.0, "binder": "PVDF-A"},
            {"slurry": "new-1", "coating": f"new-{k}"}, {"mass_loading": expected}, 0.5, 1.0, 0.3,
            "look",
        )
        for k in range(1, 5)
    ]  # fmt: skip
    return PlanDraft("window", 1, runs, state.seq, 4.0, 2.0, notes=("look",))


def hostile_store(path: Path) -> Path:
    """Write the peaceful store anew with evil texts, each link of its chain as it should be.

    Args:
        path: where the store will be; its folder takes the peaceful one.
    """
    state = peaceful(path.with_name("peaceful.db")).session.state("small")
    evil = {json.dumps(word): json.dumps(word + EVIL) for word in WORDS}
    pattern = re.compile("|".join(map(re.escape, evil)))

    def turned(text: str) -> str:
        return pattern.sub(lambda found: evil[found.group()], text)

    drafts = [NewEvent(e.kind, json.loads(turned(json.dumps(e.body)))) for e in state.events]
    return rewritten(path, state.campaign_id, drafts, evil=EVIL)


def rewritten(
    path: Path,
    campaign_id: str,
    drafts: list[NewEvent],
    at: str = "2026-03-01T08:15:00.000000Z",
    *,
    name: str = "small",
    evil: str = "",
) -> Path:
    """A store with one campaign of these events, without asking the program."""
    last, columns = (f"anna{evil}", at, f"0.1{evil}"), "?, " * 9 + "?"
    previous = GENESIS
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # no power cut is waited for here
        event_table.create_schema(connection)
        event_table.add_campaign(connection, campaign_id, name)
        connection.execute("BEGIN")
        for seq, draft in enumerate(drafts, start=1):
            # not `canonical_json`: 1e400 is text of JSON, and no number
            body = json.dumps(draft.body, sort_keys=True).replace("Infinity", "1e400")
            first = (campaign_id, seq, f"evil.{seq}", draft.kind, KINDS[draft.kind].version, body)
            previous = event_hash(previous, (*first, *last))
            connection.execute(
                "INSERT INTO event (campaign_id, seq, event_id, kind, version, body, actor,"
                f" recorded_at, program, hash) VALUES ({columns})",
                (*first, *last, previous),
            )
        connection.execute("COMMIT")
    return path


def commands_in(text: str) -> set[str]:
    """Characters that could command a terminal or turn a text round; line ends are none."""
    return {c for c in text if not c.isprintable() and c != "\n"}

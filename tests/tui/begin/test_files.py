"""Earlier lines and filled sheets come in, after a look at what they would bring."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.errors import Findings
from designer.cli.parser import read_command_line
from designer.service import Service
from designer.tui.campaign_view import ViewReader
from designer.tui.dialogs.begin.line import line_command
from designer.tui.dialogs.begin.sheet import sheet_command
from designer.tui.dialogs.begin.table_options import read_table_options
from designer.tui.widgets.path_field import completions
from tests.campaigns_for_tests import SMALL
from tests.command_line import CommandLine
from tests.tui.begin.filling import fill
from tests.tui.cases import Ui, open_ui

OLD = """solid_content,Gap [mm],binder,mass_loading
50,0.08,PVDF-A,7.1
52,0.1,PVDF-B,8.0
55,0.15,PVDF-X,11.9
"""


async def at(ui: Ui, place: str, key: str, title: str) -> None:
    ui.app.action_show(place)
    await ui.until(lambda: ui.place == place)
    await ui.press(key)
    await ui.until(title)


# ---- earlier lines ------------------------------------------------------------------------------


async def test_a_line_is_seen_its_columns_are_chosen_and_it_is_added(
    store: Path, tmp_path: Path
) -> None:
    (tmp_path / "old.csv").write_text(OLD)
    async with open_ui(store) as ui:
        await at(ui, "lines", "a", "Earlier line for small")
        await fill(ui, "ol")
        await ui.press("tab")
        await ui.until("old.csv")
        await ui.press("ctrl+s")
        await ui.until("✗ name: is missing")
        await ui.press("tab")
        await fill(ui, "line3")
        await ui.press("ctrl+s")
        await ui.until("line3: nothing is written yet")
        await ui.until(lambda: "there is no column for coating_gap" in live(ui))
        assert "old.csv line 4 column binder: no category of binder" in live(ui)
        await ui.press("escape")  # back to what was typed
        await ui.until("look at it")
        await ui.press("escape")  # leaving loses nothing
        await ui.gone("Earlier line for small")
        (tmp_path / "old.csv").write_text(OLD.replace("PVDF-X", "PVDF-A"))
        await ui.press("a")
        await ui.until("line3")
        await ui.press("ctrl+s")
        await ui.until("line3: nothing is written yet")
        labels = [str(label.render()) for label in ui.screen.query(".ask-label")]
        place = next(k for k, label in enumerate(labels) if label.startswith("Gap [mm]"))
        assert "0.08 to 0.15" in labels[place]
        await ui.press(*["tab"] * place, "enter", *"coat", "enter")
        await ui.until(lambda: "3 rows of line3 fit" in live(ui))
        assert "coating_gap  mm → um" in live(ui)
        assert "--map 'Gap [mm]=coating_gap'" in ui.screen.query_one("#modal-same").render().plain
        assert len(Service(str(store)).lines.list("small")["lines"]) == 1
        await ui.press("ctrl+s")
        await ui.until(lambda: "line3" in ui.screen.items(ui.app.view))
        assert "Line line3 is added: 3 rows" in ui.notes()


def live(ui: Ui) -> str:
    """What is told below the fields."""
    return str(ui.screen.query_one("#live-text").render().plain)


async def test_a_campaign_of_the_store_becomes_a_line(store: Path, tmp_path: Path) -> None:
    service = Service(str(store))
    (tmp_path / "other.toml").write_text(SMALL.replace("small", "other").replace("line4", "line7"))
    service.campaigns.create(tmp_path / "other.toml")
    recipe = {"solid_content": "55", "coating_gap": "100", "binder": "PVDF-A"}
    service.runs.attach("other", recipe | {"mass_loading": "7.1"})
    async with open_ui(store) as ui:
        await at(ui, "lines", "a", "Earlier line for small")
        await ui.press("tab", "tab", "enter", "down", "enter")
        await ui.until("designer lines add small --from other --dry-run")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.screen.query("#live-text") and "1 row of line7" in live(ui))
        await ui.press("enter")
        await ui.until(lambda: "line7" in ui.screen.items(ui.app.view))


async def test_a_read_only_store_takes_no_line(store: Path) -> None:
    async with open_ui(store) as ui:
        ui.app.action_show("lines")
        await ui.until(lambda: ui.place == "lines")
        view = ui.app.view
        assert view is not None
        ui.app.view = replace(view, unwritable="no rights")
        ui.app.refresh_content()
        await ui.until("Read only")
        await ui.press("a")
        await ui.pilot.pause()
        assert not ui.screen.is_modal


TYPED = {
    "path": "old lines/a b.csv", "name": "line 3", "source": "file", "kind": "import",
    "map": "'Gap [mm]=coating_gap' Remark=-", "unit": "'Gap [mm]=mm'", "set": "binder=PVDF-A",
    "where": "machine=A,B 'gap<200' 'gap>=5'", "sheet": "S 1", "header": "3", "decimal": "comma",
    "mapping": "", "others": "binder", "extras": "'Web speed'", "new": "yes", "force": "yes",
}  # fmt: skip


def test_the_command_lines_say_what_is_done(store: Path) -> None:
    view = ViewReader(Service(str(store))).read("small")
    told = read_command_line(shlex.split(line_command(view, TYPED, dry_run=True))[1:]).arguments
    findings = Findings()
    lists = {"others": ["binder"], "extras": ["Web speed"]}
    done = vars(read_table_options(TYPED, LineMapping, findings, **lists))
    assert not findings
    assert {name: getattr(told, name) for name in done} == done
    assert done["where"] == {"machine": "A,B", "gap": "<200,>=5"}
    assert (told.source, told.name, told.dry_run) == (Path("old lines/a b.csv"), "line 3", True)
    other = line_command(view, TYPED | dict.fromkeys(TYPED, "") | {"source": "campaign:b"})
    assert read_command_line(shlex.split(other)[1:]).arguments.source == "b"
    sheet = read_command_line(shlex.split(sheet_command(view, TYPED))[1:]).arguments
    assert (sheet.attach_new, sheet.force_settings, sheet.dry_run) == (True, True, False)
    assert sheet.columns == done["columns"]
    attach = sheet_command(view, TYPED | {"kind": "attach"}, dry_run=True)
    assert read_command_line(shlex.split(attach)[1:]).arguments.values == told.source
    wrong = TYPED | {"map": "gap a=b a=c", "header": "x"}
    read_table_options(wrong, LineMapping, findings)
    assert len(findings) == 3


def test_a_dry_run_of_a_line_tells_its_columns_and_adds_nothing(
    small: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "old.csv").write_text(OLD.replace("PVDF-X", "PVDF-A"))
    words = ("lines", "add", "small", "old.csv", "--name", "line3", "--map", "Gap [mm]=coating_gap")
    text = small(*words, "--dry-run")
    assert "Nothing was added; it would be line3 to small: 3 rows." in text
    assert "Gap [mm] → coating_gap (from mm)" in " ".join(text.split())
    answer = small.json(*words, "--dry-run")
    assert answer["applied"] is False
    assert small.json("lines", "show", "small")["lines"] == []
    assert small.json(*words)["applied"] is True


def test_paths_are_completed(tmp_path: Path) -> None:
    for name in ("plan-1.csv", "plan-2.csv", ".hidden"):
        (tmp_path / name).write_text("")
    (tmp_path / "data").mkdir()
    assert completions("pl") == ["plan-1.csv", "plan-2.csv"]
    assert completions("da") == ["data/"]
    assert completions(f"{tmp_path}/") == [f"{tmp_path}/{n}" for n in (
        "data/", "plan-1.csv", "plan-2.csv"
    )]  # fmt: skip
    assert completions("nowhere/x") == []


# ---- sheets -------------------------------------------------------------------------------------


async def test_a_sheet_is_seen_and_recorded(store: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("run,mass_loading,porosity\nR001,11.9,31.5\nR002,8,\n")
    async with open_ui(store) as ui:
        await at(ui, "campaign", "i", "Bring a sheet into small")
        await ui.press("ctrl+s")
        await ui.until("✗ file: is missing")
        await fill(ui, "pl")
        await ui.press("tab", "ctrl+s")
        await ui.until("Nothing is written yet")
        assert "3 new values of 2 runs" in ui.text()
        assert "R001 proposed → completed; mass_loading 11.9, porosity 31.5" in ui.prose()
        assert "designer import small plan.csv" in ui.flowing()
        assert ui.run("R001")["status"] == "proposed"
        await ui.press("enter")
        await ui.until(lambda: ui.run("R001")["status"] == "completed")
        await ui.press("i")
        await ui.until("Bring a sheet into small")
        await fill(ui, "plan.csv")
        await ui.press("ctrl+s")
        await ui.until("The file has nothing new")
        await ui.press("enter")
        await ui.gone("The file has nothing new")


async def test_new_rows_of_a_sheet_become_runs_in_the_worker(store: Path, tmp_path: Path) -> None:
    rows = "run,solid_content,coating_gap,binder,mass_loading\nR001,,,,11.9\n,55,100,PVDF-A,7.3\n"
    (tmp_path / "plan.csv").write_text(rows)
    async with open_ui(store) as ui:
        await at(ui, "proposals", "i", "Bring a sheet into small")
        await fill(ui, "plan.csv")
        await ui.press("tab", "tab", "space")
        await ui.until("--attach-new")
        await ui.press("ctrl+s")
        await ui.until("1 new run nobody proposed", 60)
        assert "R004 solid_content 55, coating_gap 100" in ui.prose()
        await ui.press("enter")
        await ui.until(lambda: ui.app.view is not None and ui.app.view.run("R004"), 60)

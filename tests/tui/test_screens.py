"""Every screen at 80 × 24: what it shows, and what its keys do."""

import asyncio
import tomllib
from pathlib import Path

import pytest
from textual.color import Color
from textual.content import Content
from textual.theme import Theme

from designer.campaigns.errors import StorageError
from designer.places import state_folder
from designer.service import Service
from designer.service.answers import EventObject
from designer.tui import themes
from designer.tui.app import open_ui as start_ui
from designer.tui.begin_actions import BeginActions, Opens, dialog_of
from designer.tui.keys.actions import ACTIONS, EVERYWHERE, actions_at, bindings
from designer.tui.widgets.common import FittedText
from tests.tui.cases import Ui, open_ui

FORBIDDEN = {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+left_square_bracket", "ctrl+a"}


def events(store: Path) -> list[EventObject]:
    return Service(str(store)).campaigns.history("small")["events"]


# ---- the table of actions -----------------------------------------------------------------------


@pytest.mark.parametrize("place", EVERYWHERE)
def test_no_key_means_two_things_on_a_screen_or_is_another_key_in_disguise(place: str) -> None:
    keys = [binding.key for binding in bindings(place)]
    assert len(keys) == len(set(keys))
    assert not FORBIDDEN & set(keys)


def test_every_action_has_words_and_can_be_carried_out() -> None:
    from designer.tui.app import DesignerApp

    for action in ACTIONS:
        name = "action_" + action.call.partition("(")[0]
        owners = [DesignerApp] if action.in_app else [kind_of(place) for place in action.modes]
        assert all(hasattr(owner, name) for owner in owners), action.call
        assert action.about.endswith(".")
        assert set(action.in_fields) <= set(action.key_list)


def kind_of(place: str) -> type:
    from designer.tui.app import DesignerApp, Later

    found = DesignerApp.MODES[place]
    if isinstance(found, Later):
        return found.kind
    assert isinstance(found, type)
    return found


def test_every_dialog_that_is_loaded_later_is_there() -> None:
    dialogs = [each for each in vars(BeginActions).values() if isinstance(each, Opens)]
    assert len(dialogs) > 10
    assert all(callable(dialog_of(each.name)) for each in dialogs)


async def footer_fits(ui: Ui, place: str) -> None:
    ui.app.action_show(place)
    await ui.until(lambda: ui.place == place)
    known = [a for a in actions_at(place) if a.footer and place not in a.crowded]
    shown = [action for action in known if ui.screen.offers(action.name)]
    await ui.until(lambda: shown[-1].label in ui.text().rpartition("\n")[2])
    assert all(action.label in ui.rows()[-1] for action in shown), ui.rows()[-1]


async def test_the_footer_fits_80_columns_on_every_screen(store: Path) -> None:
    async with open_ui(store) as ui:
        for place in ("campaign", "proposals", "record", "explore", "lines", "history"):
            await footer_fits(ui, place)


# ---- what is shown ------------------------------------------------------------------------------


async def test_list_then_overview(store: Path) -> None:
    async with open_ui(store, campaign=None) as ui:
        await ui.until("small")
        assert "window" in ui.text()
        await ui.press("enter")
        await ui.until("3 proposed runs wait: press 2 to look, 3 to record.")
        text = ui.text()
        for words in ("small 0/3", "line line4 · goal: window", "○ 3 waiting", "11 to 13 mg/cm^2",
                      "too early", "line2 trust", "P001 was expected"):  # fmt: skip
            assert words in text
        await ui.press("o")
        await ui.until(lambda: ui.place == "campaigns")


async def test_an_empty_store_says_how_to_begin_and_a_missing_one_that_it_is_not_there(
    tmp_path: Path,
) -> None:
    Service(str(tmp_path / "new.db")).store.init()
    async with open_ui(tmp_path / "new.db", campaign=None) as ui:
        await ui.until("There is no campaign in this store yet.")
        await ui.press("enter", "g", "3", "x")
        assert ui.place == "campaigns"
    async with open_ui(tmp_path / "mew.db", campaign=None) as ui:
        await ui.until("✗ there is no store")
        await ui.until("Did you mean")
    assert not (tmp_path / "mew.db").exists()


async def test_with_waiting_runs_the_proposals_open_first(store: Path) -> None:
    plan = Service(str(store)).campaigns.show("small")["runs"]
    async with open_ui(store) as ui:
        await ui.until(lambda: "checks" in ui.text() and plan[-1]["run"] in ui.text())
        assert ui.place == "proposals"
        text = ui.text()
        for run in plan:
            assert run["run"] in text
            predicted = run["predicted"]
            assert predicted is not None
            assert f"{predicted['porosity']['mean']:.1f} ± " in text
        assert f"{plan[0]['information_bits']:.2f} bit for" in text
        assert str(plan[0]["reason"]).split(";")[0].split()[0] in text
        assert "✓ inside all ranges and limits" in text
        await ui.press("down")
        await ui.until(f"○ {plan[1]['run']}  proposed · P001, number 2 to make")


@pytest.mark.parametrize("columns", [80, 140])
async def test_the_first_picture_of_the_overview_has_its_width(
    store: Path, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Service(str(store), actor="eve").runs.abandon("small", ["R001", "R002", "R003"], "no slurry")
    drawn: list[Content] = []
    render = FittedText.render

    def remember(text: FittedText) -> Content:
        drawn.append(render(text))
        return drawn[-1]

    monkeypatch.setattr(FittedText, "render", remember)
    async with open_ui(store, size=(columns, 24)) as ui:  # no run waits: the overview opens first
        await ui.until("Runs")
        last = [row for row in drawn[-1].split() if row.plain.startswith("Last")]
        assert "R003 abandoned (no slurry)" in last[0].plain
        assert all(last[0] in text.split() for text in drawn if text)
        await ui.pilot.resize_terminal(60, 24)
        await ui.until("predictions rest on…")


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (60, 16)])
async def test_every_screen_draws_at_any_size(store: Path, size: tuple[int, int]) -> None:
    async with open_ui(store, size=size) as ui:
        for key, words in (("f1", "Next"), ("f2", "run"), ("f3", "Measured"),
                           ("f5", "line2"), ("f6", "campaign created")):  # fmt: skip
            await ui.press(key)
            await ui.until(words)
            assert max(map(len, ui.rows())) <= size[0]
            assert len(ui.rows()) == size[1]


async def test_a_wide_terminal_shows_results_beside_the_overview(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"mass_loading": "12", "porosity": "38"})
    async with open_ui(store, size=(140, 40)) as ui:
        await ui.press("1")
        await ui.until("Results, newest first")
        await ui.until("● R001")


async def test_user_text_is_no_markup(store: Path) -> None:
    service = Service(str(store))
    service.campaigns.note("small", "[red]half[/] of [bold] 100 [mg/cm^2] [/nonsense]", "R001")
    service.runs.fail("small", "R002", "[link=x]torn[/link] [")
    async with open_ui(store) as ui:
        await ui.until("[red]half[/] of [bold] 100 [mg/cm^2] [/nonsense]")
        await ui.press("6")
        await ui.until("[link=x]torn[/link] [")


async def test_help_lists_every_key_and_the_palette_runs_them(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("question_mark")
        await ui.until("Show Campaign.")
        await ui.press("escape")
        await ui.gone("Show Campaign.")
        await ui.press("ctrl+p")
        await ui.until("Screen: Campaign")
        await ui.type("leave the")
        await ui.press("escape")
        await ui.press("ctrl+p")
        await ui.until("Screen: Campaign")
        await ui.type("history")
        await ui.until("Screen: History")
        await ui.press("enter")
        await ui.until(lambda: ui.place == "history")


async def test_colours_change_and_are_remembered(store: Path) -> None:
    async with open_ui(store) as ui:
        assert ui.app.theme == "pilot-dark"
        await ui.press("ctrl+t")
        assert ui.app.theme == "pilot-light"
        await ui.press("ctrl+t")
        assert ui.app.theme == "pilot-contrast"
        await ui.until(lambda: themes.remembered() is themes.CONTRAST)
    async with open_ui(store) as ui:
        assert ui.app.theme == "pilot-contrast"
        await ui.press("ctrl+t")
        assert ui.app.theme == "pilot-dark"
        await ui.until(lambda: themes.remembered() is themes.DARK)
    (state_folder() / "theme").write_bytes(b"\xff nonsense")
    assert themes.remembered() is themes.DARK


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_every_text_stands_out_from_what_is_behind_it(theme: Theme) -> None:
    least = 7.0 if theme is themes.CONTRAST else 4.5  # WCAG 2.2, AAA and AA
    inks = (theme.foreground, theme.variables["quiet"], theme.error, theme.success)
    for paper in (theme.background, theme.surface):
        for ink in inks:
            assert ink is not None
            assert paper is not None
            lights = sorted((luminance(ink), luminance(paper)))
            ratio = (lights[1] + 0.05) / (lights[0] + 0.05)
            assert ratio >= least, (ink, paper, ratio)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in Color.parse(colour).rgb]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


async def test_the_history_stays_at_the_newest_event_unless_one_looks_elsewhere(
    store: Path,
) -> None:
    service = Service(str(store), actor="eve")
    async with open_ui(store, size=(60, 16)) as ui:
        await ui.press("6")
        await ui.until("plan P001 proposed")
        await asyncio.to_thread(service.campaigns.note, "small", "new drier " * 20)
        await ui.until("note: new drier")
        assert ui.screen.chosen["seq"] == 4
        assert max(map(len, ui.rows())) <= 60
        assert not ui.app.screen.query_one("#events").show_horizontal_scrollbar
        await ui.press("down")
        await asyncio.to_thread(service.campaigns.note, "small", "again")
        await ui.until("note: again")
        assert ui.screen.chosen["seq"] == 3


@pytest.mark.parametrize("size", [(80, 24), (60, 16)])
async def test_a_modal_keeps_its_keys_on_the_screen_whatever_is_wrong(
    store: Path, size: tuple[int, int]
) -> None:
    service = Service(str(store))
    for run in ("R001", "R002", "R003"):
        service.runs.record("small", run, {"porosity": "38"})
        service.campaigns.note("small", "a remark that is long enough to need a row", run)
    async with open_ui(store, size=size) as ui:
        await ui.press("6")
        await ui.until("plan P001 proposed")
        await ui.press(*["down"] * 6, "u")
        await ui.until("Undo: event 3")
        await ui.type("because of a reason that makes the command line long, very long")
        await ui.press("enter")
        await ui.until("✗")
        assert "esc: leave" in ui.text()
        assert "╰" in ui.text()
        await ui.press("escape")


async def test_long_names_leave_room_for_the_other_columns(store: Path) -> None:
    from tests.campaigns_for_tests import SMALL

    name = "[red]Ω–Kampagne[/red] " + "x" * 40
    text = SMALL.replace('name = "small"', f'name = "{name}"')
    Service(str(store)).campaigns.create(tomllib.loads(text))
    async with open_ui(store, campaign=None) as ui:
        await ui.until("[red]Ω–Kampagne[/red] xxxxxxx…")
        assert "window" in ui.rows()[2]
        await ui.press("home", "enter")
        await ui.until(lambda: ui.place == "campaign")
        await ui.press("5")
        await ui.until("designer lines add '[red]Ω–Kampagne[/red]")
        assert ui.rows()[-2].startswith(" pilot.db")  # the status line stays at the bottom
        await ui.press("r")
        await ui.until(lambda: "Nothing to evaluate yet" in ui.notes(), 60)


async def test_replicates_take_no_more_room_than_one_value(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"porosity": "38.1/38.2/38.6"})
    async with open_ui(store) as ui:
        await ui.until("38.3 ×3")
        assert "→ measured 38.1 / 38.2 / 38.6 %" in ui.text()


async def test_a_run_nobody_predicted_has_no_empty_prediction_and_an_odd_one_a_mark(
    store: Path,
) -> None:
    runs = Service(str(store)).runs
    settings = {"solid_content": "52", "coating_gap": "100", "binder": "PVDF-A"}
    right = runs.attach("small", {**settings, "porosity": "32.8"})["run"]
    odd = runs.attach("small", {**settings, "coating_gap": "300", "porosity": "32.9"})["run"]
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("v")
        await ui.until(f"◐ {odd}!")
        assert f"{right}!" not in ui.text()
        await ui.press("down", "down", "down")
        await ui.until(f"◐ {right}  partial")
        assert any(row.split() == ["porosity", "measured", "32.8", "%"] for row in ui.rows())


# ---- what the keys do ---------------------------------------------------------------------------


async def test_start_skip_and_fail_from_the_list(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("a")
        await ui.until("▶ R001")
        await ui.press("down", "s")
        await ui.until("Skip R002")
        await ui.press("ctrl+s")
        await ui.until("✗ reason")  # no reason: refused, and the question stays
        await ui.type("no slurry")
        assert "designer abandon small R002 --reason 'no slurry'" in ui.text()
        await ui.press("enter")
        await ui.gone("Skip R002")
        await ui.until(lambda: ui.run("R002")["status"] == "abandoned")
        await ui.until("R003  proposed")
        await ui.press("f")
        await ui.until("R003 failed")
        await ui.type("web")
        await ui.press("right")  # takes the suggestion
        await ui.press("enter")
        await ui.until(lambda: ui.run("R003")["status"] == "failed")
        await ui.press("v")
        await ui.until("✗ R003")
        assert "– R002" in ui.text()
    told = [(e["kind"], e["actor"], e["reason"]) for e in events(store)[-3:]]
    assert told == [
        ("run_started", "bob", None),
        ("run_abandoned", "bob", "no slurry"),
        ("run_failed", "bob", "web break"),
    ]


async def test_history_filters_and_takes_back_what_is_under_the_cursor(store: Path) -> None:
    Service(str(store), actor="eve").runs.fail("small", "R001", "coating defect")
    async with open_ui(store) as ui:
        await ui.press("6")
        await ui.until("R001 failed (coating defect)")
        assert ui.text().index("R001 failed") < ui.text().index("campaign created")
        await ui.press("slash")
        await ui.type("line2")
        await ui.gone("R001 failed")
        await ui.press("enter", "u")
        await ui.until("Undo: event 2")
        assert "designer undo small 2" in ui.text()
        await ui.press("escape")
        await ui.gone("Undo: event 2")
        await ui.press("slash", "ctrl+u")
        await ui.until("R001 failed")
        await ui.press("enter", "home", "u")
        await ui.until("Undo: event 4")
        await ui.type("wrong run")
        await ui.press("enter")
        await ui.until("event 4 reversed (wrong run)")
        await ui.until(lambda: ui.run("R001")["status"] == "proposed")
        await ui.press("home", "u")  # a reversal of the reversal is a redo
        await ui.until("Redo: event 5")
        await ui.press("enter")
        await ui.until(lambda: ui.run("R001")["status"] == "failed")
    assert [event["kind"] for event in events(store)[-2:]] == ["event_reversed"] * 2


async def test_what_others_depend_on_cannot_be_taken_back(store: Path) -> None:
    Service(str(store)).runs.record("small", "R001", {"porosity": "38"})
    async with open_ui(store) as ui:
        await ui.press("6")
        await ui.until("plan P001 proposed")
        await ui.press("down", "u")
        await ui.until("Undo: event 3")
        await ui.press("enter")
        await ui.until("cannot be undone")
        await ui.press("escape")
    assert len(events(store)) == 4


async def test_a_line_is_left_out_and_used_again(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("5")
        await ui.until("● yes")
        await ui.press("space")
        await ui.until("Leave out: line line2")
        await ui.type("other binder")
        await ui.press("enter")
        await ui.until("left out: other binder")
        assert "– no" in ui.text()
        await ui.press("space")
        await ui.until("Use again: line line2")
        await ui.type("same after all")
        await ui.press("enter")
        await ui.until("● yes")
    assert [e["kind"] for e in events(store)[-2:]] == ["line_excluded", "line_included"]


async def test_a_note_from_the_overview(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.press("1", "n")
        await ui.until("Note on small")
        await ui.type("new drier")
        await ui.press("enter")
        await ui.until("bob")
        await ui.until("note: new drier")


async def test_export_refuses_to_overwrite_until_told(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small-plan.csv").write_text("mine")
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("x")
        await ui.until("designer export small small-plan.csv --what plan")
        await ui.press("ctrl+s")
        await ui.until("✗")
        assert (tmp_path / "small-plan.csv").read_text() == "mine"
        await ui.press("tab", "tab", "space")
        await ui.until("--force")
        await ui.press("ctrl+s")
        await ui.gone("Export from small")
    assert "R001" in (tmp_path / "small-plan.csv").read_text()


async def test_export_writes_decimal_commas_where_they_are_wanted(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_ui(store) as ui:
        await ui.until("checks")
        await ui.press("x", "tab", "tab", "tab", "space")
        await ui.until("--decimal comma")
        await ui.press("ctrl+s")
        await ui.gone("Export from small")
    text = (tmp_path / "small-plan.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("run;solid_content [wt%];")


async def test_export_writes_a_workbook_or_a_run_sheet_as_the_ending_says(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for ending, begins in (("xlsx", b"PK"), ("html", b"<!DOCTYPE html>")):
        async with open_ui(store) as ui:
            await ui.until("checks")
            await ui.press("x", "tab", *["backspace"] * 3, *ending)
            await ui.until(f"small-plan.{ending}")
            await ui.press("ctrl+s")
            await ui.gone("Export from small")
        assert (tmp_path / f"small-plan.{ending}").read_bytes().startswith(begins)


# ---- others at the same store, and stores one cannot write --------------------------------------


async def test_what_others_record_appears_by_itself(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        other = Service(str(store), actor="eve")
        await asyncio.to_thread(other.runs.record, "small", "R002", {"porosity": "38.5"})
        await ui.until("◐ R002")
        await asyncio.to_thread(other.campaigns.close, "small")
        await ui.until("This campaign is closed")
        await ui.press("a")
        await asyncio.sleep(0.2)
        assert ui.run("R001")["status"] == "proposed"


async def test_a_read_only_store_says_so_and_can_be_looked_at(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from designer.campaigns.store.store import Store

    monkeypatch.setattr(Store, "why_unwritable", property(lambda _self: "the store is read-only"))
    async with open_ui(store) as ui:
        await ui.until("! Read only: the store is read-only")
        await ui.press("f", "g", "a")
        await ui.pilot.pause()
        assert len(ui.app.screen_stack) == 1


async def test_a_store_that_vanishes_is_told_and_nothing_ends(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        hidden = store.with_name("hidden")
        store.rename(hidden)
        await ui.until("✗")
        assert "R001" in ui.text()
        hidden.rename(store)
        await ui.until("event 3 ·")


async def test_news_that_arrive_while_the_program_ends_find_nobody(store: Path) -> None:
    async with open_ui(store) as ui:
        await ui.until("checks")
        screen = ui.screen
    with ui.app._context():
        screen.refresh_content()  # from a look at the store that took longer than the program
        screen.refresh_status()
        assert not screen.alive


def test_a_store_in_memory_is_refused() -> None:
    with pytest.raises(StorageError, match="a store that is a file"):
        start_ui(Service(None), None)


# ---- what the process loads ---------------------------------------------------------------------

FIRST_FRAME = """
import asyncio, json, sys
from designer.service import Service
from designer.tui.app import DesignerApp
from designer.worker import Worker

async def main(store):
    service = Service(store, actor="bob")
    worker = Worker(service.session.store.url, "bob")
    app = DesignerApp(service, worker, "small")
    async with app.run_test(size=(80, 24)) as pilot:
        while app.view is None or "checks" not in text(app):
            await pilot.pause(0.05)
        for key in ("1", "3", "f5", "f6", "f2"):
            await pilot.press(key)
            await pilot.pause(0.3)
    worker.close()

def text(app):
    rows = app.screen._compositor.render_strips()
    return "".join(part.text for row in rows for part in row)

asyncio.run(main(sys.argv[1]))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_interface_never_loads_mathematics(store: Path) -> None:
    from tests.package.test_light import run_python

    loaded = set(run_python(FIRST_FRAME, store))
    assert "textual" in loaded
    assert not {"torch", "gpytorch", "botorch", "ax", "scipy", "pandas", "numpy"} & loaded

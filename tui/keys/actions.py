"""The one table of everything a key does: bindings, footer, help and palette are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.content import Content

SCREENS: Final = {
    "campaign": ("1", "Campaign"),
    "proposals": ("2", "Proposals"),
    "record": ("3", "Record"),
    "explore": ("4", "Explore"),
    "lines": ("5", "Lines"),
    "history": ("6", "History"),
}
"""Screens of a campaign: mode name to digit and title."""

CAMPAIGNS: Final = "campaigns"
"""Mode of the list of campaigns."""

OF_A_CAMPAIGN: Final = tuple(SCREENS)
EVERYWHERE: Final = (CAMPAIGNS, *SCREENS)


@dataclass(frozen=True)
class Action:
    """Something a person can do.

    Attributes:
        call: Textual action, ``fail`` for ``action_fail``.
        keys: keys, comma between them; keys of `in_fields` work while typing, too.
        label: words in the footer.
        about: one sentence for help and palette.
        group: what it is about, for the palette.
        modes: modes where it can be done.
        in_app: whether the application, not the screen, carries it out.
        footer: whether the footer shows it.
        crowded: modes where the footer has no room for it.
        in_fields: those of the keys that win over a field that has the focus.
        writes: whether it changes the store.
    """

    call: str
    keys: str
    label: str
    about: str
    group: str
    modes: tuple[str, ...] = EVERYWHERE
    in_app: bool = False
    footer: bool = True
    crowded: tuple[str, ...] = ()
    in_fields: tuple[str, ...] = ()
    writes: bool = False

    @property
    def name(self) -> str:
        """The Textual action without its parameters."""
        return self.call.partition("(")[0]

    @property
    def key_list(self) -> list[str]:
        """The keys one by one."""
        return self.keys.split(",")

    @property
    def shown_keys(self) -> str:
        """The keys as people write them."""
        return " or ".join(_SHOWN.get(key, key.replace("ctrl+", "^")) for key in self.key_list)


_SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "exclamation_mark": "!",
    "escape": "esc",
    "pageup": "pgup",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "plus": "+",
}
_SHOWN |= {"pagedown": "pgdn", "space": "space", "enter": "enter"}

_TO_SCREENS = tuple(
    Action(
        f"show('{mode}')", f"{digit},f{digit}", title, f"Show {title}.", "Screen",
        modes=OF_A_CAMPAIGN, in_app=True, footer=False, in_fields=(f"f{digit}",),
    )
    for mode, (digit, title) in SCREENS.items()
)  # fmt: skip

ACTIONS: tuple[Action, ...] = (
    *_TO_SCREENS,
    # ---- list of campaigns
    Action("open", "enter", "Open", "Open the campaign under the cursor.", "Campaign",
           modes=(CAMPAIGNS,), in_fields=("enter",)),
    Action("new_campaign", "n", "New", "Begin a campaign: template or blank, page by page.",
           "Campaign", modes=(CAMPAIGNS,), in_app=True, writes=True),
    Action("store", "i", "Store", "Where the store is, what it holds, and whether it is sound.",
           "Program", modes=(CAMPAIGNS,), in_app=True),
    Action("demo", "d", "Demo", "Watch a whole campaign on the built-in pilot-line twin.",
           "Campaign", modes=(CAMPAIGNS,), in_app=True, writes=True),
    # ---- runs
    Action("record", "enter", "Record", "Type in the results of the run under the cursor.", "Run",
           modes=("proposals",), in_fields=("enter",)),
    Action("start", "a", "Start", "Say that the run is being made now.", "Run",
           modes=("proposals",), writes=True),
    Action("save", "ctrl+s", "Save", "Save what was typed and go on to the next waiting run.",
           "Run", modes=("record",), in_fields=("ctrl+s",), writes=True),
    Action("fail", "f,f9", "Failed", "The run was made and failed; asks for the reason.", "Run",
           modes=("proposals", "record"), in_fields=("f9",), writes=True),
    Action("correct", "c,f8", "Correct", "Replace a wrong value; the old one stays visible.", "Run",
           modes=("proposals", "record"), in_fields=("f8",), writes=True),
    Action("confirm", "exclamation_mark,f7", "Confirm",
           "What is flagged (!) about the run is looked at and right; asks for a remark.", "Run",
           modes=("proposals", "record"), in_fields=("f7",), writes=True),
    Action("replicate", "ctrl+r", "Repeat",
           "Type in further measurements; reopens a failed or abandoned run, with a reason.", "Run",
           modes=("record",), in_fields=("ctrl+r",), writes=True),
    Action("turn(-1)", "pageup", "Back", "Go to the run before this one.", "Run",
           modes=("record",), in_fields=("pageup",)),
    Action("turn(1)", "pagedown", "Next", "Go to the run after this one.", "Run",
           modes=("record",), in_fields=("pagedown",)),
    Action("skip", "s", "Skip", "The run will not be made; asks for the reason.", "Run",
           modes=("proposals",), writes=True),
    Action("all_runs", "v", "All",
           "Show every run, then only those with a flag, then those that wait.", "Run",
           modes=("proposals",)),
    Action("skip_several", "S", "Skip several", "Several runs will not be made; asks why.",
           "Run", modes=("proposals",), footer=False, writes=True),
    Action("decide", "e", "Edit",
           "Another setting of the run: bits, cost and predictions follow as you type.", "Run",
           modes=("proposals",), footer=False, writes=True),
    Action("replace", "G", "Another instead",
           "Abandon the run and have another proposed that differs in what matters.", "Plan",
           modes=("proposals",), footer=False, writes=True),
    Action("reopen", "O", "Reopen", "A failed or abandoned run goes on all the same.", "Run",
           modes=("proposals",), footer=False, writes=True),
    Action("attach", "t", "Own run", "A run nobody proposed: made already, or planned by hand.",
           "Run", modes=("campaign", "proposals"), in_app=True, footer=False, writes=True),
    # ---- what is known
    Action("best", "b", "Best", "The recommended set-points, with their chances.", "Known",
           modes=("campaign", "proposals"), in_app=True, footer=False),
    Action("predict", "P", "Predict", "What recipes would give; on 2 the one under the cursor.",
           "Known", modes=("campaign", "proposals"), in_app=True, footer=False),
    Action("judge", "w", "Worth", "What plans of yours, or of ours, are worth.", "Known",
           modes=("campaign", "proposals"), in_app=True, footer=False),
    # ---- pictures
    Action("next_picture", "p", "Pictures",
           "Pictures of what results say: parity, progress, control; on 2 slices.", "Known",
           modes=("campaign", "proposals"), footer=False),
    # ---- maps
    Action("layer(1)", "v", "Show", "Show the response, its interval, in spec, or information.",
           "Map", modes=("explore",)),
    Action("layer(-1)", "V", "Show the one before", "The same the other way round.", "Map",
           modes=("explore",), footer=False),
    Action("response(1)", "y", "Response", "Show the next response.", "Map",
           modes=("campaign", "proposals", "explore", "lines"),
           crowded=("campaign", "proposals", "lines")),
    Action("slices", "enter", "Slices", "All factors through the cursor, or the map again.",
           "Map", modes=("explore",)),
    Action("swap", "t", "Swap", "Change the axes with each other.", "Map", modes=("explore",)),
    Action("axes", "a", "Axes", "Choose the two factors of the map.", "Map", modes=("explore",),
           footer=False),
    Action("step_held(-1)", "left_square_bracket", "Less", "The chosen other factor a step down.",
           "Map", modes=("explore",), footer=False),
    Action("step_held(1)", "right_square_bracket", "More", "The chosen other factor a step up.",
           "Map", modes=("explore",), footer=False),
    Action("choose_held(-1)", "left_curly_bracket,shift+tab", "Factor before",
           "Choose the other factor before.", "Map", modes=("explore",), footer=False),
    Action("choose_held(1)", "right_curly_bracket,tab", "Next factor",
           "Choose the next other factor: [ ] change it.", "Map", modes=("explore",),
           footer=False),
    Action("propose_here", "plus", "Propose here",
           "Plan a run of the recipe at the cursor by hand; shows what it brings and costs.",
           "Map", modes=("explore",), writes=True),
    Action("edit_recipe", "e", "What if", "Type settings in and look there.", "Map",
           modes=("explore",)),
    Action("to_best", "b", "Best", "Put the cursor on the best recipe known.", "Map",
           modes=("explore",), footer=False),
    Action("to_waiting", "p", "Next run", "Put the cursor on the next waiting run.", "Map",
           modes=("explore",), footer=False),
    # ---- earlier lines
    Action("toggle_line", "space", "Use or leave out",
           "Leave the line out of the models, or take it in again; asks for the reason.", "Line",
           modes=("lines",), in_fields=("space",), writes=True),
    Action("add_line", "a", "Add", "Add an earlier line from a file; shows what fits first.",
           "Line", modes=("lines",), in_app=True, writes=True),
    # ---- files
    Action("import_sheet", "i", "Import", "Bring in a filled sheet; shows what changes first.",
           "Campaign", modes=("campaign", "proposals"), in_app=True, footer=False,
           writes=True),
    # ---- the campaign as a whole
    Action("amend_pages", "m", "Amend",
           "Change the specification page by page; shows the difference first.", "Campaign",
           modes=("campaign",), in_app=True, footer=False, writes=True),
    Action("amend", "M", "Amend by file",
           "Take another specification from a file; shows the difference first.", "Campaign",
           modes=("campaign",), in_app=True, footer=False, writes=True),
    Action("close_campaign", "c", "Close", "Finish the campaign; asks for the reason.", "Campaign",
           modes=("campaign",), in_app=True, footer=False, writes=True),
    Action("reopen_campaign", "O", "Open again", "Take back that the campaign was closed.",
           "Campaign", modes=("campaign",), in_app=True, footer=False, writes=True),
    # ---- history
    Action("find", "slash", "Find", "Show only runs that hold a text.", "Run",
           modes=("proposals",), footer=False),
    Action("sort", "z", "Sort", "Show the runs in another order: by bits, responses, settings.",
           "Run", modes=("proposals",), footer=False),
    Action("filter", "slash", "Filter", "Show only events that hold a text.", "History",
           modes=("history",)),
    # ---- everywhere
    Action("propose", "g", "New plan", "Compute the next runs and enter them as a plan.", "Plan",
           modes=("campaign", "proposals"), in_app=True, writes=True),
    Action("propose_held", "h", "Plan held",
           "The next runs with what is set up now kept as it is; tells what that costs.", "Plan",
           modes=("campaign", "proposals"), in_app=True, footer=False, writes=True),
    Action("design", "d", "New design", "Make a classical design the next plan.", "Plan",
           modes=("campaign", "proposals"), in_app=True, footer=False, writes=True),
    Action("refresh_figures", "r", "Refresh",
           "Evaluate the models anew: error, trust, best set-points.", "Campaign",
           modes=("campaign", "lines"), in_app=True),
    Action("note", "n", "Note", "Keep a remark on the campaign.", "Campaign",
           modes=("campaign",), in_app=True, writes=True),
    Action("note_run", "n", "Note", "Keep a remark on the run under the cursor.", "Run",
           modes=("proposals",), footer=False, writes=True),
    Action("undo", "u", "Undo", "Take back the event under the cursor, elsewhere the last one.",
           "History", modes=("campaign", "proposals", "lines", "history"), in_app=True,
           crowded=("proposals",), writes=True),
    Action("undo", "ctrl+z", "Undo", "Take back the last event.", "History",
           modes=("record",), in_app=True, in_fields=("ctrl+z",), writes=True, footer=False),
    Action("export", "x", "Export", "Write plan, data, events or specification to a file.",
           "Campaign", modes=OF_A_CAMPAIGN, in_app=True,
           crowded=("proposals", "record", "explore", "lines", "history")),
    Action("show('campaigns')", "o", "Campaigns", "Go to the list of campaigns.", "Campaign",
           modes=OF_A_CAMPAIGN, in_app=True,
           crowded=("proposals", "record", "explore", "lines", "history")),
    Action("leave", "escape", "Cancel", "Leave the field; outside of one, cancel what is computed.",
           "Program", in_app=True, footer=False),
    Action("colours", "ctrl+t", "Colours",
           "Change between dark, light and high contrast; remembered.", "Program",
           in_app=True, footer=False),
    Action("help", "question_mark", "Help", "Show what every key does.", "Program", in_app=True,
           crowded=("record",)),
    Action("quit", "q,ctrl+q", "Quit", "End the program; what was typed is kept.", "Program",
           in_app=True, crowded=("proposals", "explore"), in_fields=("ctrl+q",)),
)  # fmt: skip


def use_table(table: tuple[Action, ...]) -> None:
    """Use a table with other keys; before any screen is loaded."""
    global ACTIONS  # noqa: PLW0603 - the one table, changed once at the start
    ACTIONS = table


def actions_at(mode: str) -> list[Action]:
    """What can be done on a screen, in the order of the footer."""
    return [action for action in ACTIONS if mode in action.modes]


def bindings(mode: str) -> list[Binding]:
    """The key bindings of a screen."""
    return [binding for action in actions_at(mode) for binding in _bindings(action, mode)]


def _bindings(action: Action, mode: str) -> Iterator[Binding]:
    call = f"app.{action.call}" if action.in_app else action.call
    # where one types, the footer names the key that works while typing
    shown = (action.in_fields or action.key_list)[0] if mode == "record" else action.key_list[0]
    for key in action.key_list:
        yield Binding(
            key,
            call,
            action.label,
            show=action.footer and key == shown and mode not in action.crowded,
            key_display=_SHOWN.get(key),
            priority=key in action.in_fields,
            tooltip=action.about,
        )


_LISTS: Final = (
    ("arrows, j k", "Move in lists; home and end go to the first and the last row."),
    ("tab", "Next field or pane; shift+tab goes back."),
    ("^p", "Palette: find an action by its name."),
)


def help_text(mode: str, about: str) -> Content:
    """What a screen is about, and what its keys do."""
    rows = [(action.shown_keys, action.about) for action in actions_at(mode)]
    width = max(len(keys) for keys, _ in rows) + 2
    lines = [Content(about), Content("")]
    lines += [
        Content.assemble((f"{keys:<{width}}", "bold $accent"), about_keys)
        for keys, about_keys in (*rows, *_LISTS)
    ]
    return Content("\n").join(lines)

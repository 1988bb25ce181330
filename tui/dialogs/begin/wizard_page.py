"""One page of the wizard: fields, a table to type in, what is wrong beside what caused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Select, Static

from designer.campaigns.errors import Problem
from designer.render.words import plain_texts
from designer.tui.dialogs.begin.spec_draft import SpecDraft, named
from designer.tui.dialogs.begin.spec_pages import PAGES, CellColumn, columns_of
from designer.tui.dialogs.form import Ask, fields_of
from designer.tui.widgets.cell_rows import CellRows, CellTitle

LAST: Final = len(PAGES)
"""The page behind those that are typed: TOML and file."""
FILE: Final = "file"
"""Source that stands for a template file."""
_USUAL: Final = "usual"
_LABELS: Final = {
    "campaign.name": "Name", "campaign.line": "Pilot line", "campaign.goal": "Goal",
    "costs.unit": "Costs are in", "costs.run": "Every run costs", "costs.budget": "Budget",
}  # fmt: skip
"""How the page calls what is above the rows."""
_GOALS: Final = (
    ("as usual: window if a response has one, else learn", _USUAL),
    ("learn: the whole response surfaces", "learn"),
    ("window: which recipes are in spec", "window"),
    ("optimum: find recipes in spec soon, then better ones", "optimum"),
)


class WizardPage(Vertical):
    """A page of a draft.

    Args:
        draft: what has been typed; `draft.page` is shown.
        sources: (shown, value) of what one can begin from; none: a specification is changed, of
            which name and line stay.
        told: what is said above the file on the last page.
    """

    DEFAULT_CSS = "WizardPage { height: auto; }"

    def __init__(
        self,
        draft: SpecDraft,
        sources: Sequence[tuple[str, str]],
        told: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._changes, self._told = not sources, told
        self.draft, self.number = draft, draft.page
        self._asks = _asks(draft, sources)

    @property
    def _columns(self) -> Sequence[CellColumn]:
        page = PAGES[self.number]
        return columns_of(page.table) if self._changes else page.columns

    @property
    def is_last(self) -> bool:
        """Whether it is the page of the file."""
        return self.number == LAST

    def compose(self) -> ComposeResult:
        """What to know, what is wrong, fields, rows; on the last page the TOML."""
        draft = self.draft
        page = None if self.is_last else PAGES[self.number]
        if page is not None:
            yield Static(page.about, markup=False, classes="page-about")
        yield Static("", markup=False, classes="page-wrong")
        yield from fields_of(self._asks)
        if page is None:
            if self._told:
                yield Static(plain_texts("\n".join(["", *self._told])), markup=False)
            yield Static(plain_texts(f"\n{draft.toml()}"), markup=False, id="toml")
        elif page.columns:
            titles = [CellTitle(c.key, c.title, c.share, c.about) for c in self._columns]
            yield CellRows(titles, draft.rows.get(page.table, ()))
        kept = draft.kept()
        if page is not None and page.table == "constraint" and kept:
            told = f"Kept from {draft.source} as it is: {', '.join(kept)}."
            yield Static(plain_texts(told), markup=False, classes="page-about")

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self.query_one(".page-wrong").display = False

    def value(self, name: str) -> str:
        """What is in a field above the rows."""
        widget = self.query_one(f"#ask-{name}")
        return str(widget.value).strip() if isinstance(widget, Input | Select) else ""

    def take(self) -> None:
        """Take what is typed into the draft."""
        draft = self.draft
        for ask in self._asks:
            if ask.name == "path":
                draft.path = self.value("path")
            elif not ask.tick and ask.name != "source":
                text = self.value(ask.name)
                draft.fields[ask.name] = "" if text == _USUAL else text
        for rows in self.query(CellRows):
            draft.rows[PAGES[self.number].table] = rows.texts

    def mark(self, problems: Sequence[Problem]) -> None:
        """Show problems beside the cells they are about, all others above the page."""
        above: list[str] = []
        page = None if self.is_last else PAGES[self.number]
        rows: dict[int, list[tuple[str, str]]] = {}
        for problem in problems:
            table, (row, key) = self.draft.place(problem) or ("", (-1, ""))
            if page is not None and table == page.table and row >= 0:
                rows.setdefault(row, []).append((key, named(problem, self._columns, key)))
            else:
                where = _LABELS.get(problem.where, problem.where)
                above.append(str(replace(problem, where=where)))
        wrong = self.query_one(".page-wrong", Static)
        wrong.display = bool(above)
        lines = [Content.styled(f"✗ {plain_texts(text)}", "$text-error") for text in above]
        wrong.update(Content("\n").join(lines))
        for cells in self.query(CellRows):
            cells.mark(rows)


def _asks(draft: SpecDraft, sources: Sequence[tuple[str, str]]) -> list[Ask]:
    """The fields above the rows."""
    told = draft.fields.get
    if draft.page == LAST:
        path = draft.path or f"{told('name', '') or 'campaign'}.toml".replace(" ", "-")
        return [
            Ask("path", "Write to", path, path=True),
            Ask("force", "overwrite a file that is there", tick=True),
            *([] if sources else [Ask("reason", "Why (optional)", told("reason", ""))]),
        ]
    goal = Ask("goal", "Goal", told("goal", "") or _USUAL, options=_GOALS)
    if PAGES[draft.page].table == "campaign" and not sources:
        return [goal]
    if PAGES[draft.page].table == "campaign":
        known = [value for _, value in sources]
        source = FILE if draft.source and draft.source not in known else draft.source
        return [
            Ask("source", "Begin from", source or known[0], options=sources),
            Ask("template", "Template file", told("template", ""), "only for a file", path=True),
            Ask("name", "Name", told("name", ""), "such as nmc622-line4"),
            Ask("line", "Pilot line", told("line", ""), "such as line4"),
            goal,
        ]
    if PAGES[draft.page].table == "stage":
        return [
            Ask("unit", "Costs are in", told("unit", ""), "h, EUR …; empty: runs"),
            Ask("run", "Every run costs", told("run", ""), "as a batch of the last stage"),
            Ask("budget", "Budget", told("budget", ""), "no limit"),
        ]
    return []

"""3 Record: what a run really was and gave, checked while it is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from designer.campaigns.errors import DesignerError
from designer.campaigns.sheets.run_object import RunObject
from designer.render.words import count
from designer.service.answers import RecordAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs import actions
from designer.tui.dialogs.correct import correct
from designer.tui.dialogs.form import problems_text
from designer.tui.drafts import DraftKeeper, Drafts
from designer.tui.keys.run_keys import CALLED_OFF, OF_A_RUN, doable
from designer.tui.screens.base import TaskScreen
from designer.tui.widgets.record_form import RecordForm
from designer.tui.widgets.record_text import (
    accepted_text,
    arguments_of,
    head_text,
    hint_of,
    is_locked,
    news_about,
)
from designer.tui.widgets.type_ahead import FIELD_BINDINGS, after_typing

PAUSE = 0.25  # s without a key until what was typed is checked (assumption)


class RecordScreen(TaskScreen):
    """The form of one run."""

    MODE = "record"
    ABOUT = (
        "Type what was measured and what was really set; a unit may follow a number (0.12 mm)."
        " Red cannot be saved, amber can: a surprise is kept and worth a second look."
        " What was typed survives the end of the program, saved or not."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *FIELD_BINDINGS,
        Binding("enter", "app.focus_next", "Next field", show=False, priority=True),
    ]
    AUTO_FOCUS = None

    def __init__(self) -> None:
        super().__init__()
        self._run: str | None = None
        self._drafts: Drafts | None = None  # of the campaign of `_run`
        self._spec: object = None
        self._done: str | None = None
        self._replicate = False
        self._saving = False
        self._ready = False  # the fields are those of `_run`, its draft among them
        self._typed: dict[str, str] = {}  # when the program ends the fields are gone first
        self._keeper = DraftKeeper()

    def parts(self) -> Iterator[Widget]:
        """Which run, the form, what is to be said about it."""
        yield Static("", markup=False, id="run-head")
        yield RecordForm(id="form")
        yield Static("", markup=False, id="verdict")

    @property
    def form(self) -> RecordForm:
        """The fields."""
        return self.query_one(RecordForm)

    @property
    def _shown(self) -> tuple[CampaignView, RunObject] | None:
        """Campaign and run of the form."""
        view = self.ui.view
        run = None if view is None else view.run(self._run)
        return None if view is None or run is None else (view, run)

    # ---- which run --------------------------------------------------------------------------

    def on_screen_resume(self) -> None:
        """Show the run that was asked for, else the next waiting one."""
        super().on_screen_resume()
        if self.ui.view is not None:
            self.present(self.ui.view)
        if self.focused is None:
            self._focus()

    def present(self, view: CampaignView) -> None:
        """Show the run anew, or another one."""
        asked, self.ui.record_run = self.ui.record_run, None
        done, self._done = self._done, None
        run = view.run(asked) or view.next_after(done) or view.run(self._run)
        if run is None:
            run = next(iter([*view.waiting, *view.runs]), None)
        self._show(view, run)

    def _show(self, view: CampaignView, run: RunObject | None) -> None:
        if run is None:
            self._run, self._ready = None, False
            self.restart(self._empty, "build")
        elif run["run"] == self._run and view.details["spec"] == self._spec:
            self.form.renew(view, run, replicate=self._replicate)
            self._check_soon()
        else:
            self._turn_to(view, run)
        head = "" if run is None else head_text(view, run, replicate=self._replicate)
        self.query_one("#run-head", Static).update(head)
        self.renew_footer()

    def _turn_to(self, view: CampaignView, run: RunObject) -> None:
        if self._ready:
            self._typed = self.form.typed
            self._keep()  # without a pause: a change may still be on its way
        same = self._ready and view.details["spec"] == self._spec
        self._run, self._spec, self._replicate = run["run"], view.details["spec"], False
        self._drafts = drafts = Drafts(self.ui.service.session.store.url, view.name)
        self._ready = False
        if same:  # at once: whoever types on must not type into the run before
            self.form.turn_to(view, run)
            self._focus()
        self.restart(partial(self._build, view, run, drafts, anew=not same), "build")

    def _focus(self) -> None:
        if self.app.screen is self:
            self.form.focus_first()

    async def _empty(self) -> None:
        await self.form.remove_children()
        self._show_verdict(Content("There is no run yet: press 2, then g for a plan."))

    async def _build(
        self, view: CampaignView, run: RunObject, drafts: Drafts, *, anew: bool
    ) -> None:
        if anew:
            await self.form.build(view, run)
            self._focus()
        draft = await self._keeper.read(drafts, run["run"])
        if not self.alive:
            return
        self.form.fill(draft)
        self._typed, self._ready = self.form.typed, True
        if draft:
            self.ui.notify(f"{run['run']}: what was typed earlier is here again, not saved yet")
        await self._check()
        if self.form.typed:  # perhaps while the draft was fetched
            self._check_soon()

    def action_turn(self, step: int) -> None:
        """Go to another run, in the order they came."""
        after_typing(self.query(Input), partial(self._turn, step))

    def _turn(self, step: int) -> None:
        if self._shown is not None:
            view, run = self._shown
            number = min(max(view.runs.index(run) + step, 0), len(view.runs) - 1)
            self._show(view, view.runs[number])

    # ---- typing -----------------------------------------------------------------------------

    @on(Input.Changed)
    def _changed(self) -> None:
        self._typed = self.form.typed
        self._keep()
        self._check_soon()

    def _check_soon(self) -> None:
        self.restart(self._check_after_pause, "check")

    async def _check_after_pause(self) -> None:
        await asyncio.sleep(PAUSE)
        if self.alive:
            await self._check()

    def _keep(self) -> None:
        """Have what was typed written to disk."""
        drafts, run = self._drafts, self._run
        if drafts is not None and run is not None and self._ready and not self._saving:
            self._keeper.keep(drafts, run, self._typed)

    def on_unmount(self) -> None:
        """The program ends, perhaps before the pause."""
        self._keep()
        self._keeper.close()

    async def _check(self) -> None:
        """Say what saving would say."""
        shown, typed = self._shown, self.form.typed
        if shown is None or self._saving:
            return
        if not typed:
            self.form.mark()
            self._show_verdict(hint_of(shown[1], replicate=self._replicate))
            return
        view, run = shown
        arguments = arguments_of(typed, replicate=self._replicate)
        record = self.ui.service.runs.record
        check = partial(record, view.name, run["run"], **arguments, dry_run=True)
        answer: RecordAnswer | DesignerError
        try:
            answer = await asyncio.to_thread(check)
        except DesignerError as error:
            answer = error
        if self._run != run["run"] or not self.alive:
            return
        if isinstance(answer, DesignerError):
            self._refuse(answer)
        else:
            new = news_about(run, answer)
            self.form.mark(warnings=new)
            text = accepted_text(view, run, typed, new, answer["status"])
            self._show_verdict(text, "-odd" if new else "")

    def _refuse(self, error: DesignerError) -> None:
        self.form.mark(error.problems)
        self._show_verdict(problems_text(error), "-bad")

    def _show_verdict(self, text: Content, kind: str = "") -> None:
        verdict = self.query_one("#verdict", Static)
        verdict.set_classes(kind)
        verdict.update(text)

    # ---- saving -----------------------------------------------------------------------------

    def action_save(self) -> None:
        """Save what was typed, once."""
        after_typing(self.query(Input), self._begin_saving)

    def _begin_saving(self) -> None:
        shown, drafts = self._shown, self._drafts
        if self._saving or shown is None or drafts is None:
            return
        typed = self.form.typed
        if not typed:
            self.ui.notify("Nothing was typed")
            return
        if self._is_done(shown[1], typed):  # typed before somebody else was done with the run
            return
        self._saving = True
        self.run_worker(self._save(*shown, drafts), group="save")

    def _is_done(self, run: RunObject, typed: Mapping[str, str]) -> bool:
        """Whether a run may not be recorded as it stands; if so, asks what opens it."""
        if run["status"] in CALLED_OFF:
            self.ui.run_dialog(actions.reopen(self.ui, run))
            return True
        # a second value of a response is refused by the service, which names who was first
        kinds = {key.partition(":")[0] for key in typed if is_locked(run, key, replicate=False)}
        if kinds & {"setting", "batch"}:
            self.ui.run_dialog(correct(self.ui, run))
            return True
        return False

    async def _save(self, view: CampaignView, run: RunObject, drafts: Drafts) -> None:
        arguments = arguments_of(self.form.typed, replicate=self._replicate)
        record = partial(self.ui.service.runs.record, view.name, run["run"], **arguments)
        try:
            answer = await asyncio.to_thread(record)
        except DesignerError as error:  # nothing was written: what was typed stays
            self._refuse(error)
            wrong = count(len(error.problems), "problem")
            self.ui.notify(f"Not saved: {wrong}", severity="error")
            self.form.focus_on(problem.where for problem in error.problems)
            return
        finally:
            self._saving = False
        self._keeper.forget(drafts, run["run"])
        # the fields are of a saved run: the form is built anew, for the next one that waits
        self._run, self._done = None, run["run"]
        await self.ui.show_entry()
        new = news_about(run, answer)
        self.ui.notify(
            actions.told(f"{answer['run']} saved: it is {answer['status']}", new),
            severity="warning" if new else "information",
        )

    # ---- other keys -------------------------------------------------------------------------

    def offers(self, action: str) -> bool:
        """What the run of the form allows; the end of the program has to wait for a flag."""
        if self._shown is None:
            return action not in OF_A_RUN
        able = doable(*self._shown)
        return action in able if action in OF_A_RUN else action != "quit" or "confirm" not in able

    def action_replicate(self) -> None:
        """Allow further values beside recorded ones, or not; a run that was called off is asked."""
        if self._shown is not None and self._shown[1]["status"] in CALLED_OFF:
            self.ui.run_dialog(actions.reopen(self.ui, self._shown[1]))
        elif self._shown is not None:
            self._replicate = not self._replicate
            self._show(*self._shown)
            self.form.focus_first()

    def action_fail(self) -> None:
        """The run failed."""
        if self._shown is not None:
            self.ui.run_dialog(self._fail(self._shown[1]))

    async def _fail(self, run: RunObject) -> None:
        if await actions.fail(self.ui, run) and self.ui.view is not None:
            self._show(self.ui.view, self.ui.view.next_after(run["run"]))

    def action_correct(self) -> None:
        """Replace a recorded value."""
        if self._shown is not None:
            self.ui.run_dialog(correct(self.ui, self._shown[1]))

    def action_confirm(self) -> None:
        """What is flagged about the run is right."""
        if self._shown is not None:
            self.ui.run_dialog(actions.confirm(self.ui, self._shown[1]))

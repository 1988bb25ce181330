"""Another specification of a campaign: from a file, or page by page; the difference comes first."""

from __future__ import annotations

from pathlib import Path

from designer.campaigns.plausibility.remarks import without_commands
from designer.service.answers import AmendAnswer
from designer.tui.campaign_view import CampaignView
from designer.tui.dialogs.actions import campaign_view
from designer.tui.dialogs.begin.asking import ask_and_preview, file_of, last_typed, say_done
from designer.tui.dialogs.begin.campaign import write_draft
from designer.tui.dialogs.begin.spec_draft import SpecDraft
from designer.tui.dialogs.begin.wizard import WizardModal, WizardTools
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.drafts import DraftKeeper, Drafts
from designer.tui.ui import Ui

_DRAFT = "amend"  # name of the draft among those of the campaign


async def amend_pages(ui: Ui) -> None:
    """Show the specification page by page, then what was changed, write it and take it."""
    view, keeper = campaign_view(ui), DraftKeeper()
    drafts = Drafts(ui.service.session.store.url, view.name)
    try:
        kept = SpecDraft.from_texts(await keeper.read(drafts, _DRAFT))
        now = await ui.attempt(lambda: _as_it_is(ui, view))
        if now is None:
            return
        begun = kept if kept is not None and kept.source == now.source else now
        tools = _tools(ui, view, keeper, drafts)
        if await ui.show_modal(WizardModal(begun, tools)) is not None:
            keeper.forget(drafts, _DRAFT)
            await say_done(ui, "The specification is changed")
    finally:
        keeper.close()


def _as_it_is(ui: Ui, view: CampaignView) -> SpecDraft:
    """The specification of now; a draft of an older one is not gone on with."""
    campaigns = ui.service.campaigns
    draft = SpecDraft(fields={"name": view.name, "line": view.spec.line})
    amended = [e["seq"] for e in view.events if e["kind"] == "spec_amended" and not e["reversed"]]
    draft.begin_from(campaigns.specification(view.name), f"event {max(amended, default=1)}")
    return draft


def _tools(ui: Ui, view: CampaignView, keeper: DraftKeeper, drafts: Drafts) -> WizardTools:
    def told(draft: SpecDraft) -> list[str]:
        answer = ui.service.campaigns.amend(view.name, draft.tables(), dry_run=True)
        changes = [f"  {change}" for change in answer["difference"]]
        notes = [f"! {without_commands(message)}" for message in answer["messages"]]
        return [*(["Changes:", *changes] if changes else []), *notes]

    def finish(draft: SpecDraft, force: bool) -> str:
        ui.service.campaigns.amend(view.name, draft.tables(), dry_run=True)
        path = write_draft(draft, force=force)
        reason = draft.fields.get("reason") or None
        ui.service.campaigns.amend(view.name, path, reason=reason)
        return view.name

    def command(draft: SpecDraft) -> str:
        values = {"path": draft.path, "reason": draft.fields.get("reason", "")}
        return amend_command(view, values)

    return WizardTools(
        sources=(),
        tables_of=lambda _source: {},
        taken=lambda _name: (),
        keep=lambda draft: keeper.keep(drafts, _DRAFT, draft.kept_texts()),
        finish=finish,
        title=f"Change {view.title}",
        do="take it",
        told=told,
        command=command,
        anew=lambda: _as_it_is(ui, view),
    )


# ---- from a file --------------------------------------------------------------------------------


async def amend(ui: Ui) -> None:
    """Ask for a specification file, show what it changes, and take it."""
    view, key = campaign_view(ui), f"amend {campaign_view(ui).name}"
    typed: Values = {}

    def carry_out(values: Values, *, dry_run: bool) -> AmendAnswer:
        typed.update(values)
        path: Path = file_of(values["path"], "specification")
        reason = values["reason"] or None
        return ui.service.campaigns.amend(view.name, path, reason=reason, dry_run=dry_run)

    def question() -> Question[AmendAnswer]:
        last = last_typed(ui, key)
        return Question(
            f"Change the specification of {view.title}",
            [
                Ask("path", "Specification", last.get("path", ""), "spec.toml; tab", path=True),
                Ask("reason", "Why (optional)", last.get("reason", "")),
            ],
            lambda values: carry_out(values, dry_run=True),
            text="Windows, ranges, constraints, costs, an added factor with its value so far; runs"
            " and lines are kept. x (specification) writes the one of now to a file: change that"
            " in an editor, and name it here. First you see the difference.",
            do="show the difference",
            same_as=lambda values: amend_command(view, values, dry_run=True),
        )

    def preview(answer: AmendAnswer) -> Question[AmendAnswer]:
        changes = answer["difference"]
        notes = [f"! {without_commands(message)}" for message in answer["messages"]]
        return Question(
            "What changes: nothing is written yet" if changes else "Nothing changes",
            (),
            lambda _values: carry_out(typed, dry_run=False) if changes else answer,
            text="\n".join([*(f"  {change}" for change in changes), "", *notes]),
            do="take it" if changes else "close",
            same_as=lambda _values: amend_command(view, typed, dry_run=not changes),
        )

    done = await ask_and_preview(ui, key, question, preview)
    if done is not None and done["applied"]:
        await say_done(ui, "The specification is changed", done["messages"])


def amend_command(view: CampaignView, values: Values, *, dry_run: bool = False) -> str:
    """The command line that changes the same."""
    words = ["amend", view.name, values["path"] or "SPEC.toml", *(["--dry-run"] if dry_run else [])]
    return quoted(*words, options={"--reason": values["reason"]})

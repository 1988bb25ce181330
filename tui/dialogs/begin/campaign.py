"""A new campaign: from a template, or from nothing, by the wizard; the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from designer.campaigns.errors import DesignerError, InputError, Problem
from designer.campaigns.files import read_regular_file, write_atomic
from designer.campaigns.specification.load import load_specification
from designer.service.demo import DEFAULT_RUNS, MOST_RUNS
from designer.tui.dialogs.actions import ask
from designer.tui.dialogs.begin.spec_draft import SpecDraft, tables_of_toml
from designer.tui.dialogs.begin.wizard import Tables, WizardModal, WizardTools
from designer.tui.dialogs.begin.wizard_page import FILE
from designer.tui.dialogs.form import Ask, Question, Values, quoted
from designer.tui.drafts import DraftKeeper, Drafts
from designer.tui.ui import Ui

_BLANK: Final = "blank"
_EXAMPLE: Final = "the example"
_DRAFT: Final = "new"  # name of the draft among those of the store
_CAMPAIGN: Final = "campaign "


async def new_campaign(ui: Ui) -> None:
    """Ask for a specification page by page, write it and create the campaign."""
    keeper = DraftKeeper()
    try:
        name = await _ask(ui, keeper)
    finally:
        keeper.close()
    if name is not None:
        ui.notify(f"{name} is created: a adds an earlier line (5), g computes the first plan (1)")
        ui.open_campaign(name)


async def _ask(ui: Ui, keeper: DraftKeeper) -> str | None:
    service, store = ui.service, ui.service.session.store
    drafts = Drafts(store.url, "")
    kept = SpecDraft.from_texts(await keeper.read(drafts, _DRAFT))
    listed = await ui.attempt(ui.reader.campaigns) or []
    names = [each["name"] for each in listed]

    def tables_of(source: str) -> Tables:
        if source in ("", _BLANK):
            if not source:
                raise InputError.at("template file", "is missing", allowed="a .toml file")
            return {}
        if source == _EXAMPLE:
            return tables_of_toml(service.campaigns.example(), source)
        if source.startswith(_CAMPAIGN) and source.removeprefix(_CAMPAIGN) in names:
            return service.campaigns.specification(source.removeprefix(_CAMPAIGN))
        return template(Path(source).expanduser())

    def taken(name: str) -> Sequence[Problem]:
        same = [each for each in names if each.casefold() == name.casefold()]
        return [Problem("name", "is taken in this store", each) for each in same]

    def finish(draft: SpecDraft, force: bool) -> str:
        created = create(ui, draft, force=force)
        keeper.forget(drafts, _DRAFT)
        return created

    sources = [
        (f"{_BLANK}: everything is typed", _BLANK),
        (f"{_EXAMPLE}: an electrode from slurry to calendering", _EXAMPLE),
        *((f"as {_CAMPAIGN}{name}", f"{_CAMPAIGN}{name}") for name in names),
        ("a file of yours (.toml)", FILE),
    ]
    tools = WizardTools(
        sources,
        tables_of,
        taken,
        lambda draft: keeper.keep(drafts, _DRAFT, draft.kept_texts()),
        finish,
    )
    return await ui.show_modal(WizardModal(kept or SpecDraft(), tools))


def template(path: Path) -> Tables:
    """The tables of a template file.

    Raises:
        InputError: it cannot be read, or is no TOML.
    """
    try:
        return tables_of_toml(read_regular_file(path).decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        raise InputError.at(str(path), "not UTF-8 text", hint="Save it as UTF-8") from None


def create(ui: Ui, draft: SpecDraft, *, force: bool) -> str:
    """Write the file of a draft and create the campaign from it; its name.

    Raises:
        DesignerError: the specification, the file or the store refuses.
    """
    name = load_specification(draft.tables()).name  # all that is wrong before anything is written
    ui.service.campaigns.create(write_draft(draft, force=force))
    return name


def write_draft(draft: SpecDraft, *, force: bool) -> Path:
    """Write the file of a draft; where it is.

    Raises:
        DesignerError: the path is none, or the file is another's; one that the same draft has
            written already is no hindrance when it is tried again.
    """
    if not draft.path:
        raise InputError.at("write to", "is missing", allowed="a path ending in .toml")
    path, content = Path(draft.path).expanduser(), draft.toml().encode()
    if path.suffix.lower() != ".toml":
        raise InputError.at("write to", "is no name of a specification", path.name, "ending .toml")
    if path.is_file() and path.read_bytes() == content:
        force = True
    try:
        write_atomic(path, content, force=force)
    except InputError as error:
        raise InputError(_on_screen(problem) for problem in error.problems) from None
    return path


def _on_screen(problem: Problem) -> Problem:
    """A problem of a file whose remedy is a box here, not an option."""
    if problem.hint and "--force" in problem.hint:
        hint = "Choose another name, or tick: overwrite a file that is there"
        return Problem(problem.where, problem.what, problem.found, problem.allowed, hint)
    return problem


async def demo(ui: Ui) -> None:
    """Ask how long the demo shall be, run it in the worker, then open it."""

    def submit(values: Values) -> int:
        runs = values["runs"]
        if not (runs.isascii() and runs.isdigit() and int(runs) <= MOST_RUNS):
            raise InputError.at("runs", "is no number of runs", runs, f"0 to {MOST_RUNS}")
        return int(runs)

    question = Question(
        "The demo",
        [Ask("runs", "Runs", str(DEFAULT_RUNS))],
        submit,
        text="A whole campaign on the built-in twin of a pilot line: three earlier lines, one of"
        " them misleading, then plans that are made and recorded. It stays in this store as demo.",
        do="watch it",
        same_as=lambda values: quoted("demo", options={"--runs": values["runs"]}),
    )
    runs = await ask(ui, question)
    if runs is None:
        return
    answer = await ui.jobs.run("the demo on the built-in twin", "demo", {"runs": runs})
    if isinstance(answer, DesignerError):
        ui.show_error("No demo", answer)
    elif answer is not None:
        ui.open_campaign(cast("str", answer["campaign"]))
    else:
        ui.notify("The demo was stopped: what was made of it so far stays in the list")

"""The one set of verbs that command line, terminal UI and Python API share.

Every verb returns a JSON-able dict and raises `DesignerError` and its children only. The verbs
themselves live in the modules of this package, one topic each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.campaigns.specification.specification import example_text
from designer.service import (
    campaigns,
    lines,
    overview,
    planning,
    results,
)
from designer.service import demo as demonstration
from designer.service import (
    status as standing,
)
from designer.service.campaigns import SpecSource
from designer.service.session import (
    DEFAULT,
    Default,
    Progress,
    Session,
)

if TYPE_CHECKING:
    import pandas as pd
    from botorch.models.model import Model

Answer = dict[str, Any]
Texts = Mapping[str, str]


class Service:
    """Verbs on the campaigns of one store.

    Args:
        store: URL or path; None = in memory; left out = as the command line.
        actor: name written on every event; None: login name.
        progress: told what is being done during long work.
    """

    def __init__(
        self,
        store: str | Default | None = DEFAULT,
        *,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.session = Session(store, actor, progress)

    # ---- campaigns --------------------------------------------------------------------------

    def example(self) -> str:
        """A commented specification, valid as it stands."""
        return example_text()

    def create(self, source: SpecSource) -> Answer:
        """Create a campaign from a specification (path or dict)."""
        return campaigns.create(self.session, source)

    def list(self) -> Answer:
        """All campaigns, newest first."""
        return overview.list_campaigns(self.session)

    def show(self, campaign: str, run: str | None = None) -> Answer:
        """Details of a campaign or of one run."""
        return overview.show(self.session, campaign, run)

    def amend(
        self,
        campaign: str,
        source: SpecSource,
        *,
        reason: str | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """Take a new specification; old runs are kept."""
        return campaigns.amend(self.session, campaign, source, reason=reason, dry_run=dry_run)

    def close(self, campaign: str, *, reason: str | None = None) -> Answer:
        """Finish a campaign."""
        return campaigns.close(self.session, campaign, reason)

    def undo(self, campaign: str, event: int | None = None, reason: str | None = None) -> Answer:
        """Reverse an event, by default the last."""
        return campaigns.undo(self.session, campaign, event, reason)

    def note(self, campaign: str, text: str, run: str | None = None) -> Answer:
        """Keep a remark."""
        return campaigns.note(self.session, campaign, text, run)

    def history(self, campaign: str, run: str | None = None, since: str | None = None) -> Answer:
        """Who did what, oldest first."""
        return overview.history(self.session, campaign, run, since)

    # ---- earlier lines ----------------------------------------------------------------------

    def add_line(
        self,
        campaign: str,
        path: Path,
        *,
        name: str,
        columns: Texts | None = None,
        constants: Texts | None = None,
        units: Texts | None = None,
        where: Texts | None = None,
        others: Sequence[str] = (),
        extras: Sequence[str] = (),
        mapping: Path | None = None,
    ) -> Answer:
        """Add an earlier line from a file."""
        told = LineMapping(columns or {}, constants or {}, units or {}, where or {}, others, extras)
        return lines.add_line(self.session, campaign, path, name=name, told=told, mapping=mapping)

    def add_line_from_campaign(
        self,
        campaign: str,
        other: str,
        *,
        name: str | None = None,
        constants: Texts | None = None,
        others: Sequence[str] = (),
    ) -> Answer:
        """Add the results of another campaign as an earlier line."""
        return lines.add_line_from_campaign(
            self.session, campaign, other, name=name, constants=constants or {}, others=others
        )

    def add_line_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        name: str,
        others: Sequence[str] = (),
        extras: Sequence[str] = (),
    ) -> Answer:
        """Add an earlier line from columns in memory."""
        told = LineMapping(others=others, extras=extras)
        return lines.add_line_columns(self.session, campaign, columns, name=name, told=told)

    def lines(self, campaign: str) -> Answer:
        """All earlier lines."""
        return lines.lines(self.session, campaign)

    def exclude_line(self, campaign: str, line: str, reason: str) -> Answer:
        """Leave a line out of the models."""
        return lines.exclude_line(self.session, campaign, line, reason)

    def include_line(self, campaign: str, line: str, reason: str) -> Answer:
        """Take a line into the models again."""
        return lines.include_line(self.session, campaign, line, reason)

    # ---- runs -------------------------------------------------------------------------------

    def start(self, campaign: str, run: str) -> Answer:
        """A run is being made."""
        return results.start(self.session, campaign, run)

    def record(
        self,
        campaign: str,
        run: str,
        responses: Texts,
        *,
        settings: Texts | None = None,
        batch: Texts | None = None,
        at: str | None = None,
        note: str | None = None,
        replicate: bool = False,
    ) -> Answer:
        """Record results of a run."""
        return results.record(
            self.session, campaign, run, responses, settings or {},
            batch=batch, at=at, note=note, replicate=replicate,
        )  # fmt: skip

    def check_record(
        self,
        campaign: str,
        run: str,
        responses: Texts,
        *,
        settings: Texts | None = None,
        batch: Texts | None = None,
        at: str | None = None,
        note: str | None = None,
        replicate: bool = False,
    ) -> Answer:
        """What `record` would answer; nothing is written."""
        return results.check_record(
            self.session, campaign, run, responses, settings or {},
            batch=batch, at=at, note=note, replicate=replicate,
        )  # fmt: skip

    def record_frame(self, campaign: str, frame: pd.DataFrame) -> Answer:
        """Record results of a DataFrame indexed by run id."""
        return results.record_frame(self.session, campaign, frame)

    def attach(
        self,
        campaign: str,
        values: Texts,
        *,
        batch: Texts | None = None,
        at: str | None = None,
        note: str | None = None,
    ) -> Answer:
        """Record a run nobody proposed."""
        return results.attach(self.session, campaign, values, batch=batch, at=at, note=note)

    def attach_columns(self, campaign: str, columns: Mapping[str, Sequence[object]]) -> Answer:
        """Record runs nobody proposed, one per row."""
        return results.attach_columns(self.session, campaign, columns)

    def fail(self, campaign: str, run: str, reason: str) -> Answer:
        """A run was made and failed."""
        return results.fail(self.session, campaign, run, reason)

    def abandon(self, campaign: str, runs: Sequence[str], reason: str) -> Answer:
        """Runs that will not be made."""
        return results.abandon(self.session, campaign, runs, reason)

    def reopen(self, campaign: str, run: str, reason: str | None = None) -> Answer:
        """Take back a failure or abandonment."""
        return results.reopen(self.session, campaign, run, reason)

    def correct(
        self,
        campaign: str,
        run: str,
        responses: Texts,
        *,
        settings: Texts | None = None,
        batch: Texts | None = None,
        replicate: int | None = None,
        reason: str,
    ) -> Answer:
        """Correct what was recorded; the old value is kept."""
        return results.correct(
            self.session, campaign, run, responses, settings or {},
            batch=batch or {}, replicate=replicate, reason=reason,
        )  # fmt: skip

    def import_results(self, campaign: str, path: Path, *, dry_run: bool = False) -> Answer:
        """Take a filled plan sheet in."""
        return results.import_results(self.session, campaign, path, dry_run=dry_run)

    def data(self, campaign: str) -> Answer:
        """Every measurement as a table."""
        return overview.data(self.session, campaign)

    def export(
        self,
        campaign: str,
        path: Path,
        *,
        what: str = "plan",
        plan: str | None = None,
        force: bool = False,
    ) -> Answer:
        """Write plan, data, events or specification to a file."""
        return campaigns.export(self.session, campaign, path, what=what, plan=plan, force=force)

    # ---- models -----------------------------------------------------------------------------

    def propose(
        self,
        campaign: str,
        n: int | None = None,
        *,
        budget: float | None = None,
        fix: Texts | None = None,
        given: Texts | None = None,
        replace: bool = False,
        seed: int | None = None,
        dry_run: bool = False,
    ) -> Answer:
        """Propose the next runs."""
        return planning.propose(
            self.session, campaign, n, budget=budget, fix=fix or {}, given=given or {},
            replace=replace, seed=seed, dry_run=dry_run,
        )  # fmt: skip

    def predict(
        self,
        campaign: str,
        source: Path | Texts,
        *,
        given: Texts | None = None,
        out: Path | None = None,
        force: bool = False,
    ) -> Answer:
        """Predict the recipes of a file, or one as typed."""
        return planning.predict(
            self.session, campaign, source, given=given or {}, out=out, force=force
        )

    def predict_columns(
        self,
        campaign: str,
        columns: Mapping[str, Sequence[object]],
        *,
        given: Texts | None = None,
    ) -> Answer:
        """Predict recipes of columns in memory."""
        return planning.predict_columns(self.session, campaign, columns, given=given or {})

    def best(self, campaign: str, n: int = 5) -> Answer:
        """Recommended set-points."""
        return planning.best(self.session, campaign, n)

    def status(self, campaign: str, *, refresh: bool | Literal["stale"] = False) -> Answer:
        """Where the campaign stands."""
        return standing.status(self.session, campaign, refresh=refresh)

    def botorch_model(self, campaign: str) -> Model:
        """All responses as one BoTorch model."""
        return planning.botorch_model(self.session, campaign)

    def demo(self, runs: int = 16, watch: Callable[[Answer], None] | None = None) -> Answer:
        """The main job on the built-in twin; ``watch`` is told after every step."""
        return demonstration.demo(self.session, runs, watch or (lambda _step: None))

    # ---- the store --------------------------------------------------------------------------

    def store_info(self) -> Answer:
        """Where the store is, how large, which versions."""
        return campaigns.store_info(self.session)

    def store_verify(self, head: str | None = None) -> Answer:
        """Check everything that can be checked."""
        return campaigns.store_verify(self.session, head)

    def store_init(self) -> Answer:
        """Create the store now."""
        return campaigns.store_init(self.session)

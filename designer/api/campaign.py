"""The Python API: one campaign as an object, tables as pandas DataFrames.

    >>> from designer import Campaign
    >>> campaign = Campaign.create("spec.toml", store="sqlite:///pilot.db")   # doctest: +SKIP
    >>> plan = campaign.propose(4, seed=0)                                    # doctest: +SKIP

Every verb is the service's, so the command line and this class cannot differ. Errors are
`designer.DesignerError` and its children.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.api.frames import AttachedRuns, ProposedPlan, best_frame, columns_of, lines_frame
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.service import Service
from designer.service.session import DEFAULT, Default
from designer.service.values import SpecSource, texts_of

if TYPE_CHECKING:
    import pandas as pd
    from botorch.models.model import Model

    from designer.campaigns.specification.specification import Specification
    from designer.service import answers
    from designer.service.figures import StatusAnswer


class Campaign:
    """A campaign in a store; made by `Campaign.create` or `Campaign.open`.

    Attributes:
        name: name of the campaign, unique in its store.
        service: the verbs, shared with the command line.
    """

    def __init__(self, name: str, service: Service) -> None:
        self.name = name
        self.service = service

    def __repr__(self) -> str:
        return f"Campaign({self.name!r}, store={self.service.session.store.url!r})"

    # ---- campaigns --------------------------------------------------------------------------

    @classmethod
    def create(
        cls, spec: SpecSource, store: str | Default | None = DEFAULT, *, actor: str | None = None
    ) -> Campaign:
        """Create a campaign.

        Args:
            spec: path of a TOML file, or the same as a dict.
            store: URL or path; left out: as the command line; None: in memory.
            actor: name written on every event; None: login name.

        Raises:
            InputError: the specification is refused or the name is taken; nothing was written.
        """
        service = Service(store, actor=actor)
        return cls(service.campaigns.create(spec)["campaign"], service)

    @classmethod
    def open(
        cls, name: str, store: str | Default | None = DEFAULT, *, actor: str | None = None
    ) -> Campaign:
        """Open an existing campaign.

        Raises:
            InputError: there is none of that name.
        """
        service = Service(store, actor=actor)
        return cls(service.session.state(name).spec.name, service)

    @staticmethod
    def list(store: str | Default | None = DEFAULT) -> list[answers.ListedCampaign]:
        """Campaigns of a store, newest first: name, line, goal, runs, changed_at."""
        return Service(store).campaigns.list()["campaigns"]

    @property
    def spec(self) -> Specification:
        """The specification as last amended."""
        return self.service.session.state(self.name).spec

    @property
    def head(self) -> str:
        """Log position and first eight digits of its hash, ``12:9f86d081``."""
        return self.service.session.state(self.name).head

    def amend(
        self, spec: SpecSource, *, reason: str | None = None, dry_run: bool = False
    ) -> answers.AmendAnswer:
        """Change windows, ranges, constraints, costs, or add a factor; old runs are kept."""
        return self.service.campaigns.amend(self.name, spec, reason=reason, dry_run=dry_run)

    def close(self, *, reason: str | None = None) -> None:
        """Finish the campaign; it can still be read."""
        self.service.campaigns.close(self.name, reason=reason)

    # ---- earlier lines ----------------------------------------------------------------------

    def add_line(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        units: Mapping[str, str] | None = None,
        others: Sequence[str] = (),
        extras: Sequence[str] = (),
    ) -> answers.LineAddedAnswer:
        """Add an earlier line.

        Args:
            name: name of the line.
            frame: factor and response columns (NaN = not measured), optionally givens,
                ``batch:<stage>`` and ``made_at``; one row per measurement. A factor without a
                column is taken as unknown but constant.
            units: unit of a column's numbers, where it is not the declared one.
            others: categorical factors whose rows are kept although the campaign does not have
                their category.
            extras: columns of numbers that only this line varied.

        Raises:
            InputError: with every bad column and cell.
        """
        mapping = LineMapping(units=units or {}, others=others, extras=extras)
        return self.service.lines.add(self.name, columns_of(frame), name=name, mapping=mapping)

    def lines(self) -> pd.DataFrame:
        """Earlier lines, one row each, with trust where it was evaluated."""
        return lines_frame(self.service.lines.list(self.name)["lines"])

    def exclude_line(self, line: str, reason: str) -> None:
        """Leave a line out of the models."""
        self.service.lines.exclude(self.name, line, reason)

    def include_line(self, line: str, reason: str) -> None:
        """Take a line into the models again."""
        self.service.lines.include(self.name, line, reason)

    # ---- plans and results ------------------------------------------------------------------

    def propose(
        self,
        n: int | None = None,
        *,
        budget: float | None = None,
        fix: Mapping[str, Any] | None = None,
        given: Mapping[str, Any] | None = None,
        replace: bool = False,
        top_up: bool = False,
        seed: int | None = None,
        dry_run: bool = False,
    ) -> ProposedPlan:
        """Propose the next runs for the most information.

        Args:
            n: number of runs; default 4, with ``budget`` alone as many as fit.
            budget: most the plan may cost, in the campaign's cost unit.
            fix: settings every run shall have.
            given: values of givens, in their declared units.
            replace: abandon the open runs first.
            top_up: only what is missing to ``n`` open runs; an empty plan where none is.
            seed: default: from campaign id and log position.
            dry_run: compute, but write nothing.

        Raises:
            InputError: a value is refused, or nothing is left to propose.
            ConflictError: somebody changed the campaign meanwhile.
        """
        answer = self.service.plans.propose(
            self.name,
            n,
            budget=budget,
            fix=texts_of(fix),
            given=texts_of(given),
            replace=replace,
            top_up=top_up,
            seed=seed,
            dry_run=dry_run,
        )
        return ProposedPlan(answer)

    def record(self, frame: pd.DataFrame, *, force_settings: bool = False) -> answers.ImportAnswer:
        """Record results.

        Args:
            frame: indexed by run id; response columns (NaN = not measured), optionally factors as
                really set, ``batch:<stage>``, ``made_at``, ``replicate``, ``note``, ``status``
                (failed, abandoned) with ``failure``. The columns of a plan's frame may stay.
            force_settings: take settings as they stand although they are those of other runs.

        Raises:
            InputError: with every bad column and cell; nothing was written.
            ConflictError: a response already has a value.
        """
        columns = columns_of(frame)
        if "run" not in columns:
            columns = {"run": frame.index.tolist(), **columns}
        return self.service.runs.record_columns(self.name, columns, force_settings=force_settings)

    def attach(self, frame: pd.DataFrame) -> AttachedRuns:
        """Record runs nobody proposed: one row each, every factor; returns their run ids.

        What is odd about their results stands in ``messages`` of the returned list.
        """
        return AttachedRuns(self.service.runs.attach_columns(self.name, columns_of(frame)))

    def start(self, run: str) -> None:
        """Say that a run is being made."""
        self.service.runs.start(self.name, run)

    def fail(self, run: str, reason: str) -> None:
        """A run was made and failed: it teaches where the process fails."""
        self.service.runs.fail(self.name, run, reason)

    def abandon(self, runs: str | Sequence[str], reason: str) -> None:
        """Runs that will not be made: no longer pending, not proposed again."""
        self.service.runs.abandon(self.name, [runs] if isinstance(runs, str) else [*runs], reason)

    def reopen(self, run: str, reason: str | None = None) -> None:
        """Take back a failure or abandonment."""
        self.service.runs.reopen(self.name, run, reason)

    def correct(
        self,
        run: str,
        responses: Mapping[str, Any] | None = None,
        *,
        reason: str,
        settings: Mapping[str, Any] | None = None,
        batch: Mapping[str, str] | None = None,
        replicate: int | None = None,
    ) -> answers.RecordAnswer:
        """Correct a recorded value, setting or batch; the old value is kept."""
        return self.service.runs.correct(
            self.name,
            run,
            texts_of(responses),
            settings=texts_of(settings),
            batch=batch,
            replicate=replicate,
            reason=reason,
        )

    def undo(self, event: int | None = None, *, reason: str | None = None) -> answers.UndoAnswer:
        """Reverse an event (default: the last one) by appending its reversal."""
        return self.service.campaigns.undo(self.name, event, reason)

    def note(self, text: str, run: str | None = None) -> None:
        """Keep a remark on the campaign or on a run."""
        self.service.campaigns.note(self.name, text, run)

    # ---- what is known ----------------------------------------------------------------------

    def predict(
        self, frame: pd.DataFrame, *, given: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Predict recipes: the factors, what each response will be, and the chance to be in spec.

        Per response ``<response>_mean`` (the median) and ``_sd`` of the noise-free response; one
        more batch made and measured: ``_sd_result``, ``_low`` and ``_high`` (68 %), ``_low95``
        and ``_high95`` (95 %), inside ``possible``. ``in_spec``: the recipe itself;
        ``in_spec_measured``: one more batch made and measured.

        Raises:
            InputError: a recipe is refused, or there is nothing to predict from.
        """
        import pandas as pd

        answer = self.service.models.predict_columns(
            self.name, columns_of(frame), given=texts_of(given)
        )
        return pd.DataFrame(answer["rows"], columns=answer["columns"], index=frame.index)

    def status(self, *, refresh: bool = True) -> StatusAnswer:
        """Where the campaign stands; evaluates the models when events came after."""
        return self.service.models.status(self.name, refresh="stale" if refresh else False)

    def best(self, n: int = 5) -> pd.DataFrame:
        """Recommended set-points with predictions and both probabilities of being in spec."""
        return best_frame(self.service.models.best(self.name, n)["best"])

    def data(self) -> pd.DataFrame:
        """Every measurement: planned and used settings, status, batches, times."""
        import pandas as pd

        answer = self.service.campaigns.data(self.name)
        return pd.DataFrame(answer["rows"], columns=answer["columns"])

    def history(self, run: str | None = None, since: str | None = None) -> pd.DataFrame:
        """Who did what and when, oldest first, indexed by event number."""
        import pandas as pd

        events = self.service.campaigns.history(self.name, run, since)["events"]
        return pd.DataFrame([*events]).set_index("seq")

    def model(self) -> Model:
        """All responses as one BoTorch model.

        Inputs ``[…, q, d]``: one column per factor and given in the specification's order,
        numbers scaled to the unit cube, categories as integer codes. Outputs in declared units.
        Its posterior is that of `predict`: averaged over hyperparameters, mean and covariance
        those of the mixture.

        Raises:
            InputError: nothing was measured yet.
        """
        return self.service.models.botorch_model(self.name)

    def export(
        self, path: str | Path, *, what: str = "plan", plan: str | None = None, force: bool = False
    ) -> answers.ExportAnswer:
        """Write plan, data, events or specification to a file; its ending names the format."""
        return self.service.campaigns.export(
            self.name, Path(path), what=what, plan=plan, force=force
        )

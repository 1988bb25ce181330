"""The Python API: one campaign as an object, tables as pandas DataFrames.

    >>> from designer import Campaign
    >>> campaign = Campaign.create("spec.toml", store="sqlite:///pilot.db")   # doctest: +SKIP
    >>> plan = campaign.propose(4, seed=0)                                    # doctest: +SKIP

Every verb is the service's, so the command line and this class cannot differ. Errors are
`designer.DesignerError` and its children; what the command line prints as a note or remark is
issued as a `designer.DesignerWarning`, after what was asked for was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.api.arguments import Names, StoreAddress, address_text, content_of, verb
from designer.api.frames import lines_frame
from designer.api.html import campaign_html, headed
from designer.api.knowledge import CampaignKnowledge
from designer.api.messages import python_answer, python_words, tell
from designer.api.plans import CampaignDesigns
from designer.api.runs import CampaignRuns
from designer.api.tables import Table, Values, columns_of, texts_of
from designer.campaigns.earlier_lines.mapping import LineMapping
from designer.service import Service
from designer.service.session import DEFAULT
from designer.service.values import SpecSource

if TYPE_CHECKING:
    import pandas as pd

    from designer.service import answers


class Campaign(CampaignRuns, CampaignDesigns, CampaignKnowledge):
    """A campaign in a store; made by `Campaign.create` or `Campaign.open`.

    Tables are `pandas.DataFrame`; a dict or Series of one value per column is one row, a dict of
    lists columns, a list of dicts rows, an array recipes with a column per factor. Values by name
    are a dict or Series.

    Every method that writes takes a ``request_id``, which makes it safe to repeat after an unknown
    outcome: the same id with the same arguments (tables and files by content) gives the first
    answer and writes nothing; with other arguments it is a `ConflictError`.
    """

    def _repr_html_(self) -> str:
        """The campaign in a notebook, without computing."""
        if not self.is_connected:
            return headed(repr(self), ())
        answer = self.service.models.status(self.name)
        return campaign_html(python_answer(answer), self.service.session.store.url)

    # ---- campaigns --------------------------------------------------------------------------

    @classmethod
    @verb
    def create(
        cls,
        spec: SpecSource,
        store: StoreAddress = DEFAULT,
        *,
        actor: str | None = None,
        request_id: str | None = None,
    ) -> Campaign:
        """Create a campaign.

        Args:
            spec: path of a TOML file, or the same as a dict.
            store: URL or path; left out: as the command line; None: in memory.
            actor: name written on every event; None: login name.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: the specification is refused or the name is taken; nothing was written.
            ConflictError: the request id was used for something else.
        """
        service = Service(address_text(store), actor=actor)
        if request_id is not None:
            from designer.campaigns.store.request import CommandRequest

            request = CommandRequest.of(request_id, "create", content_of({"spec": spec}))
            service.session.request = request
        name = service.campaigns.create(spec)["campaign"]
        service.session.request = None
        return cls(name, service)

    @classmethod
    @verb
    def open(
        cls, name: str, store: StoreAddress = DEFAULT, *, actor: str | None = None
    ) -> Campaign:
        """Open an existing campaign.

        Raises:
            InputError: there is none of that name.
        """
        service = Service(address_text(store), actor=actor)
        return cls(service.session.state(name).spec.name, service)

    @staticmethod
    @verb
    def list(store: StoreAddress = DEFAULT) -> list[answers.ListedCampaign]:
        """Campaigns of a store, newest first: name, line, goal, runs, changed_at."""
        answer = Service(address_text(store)).campaigns.list()
        tell(map(python_words, answer["warnings"]))
        return answer["campaigns"]

    @verb
    def amend(
        self,
        spec: SpecSource,
        *,
        reason: str | None = None,
        dry_run: bool = False,
        request_id: str | None = None,
    ) -> answers.AmendAnswer:
        """Change windows, ranges, constraints, costs, or add a factor; old runs are kept."""
        answer = self._writing(request_id).campaigns.amend(
            self.name, spec, reason=reason, dry_run=dry_run
        )
        return self._tell(answer)

    @verb
    def close(self, *, reason: str | None = None, request_id: str | None = None) -> None:
        """Finish the campaign; it can still be read. To let the store go: `disconnect`."""
        self._tell(self._writing(request_id).campaigns.close(self.name, reason=reason))

    # ---- earlier lines ----------------------------------------------------------------------

    @verb
    def add_line(
        self,
        name: str,
        frame: Table,
        *,
        units: Values | None = None,
        constants: Values | None = None,
        others: Names = (),
        extras: Names = (),
        request_id: str | None = None,
    ) -> answers.LineAddedAnswer:
        """Add an earlier line.

        Args:
            name: name of the line.
            frame: factor and response columns (NaN = not measured), optionally givens,
                ``batch:<stage>`` and ``made_at``; one row per measurement. A factor without a
                column is taken as unknown but constant.
            units: unit of a column's numbers, where it is not the declared one.
            constants: settings that are the same in all rows.
            others: categorical factors whose rows are kept although the campaign does not have
                their category.
            extras: columns of numbers that only this line varied.
            request_id: makes the call safe to repeat, see `Campaign`.

        Raises:
            InputError: with every bad column and cell.
        """
        service = self._writing(request_id)
        factors = [factor.name for factor in self.spec.factors]
        answer = service.lines.add(
            self.name,
            columns_of(frame, "frame", factors).cells,
            name=name,
            mapping=LineMapping(
                units=texts_of(units, "units"),
                constants=texts_of(constants, "constants"),
                others=[*others],
                extras=[*extras],
            ),
        )
        return self._tell(answer)

    @verb
    def lines(self) -> pd.DataFrame:
        """Earlier lines, one row each, with trust where it was evaluated."""
        answer = self._tell(self.service.lines.list(self.name))
        tell(text for line in answer["lines"] if line["included"] for text in line["warnings"])
        return lines_frame(answer["lines"])

    @verb
    def exclude_line(self, line: str, reason: str, *, request_id: str | None = None) -> None:
        """Leave a line out of the models."""
        self._tell(self._writing(request_id).lines.exclude(self.name, line, reason))

    @verb
    def include_line(self, line: str, reason: str, *, request_id: str | None = None) -> None:
        """Take a line into the models again."""
        self._tell(self._writing(request_id).lines.include(self.name, line, reason))

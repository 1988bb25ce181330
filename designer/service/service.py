"""The one set of verbs that command line, terminal UI and Python API share, by topic."""

from __future__ import annotations

from designer.campaigns.store.facts import StoreFacts
from designer.service.answers import InitAnswer, VerifyAnswer
from designer.service.session import DEFAULT, Default, Progress, Session, Verbs
from designer.service.verbs.campaigns import CampaignVerbs
from designer.service.verbs.designs import DesignVerbs
from designer.service.verbs.judging import JudgeVerbs
from designer.service.verbs.lines import LineVerbs
from designer.service.verbs.models import ModelVerbs
from designer.service.verbs.pictures import PictureVerbs
from designer.service.verbs.plans import PlanVerbs
from designer.service.verbs.runs import RunVerbs
from designer.service.verbs.tables_in import TableVerbs


class StoreVerbs(Verbs):
    """Verbs about the store itself."""

    def info(self) -> StoreFacts:
        """Facts about the store by name: where it is, how large, which versions."""
        return self.session.store.info()

    def verify(self, head: str | None = None, *, accept: bool = False) -> VerifyAnswer:
        """Check everything that can be checked.

        Args:
            head: a log position told earlier, to be still there.
            accept: take an older copy that was put back, or a campaign that is gone, as it is.
        """
        return {"ok": True, "checks": self.session.store.verify(head, accept=accept)}

    def init(self) -> InitAnswer:
        """Create the store now, empty; nothing happens when there is one."""
        existed = self.session.store.exists
        self.session.store.initialise()
        return {"store": self.session.store.url, "created": not existed}


class Service:
    """Verbs on the campaigns of one store.

    Every verb returns what ``--json`` prints and raises `DesignerError` and its children only.

    Args:
        store: URL or path; None = in memory; left out = as the command line.
        actor: name written on every event; None: login name.
        progress: told what is being done during long work.

    Attributes:
        session: user and store.
        campaigns: create, look at, amend, close, undo, note, export.
        lines: earlier lines.
        runs: runs and their results.
        tables: tables of results that come in.
        plans: what to do next.
        judging: what plans are worth.
        designs: classical designs as plans.
        models: what is known.
        pictures: what pictures are drawn from.
        store: the store itself.
    """

    def __init__(
        self,
        store: str | Default | None = DEFAULT,
        *,
        actor: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.session = Session(store, actor, progress)
        self.campaigns = CampaignVerbs(self.session)
        self.lines = LineVerbs(self.session)
        self.runs = RunVerbs(self.session)
        self.tables = TableVerbs(self.session)
        self.plans = PlanVerbs(self.session)
        self.judging = JudgeVerbs(self.session)
        self.designs = DesignVerbs(self.session)
        self.models = ModelVerbs(self.session)
        self.pictures = PictureVerbs(self.session)
        self.store = StoreVerbs(self.session)

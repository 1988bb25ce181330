"""What an object of a campaign is besides its verbs: a name in a store, open until let go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from designer.api.messages import python_answer, python_error, python_words, tell
from designer.campaigns.errors import DesignerError, StorageError
from designer.service import Service

if TYPE_CHECKING:
    from designer.campaigns.log.state import CampaignState
    from designer.campaigns.specification.specification import Specification

Answer = TypeVar("Answer", bound=Mapping[str, object])
_SENTENCES = ("warnings", "notes", "messages")


class Handle:
    """A campaign in a store.

    It is a context manager: ``with Campaign.open(...) as campaign:`` ends with `disconnect`.
    `copy.copy` gives another object on the same store. Pickling and `copy.deepcopy` keep the
    address of a store that is a file, and the whole record of one in memory; models are learned
    anew.

    Attributes:
        name: name of the campaign, unique in its store.
    """

    def __init__(self, name: str, service: Service) -> None:
        self.name = name
        self._service: Service | None = service
        self._told: set[str] = set()  # see `check_store`
        self._call: tuple[str, Mapping[str, object]] | None = None  # see `repeatable`

    @property
    def service(self) -> Service:
        """The verbs, shared with the command line.

        Raises:
            StorageError: after `disconnect`.
        """
        if self._service is None:
            hint = f"Open it again with Campaign.open({self.name!r}, store=...)"
            raise StorageError.at(f"campaign {self.name}", "is disconnected", hint=hint)
        return self._service

    @property
    def is_connected(self) -> bool:
        """Whether it can be used: not after `disconnect`."""
        return self._service is not None

    @property
    def spec(self) -> Specification:
        """The specification as last amended."""
        return self._state().spec

    @property
    def head(self) -> str:
        """Log position and first eight digits of its hash, ``12:9f86d081``."""
        return self._state().head

    def _state(self) -> CampaignState:
        try:
            return self.service.session.state(self.name)
        except DesignerError as error:
            raise python_error(error) from error.__cause__

    def disconnect(self) -> None:
        """Let the store go: models and connections; a campaign in memory is gone with it.

        A store that is a file is open during a verb only, so forgetting this loses nothing.
        `close` is another thing: it finishes the campaign.
        """
        if self._service is not None:
            self._service.session.store.disconnect()
            self._service = None

    @contextmanager
    def repeatable(self, method: str, content: Mapping[str, object]) -> Iterator[None]:
        """Let a method know what it is called with, for a request id to stand for it.

        Args:
            method: its name.
            content: its arguments by their content.
        """
        self._call = method, content
        try:
            yield
        finally:
            self._call = None
            if self._service is not None:
                self._service.session.request = None

    def _writing(self, request_id: str | None) -> Service:
        """The verbs, for a method that writes; with an id it may be called again.

        Raises:
            InputError: the id is not acceptable.
        """
        if request_id is not None and self._call is not None:
            from designer.campaigns.store.request import CommandRequest

            self.service.session.request = CommandRequest.of(request_id, *self._call)
        return self.service

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.disconnect()

    def __repr__(self) -> str:
        where = self._service.session.store.url if self._service else "disconnected"
        return f"{type(self).__name__}({self.name!r}, store={where!r})"

    def __copy__(self) -> Self:
        return type(self)(self.name, self.service)

    def __reduce__(self) -> tuple[object, ...]:
        session = self.service.session
        image = session.store.image()
        address = None if image is not None else session.store.url
        return _restored, (type(self), self.name, address, session.actor, image)

    def check_store(self) -> None:
        """Warn, once, of what an untouched store cannot be: an older copy, a cut log.

        Every verb does so at its end.
        """
        if self._service is not None:
            alarms = [text for text in self._service.session.alarms if text not in self._told]
            self._told.update(alarms)
            tell(map(python_words, alarms))

    def _tell(self, answer: Answer) -> Answer:
        """The answer in Python's words; what it remarks is issued as warnings."""
        told = python_answer(answer)
        for key in _SENTENCES:
            sentences = told.get(key)
            if isinstance(sentences, list):
                tell(sentence for sentence in sentences if isinstance(sentence, str))
        return told


def _restored(
    kind: type[Handle], name: str, address: str | None, actor: str, image: bytes | None
) -> Handle:
    """The object that was pickled or copied."""
    service = Service(address, actor=actor)
    if image is not None:
        from designer.campaigns.store.store import Store

        service.session.store = Store(None, image=image)
    return kind(name, service)

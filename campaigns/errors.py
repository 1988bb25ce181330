"""What can go wrong, as one tree.

    DesignerError            exit code 1  our own bug, when raised bare
    ├── InputError           exit code 3  content refused, nothing written
    ├── ConflictError        exit code 4  contradicts what was recorded meanwhile
    ├── StorageError         exit code 5  the store cannot be reached or written
    └── StoreDamagedError    exit code 6  the store is damaged or newer than this program

Every error carries all problems of one input at once; `Findings` collects them before anything is
refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in the words a user needs to mend it.

    Attributes:
        where: place of the fault (``factor[2].step``, ``lines.csv row 7 column coating_gap``).
        what: what is wrong there, one clause without a final full stop.
        found: the value found, with its unit.
        allowed: what would be accepted.
        hint: what to do next.
    """

    where: str
    what: str
    found: str | None = None
    allowed: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.found is not None:
            text += f" (found {self.found})"
        if self.allowed is not None:
            text += f"; allowed: {self.allowed}"
        if self.hint is not None:
            text += f". {self.hint}"
        return text


class DesignerError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *problems: Problem | str | Iterable[Problem]) -> None:
        flat: list[Problem] = []
        for problem in problems:
            if isinstance(problem, Problem):
                flat.append(problem)
            elif isinstance(problem, str):
                flat.append(Problem("", problem))
            else:
                flat.extend(problem)
        self.problems: tuple[Problem, ...] = tuple(flat)
        super().__init__("\n".join(str(problem) for problem in flat))

    @classmethod
    def at(
        cls,
        where: str,
        what: str,
        found: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> Self:
        """An error of one problem; arguments as of `Problem`."""
        return cls(Problem(where, what, found, allowed, hint))


class InputError(DesignerError):
    """The input parses, but its content is refused; nothing was written."""

    exit_code = 3


class ConflictError(DesignerError):
    """The input contradicts facts recorded meanwhile; nothing was written."""

    exit_code = 4


class StorageError(DesignerError):
    """The store cannot be opened or written (full, read-only, locked, network drive)."""

    exit_code = 5


class StoreDamagedError(DesignerError):
    """The store is damaged, or newer than this program."""

    exit_code = 6


SHOWN = 50
"""Problems told of one input: a longer list helps nobody (assumption); the rest is counted."""


class Findings:
    """A growing list of problems that stays small however bad the input is."""

    def __init__(self) -> None:
        self._shown: list[Problem] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, problem: Problem) -> None:
        """Note one problem."""
        self._count += 1
        if len(self._shown) < SHOWN:
            self._shown.append(problem)

    def report(
        self,
        where: str,
        what: str,
        found: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note one problem; arguments as of `Problem`."""
        self.add(Problem(where, what, found, allowed, hint))

    def read(self, where: str, reader: Callable[[], Read]) -> Read | None:
        """What a reader returns; None after noting its ValueError."""
        try:
            return reader()
        except ValueError as error:
            self.report(where, str(error))
            return None

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems."""
        for problem in problems:
            self.add(problem)

    @property
    def problems(self) -> list[Problem]:
        """The first problems, and a last line counting what is not shown."""
        hidden = self._count - len(self._shown)
        if not hidden:
            return list(self._shown)
        more = "problem" if hidden == 1 else "problems"
        return [*self._shown, Problem("", f"… and {hidden} more {more}")]

    def raise_if_any(self, error: type[DesignerError] = InputError) -> None:
        """Refuse the input if anything was found.

        Raises:
            DesignerError: of the given kind, with all problems.
        """
        if self._count:
            raise error(self.problems)

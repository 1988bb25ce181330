"""All problems of one input, collected before anything is refused; the first fifty are shown."""

from __future__ import annotations

from collections.abc import Iterable

from designer.campaigns.errors import DesignerError, InputError, Problem

SHOWN = 50
"""A longer list helps nobody (assumption); the rest is counted."""


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

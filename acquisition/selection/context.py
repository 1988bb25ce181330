"""What surrounds a proposal: what is set up on the line, which runs are open, known or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from designer.models.arrays import FloatArray

if TYPE_CHECKING:
    from designer.campaigns.space.factors import Setting


@dataclass(frozen=True)
class Setup:
    """What is set up on the line now: the last run made.

    Attributes:
        settings: its settings as planned (as used for a run nobody planned); a proposed run
            continues a batch when it has the same settings of that stage and all earlier ones.
        batch: batch id per stage, only of stages still usable (pot life checked by the caller)
            and only while all earlier stages are.
        left: per stage with a pot life, how long its batch stays usable, in ``costs.unit``.
    """

    settings: Mapping[str, Setting]
    batch: Mapping[str, str]
    left: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class OpenRun:
    """A run proposed, running or measured in part: its (further) results will come.

    Attributes:
        run: run id.
        settings: settings planned or used, one per factor.
        batch: batch id per stage; stages left out have a batch of their own.
        given: values of the givens; left out: those of the new plan.
        awaited: responses still to come; None: all.
    """

    run: str
    settings: Mapping[str, Setting]
    batch: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, float] = field(default_factory=dict)
    awaited: frozenset[str] | None = None


@dataclass(frozen=True)
class KnownRun:
    """A run with results.

    Attributes:
        run: run id.
        settings: settings really used, one per factor.
        given: values of the givens; left out: those of the new plan.
    """

    run: str
    settings: Mapping[str, Setting]
    given: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class FailedRun:
    """A run that was made and failed.

    Attributes:
        run: run id.
        settings: settings really used, one per factor.
        reason: why, as told.
    """

    run: str
    settings: Mapping[str, Setting]
    reason: str = ""


@dataclass(frozen=True)
class Disagreement:
    """Two earlier lines that expect different results of one recipe.

    Attributes:
        response: what they disagree about most, compared with their noise.
        high: name of the line that expects more.
        low: name of the line that expects less.
        difference: by how much, with unit.
    """

    response: str
    high: str
    low: str
    difference: str


@dataclass(frozen=True)
class PlanningContext:
    """Everything around a proposal that is not the model.

    Attributes:
        setup: what is set up now, if anything.
        pending: open runs; they count as if measured (variance only) and keep their batches.
        known: runs with results, for the words of a reason.
        excluded: recipes never to be proposed (abandoned), each with a value for every factor.
        failed: runs that were made and failed; a plan that knows nothing does not repeat them.
        success: probability that encoded recipes ``[n, D]`` are made successfully, ``[n]``; None:
            nothing failed yet.
        codes: code in the posteriors' rows per (stage, batch id), of batches with measured rows.
        disagreements: of the earlier lines about encoded recipes ``[q, D]``, one per recipe.
        made: runs made of every batch, per (stage, batch id), without the pending ones.
        at: log position of the beliefs; None: they are of no log.
        unlike: runs in whose place others are asked for: nothing that is nearly the same is
            proposed.
    """

    setup: Setup | None = None
    pending: tuple[OpenRun, ...] = ()
    known: tuple[KnownRun, ...] = ()
    excluded: tuple[Mapping[str, Setting], ...] = ()
    failed: tuple[FailedRun, ...] = ()
    success: Callable[[FloatArray], FloatArray] | None = None
    codes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    made: Mapping[tuple[str, str], int] = field(default_factory=dict)
    disagreements: Callable[[FloatArray], Sequence[Disagreement | None]] | None = None
    at: int | None = None
    unlike: tuple[OpenRun, ...] = ()

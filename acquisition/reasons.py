"""Why a run is proposed: one sentence with numbers, for the person at the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.acquisition.ordering import change, part
from designer.acquisition.situation import FailedRun, KnownRun

if TYPE_CHECKING:
    from designer.campaigns.specification import Setting, Specification

_SAME = 1e-9  # of all ranges together: the same recipe
_LIKELY = 0.5  # probability of being in spec from which a run confirms
_RISKY = 0.8  # probability of success below which the nearest failure is told


@dataclass(frozen=True)
class Facts:
    """What is known about one proposed run.

    Attributes:
        settings: its settings.
        bits: information at its rank; None for space-filling.
        shares: part of it per response.
        spread: standard deviation here over the region's mean one, per response.
        in_spec: probability of being inside all windows; None without windows.
        success: probability of being made successfully; None while nothing failed.
        earlier: recipes of better rank in the same plan.
    """

    settings: Mapping[str, Setting]
    bits: float | None
    shares: Mapping[str, float]
    spread: Mapping[str, float]
    in_spec: float | None
    success: float | None
    earlier: Sequence[Mapping[str, Setting]]


def reason(
    spec: Specification,
    facts: Facts,
    known: Sequence[KnownRun],
    failed: Sequence[FailedRun] = (),
) -> str:
    """The sentence.

    Args:
        spec: the campaign's specification.
        facts: about the run.
        known: runs with results and open runs.
        failed: runs that were made and failed.
    """
    parts = [_opening(spec, facts, known), _teaching(facts), _nearest(spec, facts, known)]
    parts.append(_risk(spec, facts, failed))
    text = "; ".join(part for part in parts if part)
    return text[0].upper() + text[1:] + "."


def _opening(spec: Specification, facts: Facts, known: Sequence[KnownRun]) -> str:
    for run in known:
        if change(facts.settings, run.settings, spec.factors) <= _SAME:
            return f"repeats {run.run}, which is worth more than a new recipe"
    for place, settings in enumerate(facts.earlier):
        if change(facts.settings, settings, spec.factors) <= _SAME:
            return f"repeats the run of rank {place + 1}, which is worth more than a new recipe"
    if facts.bits is None:
        return "spreads the runs over the region, as nothing is known yet"
    if facts.in_spec is None:
        return "explores"
    if facts.in_spec >= _LIKELY:
        return f"confirms a recipe in spec with probability {facts.in_spec:.2f}"
    return f"explores (in spec with probability {facts.in_spec:.2f})"


def _teaching(facts: Facts) -> str:
    if facts.bits is None:
        return ""
    if not any(facts.shares.values()):
        return "teaches nothing new"
    most = max(facts.shares, key=lambda name: facts.shares[name])
    share = f"{facts.shares[most]:.0%} of it " if len(facts.shares) > 1 else ""
    text = f"{facts.bits:.2g} bit, {share}about {most}"
    return text + f", whose uncertainty here is {facts.spread[most]:.1f} times the region's mean"


def _nearest(spec: Specification, facts: Facts, known: Sequence[KnownRun]) -> str:
    if not known:
        return ""
    run = min(known, key=lambda other: change(facts.settings, other.settings, spec.factors))
    if change(facts.settings, run.settings, spec.factors) <= _SAME:
        return ""
    differs = max(
        (f for f in spec.factors if f.name in run.settings),
        key=lambda f: part(facts.settings[f.name], run.settings[f.name], f),
    )
    here, there = facts.settings[differs.name], run.settings[differs.name]
    return (
        f"nearest run {run.run} differs most in {differs.name}"
        f" ({differs.with_unit(here)} instead of {differs.with_unit(there)})"
    )


def _risk(spec: Specification, facts: Facts, failed: Sequence[FailedRun]) -> str:
    """How probably the run can be made, and the failure nearby that speaks against it."""
    if facts.success is None:
        return ""
    text = f"made successfully with probability {facts.success:.2f}"
    if facts.success >= _RISKY or not failed:
        return text
    run = min(failed, key=lambda other: change(facts.settings, other.settings, spec.factors))
    same = change(facts.settings, run.settings, spec.factors) <= _SAME
    why = f": {run.reason}" if run.reason else ""
    return f"{text} ({run.run} failed {'at this recipe' if same else 'nearby'}{why})"
